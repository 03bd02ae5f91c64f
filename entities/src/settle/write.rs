//! Writing what a batch changed: a handful of statements whatever its size, then the outbox and the audit log.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::state::{Held, Share, Undone};
use super::world::{World, owner};
use crate::audit;
use crate::bulk;
use crate::changes::{self, Change, Mark};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{SchoolId, StudentCreditId};
use crate::inbox::Direction;
use crate::invoices::{self, Balance};
use crate::rollups::{self, Postings};
use crate::tables::{allocation_lines, allocations, bank_transactions, student_credits};
use crate::time::Timestamp;

/// Writes a world back: transactions, allocations, invoices, credits, sums, changes and audit leaves.
pub(crate) async fn write(tx: &Tx, world: World, actor: &str, now: Timestamp) -> Result<(), Error> {
    write_transactions(tx, &world.held).await?;
    write_shares(tx, &world.held).await?;
    let changed: Vec<_> = world.changed.iter().map(|at| world.balances[*at].clone()).collect();
    invoices::store(tx, &changed, now).await?;
    write_credits(tx, &world.held, now).await?;
    let mut postings = Postings::default();
    for held in &world.held {
        postings.extend(held.difference()?)?;
    }
    rollups::post(tx, postings).await?;
    let money = world.held.iter().flat_map(outbox);
    changes::append(tx, money.chain(changed.iter().map(Balance::change)).collect(), now).await?;
    audit::append(tx, world.held.iter().flat_map(|held| entries(held, actor)).collect(), now).await
}

/// What readers are told of a transaction: that it changed, and before that, that it left those who may see it no longer.
/// That is the school to which it does not belong any more, and whoever saw it by what a person has undone.
fn outbox(held: &Held) -> Vec<Change> {
    let (kind, key, school) = ("BankTransaction", held.row.transaction_id.as_str(), held.row.school_id);
    let was = held.was.as_ref();
    let is_undone = held
        .shares
        .iter()
        .any(|share| share.changed && share.row.undone_cause.as_deref() == Some(Undone::Hand.as_str()));
    let is_withdrawn = is_undone || was.is_some_and(|was| was.nature != held.row.nature);
    let left = was.and_then(|was| was.school_id).filter(|left| is_withdrawn || Some(*left) != school);
    let departure = left.map(|left| Change::departure(kind, held.row.id, key, SchoolId::from_uuid(left), None));
    let is_new_credit = was.is_none() && held.row.direction == Direction::Credit.as_str();
    let change = Change::upsert(kind, held.row.id, key, school.map(SchoolId::from_uuid));
    departure.into_iter().chain([change.marked(is_new_credit.then_some(Mark::Received))]).collect()
}

fn entries(held: &Held, actor: &str) -> Vec<audit::Entry> {
    let standing = held.shares.iter().filter(|share| share.stands());
    let payload = json!({
        "transaction": held.row.transaction_id,
        "amount": held.row.amount,
        "status": held.row.status,
        "review": held.row.review_reason,
        "allocations": standing.map(|share| json!({"invoice": share.row.invoice_id, "amount": share.row.amount})).collect::<Vec<_>>(),
    });
    let entry = |kind: &&'static str| audit::Entry {
        owner: owner(&held.row),
        kind,
        subject: held.row.id,
        actor: actor.to_owned(),
        payload: payload.clone(),
    };
    held.deeds.iter().map(entry).collect()
}

/// Writes new transactions and altered ones. What counts stands before what counts through it, in whatever statement each is
/// written.
async fn write_transactions(tx: &Tx, held: &[Held]) -> Result<(), Error> {
    let rows = held.iter().map(|held| held.row.clone());
    let (through, counting): (Vec<_>, Vec<_>) = rows.partition(|row| row.same_as.is_some());
    bulk::save::<bank_transactions::Entity>(tx, counting.into_iter().chain(through).collect()).await
}

async fn write_shares(tx: &Tx, held: &[Held]) -> Result<(), Error> {
    let shares = || held.iter().flat_map(|held| &held.shares);
    let new: Vec<&Share> = shares().filter(|share| share.is_new).collect();
    bulk::insert(tx, new.iter().map(|share| allocations::ActiveModel::from(share.row.clone()).reset_all()).collect())
        .await?;
    let lines = new.iter().flat_map(|share| {
        share.filled.iter().map(|part| allocation_lines::ActiveModel {
            allocation_id: Set(share.row.id),
            invoice_line_id: Set(part.line.uuid()),
            category: Set(part.category.to_owned()),
            amount: Set(part.amount.get()),
        })
    });
    bulk::insert(tx, lines.collect()).await?;
    let columns = ["id", "undone_at", "undone_by", "undone_cause", "undo_reason"];
    let undone = shares().filter(|share| share.changed && !share.is_new).map(|share| {
        let row = &share.row;
        vec![
            row.id.into(),
            row.undone_at.map(Timestamp::micros).into(),
            row.undone_by.clone().into(),
            row.undone_cause.clone().into(),
            row.undo_reason.clone().into(),
        ]
    });
    bulk::update(tx, "allocations", &columns, undone.collect()).await
}

async fn write_credits(tx: &Tx, held: &[Held], now: Timestamp) -> Result<(), Error> {
    let gone: Vec<_> = held.iter().filter(|held| held.credits_undone).map(|held| held.row.id).collect();
    if !gone.is_empty() {
        student_credits::Entity::update_many()
            .col_expr(student_credits::Column::UndoneAt, Expr::val(now.micros()))
            .filter(
                student_credits::Column::BankTransactionId.is_in(gone).and(student_credits::Column::UndoneAt.is_null()),
            )
            .exec(tx.conn())
            .await?;
    }
    let rows = held.iter().flat_map(|held| {
        held.credits.iter().map(|credit| student_credits::ActiveModel {
            id: Set(StudentCreditId::new(now).uuid()),
            school_id: Set(held.row.school_id.unwrap_or_default()),
            student_id: Set(credit.student.uuid()),
            fund: Set(credit.fund.clone()),
            bank_transaction_id: Set(held.row.id),
            amount: Set(credit.amount.get()),
            created_at: Set(now),
            undone_at: Set(credit.undone.then_some(now)),
        })
    });
    bulk::insert(tx, rows.collect()).await
}
