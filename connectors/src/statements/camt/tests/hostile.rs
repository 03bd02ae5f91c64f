//! Messages that are made to hurt: repeated, swollen, deep, or of another kind.

use super::{codes, only, read, statement};

#[test]
fn what_is_repeated_takes_no_memory() {
    let repeated = |element: &str| statement().replacen("<FrDtTm>", &format!("{}<FrDtTm>", element.repeat(1_000)), 1);
    assert_eq!(codes(&only(&repeated("<FrDtTm>x</FrDtTm>")).findings), [(None, "DATE_UNREADABLE")]);
    let long = format!("<Ustrd>{}</Ustrd>", "x".repeat(140)).repeat(1_000);
    let statement = only(&statement().replace("<Ustrd>LT1", &format!("{long}<Ustrd>LT1")));
    assert_eq!(codes(&statement.findings), [(Some(1), "TEXT_TOO_LONG")]);
    assert_eq!(statement.lines[0].content.as_ref().unwrap().len(), 4_096);
}

/// A batch of many details of one đồng, whose texts stand at the entry alone.
fn batch(details: usize, note: usize) -> String {
    let detail = "<TxDtls><Amt Ccy=\"VND\">1</Amt></TxDtls>".repeat(details);
    let entry = format!(
        "<Ntry><Amt Ccy=\"VND\">{details}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>\
        <BookgDt><Dt>2025-08-15</Dt></BookgDt><AddtlNtryInf>{}</AddtlNtryInf><NtryDtls>{detail}</NtryDtls></Ntry></Stmt>",
        "x".repeat(note)
    );
    statement().replace("</Stmt>", &entry)
}

#[test]
fn one_text_for_all_details_is_bounded() {
    let statement = only(&batch(5_000, 400));
    let copies = statement.lines.iter().filter(|line| line.content.as_ref().is_some_and(|text| text.len() == 400));
    assert_eq!(copies.count(), 5_000);
    // 4 MB would become 400.
    let refusal = read(batch(90_000, 4_000).as_bytes()).err();
    assert_eq!(refusal.map(|refusal| refusal.code), Some("STATEMENT_TOO_LARGE"));
}

#[test]
fn nothing_unseen_is_kept() {
    let hostile = "A&#x202e;B\u{200b}&#9;C\u{7f}D";
    let told = only(&statement().replace("LT10000000018 học phí", hostile).replace("NGUYỄN VĂN AN", hostile));
    assert_eq!(told.lines[0].content.as_deref(), Some("AB C D tháng 8"));
    assert_eq!(told.lines[0].counterparty_name.as_deref(), Some("AB C D (mẫu) & con"));
}

#[test]
fn hostile_files_are_refused() {
    let dtd = "<!DOCTYPE d [<!ENTITY a \"b\">]><Document/>";
    let deep = "<a>".repeat(41);
    let many = format!("<BkToCstmrStmt><Stmt>{}</Stmt></BkToCstmrStmt>", "<Ntry/>".repeat(250_000));
    let details = format!("<BkToCstmrStmt><Stmt><Ntry><NtryDtls>{}", "<TxDtls/>".repeat(250_000));
    let cut = &statement()[..statement().len() - 1];
    for (text, code) in [
        (dtd, "STATEMENT_DTD"),
        ("<Document>&a;</Document>", "STATEMENT_DTD"),
        (deep.as_str(), "STATEMENT_TOO_DEEP"),
        (many.as_str(), "STATEMENT_TOO_MANY_ENTRIES"),
        (details.as_str(), "STATEMENT_TOO_MANY_ENTRIES"),
        (cut, "STATEMENT_NOT_XML"),
        ("", "STATEMENT_NOT_XML"),
        ("text", "STATEMENT_NOT_XML"),
        ("<a></b>", "STATEMENT_NOT_XML"),
        ("<a/><b/>", "STATEMENT_NOT_XML"),
        ("<a>&#x110000;</a>", "STATEMENT_NOT_XML"),
        ("<a/>", "STATEMENT_NOT_CAMT"),
    ] {
        assert_eq!(read(text.as_bytes()).unwrap_err().code, code, "{}", &text[..text.len().min(60)]);
    }
    assert_eq!(read(b"<a>\xff</a>").unwrap_err().code, "STATEMENT_ENCODING");
    assert_eq!(read(&vec![b' '; 64 * 1_024 * 1_024 + 1]).unwrap_err().code, "STATEMENT_TOO_LONG");
    let long = statement().replace("PHI DICH VU", &"x".repeat(5_000));
    assert_eq!(codes(&only(&long).findings), [(Some(3), "TEXT_TOO_LONG")]);
}

#[test]
fn a_hundred_thousand_entries_are_read() {
    let entry = "<Ntry><Amt Ccy=\"VND\">1000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2025-08-15</Dt></BookgDt>\
        <NtryDtls><TxDtls><Refs><AcctSvcrRef>FT1</AcctSvcrRef></Refs><RmtInf><Ustrd>LT1 hoc phi</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>";
    let text = format!(
        "<Document><BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>9999000000001</Id></Othr></Id></Acct>{}</Stmt></BkToCstmrStmt></Document>",
        entry.repeat(100_000)
    );
    let told = only(&text);
    assert_eq!((told.lines.len(), codes(&told.findings)), (100_000, vec![]));
}
