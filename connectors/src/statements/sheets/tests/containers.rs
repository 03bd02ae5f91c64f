//! What a file is, by its bytes: encodings, a workbook of another program, and what is no sheet.

use encoding_rs::WINDOWS_1258;

use super::hostile::{RELATIONS, SAMPLE, WORKBOOK, archive, cell};
use super::sample::{Table, brief, clean, csv, html, sheets};
use crate::statements::sheets::read;

const TABLE: &Table = &[
    &["Ngày giao dịch", "Số tham chiếu", "Phát sinh nợ", "Phát sinh có", "Nội dung"],
    &["04/08/2026", "R1", "", "250,000", "Học phí bán trú (mẫu)"],
];

const LINES: [&str; 1] = ["2026-08-04 +250000 R1 | Học phí bán trú (mẫu)"];

#[test]
fn texts_come_in_four_encodings() {
    let text = csv(TABLE, b',');
    let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    let files = [
        text.clone().into_bytes(),
        format!("\u{feff}{text}").into_bytes(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
    ];
    for file in files {
        assert_eq!(brief(&clean(&file)), LINES);
    }
}

/// In this code page a letter with a roof is one byte, and its tone another one behind it.
#[test]
fn tones_of_windows_1258_stand_apart() {
    let text = csv(TABLE, b',');
    let mut apart = String::new();
    for character in text.chars() {
        let mut single = [0; 4];
        let single: &str = character.encode_utf8(&mut single);
        if WINDOWS_1258.encode(single).2 {
            let parts: Vec<char> = unicode_normalization::UnicodeNormalization::nfd(single).collect();
            // The roof stays with its letter; the dot below comes first when letters are taken apart.
            let is_tone = |part: &char| matches!(part, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
            let base: String = parts.iter().filter(|part| !is_tone(part)).collect();
            apart.extend(unicode_normalization::UnicodeNormalization::nfc(base.as_str()));
            apart.extend(parts.iter().filter(|part| is_tone(part)));
        } else {
            apart.push(character);
        }
    }
    let (bytes, _, is_lossy) = WINDOWS_1258.encode(&apart);
    assert!(!is_lossy && std::str::from_utf8(&bytes).is_err());
    assert_eq!(brief(&clean(&bytes)), LINES);
}

/// Written by xlwt 1.3.0: a hidden sheet, days with times, numbers, texts longer than a record.
#[test]
fn a_workbook_of_excel_97() {
    let statement = clean(include_bytes!("../samples/excel97.xls"));
    assert_eq!(statement.account.as_deref(), Some("9999000000001"));
    assert_eq!(statement.opening_vnd, Some(1_000_000));
    assert_eq!(statement.lines.len(), 40);
    let brief = brief(&statement);
    let text = "học phí bán trú tháng tám năm hai nghìn (mẫu)";
    for (index, line) in brief.iter().enumerate() {
        let contents = vec![format!("LT{index} {text}"); 6].join(" ");
        assert!(line.ends_with(&format!(" R{index} | {contents}")), "{line}");
    }
    assert!(brief[38].starts_with("2026-08-11 +250038 ="), "{}", brief[38]);
    assert!(brief[39].starts_with("2026-08-11 -11000 =5780380 "), "{}", brief[39]);
    // 10:39:30 in Vietnam.
    assert_eq!(statement.lines[39].occurred_at, Some(1_786_419_570_000_000));
}

#[test]
fn headers_of_pages_span_rows_and_columns() {
    let page = "<table><tr><td rowspan=2>Ngày<td rowspan='2'>Số GD<td colspan=2>Phát sinh<td rowspan=2>Nội dung\
                <tr><td>Nợ<td>Có<tr><td>04/08/2026<td>R1<td><td>250.000<td>Học phí b&#225;n trú (mẫu)</table>";
    assert_eq!(brief(&clean(page.as_bytes())), LINES);
    let label = "<html><p>Số tài khoản: 9999000000001</p>";
    let with_label = html(TABLE).replace("<html>", label);
    assert_eq!(clean(with_label.as_bytes()).account.as_deref(), Some("9999000000001"));
}

#[test]
fn what_is_no_sheet_is_refused_by_name() {
    let cases: [(&[u8], &str); 6] = [
        (b"%PDF-1.7\n", "STATEMENT_NOT_A_SHEET"),
        (b"\x89PNG\r\n\x1a\n", "STATEMENT_NOT_A_SHEET"),
        (b"", "STATEMENT_NOT_A_SHEET"),
        (b"\x00\x01\x02\x03", "STATEMENT_NOT_A_SHEET"),
        (b"PK\x03\x04 and nothing", "STATEMENT_DAMAGED"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "STATEMENT_DAMAGED"),
    ];
    for (bytes, code) in cases {
        assert_eq!(read(bytes).unwrap_err().code, code, "{bytes:?}");
    }
}

#[test]
fn excel_95_and_older_is_told_by_name() {
    // The stream of a workbook was called "Book".
    let mut book = SAMPLE.to_vec();
    let name: Vec<u8> = "Workbook".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let place = book.windows(name.len()).position(|window| window == name).unwrap();
    let older: Vec<u8> = "Book".encode_utf16().flat_map(u16::to_le_bytes).collect();
    book[place..place + 64].fill(0);
    book[place..place + older.len()].copy_from_slice(&older);
    // The length of the name, its end counted.
    book[place + 64] = 10;
    // Some programs kept the new name and the old records.
    let mut records = SAMPLE.to_vec();
    let begin = records.windows(6).position(|window| window == b"\x09\x08\x10\x00\x00\x06").unwrap();
    records[begin + 5] = 5;
    for file in [book, records] {
        assert_eq!(read(&file).err().map(|refusal| refusal.code), Some("STATEMENT_TOO_OLD"));
    }
}

/// A workbook whose only line has a day that is kept as a number, and says from when days are counted.
fn counted_from(properties: &str) -> Vec<u8> {
    let texts = ["Ngày", "Số GD", "Ghi nợ", "Ghi có"].iter().zip(["A1", "B1", "C1", "D1"]);
    let header: String = texts.map(|(text, place)| cell(place, text)).collect();
    let number = |place: &str, number: &str| format!("<c r=\"{place}\"><v>{number}</v></c>");
    let line = [number("A2", "44776.5"), cell("B2", "R1"), number("D2", "5000")].concat();
    let sheet = format!("<worksheet><sheetData>{header}{line}</sheetData></worksheet>");
    archive(&[
        ("xl/workbook.xml", WORKBOOK.replace("<sheets>", &format!("{properties}<sheets>")).into_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.into()),
        ("xl/worksheets/sheet1.xml", sheet.into_bytes()),
    ])
}

#[test]
fn days_may_be_counted_from_1904() {
    for (properties, day) in [
        ("", "2022-08-03"),
        ("<workbookPr date1904=\"0\"/>", "2022-08-03"),
        ("<workbookPr date1904=\"1\"/>", "2026-08-04"),
        ("<workbookPr date1904=\"true\"/>", "2026-08-04"),
    ] {
        assert_eq!(brief(&clean(&counted_from(properties))), [format!("{day} +5000 R1 | ?")], "{properties}");
    }
    // The same switch in a workbook of Excel 97, where it is a record.
    let mut later = SAMPLE.to_vec();
    let switch = later.windows(6).position(|window| window == b"\x22\x00\x02\x00\x00\x00").unwrap();
    later[switch + 4] = 1;
    let (plain, later) = (clean(SAMPLE), clean(&later));
    let moved =
        |index: usize| later.lines[index].booked_on.signed_duration_since(plain.lines[index].booked_on).num_days();
    // The last line, whose day is a number.
    assert_eq!(moved(39), 1_462);
}

#[test]
fn a_workbook_has_64_sheets_and_no_more() {
    let names: Vec<String> = (1..=65).map(|number| format!("Trang {number}")).collect();
    let workbook = |count: usize| {
        let all: Vec<(&str, bool, &Table)> = names[..count].iter().map(|name| (name.as_str(), false, TABLE)).collect();
        read(&sheets(&all))
    };
    let statements = workbook(64).unwrap();
    assert_eq!(statements.len(), 64);
    assert!(statements.iter().all(|statement| brief(statement) == LINES));
    assert_eq!(workbook(65).err().map(|refusal| refusal.code), Some("STATEMENT_TOO_LARGE"));
}
