//! The verbs that join ledger and languages.

pub mod connect;
pub mod desk;
pub mod group;
pub mod receive;
pub mod refusals;
pub mod replay;
