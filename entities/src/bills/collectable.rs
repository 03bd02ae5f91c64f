//! What banks may still collect of a student. Money that a bank was told we took is as good as paid from that moment on, although
//! it is settled a little later: until then what is open says nothing of it.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::codes::InvoiceCode;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{BankAccountId, SchoolId, StudentId};
use crate::invoices::InvoiceStatus;
use crate::ledgers::{self, Owner};
use crate::money::Vnd;
use crate::tables::bill_payments::{Column, Entity};
use crate::tables::{bank_transactions, bill_payments, invoices};

/// An unpaid invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Collectable {
    /// Its code.
    pub code: String,
    /// What may still be collected of it, zero or more.
    pub open: Vnd,
}

/// Money that was taken and is not settled yet.
struct Pending {
    /// The invoice that the bank named, if any.
    code: Option<String>,
    amount: Vnd,
}

/// The unpaid invoices of a student that are paid into an account, the oldest first, each with what may still be collected: what
/// is open, less what banks collected and is not settled yet. The school's ledger is locked until the transaction ends, so that
/// neither settlement nor another payment comes between.
///
/// # Errors
/// The database's.
pub async fn collectable(
    tx: &Tx,
    school: SchoolId,
    account: BankAccountId,
    student: StudentId,
) -> Result<Vec<Collectable>, Error> {
    ledgers::lock(tx, [Owner::School(school)]).await?;
    let unpaid = [InvoiceStatus::Open.as_str(), InvoiceStatus::PartiallyPaid.as_str()];
    let rows: Vec<(String, i64, i64)> = invoices::Entity::find()
        .select_only()
        .columns([invoices::Column::Code, invoices::Column::Amount, invoices::Column::PaidAmount])
        .filter(invoices::Column::SchoolId.eq(school.uuid()))
        .filter(invoices::Column::StudentId.eq(student.uuid()))
        .filter(invoices::Column::BankAccountId.eq(account.uuid()))
        .filter(invoices::Column::Status.is_in(unpaid))
        .order_by_asc(invoices::Column::CreatedAt)
        .order_by_asc(invoices::Column::Code)
        .into_tuple()
        .all(tx.conn())
        .await?;
    let mut open: Vec<Collectable> = rows
        .into_iter()
        .map(|(code, amount, paid)| Collectable { code, open: less(Vnd::new(amount), Vnd::new(paid)) })
        .collect();
    if open.is_empty() {
        return Ok(open);
    }
    let pending = pending(tx, account, student, &open).await?;
    subtract(&mut open, &pending);
    Ok(open)
}

/// What any bank collected of a student for an account and is not settled. What a bank's day told after the event names an invoice
/// alone.
async fn pending(
    tx: &Tx,
    account: BankAccountId,
    student: StudentId,
    open: &[Collectable],
) -> Result<Vec<Pending>, Error> {
    use bank_transactions::Column as Money;
    let money = |column| Expr::col((bank_transactions::Entity, column));
    let payment = |column| (bill_payments::Entity, column);
    let settled = Query::select()
        .expr(Expr::val(1))
        .from(bank_transactions::Entity)
        .and_where(money(Money::ConnectionId).equals(payment(Column::ConnectionId)))
        .and_where(money(Money::TransactionId).equals(payment(Column::BankReference)))
        .and_where(money(Money::SettledOn).is_not_null())
        .take();
    let named = Column::InvoiceCode.is_in(open.iter().map(|one| one.code.as_str()));
    let rows: Vec<(Option<String>, i64)> = Entity::find()
        .select_only()
        .columns([Column::InvoiceCode, Column::Amount])
        .filter(Column::StudentId.eq(student.uuid()).or(named))
        .filter(Column::BankAccountId.eq(account.uuid()))
        .filter(Column::Refusal.is_null().and(Column::Digest.is_not_null()).and(Column::ReversedAt.is_null()))
        .filter(Expr::exists(settled).not())
        .order_by_asc(Column::CreatedAt)
        .into_tuple()
        .all(tx.conn())
        .await?;
    let code = |told: String| InvoiceCode::parse(&told).ok().map(|code| code.as_str().to_owned());
    Ok(rows.into_iter().map(|(told, amount)| Pending { code: told.and_then(code), amount: Vnd::new(amount) }).collect())
}

/// Takes pending money off as settlement will put it on: on the invoice that it names; else on the one that it pays to the đồng;
/// else on the oldest.
fn subtract(open: &mut [Collectable], pending: &[Pending]) {
    let (named, free): (Vec<_>, Vec<_>) = pending.iter().partition(|one| one.code.is_some());
    for one in named {
        if let Some(place) = open.iter_mut().find(|invoice| Some(&invoice.code) == one.code.as_ref()) {
            place.open = less(place.open, one.amount);
        }
    }
    for one in free {
        if let Some(place) = open.iter_mut().find(|invoice| invoice.open == one.amount) {
            place.open = Vnd::ZERO;
            continue;
        }
        let mut left = one.amount;
        for place in open.iter_mut() {
            let before = place.open;
            place.open = less(before, left);
            left = less(left, before);
        }
    }
}

/// One amount less another, and never below zero.
fn less(one: Vnd, other: Vnd) -> Vnd {
    one.checked_sub(other).ok().filter(|left| left.is_positive()).unwrap_or(Vnd::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pending_money_lies_where_settlement_will_put_it() {
        let left = |pending: &[(Option<&str>, i64)]| {
            let invoice = |(code, open): (&str, i64)| Collectable { code: code.to_owned(), open: Vnd::new(open) };
            let mut open: Vec<Collectable> = [("A", 100), ("B", 50)].map(invoice).into();
            let pending: Vec<Pending> = pending
                .iter()
                .map(|(code, amount)| Pending { code: code.map(ToOwned::to_owned), amount: Vnd::new(*amount) })
                .collect();
            subtract(&mut open, &pending);
            open.iter().map(|one| one.open.get()).collect::<Vec<_>>()
        };
        assert_eq!(left(&[]), [100, 50]);
        assert_eq!(left(&[(Some("B"), 50)]), [100, 0]);
        assert_eq!(left(&[(Some("C"), 50)]), [100, 50], "another's");
        assert_eq!(left(&[(None, 50)]), [100, 0], "the one that it pays");
        assert_eq!(left(&[(None, 50), (Some("B"), 50)]), [50, 0], "what is named goes first");
        assert_eq!(left(&[(None, 150)]), [0, 0], "all of them");
        assert_eq!(left(&[(None, 120)]), [0, 30], "the oldest first");
        assert_eq!(left(&[(Some("A"), 900), (None, 900)]), [0, 0]);
    }
}
