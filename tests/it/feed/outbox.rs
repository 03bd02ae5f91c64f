//! Every mutation leaves in the outbox what it altered: a new one fails here until it is written down and does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use entities::codes::SchoolYear;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;
use crate::harness::sepay::Sepay;
use crate::roster::plant::now;

/// What each mutation must leave, by the kinds of its changes. What leaves nothing shows nothing that can be followed.
const LEAVES: [(&str, &[&str]); 41] = [
    ("acceptProfileProposal", &["SchoolProfile"]),
    ("allocate", &["BankTransaction", "Invoice"]),
    ("assignRole", &["User"]),
    ("cancelInvoices", &["Invoice"]),
    ("classifyBankTransaction", &["BankTransaction"]),
    ("closeCash", &["CashClosing"]),
    ("confirmStatement", &["ImportRun", "Statement"]),
    ("createBankAccounts", &["BankAccount"]),
    ("createClient", &["Client"]),
    ("createConnection", &["Connection"]),
    ("createContract", &["Contract"]),
    ("createFees", &["Fee"]),
    ("createInvoices", &["Invoice"]),
    ("createUser", &["User"]),
    ("createVirtualAccounts", &["VirtualAccount"]),
    ("disableUser", &["User"]),
    ("holdClientToTrustedDocuments", &["Client"]),
    ("markOtherMoney", &["BankTransaction"]),
    ("markSameMoney", &["BankTransaction"]),
    ("pauseConnection", &["Connection"]),
    ("recordCashPayments", &["CashPayment", "Invoice"]),
    ("removeConnectionListing", &["Connection"]),
    ("replayEvents", &[]),
    ("resetUser", &["User"]),
    ("resumeConnection", &["Connection"]),
    ("retireConnectionKeys", &["Connection"]),
    ("returnProfileProposal", &["SchoolProfile"]),
    ("revokeClient", &["Client"]),
    ("rotateConnection", &["Connection"]),
    ("rotateSigningKeys", &[]),
    ("setConnectionListing", &["Connection"]),
    ("signSchoolProfile", &["SchoolProfile"]),
    ("undoAllocation", &["BankTransaction", "Invoice"]),
    ("updateConnection", &["Connection"]),
    ("updateSchoolProfile", &["SchoolProfile"]),
    ("upsertClasses", &["SchoolClass"]),
    ("upsertEnrollments", &["Enrollment", "Student"]),
    ("upsertSchools", &["School"]),
    ("upsertStudents", &["Student"]),
    ("withdrawProfileProposal", &["SchoolProfile"]),
    ("(a bank's message)", &["BankTransaction", "Invoice"]),
];

/// What alters nothing that can be followed: runs have lists of their own, and an import writes its rows by the verbs above;
/// documents belong to the client's own build.
const ELSEWHERE: [&str; 6] =
    ["cancelExport", "cancelImport", "startExport", "startImport", "trustDocuments", "withdrawDocuments"];

const ROWS: &str = "userErrors { code message } rows { errors { code field message } }";
const SECRET: &str = "synthetic-sepay-secret";

/// What was seen, verb by verb.
struct Watch<'a> {
    database: &'a Database,
    seen: BTreeMap<String, BTreeSet<String>>,
    since: i64,
}

impl Watch<'_> {
    async fn note(&mut self, verb: &str) {
        let kinds = format!("SELECT DISTINCT kind FROM changes WHERE seq > {}", self.since);
        self.seen.insert(verb.to_owned(), self.database.texts(&kinds).await.into_iter().collect());
        self.since = self.database.number("SELECT COALESCE(MAX(seq), 0) FROM changes").await;
    }

    /// Runs one mutation that must be accepted.
    async fn run(&mut self, caller: &Caller<'_>, verb: &str, shown: &str, input: Value) -> Value {
        let kind = format!("{}{}Input", verb[..1].to_uppercase(), &verb[1..]);
        let kind = if matches!(verb, "resetUser" | "disableUser") { "UserInput".to_owned() } else { kind };
        let query = format!("mutation($input: {kind}!) {{ {verb}(input: $input) {{ {shown} }} }}");
        let answer = caller.data(&query, json!({ "input": input })).await[verb].take();
        assert_eq!(answer["userErrors"], json!([]), "{verb}: {answer:#}");
        for row in answer["rows"].as_array().into_iter().flatten() {
            assert_eq!(row["errors"], json!([]), "{verb}: {answer:#}");
        }
        self.note(verb).await;
        answer
    }
}

async fn every_mutation_leaves_its_changes(database: Database) {
    program::run(&database, &["bench", "seed", "--schools", "2", "--students", "20", "--payments", "0"]);
    let school = database.texts("SELECT code FROM schools ORDER BY code LIMIT 1").await.remove(0);
    for (name, role, ground) in [
        ("quan-tri", "PLATFORM_ADMIN", &[][..]),
        ("hieu-truong", "PRINCIPAL", &["--school", school.as_str()][..]),
        ("so", "PROVINCE_OFFICER", &["--province", "37"][..]),
    ] {
        let create = ["user", "create", name, "--display-name", "Người Mẫu", "--role", role];
        program::run(&database, &[&create[..], ground].concat());
    }
    let hub = Hub::start(&database).await;
    let admin = Caller::user(&hub, &database, "quan-tri");
    let principal = Caller::user(&hub, &database, "hieu-truong");
    let since = database.number("SELECT COALESCE(MAX(seq), 0) FROM changes").await;
    let mut watch = Watch { database: &database, seen: BTreeMap::new(), since };
    access(&mut watch, &admin, &school).await;
    roster(&mut watch, &admin, &principal, &school).await;
    let officer = Caller::user(&hub, &database, "so");
    profile(&mut watch, &principal, &officer, &school).await;
    let account = billing(&mut watch, &principal, &school).await;
    money(&mut watch, &hub, &admin, &principal, &account).await;
    statement(&mut watch, &principal, &school, &account).await;

    let expected: BTreeMap<_, _> = LEAVES
        .iter()
        .map(|(verb, kinds)| ((*verb).to_owned(), kinds.iter().map(|kind| (*kind).to_owned()).collect()))
        .collect();
    assert_eq!(watch.seen, expected);
    let sdl = api::graphql::schema::sdl();
    let (_, block) = sdl.split_once("type Mutation {").unwrap();
    let (block, _) = block.split_once("\n}").unwrap();
    let names =
        block.lines().filter_map(|line| line.strip_prefix('\t')).filter(|line| line.starts_with(char::is_lowercase));
    let verbs: BTreeSet<_> =
        names.filter_map(|line| line.split(['(', ':']).next()).filter(|name| !name.contains(' ')).collect();
    let tried: BTreeSet<_> =
        LEAVES.iter().map(|(verb, _)| *verb).filter(|verb| !verb.starts_with('(')).chain(ELSEWHERE).collect();
    assert_eq!(verbs, tried, "a mutation that is not tried here");
    hub.finish().await;
}

async fn access(watch: &mut Watch<'_>, admin: &Caller<'_>, school: &str) {
    let made = watch
        .run(
            admin,
            "createUser",
            "userErrors { code } user { id }",
            json!({ "username": "van-thu", "displayName": "Văn Thư Mẫu" }),
        )
        .await;
    let user = &made["user"]["id"];
    let role = json!({ "userId": user, "role": "CLERK", "ground": { "schoolCode": school } });
    watch.run(admin, "assignRole", "userErrors { code }", role).await;
    watch.run(admin, "resetUser", "userErrors { code }", json!({ "userId": user })).await;
    watch.run(admin, "disableUser", "userErrors { code }", json!({ "userId": user })).await;
    let client = json!({ "name": "Phần mềm mẫu", "role": "VENDOR_APP" });
    let made = watch.run(admin, "createClient", "userErrors { code } client { clientId }", client).await;
    let client = &made["client"]["clientId"];
    let terms = json!({ "clientId": client, "number": "HD-1", "scopes": ["roster:read"], "purposes": [],
        "grounds": [{ "schoolCode": school }], "validFrom": "2026-01-01" });
    watch.run(admin, "createContract", "userErrors { code }", terms).await;
    let held = json!({ "clientId": client, "only": true });
    watch.run(admin, "holdClientToTrustedDocuments", "userErrors { code }", held).await;
    watch.run(admin, "revokeClient", "userErrors { code }", json!({ "clientId": client })).await;
    admin.data("mutation { rotateSigningKeys { userErrors { code } } }", json!({})).await;
    watch.note("rotateSigningKeys").await;
}

async fn roster(watch: &mut Watch<'_>, admin: &Caller<'_>, principal: &Caller<'_>, school: &str) {
    let row = json!({ "key": { "code": school }, "name": "Trường Đổi Tên (mẫu)", "levels": ["PRIMARY"] });
    watch.run(admin, "upsertSchools", ROWS, json!({ "schools": [row] })).await;
    let student =
        principal.data("{ students(first: 1) { nodes { id } } }", json!({})).await["students"]["nodes"][0].take();
    let year = watch.database.number("SELECT MAX(school_year) FROM enrollments WHERE valid_to IS NULL").await;
    let row = json!({ "schoolCode": school, "schoolYear": year, "key": { "code": "1T" }, "name": "Lớp Mới", "gradeCode": "01" });
    watch.run(principal, "upsertClasses", ROWS, json!({ "classes": [row] })).await;
    let row = json!({ "schoolCode": school, "key": student, "fullName": "Trần Thị Thử Xanh" });
    watch.run(principal, "upsertStudents", ROWS, json!({ "students": [row] })).await;
    let leaving = json!({ "schoolYear": year, "status": "DROPPED_OUT_TERM_1" });
    let row = json!({ "schoolCode": school, "key": { "student": student }, "enrollment": leaving });
    watch.run(principal, "upsertEnrollments", ROWS, json!({ "enrollments": [row] })).await;
}

/// The school proposes what the department decides.
async fn propose(watch: &mut Watch<'_>, principal: &Caller<'_>, school: &str, says: bool) -> Value {
    let shown = "userErrors { code message } results { errors { code field message } proposal { id } }";
    let values = json!([{ "field": "meetsNationalStandard", "content": { "flag": says } }]);
    let input = json!({ "schoolCode": school, "version": 0, "values": values });
    watch.run(principal, "updateSchoolProfile", shown, input).await["results"][0]["proposal"]["id"].take()
}

async fn profile(watch: &mut Watch<'_>, principal: &Caller<'_>, officer: &Caller<'_>, school: &str) {
    let shown = "userErrors { code message }";
    let (first, second) =
        (propose(watch, principal, school, true).await, propose(watch, principal, school, false).await);
    assert_ne!(first, second, "another word takes the place of the earlier one");
    let input = json!({ "proposalId": second, "reason": "mẫu" });
    watch.run(officer, "returnProfileProposal", shown, input).await;
    let third = propose(watch, principal, school, true).await;
    watch.run(principal, "withdrawProfileProposal", shown, json!({ "proposalId": third })).await;
    let fourth = propose(watch, principal, school, true).await;
    watch.run(officer, "acceptProfileProposal", shown, json!({ "proposalId": fourth, "version": 0 })).await;
    let year = SchoolYear::running_on(now().vietnam_day()).start_year();
    let input = json!({ "schoolCode": school, "schoolYear": year, "version": 1 });
    watch.run(principal, "signSchoolProfile", shown, input).await;
}

/// Returns the number of the account into which families pay.
async fn billing(watch: &mut Watch<'_>, principal: &Caller<'_>, school: &str) -> String {
    let number = "9990007010";
    let account = json!({ "bankBin": "999999", "number": number, "holder": "TRUONG MAU", "fund": "THOA_THUAN" });
    let shown = "userErrors { code } rows { errors { code field message } node { id } }";
    let input = json!({ "schoolCode": school, "accounts": [account] });
    let made = watch.run(principal, "createBankAccounts", shown, input).await;
    let account = made["rows"][0]["node"]["id"].clone();
    let found = principal.data("{ students(first: 1) { nodes { id } } }", json!({})).await;
    let student = json!({ "id": found["students"]["nodes"][0]["id"] });
    let row = json!({ "bankAccountId": account, "number": "999000701000001", "student": student });
    watch.run(principal, "createVirtualAccounts", ROWS, json!({ "virtualAccounts": [row] })).await;
    let fee = json!({ "schoolYear": 2026, "category": "BAN_TRU_AN", "bankAccountId": account, "amount": 600_000 });
    let input = json!({ "idempotencyKey": "f", "schoolCode": school, "fees": [fee] });
    let fees = watch.run(principal, "createFees", shown, input).await;
    let row = json!({ "student": student, "lines": [{ "feeId": fees["rows"][0]["node"]["id"] }] });
    let input = json!({ "idempotencyKey": "i", "schoolCode": school, "invoices": [row, row, row, row] });
    watch.run(principal, "createInvoices", ROWS, input).await;
    let codes = watch.database.texts("SELECT code FROM invoices ORDER BY created_at DESC, code DESC LIMIT 2").await;
    let today = principal.data("{ now }", json!({})).await["now"].as_str().unwrap()[..10].to_owned();
    let cash = json!({ "invoiceCode": codes[0], "amount": 1_000, "paidOn": today });
    let input = json!({ "idempotencyKey": "c", "payments": [cash] });
    watch.run(principal, "recordCashPayments", ROWS, input).await;
    let month = json!({ "schoolCode": school, "month": "2026-09", "outsideCount": 0, "outsideAmount": 0 });
    watch.run(principal, "closeCash", "userErrors { code }", month).await;
    watch.run(principal, "cancelInvoices", ROWS, json!({ "codes": [codes[1]] })).await;
    number.to_owned()
}

async fn money(watch: &mut Watch<'_>, hub: &Hub<'_>, admin: &Caller<'_>, principal: &Caller<'_>, account: &str) {
    let connection =
        json!({ "bank": "sepay", "name": "mau", "secret": SECRET, "extra": { "auth": "hmac" }, "accounts": [account] });
    let made = watch
        .run(admin, "createConnection", "userErrors { code message } connection { id webhookUrl }", connection)
        .await;
    let id = &made["connection"]["id"];
    let url = made["connection"]["webhookUrl"].as_str().unwrap();
    let path = &url[url.find("/webhooks/").unwrap()..];
    let sepay = Sepay { url: hub.url(path), secret: SECRET.into(), account: account.into() };
    let sql =
        "SELECT code FROM invoices WHERE status = 'OPEN' AND amount = 600000 ORDER BY created_at DESC, code LIMIT 2";
    let codes = watch.database.texts(sql).await;
    let send = async |number, content: &str| {
        sepay.letter(&hub.client, &sepay.credit(number, 600_000, content)).send().await.unwrap();
        hub.until_settled().await;
    };
    send(9_001, &format!("{} hoc phi", codes[0])).await;
    watch.note("(a bank's message)").await;
    send(9_002, "khong ma").await;
    watch.note("(a bank's message without a code)").await;
    assert_eq!(watch.seen.remove("(a bank's message without a code)").unwrap().len(), 1);
    let waiting =
        principal.data("{ reviewQueue { nodes { id } } }", json!({})).await["reviewQueue"]["nodes"][0]["id"].take();
    let invoice =
        principal.data("query($code: String!) { invoice(code: $code) { id } }", json!({ "code": codes[1] })).await;
    let parts = json!([{ "invoiceId": invoice["invoice"]["id"], "amount": 600_000 }]);
    let input = json!({ "idempotencyKey": "a", "bankTransactionId": waiting, "reason": "mẫu", "allocations": parts });
    watch.run(principal, "allocate", "userErrors { code message }", input).await;
    let input = json!({ "bankTransactionId": waiting, "reason": "mẫu" });
    watch.run(principal, "undoAllocation", "userErrors { code message }", input).await;
    let input = json!({ "bankTransactionId": waiting, "nature": "NO_FEE", "reason": "mẫu" });
    watch.run(principal, "classifyBankTransaction", "userErrors { code message }", input).await;
    watch
        .run(
            admin,
            "rotateConnection",
            "userErrors { code message }",
            json!({ "connectionId": id, "secret": "another-synthetic-secret" }),
        )
        .await;
    for verb in ["retireConnectionKeys", "pauseConnection", "resumeConnection"] {
        watch.run(admin, verb, "userErrors { code message }", json!({ "connectionId": id })).await;
    }
    let input = json!({ "connectionId": id, "messagesPerSecond": 50 });
    watch.run(admin, "updateConnection", "userErrors { code message }", input).await;
    watch.run(admin, "replayEvents", "userErrors { code message }", json!({ "connectionId": id })).await;
    let nobody = json!({ "connectionId": id, "token": "SYNTHETIC", "url": "http://127.0.0.1:9" });
    watch.run(admin, "setConnectionListing", "userErrors { code message }", nobody).await;
    watch.run(admin, "removeConnectionListing", "userErrors { code message }", json!({ "connectionId": id })).await;
    same_money(watch, hub, (admin, principal), account, &waiting).await;
}

/// Another sender tells of the money that has been heard.
async fn same_money(
    watch: &mut Watch<'_>,
    hub: &Hub<'_>,
    (admin, principal): (&Caller<'_>, &Caller<'_>),
    account: &str,
    heard: &Value,
) {
    let input = json!({ "bank": "sepay", "name": "mau-khac", "secret": SECRET, "extra": { "auth": "hmac" }, "accounts": [account] });
    let create =
        "mutation($input: CreateConnectionInput!) { createConnection(input: $input) { connection { webhookUrl } } }";
    let made = admin.data(create, json!({ "input": input })).await;
    let url = made["createConnection"]["connection"]["webhookUrl"].as_str().unwrap();
    let path = &url[url.find("/webhooks/").unwrap()..];
    let sepay = Sepay { url: hub.url(path), secret: SECRET.into(), account: account.into() };
    sepay.letter(&hub.client, &sepay.credit(9_003, 600_000, "khong ma")).send().await.unwrap();
    hub.until_settled().await;
    let waiting =
        principal.data("{ reviewQueue { nodes { id } } }", json!({})).await["reviewQueue"]["nodes"][0]["id"].take();
    watch.note("(another sender)").await;
    watch.seen.remove("(another sender)");
    let input = json!({ "bankTransactionId": waiting, "sameAsId": heard, "reason": "mẫu" });
    watch.run(principal, "markSameMoney", "userErrors { code message }", input).await;
    let input = json!({ "bankTransactionId": waiting, "reason": "mẫu" });
    watch.run(principal, "markOtherMoney", "userErrors { code message }", input).await;
}

/// A file that does not add up; its only line is no credit, so that nothing but the statement moves on.
async fn statement(watch: &mut Watch<'_>, principal: &Caller<'_>, school: &str, account: &str) {
    let text = format!(
        "Số tài khoản: {account}\nSố dư đầu kỳ: 1000\nNgày giao dịch,Số tham chiếu,Phát sinh nợ,Phát sinh có,Số dư,Nội dung\n\
         20/11/2026,FT1,100,,900,phi\nSố dư cuối kỳ: 999\n"
    );
    let sent =
        principal.request(Method::POST, "/files").header("content-type", "text/csv").body(text).send().await.unwrap();
    let file: Value = sent.json().await.unwrap();
    let start = "mutation ($input: StartImportInput!) { startImport(input: $input) { userErrors { code } } }";
    let input = json!({ "kind": "STATEMENTS", "fileId": file["id"], "schoolCode": school });
    principal.data(start, json!({ "input": input })).await;
    let held = "{ statements(filter: { status: HELD }) { nodes { id } } }";
    let id = loop {
        let found = principal.data(held, json!({})).await["statements"]["nodes"].take();
        if let Some(statement) = found.get(0) {
            break statement["id"].clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    watch.note("(a held statement)").await;
    assert!(watch.seen.remove("(a held statement)").unwrap().contains("Statement"));
    watch.run(principal, "confirmStatement", "userErrors { code message }", json!({ "statementId": id })).await;
}

both_engines!(every_mutation_leaves_its_changes);
