//! Files of every kind, small and whole, to be changed.

use super::change::change;
use super::dice::Dice;

/// The same four lines of one account in every kind of file.
pub(super) struct Corpus {
    samples: Vec<(&'static str, Sample)>,
}

enum Sample {
    /// Changed as it is.
    Bytes(Vec<u8>),
    /// The entries of an archive, whose last one is changed before it is packed: behind compression no change says anything.
    Entries(Vec<(&'static str, Vec<u8>)>),
}

const ROWS: [&[&str]; 9] = [
    &["Số tài khoản: 9999000000001", "Loại tiền: VND"],
    &["Số dư đầu kỳ: 1.000.000"],
    &["Ngày", "Số tham chiếu", "Ghi nợ", "Ghi có", "Số dư", "Nội dung", "Tên đối ứng"],
    &["04/08/2026 10:00:00", "R1", "", "250.000", "1.250.000", "LT10000000018 (mẫu)", "A (mẫu)"],
    &["04/08/2026", "R2", "11.000", "", "1.239.000", "PHI DICH VU", ""],
    &["05/08/2026", "R3", "", "300.000", "1.539.000", "LT10000000026 (mẫu)", "B (mẫu)"],
    &["06/08/2026", "R3", "", "-300.000", "1.239.000", "LT10000000026 (mẫu)", "B (mẫu)"],
    &["Tổng cộng", "", "11.000", "250.000"],
    &["Số dư cuối kỳ", "", "", "", "1.239.000"],
];

const MT940: &str = "{1:F01BANKVNVXAXXX0000000000}{2:I940SCHOOLXXXN}{4:
:20:SAOKE0001
:25:BANKVNVX/9999000000001
:28C:7/1
:60F:C260803VND1000000,00
:61:2608040804C250000,00NTRFLT10000000018//R1
:86:LT10000000018 HOC PHI THANG 8 NGUYEN VAN AN (MAU) LOP 6A TRUONG T
HCS MAU
:61:2608040804DD11000,NCHGNONREF//R2
PHI DICH VU
:61:260805C300000,00NTRFNONREF
:86:166?00THU?20LT10000000026?30BANKVNVX?319999000000002?32NGUYEN VAN?33AN (MAU)
:61:260806RC300000,00NTRFNONREF
:62F:C260806VND1239000,00
-}
";

impl Corpus {
    pub(super) fn new() -> Self {
        let csv: String = ROWS.iter().map(|row| format!("{}\n", row.join(";"))).collect();
        let utf16 = format!("\u{feff}{csv}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let signed = "Ngày|Số tham chiếu|Số tiền|Nội dung\n04/08/2026|R1|+5,000|A\n05/08/2026|R2|-2,000|B\n\
                      Tổng phát sinh có|5,000\nTổng số giao dịch ghi nợ|1\n";
        let bytes = |text: &str| Sample::Bytes(text.as_bytes().to_vec());
        let samples = vec![
            ("camt", bytes(&camt())),
            ("mt940", bytes(MT940)),
            ("csv", bytes(&csv)),
            ("csv in UTF-16", Sample::Bytes(utf16)),
            ("one column", bytes(signed)),
            ("page", bytes(&page())),
            ("xls", Sample::Bytes(include_bytes!("../../../src/statements/sheets/samples/excel97.xls").to_vec())),
            ("xlsx", Sample::Entries(entries())),
        ];
        Self { samples }
    }

    pub(super) fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.samples.iter().map(|(kind, _)| *kind)
    }

    /// A file as it was made.
    pub(super) fn whole(&self, kind: &str) -> Vec<u8> {
        self.samples.iter().find(|(known, _)| *known == kind).unwrap().1.pack(|_| {})
    }

    /// A changed file, and its kind before that.
    pub(super) fn changed(&self, dice: &mut Dice) -> (&'static str, Vec<u8>) {
        let (kind, sample) = dice.pick(&self.samples);
        let other = dice.pick(&self.samples).1.pack(|_| {});
        let mut file = sample.pack(|bytes| change(bytes, &other, dice));
        if dice.once_in(8) {
            change(&mut file, &other, dice);
        }
        (kind, file)
    }
}

impl Sample {
    fn pack(&self, changed: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => {
                let mut bytes = bytes.clone();
                changed(&mut bytes);
                bytes
            }
            Self::Entries(entries) => {
                let mut entries = entries.clone();
                if let Some((_, last)) = entries.last_mut() {
                    changed(last);
                }
                archive(&entries)
            }
        }
    }
}

fn camt() -> String {
    let balance = |kind, amount| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">{amount}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd></Bal>"
        )
    };
    let entry = |amount, side, reversal, details| {
        format!(
            "<Ntry><Amt Ccy=\"VND\">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><RvslInd>{reversal}</RvslInd>\
             <Sts>BOOK</Sts><BookgDt><DtTm>2026-08-04T02:30:00Z</DtTm></BookgDt><ValDt><Dt>2026-08-04</Dt></ValDt>\
             <AcctSvcrRef>R</AcctSvcrRef><AddtlNtryInf>THU HO</AddtlNtryInf>\n<NtryDtls>{details}</NtryDtls></Ntry>\n"
        )
    };
    let detail = "<TxDtls><Amt Ccy=\"VND\">125000</Amt><RltdPties><Dbtr><Nm>A (mẫu)</Nm></Dbtr></RltdPties>\
                  <RmtInf><Ustrd>LT10000000018</Ustrd></RmtInf></TxDtls>";
    format!(
        "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>\
         <Stmt><Acct><Id><Othr><Id>9999000000001</Id></Othr></Id><Ccy>VND</Ccy></Acct>\n{}{}{}{}{}{}</Stmt>\
         </BkToCstmrStmt></Document>",
        balance("OPBD", "1000000.00"),
        balance("CLBD", "1239000"),
        entry("250000", "CRDT", false, detail.repeat(2)),
        entry("11000", "DBIT", false, String::new()),
        entry("300000", "CRDT", false, String::new()),
        entry("300000", "DBIT", true, String::new()),
    )
}

fn page() -> String {
    let row = |row: &&[&str]| format!("<tr><td>{}</td></tr>\n", row.join("</td><td>"));
    format!("<html><table border=1>{}</table></html>", ROWS.iter().map(row).collect::<String>())
}

fn entries() -> Vec<(&'static str, Vec<u8>)> {
    let mut sheet = "<worksheet><sheetData>".to_owned();
    for (number, row) in (1..).zip(ROWS) {
        sheet.push_str(&format!("<row r=\"{number}\">"));
        for (column, text) in ('A'..).zip(row) {
            sheet.push_str(&match text.replace('.', "").parse::<i64>() {
                Ok(amount) => format!("<c r=\"{column}{number}\"><v>{amount}</v></c>"),
                Err(_) => format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
            });
        }
        sheet.push_str("</row>\n");
    }
    sheet.push_str("</sheetData></worksheet>");
    let workbook = "<workbook><workbookPr/><sheets><sheet name=\"S\" r:id=\"rId1\"/></sheets></workbook>";
    let relations = "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
    vec![
        ("xl/workbook.xml", workbook.into()),
        ("xl/_rels/workbook.xml.rels", relations.into()),
        ("xl/worksheets/sheet1.xml", sheet.into_bytes()),
    ]
}

/// An archive in which nothing is compressed.
fn archive(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    let word = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
    let double = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    for (name, plain) in entries {
        let at = double(file.len());
        let sizes = [[0; 4], double(plain.len()), double(plain.len())].concat();
        let head = [&word(20)[..], &[0; 8], &sizes, &word(name.len()), &[0; 2]].concat();
        file.extend([b"PK\x03\x04", head.as_slice(), name.as_bytes(), plain].concat());
        directory.extend([b"PK\x01\x02", &word(20)[..], &head, &[0; 10], &at, name.as_bytes()].concat());
    }
    let end = [&double(directory.len())[..], &double(file.len()), &[0; 2]].concat();
    let count = word(entries.len());
    [file, directory, b"PK\x05\x06\0\0\0\0".to_vec(), count.to_vec(), count.to_vec(), end].concat()
}
