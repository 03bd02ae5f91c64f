//! What the cashless report costs without roll-ups: the same figures by commune, aggregated from the money itself in one
//! statement, the database making the JSON.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::catalogues::PaymentMethod;
use crate::codes::{Month, ProvinceCode};
use crate::db::Db;
use crate::error::Error;
use crate::reach::Reach;
use crate::reports::cashless::Scope;
use crate::reports::cashless::schools_of;

/// The cashless report of a province by commune, as JSON text: an object per commune with its sums, its shares and coverage.
///
/// # Errors
/// The database's.
pub async fn live_report(
    db: &Db,
    reach: &Reach,
    province: &ProvinceCode,
    from: Month,
    to: Month,
) -> Result<String, Error> {
    let backend = db.read().get_database_backend();
    let schools = schools_of(reach, &Scope::Province(province.clone()), backend);
    let sql = format!("WITH scope AS ({}), {}", schools.sql, rest(backend, from, to));
    let row = db.read().query_one_raw(Statement { sql, ..schools }).await?;
    let row = row.ok_or_else(|| Error::internal("an aggregate answered nothing"))?;
    Ok(row.try_get("", "report")?)
}

fn rest(backend: DbBackend, from: Month, to: Month) -> String {
    let (months, from_day, to_day) = (Month::span(from, to).count(), from.first_day(), to.last_day());
    let cash: Vec<String> = PaymentMethod::ALL
        .iter()
        .filter(|method| !method.is_cashless())
        .map(|method| format!("'{}'", method.code()))
        .collect();
    let cash = cash.join(", ");
    let json = match backend {
        DbBackend::Sqlite => "json_group_array(json_object(",
        _ => "CAST(json_agg(json_build_object(",
    };
    let end = if backend == DbBackend::Sqlite { "))" } else { ")) AS TEXT)" };
    let share = |unit: &str| {
        format!(
            "CASE WHEN closed_cashless_{unit} + closed_cash_{unit} > 0 THEN \
                 ROUND(100.0 * closed_cashless_{unit} / (closed_cashless_{unit} + closed_cash_{unit}), 2) END"
        )
    };
    format!(
        "paid AS (SELECT t.school_id, \
         SUM(CASE WHEN t.allocated_amount > 0 AND t.method NOT IN ({cash}) THEN 1 ELSE 0 END) AS cashless_count, \
         SUM(CASE WHEN t.allocated_amount > 0 AND t.method NOT IN ({cash}) THEN t.amount ELSE 0 END) AS cashless_amount, \
         SUM(CASE WHEN t.allocated_amount > 0 AND t.method IN ({cash}) THEN 1 ELSE 0 END) AS cash_count, \
         SUM(CASE WHEN t.allocated_amount > 0 AND t.method IN ({cash}) THEN t.amount ELSE 0 END) AS cash_amount, \
         SUM(CASE WHEN t.allocated_amount = 0 THEN 1 ELSE 0 END) AS unmatched_count, \
         SUM(CASE WHEN t.allocated_amount = 0 THEN t.amount ELSE 0 END) AS unmatched_amount \
         FROM bank_transactions t JOIN scope s ON s.id = t.school_id WHERE t.direction = 'CREDIT' AND t.nature = 'FEE' \
         AND t.settled_on >= '{from_day}' AND t.settled_on <= '{to_day}' GROUP BY t.school_id), \
         desk AS (SELECT p.school_id, COUNT(*) AS n, SUM(p.amount) AS amount FROM cash_payments p \
         JOIN scope s ON s.id = p.school_id WHERE p.paid_on >= '{from_day}' AND p.paid_on <= '{to_day}' \
         GROUP BY p.school_id), \
         closings AS (SELECT c.school_id, COUNT(*) AS months, SUM(c.outside_count) AS n, SUM(c.outside_amount) AS amount \
         FROM cash_closings c JOIN scope s ON s.id = c.school_id WHERE c.month BETWEEN {} AND {} GROUP BY c.school_id), \
         schools_of AS (SELECT s.location_commune_code AS commune, COALESCE(p.cashless_count, 0) AS cashless_count, \
         COALESCE(p.cashless_amount, 0) AS cashless_amount, \
         COALESCE(p.cash_count, 0) + COALESCE(d.n, 0) + COALESCE(c.n, 0) AS cash_count, \
         COALESCE(p.cash_amount, 0) + COALESCE(d.amount, 0) + COALESCE(c.amount, 0) AS cash_amount, \
         COALESCE(p.unmatched_count, 0) AS unmatched_count, COALESCE(p.unmatched_amount, 0) AS unmatched_amount, \
         CASE WHEN c.months >= {months} THEN 1 ELSE 0 END AS closed FROM scope s LEFT JOIN paid p ON p.school_id = s.id \
         LEFT JOIN desk d ON d.school_id = s.id LEFT JOIN closings c ON c.school_id = s.id), \
         communes AS (SELECT commune, COUNT(*) AS schools_total, SUM(closed) AS schools_closed, \
         SUM(cashless_count) AS cashless_count, SUM(cashless_amount) AS cashless_amount, SUM(cash_count) AS cash_count, \
         SUM(cash_amount) AS cash_amount, SUM(unmatched_count) AS unmatched_count, \
         SUM(unmatched_amount) AS unmatched_amount, SUM(closed * cashless_count) AS closed_cashless_count, \
         SUM(closed * cashless_amount) AS closed_cashless_amount, SUM(closed * cash_count) AS closed_cash_count, \
         SUM(closed * cash_amount) AS closed_cash_amount FROM schools_of GROUP BY commune) \
         SELECT {json}'key', commune, 'cashlessCount', cashless_count, 'cashlessAmount', cashless_amount, \
         'cashCount', cash_count, 'cashAmount', cash_amount, 'cashlessCountShare', {}, 'cashlessAmountShare', {}, \
         'unmatchedCount', unmatched_count, 'unmatchedAmount', unmatched_amount, 'schoolsTotal', schools_total, \
         'schoolsClosed', schools_closed{end} AS report FROM communes",
        from.get(),
        to.get(),
        share("count"),
        share("amount"),
    )
}
