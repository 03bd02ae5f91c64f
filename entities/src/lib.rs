#![doc = include_str!("../README.md")]

pub mod access;
pub mod access_log;
pub mod administrative_units;
mod audit;
pub mod bank_accounts;
pub mod batch;
mod bulk;
pub mod callers;
pub mod cash;
pub mod catalogues;
pub mod changes;
pub mod clients;
pub mod codes;
pub mod contracts;
pub mod db;
mod enrolled;
pub mod error;
pub mod external_ids;
pub mod fees;
pub mod hub;
pub mod idempotency;
pub mod ids;
pub mod invoices;
mod ledgers;
pub mod matching;
pub mod merkle;
mod migration;
pub mod money;
pub mod organizations;
pub mod page;
pub mod reach;
pub mod revoked_tokens;
pub mod rollups;
mod school_facts;
pub mod schools;
pub mod seal;
pub mod signing_keys;
mod tables;
#[cfg(test)]
mod testing;
pub mod text;
pub mod time;
pub mod users;
pub mod virtual_accounts;

pub use db::{Db, Location, Tx};
pub use error::{Error, Refusal};
