//! The verbs that join ledger and languages.

pub mod asking;
pub mod billing;
pub mod care;
pub mod connect;
pub mod desk;
pub mod exports;
pub mod group;
pub mod imports;
mod oneroster;
mod order_check;
pub mod receive;
pub mod refusals;
pub mod replay;
pub mod runner;
pub mod statements;
pub mod tally;
pub mod upload;
