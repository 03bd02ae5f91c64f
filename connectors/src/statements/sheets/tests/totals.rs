//! What the bank itself has added up and counted, against the lines.

use super::sample::{Table, clean, codes, csv, single, xlsx};

const ONE_COLUMN: &[&str] = &["Ngày", "Số tham chiếu", "Số tiền", "Nội dung"];
const TWO_COLUMNS: &[&str] = &["Ngày", "Số tham chiếu", "Ghi nợ", "Ghi có", "Nội dung"];

fn with(header: &'static [&'static str], rows: &Table) -> Vec<u8> {
    xlsx(&[&[header][..], rows].concat())
}

const SIGNED: &Table = &[
    &["04/08/2026", "R1", "+5,000", "A (mẫu)"],
    &["05/08/2026", "R2", "-2,000", "B (mẫu)"],
    &["06/08/2026", "R3", "+1,000", "C (mẫu)"],
];

#[test]
fn one_column_of_signed_amounts_has_totals_of_two_sides() {
    let total = |row: &'static [&'static str]| with(ONE_COLUMN, &[SIGNED, &[row]].concat());
    clean(&total(&["Tổng phát sinh có", "6,000"]));
    clean(&total(&["Tổng phát sinh nợ", "2,000"]));
    clean(&total(&["Tổng số giao dịch ghi có", "2"]));
    // The net of both sides stands in no column that could be compared.
    clean(&total(&["Tổng cộng", "", "4,000"]));
    for (row, code) in [
        (&["Tổng phát sinh có", "6,001"][..], "TOTAL_BROKEN"),
        (&["Tổng phát sinh nợ", "6,000"], "TOTAL_BROKEN"),
        (&["Tổng số giao dịch ghi có", "3"], "COUNT_BROKEN"),
    ] {
        assert_eq!(codes(&single(&total(row)).findings), [(Some(5), code)], "{row:?}");
    }
}

#[test]
fn amounts_without_a_direction_are_compared_with_nothing() {
    let rows: &Table = &[&["04/08/2026", "R1", "5,000", "A (mẫu)"], &["Tổng phát sinh nợ", "5,000"]];
    assert_eq!(codes(&single(&with(ONE_COLUMN, rows)).findings), [(None, "DIRECTION_UNKNOWN")]);
}

#[test]
fn what_is_taken_back_makes_the_total_of_its_column_less() {
    let total = |total| {
        let rows: &Table = &[
            &["04/08/2026", "R1", "", "5,000", "A (mẫu)"],
            &["05/08/2026", "R1", "", "-2,000", "A (mẫu)"],
            &["Tổng cộng", "", "", total],
        ];
        codes(&single(&with(TWO_COLUMNS, rows)).findings)
    };
    assert_eq!(total("3,000"), []);
    assert_eq!(total("7,000"), [(Some(4), "TOTAL_BROKEN")]);
}

#[test]
fn stated_counts_are_compared() {
    let count = |side: &'static str, count| {
        let rows: &Table = &[
            &["04/08/2026", "R1", "", "5,000", "A (mẫu)"],
            &["05/08/2026", "R2", "1,000", "", "B (mẫu)"],
            &["06/08/2026", "R3", "", "5,000", "C (mẫu)"],
            &[side, count],
        ];
        single(&with(TWO_COLUMNS, rows)).findings
    };
    for (side, right) in [("Tổng số giao dịch ghi có", "2"), ("Tổng số giao dịch ghi nợ", "1")] {
        assert_eq!(count(side, right), []);
        assert_eq!(codes(&count(side, "4")), [(Some(5), "COUNT_BROKEN")]);
    }
    let finding = &count("Tổng số giao dịch ghi có", "4")[0];
    assert_eq!(finding.message, "Row 5 states 4 lines; 2 were read.");
    assert_eq!(finding.message_vi, "Dòng 5 ghi 4 giao dịch; đọc được 2.");
}

#[test]
fn lines_of_several_accounts_are_not_told_apart() {
    let header = &["Số tài khoản", "Ngày", "Số tham chiếu", "Ghi nợ", "Ghi có", "Nội dung"][..];
    let row = |account| [account, "04/08/2026", "R1", "", "5,000", "A (mẫu)"];
    let one = clean(&xlsx(&[header, &row("9999000000001"), &row("9999000000001")]));
    assert_eq!(one.account.as_deref(), Some("9999000000001"));
    let mixed = single(&xlsx(&[header, &row("9999000000001"), &row("9999000000002")]));
    assert_eq!(codes(&mixed.findings), [(None, "ACCOUNTS_MIXED")]);
    assert_eq!(mixed.account, None);
}

#[test]
fn thirty_seven_is_an_amount_and_a_text_where_blank_cells_are_blank() {
    let rows: &Table =
        &[TWO_COLUMNS, &["04/08/2026", "R1", "", "37", "37"], &["05/08/2026", "37", "", "5,000", "A (mẫu)"]];
    let statement = clean(csv(rows, b',').as_bytes());
    let lines: Vec<_> = statement.lines.iter().map(|line| (line.amount_vnd, line.content.as_deref())).collect();
    assert_eq!(lines, [(37, Some("37")), (5_000, Some("A (mẫu)"))]);
    assert_eq!(statement.lines[1].reference.as_deref(), Some("37"));
}
