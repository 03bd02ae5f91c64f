//! Bulk files say how things are, delta files what changed.

use super::sample::{brief, one};
use crate::oneroster::Change;

const HEADER: &str = "sourcedId,status,dateLastModified,name,type\n";

fn orgs(rows: &[&str], mode: &str) -> crate::oneroster::Roster {
    let rows: String = rows.iter().map(|row| format!("{row},Trường (mẫu),school\n")).collect();
    one("orgs", &format!("{HEADER}{rows}"), mode)
}

#[test]
fn a_row_of_a_delta_says_what_happened_and_when() {
    let rows = [
        "a,active,2026-09-05T07:30:00.000Z",
        "b,toBeDeleted,2026-09-05T14:30:00+07:00",
        "c,,2026-09-05T07:30:00Z",
        "d,active,",
        "e,active,2026-09-05",
        "f,inactive,2026-09-05T07:30:00Z",
        "g,ext:archived,2026-09-05T07:30:00Z",
    ];
    let roster = orgs(&rows, "delta");
    let at = 1_788_593_400_000_000;
    let changes: Vec<_> = roster.orgs.iter().map(|org| org.change).collect();
    assert_eq!(changes, [Some(Change { is_deleted: false, at }), Some(Change { is_deleted: true, at })]);
    let told = |line, column, code| ("orgs.csv", line, column, code);
    assert_eq!(
        brief(&roster.findings),
        [
            told(4, "status", "ONEROSTER_STATUS"),
            told(5, "status", "ONEROSTER_STATUS"),
            told(6, "dateLastModified", "ONEROSTER_VALUE"),
            told(7, "status", "ONEROSTER_VALUE"),
            told(8, "status", "ONEROSTER_STATUS"),
        ]
    );
}

#[test]
fn a_bulk_row_is_never_a_deletion() {
    let roster = orgs(&["a,,", "b,active,2026-09-05T07:30:00Z", "c,tobedeleted,2026-09-05T07:30:00Z"], "bulk");
    assert_eq!(
        roster.orgs.iter().map(|org| (org.sourced_id.as_str(), org.change)).collect::<Vec<_>>(),
        [("a", None), ("b", None)]
    );
    assert_eq!(brief(&roster.findings), [("orgs.csv", 4, "status", "ONEROSTER_STATUS")]);
}
