//! The types of the schema, one file each. Masking happens where a ledger's struct becomes a GraphQL struct.

pub mod allocation;
pub mod bank_transaction;
pub mod cashless_report;
pub mod inbound_event;
