//! What was paid: each payment is an invoice, its lines, the bank transaction or cash payment, and the allocation. One
//! statement per table writes tens of thousands of them, inside the database.

use sea_orm::EntityTrait;
use sea_orm::PaginatorTrait;

use super::roster::{FEES, FUNDS};
use super::words::Words;
use super::{Kind, MONTHS, OPEN_AMOUNT, Size, id, run};
use crate::codes::{DEFAULT_PREFIX, InvoiceCode};
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::tables::{bank_transactions, cash_payments, connections};
use crate::time::Timestamp;

/// Serial numbers of open invoices begin here; those of paid ones are the payments' own.
const FIRST_OPEN_SERIAL: i64 = 4_000_000_000;

/// Payments that are there already.
pub(super) async fn seeded(db: &Db) -> Result<i64, Error> {
    use sea_orm::{ColumnTrait, QueryFilter};
    let own = bank_transactions::Column::ConnectionId.eq(id(Kind::Connection, 0));
    let banked = bank_transactions::Entity::find().filter(own).count(db.read()).await?;
    let cash = cash_payments::Entity::find().filter(cash_payments::Column::Actor.eq(ACTOR)).count(db.read()).await?;
    i64::try_from(banked + cash).map_err(Error::internal)
}

const ACTOR: &str = "bench";

pub(super) fn open_code(student: i64) -> Result<InvoiceCode, Error> {
    let serial = u64::try_from(FIRST_OPEN_SERIAL + student).map_err(Error::internal)?;
    InvoiceCode::from_serial(DEFAULT_PREFIX, serial).map_err(Error::internal)
}

/// An open invoice of one line for each of these students, to their school's first account.
pub(super) async fn open(tx: &Tx, size: &Size, from: i64, to: i64, now: Timestamp) -> Result<(), Error> {
    let words = Words { engine: tx.engine(), seed: size.seed };
    let (schools, at) = (size.schools, now.micros());
    let (fund, category) = (FUNDS[0].0, FUNDS[0].1[0]);
    let id = |kind, n: &str| words.id(kind, n);
    let (invoice, school) = (id(Kind::OpenInvoice, "n"), id(Kind::School, &format!("n % {schools}")));
    let numbers = words.numbers(from, to);
    let code = words.invoice_code(&format!("({FIRST_OPEN_SERIAL} + n)"));
    let account = id(Kind::Account, &format!("n % {schools} * 2"));
    let fee = id(Kind::Fee, &format!("n % {schools} * {FEES}"));
    let issued = words.day("23", "15");
    run(tx, &format!(
        "INSERT INTO invoices (id, school_id, code, group_id, student_id, bank_account_id, fund, school_year, amount, \
         paid_amount, status, issued_on, synthetic, version, created_at, updated_at) \
         SELECT {invoice}, {school}, {code}, {invoice}, {}, {account}, '{fund}', 2026, {OPEN_AMOUNT}, 0, 'OPEN', {issued}, \
         TRUE, 0, {at}, {at} FROM {numbers}", id(Kind::Student, "n"))).await?;
    run(tx, &format!(
        "INSERT INTO invoice_lines (id, school_id, invoice_id, position, fee_id, category, description, amount, paid_amount) \
         SELECT {}, {school}, {invoice}, 1, {fee}, '{category}', 'Khoản thu mẫu', {OPEN_AMOUNT}, 0 FROM {numbers}",
        id(Kind::OpenLine, "n"))).await?;
    run(
        tx,
        &format!(
            "INSERT INTO payment_references (reference, invoice_id, school_id, kind) \
         SELECT {code}, {invoice}, {school}, 'HUB_CODE' FROM {numbers}"
        ),
    )
    .await
}

/// The payments numbered `from` to `to`, the last left out. One in ten is cash; two in a hundred found no invoice and wait.
pub(super) async fn payments(tx: &Tx, size: &Size, from: i64, to: i64, now: Timestamp) -> Result<(), Error> {
    connect(tx, size, now).await?;
    let words = Words { engine: tx.engine(), seed: size.seed };
    run(tx, &plan(words, size, from, to)).await?;
    for sql in statements(words, now) {
        run(tx, &sql).await?;
    }
    run(tx, "DROP TABLE bench_payments").await
}

/// The connection over which the seeded money came: without a key, so nobody can send through it.
async fn connect(tx: &Tx, size: &Size, now: Timestamp) -> Result<(), Error> {
    let words = Words { engine: tx.engine(), seed: size.seed };
    if connections::Entity::find_by_id(id(Kind::Connection, 0)).count(tx.conn()).await? > 0 {
        return Ok(());
    }
    let (own, at) = (words.id(Kind::Connection, "0"), now.micros());
    run(
        tx,
        &format!(
            "INSERT INTO connections (id, bank, name, extra, version, paused_at, created_at) \
         VALUES ({own}, 'sepay', 'bench-history', '{{}}', 1, {at}, {at})"
        ),
    )
    .await?;
    run(
        tx,
        &format!(
            "INSERT INTO connection_accounts (connection_id, bank_account_id) SELECT {own}, {} FROM {}",
            words.id(Kind::Account, "n"),
            words.numbers(0, 2 * size.schools)
        ),
    )
    .await
}

/// Payments of one day that keep their turn.
const TURNS: i64 = 10_000_000_000;

/// Draws what is random about each payment, once. `turn` numbers them in the order of time, in which a hub makes its ids: the
/// payments of a school that lie together on a page lie together in the indexes too.
fn plan(words: Words, size: &Size, from: i64, to: i64) -> String {
    let draw = |salt, below| words.random("n", salt, below);
    let per_school = size.students / size.schools;
    let (school, seat) = (draw(1, size.schools), draw(2, per_school));
    let case = |of: &str, values: &[&str]| {
        let arms: Vec<String> = (0..).zip(values).map(|(at, value)| format!("WHEN {at} THEN '{value}'")).collect();
        format!("CASE {of} {} END", arms.join(" "))
    };
    let method = case(&draw(5, 10), &["QR", "QR", "QR", "QR", "IB", "IB", "APP", "CARD", "UNKNOWN", "COUNTER_CASH_IN"]);
    let [(first_fund, first), (second_fund, second)] = FUNDS;
    let (of_first, of_second) = (draw(7, 4), draw(7, 3));
    let (month, day) = (draw(3, MONTHS), draw(4, 28));
    format!(
        "CREATE TEMPORARY TABLE bench_payments AS SELECT n, school, school + {} * seat AS student, \
         2 * school + fund AS account, CASE fund WHEN 0 THEN '{first_fund}' ELSE '{second_fund}' END AS fund, \
         CASE fund WHEN 0 THEN {} ELSE {} END AS category, CASE fund WHEN 0 THEN {} ELSE {} END AS other_category, \
         {FEES} * school + CASE fund WHEN 0 THEN {of_first} ELSE 4 + {of_second} END AS fee, \
         {FEES} * school + CASE fund WHEN 0 THEN ({of_first} + 1) % 4 ELSE 4 + ({of_second} + 1) % 3 END AS other_fee, \
         amount, other_amount, amount + other_amount AS whole, {} AS day, \
         ({month} * 28 + {day}) * {TURNS} + n AS turn, \
         CASE way WHEN 0 THEN 'CASH' ELSE {method} END AS method, \
         CASE WHEN way = 0 THEN 'CASH' WHEN fate < 2 THEN 'UNMATCHED' ELSE 'PAID' END AS kind \
         FROM (SELECT n, {school} AS school, {seat} AS seat, {} AS fund, 1000 * (50 + {}) AS amount, \
         CASE {} WHEN 0 THEN 1000 * (10 + {}) ELSE 0 END AS other_amount, {} AS way, {} AS fate FROM {}) drawn",
        size.schools,
        case(&of_first, first),
        case(&of_second, second),
        case(&format!("(({of_first}) + 1) % 4"), first),
        case(&format!("(({of_second}) + 1) % 3"), second),
        words.day(&month, &format!("(1 + {day})")),
        draw(6, 2),
        draw(8, 400),
        draw(9, 4),
        draw(10, 90),
        draw(11, 10),
        draw(12, 100),
        words.numbers(from, to),
    )
}

/// One statement per table, over the plan.
fn statements(words: Words, now: Timestamp) -> Vec<String> {
    let at = now.micros();
    let id = |kind, n: &str| words.id(kind, n);
    let (invoice, school, transaction) =
        (id(Kind::Invoice, "n"), id(Kind::School, "school"), id(Kind::Transaction, "turn"));
    let (line, other_line) = (id(Kind::Line, "2 * n"), id(Kind::Line, "2 * n + 1"));
    let (account, morning) = (id(Kind::Account, "account"), words.morning("day"));
    let code = words.invoice_code("n");
    let matched = "FROM bench_payments WHERE kind <> 'UNMATCHED'";
    let no_uuid = "NULL";
    vec![
        format!(
            "INSERT INTO invoices (id, school_id, code, group_id, student_id, bank_account_id, fund, school_year, amount, \
             paid_amount, status, issued_on, synthetic, version, created_at, updated_at) SELECT {invoice}, {school}, {code}, \
             {invoice}, {}, {account}, fund, 2025, whole, whole, 'PAID', day, TRUE, 1, {at}, {at} {matched}",
            id(Kind::Student, "student")
        ),
        format!(
            "INSERT INTO invoice_lines (id, school_id, invoice_id, position, fee_id, category, description, amount, \
             paid_amount) SELECT {line}, {school}, {invoice}, 1, {}, category, 'Khoản thu mẫu', amount, amount {matched} \
             UNION ALL SELECT {other_line}, {school}, {invoice}, 2, {}, other_category, 'Khoản thu mẫu', other_amount, \
             other_amount {matched} AND other_amount > 0",
            id(Kind::Fee, "fee"),
            id(Kind::Fee, "other_fee")
        ),
        format!(
            "INSERT INTO payment_references (reference, invoice_id, school_id, kind) \
             SELECT {code}, {invoice}, {school}, 'HUB_CODE' {matched}"
        ),
        format!(
            "INSERT INTO bank_transactions (id, connection_id, transaction_id, school_id, bank_account_id, direction, amount, \
             status, status_rank, booked_on, settled_on, occurred_at, received_at, method, method_source, assurance, \
             reference, content, payer_name_source, review, review_reason, nature, allocated_amount, credited_amount, \
             hand_touched, synthetic, created_at, updated_at) SELECT {transaction}, {}, 'B' || CAST(n AS TEXT), {school}, \
             {account}, 'CREDIT', whole, 'SETTLED', 4, day, day, {morning}, {morning}, method, \
             CASE method WHEN 'UNKNOWN' THEN 'UNKNOWN' ELSE 'BANK_STATED' END, 'HIGH', NULL, \
             CASE kind WHEN 'PAID' THEN {code} ELSE 'NOP TIEN' END, 'MISSING', \
             CASE kind WHEN 'PAID' THEN 'NONE' ELSE 'WAITING' END, \
             CASE kind WHEN 'PAID' THEN NULL ELSE 'NO_REFERENCE' END, 'FEE', \
             CASE kind WHEN 'PAID' THEN whole ELSE 0 END, 0, FALSE, TRUE, {morning}, {morning} \
             FROM bench_payments WHERE kind <> 'CASH'",
            id(Kind::Connection, "0")
        ),
        format!(
            "INSERT INTO cash_payments (id, school_id, invoice_id, amount, paid_on, payer_name, actor, created_at) \
             SELECT {}, {school}, {invoice}, whole, day, NULL, '{ACTOR}', {morning} FROM bench_payments WHERE kind = 'CASH'",
            id(Kind::CashPayment, "n")
        ),
        format!(
            "INSERT INTO allocations (id, school_id, bank_transaction_id, cash_payment_id, invoice_id, amount, origin, actor, \
             created_at, invoice_code) SELECT {}, {school}, CASE kind WHEN 'PAID' THEN {transaction} ELSE {no_uuid} END, \
             CASE kind WHEN 'CASH' THEN {} ELSE {no_uuid} END, {invoice}, whole, \
             CASE kind WHEN 'PAID' THEN 'ROBOT' ELSE 'HAND' END, '{ACTOR}', {morning}, {code} {matched}",
            id(Kind::Allocation, "turn"),
            id(Kind::CashPayment, "n")
        ),
        format!(
            "INSERT INTO allocation_lines (allocation_id, invoice_line_id, category, amount) \
             SELECT {0}, {line}, category, amount {matched} \
             UNION ALL SELECT {0}, {other_line}, other_category, other_amount {matched} AND other_amount > 0",
            id(Kind::Allocation, "turn")
        ),
    ]
}
