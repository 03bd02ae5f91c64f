//! Recounts the roll-ups with statements of their own, over bank transactions, allocations and cash payments.

use sea_orm::DbBackend;

use super::ask;
use crate::catalogues::PaymentMethod;
use crate::db::Db;
use crate::error::Error;

const SUMS: [&str; 8] = [
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
        AND t.nature NOT IN ('NO_FEE', 'CASH_DEPOSIT')),
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

/// A sentence for each stored sum of `rollups` that the ledger does not give.
pub(super) async fn rollups(db: &Db) -> Result<Vec<String>, Error> {
    let month = match db.read().get_database_backend() {
        DbBackend::Sqlite => "CAST(strftime('%Y%m', posted_on) AS INTEGER)",
        _ => "CAST(EXTRACT(YEAR FROM posted_on) * 100 + EXTRACT(MONTH FROM posted_on) AS BIGINT)",
    };
    let recounted = "settled_count, settled_amount, unmatched_count, unmatched_amount, \
                     gone_count * (1 - refunded) AS reversed_count, gone_amount * (1 - refunded) AS reversed_amount, \
                     gone_count * refunded AS refunded_count, gone_amount * refunded AS refunded_amount";
    let stored = SUMS.join(", ");
    let sums = SUMS.map(|sum| {
        format!(
            "CAST(SUM(CASE WHEN own = 1 THEN {sum} ELSE 0 END) AS BIGINT) AS had_{sum}, \
             CAST(SUM(CASE WHEN own = 0 THEN {sum} ELSE 0 END) AS BIGINT) AS due_{sum}"
        )
    });
    let differ = SUMS.map(|sum| format!("had_{sum} <> due_{sum}"));
    let sql = format!(
        "WITH {CREDITS}, {POSTINGS}, compared AS (SELECT school_id, month, category, method, {} FROM (\
         SELECT 1 AS own, school_id, month, category, method, {stored} FROM rollups UNION ALL \
         SELECT 0, school_id, {month}, category, method, {recounted} FROM postings) every \
         GROUP BY school_id, month, category, method) \
         SELECT s.code, CAST(c.month AS TEXT) AS month, c.category || ', ' || c.method AS rest, c.* FROM compared c \
         JOIN schools s ON s.id = c.school_id WHERE {} ORDER BY s.code, c.month, c.category, c.method",
        sums.join(", "),
        differ.join(" OR ")
    );
    sentences(db, sql, "rollups", &SUMS).await
}

/// A sentence for each stored sum of `monthly_rollups` that the rows `TOTAL` of `rollups` do not give.
pub(super) async fn monthly(db: &Db) -> Result<Vec<String>, Error> {
    let cash: Vec<String> = PaymentMethod::ALL
        .iter()
        .filter(|method| !method.is_cashless())
        .map(|method| format!("'{}'", method.code()))
        .collect();
    let cash = format!("method IN ({})", cash.join(", "));
    let names = ["cashless", "cash", "unmatched", "reversed", "refunded"];
    let columns: Vec<String> =
        names.iter().flat_map(|name| [format!("{name}_count"), format!("{name}_amount")]).collect();
    let kept = |unit: &str| {
        let kept = format!("settled_{unit} - reversed_{unit}");
        [format!("CASE WHEN {cash} THEN 0 ELSE {kept} END"), format!("CASE WHEN {cash} THEN {kept} ELSE 0 END")]
    };
    let ([cashless_count, cash_count], [cashless_amount, cash_amount]) = (kept("count"), kept("amount"));
    let sums = columns.iter().map(|sum| {
        format!(
            "CAST(SUM(CASE WHEN own = 1 THEN {sum} ELSE 0 END) AS BIGINT) AS had_{sum}, \
             CAST(SUM(CASE WHEN own = 0 THEN {sum} ELSE 0 END) AS BIGINT) AS due_{sum}"
        )
    });
    let differ: Vec<String> = columns.iter().map(|sum| format!("had_{sum} <> due_{sum}")).collect();
    let sql = format!(
        "WITH compared AS (SELECT school_id, month, {} FROM (SELECT 1 AS own, school_id, month, {} FROM monthly_rollups \
         UNION ALL SELECT 0, school_id, month, {cashless_count}, {cashless_amount}, {cash_count}, {cash_amount}, \
         unmatched_count, unmatched_amount, reversed_count, reversed_amount, refunded_count, refunded_amount \
         FROM rollups WHERE category = 'TOTAL') every GROUP BY school_id, month) \
         SELECT s.code, CAST(c.month AS TEXT) AS month, 'all methods' AS rest, c.* FROM compared c \
         JOIN schools s ON s.id = c.school_id WHERE {} ORDER BY s.code, c.month",
        sums.collect::<Vec<_>>().join(", "),
        columns.join(", "),
        differ.join(" OR ")
    );
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    sentences(db, sql, "monthly_rollups", &columns).await
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
