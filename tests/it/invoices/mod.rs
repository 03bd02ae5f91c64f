//! An accountant asks families for money over GraphQL: lawful fees, invoices split by account, VietQR, cash and its closing.

use serde_json::{Value, json};

use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

const ACCOUNTS: &str = "mutation($input: CreateBankAccountsInput!) { createBankAccounts(input: $input) {
    userErrors { code } rows { status node { id number numberMasked } errors { code field } } } }";
const FEES: &str = "mutation($input: CreateFeesInput!) { createFees(input: $input) {
    userErrors { code } rows { status node { id } errors { code field message } } } }";
const INVOICES: &str = "mutation($input: CreateInvoicesInput!) { createInvoices(input: $input) {
    userErrors { code message } rows { status errors { code field } node { invoices {
        code amount openAmount status fund { code } dueOn beneficiary reason student { id }
        account { bankBin number } payment { transferContent vietQrText vietQrSvg } } } } } }";
const CASH: &str = "mutation($input: RecordCashPaymentsInput!) { recordCashPayments(input: $input) {
    userErrors { code } rows { status errors { code field } node { id amount } } } }";
const CLOSE: &str = "mutation($input: CloseCashInput!) { closeCash(input: $input) {
    cashClosing { id month } userErrors { code field } } }";
const INVOICE: &str = "query($code: String!) { invoice(code: $code) {
    status paidAmount openAmount payerName lines { amount paidAmount } payment { vietQrText } } }";

const CASH_SUM: &str = "SELECT CAST(COALESCE(SUM(settled_amount), 0) AS BIGINT) FROM rollups
    WHERE method = 'CASH' AND category = 'TOTAL'";

/// A school with its accountant.
struct Desk<'a> {
    accountant: Caller<'a>,
    school: String,
    student: String,
}

impl<'a> Desk<'a> {
    async fn open(hub: &'a Hub<'a>, database: &Database) -> Self {
        let admin = ["user", "create", "quan-tri", "--display-name", "Quản trị Mẫu", "--role", "PLATFORM_ADMIN"];
        program::run(database, &admin);
        let admin = Caller::user(hub, database, "quan-tri");
        let found = admin.data("{ schools(first: 1) { nodes { code } } }", json!({})).await;
        let school = text(&found["schools"]["nodes"][0]["code"]);
        let user = ["user", "create", "ke-toan", "--display-name", "Kế toán Mẫu", "--role", "ACCOUNTANT"];
        program::run(database, &[&user[..], &["--school", &school]].concat());
        let accountant = Caller::user(hub, database, "ke-toan");
        let found = accountant.data("{ students(first: 1) { nodes { id } } }", json!({})).await;
        let student = text(&found["students"]["nodes"][0]["id"]);
        Self { accountant, school, student }
    }

    async fn account(&self, number: &str, fund: &str) -> String {
        let account = json!({ "bankBin": "999999", "number": number, "holder": "TRUONG MAU", "fund": fund });
        let input = json!({ "schoolCode": self.school, "accounts": [account] });
        let made = self.accountant.data(ACCOUNTS, json!({ "input": input })).await;
        let row = &made["createBankAccounts"]["rows"][0];
        assert_eq!(row["node"]["number"], number, "{made:#}");
        assert_eq!(row["node"]["numberMasked"], format!("******{}", &number[number.len() - 3..]));
        text(&row["node"]["id"])
    }

    async fn fees(&self, key: &str, fees: Value) -> Value {
        let input = json!({ "idempotencyKey": key, "schoolCode": self.school, "fees": fees });
        self.accountant.data(FEES, json!({ "input": input })).await["createFees"]["rows"].take()
    }

    async fn invoices(&self, key: &str, lines: Value) -> Value {
        let row = json!({ "student": { "id": self.student }, "lines": lines, "dueOn": "2099-01-01" });
        let input = json!({ "idempotencyKey": key, "schoolCode": self.school, "invoices": [row] });
        self.accountant.data(INVOICES, json!({ "input": input })).await["createInvoices"].take()
    }

    async fn cash(&self, key: &str, code: &str, amount: i64) -> Value {
        let now = text(&self.accountant.data("{ now }", json!({})).await["now"]);
        let row = json!({ "invoiceCode": code, "amount": amount, "paidOn": now[..10], "payerName": "Nguyễn Thị Mẫu" });
        let input = json!({ "idempotencyKey": key, "payments": [row] });
        self.accountant.data(CASH, json!({ "input": input })).await["recordCashPayments"].take()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).into()
}

fn plant(database: &Database) {
    program::run(database, &["bench", "seed", "--schools", "1", "--students", "10", "--payments", "0"]);
}

fn fee(category: &str, account: &str, amount: Option<i64>) -> Value {
    json!({ "schoolYear": 2026, "category": category, "bankAccountId": account, "amount": amount })
}

async fn from_fee_to_paid_invoice(database: Database) {
    plant(&database);
    let hub = Hub::start(&database).await;
    let desk = Desk::open(&hub, &database).await;
    let meals = desk.account("9990007010", "THOA_THUAN").await;
    let water = desk.account("9990007011", "DICH_VU_HDND").await;
    let rows = json!([
        fee("BAN_TRU_AN", &meals, Some(600_000)),
        fee("NUOC_UONG", &water, Some(15_000)),
        fee("DAY_THEM", &water, None),
        fee("NUOC_UONG", &meals, None),
    ]);
    let made = desk.fees("fees", rows).await;
    assert_eq!(made[2]["errors"][0]["code"], "FEE_NOT_ALLOWED");
    assert!(text(&made[2]["errors"][0]["message"]).contains("29/2024"), "the legal basis is named");
    assert_eq!(made[3]["errors"][0]["code"], "FUND_MISMATCH");
    let line = |row: usize| json!({ "feeId": made[row]["node"]["id"] });

    let lines = json!([line(0), line(1), line(0)]);
    let first = desk.invoices("round", lines.clone()).await;
    let again = desk.invoices("round", lines).await;
    assert_eq!(again["rows"][0]["status"], "UNCHANGED");
    assert_eq!(first["rows"][0]["node"], again["rows"][0]["node"], "a repeat issues nothing");
    let other = desk.invoices("round", json!([line(1)])).await;
    assert_eq!(other["userErrors"][0]["code"], "IDEMPOTENCY_KEY_REUSED");
    assert!(text(&other["userErrors"][0]["message"]).contains("input.invoices.0.lines"), "the difference is named");

    let group = first["rows"][0]["node"]["invoices"].as_array().unwrap();
    let mut amounts: Vec<_> = group.iter().map(|invoice| invoice["amount"].as_i64().unwrap()).collect();
    amounts.sort_unstable();
    assert_eq!(amounts, [15_000, 1_200_000], "one invoice for each account");
    for invoice in group {
        let code = text(&invoice["code"]);
        let paid = connectors::vietqr::parse(&text(&invoice["payment"]["vietQrText"])).unwrap();
        assert_eq!(paid.bin, invoice["account"]["bankBin"]);
        assert_eq!(paid.account, invoice["account"]["number"]);
        assert_eq!(paid.amount, invoice["openAmount"].as_i64());
        assert_eq!((paid.bill, paid.purpose), (Some(code.clone()), Some(code.clone())));
        assert!(text(&invoice["payment"]["vietQrSvg"]).contains("<svg"));
        assert!(entities::codes::InvoiceCode::parse(&code).is_ok());
        let mistyped = format!("{}{}", &code[..12], (code.as_bytes()[12] - b'0' + 1) % 10);
        let refused = desk.accountant.ask(INVOICE, json!({ "code": mistyped })).await;
        assert_eq!(refused.codes(), ["INVOICE_CODE_CHECK_DIGIT"]);
    }
    hub.finish().await;
}

async fn cash_pays_and_its_month_closes_once(database: Database) {
    plant(&database);
    let hub = Hub::start(&database).await;
    let desk = Desk::open(&hub, &database).await;
    let meals = desk.account("9990007020", "THOA_THUAN").await;
    let made = desk.fees("fees", json!([fee("BAN_TRU_AN", &meals, Some(600_000))])).await;
    let line = json!({ "feeId": made[0]["node"]["id"] });
    let issued = desk.invoices("round", json!([line, line])).await;
    let code = text(&issued["rows"][0]["node"]["invoices"][0]["code"]);

    let before = database.number(CASH_SUM).await;
    let paid = desk.cash("k1", &code, 700_000).await;
    assert_eq!(paid["rows"][0]["status"], "CREATED", "{paid:#}");
    assert_eq!(desk.cash("k1", &code, 700_000).await["rows"][0]["status"], "UNCHANGED");
    assert_eq!(desk.cash("k1", &code, 1).await["userErrors"][0]["code"], "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(desk.cash("k2", &code, 500_001).await["rows"][0]["errors"][0]["code"], "AMOUNT_ABOVE_OPEN");
    let invoice = desk.accountant.data(INVOICE, json!({ "code": code })).await["invoice"].take();
    assert_eq!(invoice["status"], "PARTIALLY_PAID");
    assert_eq!((&invoice["paidAmount"], &invoice["openAmount"]), (&json!(700_000), &json!(500_000)));
    assert_eq!(invoice["lines"][0]["paidAmount"], 600_000, "lines fill in order");
    assert_eq!(invoice["payerName"], "Nguyễn Thị Mẫu");
    let open = connectors::vietqr::parse(&text(&invoice["payment"]["vietQrText"])).unwrap();
    assert_eq!(open.amount, Some(500_000), "the code asks for what is still open");
    desk.cash("k3", &code, 500_000).await;
    let invoice = desk.accountant.data(INVOICE, json!({ "code": code })).await["invoice"].take();
    assert_eq!((&invoice["status"], &invoice["payment"]), (&json!("PAID"), &Value::Null));
    assert_eq!(database.number(CASH_SUM).await - before, 1_200_000, "the roll-ups know the cash");

    let close = async |count: i64, amount: i64| {
        let input =
            json!({ "schoolCode": desk.school, "month": "2020-01", "outsideCount": count, "outsideAmount": amount });
        desk.accountant.data(CLOSE, json!({ "input": input })).await["closeCash"].take()
    };
    let closed = close(3, 900_000).await;
    assert_eq!(closed["cashClosing"]["month"], "2020-01", "{closed:#}");
    assert_eq!(close(3, 900_000).await, closed, "the same declaration changes nothing");
    assert_eq!(close(4, 900_000).await["userErrors"][0]["code"], "CASH_CLOSED");
    hub.finish().await;
}

both_engines!(from_fee_to_paid_invoice, cash_pays_and_its_month_closes_once);
