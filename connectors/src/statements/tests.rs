//! One door for every kind of file.

use super::read;

const CSV: &str =
    "Ngày giao dịch,Số tham chiếu,Phát sinh nợ,Phát sinh có,Nội dung\n04/08/2026,R1,,250000,Học phí (mẫu)\n";

const CAMT: &str = "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.04\">\
    <BkToCstmrDbtCdtNtfctn><Ntfctn><Acct><Id><Othr><Id>1</Id></Othr></Id></Acct><Ntry>\
    <Amt Ccy=\"VND\">250000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-08-04</Dt></BookgDt>\
    <AddtlNtryInf>Học phí (mẫu)</AddtlNtryInf></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>";
const MT940: &str = ":20:1\n:25:1\n:60F:C260804VND0,\n:61:260804C250000,NTRFR1\n:62F:C260804VND250000,\n-\n";

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.trim_start_matches('\u{feff}').encode_utf16()).flat_map(to_bytes).collect()
}

fn amounts(bytes: &[u8]) -> Vec<i64> {
    let statements = read(bytes).unwrap();
    statements.iter().flat_map(|statement| &statement.lines).map(|line| line.amount_vnd).collect()
}

#[test]
fn every_kind_of_file_finds_its_reader() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let mut page = "<html><table>".to_owned();
    for (row, line) in (0..).zip(CSV.lines()) {
        page.push_str("<tr>");
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write_string(row, column, cell).unwrap();
            page.push_str(&format!("<td>{cell}</td>"));
        }
        page.push_str("</tr>");
    }
    page.push_str("</table></html>");
    let mt942 = "{1:F01X}{4:\n:20:1\n:25:1\n:34F:VND0,\n:61:260804C250000,NTRFR1\n-}\n";
    let files: [Vec<u8>; 7] = [
        workbook.save_to_buffer().unwrap(),
        page.into_bytes(),
        CSV.into(),
        CSV.replace(',', "\t").into(),
        CAMT.into(),
        MT940.into(),
        mt942.into(),
    ];
    for file in files {
        assert_eq!(amounts(&file), [250_000], "{}", String::from_utf8_lossy(&file));
    }
    assert!(!amounts(include_bytes!("sheets/samples/excel97.xls")).is_empty());
    assert_eq!(read(b"%PDF-1.7").unwrap_err().code, "STATEMENT_NOT_A_SHEET");
}

#[test]
fn a_message_may_have_a_title() {
    for title in
        ["NGÂN HÀNG (mẫu)\n\n", "Sao kê tài khoản\r\n--------\r\n", "\u{feff}\u{1}\n \n", "BANK\n{1:F01X}{4:\n"]
    {
        for text in [format!("{title}{MT940}"), format!("{title}{MT940}{title}{MT940}")] {
            assert!(amounts(text.as_bytes()).iter().all(|amount| *amount == 250_000), "{text}");
        }
    }
}

#[test]
fn messages_come_in_utf_16() {
    for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let camt = utf16(CAMT, to_bytes);
        assert_eq!(read(&camt), read(CAMT.as_bytes()));
        assert_eq!(read(&camt[2..]), read(CAMT.as_bytes()), "without a byte order mark");
        assert_eq!(read(&camt[..camt.len() - 1]).unwrap_err().code, "STATEMENT_ENCODING");
        assert_eq!(read(&utf16(MT940, to_bytes)), read(MT940.as_bytes()));
        assert_eq!(amounts(&utf16(CSV, to_bytes)), [250_000]);
    }
}

#[test]
fn words_of_a_message_do_not_tell_what_it_is() {
    for word in ["workbook", "&lt;html&gt; &lt;table", "&lt;!doctype html", ":20: :25:"] {
        let text = CAMT.replace("Học phí", word);
        assert_eq!(amounts(text.as_bytes()), [250_000], "{word}");
    }
    for before in ["<!-- a workbook, no <html> -->", "\n\n", "<?style <table>?>"] {
        for text in
            [CAMT.replacen("?>", &format!("?>{before}"), 1), CAMT.replacen("<?xml version=\"1.0\"?>", before, 1)]
        {
            assert_eq!(amounts(text.as_bytes()), [250_000], "{text}");
        }
    }
}

#[test]
fn pages_and_text_find_their_reader_with_a_byte_order_mark() {
    let row = |cells: &str| format!("<tr><td>{}</td></tr>", cells.replace(',', "</td><td>"));
    let table: String = CSV.lines().map(row).collect();
    for before in
        ["", "\u{feff}", "\r\n  ", "<?xml version=\"1.0\"?>", "<!DOCTYPE html>", "<!-- xls --><meta charset=utf-8>"]
    {
        for page in [format!("{before}<html><table>{table}</table></html>"), format!("{before}<TABLE>{table}</TABLE>")]
        {
            assert_eq!(amounts(page.as_bytes()), [250_000], "{page}");
            assert_eq!(amounts(&utf16(&page, u16::to_le_bytes)), [250_000], "{page}");
        }
    }
    assert_eq!(amounts(format!("\u{feff}{CSV}").as_bytes()), [250_000]);
}

/// The sources of the readers without their tests, by path.
fn sources(folder: &std::path::Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
            found.push((path.display().to_string(), code));
        }
    }
}

#[test]
fn every_code_has_its_sentences_at_one_place() {
    let mut found = Vec::new();
    sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/statements"), &mut found);
    let mut codes = 0;
    for (path, text) in found {
        let is_home = path.ends_with("statements/findings.rs") || path.ends_with("statements/refusals.rs");
        let is_code = |word: &&str| {
            word.contains('_')
                && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        };
        for code in text.split('"').filter(is_code) {
            assert!(is_home, "{code} is told in {path}");
            codes += 1;
        }
    }
    assert!(codes > 30, "{codes} were found");
}
