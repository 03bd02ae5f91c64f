//! The types of the schema, one file each. Masking happens where a ledger's struct becomes a GraphQL struct.

pub mod access;
pub mod administrative_unit;
pub mod allocation;
pub mod bank_account;
pub mod bank_transaction;
pub mod bill_reconciliation;
pub mod cash;
pub mod cashless_report;
pub mod change;
pub mod code_lists;
pub mod connection;
pub mod cost;
pub mod enrollment;
pub mod external_id;
pub mod fee;
pub mod inbound_event;
pub mod invoice;
pub mod node;
pub mod organization;
pub mod refused_message;
pub mod row;
pub mod run;
pub mod school;
pub mod school_class;
pub mod student;
pub mod student_key;
