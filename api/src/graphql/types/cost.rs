//! Prices and budgets.

use async_graphql::SimpleObject;
use entities::Refusal;

use crate::auth::rate::Standing;
use crate::graphql::fault::UserError;

/// What a document would cost, and what is left of the caller's budgets in this process (chi phí và hạn mức).
#[derive(SimpleObject)]
pub struct Cost {
    /// The static price of the document in points (điểm); null when none was asked about, or when it may not run.
    pub points: Option<u64>,
    /// What one operation may cost, in points (giới hạn mỗi thao tác).
    pub limit: u64,
    /// Why the document may not run (lý do từ chối); null when it may, or when none was asked about.
    pub refusal: Option<UserError>,
    /// Requests of a minute (số yêu cầu mỗi phút).
    pub requests: Budget,
    /// Points of a minute (số điểm mỗi phút).
    pub budget: Budget,
}

/// A budget of a minute, which refills evenly (hạn mức).
#[derive(SimpleObject)]
pub struct Budget {
    /// What a full budget holds (hạn mức đầy).
    pub per_minute: u32,
    /// What is left now (còn lại).
    pub left: u32,
    /// Seconds until it is full again, if nothing more is taken (số giây đến khi đầy).
    pub full_in_seconds: u64,
}

impl Cost {
    /// The cost of a document that was priced or refused; none asks for the budgets alone.
    #[must_use]
    pub fn of(limit: u64, (requests, points): (Standing, Standing), priced: Option<Result<u64, Box<Refusal>>>) -> Self {
        let (price, refusal) = match priced {
            None => (None, None),
            Some(Ok(price)) => (Some(price), None),
            Some(Err(refusal)) => (None, Some((*refusal).into())),
        };
        Self { points: price, limit, refusal, requests: requests.into(), budget: points.into() }
    }
}

impl From<Standing> for Budget {
    fn from(standing: Standing) -> Self {
        Self { per_minute: standing.limit, left: standing.remaining, full_in_seconds: standing.full_in_seconds() }
    }
}
