//! How a bank's day compared with the hub's: the last comparison of each day stands.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, IntoSimpleExpr, QueryFilter, QuerySelect, QueryTrait, Select};
use serde_json::json;
use uuid::Uuid;

use crate::audit;
use crate::bulk;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::ids::{BillReconciliationId, ConnectionId, uuid_v7};
use crate::ledgers::Owner;
use crate::money::Vnd;
use crate::page::{self, Key, Page, Rows, Slice, Sort};
use crate::reach::Reach;
use crate::tables::bill_discrepancies::Column as Line;
use crate::tables::bill_reconciliations::{ActiveModel, Column, Entity, Model};
use crate::tables::{bill_discrepancies, bill_reconciliations};
use crate::time::Timestamp;

/// A comparison to be kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewReconciliation {
    /// The connection of the bank.
    pub connection: ConnectionId,
    /// The Vietnam day.
    pub day: NaiveDate,
    /// SHA-256 of the bank's file.
    pub sha256: [u8; 32],
    /// Lines of the file.
    pub line_count: i64,
    /// How many payments both sides know alike.
    pub matched_count: i64,
    /// Their sum.
    pub matched_amount: Vnd,
    /// Where the sides differ, in the order of the file.
    pub discrepancies: Vec<Discrepancy>,
}

/// A payment on which the sides differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Discrepancy {
    /// The row in the bank's file; none when it is not there.
    pub row: Option<u64>,
    /// The bank's reference; none when the line could not be read.
    pub bank_reference: Option<String>,
    /// The stable code.
    pub code: String,
    /// The bank's amount; none when the line is not there or could not be read.
    pub bank_amount: Option<Vnd>,
    /// The hub's amount; none when the hub does not know the payment.
    pub hub_amount: Option<Vnd>,
}

/// How a day compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reconciliation {
    /// Its key.
    pub id: BillReconciliationId,
    /// The connection of the bank.
    pub connection: ConnectionId,
    /// The Vietnam day.
    pub day: NaiveDate,
    /// Lines of the bank's file.
    pub line_count: i64,
    /// How many payments both sides know alike.
    pub matched_count: i64,
    /// Their sum.
    pub matched_amount: Vnd,
    /// When the file came.
    pub compared_at: Timestamp,
}

impl From<Model> for Reconciliation {
    fn from(row: Model) -> Self {
        Self {
            id: BillReconciliationId::from_uuid(row.id),
            connection: ConnectionId::from_uuid(row.connection_id),
            day: row.day,
            line_count: row.line_count,
            matched_count: row.matched_count,
            matched_amount: Vnd::new(row.matched_amount),
            compared_at: row.compared_at,
        }
    }
}

impl TryFrom<bill_discrepancies::Model> for Discrepancy {
    type Error = Error;

    fn try_from(row: bill_discrepancies::Model) -> Result<Self, Error> {
        Ok(Self {
            row: row.row_number.map(u64::try_from).transpose().map_err(Error::internal)?,
            bank_reference: row.bank_reference,
            code: row.code,
            bank_amount: row.bank_amount.map(Vnd::new),
            hub_amount: row.hub_amount.map(Vnd::new),
        })
    }
}

/// Which comparisons are wanted; every condition must hold.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub struct Filter {
    /// Only those of this connection.
    pub connection: Option<ConnectionId>,
    /// Only of this day or later.
    pub from: Option<NaiveDate>,
    /// Only of this day or earlier.
    pub to: Option<NaiveDate>,
}

/// Keeps a comparison in the place of an earlier one of the same day.
///
/// # Errors
/// The database's.
pub async fn record(tx: &Tx, new: &NewReconciliation, now: Timestamp) -> Result<(), Error> {
    drop_earlier(tx, new).await?;
    let id = BillReconciliationId::new(now);
    let row = Model {
        id: id.uuid(),
        connection_id: new.connection.uuid(),
        day: new.day,
        sha256: new.sha256.to_vec(),
        line_count: new.line_count,
        matched_count: new.matched_count,
        matched_amount: new.matched_amount.get(),
        compared_at: now,
    };
    bulk::insert(tx, vec![ActiveModel::from(row)]).await?;
    let rows = new.discrepancies.iter().zip(0..).map(|(one, position)| {
        let row_number = one.row.map(i64::try_from).transpose().map_err(Error::internal)?;
        Ok(bill_discrepancies::ActiveModel::from(bill_discrepancies::Model {
            id: uuid_v7(now),
            reconciliation_id: id.uuid(),
            position,
            row_number,
            bank_reference: one.bank_reference.clone(),
            code: one.code.clone(),
            bank_amount: one.bank_amount.map(Vnd::get),
            hub_amount: one.hub_amount.map(Vnd::get),
        }))
    });
    bulk::insert(tx, rows.collect::<Result<Vec<_>, Error>>()?).await?;
    let entry = audit::Entry {
        owner: Owner::Connection(new.connection),
        kind: "bill.compared",
        subject: id.uuid(),
        actor: format!("connection:{}", new.connection),
        payload: json!({
            "day": new.day.to_string(), "sha256": hex::encode(new.sha256), "lines": new.line_count,
            "matched": new.matched_count, "discrepancies": new.discrepancies.len(),
        }),
    };
    audit::append(tx, vec![entry], now).await
}

async fn drop_earlier(tx: &Tx, new: &NewReconciliation) -> Result<(), Error> {
    let earlier = Entity::find().filter(Column::ConnectionId.eq(new.connection.uuid())).filter(Column::Day.eq(new.day));
    let Some(earlier) = earlier.lock_exclusive().one(tx.conn()).await? else { return Ok(()) };
    let lines = bill_discrepancies::Entity::delete_many().filter(Line::ReconciliationId.eq(earlier.id));
    lines.exec(tx.conn()).await?;
    Entity::delete_by_id(earlier.id).exec(tx.conn()).await?;
    Ok(())
}

/// A page of the comparisons of connections in reach, the latest day first.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn visible(db: &Db, reach: &Reach, filter: &Filter, page: &Page) -> Result<Slice<Reconciliation>, Error> {
    let wanted = within(reach)
        .apply_if(filter.connection, |select, id| select.filter(Column::ConnectionId.eq(id.uuid())))
        .apply_if(filter.from, |select, day| select.filter(Column::Day.gte(day)))
        .apply_if(filter.to, |select, day| select.filter(Column::Day.lte(day)));
    let sort = Sort { name: "DAY", column: Column::Day, id: Column::Id, descending: true };
    let slice = page::fetch(db.read(), wanted, sort, page, |row: &Model| (Key::Day(row.day), row.id)).await?;
    Ok(slice.map(Reconciliation::from))
}

/// The first page of what differs in each of these comparisons, in the order of the file, as far as they lie in reach.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn discrepancies_of(
    db: &Db,
    reach: &Reach,
    ids: &[BillReconciliationId],
    rows: Rows,
) -> Result<HashMap<BillReconciliationId, Slice<Discrepancy>>, Error> {
    let parents: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let of = |id| differing(reach).filter(Line::ReconciliationId.into_simple_expr().eq(id)).into_query();
    let key = page::keyed(place, Discrepancy::try_from);
    let found = page::first_of_each(db, &parents, of, IN_ORDER, rows, key).await?;
    Ok(found.into_iter().map(|(id, slice)| (BillReconciliationId::from_uuid(id), slice)).collect())
}

/// What differs in a comparison in reach, in the order of the file.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, the database's.
pub async fn discrepancies(
    db: &Db,
    reach: &Reach,
    id: BillReconciliationId,
    page: &Page,
) -> Result<Slice<Discrepancy>, Error> {
    let select = differing(reach).filter(Line::ReconciliationId.eq(id.uuid()));
    page::fetch(db.read(), select, IN_ORDER, page, place).await?.try_map(Discrepancy::try_from)
}

const IN_ORDER: Sort<Line> = Sort { name: "POSITION", column: Line::Position, id: Line::Id, descending: false };

fn place(row: &bill_discrepancies::Model) -> (Key, Uuid) {
    (Key::Number(row.position), row.id)
}

fn differing(reach: &Reach) -> Select<bill_discrepancies::Entity> {
    let seen = within(reach).select_only().column(Column::Id).into_query();
    bill_discrepancies::Entity::find().filter(Line::ReconciliationId.in_subquery(seen))
}

fn within(reach: &Reach) -> Select<bill_reconciliations::Entity> {
    Entity::find().filter(reach.of_connection(Column::ConnectionId))
}
