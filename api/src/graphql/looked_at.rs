//! The records of single people that one request has shown, for the access log.

use std::sync::{Mutex, PoisonError};

use entities::access_log::{self, Access, Occasion};
use entities::ids::SchoolId;
use entities::{Error, transaction};
use uuid::Uuid;

use super::context::Request;
use crate::auth::policy;

/// What was shown so far. It is written down before the reply leaves.
#[derive(Default, Debug)]
pub struct LookedAt(Mutex<Vec<Access>>);

impl Request {
    /// Notes that a record is being shown. Whoever makes a GraphQL value of a person calls this; whether it is logged is a
    /// matter of the policy.
    pub fn looks_at(&self, kind: &'static str, node: Uuid, school: Option<SchoolId>) {
        if policy::is_logged(&self.caller, kind) {
            let access = Access { kind, node, school };
            self.looked_at.0.lock().unwrap_or_else(PoisonError::into_inner).push(access);
        }
    }

    /// Whether a record that is logged was shown.
    #[must_use]
    pub fn has_looked(&self) -> bool {
        !self.looked_at.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Writes down what was shown. A reply whose log cannot be written must not leave.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn write_access_log(&self) -> Result<(), Error> {
        let mut shown = std::mem::take(&mut *self.looked_at.0.lock().unwrap_or_else(PoisonError::into_inner));
        if shown.is_empty() {
            return Ok(());
        }
        shown.sort_unstable_by_key(|access| (access.kind, access.node, access.school));
        shown.dedup();
        let occasion = Occasion {
            subject: self.caller.actor(),
            role: self.caller.role.as_str().to_owned(),
            purpose: self.purpose.clone(),
            request: self.request_id.clone(),
        };
        transaction!(self.db(), |tx| access_log::append(tx, &occasion, &shown, self.now).await)
    }
}
