//! One row for each group of schools: sums and closings of each school first, then of each group.

use super::{NEEDED, PARTS, SUMS, Words, list, total};

impl Words<'_> {
    /// Sums and closings of each stretch, then of each group.
    pub(super) fn by_school(&self) -> String {
        let is_closed = format!("{NEEDED} > 0 AND c.months >= {NEEDED}");
        let figures = list(&SUMS, |sum| match *sum {
            "cash_count" => total("COALESCE(s.cash_count, 0) + COALESCE(c.outside_count, 0)", sum),
            "cash_amount" => total("COALESCE(s.cash_amount, 0) + COALESCE(c.outside_amount, 0)", sum),
            _ => total(&format!("s.{sum}"), sum),
        });
        let parts = list(&PARTS, |part| {
            let outside = part.strip_prefix("cash_").map_or("0".to_owned(), |unit| format!("c.outside_{unit}"));
            let sum = format!("CASE WHEN {is_closed} THEN COALESCE(s.{part}, 0) + {outside} END");
            total(&sum, &format!("closed_{part}"))
        });
        format!(
            "{} \
             SELECT t.key AS key, MAX(t.name) AS name, MAX(t.organization) AS organization, \
             COUNT(DISTINCT CASE WHEN {NEEDED} > 0 THEN t.school_id END) AS schools_total, \
             COUNT(DISTINCT CASE WHEN {is_closed} THEN t.school_id END) AS schools_closed, {figures}, {parts} \
             FROM tenure t LEFT JOIN sums s ON s.school_id = t.school_id AND s.lo = t.lo \
             LEFT JOIN closings c ON c.school_id = t.school_id AND c.lo = t.lo GROUP BY t.key ORDER BY t.key",
            self.sums(),
        )
    }

    /// The sums of each stretch and its closings. When the whole period counts, a school's years and months are added up,
    /// closings and all, before anything is joined.
    fn sums(&self) -> String {
        let sums = list(&SUMS, |sum| summed(sum));
        let within = self.within("r");
        if self.is_managed() {
            return format!(
                "sums AS (SELECT t.school_id, t.lo, {sums} FROM tenure t JOIN monthly_rollups r \
                 ON r.school_id = t.school_id AND r.month >= t.lo AND r.month < t.hi AND {within} \
                 GROUP BY t.school_id, t.lo), {}",
                self.closings()
            );
        }
        format!(
            "sums AS (SELECT r.school_id, {} AS lo, {sums}, SUM(CAST(r.closed AS INTEGER)) AS closed, \
             {}, {} FROM ({}) r \
             WHERE r.school_id IN (SELECT id FROM scope) GROUP BY r.school_id), \
             closings AS (SELECT s.school_id, s.lo, {CLOSED_MONTHS} AS months, s.outside_count, s.outside_amount \
             FROM sums s JOIN tenure t ON t.school_id = s.school_id)",
            self.from.get(),
            summed("outside_count"),
            summed("outside_amount"),
            self.periods(),
        )
    }

    /// The fewest rows that make up the period: whole school years, and the months before and after them.
    fn periods(&self) -> String {
        let columns = format!("school_id, {}, closed, outside_count, outside_amount", SUMS.join(", "));
        let months =
            |from: i32, to: i32| format!("SELECT {columns} FROM monthly_rollups WHERE month BETWEEN {from} AND {to}");
        let (from, to) = (self.from.get(), self.to.get());
        let first = if from % 100 <= 9 { from / 100 } else { from / 100 + 1 };
        let last = if to % 100 >= 8 { to / 100 - 1 } else { to / 100 - 2 };
        if first > last {
            return months(from, to);
        }
        let mut parts =
            vec![format!("SELECT {columns} FROM yearly_rollups WHERE school_year BETWEEN {first} AND {last}")];
        let (before, after) = (first * 100 + 8, (last + 1) * 100 + 9);
        if from <= before {
            parts.push(months(from, before));
        }
        if after <= to {
            parts.push(months(after, to));
        }
        parts.join(" UNION ALL ")
    }
}

/// A sum over a school's months. A month's count fits 32 bits, which PostgreSQL adds up faster; its sum has 64.
fn summed(column: &str) -> String {
    let is_count = column.ends_with("_count");
    let value = if is_count { format!("CAST(r.{column} AS INTEGER)") } else { format!("r.{column}") };
    format!("SUM({value}) AS {column}")
}

/// Only a school that did not exist in the whole period needs its closings counted one by one.
const CLOSED_MONTHS: &str = "CASE WHEN t.born = t.lo AND t.gone = t.hi THEN s.closed ELSE (SELECT COUNT(*) \
                             FROM cash_closings x WHERE x.school_id = t.school_id AND x.month >= t.born \
                             AND x.month < t.gone) END";
