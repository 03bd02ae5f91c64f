//! Cash payments and the closing of a month's cash.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{ID, SimpleObject};
use entities::cash;
use entities::ids::SchoolId;

use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, UserError};
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::scalars::{Day, Moment, Vnd};
use crate::graphql::shown::Shown;

/// Cash taken at the desk (thu tiền mặt tại trường). It is not cashless.
#[derive(Clone, SimpleObject)]
pub struct CashPayment {
    /// The global id (mã toàn cục).
    pub id: ID,
    /// How much (số tiền).
    pub amount: Vnd,
    /// The day on which it was taken (ngày thu).
    pub paid_on: Day,
    /// Who paid (người nộp), as stated at the desk; null when nobody asked.
    pub payer_name: Option<String>,
    /// When it was recorded (thời điểm ghi nhận).
    pub recorded_at: Moment,
}

impl From<cash::CashPayment> for CashPayment {
    fn from(payment: cash::CashPayment) -> Self {
        Self {
            id: node_id::encode("CashPayment", payment.id.uuid()),
            amount: payment.amount.into(),
            paid_on: payment.paid_on.into(),
            payer_name: payment.payer_name,
            recorded_at: payment.recorded_at.into(),
        }
    }
}

/// A month whose cash is counted (tháng đã chốt tiền mặt). Shares of cashless payment exist only for such months.
#[derive(Clone, SimpleObject)]
pub struct CashClosing {
    /// The global id (mã toàn cục).
    pub id: ID,
    /// The month, as `2026-10` (tháng).
    pub month: String,
    /// Cash payments that were taken outside the hub (số lần thu ngoài hệ thống).
    pub outside_count: i64,
    /// Their amount (số tiền thu ngoài hệ thống).
    pub outside_amount: Vnd,
    /// When it was closed (thời điểm chốt).
    pub closed_at: Moment,
}

impl From<cash::CashClosing> for CashClosing {
    fn from(closing: cash::CashClosing) -> Self {
        Self {
            id: node_id::encode("CashClosing", closing.id.uuid()),
            month: closing.month.to_string(),
            outside_count: closing.outside_count,
            outside_amount: closing.outside_amount.into(),
            closed_at: closing.closed_at.into(),
        }
    }
}

/// What became of closing a month (kết quả chốt tiền mặt).
#[derive(SimpleObject)]
pub struct CloseCashPayload {
    /// The closed month (tháng đã chốt); null when it was refused.
    pub cash_closing: Option<CashClosing>,
    /// Why it was refused (lỗi dữ liệu nhập); empty otherwise.
    pub user_errors: Vec<UserError>,
}

/// Which months of this school are closed?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct ClosingsOf(SchoolId);

impl Loader<ClosingsOf> for Ledger {
    type Value = Vec<cash::CashClosing>;
    type Error = Failed;

    async fn load(&self, keys: &[ClosingsOf]) -> Result<HashMap<ClosingsOf, Self::Value>, Failed> {
        let schools: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = cash::closings_of_schools(&self.db, &self.reach, &schools).await?;
        Ok(found.into_iter().map(|(school, closings)| (ClosingsOf(school), closings)).collect())
    }
}

/// The closed months of a school, as its type answers them.
pub(super) async fn of_school(request: &Request, school: SchoolId) -> Result<Shown<Vec<CashClosing>>, Fault> {
    if !request.may_read("CashClosing", "month") {
        return Ok(Shown::Masked);
    }
    let found = request.loaders.load_one(ClosingsOf(school)).await?.unwrap_or_default();
    Ok(Shown::Value(Some(found.into_iter().map(CashClosing::from).collect())))
}
