//! How many statements a question costs: one for each level, whatever the number of rows, and none for what is remembered.

use serde_json::{Value, json};

use super::ground;
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

/// Nothing asks the database on its own but the tail, which looks three times a second.
const QUIET: &[(&str, &str)] = &[("LIENTHONG_GRAPHQL_CACHE_BYTES", "0"), ("LIENTHONG_SETTLEMENT_BATCH_EVENTS", "0")];

/// Lists under a list: what is asked of each of the first `$n` schools, with the statements it may cost.
const LISTS: [(&str, u64); 13] = [
    ("students(first: 2) { nodes { id } }", 1),
    ("classes(first: 2) { nodes { name } }", 1),
    ("classes(first: 2) { nodes { students(first: 2) { nodes { id } } } }", 2),
    ("classes(first: 2) { nodes { enrollments(first: 2) { nodes { id } } } }", 2),
    ("fees(first: 2) { nodes { category { code } } }", 1),
    ("invoices(first: 2) { nodes { code } }", 1),
    ("invoices(first: 2) { nodes { lines { amount } } }", 2),
    ("bankTransactions(first: 2) { nodes { amount } }", 1),
    ("bankTransactions(first: 2) { nodes { amount content allocations { invoiceCode } } }", 2),
    ("students(first: 2) { nodes { enrollments(first: 1) { nodes { id } } } }", 2),
    ("students(first: 2) { nodes { invoices(first: 1) { nodes { code } } } }", 2),
    ("bankAccounts { bankBin }", 1),
    ("locationCommune { fullName } managingOrganization { name }", 1),
];

async fn counted(hub: &Hub<'_>) -> u64 {
    let text = hub.client.get(hub.url("/metrics")).send().await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("database_statements_total "));
    line.unwrap_or_else(|| panic!("{text}")).parse().unwrap()
}

/// The fewest statements that a question was seen to cost: others may ask in between, but not every time.
async fn cost(hub: &Hub<'_>, caller: &Caller<'_>, query: &str, variables: &Value) -> u64 {
    let mut fewest = u64::MAX;
    for _ in 0..6 {
        let before = counted(hub).await;
        caller.data(query, variables.clone()).await;
        fewest = fewest.min(counted(hub).await - before);
    }
    fewest
}

/// Looking at children is written down: the log's own statements.
fn logged(asked: &str) -> u64 {
    u64::from(asked.contains("students"))
}

async fn a_list_under_a_list_is_one_statement(database: Database) {
    let (_, vendor) = ground::plant(&database).await;
    let hub = Hub::start_as(crate::harness::program::Build::Normal, &database, QUIET).await;
    let caller = Caller::client(&hub, &database, &vendor).for_purpose("SCHOOL_MANAGEMENT");
    caller.data("{ schools(first: 1) { nodes { id } } }", json!({})).await;
    for (asked, statements) in LISTS {
        let query = format!("query ($n: Int!) {{ schools(first: $n) {{ nodes {{ {asked} }} }} }}");
        for n in [2, 7] {
            let seen = cost(&hub, &caller, &query, &json!({ "n": n })).await;
            // The schools themselves are remembered.
            assert_eq!(seen, statements + logged(asked), "{n} schools with {asked}");
        }
    }
    hub.finish().await;
}

async fn the_measured_questions_cost_what_they_should(database: Database) {
    let (schools, vendor) = ground::plant(&database).await;
    let hub = Hub::start_as(crate::harness::program::Build::Normal, &database, QUIET).await;
    let caller = Caller::client(&hub, &database, &vendor);
    let point =
        "query ($code: String!) { school(code: $code) { id name locationCommune { fullName } province { name } } }";
    let school = caller.data(point, json!({ "code": schools[1] })).await["school"]["id"].clone();
    assert_eq!(cost(&hub, &caller, point, &json!({ "code": schools[2] })).await, 0);
    let nested = "{ schools(first: 8) { nodes { name bankTransactions(first: 5) { nodes { bookedOn amount } } } } }";
    assert_eq!(cost(&hub, &caller, nested, &json!({})).await, 1);
    let page = "query ($school: ID!) { bankTransactions(filter: { schoolId: $school }, first: 100) { nodes { amount \
                allocations { invoiceCode } } } }";
    assert_eq!(cost(&hub, &caller, page, &json!({ "school": school })).await, 1);
    hub.finish().await;
}

/// Rows that are read brief and answered without the engine say what the engine says of whole ones.
async fn each_field_alone_says_what_all_together_say(database: Database) {
    const FIELDS: [&str; 22] = [
        "id",
        "transactionId",
        "direction",
        "amount",
        "status",
        "bookedOn",
        "occurredAt",
        "receivedAt",
        "method",
        "methodSource",
        "assurance",
        "reference",
        "content",
        "payerName",
        "payerNameSource",
        "bankReference",
        "review",
        "reviewReason { code }",
        "nature",
        "allocatedAmount",
        "creditedAmount",
        "allocations { invoiceId invoiceCode amount origin isCash createdAt }",
    ];
    let (_, vendor) = ground::plant(&database).await;
    let hub = Hub::start_as(crate::harness::program::Build::Normal, &database, QUIET).await;
    let caller = Caller::client(&hub, &database, &vendor);
    // A directive goes through the engine.
    let whole = format!(
        "{{ bankTransactions(first: 9) {{ nodes {{ ... on BankTransaction @include(if: true) {{ {} }} }} }} }}",
        FIELDS.join(" ")
    );
    let whole = caller.data(&whole, json!({})).await["bankTransactions"]["nodes"].clone();
    assert_eq!(whole.as_array().unwrap().len(), 9);
    for field in FIELDS {
        let alone = format!(
            "{{ bankTransactions(first: 9) {{ nodes {{ {field} }} edges {{ node {{ ...F }} }} }} }} fragment F on BankTransaction {{ {field} }}"
        );
        let alone = caller.data(&alone, json!({})).await["bankTransactions"].clone();
        let name = field.split(' ').next().unwrap();
        for (at, row) in whole.as_array().unwrap().iter().enumerate() {
            assert_eq!(alone["nodes"][at][name], row[name], "{name}");
            assert_eq!(alone["edges"][at]["node"][name], row[name], "{name}");
        }
    }
    let fields =
        "id code name status levels locationCommune { code fullName name provinceCode } province { name typeName }";
    let quick = caller.data(&format!("{{ schools(first: 8) {{ nodes {{ {fields} }} }} }}"), json!({})).await;
    for how in ["...S", "... @skip(if: false) { ...S }"] {
        let through = format!("{{ schools(first: 8) {{ nodes {{ {how} }} }} }} fragment S on School {{ {fields} }}");
        assert_eq!(quick, caller.data(&through, json!({})).await, "{how}");
    }
    let aliased = caller.data("{ schools(first: 1) { nodes { a: code b: code code __typename } } }", json!({})).await;
    let node = &aliased["schools"]["nodes"][0];
    assert!(node["a"] == node["code"] && node["b"] == node["code"] && node["__typename"] == "School", "{node}");
    hub.finish().await;
}

/// A page with what its rows pay is one statement whose rows repeat; the page is still one of transactions.
async fn pages_with_allocations_are_pages(database: Database) {
    let (schools, vendor) = ground::plant(&database).await;
    let hub = Hub::start_as(crate::harness::program::Build::Normal, &database, QUIET).await;
    let caller = Caller::client(&hub, &database, &vendor);
    let point = "query ($code: String!) { school(code: $code) { id } }";
    let school = caller.data(point, json!({ "code": schools[1] })).await["school"]["id"].clone();
    let row = "id bookedOn amount allocations { invoiceCode amount undoneAt }";
    let with = async |of: &str, row: &str| {
        let query = format!(
            "query ($school: ID!) {{ bankTransactions(filter: {{ schoolId: $school }}, {of}) {{ nodes {{ {row} }} \
             edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        caller.data(&query, json!({ "school": school })).await["bankTransactions"].clone()
    };
    let all = with("first: 100", row).await;
    let rows = all["nodes"].as_array().unwrap();
    assert!(rows.len() > 20 && rows.iter().all(|row| !row["allocations"].as_array().unwrap().is_empty()));
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = with(&format!("first: 7{after}"), row).await;
        seen.extend(page["nodes"].as_array().unwrap().clone());
        assert_eq!(page["edges"][0]["cursor"], page["pageInfo"]["startCursor"]);
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    assert_eq!(&seen, rows);
    let back = with(&format!("last: 3, before: {}", all["edges"][5]["cursor"]), row).await;
    assert_eq!(back["nodes"].as_array().unwrap(), &rows[2..5]);
    assert!(back["pageInfo"]["hasPreviousPage"] == true && back["pageInfo"]["hasNextPage"] == true);
    let apart = with("first: 100", "id content allocations { invoiceCode }").await;
    for (one, other) in apart["nodes"].as_array().unwrap().iter().zip(rows) {
        assert_eq!(one["allocations"][0]["invoiceCode"], other["allocations"][0]["invoiceCode"]);
    }
    hub.finish().await;
}

both_engines!(
    pages_with_allocations_are_pages,
    a_list_under_a_list_is_one_statement,
    the_measured_questions_cost_what_they_should,
    each_field_alone_says_what_all_together_say,
);
