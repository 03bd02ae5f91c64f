//! The types of the schema, one file each. Masking happens where a ledger's struct becomes a GraphQL struct.

pub mod cashless_report;
