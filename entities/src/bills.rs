//! What the hub remembers of banks that ask before they collect: which calls were taken, the one answer that each of their
//! references has for ever, and how their days compared with the hub's.

mod collectable;
mod fates;
mod nonces;
mod payments;
mod reconciliations;

pub use collectable::{Collectable, collectable};
pub use fates::{Fate, Known, known, known_on};
pub use nonces::{drop_expired, take_nonce};
pub use payments::{Claimed, NewPayment, Payment, claim, reverse};
pub use reconciliations::{
    Discrepancy, Filter, NewReconciliation, Reconciliation, discrepancies, discrepancies_of, record, visible,
};
