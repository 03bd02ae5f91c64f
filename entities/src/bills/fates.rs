//! What became of a bank's payments: the answer, and what the ledger made of the money since.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Payment;
use crate::db::{Db, rows_per_statement};
use crate::error::Error;
use crate::ids::ConnectionId;
use crate::inbox::TransactionStatus;
use crate::tables::bank_transactions;
use crate::tables::bill_payments::{Column, Entity, Model};

/// What became of a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// The hub said no.
    Refused,
    /// It is kept and not settled yet.
    Received,
    /// It pays what it was meant for.
    Settled,
    /// A person decides what it pays.
    InReview,
    /// It was given back.
    Reversed,
}

/// A payment with what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    /// The payment.
    pub payment: Payment,
    /// What became of it.
    pub fate: Fate,
}

/// The payments of a connection under these references; those that nobody told are absent.
///
/// # Errors
/// The database's.
pub async fn known(db: &Db, connection: ConnectionId, references: &[String]) -> Result<HashMap<String, Known>, Error> {
    let mut rows = Vec::new();
    for some in references.chunks(rows_per_statement(1)) {
        let select = Entity::find()
            .filter(Column::ConnectionId.eq(connection.uuid()))
            .filter(Column::BankReference.is_in(some.iter().cloned()));
        rows.extend(select.all(db.read()).await?);
    }
    let known = with_fates(db, connection, rows).await?;
    Ok(known.into_iter().map(|known| (known.payment.bank_reference.clone(), known)).collect())
}

/// The payments of a connection on a day, in the order in which they came, `most` of them at most.
///
/// # Errors
/// The database's.
pub async fn known_on(db: &Db, connection: ConnectionId, day: NaiveDate, most: u64) -> Result<Vec<Known>, Error> {
    let select = Entity::find()
        .filter(Column::ConnectionId.eq(connection.uuid()))
        .filter(Column::Day.eq(day))
        .order_by_asc(Column::Id)
        .limit(most);
    with_fates(db, connection, select.all(db.read()).await?).await
}

async fn with_fates(db: &Db, connection: ConnectionId, rows: Vec<Model>) -> Result<Vec<Known>, Error> {
    use bank_transactions::Column as Money;
    let mut told: HashMap<String, (String, String)> = HashMap::new();
    for some in rows.chunks(rows_per_statement(1)) {
        let select = bank_transactions::Entity::find()
            .select_only()
            .columns([Money::TransactionId, Money::Status, Money::Review])
            .filter(Money::ConnectionId.eq(connection.uuid()))
            .filter(Money::TransactionId.is_in(some.iter().map(|row| row.bank_reference.clone())));
        let found: Vec<(String, String, String)> = select.into_tuple().all(db.read()).await?;
        told.extend(found.into_iter().map(|(reference, status, review)| (reference, (status, review))));
    }
    let known = rows.into_iter().map(|row| {
        let fate = fate(&row, told.get(&row.bank_reference));
        Known { payment: row.into(), fate }
    });
    Ok(known.collect())
}

fn fate(row: &Model, told: Option<&(String, String)>) -> Fate {
    if row.reversed_at.is_some() {
        return Fate::Reversed;
    }
    if row.refusal.is_some() {
        return if row.digest.is_some() { Fate::Refused } else { Fate::Reversed };
    }
    let Some((status, review)) = told else { return Fate::Received };
    match TransactionStatus::parse(status) {
        Some(TransactionStatus::Reversed | TransactionStatus::Refunded) => Fate::Reversed,
        _ if review == "WAITING" => Fate::InReview,
        Some(TransactionStatus::Settled) => Fate::Settled,
        _ => Fate::Received,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::testing::NOW;

    #[test]
    fn the_answer_and_the_ledger_make_the_fate() {
        let row = |refusal: Option<&str>, told: bool, reversed: bool| Model {
            id: Uuid::nil(),
            connection_id: Uuid::nil(),
            bank_reference: "FT1".to_owned(),
            digest: told.then(Vec::new),
            refusal: refusal.map(ToOwned::to_owned),
            bank_account_id: None,
            invoice_code: None,
            amount: 1,
            day: NOW.vietnam_day(),
            created_at: NOW,
            reversed_at: reversed.then_some(NOW),
            student_id: None,
        };
        let money = |status: &str, review: &str| (status.to_owned(), review.to_owned());
        let taken = row(None, true, false);
        assert_eq!(fate(&taken, None), Fate::Received);
        assert_eq!(fate(&taken, Some(&money("SETTLED", "NONE"))), Fate::Settled);
        assert_eq!(fate(&taken, Some(&money("SETTLED", "RESOLVED"))), Fate::Settled);
        assert_eq!(fate(&taken, Some(&money("SETTLED", "WAITING"))), Fate::InReview);
        assert_eq!(fate(&taken, Some(&money("REFUNDED", "NONE"))), Fate::Reversed);
        assert_eq!(fate(&row(None, true, true), Some(&money("SETTLED", "NONE"))), Fate::Reversed);
        assert_eq!(fate(&row(Some("ALREADY_PAID"), true, false), None), Fate::Refused);
        assert_eq!(fate(&row(Some("REVERSED"), false, false), None), Fate::Reversed);
    }
}
