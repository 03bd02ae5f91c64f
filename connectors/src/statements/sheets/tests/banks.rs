//! Each described layout but those of Vietcombank, read by the same rules.

use chrono::NaiveDate;

use super::sample::{Table, brief, clean, csv, sheets, xlsx};

const BIDV: &Table = &[
    &["", "", "NGÂN HÀNG (mẫu)"],
    &["", "Số tài khoản cũ: 8888000000001"],
    &["", "Số tài khoản: 9999000000001"],
    &[
        "",
        "STT",
        "Ngày giao dịch",
        "Ngày hiệu lực",
        "Mã giao dịch",
        "Phát sinh nợ",
        "Phát sinh có",
        "Số dư",
        "Số chứng từ",
        "Mã GDV",
        "Mã CN",
        "Diễn giải",
        "TK đối ứng",
        "Tên đối ứng",
        "NH đối ứng",
        "Số tham chiếu",
    ],
    &[
        "",
        "No",
        "Trans. Date",
        "Effective Date",
        "Trans. Code",
        "Debit amount",
        "Credit amount",
        "Balance",
        "SEQ No.",
        "Teller ID",
        "Branch",
        "Txn. Description",
        "",
        "",
        "",
        "",
    ],
    &["", "", "", "", "", "", "", "1,000,000.00", "", "", "", "Số dư đầu kỳ"],
    &[
        "",
        "1",
        "04/08/2026 08:30:15",
        "04/08/2026",
        "TF",
        "0.00",
        "1,234,000.00",
        "2,234,000.00",
        "7",
        "9",
        "1",
        "REM A (mẫu)",
        "0123456789",
        "NGUYEN VAN A (mẫu)",
        "01202001 - X",
        "REF1",
    ],
    &[
        "",
        "2",
        "04/08/2026 23:59:59",
        "05/08/2026",
        "SC",
        "10,000.00",
        "0.00",
        "2,224,000.00",
        "7",
        "9",
        "1",
        "PHI BSMS",
        "",
        "",
        "",
        "REF2",
    ],
    &["", "Cộng phát sinh", "", "", "", "10,000.00", "1,234,000.00"],
];

#[test]
fn bidv_with_two_rows_of_headers() {
    let statement = clean(&xlsx(BIDV));
    assert_eq!(statement.account.as_deref(), Some("9999000000001"));
    assert_eq!(statement.opening_vnd, Some(1_000_000));
    let expected = ["2026-08-04 +1234000 =2234000 REF1 | REM A (mẫu)", "2026-08-04 -10000 =2224000 REF2 | PHI BSMS"];
    assert_eq!(brief(&statement), expected);
    let line = &statement.lines[0];
    // 08:30:15 in Vietnam is 01:30:15 in UTC.
    assert_eq!(line.occurred_at, Some(1_785_807_015_000_000));
    assert_eq!(line.counterparty_account.as_deref(), Some("0123456789"));
    assert_eq!(line.counterparty_name.as_deref(), Some("NGUYEN VAN A (mẫu)"));
    assert_eq!(line.counterparty_bank.as_deref(), Some("01202001 - X"));
    assert_eq!(statement.lines[1].value_on, NaiveDate::from_ymd_opt(2026, 8, 5));
}

#[test]
fn bidv_older_with_a_group_title_over_the_sides() {
    let statement = clean(&xlsx(&[
        &["BÁO CÁO CHI TIẾT SỐ DƯ TÀI KHOẢN"],
        &["", "Ngày hiệu lực", "Ngày giao dịch", "Phát sinh", "", "Số dư", "Mô tả"],
        &["", "", "", "Nợ", "Có"],
        &["", "03/08/2026", "04/08/2026 10:00:00", "", "5,000", "15,000", "A (mẫu)"],
    ]));
    assert_eq!(brief(&statement), ["2026-08-04 +5000 =15000 ? | A (mẫu)"]);
}

const VIETINBANK: &Table = &[
    &["LỊCH SỬ GIAO DỊCH - TRANSACTION HISTORY"],
    &["Số tài khoản/ Account No.:", "9999000000001"],
    &["Số dư đầu kỳ/Opening Balance:", "#100000", "", "Số dư cuối kỳ/Closing Balance:", "#190000"],
    &["Tổng giá trị ghi có/ Total credits:", "#100000", "", "Tổng giá trị ghi nợ/ Total debits:", "#10000"],
    &["Tổng số giao dịch ghi có/ Total number of credit :", "#2"],
    &[
        "STT/No.",
        "Ngày hạch toán/Accounting date",
        "Mô tả giao dịch/ Transaction description",
        "Nợ/ Debit",
        "Có / Credit",
        "Số dư TK/ Account Balance",
        "Số giao dịch/ Transaction number",
        "Số tài khoản đối ứng/ Corresponsive account",
        "Tên tài khoản đối ứng/ Corresponsive name",
        "MTID/ CITAD",
        "Mã định danh TK thụ hưởng/ To virtual account",
        "Ngày phát sinh giao dịch/ Transaction date",
    ],
    &["1", "31-01-2026 14:34:15", "B (mẫu)", "#10000", "#0", "#190000", "T3", "", "", "", "", "30-01-2026 14:34:15"],
    // Two lines of the same second, not in the order of their balances.
    &[
        "2",
        "30-01-2026 09:00:00",
        "A2 (mẫu)",
        "#0",
        "#40000",
        "#140000",
        "T1",
        "0123456789",
        "A (mẫu)",
        "",
        "VA0001",
        "30-01-2026 09:00:00",
    ],
    &["3", "30-01-2026 09:00:00", "A1 (mẫu)", "#0", "#60000", "#200000", "T2", "", "", "", "", "30-01-2026 09:00:00"],
    &["Từ ngày 21/03/2025, ngân hàng (mẫu) thực hiện cập nhật lại báo cáo sao kê"],
];

#[test]
fn vietinbank_comes_newest_first() {
    let statement = clean(&sheets(&[("Mau", true, &[&["x"]]), ("LICH SU GIAO DICH", false, VIETINBANK)]));
    let expected = [
        "2026-01-30 +40000 =140000 T1 | A2 (mẫu)",
        "2026-01-30 +60000 =200000 T2 | A1 (mẫu)",
        "2026-01-30 -10000 =190000 T3 | B (mẫu)",
    ];
    assert_eq!(brief(&statement), expected);
    assert_eq!(statement.lines[0].virtual_account.as_deref(), Some("VA0001"));
    assert_eq!(statement.lines[2].value_on, NaiveDate::from_ymd_opt(2026, 1, 31));
}

#[test]
fn agribank_with_technical_names_and_signed_amounts() {
    let statement = clean(&xlsx(&[
        &["trdt", "acctccyamt", "aftrbal", "rem", "trcdnm", "trcd", "tomgntno", "toacctno", "thrref"],
        &["2026-08-04", "#250000", "#1250000", "MB(1)(A (mẫu))", "x", "1", "", "0123456789", "BANKNETIBFT"],
        &["2026-08-05", "#-11000", "#1239000", "PHI", "x", "1", "", "", ""],
    ]));
    let expected = ["2026-08-04 +250000 =1250000 BANKNETIBFT | MB(1)(A (mẫu))", "2026-08-05 -11000 =1239000 ? | PHI"];
    assert_eq!(brief(&statement), expected);
    assert_eq!(statement.lines[0].counterparty_account.as_deref(), Some("0123456789"));
}

const MB: &Table = &[
    &["SỔ PHỤ CHI TIẾT KIÊM BÁO NỢ/BÁO CÓ"],
    &["Từ ngày/From: 01/08/2026 Đến ngày/To: 31/08/2026"],
    &["Tài khoản/Account No: 9999000000001", "", "", "Loại tiền/Currency: VND"],
    &["Số dư đầu kỳ/ Opening Balance: 2,000,000 VND"],
    &[
        "Ngày giao\ndịch\nTransaction Date",
        "Ngày hạch\ntoán\nAccounting Date",
        "Số bút toán\nTransaction No",
        "Phát sinh nợ\nDebit",
        "Phát sinh có\nCredit",
        "Nội dung\nDetails",
        "Đơn vị thụ hưởng/Đơn vị chuyển\nBeneficiary/Applicant",
        "Tài khoản\nAccount",
        "Ngân hàng đối tác\nRemitter Bank",
    ],
    &["04/08/2026 10:00:00", "04/08/2026", "FT1", "0", "250,000", "A (mẫu)", "A (mẫu)", "0123456789", "X"],
    &["05/08/2026 10:00:00", "05/08/2026", "FT2", "11,000", "", "B (mẫu)", "", "", ""],
    &["05/08/2026 10:00:00", "05/08/2026", "FT2", "1,100", "", "VAT", "", "", ""],
    &["Tổng phát sinh trong kỳ/Total", "", "", "12,100", "250,000"],
    &["Số dư cuối kỳ/ Closing Balance: 2,237,900 VND (Bằng chữ: hai triệu)"],
    &["Chứng từ này được xuất tự động (mẫu)"],
];

#[test]
fn mb_with_labels_in_one_cell_and_broken_headers() {
    let statement = clean(&xlsx(MB));
    assert_eq!(statement.account.as_deref(), Some("9999000000001"));
    assert_eq!((statement.opening_vnd, statement.closing_vnd), (Some(2_000_000), Some(2_237_900)));
    assert_eq!(statement.to, NaiveDate::from_ymd_opt(2026, 8, 31));
    let expected =
        ["2026-08-04 +250000 FT1 | A (mẫu)", "2026-08-05 -11000 FT2 | B (mẫu)", "2026-08-05 -1100 FT2 | VAT"];
    assert_eq!(brief(&statement), expected);
    assert_eq!(statement.lines[0].counterparty_account.as_deref(), Some("0123456789"));
}

#[test]
fn mb_fills_blank_cells_of_its_text_with_a_literal() {
    let filled: Vec<Vec<&str>> = MB
        .iter()
        .map(|cells| cells.iter().map(|cell| if cells.len() > 8 && cell.is_empty() { "37" } else { *cell }).collect())
        .collect();
    let filled: Vec<&[&str]> = filled.iter().map(Vec::as_slice).collect();
    let statement = clean(csv(&filled, b',').as_bytes());
    assert_eq!(brief(&statement), brief(&clean(&xlsx(MB))));
    assert_eq!(statement.lines[1].counterparty_name, None);
}

#[test]
fn techcombank_debits_are_negative_and_fees_have_columns() {
    let statement = clean(&xlsx(&[
        &["TRUY VẤN GIAO DỊCH"],
        &["Số tài khoản: 9999000000001"],
        &["Số dư đầu ngày/Opening balance", "", "", "", "", "", "1,000,000"],
        &["Số dư cuối ngày/ Closing balance", "", "", "", "", "", "1,147,800"],
        &[
            "Ngày KH thực hiện/Requesting date",
            "Ngày giao dịch/Transaction date",
            "Số bút toán/Reference number",
            "Ngân hàng đối tác / Remitter's bank",
            "Tài khoản đích/Remitter's account number",
            "Tên tài khoản đối ứng/Remitter's account name",
            "Diễn giải/Description",
            "Nợ/Debit",
            "Có/Credit",
            "Phí/Lãi / Fee/Interest",
            "Thuế/Transaction VAT",
            "Số dư/Running balance",
        ],
        &["03/08/2026", "04/08/2026", "FT1", "X", "0123", "A (mẫu)", "A (mẫu)", "", "+ 250,000", "", "", "1,250,000"],
        &["04/08/2026", "05/08/2026", "FT2", "", "", "", "B (mẫu)", "-100,000", "", "-2,000", "-200", "1,147,800"],
    ]));
    let expected = [
        "2026-08-04 +250000 =1250000 FT1 | A (mẫu)",
        "2026-08-05 -100000 FT2 | B (mẫu)",
        "2026-08-05 -2000 FT2 | Phí/Lãi / Fee/Interest",
        "2026-08-05 -200 =1147800 FT2 | Thuế/Transaction VAT",
    ];
    assert_eq!(brief(&statement), expected);
    assert_eq!(statement.lines[0].counterparty_bank.as_deref(), Some("X"));
    assert_eq!(statement.closing_vnd, Some(1_147_800));
}

#[test]
fn techcombank_older_text_without_accents() {
    let text = "x\nNGAY,DIEN GIAI,CHI TIET,NO,CO,SO DU\n\
                04/08/2026,A (mau),x,,\"250,000\",\"1,250,000\"\n05/08/2026,B (mau),y,\"11,000\",,\"1,239,000\"\n";
    let statement = clean(text.as_bytes());
    let expected = ["2026-08-04 +250000 =1250000 ? | A (mau)", "2026-08-05 -11000 =1239000 ? | B (mau)"];
    assert_eq!(brief(&statement), expected);
    assert_eq!(statement.lines[0].row, 3);
}

#[test]
fn acb_keeps_balances_below_their_labels() {
    let statement = clean(&xlsx(&[
        &["BẢNG SAO KÊ GIAO DỊCH - Tài khoản số: 9999000000001"],
        &["Số dư đầu", "Số dư cuối"],
        &["#1000000", "#1239000"],
        &[
            "Ngày hiệu lực",
            "Ngày giao dịch",
            "Số GD",
            "Nội dung giao dịch",
            "Số tiền rút ra",
            "Số tiền gửi vào",
            "Số dư",
        ],
        &["06/08/2026", "04/08/2026 09:00", "G1", "A (mẫu)", "", "#250000", "#1250000"],
        &["06/08/2026", "05/08/2026 09:00", "G2", "B (mẫu)", "#11000", "", "#1239000"],
    ]));
    assert_eq!(statement.account.as_deref(), Some("9999000000001"));
    assert_eq!((statement.opening_vnd, statement.closing_vnd), (Some(1_000_000), Some(1_239_000)));
    let expected = ["2026-08-04 +250000 =1250000 G1 | A (mẫu)", "2026-08-05 -11000 =1239000 G2 | B (mẫu)"];
    assert_eq!(brief(&statement), expected);
}

#[test]
fn sacombank_with_dots_and_wide_columns() {
    let statement = clean(&xlsx(&[
        &["Số tài khoản", "", "", "9999000000001"],
        &["", "", "STT", "", "Ngày", "", "", "Nội dung", "", "", "Ghi nợ", "", "Ghi có"],
        &["", "", "1", "", "04-08-2026 10:00:00", "", "", "A (mẫu)", "", "", "", "", "1.250.000"],
        &["", "", "2", "", "05-08-2026 10:00:00", "", "", "B (mẫu)", "", "", "1.250"],
    ]));
    assert_eq!(brief(&statement), ["2026-08-04 +1250000 ? | A (mẫu)", "2026-08-05 -1250 ? | B (mẫu)"]);
}

#[test]
fn msb_with_totals_and_a_stamp_below() {
    let statement = clean(&xlsx(&[
        &[
            "Ngày giao dịch/Transaction date",
            "Số bút toán/Reference no",
            "Người hưởng/Người chuyển – Payee/Payer",
            "Diễn giải/Transaction description",
            "Nợ/Debit",
            "Có/Credit",
        ],
        &["04/08/2026", "R1", "A (mẫu)", "học phí (mẫu)", "", "250,000"],
        &["Tổng phát sinh – Total debit/credit amount", "", "", "", "0", "250,000"],
        &["Thông tin này được in 05/08/2026/Printed on"],
    ]));
    assert_eq!(brief(&statement), ["2026-08-04 +250000 R1 | học phí (mẫu)"]);
    assert_eq!(statement.lines[0].counterparty_name.as_deref(), Some("A (mẫu)"));
}

#[test]
fn vib_writes_the_currency_on_each_line_and_parentheses() {
    let statement = clean(&xlsx(&[
        &["Sao kê theo ngày giao dịch"],
        &["Ngày giao dịch", "Số chứng từ", "Mô tả", "Ghi nợ", "Ghi có", "Loại tiền", "Số dư"],
        &["04/08/2026", "C1", "A (mẫu)", "", "250,000", "VND", "1,250,000"],
        &["05/08/2026", "C2", "B (mẫu)", "(11,000)", "", "VND", "1,239,000"],
        &["06/08/2026", "C3", "HOAN TRA (mẫu)", "", "(250,000)", "VND", "989,000"],
    ]));
    let expected = [
        "2026-08-04 +250000 =1250000 C1 | A (mẫu)",
        "2026-08-05 -11000 =1239000 C2 | B (mẫu)",
        "2026-08-06 -250000 =989000 REVERSAL C3 | HOAN TRA (mẫu)",
    ];
    assert_eq!(brief(&statement), expected);
    assert_eq!(statement.currency.as_deref(), Some("VND"));
}

#[test]
fn an_unknown_layout_in_decomposed_letters() {
    let table: &Table = &[
        &["Ngân hàng chưa ai tả (mẫu)"],
        &["Diễn giải", "Tiền vào", "Ngày thực hiện", "Tiền ra", "Số tham chiếu"],
        &["Học phí (mẫu)", "250 000 đ", "4.8.2026", "", "R1"],
    ];
    let composed = csv(table, b'\t');
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(composed.as_str()).collect();
    assert_ne!(composed, decomposed);
    assert_eq!(brief(&clean(composed.as_bytes())), ["2026-08-04 +250000 R1 | Học phí (mẫu)"]);
    assert_eq!(clean(decomposed.as_bytes()).lines[0].amount_vnd, 250_000);
}
