//! A second, deliberately simple opinion of who may see what: rows held plainly in memory, and the rights of each role in the
//! words of its day's work. It shares no line with the hub's policy and reach, so that one mistake is not made twice.

mod rights;
mod world;

pub(super) use rights::{Right, hidden_by};
pub(super) use world::World;

use uuid::Uuid;

/// Where a caller stands.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Hub,
    Province(&'static str),
    ManagedBy(Uuid),
    Schools(Vec<Uuid>),
    Class(Uuid),
    OwnConnections,
}

/// Somebody who asks, as the oracle knows them.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) role: &'static str,
    pub(super) scopes: &'static [&'static str],
    pub(super) purpose: Option<&'static str>,
    pub(super) place: Place,
    /// The client behind a program.
    pub(super) client: Option<Uuid>,
}

impl Person {
    fn is(&self, roles: &[&str]) -> bool {
        roles.contains(&self.role)
    }

    fn states(&self, purpose: &str) -> bool {
        self.purpose == Some(purpose)
    }

    fn holds(&self, scope: &str) -> bool {
        self.role == "VENDOR_APP" && self.scopes.contains(&scope)
    }
}
