#![doc = include_str!("../README.md")]

pub mod administrative_units;
mod audit;
mod bulk;
pub mod callers;
pub mod catalogues;
pub mod changes;
pub mod codes;
pub mod db;
pub mod error;
pub mod hub;
pub mod idempotency;
pub mod ids;
mod ledgers;
pub mod matching;
pub mod merkle;
mod migration;
pub mod money;
pub mod page;
pub mod reach;
pub mod rollups;
pub mod seal;
mod tables;
pub mod text;
pub mod time;

pub use db::{Db, Location, Tx};
pub use error::{Error, Refusal};
