//! Cash (tiền mặt): what is paid at the desk, and the closing of a month's cash, which gives shares their denominator.

mod close;
mod record;

use std::collections::HashMap;

use chrono::NaiveDate;
pub use close::{Closing, close};
pub(crate) use record::post;
pub use record::{NewCashPayment, record};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::codes::Month;
use crate::db::Db;
use crate::error::Error;
use crate::ids::{CashClosingId, CashPaymentId, InvoiceId, SchoolId};
use crate::money::Vnd;
use crate::page;
use crate::reach::Reach;
use crate::tables::{cash_closings, cash_payments};
use crate::time::Timestamp;

/// Cash that was taken for an invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CashPayment {
    /// Its key.
    pub id: CashPaymentId,
    /// Who took it.
    pub school: SchoolId,
    /// What it pays for.
    pub invoice: InvoiceId,
    /// How much.
    pub amount: Vnd,
    /// The day on which it was taken.
    pub paid_on: NaiveDate,
    /// Who paid, as stated at the desk; none when nobody asked.
    pub payer_name: Option<String>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

impl TryFrom<cash_payments::Model> for CashPayment {
    type Error = Error;

    fn try_from(row: cash_payments::Model) -> Result<Self, Error> {
        Ok(Self {
            id: CashPaymentId::from_uuid(row.id),
            school: SchoolId::from_uuid(row.school_id),
            invoice: InvoiceId::from_uuid(row.invoice_id),
            amount: Vnd::new(row.amount),
            paid_on: row.paid_on,
            payer_name: row.payer_name,
            recorded_at: row.created_at,
        })
    }
}

/// A month whose cash is counted: no cash payment enters it any more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CashClosing {
    /// Its key.
    pub id: CashClosingId,
    /// Whose cash it is.
    pub school: SchoolId,
    /// The month.
    pub month: Month,
    /// Payments that were taken outside the hub.
    pub outside_count: i64,
    /// Their amount.
    pub outside_amount: Vnd,
    /// When it was closed.
    pub closed_at: Timestamp,
}

impl TryFrom<cash_closings::Model> for CashClosing {
    type Error = Error;

    fn try_from(row: cash_closings::Model) -> Result<Self, Error> {
        let month = i32::try_from(row.month).map_err(Error::internal)?;
        Ok(Self {
            id: CashClosingId::from_uuid(row.id),
            school: SchoolId::from_uuid(row.school_id),
            month: Month::new(month).map_err(Error::internal)?,
            outside_count: row.outside_count,
            outside_amount: Vnd::new(row.outside_amount),
            closed_at: row.closed_at,
        })
    }
}

/// These cash payments, as far as they lie in reach.
pub async fn by_ids(
    db: &Db,
    reach: &Reach,
    ids: &[CashPaymentId],
) -> Result<HashMap<CashPaymentId, CashPayment>, Error> {
    use cash_payments::Column;
    let select = cash_payments::Entity::find()
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId));
    let rows = select.all(db.read()).await?;
    rows.into_iter().map(|row| CashPayment::try_from(row).map(|payment| (payment.id, payment))).collect()
}

/// The cash that was taken for each of these invoices, the earliest first, as far as they lie in reach.
pub async fn of_invoices(
    db: &Db,
    reach: &Reach,
    invoices: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Vec<CashPayment>>, Error> {
    use cash_payments::Column;
    let select = cash_payments::Entity::find()
        .filter(Column::InvoiceId.is_in(invoices.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId))
        .order_by_asc(Column::PaidOn)
        .order_by_asc(Column::Id);
    page::gathered(select.all(db.read()).await?, |payment: &CashPayment| payment.invoice)
}

/// This closing, if it lies in reach.
pub async fn closing(db: &Db, reach: &Reach, id: CashClosingId) -> Result<Option<CashClosing>, Error> {
    use cash_closings::Column;
    let select = cash_closings::Entity::find_by_id(id.uuid()).filter(reach.of_whole_school(Column::SchoolId));
    select.one(db.read()).await?.map(CashClosing::try_from).transpose()
}

/// The closed months of each of these schools, the earliest first, as far as they lie in reach.
pub async fn closings_of_schools(
    db: &Db,
    reach: &Reach,
    schools: &[SchoolId],
) -> Result<HashMap<SchoolId, Vec<CashClosing>>, Error> {
    use cash_closings::Column;
    let select = cash_closings::Entity::find()
        .filter(Column::SchoolId.is_in(schools.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId))
        .order_by_asc(Column::Month);
    page::gathered(select.all(db.read()).await?, |closing: &CashClosing| closing.school)
}
