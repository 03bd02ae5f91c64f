//! What is not read is told, with its row.

use super::sample::{Table, brief, clean, codes, csv, sheets, single, xlsx};
use crate::statements::sheets::read;
use crate::statements::{Finding, Statement};

const HEADER: &[&str] = &["Ngày", "Số tham chiếu", "Ghi nợ", "Ghi có", "Số dư", "Nội dung"];

fn with(rows: &Table) -> Vec<u8> {
    xlsx(&[&[HEADER][..], rows].concat())
}

#[test]
fn a_missing_column_is_named() {
    let refusal = read(&xlsx(&[
        &["Sao kê (mẫu)"],
        &["Ngày giao dịch", "Số tham chiếu", "Ghi nợ", "Nội dung"],
        &["04/08/2026", "R1", "5,000", "A (mẫu)"],
    ]))
    .unwrap_err();
    assert_eq!((refusal.row, refusal.code), (Some(2), "COLUMN_NOT_FOUND"));
    assert_eq!(refusal.message, "Row 2 looks like the header. Found: debit, text, date, reference. Not found: credit.");
    assert!(refusal.message_vi.contains("Không thấy: ghi có"), "{}", refusal.message_vi);
    assert_eq!(read(b"a,b,c\n1,2,3\n").unwrap_err().code, "HEADER_NOT_FOUND");
}

#[test]
fn unreadable_rows_are_told_and_not_skipped() {
    let statement = single(&with(&[
        &["04/08/2026", "R1", "", "5,000", "", "A"],
        &["31/02/2026", "R2", "", "5,000", "", "B"],
        &["05/08/2026", "R3", "", "5,000.50", "", "C"],
        &["05/08/2026", "R4", "1,000", "5,000", "", "D"],
        &["hôm qua", "R5", "", "5,000", "", "E"],
        &["05/08/2026", "R6", "", "", "", "F"],
        &["05/08/2026", "R7", "", "#5000.5", "", "G"],
        &["", "Ghi chú", "", "", "", "H"],
    ]));
    let expected = [
        (Some(3), "DATE_UNREADABLE"),
        (Some(4), "AMOUNT_UNREADABLE"),
        (Some(5), "BOTH_SIDES"),
        (Some(6), "DATE_UNREADABLE"),
        (Some(7), "AMOUNT_MISSING"),
        (Some(8), "AMOUNT_UNREADABLE"),
    ];
    assert_eq!(codes(&statement.findings), expected);
    assert_eq!(brief(&statement), ["2026-08-04 +5000 R1 | A"]);
}

/// Row, letters and header of each finding, as `4 D Ghi có`.
fn places(statement: &Statement) -> Vec<String> {
    let place = |finding: &Finding| {
        let row = finding.row.map_or("-".to_owned(), |row| row.to_string());
        let column = finding.column.as_ref().map(|column| format!(" {} {}", column.letters, column.header));
        format!("{row}{}", column.unwrap_or_default())
    };
    statement.findings.iter().map(place).collect()
}

#[test]
fn a_finding_names_the_column_in_which_it_stands() {
    let statement = single(&with(&[
        &["31/02/2026", "R2", "", "5,000", "", "B"],
        &["05/08/2026", "R3", "", "5,000.50", "", "C"],
        &["05/08/2026", "R4", "1,000", "5,000", "", "D"],
        &["05/08/2026", "R6", "", "", "", "F"],
        &["05/08/2026", "#1234567890123456", "", "5,000", "x", "G"],
        &["06/08/2026", "#1234567890123456", "", "5,000", "", "H"],
        &["Tổng cộng", "", "", "6,000"],
    ]));
    let expected = ["2 A Ngày", "3 D Ghi có", "4", "5", "6 E Số dư", "7 B Số tham chiếu", "8 D Ghi có"];
    assert_eq!(places(&statement), expected);
    // A header of two rows, in columns that do not begin with A; a balance that breaks stands in its own.
    let statement = single(&xlsx(&[
        &["", "Ngày", "Số tham chiếu", "Phát sinh", "", "Số dư", "Nội dung"],
        &["", "", "", "Nợ", "Có", "", ""],
        &["", "04/08/2026", "R1", "", "5,000", "15,000", "A"],
        &["", "05/08/2026", "R2", "", "5,000", "27,000", "B"],
        &["", "05/08/2026", "R3", "x", "", "26,000", "C"],
    ]));
    assert_eq!(places(&statement), ["5 D Phát sinh Nợ", "4 F Số dư"]);
}

#[test]
fn the_header_of_a_finding_is_short_and_on_one_line() {
    let long = format!("Ghi có\n(VND) {}", "x".repeat(200));
    let header = ["Ngày", "Số tham chiếu", "Ghi nợ", long.as_str(), "Nội dung"];
    let statement = single(&xlsx(&[&header, &["04/08/2026", "R1", "", "5,000.5", "A"]]));
    let column = statement.findings[0].column.clone().unwrap();
    assert_eq!(column.letters, "D");
    assert!(column.header.starts_with("Ghi có (VND) x") && column.header.chars().count() == 60, "{column:?}");
}

#[test]
fn a_table_of_unreadable_rows_is_told_in_short() {
    let row: &[&str] = &["31/02/2026", "R2", "", "5,000", "", "B"];
    let statement = single(csv(&[&[HEADER][..], &vec![row; 1_234]].concat(), b';').as_bytes());
    assert_eq!(statement.findings.len(), 1_001);
    assert!(statement.findings[..1_000].iter().all(|finding| finding.code == "DATE_UNREADABLE"));
    assert_eq!(statement.findings[1_000].code, "FINDINGS_MORE");
    assert!(statement.findings[1_000].message.starts_with("234 more rows"), "{}", statement.findings[1_000].message);
}

#[test]
fn sums_side_by_side_are_no_header() {
    let statement = clean(&xlsx(&[
        &["Từ ngày", "Số dư đầu kỳ", "Tổng phát sinh nợ", "Tổng phát sinh có", "Số dư cuối kỳ"],
        &["01/08/2026", "10,000", "0", "5,000", "15,000"],
        HEADER,
        &["04/08/2026", "R1", "", "5,000", "15,000", "A"],
    ]));
    assert_eq!((statement.opening_vnd, statement.closing_vnd), (Some(10_000), Some(15_000)));
    assert_eq!(statement.lines.len(), 1);
}

#[test]
fn a_missing_line_breaks_the_balance() {
    let statement = single(&with(&[
        &["04/08/2026", "R1", "", "5,000", "15,000", "A"],
        &["06/08/2026", "R3", "", "5,000", "27,000", "C"],
        &["07/08/2026", "R4", "2,000", "", "25,000", "D"],
    ]));
    assert_eq!(codes(&statement.findings), [(Some(3), "BALANCE_BROKEN")]);
    assert!(statement.findings[0].message.contains("7000"), "{}", statement.findings[0].message);
}

#[test]
fn the_closing_balance_and_the_totals_are_compared() {
    let statement = single(&with(&[
        &["Số dư đầu kỳ", "", "", "", "10,000"],
        &["04/08/2026", "R1", "", "5,000", "", "A"],
        &["Tổng cộng", "", "", "6,000"],
        &["Số dư cuối kỳ", "", "", "", "16,000"],
    ]));
    assert_eq!(codes(&statement.findings), [(Some(4), "TOTAL_BROKEN"), (None, "BALANCE_BROKEN")]);
}

#[test]
fn swapped_columns_are_a_proposal_only() {
    let statement = single(&with(&[
        &["04/08/2026", "R1", "5,000", "", "15,000", "A"],
        &["05/08/2026", "R2", "", "1,000", "14,000", "B"],
    ]));
    assert_eq!(codes(&statement.findings), [(None, "COLUMNS_SWAPPED")]);
    assert_eq!(brief(&statement)[0], "2026-08-04 -5000 =15000 R1 | A");
}

#[test]
fn another_currency_refuses_its_section() {
    let statement =
        single(&xlsx(&[&["Loại tiền/ Currency", "USD"], HEADER, &["04/08/2026", "R1", "", "5,000", "15,000", "A"]]));
    assert_eq!(codes(&statement.findings), [(None, "CURRENCY_NOT_VND")]);
    assert_eq!(statement.lines, []);
    let header = &["Ngày", "Ghi nợ", "Ghi có", "Loại tiền", "Nội dung"][..];
    let row = |currency| ["05/08/2026", "", "5,000", currency, "A"];
    let statement = single(&xlsx(&[header, &row("VND"), &row("EUR")]));
    assert_eq!(codes(&statement.findings), [(None, "CURRENCY_NOT_VND")]);
}

#[test]
fn repeated_headers_of_pages_are_skipped() {
    let page = &["Số tài khoản: 9999000000001"][..];
    let statement = clean(&xlsx(&[
        page,
        HEADER,
        &["04/08/2026", "R1", "", "5,000", "15,000", "A"],
        HEADER,
        &["05/08/2026", "R2", "", "5,000", "20,000", "B"],
        page,
        HEADER,
        &["06/08/2026", "R3", "", "5,000", "25,000", "C"],
    ]));
    assert_eq!(statement.lines.len(), 3);
}

#[test]
fn every_sheet_with_a_header_is_a_statement() {
    let line: &[&str] = &["04/08/2026", "R1", "", "5,000", "15,000", "A"];
    let odd: &[&str] = &["04/08/2026", "x", "y", "z"];
    let file = sheets(&[
        ("Một", false, &[HEADER, line]),
        ("Hai", false, &[HEADER, line]),
        ("Ẩn", true, &[HEADER, line]),
        ("Bốn", false, &[odd]),
    ]);
    let statements = read(&file).unwrap();
    assert_eq!(statements.len(), 2);
    assert_eq!(codes(&statements[0].findings), [(None, "SHEET_NOT_READ")]);
}

#[test]
fn directions_and_digits_are_not_guessed() {
    let statement = single(&xlsx(&[
        &["Ngày", "Số tiền", "Nội dung", "Số tham chiếu"],
        &["04/08/2026", "5,000", "A", "#1234567890123456"],
    ]));
    assert_eq!(codes(&statement.findings), [(Some(2), "DIGITS_LOST"), (None, "DIRECTION_UNKNOWN")]);
    let statement = single(&xlsx(&[
        &["Ngày", "+/-", "Số tiền", "Nội dung"],
        &["04/08/2026", "x", "5,000", "A"],
        &["04/08/2026", "-", "5,000", "A"],
    ]));
    assert_eq!(codes(&statement.findings), [(Some(2), "SIGN_UNREADABLE")]);
}

#[test]
fn lines_without_a_balance_are_put_by_their_day() {
    let text = csv(
        &[
            HEADER,
            &["06/08/2026", "R3", "", "5,000", "", "C"],
            &["05/08/2026", "R2", "", "5,000", "", "B"],
            &["05/08/2026", "R1", "", "5,000", "", "A"],
        ],
        b'|',
    );
    let order: Vec<String> = clean(text.as_bytes()).lines.into_iter().filter_map(|line| line.reference).collect();
    assert_eq!(order, ["R1", "R2", "R3"]);
}

#[test]
fn contradicting_separators_are_not_read() {
    let statement = single(&with(&[
        &["04/08/2026", "R1", "", "5,000,000", "", "A"],
        &["04/08/2026", "R2", "", "6,000,000", "", "B"],
        &["04/08/2026", "R3", "", "1.250.000", "", "C"],
    ]));
    assert_eq!(codes(&statement.findings), [(Some(4), "AMOUNT_UNREADABLE")]);
}

#[test]
fn every_kind_of_line_end_is_one() {
    let table: &Table = &[
        HEADER,
        &["04/08/2026", "R1", "", "5,000", "", "A\nB"],
        &["05/08/2026", "R2", "1,000", "", "", "C"],
        &["06/08/2026", "R3", "", "7,000", "", "D"],
    ];
    let plain = csv(table, b';');
    let expected = single(plain.as_bytes());
    assert_eq!(expected.lines.len(), 3);
    for ends in ["\r\n", "\r"] {
        assert_eq!(single(plain.replace('\n', ends).as_bytes()), expected, "{ends:?}");
    }
}

#[test]
fn a_sheet_without_cells_hides_no_other() {
    let rows: &Table = &[HEADER, &["04/08/2026", "R1", "", "5,000", "", "A"]];
    let statements = read(&sheets(&[("Sao kê", false, rows), ("Biểu đồ", false, &[])])).unwrap();
    assert_eq!(statements.len(), 1);
    assert_eq!(brief(&statements[0]), ["2026-08-04 +5000 R1 | A"]);
}

#[test]
fn a_company_is_no_total() {
    let statement = single(&with(&[
        &["04/08/2026", "CÔNG TY TNHH MẪU", "", "5,000", "", "A"],
        &["05/08/2026", "Tổng công ty Mẫu", "", "6,000", "", "B"],
        &["", "Tổng cộng", "", "11,000", "", ""],
        &["", "Cộng", "", "11,000", "", ""],
    ]));
    assert_eq!(codes(&statement.findings), []);
    let read = ["2026-08-04 +5000 CÔNG TY TNHH MẪU | A", "2026-08-05 +6000 Tổng công ty Mẫu | B"];
    assert_eq!(brief(&statement), read);
}

#[test]
fn money_that_stands_in_no_pair_of_columns_is_told() {
    let statement = single(&xlsx(&[
        &["Ngày", "Số tham chiếu", "Ghi nợ", "Ghi có", "Số tiền", "Nội dung"],
        &["04/08/2026", "R1", "", "5,000", "", "A"],
        &["05/08/2026", "R2", "", "", "9,000", "B"],
    ]));
    assert_eq!(codes(&statement.findings), [(Some(3), "AMOUNT_UNCLEAR")]);
}

#[test]
fn a_zone_moves_a_moment_and_perhaps_its_day() {
    let statement = single(&with(&[
        &["2025-08-14T17:30:00Z", "R1", "", "5,000", "", "A"],
        &["2025-08-15T09:30:00+07:00", "R2", "", "5,000", "", "B"],
        &["2025-08-15 00:00:00", "R3", "", "5,000", "", "C"],
    ]));
    let moments: Vec<_> = statement.lines.iter().map(|line| (line.booked_on.to_string(), line.occurred_at)).collect();
    let day = || "2025-08-15".to_owned();
    // A day without an hour stands before its hours.
    let expected = [(day(), None), (day(), Some(1_755_192_600_000_000)), (day(), Some(1_755_225_000_000_000))];
    assert_eq!(moments, expected);
}

#[test]
fn one_balance_alone_proves_nothing_and_says_so() {
    let rows: &Table = &[
        &["Số dư đầu kỳ", "10,000"],
        &["Ngày", "Số tham chiếu", "Ghi nợ", "Ghi có", "Nội dung"],
        &["04/08/2026", "R1", "", "5,000", "A"],
    ];
    assert_eq!(codes(&single(&xlsx(rows)).findings), [(None, "BALANCE_MISSING")]);
}
