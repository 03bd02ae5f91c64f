//! What every resolver of one request shares: the caller with reach and purpose, the moment, and the ledger.

use std::sync::Arc;

use async_graphql::Context;
use entities::Db;
use entities::callers::Caller;
use entities::reach::Reach;
use entities::time::Timestamp;

use super::fault::Fault;
use super::loaders::Loaders;
use super::looked_at::LookedAt;
use crate::auth::policy;
use crate::hub::Hub;

/// One request by one caller.
#[derive(Clone)]
pub struct Request {
    /// The running hub.
    pub hub: Arc<Hub>,
    /// Who asks.
    pub caller: Arc<Caller>,
    /// Which schools and people the caller may ask about.
    pub reach: Reach,
    /// The questions about children, asked together.
    pub loaders: Arc<Loaders>,
    /// The people's records that were shown, for the access log.
    pub looked_at: Arc<LookedAt>,
    /// The stated purpose (header `Lienthong-Purpose`); none when nothing was stated.
    pub purpose: Option<String>,
    /// The moment of the request; everything in it happens then.
    pub now: Timestamp,
    /// The id under which the log knows this request.
    pub request_id: String,
    /// The cursor of the last event that was heard of a stream that broke off; none when it begins, and where nothing is followed.
    pub last_event: Option<String>,
}

impl Request {
    /// The request behind a resolver's context.
    ///
    /// # Errors
    /// When the schema is executed without one, which is a defect.
    pub fn of<'a>(ctx: &Context<'a>) -> Result<&'a Self, Fault> {
        ctx.data::<Self>().map_err(|error| entities::Error::internal(error.message).into())
    }

    /// The ledger.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.hub.db
    }

    /// Whether the caller may read a field in full, for the stated purpose.
    #[must_use]
    pub fn may_read(&self, kind: &str, field: &str) -> bool {
        policy::may_read(&self.caller, self.purpose.as_deref(), kind, field)
    }

    /// Refuses a root query or mutation that the caller's role or contract does not carry.
    ///
    /// # Errors
    /// `FORBIDDEN`.
    pub fn allow(&self, verb: &'static str) -> Result<(), Fault> {
        if policy::may_use(&self.caller, self.purpose.as_deref(), verb) { Ok(()) } else { Err(Fault::forbidden(verb)) }
    }

    /// Refuses filtering, ordering, searching, grouping or counting by a field that the caller may not read in full.
    ///
    /// # Errors
    /// `FIELD_NOT_ALLOWED`.
    pub fn allow_field(&self, kind: &str, field: &str) -> Result<(), Fault> {
        if self.may_read(kind, field) {
            return Ok(());
        }
        Err(Fault::refused(
            "FIELD_NOT_ALLOWED",
            format!("You may not filter, order or search by {kind}.{field}."),
            format!("Không được lọc, sắp xếp hoặc tìm theo {kind}.{field}."),
        ))
    }
}
