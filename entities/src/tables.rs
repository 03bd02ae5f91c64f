//! The rows as they lie in the database, one file per table, for this crate only. Outsiders get plain structs.

#![expect(unreachable_pub, reason = "SeaORM's derive writes public items; the migration documents the columns")]

pub(crate) mod access_log;
pub(crate) mod allocation_lines;
pub(crate) mod allocations;
pub(crate) mod audit_entries;
pub(crate) mod audit_heads;
pub(crate) mod bank_accounts;
pub(crate) mod bank_transactions;
pub(crate) mod cash_closings;
pub(crate) mod cash_payments;
pub(crate) mod changes;
pub(crate) mod clients;
pub(crate) mod connection_accounts;
pub(crate) mod connection_keys;
pub(crate) mod connections;
pub(crate) mod contract_grounds;
pub(crate) mod contracts;
pub(crate) mod data_keys;
pub(crate) mod enrollments;
pub(crate) mod external_ids;
pub(crate) mod fees;
pub(crate) mod hub;
pub(crate) mod idempotency_keys;
pub(crate) mod inbound_events;
pub(crate) mod inbound_messages;
pub(crate) mod invoice_lines;
pub(crate) mod invoices;
pub(crate) mod ledgers;
pub(crate) mod organizations;
pub(crate) mod payment_references;
pub(crate) mod refused_messages;
pub(crate) mod revoked_tokens;
pub(crate) mod role_assignments;
pub(crate) mod school_classes;
pub(crate) mod school_managements;
pub(crate) mod school_successions;
pub(crate) mod schools;
pub(crate) mod signing_keys;
pub(crate) mod student_credits;
pub(crate) mod students;
pub(crate) mod trusted_documents;
pub(crate) mod users;
pub(crate) mod virtual_accounts;
