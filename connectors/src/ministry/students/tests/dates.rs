//! Days: texts, numbers of the sheet, and what a column proves about their order.

use super::sample::{ordered, told};
use crate::ministry::students::{DateOrder, Students};

fn births(days: &[&str], order: Option<DateOrder>) -> Students {
    let codes: Vec<String> = (1..=days.len()).map(|number| format!("99000000{number:02}")).collect();
    let rows: Vec<Vec<&str>> =
        days.iter().zip(&codes).map(|(day, code)| vec!["1", "6A1", code, "Nguyễn Văn Mẫu", day]).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    ordered(&rows, order)
}

/// Each day, or the code of its finding.
fn read(days: &[&str], order: Option<DateOrder>) -> Vec<String> {
    let students = births(days, order);
    let day = |row: &crate::ministry::students::Row| {
        row.birth_date.map_or_else(|| row.findings[0].code.to_owned(), |day| day.to_string())
    };
    students.rows.iter().map(day).collect()
}

#[test]
fn one_day_above_twelve_proves_the_column() {
    assert_eq!(read(&["04/08/2014", "31/08/2014", "4-8-2014"], None), ["2014-08-04", "2014-08-31", "2014-08-04"]);
}

#[test]
fn without_evidence_what_could_be_either_asks() {
    assert_eq!(read(&["04/08/2014", "08/08/2014"], None), ["DATE_ORDER_UNCLEAR", "2014-08-08"]);
    assert_eq!(read(&["04/08/2014"], Some(DateOrder::DayFirst)), ["2014-08-04"]);
    assert_eq!(read(&["04/08/2014"], Some(DateOrder::MonthFirst)), ["2014-04-08"]);
    assert_eq!(told(&births(&["04/08/2014"], None)), ["E2 DATE_ORDER_UNCLEAR"]);
}

#[test]
fn month_first_is_never_turned_around_in_silence() {
    assert_eq!(read(&["04/08/2014", "08/31/2014"], None), ["DATE_ORDER_FOREIGN", "DATE_ORDER_FOREIGN"]);
    assert_eq!(read(&["04/08/2014", "08/31/2014"], Some(DateOrder::MonthFirst)), ["2014-04-08", "2014-08-31"]);
    assert_eq!(read(&["04/08/2014", "08/31/2014"], Some(DateOrder::DayFirst)), ["2014-08-04", "DATE_UNREADABLE"]);
}

#[test]
fn a_column_that_contradicts_itself_is_believed_where_it_can_be_nothing_else() {
    let days = read(&["04/08/2014", "31/08/2014", "08/31/2014"], None);
    assert_eq!(days, ["DATE_ORDER_UNCLEAR", "2014-08-31", "DATE_ORDER_UNCLEAR"]);
}

#[test]
fn numbers_of_the_sheet_are_days_unless_it_may_have_exchanged_them() {
    // 2014-08-04, 2014-08-31, 2014-08-08.
    assert_eq!(read(&["#=41855", "#=41882"], None), ["2014-08-04", "2014-08-31"]);
    assert_eq!(read(&["#=41855"], None), ["2014-08-04"]);
    let mangled = read(&["#=41855", "#=41859", "31/08/2014"], None);
    assert_eq!(mangled, ["DATE_MAYBE_SWAPPED", "2014-08-08", "2014-08-31"]);
    let mixed = read(&["#=41855", "#=41882", "31/08/2014"], None);
    assert_eq!(mixed, ["2014-08-04", "2014-08-31", "2014-08-31"]);
}

#[test]
fn what_is_no_day_is_told() {
    for text in [
        "2014",
        "04/08/14",
        "31/02/2014",
        "0/0/2014",
        "20140804",
        "#=20140804",
        "#=2014",
        "#=41855.5",
        "04/08/1914",
        "Tháng 8",
    ] {
        assert_eq!(read(&["31/08/2014", text], None)[1], "DATE_UNREADABLE", "{text}");
    }
    assert_eq!(
        read(&["2014-08-04", "31/08/2014 00:00:00", "'31.08.2014"], None),
        ["2014-08-04", "2014-08-31", "2014-08-31"]
    );
}
