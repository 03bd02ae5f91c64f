//! A caller who stays: who it was when it came, and whether that still holds. The rights of a stream are those with which it
//! began; as soon as they are others, it ends, and the caller comes back under the new ones.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use chrono::NaiveDate;
use entities::callers::Caller;
use entities::time::Timestamp;

use super::caller::{self, bearer, choice};
use super::memory::Choice;
use crate::http::graphql::purpose;
use crate::http::problem::Problem;
use crate::hub::Hub;

/// With which a reader of events says where its stream broke off (HTML, section 9.2).
const LAST_EVENT_ID: &str = "last-event-id";

/// A caller with the token under which it came.
pub struct Session {
    token: String,
    choice: Choice,
    day: NaiveDate,
    /// Who it was then.
    pub caller: Arc<Caller>,
    /// The purpose that it stated; none when it stated nothing.
    pub purpose: Option<String>,
    /// The id of the last event that it heard of a stream that broke off; none when it begins.
    pub last_event: Option<String>,
}

/// Why a session is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Over {
    /// The token has come to its end, or was taken back.
    Token,
    /// Role, contract or reach are not what they were; a new day may bring another reach too.
    Rights,
}

impl Session {
    /// The session of a request's headers.
    ///
    /// # Errors
    /// 401 in one shape; 403 for a purpose that the caller may not state; 503 when the database does not answer.
    pub async fn open(hub: &Hub, headers: &HeaderMap, now: Timestamp) -> Result<Self, Problem> {
        let token = bearer(headers).ok_or_else(Problem::unauthenticated)?.to_owned();
        let choice = choice(headers).ok_or_else(Problem::unauthenticated)?;
        let version = hub.memory.version(&hub.db, now).await?;
        let claims = caller::claims(hub, version, &token, now).await?;
        let caller = caller::load(hub, version, &claims, choice.clone(), now).await?;
        let purpose = purpose(headers);
        caller::check_purpose(&caller, purpose.as_deref())?;
        let last_event = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()).filter(|id| !id.is_empty());
        let last_event = last_event.map(ToOwned::to_owned);
        Ok(Self { token, choice, day: now.vietnam_day(), caller, purpose, last_event })
    }

    /// Whether everything is still as it was. While the database does not answer, nothing is known to have changed.
    ///
    /// # Errors
    /// Why it is over.
    pub async fn check(&self, hub: &Hub, now: Timestamp) -> Result<(), Over> {
        if now.vietnam_day() != self.day {
            return Err(Over::Rights);
        }
        let Ok(version) = hub.memory.version(&hub.db, now).await else { return Ok(()) };
        let is_over = |problem: &Problem| problem.status == StatusCode::UNAUTHORIZED;
        let claims = match caller::claims(hub, version, &self.token, now).await {
            Ok(claims) => claims,
            Err(problem) if is_over(&problem) => return Err(Over::Token),
            Err(_) => return Ok(()),
        };
        match caller::load(hub, version, &claims, self.choice.clone(), now).await {
            Ok(caller) if *caller == *self.caller => Ok(()),
            Ok(_) => Err(Over::Rights),
            Err(problem) if is_over(&problem) => Err(Over::Rights),
            Err(_) => Ok(()),
        }
    }
}

impl Over {
    /// What the caller is told: a stable code and two sentences.
    #[must_use]
    pub fn refusal(self) -> entities::Refusal {
        let (code, en, vi) = match self {
            Self::Token => (
                "UNAUTHENTICATED",
                "The token has come to its end: come back with another one, from your last cursor.",
                "Mã truy cập đã hết hạn: hãy kết nối lại bằng mã mới, tiếp từ con trỏ cuối.",
            ),
            Self::Rights => (
                "RIGHTS_CHANGED",
                "Your rights are not what they were when this began: come back, from your last cursor.",
                "Quyền của bạn đã thay đổi so với lúc bắt đầu: hãy kết nối lại, tiếp từ con trỏ cuối.",
            ),
        };
        entities::Refusal::new(code, en, vi)
    }
}
