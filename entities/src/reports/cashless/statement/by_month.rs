//! One row for each month of the period.

use super::{PARTS, SUMS, Words, list};
use crate::codes::Month;

impl Words<'_> {
    /// The same for each month: a school that closed the month stands in its shares.
    pub(super) fn by_month(&self) -> String {
        let sums = list(&SUMS, |sum| format!("SUM(r.{sum}) AS {sum}"));
        let closed = list(&PARTS, |part| format!("SUM(CASE WHEN c.id IS NOT NULL THEN r.{part} END) AS closed_{part}"));
        let figures = list(&SUMS, |sum| {
            let outside = sum.strip_prefix("cash_").map_or("0".to_owned(), |unit| format!("c.outside_{unit}"));
            format!("CAST(COALESCE(s.{sum}, 0) + COALESCE({outside}, 0) AS BIGINT) AS {sum}")
        });
        let parts = list(&PARTS, |part| {
            let outside = part.strip_prefix("cash_").map_or("0".to_owned(), |unit| format!("c.outside_{unit}"));
            format!("CAST(COALESCE(s.closed_{part}, 0) + COALESCE({outside}, 0) AS BIGINT) AS closed_{part}")
        });
        let months: Vec<String> = Month::span(self.from, self.to).map(|month| format!("({})", month.get())).collect();
        format!(
            "months(month) AS (VALUES {}), sums AS (SELECT r.month, {sums}, {closed} FROM tenure t \
             JOIN monthly_rollups r ON r.school_id = t.school_id AND r.month >= t.lo AND r.month < t.hi AND {} \
             LEFT JOIN cash_closings c ON c.school_id = r.school_id AND c.month = r.month GROUP BY r.month), \
             closings AS (SELECT c.month, COUNT(CASE WHEN c.month >= t.born AND c.month < t.gone THEN 1 END) AS schools, \
             SUM(c.outside_count) AS outside_count, SUM(c.outside_amount) AS outside_amount FROM tenure t \
             JOIN cash_closings c ON c.school_id = t.school_id AND c.month >= t.lo AND c.month < t.hi AND {} GROUP BY c.month) \
             SELECT CAST(m.month AS TEXT) AS key, '' AS name, '' AS organization, \
             (SELECT COUNT(*) FROM tenure t WHERE t.born <= m.month AND m.month < t.gone) AS schools_total, \
             COALESCE(c.schools, 0) AS schools_closed, {figures}, {parts} FROM months m \
             LEFT JOIN sums s ON s.month = m.month LEFT JOIN closings c ON c.month = m.month ORDER BY m.month",
            months.join(", "),
            self.within("r"),
            self.within("c"),
        )
    }
}
