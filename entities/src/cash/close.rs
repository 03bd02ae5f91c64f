//! Closing a month: its cash is counted, what was taken outside the hub is declared, and nothing enters it afterwards.

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use crate::audit::{self, Entry};
use crate::batch::Batch;
use crate::bulk;
use crate::changes::{self, Change};
use crate::codes::Month;
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::ids::{CashClosingId, SchoolId};
use crate::ledgers::{self, Owner};
use crate::money::Vnd;
use crate::rollups::{self, Tally};
use crate::school_facts;
use crate::tables::cash_closings::{Column, Entity, Model};

/// What a school declares at the end of a month.
#[derive(Clone, Copy, Debug)]
pub struct Closing {
    /// Whose cash it is.
    pub school: SchoolId,
    /// The month, which is over.
    pub month: Month,
    /// Payments in cash that were taken outside the hub; zero when there were none.
    pub outside_count: i64,
    /// Their amount.
    pub outside_amount: Vnd,
}

/// Closes a month's cash. The same declaration again changes nothing.
///
/// # Errors
/// `NOT_FOUND` outside the reach, `MONTH_NOT_OVER`, `OUTSIDE_CASH_INVALID`, `CASH_CLOSED` when the month was closed with
/// other figures; `REAL_DATA_NOT_ENABLED`.
pub async fn close(tx: &Tx, batch: &Batch<'_>, closing: Closing) -> Result<CashClosingId, Error> {
    tx.kind().allow_personal_data()?;
    let schools = school_facts::in_reach(tx, batch.reach, [closing.school]).await?;
    let school = schools.get(&closing.school).ok_or_else(|| Refusal::not_found("school").at("schoolCode"))?;
    check(&closing, batch)?;
    ledgers::lock(tx, [Owner::School(closing.school)]).await?;
    let month = i64::from(closing.month.get());
    let earlier = Entity::find()
        .filter(Column::SchoolId.eq(closing.school.uuid()))
        .filter(Column::Month.eq(month))
        .one(tx.conn())
        .await?;
    if let Some(earlier) = earlier {
        return same(&earlier, &closing);
    }
    let id = CashClosingId::new(batch.now);
    let row = Model {
        id: id.uuid(),
        school_id: closing.school.uuid(),
        month,
        outside_count: closing.outside_count,
        outside_amount: closing.outside_amount.get(),
        actor: batch.reach.actor().to_owned(),
        closed_at: batch.now,
    };
    bulk::insert(tx, vec![row.into_active_model()]).await?;
    let outside = Tally { count: closing.outside_count, amount: closing.outside_amount };
    rollups::close(tx, vec![(closing.school, closing.month, outside)]).await?;
    let key = format!("{}/{}", school.code, closing.month);
    changes::append(tx, vec![Change::upsert("CashClosing", id.uuid(), key, Some(closing.school))], batch.now).await?;
    let entry = Entry {
        owner: Owner::School(closing.school),
        kind: "cash.closed",
        subject: id.uuid(),
        actor: batch.reach.actor().to_owned(),
        payload: json!({
            "month": closing.month.to_string(),
            "outsideCount": closing.outside_count,
            "outsideAmount": closing.outside_amount,
        }),
    };
    audit::append(tx, vec![entry], batch.now).await?;
    Ok(id)
}

fn check(closing: &Closing, batch: &Batch<'_>) -> Result<(), Refusal> {
    if closing.month.last_day() >= batch.now.vietnam_day() {
        return Err(Refusal::new(
            "MONTH_NOT_OVER",
            "A month's cash is closed after its last day.",
            "Chỉ chốt tiền mặt của tháng sau ngày cuối tháng.",
        )
        .at("month"));
    }
    let (count, amount) = (closing.outside_count, closing.outside_amount);
    if count < 0 || amount < Vnd::ZERO || (count == 0) != amount.is_zero() {
        return Err(Refusal::new(
            "OUTSIDE_CASH_INVALID",
            "Cash taken outside the hub has a count and an amount, both zero or both greater than zero.",
            "Tiền mặt thu ngoài hệ thống phải có số lần và số tiền cùng bằng 0 hoặc cùng lớn hơn 0.",
        )
        .at("outsideAmount"));
    }
    Ok(())
}

fn same(earlier: &Model, closing: &Closing) -> Result<CashClosingId, Error> {
    if earlier.outside_count == closing.outside_count && earlier.outside_amount == closing.outside_amount.get() {
        return Ok(CashClosingId::from_uuid(earlier.id));
    }
    let (en, vi) = (
        "This month's cash was closed before, with other figures.",
        "Tiền mặt của tháng này đã được chốt với số liệu khác.",
    );
    Err(Refusal::new("CASH_CLOSED", en, vi).at("month").into())
}
