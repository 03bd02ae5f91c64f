//! `verify` passes on an honest ledger and names the row when one number is bent behind the hub's back.

use serde_json::json;

use super::plant;
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

/// A number to bend, and what the sentences must name.
struct Bend {
    sql: String,
    names: [String; 2],
}

/// A row of the roll-ups: the school's code, the month, the category and the method.
async fn grain(database: &Database, which: &str) -> [String; 4] {
    let sql = format!(
        "SELECT s.code || '|' || CAST(r.month AS TEXT) || '|' || r.category || '|' || r.method FROM rollups r \
         JOIN schools s ON s.id = r.school_id WHERE r.method <> 'CASH' AND r.settled_count > 0 AND r.category {which} \
         ORDER BY 1 LIMIT 1"
    );
    let found = database.texts(&sql).await.remove(0);
    let words: Vec<String> = found.split('|').map(ToOwned::to_owned).collect();
    words.try_into().unwrap()
}

fn bend(sql: String, names: [&str; 2]) -> Bend {
    Bend { sql, names: names.map(ToOwned::to_owned) }
}

async fn bends(database: &Database) -> Vec<Bend> {
    let [school, month, category, method] = grain(database, "<> 'TOTAL'").await;
    let [other, its_month, _, its_method] = grain(database, "= 'TOTAL'").await;
    let at = |school: &str| format!("school_id = (SELECT id FROM schools WHERE code = '{school}')");
    let code = database.texts("SELECT MIN(code) FROM invoices WHERE status = 'PAID'").await.remove(0);
    let invoice = format!("(SELECT id FROM invoices WHERE code = '{code}')");
    let mut rows = vec![
        bend(
            format!(
                "UPDATE rollups SET settled_count = settled_count + 1 WHERE category = '{category}' AND month = {month} \
                 AND method = '{method}' AND {}",
                at(&school)
            ),
            [
                &format!("rollups (school {school}, month {month}, {category}, {method}): settled_count is "),
                "the recount gives",
            ],
        ),
        bend(
            format!(
                "DELETE FROM rollups WHERE category = 'TOTAL' AND month = {its_month} AND method = '{its_method}' AND {}",
                at(&other)
            ),
            [
                &format!("rollups (school {other}, month {its_month}, TOTAL, {its_method}): settled_count is 0"),
                &format!("monthly_rollups (school {other}, month {its_month}, all methods): "),
            ],
        ),
        bend(
            format!(
                "UPDATE monthly_rollups SET cash_amount = cash_amount - 1000 WHERE month = {its_month} AND {}",
                at(&other)
            ),
            [
                &format!("monthly_rollups (school {other}, month {its_month}, all methods): cash_amount is "),
                "the recount gives",
            ],
        ),
        year_bend(&other, &at(&other)),
        bend(
            format!("UPDATE invoices SET paid_amount = paid_amount - 1 WHERE code = '{code}'"),
            ["invoices ", "paid_amount is"],
        ),
        bend(
            format!(
                "UPDATE invoice_lines SET paid_amount = paid_amount - 1 WHERE position = 1 AND invoice_id = {invoice}"
            ),
            ["invoice_lines ", "paid_amount is"],
        ),
        bend(
            "UPDATE bank_transactions SET allocated_amount = amount + 1 WHERE transaction_id = 'B1'".to_owned(),
            ["bank_transactions ", "and brought only"],
        ),
    ];
    rows.extend(bent_allocations(&code, &invoice));
    rows
}

/// Allocations to an invoice whose money, school or copies no longer agree.
fn bent_allocations(code: &str, invoice: &str) -> [Bend; 3] {
    [
        bend(
            format!("UPDATE allocations SET amount = amount + 1 WHERE invoice_id = {invoice}"),
            ["allocations ", "its lines add up to"],
        ),
        bend(
            format!(
                "UPDATE allocations SET school_id = (SELECT s.id FROM schools s JOIN invoices i ON i.school_id <> s.id \
                 WHERE i.code = '{code}' LIMIT 1) WHERE invoice_id = {invoice}"
            ),
            ["allocations ", "are not of one school"],
        ),
        bend(
            format!("UPDATE allocations SET invoice_code = 'LT00000000000' WHERE invoice_id = {invoice}"),
            ["allocations ", "another code or client"],
        ),
    ]
}

async fn a_bent_number_is_named(database: Database) {
    plant(&database);
    let said = program::try_run(&database, &["verify"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    for Bend { sql, names } in bends(&database).await {
        let table = sql.split_whitespace().nth(if sql.starts_with("DELETE") { 2 } else { 1 }).unwrap();
        database.execute(&format!("CREATE TABLE kept AS SELECT * FROM {table}")).await;
        database.execute(&sql).await;
        let said = program::try_run(&database, &["verify"]);
        assert_eq!(said.code, Some(1), "{sql}\n{}", said.out);
        for name in names {
            assert!(said.out.contains(&name), "{name}\n{sql}\n{}", said.out);
        }
        restore(&database, table, &sql).await;
    }
    assert_eq!(program::try_run(&database, &["verify"]).code, Some(0), "all bends were taken back");
}

/// A closing less in a school's year.
fn year_bend(school: &str, at: &str) -> Bend {
    bend(
        format!("UPDATE yearly_rollups SET closed = closed - 1 WHERE school_year = 2024 AND {at}"),
        [
            &format!("yearly_rollups (school {school}, month of school year 2024, all methods): closed is "),
            "the recount gives",
        ],
    )
}

async fn restore(database: &Database, table: &str, bend: &str) {
    let back = match table {
        "rollups" | "monthly_rollups" | "yearly_rollups" => {
            format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept")
        }
        _ => {
            let column = bend.split_whitespace().nth(3).unwrap();
            format!("UPDATE {table} SET {column} = (SELECT k.{column} FROM kept k WHERE k.id = {table}.id)")
        }
    };
    database.execute(&format!("{back}; DROP TABLE kept")).await;
}

/// Closing the cash of three months leaves three entries in the school's log.
async fn close_three_months(database: &Database) {
    let accountant = ["user", "create", "accountant", "--display-name", "Kế toán Mẫu", "--role", "ACCOUNTANT"];
    program::run(database, &[&accountant[..], &["--school", "99000030"]].concat());
    let hub = Hub::start(database).await;
    let accountant = Caller::user(&hub, database, "accountant");
    for month in ["2026-07", "2026-08", "2026-09"] {
        let close = "mutation ($input: CloseCashInput!) { closeCash(input: $input) { userErrors { code } } }";
        let input = json!({ "schoolCode": "99000030", "month": month, "outsideCount": 0, "outsideAmount": 0 });
        let closed = accountant.data(close, json!({ "input": input })).await;
        assert_eq!(closed["closeCash"]["userErrors"], json!([]), "{closed:#}");
    }
    hub.finish().await;
}

async fn an_audit_log_that_was_touched_is_named(database: Database) {
    plant(&database);
    close_three_months(&database).await;
    assert_eq!(program::try_run(&database, &["verify"]).code, Some(0));
    let longest = "(SELECT id FROM ledgers ORDER BY audit_size DESC LIMIT 1)";
    let size = database.number(&format!("SELECT audit_size FROM ledgers WHERE id = {longest}")).await;
    assert!(size >= 3, "the longest log has {size} entries");
    for (bend, says) in [
        (
            "UPDATE audit_entries SET actor = 'somebody' WHERE position = 1 AND ledger_id = {}",
            "the leaf at 1 does not hash",
        ),
        ("UPDATE audit_entries SET payload = '{{}}' WHERE position = 1 AND ledger_id = {}", "the payload at 1 is not"),
        ("DELETE FROM audit_entries WHERE position = 1 AND ledger_id = {}", "and 1 is missing"),
        ("DELETE FROM audit_entries WHERE position > 1 AND ledger_id = {}", "entries are there"),
    ] {
        database.execute("CREATE TABLE kept AS SELECT * FROM audit_entries").await;
        database.execute(&bend.replace("{{}}", "bent").replace("{}", longest)).await;
        let said = program::try_run(&database, &["verify"]);
        assert_eq!(said.code, Some(1), "{bend}\n{}", said.out);
        assert!(said.out.contains("audit_entries") || said.out.contains("ledgers"), "{bend}\n{}", said.out);
        assert!(said.out.contains(says) || says.starts_with("entries"), "{bend}\n{}", said.out);
        let back = "DELETE FROM audit_entries; INSERT INTO audit_entries SELECT * FROM kept; DROP TABLE kept";
        database.execute(back).await;
    }
    // What may be erased can be erased.
    database.execute("UPDATE audit_entries SET salt = NULL, payload = NULL").await;
    assert_eq!(program::try_run(&database, &["verify"]).code, Some(0), "an erased payload leaves the log whole");
}

both_engines!(a_bent_number_is_named, an_audit_log_that_was_touched_is_named);
