//! Recounts the roll-ups with statements of their own, over bank transactions, allocations and cash payments.

use sea_orm::DbBackend;

use super::ask;
use crate::catalogues::PaymentMethod;
use crate::db::Db;
use crate::error::Error;
use crate::rollups::PERIOD_SUMS;

pub(crate) const SUMS: [&str; 8] = [
    "settled_count",
    "settled_amount",
    "unmatched_count",
    "unmatched_amount",
    "reversed_count",
    "reversed_amount",
    "refunded_count",
    "refunded_amount",
];

/// Credits that count, with the number of families that they pay for (an allocation that fell because the bank took the
/// money back counts where it was settled), and what they pay by category.
const CREDITS: &str = "
shares AS (
    SELECT a.id, a.bank_transaction_id, a.undone_at FROM allocations a
    WHERE a.bank_transaction_id IS NOT NULL AND (a.undone_at IS NULL OR a.undone_cause = 'REVERSAL')),
families AS (SELECT bank_transaction_id, COUNT(*) AS n FROM shares GROUP BY bank_transaction_id),
credits AS (
    SELECT t.id, t.school_id, t.amount, t.settled_on, COALESCE(t.refunded_on, t.reversed_on) AS gone_on,
        CASE WHEN t.refunded_on IS NULL THEN 0 ELSE 1 END AS refunded, CASE WHEN f.n IS NULL THEN 0 ELSE 1 END AS matched,
        CASE WHEN t.nature = 'LUMP_TRANSFER' THEN 'CASH' ELSE t.method END AS method,
        CASE WHEN t.nature = 'LUMP_TRANSFER' THEN COALESCE(f.n, 1) ELSE 1 END AS n
    FROM bank_transactions t LEFT JOIN families f ON f.bank_transaction_id = t.id
    WHERE t.direction = 'CREDIT' AND t.school_id IS NOT NULL AND t.settled_on IS NOT NULL
        AND t.nature NOT IN ('NO_FEE', 'CASH_DEPOSIT') AND t.same_as IS NULL),
parts AS (
    SELECT s.bank_transaction_id, l.category, SUM(l.amount) AS amount,
        SUM(CASE WHEN s.undone_at IS NOT NULL THEN l.amount ELSE 0 END) AS fallen,
        COUNT(s.undone_at) AS fallen_lines
    FROM shares s JOIN allocation_lines l ON l.allocation_id = s.id GROUP BY s.bank_transaction_id, l.category),
cash_parts AS (
    SELECT a.cash_payment_id, l.category, SUM(l.amount) AS amount
    FROM allocations a JOIN allocation_lines l ON l.allocation_id = a.id
    WHERE a.cash_payment_id IS NOT NULL AND a.undone_at IS NULL GROUP BY a.cash_payment_id, l.category)";

/// One posting for each thing that happened: who, when, category, method, and what it adds to settled, unmatched, undone.
const POSTINGS: &str = "
postings AS (
    SELECT school_id, settled_on AS posted_on, 'TOTAL' AS category, method, matched * n AS settled_count,
        matched * amount AS settled_amount, 1 - matched AS unmatched_count, (1 - matched) * amount AS unmatched_amount,
        0 AS gone_count, 0 AS gone_amount, 0 AS refunded FROM credits
    UNION ALL
    SELECT school_id, gone_on, 'TOTAL', method, 0, 0, matched - 1, (matched - 1) * amount, matched * n, matched * amount,
        refunded FROM credits WHERE gone_on IS NOT NULL
    UNION ALL
    SELECT c.school_id, c.settled_on, p.category, c.method, 1, p.amount, 0, 0, 0, 0, 0
    FROM credits c JOIN parts p ON p.bank_transaction_id = c.id
    UNION ALL
    SELECT c.school_id, c.gone_on, p.category, c.method, 0, 0, 0, 0, 1, p.fallen, c.refunded
    FROM credits c JOIN parts p ON p.bank_transaction_id = c.id WHERE c.gone_on IS NOT NULL AND p.fallen_lines > 0
    UNION ALL
    SELECT school_id, paid_on, 'TOTAL', 'CASH', 1, amount, 0, 0, 0, 0, 0 FROM cash_payments
    UNION ALL
    SELECT p.school_id, p.paid_on, c.category, 'CASH', 1, c.amount, 0, 0, 0, 0, 0
    FROM cash_payments p JOIN cash_parts c ON c.cash_payment_id = p.id)";

/// The sums that the ledger gives, before they are added up per grain: a list of `WITH` parts and the `SELECT` over them.
pub(crate) fn ledger_sums(backend: DbBackend) -> (String, String) {
    let month = match backend {
        DbBackend::Sqlite => "CAST(strftime('%Y%m', posted_on) AS INTEGER)",
        _ => "CAST(EXTRACT(YEAR FROM posted_on) * 100 + EXTRACT(MONTH FROM posted_on) AS BIGINT)",
    };
    let sums = "settled_count, settled_amount, unmatched_count, unmatched_amount, \
                gone_count * (1 - refunded) AS reversed_count, gone_amount * (1 - refunded) AS reversed_amount, \
                gone_count * refunded AS refunded_count, gone_amount * refunded AS refunded_amount";
    let select = format!("SELECT school_id, {month} AS month, category, method, {sums} FROM postings");
    (format!("{CREDITS}, {POSTINGS}"), select)
}

/// A sentence for each stored sum of `rollups` that the ledger does not give.
pub(super) async fn rollups(db: &Db) -> Result<Vec<String>, Error> {
    let (with, recounted) = ledger_sums(db.read().get_database_backend());
    let stored = SUMS.join(", ");
    let (sums, differ) = (SUMS.map(had_and_due).join(", "), SUMS.map(differs).join(" OR "));
    let sql = format!(
        "WITH {with}, compared AS (SELECT school_id, month, category, method, {sums} FROM (\
         SELECT 1 AS own, school_id, month, category, method, {stored} FROM rollups UNION ALL \
         SELECT 0, ledger.* FROM ({recounted}) ledger) every \
         GROUP BY school_id, month, category, method) \
         SELECT s.code, CAST(c.month AS TEXT) AS month, c.category || ', ' || c.method AS rest, c.* FROM compared c \
         JOIN schools s ON s.id = c.school_id WHERE {differ} ORDER BY s.code, c.month, c.category, c.method"
    );
    sentences(db, sql, "rollups", &SUMS).await
}

/// What each row `TOTAL` of `rollups` adds to the sums of its month.
pub(crate) fn monthly_sums() -> String {
    let cash: Vec<String> = PaymentMethod::ALL
        .iter()
        .filter(|method| !method.is_cashless())
        .map(|method| format!("'{}'", method.code()))
        .collect();
    let cash = cash.join(", ");
    let kept = |not: &str, unit: &str| {
        format!("CASE WHEN method {not}IN ({cash}) THEN settled_{unit} - reversed_{unit} ELSE 0 END")
    };
    let [cashless_count, cashless_amount] = ["count", "amount"].map(|unit| kept("NOT ", unit));
    let [cash_count, cash_amount] = ["count", "amount"].map(|unit| kept("", unit));
    format!(
        "SELECT school_id, month, {cashless_count} AS cashless_count, {cashless_amount} AS cashless_amount, \
         {cash_count} AS cash_count, {cash_amount} AS cash_amount, unmatched_count, unmatched_amount, reversed_count, \
         reversed_amount, refunded_count, refunded_amount FROM rollups WHERE category = 'TOTAL'"
    )
}

/// What a closing adds to its month.
const CLOSED: [&str; 3] = ["closed", "outside_count", "outside_amount"];

/// A sentence for each stored sum of `monthly_rollups` that the rows `TOTAL` of `rollups` and the closings do not give.
pub(super) async fn monthly(db: &Db) -> Result<Vec<String>, Error> {
    let all: Vec<&str> = PERIOD_SUMS.into_iter().chain(CLOSED).collect();
    let sums: Vec<String> = all.iter().copied().map(had_and_due).collect();
    let differ: Vec<String> = all.iter().copied().map(differs).collect();
    let sql = format!(
        "WITH compared AS (SELECT school_id, month, {} FROM (SELECT 1 AS own, school_id, month, {} \
         FROM monthly_rollups UNION ALL SELECT 0, total.*, 0, 0, 0 FROM ({}) total UNION ALL \
         SELECT 0, school_id, month, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, outside_count, outside_amount FROM cash_closings) every \
         GROUP BY school_id, month) \
         SELECT s.code, CAST(c.month AS TEXT) AS month, 'all methods' AS rest, c.* FROM compared c \
         JOIN schools s ON s.id = c.school_id WHERE {} ORDER BY s.code, c.month",
        sums.join(", "),
        all.join(", "),
        monthly_sums(),
        differ.join(" OR ")
    );
    sentences(db, sql, "monthly_rollups", &all).await
}

/// A sentence for each stored sum of `yearly_rollups` that the months of its school year do not give.
pub(super) async fn yearly(db: &Db) -> Result<Vec<String>, Error> {
    let all: Vec<&str> = PERIOD_SUMS.into_iter().chain(CLOSED).collect();
    let sums: Vec<String> = all.iter().copied().map(had_and_due).collect();
    let differ: Vec<String> = all.iter().copied().map(differs).collect();
    let columns = all.join(", ");
    let sql = format!(
        "WITH compared AS (SELECT school_id, school_year, {} FROM (SELECT 1 AS own, school_id, school_year, {columns} \
         FROM yearly_rollups UNION ALL SELECT 0, school_id, {SCHOOL_YEAR}, {columns} FROM monthly_rollups) every \
         GROUP BY school_id, school_year) \
         SELECT s.code, 'of school year ' || CAST(c.school_year AS TEXT) AS month, 'all methods' AS rest, c.* \
         FROM compared c JOIN schools s ON s.id = c.school_id WHERE {} ORDER BY s.code, c.school_year",
        sums.join(", "),
        differ.join(" OR ")
    );
    sentences(db, sql, "yearly_rollups", &all).await
}

/// The school year of a row's month, by the year of its September.
pub(crate) const SCHOOL_YEAR: &str = "month / 100 - CASE WHEN month % 100 >= 9 THEN 0 ELSE 1 END";

fn had_and_due(sum: &str) -> String {
    format!(
        "CAST(SUM(CASE WHEN own = 1 THEN {sum} ELSE 0 END) AS BIGINT) AS had_{sum}, \
         CAST(SUM(CASE WHEN own = 0 THEN {sum} ELSE 0 END) AS BIGINT) AS due_{sum}"
    )
}

fn differs(sum: &str) -> String {
    format!("had_{sum} <> due_{sum}")
}

async fn sentences(db: &Db, sql: String, table: &str, columns: &[&str]) -> Result<Vec<String>, Error> {
    let mut sentences = Vec::new();
    for row in ask(db, sql).await? {
        let (school, month, rest): (String, String, String) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        for column in columns {
            let had: i64 = row.try_get("", &format!("had_{column}"))?;
            let due: i64 = row.try_get("", &format!("due_{column}"))?;
            if had != due {
                sentences.push(format!(
                    "{table} (school {school}, month {month}, {rest}): {column} is {had}, the recount gives {due}."
                ));
            }
        }
    }
    Ok(sentences)
}
