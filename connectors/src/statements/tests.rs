//! One door for every kind of file.

use super::read;

const CSV: &str =
    "Ngày giao dịch,Số tham chiếu,Phát sinh nợ,Phát sinh có,Nội dung\n04/08/2026,R1,,250000,Học phí (mẫu)\n";

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
    let camt = "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.04\">\
        <BkToCstmrDbtCdtNtfctn><Ntfctn><Acct><Id><Othr><Id>1</Id></Othr></Id></Acct><Ntry>\
        <Amt Ccy=\"VND\">250000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-08-04</Dt></BookgDt>\
        </Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>";
    let mt940 = ":20:1\n:25:1\n:60F:C260804VND0,\n:61:260804C250000,NTRFR1\n:62F:C260804VND250000,\n-\n";
    let mt942 = "{1:F01X}{4:\n:20:1\n:25:1\n:34F:VND0,\n:61:260804C250000,NTRFR1\n-}\n";
    let files: [Vec<u8>; 7] = [
        workbook.save_to_buffer().unwrap(),
        page.into_bytes(),
        CSV.into(),
        CSV.replace(',', "\t").into(),
        camt.into(),
        mt940.into(),
        mt942.into(),
    ];
    for file in files {
        assert_eq!(amounts(&file), [250_000], "{}", String::from_utf8_lossy(&file));
    }
    assert!(!amounts(include_bytes!("sheets/samples/excel97.xls")).is_empty());
    assert_eq!(read(b"%PDF-1.7").unwrap_err().code, "STATEMENT_NOT_A_SHEET");
}
