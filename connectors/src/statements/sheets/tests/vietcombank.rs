//! The five layouts of one bank.

use chrono::NaiveDate;

use super::sample::{Table, brief, clean, csv, html, xlsx};
use crate::statements::sheets::read;

const VIETCOMBANK: &Table = &[
    &["", "NGÂN HÀNG (mẫu)"],
    &["", "SAO KÊ TÀI KHOẢN\nSTATEMENT OF ACCOUNT"],
    &["", "Số tài khoản/ Account number", "", "9999000000001"],
    &["", "Tên tài khoản/ Account name", "", "TRƯỜNG TIỂU HỌC (mẫu)"],
    &["", "Loại tiền/ Currency", "", "VND"],
    &["", "Từ/ From:", "01/08/2026", "Đến/ To:", "31/08/2026"],
    &["", "Số dư đầu kỳ/ Opening balance", "", "1,000,000 VND"],
    &[
        "",
        "STT\nNo.",
        "Ngày/\nTNX Date/ Số CT/ Doc No",
        "Số tiền ghi nợ/\nDebit",
        "Số tiền ghi có/\nCredit",
        "Số dư/\nBalance",
        "Nội dung chi tiết/\nTransactions in detail",
    ],
    &["", "1", "04/08/2026\n1234 - 00002", "", "163,000", "1,163,000", "MBVCB.1.LT10000000018.BAN TRU (mẫu)"],
    &["", "2", "05/08/2026\n9914 - 00003", "11,000", "", "1,152,000", "PHI DICH VU"],
    &["", "Tổng số/ Total", "", "11,000", "163,000"],
    &["", "Số dư cuối kỳ/ Closing balance", "", "", "", "1,152,000"],
    &["", "Website: www.example.vn, telex 01/2026"],
];

const VIETCOMBANK_LINES: [&str; 2] = [
    "2026-08-04 +163000 =1163000 1234 - 00002 | MBVCB.1.LT10000000018.BAN TRU (mẫu)",
    "2026-08-05 -11000 =1152000 9914 - 00003 | PHI DICH VU",
];

#[test]
fn vietcombank_in_every_container() {
    let files = [
        xlsx(VIETCOMBANK),
        csv(VIETCOMBANK, b',').into_bytes(),
        csv(VIETCOMBANK, b';').into_bytes(),
        html(VIETCOMBANK).into_bytes(),
    ];
    for file in files {
        let statement = clean(&file);
        assert_eq!(statement.account.as_deref(), Some("9999000000001"));
        assert_eq!(statement.currency.as_deref(), Some("VND"));
        assert_eq!(statement.from, NaiveDate::from_ymd_opt(2026, 8, 1));
        assert_eq!(statement.to, NaiveDate::from_ymd_opt(2026, 8, 31));
        let balances = (statement.opening_vnd, statement.closing_vnd);
        assert_eq!(balances, (Some(1_000_000), Some(1_152_000)), "{:?}", file.get(..8));
        assert_eq!(brief(&statement), VIETCOMBANK_LINES);
        assert!(statement.lines.iter().all(|line| line.occurred_at.is_none()));
    }
}

#[test]
fn vietcombank_with_the_effective_date_and_a_footnote_mark() {
    let statement = clean(&xlsx(&[
        &["STT", "Ngày1/ TNX Date/ Số CT", "Ngày hiệu lực", "Ghi nợ", "Ghi có", "Số dư", "Nội dung chi tiết"],
        &["1", "03/08/2026 / 1234 - 00001", "04/08/2026", "", "1,234,567", "2,000,000", "A (mẫu)"],
    ]));
    assert_eq!(brief(&statement), ["2026-08-03 +1234567 =2000000 1234 - 00001 | A (mẫu)"]);
    assert_eq!(statement.lines[0].value_on, NaiveDate::from_ymd_opt(2026, 8, 4));
}

#[test]
fn vietcombank_with_a_column_for_the_sign() {
    let statement = clean(&xlsx(&[
        &["Ngày giao dịch", "Số tham chiếu", "Thay đổi", "Số tiền", "Mô tả"],
        &["04/08/2026", "R1", "+", "#250000", "A (mẫu)"],
        &["05/08/2026", "R2", "-", "#11000", "B (mẫu)"],
        &["Tổng số", "", "", "#239000"],
    ]));
    assert_eq!(brief(&statement), ["2026-08-04 +250000 R1 | A (mẫu)", "2026-08-05 -11000 R2 | B (mẫu)"]);
}

#[test]
fn vietcombank_pages_that_are_named_xls() {
    let statement = clean(
        html(&[
            &["Số tài khoản:", "9999000000002"],
            &["Ngày giao dịch", "Số tham chiếu", "Số tiền ghi nợ", "Số tiền ghi có", "Mô tả"],
            &["2026-08-04", "R1", "", "250,000", "A & B < C\nD (mẫu)"],
            &["Tổng số", "", "", "250,000"],
            &["Ghi chú"],
        ])
        .as_bytes(),
    );
    assert_eq!(statement.account.as_deref(), Some("9999000000002"));
    assert_eq!(brief(&statement), ["2026-08-04 +250000 R1 | A & B < C D (mẫu)"]);
}

#[test]
fn vietcombank_with_several_accounts_in_one_sheet() {
    let header: &[&str] = &["STT", "Ngày / Số CT", "Ghi nợ", "Ghi có", "Số dư", "Nội dung"];
    let statements = read(&xlsx(&[
        &["SAO KÊ TÀI KHOẢN STATEMENT OF ACCOUNT"],
        &["Số tài khoản", "", "9999000000001"],
        &["Số dư đầu kỳ", "", "0"],
        header,
        &["1", "04/08/2026              1234 - 00001", "", "5,000", "5,000", "A (mẫu)"],
        &["Tổng số / Total", "", "", "5,000"],
        &["SAO KÊ TÀI KHOẢN STATEMENT OF ACCOUNT"],
        &["Số tài khoản", "", "9999000000002"],
        &["Số dư đầu kỳ", "", "10,000"],
        header,
        &["1", "04/08/2026              1234 - 00002", "3,000", "", "7,000", "B (mẫu)"],
        &["Tổng số / Total", "", "3,000"],
    ]))
    .unwrap();
    let accounts: Vec<_> = statements.iter().map(|statement| statement.account.as_deref().unwrap()).collect();
    assert_eq!(accounts, ["9999000000001", "9999000000002"]);
    assert_eq!(brief(&statements[0]), ["2026-08-04 +5000 =5000 1234 - 00001 | A (mẫu)"]);
    assert_eq!(brief(&statements[1]), ["2026-08-04 -3000 =7000 1234 - 00002 | B (mẫu)"]);
    assert!(statements.iter().all(|statement| statement.findings.is_empty()));
    assert_eq!(statements[1].opening_vnd, Some(10_000));
}
