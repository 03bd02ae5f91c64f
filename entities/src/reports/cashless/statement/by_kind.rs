//! One row for each fee category or payment method, from the grain itself.

use super::{NEEDED, PARTS, SUMS, Words, list, total};
use crate::catalogues::PaymentMethod;
use crate::reports::cashless::Grouping;
use crate::rollups::TOTAL;

const GRAIN: &str = "school_id, month, category, method, settled_count, settled_amount, unmatched_count, \
                     unmatched_amount, reversed_count, reversed_amount, refunded_count, refunded_amount";

/// What closings declare, as if the hub had taken it in cash.
const OUTSIDE: &str = "SELECT school_id, month, '', 'CASH', outside_count, outside_amount, 0, 0, 0, 0, 0, 0 \
                       FROM cash_closings WHERE outside_count > 0 OR outside_amount > 0";

impl Words<'_> {
    /// By category or method, from the grain itself. What was collected outside has no category, so a school that declared
    /// any stands in no share of a category; as a method it is cash.
    pub(super) fn by_kind(&self) -> String {
        let is_method = self.grouping == Grouping::Method;
        let figures = list(&SUMS, |sum| match PARTS.contains(sum) {
            true => total(&kept(sum), sum),
            false => total(&format!("r.{sum}"), sum),
        });
        let parts = list(&PARTS, |part| {
            total(&format!("CASE WHEN w.school_id IS NOT NULL THEN {} END", kept(part)), &format!("closed_{part}"))
        });
        let (column, grain, nothing_outside) = match is_method {
            true => {
                ("method", format!("SELECT {GRAIN} FROM rollups WHERE category = '{TOTAL}' UNION ALL {OUTSIDE}"), "")
            }
            false => (
                "category",
                format!("SELECT {GRAIN} FROM rollups WHERE category <> '{TOTAL}'"),
                " AND c.outside_count = 0 AND c.outside_amount = 0",
            ),
        };
        format!(
            "{}, whole AS (SELECT t.school_id, t.lo FROM tenure t JOIN closings c \
             ON c.school_id = t.school_id AND c.lo = t.lo WHERE {NEEDED} > 0 AND c.months >= {NEEDED}{nothing_outside}) \
             SELECT r.{column} AS key, '' AS name, '' AS organization, \
             (SELECT COUNT(DISTINCT t.school_id) FROM tenure t WHERE {NEEDED} > 0) AS schools_total, \
             (SELECT COUNT(DISTINCT w.school_id) FROM whole w) AS schools_closed, {figures}, {parts} \
             FROM tenure t JOIN ({grain}) r ON r.school_id = t.school_id AND r.month >= t.lo AND r.month < t.hi AND {} \
             LEFT JOIN whole w ON w.school_id = t.school_id AND w.lo = t.lo GROUP BY r.{column} ORDER BY r.{column}",
            self.closings(),
            self.within("r")
        )
    }
}

/// What was settled and not undone, if it came on the way that `part` names.
fn kept(part: &str) -> String {
    let (way, unit) = part.split_once('_').unwrap_or((part, ""));
    let cash: Vec<String> = PaymentMethod::ALL
        .iter()
        .filter(|method| !method.is_cashless())
        .map(|method| format!("'{}'", method.code()))
        .collect();
    let not = if way == "cash" { "" } else { "NOT " };
    format!("CASE WHEN r.method {not}IN ({}) THEN r.settled_{unit} - r.reversed_{unit} ELSE 0 END", cash.join(", "))
}
