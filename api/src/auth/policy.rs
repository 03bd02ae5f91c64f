//! The field policy: which role reads which field for which purpose.

use entities::callers::Caller;

/// Whether `caller` may read `kind.field` in full for `purpose`.
#[must_use]
pub fn may_read(_caller: &Caller, _purpose: Option<&str>, _kind: &str, _field: &str) -> bool {
    false
}

/// Whether `caller` may use a root query or mutation for `purpose`.
#[must_use]
pub fn may_use(_caller: &Caller, _purpose: Option<&str>, _verb: &str) -> bool {
    false
}
