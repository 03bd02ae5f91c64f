//! Files that are made to hurt: sizes that lie, bombs, circles, half a file, and noise.

use std::io::Write;
use std::sync::LazyLock;

use flate2::{Compression, write::DeflateEncoder};
use proptest::prelude::*;

use super::sample::{brief, clean, codes, csv, html, single, xlsx};
use crate::statements::sheets::read;

pub(super) const WORKBOOK: &str = r#"<workbook><sheets><sheet name="S" r:id="rId1"/></sheets></workbook>"#;
pub(super) const RELATIONS: &str =
    r#"<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>"#;
pub(super) const SAMPLE: &[u8] = include_bytes!("../samples/excel97.xls");

/// An archive, packed; each entry declares that it is empty.
pub(super) fn archive(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    let word = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
    let double = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    for (name, plain) in entries {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).unwrap();
        let packed = encoder.finish().unwrap();
        let sizes = [[0; 4], double(packed.len()), [0; 4]].concat();
        let method = [word(20), [0; 2], word(8), [0; 2], [0; 2]].concat();
        let at = file.len();
        file.extend(
            [&b"PK\x03\x04"[..], &method, &sizes, &word(name.len()), &[0; 2], name.as_bytes(), &packed].concat(),
        );
        directory.extend(
            [&b"PK\x01\x02"[..], &word(20), &method, &sizes, &word(name.len()), &[0; 12], &double(at)].concat(),
        );
        directory.extend(name.as_bytes());
    }
    let at = file.len();
    file.extend(&directory);
    file.extend([&b"PK\x05\x06\0\0\0\0"[..], &word(entries.len()), &word(entries.len())].concat());
    file.extend([&double(directory.len())[..], &double(at), &[0; 2]].concat());
    file
}

fn workbook(sheet: &str) -> Vec<u8> {
    let text = |text: &str| text.as_bytes().to_vec();
    archive(&[
        ("xl/workbook.xml", text(WORKBOOK)),
        ("xl/_rels/workbook.xml.rels", text(RELATIONS)),
        ("xl/worksheets/sheet1.xml", text(sheet)),
    ])
}

fn code(bytes: &[u8]) -> &'static str {
    read(bytes).unwrap_err().code
}

pub(super) fn cell(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

#[test]
fn declared_sizes_are_not_believed() {
    let header: String = ["Ngày", "Số GD", "Ghi nợ", "Ghi có"]
        .iter()
        .zip(["A1", "B1", "C1", "D1"])
        .map(|(text, place)| cell(place, text))
        .collect();
    let line = [cell("A1048576", "04/08/2026"), cell("B1048576", "R1"), cell("D1048576", "5.000")].concat();
    let sheet = format!(
        "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1\">{header}</row>\
         <row r=\"1048576\">{line}</row></sheetData></worksheet>"
    );
    assert_eq!(brief(&clean(&workbook(&sheet))), ["2026-08-04 +5000 R1 | ?"]);
}

#[test]
fn what_is_too_large_is_refused() {
    let far = format!("<sheetData>{}</sheetData>", cell("XFD1", "x"));
    assert_eq!(code(&workbook(&far)), "STATEMENT_TOO_LARGE");
    let low = format!("<sheetData>{}</sheetData>", cell("A4294967295", "x"));
    assert_eq!(code(&workbook(&low)), "STATEMENT_TOO_LARGE");
    // 129 MiB of blanks in less than two, which are declared as nothing.
    let bomb = archive(&[("xl/workbook.xml", vec![b' '; 129 << 20])]);
    assert!(bomb.len() < 2 << 20);
    assert_eq!(code(&bomb), "STATEMENT_TOO_LARGE");
    let long = format!("a;b;c\n\"{}\";b;c\n", "x".repeat(200_000));
    assert_eq!(code(long.as_bytes()), "STATEMENT_TOO_LARGE");
    let many = archive(&vec![("x", Vec::new()); 2_000]);
    assert_eq!(code(&many), "STATEMENT_TOO_LARGE");
}

#[test]
fn rows_of_words_without_end_are_refused() {
    let header = "Ngày|Số GD|Ghi nợ|Ghi có\n";
    let text = format!("{header}{}", "Sao kê|tài khoản\n".repeat(20_001));
    assert_eq!(code(text.as_bytes()), "STATEMENT_TOO_LARGE");
}

#[test]
fn one_text_for_all_cells_is_bounded() {
    let cells: String = (1..=2_000).map(|row| format!("<c r=\"A{row}\" t=\"s\"><v>0</v></c>")).collect();
    let file = archive(&[
        ("xl/workbook.xml", WORKBOOK.into()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.into()),
        (
            "xl/sharedStrings.xml",
            format!("<sst count=\"4294967295\"><si><t>{}</t></si></sst>", "x".repeat(90_000)).into(),
        ),
        ("xl/worksheets/sheet1.xml", format!("<sheetData>{cells}</sheetData>").into()),
    ]);
    assert_eq!(code(&file), "STATEMENT_TOO_LARGE");
}

#[test]
fn nothing_unseen_is_kept() {
    let hostile = "A\u{0}B\u{202e}C\u{200b}\nD";
    let table: &[&[&str]] = &[
        &[
            "Ngày",
            "Số tham chiếu",
            "Ghi nợ",
            "Ghi có",
            "Nội dung",
            "Tên đối ứng",
            "Tài khoản đối ứng",
            "Ngân hàng đối tác",
        ],
        &["04/08\u{200b}/2026", hostile, "", "\u{202d}5,000\u{202c}", hostile, hostile, hostile, hostile],
    ];
    let statement = clean(&xlsx(table));
    let line = &statement.lines[0];
    assert_eq!(line.amount_vnd, 5_000);
    let texts = [&line.content, &line.counterparty_name, &line.counterparty_account, &line.counterparty_bank];
    for told in texts.into_iter().chain([&line.reference]) {
        assert_eq!(told.as_deref(), Some("A BC D"));
    }
}

#[test]
fn a_long_text_is_cut_and_told() {
    let long = "x".repeat(5_000);
    let table: &[&[&str]] =
        &[&["Ngày", "Số tham chiếu", "Ghi nợ", "Ghi có", "Nội dung"], &["04/08/2026", "R1", "", "5,000", &long]];
    let statement = single(&csv(table, b';').into_bytes());
    assert_eq!(codes(&statement.findings), [(Some(2), "TEXT_TOO_LONG")]);
    assert_eq!(statement.lines[0].content.as_ref().map(String::len), Some(4_096));
}

#[test]
fn half_a_file_is_damaged() {
    assert_eq!(code(&workbook("<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1")), "STATEMENT_DAMAGED");
    for length in (0..SAMPLE.len()).step_by(512).skip(1).take(60) {
        assert!(read(&SAMPLE[..length]).is_err(), "{length}");
    }
}

#[test]
fn chains_that_run_in_circles_end() {
    // The first table of sectors: every sector is its own successor.
    let mut file = SAMPLE.to_vec();
    let place = u32::from_le_bytes(file[76..80].try_into().unwrap());
    let from = (usize::try_from(place).unwrap() + 1) * 512;
    for (number, entry) in (0_u32..).zip(file[from..from + 512].chunks_exact_mut(4)) {
        entry.copy_from_slice(&number.to_le_bytes());
    }
    assert_eq!(code(&file), "STATEMENT_DAMAGED");
}

#[test]
fn a_password_is_asked_for() {
    let mut file = SAMPLE.to_vec();
    let name: Vec<u8> = "Workbook".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let place = file.windows(name.len()).position(|window| window == name).unwrap();
    let other: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    file[place..place + other.len()].copy_from_slice(&other);
    assert_eq!(code(&file), "STATEMENT_PASSWORD");
    let mut file = workbook("<sheetData></sheetData>");
    let place = file.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    file[place + 8] = 1;
    assert_eq!(code(&file), "STATEMENT_PASSWORD");
}

/// A sheet of every container, to be changed.
static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let table: &[&[&str]] = &[
        &["Số tài khoản: 9999000000001", "Số dư đầu kỳ: 1.000"],
        &["Ngày", "Số GD", "Ghi nợ", "Ghi có", "Số dư", "Nội dung"],
        &["04/08/2026 10:00:00", "R1", "", "5.000", "6.000", "A (mẫu)"],
        &["05/08/2026", "R2", "1.000", "", "5.000", "B (mẫu)"],
        &["Tổng cộng", "", "1.000", "5.000"],
    ];
    vec![xlsx(table), csv(table, b',').into_bytes(), html(table).into_bytes(), SAMPLE.to_vec()]
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn noise_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400), mark in 0_usize..4) {
        let marks: [&[u8]; 4] = [b"", b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"<html><table>"];
        let _ = read(&[marks[mark], &bytes].concat());
    }

    #[test]
    fn odd_cells_never_panic(cells in proptest::collection::vec("[0-9/. ,:()đ+-]{0,12}", 30)) {
        let mut text = "Ngày|Số GD|Ghi nợ|Ghi có|Số dư|Nội dung\n".to_owned();
        for row in cells.chunks(6) {
            text.push_str(&row.join("|"));
            text.push('\n');
        }
        let _ = read(text.as_bytes());
    }

    #[test]
    fn changed_bytes_never_panic(
        seed in 0_usize..4,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut file = SEEDS[seed].clone();
        for (place, byte) in changes {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = read(&file);
    }
}
