//! The documents of `tests/operations`, each with its types.

use std::collections::BTreeMap;

use graphql_client::GraphQLQuery;

/// The schema's scalars as a client reads them.
type Vnd = i64;
type Date = String;
type DateTime = String;
type Settings = BTreeMap<String, String>;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/viewer.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct Viewer;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/roster.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct Roster;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/upsert_students.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct UpsertStudents;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/student.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct StudentByKey;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/fees.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct Fees;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/create_invoices.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct CreateInvoices;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/open_invoices.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct OpenInvoices;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/invoice.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct InvoiceByCode;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/review_queue.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct ReviewQueue;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/record_cash.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct RecordCash;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/close_cash.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct CloseCash;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/cashless_report.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct CashlessByCommune;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/schools.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct Schools;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/old_units.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct OldUnit;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/bank.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct BankDesk;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "operations/things.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
pub(super) struct Things;

/// Every document of the folder is typed above.
#[test]
fn every_operation_is_typed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/operations");
    let files = std::fs::read_dir(folder).unwrap();
    let own = include_str!("documents.rs");
    for file in files {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(own.contains(&format!("\"operations/{name}\"")), "{name} has no type");
    }
}
