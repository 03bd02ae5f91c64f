//! Messages of several versions, composed ones, and hostile ones.

use std::fmt::Write;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::{
    super::{Finding, Line, Statement},
    read,
};
use crate::notice::Direction;

mod hostile;

const HEAD: &str = "<GrpHdr><MsgId>1</MsgId><CreDtTm>2025-08-16T01:00:00</CreDtTm></GrpHdr>";

/// A camt.053 of version .001.04 with one entry of a single payment, one of a batch, and one of a fee.
fn statement() -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.04\"><BkToCstmrStmt>{HEAD}<Stmt><Id>S1</Id>
<FrToDt><FrDtTm>2025-08-15T00:00:00</FrDtTm><ToDtTm>2025-08-15T23:59:59</ToDtTm></FrToDt>
<Acct><Id><Othr><Id>9999000000001</Id></Othr></Id><Ccy>VND</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">1000000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-08-15</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">1539000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-08-15</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLAV</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">7.5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-08-15</Dt></Dt></Bal>
<Ntry><NtryRef>1</NtryRef><Amt Ccy=\"VND\">250000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>false</RvslInd><Sts>BOOK</Sts>
<BookgDt><DtTm>2025-08-15T02:30:00Z</DtTm></BookgDt><ValDt><Dt>2025-08-16</Dt></ValDt><AcctSvcrRef>FT1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy=\"VND\">250000.00</Amt>
<RltdPties><Dbtr><Nm>NGUYỄN VĂN AN (mẫu) &amp; con</Nm></Dbtr><DbtrAcct><Id><Othr><Id>9999000000002</Id></Othr></Id></DbtrAcct>
<Cdtr><Nm>Trường THCS (mẫu)</Nm></Cdtr><CdtrAcct><Id><Othr><Id>9999000000001</Id></Othr></Id></CdtrAcct></RltdPties>
<RltdAgts><DbtrAgt><FinInstnId><BICFI>BANKVNVX</BICFI><Nm>Ngân hàng (mẫu)</Nm></FinInstnId></DbtrAgt></RltdAgts>
<RmtInf><Ustrd>LT10000000018 học phí</Ustrd><Ustrd><![CDATA[tháng 8]]></Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><NtryRef>2</NtryRef><Amt Ccy=\"VND\">300000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2025-08-15</Dt></BookgDt><AcctSvcrRef>FT2</AcctSvcrRef><AddtlNtryInf>THU HO</AddtlNtryInf><NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>
<TxDtls><Refs><AcctSvcrRef>FT2-1</AcctSvcrRef></Refs><Amt Ccy=\"VND\">100000</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<RltdPties><CdtrAcct><Id><Othr><Id>V9999018</Id></Othr></Id></CdtrAcct></RltdPties>
<RmtInf><Strd><CdtrRefInf><Ref>LT10000000026</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>
<TxDtls><Refs><TxId>T2</TxId></Refs><Amt Ccy=\"VND\">200000</Amt>
<RltdDts><AccptncDtTm>2025-08-15T09:30:00+07:00</AccptncDtTm></RltdDts></TxDtls></NtryDtls></Ntry>
<Ntry><NtryRef>3</NtryRef><Amt Ccy=\"VND\">11000</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><ValDt><Dt>2025-08-15</Dt></ValDt>
<AddtlNtryInf>PHI DICH VU</AddtlNtryInf></Ntry>
</Stmt></BkToCstmrStmt></Document>"
    )
}

fn only(text: &str) -> Statement {
    let mut statements = read(text.as_bytes()).unwrap();
    assert_eq!(statements.len(), 1);
    statements.remove(0)
}

fn codes(findings: &[Finding]) -> Vec<(Option<u32>, &'static str)> {
    findings.iter().map(|finding| (finding.row, finding.code)).collect()
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, month, day).unwrap()
}

#[test]
fn a_statement_is_read() {
    let statement = only(&statement());
    assert_eq!(statement.account.as_deref(), Some("9999000000001"));
    assert_eq!(statement.currency.as_deref(), Some("VND"));
    assert_eq!((statement.from, statement.to), (Some(day(8, 15)), Some(day(8, 15))));
    assert_eq!((statement.opening_vnd, statement.closing_vnd), (Some(1_000_000), Some(1_539_000)));
    assert_eq!(statement.findings, []);
    let [paid, one, two, fee] = statement.lines.as_slice() else { panic!("{:?}", statement.lines) };

    assert_eq!((paid.row, paid.direction, paid.amount_vnd, paid.is_reversal), (1, Direction::In, 250_000, false));
    assert_eq!((paid.booked_on, paid.value_on), (day(8, 15), Some(day(8, 16))));
    assert_eq!(paid.occurred_at, Some(1_755_225_000_000_000));
    assert_eq!(paid.reference.as_deref(), Some("FT1"));
    assert_eq!(paid.content.as_deref(), Some("LT10000000018 học phí tháng 8"));
    assert_eq!(paid.counterparty_name.as_deref(), Some("NGUYỄN VĂN AN (mẫu) & con"));
    assert_eq!(paid.counterparty_account.as_deref(), Some("9999000000002"));
    assert_eq!(paid.counterparty_bank.as_deref(), Some("BANKVNVX"));
    assert_eq!(paid.virtual_account, None);

    assert_eq!((one.row, one.amount_vnd, one.reference.as_deref()), (2, 100_000, Some("FT2-1")));
    assert_eq!((one.content.as_deref(), one.virtual_account.as_deref()), (Some("LT10000000026"), Some("V9999018")));
    assert_eq!((two.row, two.amount_vnd, two.reference.as_deref()), (2, 200_000, Some("FT2")));
    assert_eq!((two.content.as_deref(), two.occurred_at), (Some("THU HO"), Some(1_755_225_000_000_000)));

    assert_eq!((fee.row, fee.direction, fee.amount_vnd), (3, Direction::Out, 11_000));
    assert_eq!((fee.booked_on, fee.value_on, fee.occurred_at), (day(8, 15), None, None));
    assert_eq!((fee.content.as_deref(), fee.reference.as_deref()), (Some("PHI DICH VU"), Some("3")));
}

#[test]
fn all_versions_say_the_same() {
    let expected = only(&statement());
    let older = statement()
        .replace("053.001.04", "053.001.02")
        .replace("BICFI", "BIC")
        .replace(
            "</Refs><Amt Ccy=\"VND\">250000.00</Amt>",
            "</Refs><AmtDtls><TxAmt><Amt Ccy=\"VND\">250000.00</Amt></TxAmt></AmtDtls>",
        )
        .replace(
            "</Refs><Amt Ccy=\"VND\">200000</Amt>",
            "</Refs><AmtDtls><TxAmt><Amt Ccy=\"VND\">200000</Amt></TxAmt></AmtDtls>",
        );
    let newer = statement()
        .replace("053.001.04", "053.001.08")
        .replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>")
        .replace("<Dbtr><Nm>", "<Dbtr><Pty><Nm>")
        .replace("</Nm></Dbtr>", "</Nm></Pty></Dbtr>");
    let prefixed = statement()
        .replace("</", "</b:")
        .replace('<', "<b:")
        .replace("<b:/b:", "</b:")
        .replace("<b:?", "<?")
        .replace("<b:![", "<![")
        .replace("xmlns=", "xmlns:b=");
    let wrapped = format!("<Envelope><AppHdr><Amt Ccy=\"USD\">1</Amt></AppHdr>{}</Envelope>", &statement()[38..]);
    let previous = statement().replace("OPBD", "PRCD");
    for text in [older, newer, prefixed, wrapped, previous] {
        assert_ne!(text, statement());
        assert_eq!(only(&text), expected, "{text}");
    }
}

#[test]
fn notifications_and_reports_need_no_balance() {
    let without = |name: &str, section: &str| {
        statement()
            .replace("BkToCstmrStmt", name)
            .replace("<Stmt>", &format!("<{section}>"))
            .replace("</Stmt>", &format!("</{section}>"))
            .replace("CLBD", "ITBD")
    };
    for text in [without("BkToCstmrDbtCdtNtfctn", "Ntfctn"), without("BkToCstmrAcctRpt", "Rpt")] {
        let statement = only(&text);
        assert_eq!((statement.lines.len(), statement.closing_vnd), (4, None));
        assert_eq!(statement.findings, []);
    }
    assert_eq!(codes(&only(&statement().replace("CLBD", "ITBD")).findings), [(None, "BALANCE_MISSING")]);
}

#[test]
fn what_cannot_be_read_is_told() {
    let paid = "<Amt Ccy=\"VND\">250000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>";
    let broken = (None, "BALANCE_BROKEN");
    for (from, to, expected) in [
        ("250000.00</Amt><Cdt", "250000.50</Amt><Cdt", vec![(Some(1), "AMOUNT_UNREADABLE"), broken]),
        ("250000.00</Amt><Cdt", "0</Amt><Cdt", vec![(Some(1), "AMOUNT_UNREADABLE"), broken]),
        ("<Amt Ccy=\"VND\">250000.00</Amt><Cdt", "<Amt>250000</Amt><Cdt", vec![(Some(1), "AMOUNT_UNREADABLE"), broken]),
        (paid, "", vec![(Some(1), "AMOUNT_UNREADABLE"), broken]),
        ("<Sts>BOOK</Sts>", "<Sts>PDNG</Sts>", vec![(Some(1), "ENTRY_NOT_BOOKED"), broken]),
        ("<Sts>BOOK</Sts>", "<Sts><Prtry>BOOK</Prtry></Sts>", vec![(Some(1), "ENTRY_NOT_BOOKED"), broken]),
        ("<Sts>BOOK</Sts>", "", vec![(Some(1), "ENTRY_NOT_BOOKED"), broken]),
        ("CRDT</CdtDbtInd><RvslInd>", "CR</CdtDbtInd><RvslInd>", vec![(Some(1), "DIRECTION_UNREADABLE"), broken]),
        ("2025-08-16</Dt>", "2025-08-32</Dt>", vec![(Some(1), "DATE_UNREADABLE")]),
        ("2025-08-15T23:59:59", "2025-08-15T", vec![(None, "DATE_UNREADABLE")]),
        ("2025-08-15T02:30:00Z", "15/08/2025", vec![(Some(1), "DATE_UNREADABLE"), broken]),
        ("<ValDt><Dt>2025-08-15</Dt></ValDt>", "", vec![(Some(3), "DATE_UNREADABLE"), broken]),
        ("<Amt Ccy=\"VND\">100000<", "<Amt Ccy=\"VND\">100001<", vec![(Some(2), "DETAILS_DIFFER")]),
        ("<Amt Ccy=\"VND\">100000<", "<Amt Ccy=\"USD\">100000<", vec![(Some(2), "DETAILS_DIFFER")]),
        ("<Amt Ccy=\"VND\">100000</Amt>", "", vec![(Some(2), "DETAILS_DIFFER")]),
        ("250000.00</Amt>\n", "240000.00</Amt>\n", vec![(Some(1), "DETAILS_DIFFER")]),
        ("1539000", "1539001", vec![broken]),
        ("1539000", "1539000.5", vec![(None, "BALANCE_UNREADABLE"), (None, "BALANCE_MISSING")]),
        ("<Ccy>VND</Ccy>", "<Ccy>USD</Ccy>", vec![(None, "CURRENCY_NOT_VND")]),
        ("<Amt Ccy=\"VND\">300000", "<Amt Ccy=\"USD\">300000", vec![(None, "CURRENCY_NOT_VND")]),
        ("<Amt Ccy=\"VND\">1539000", "<Amt Ccy=\"VNDX\">1539000", vec![(None, "CURRENCY_NOT_VND")]),
        ("<Amt Ccy=\"VND\">250000", "<Amt Ccy=\" \">250000", vec![(Some(1), "AMOUNT_UNREADABLE"), broken]),
    ] {
        let text = statement().replacen(from, to, 1);
        assert_ne!(text, statement());
        assert_eq!(codes(&only(&text).findings), expected, "{from} {to}");
    }
    let broken = only(&statement().replace("1539000", "1539001"));
    assert!(broken.findings[0].message.contains(" 1 "), "{:?}", broken.findings);
    assert!(broken.findings[0].message_vi.contains(" 1 "), "{:?}", broken.findings);
}

#[test]
fn a_batch_that_does_not_add_up_is_one_line() {
    let lines = only(&statement().replace("<Amt Ccy=\"VND\">100000<", "<Amt Ccy=\"VND\">100001<")).lines;
    assert_eq!(lines.len(), 3);
    assert_eq!((lines[1].row, lines[1].amount_vnd), (2, 300_000));
    assert_eq!((lines[1].reference.as_deref(), lines[1].content.as_deref()), (Some("FT2"), Some("THU HO")));
    // Details may go both ways; the entry is their net.
    let netted = statement()
        .replace("300000<", "100000<")
        .replace("100000</Amt><CdtDbtInd>CRDT</CdtDbtInd>\n<Rltd", "100000</Amt><CdtDbtInd>DBIT</CdtDbtInd>\n<Rltd")
        .replace("1539000", "1339000");
    let statement = only(&netted);
    assert_eq!(statement.findings, []);
    assert_eq!((statement.lines[1].direction, statement.lines[2].direction), (Direction::Out, Direction::In));
}

#[test]
fn another_currency_refuses_its_section_only() {
    let section = statement();
    let section = &section[section.find("<Stmt>").unwrap()..section.find("</BkToCstmrStmt>").unwrap()];
    let text = statement().replace("</BkToCstmrStmt>", &format!("{}</BkToCstmrStmt>", section.replace("VND", "USD")));
    let statements = read(text.as_bytes()).unwrap();
    assert_eq!(statements.iter().map(|statement| statement.lines.len()).collect::<Vec<_>>(), [4, 0]);
    assert_eq!((statements[1].currency.as_deref(), statements[1].opening_vnd), (Some("USD"), None));
}

#[test]
fn a_reversal_keeps_its_roles_and_its_direction() {
    let reversed = |side: &str| {
        statement().replacen("CRDT</CdtDbtInd><RvslInd>false", &format!("{side}</CdtDbtInd><RvslInd>true"), 1)
    };
    let returned = only(&reversed("DBIT")).lines.remove(0);
    assert_eq!((returned.direction, returned.is_reversal), (Direction::Out, true));
    assert_eq!(returned.counterparty_account.as_deref(), Some("9999000000002"));
    // The creditor would be the other side, but it is this account.
    let refunded = only(&reversed("CRDT")).lines.remove(0);
    assert_eq!((refunded.direction, refunded.is_reversal), (Direction::In, true));
    assert_eq!(refunded.counterparty_account.as_deref(), Some("9999000000002"));
}

#[test]
fn full_pieces_are_joined_without_a_blank() {
    let text = format!("<Ustrd>{}LT100</Ustrd><Ustrd>00000018 rest</Ustrd><Ustrd>end</Ustrd>", "x".repeat(135));
    let lines = only(&statement().replace("<Ustrd>LT10000000018 học phí</Ustrd>", &text)).lines;
    assert!(lines[0].content.as_ref().unwrap().ends_with("xLT10000000018 rest end tháng 8"), "{lines:?}");
}

#[test]
fn days_are_put_in_order() {
    let newest_first = statement().replacen("2025-08-15T02:30:00Z", "2025-08-17", 1);
    let rows = |text: &str| only(text).lines.iter().map(|line| line.row).collect::<Vec<_>>();
    assert_eq!(rows(&statement()), [1, 2, 2, 3]);
    assert_eq!(rows(&newest_first), [3, 2, 2, 1]);
}

#[test]
fn a_currency_is_told_whole() {
    for other in ["USD", "VNDX", "VND-like"] {
        for from in ["<Ccy>VND</Ccy>", "<Amt Ccy=\"VND\">250000"] {
            let statement = only(&statement().replacen(from, &from.replace("VND", other), 1));
            assert_eq!(statement.currency.as_deref(), Some(other));
            assert!(statement.findings[0].message.contains(&format!("{other:?}")), "{:?}", statement.findings);
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&#34;")
}

/// A line as a bank would tell it, without what the balances say.
fn line() -> impl Strategy<Value = Line> {
    let text = || proptest::option::of("[A-Za-zếộư&<\"0-9][A-Za-z ếộư&<\"0-9]{0,60}[a-z]");
    let when = (0_i64..3_000, proptest::option::of(1_i64..86_400_000_000), proptest::option::of(-9_i64..9));
    (when, any::<(bool, bool)>(), 1_i64..1_000_000_000_000, [text(), text(), text(), text(), text()]).prop_map(
        |((days, clock, apart), (comes_in, is_reversal), amount_vnd, texts)| {
            let booked_on = day(1, 1) + chrono::Duration::days(days);
            let midnight = booked_on.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros();
            let [reference, content, name, account, bank] = texts;
            Line {
                row: 0,
                booked_on,
                occurred_at: clock.map(|clock| midnight + clock - 7 * 3_600_000_000),
                value_on: apart.map(|apart| booked_on + chrono::Duration::days(apart)),
                direction: if comes_in { Direction::In } else { Direction::Out },
                amount_vnd,
                is_reversal,
                reference,
                content,
                counterparty_name: name,
                counterparty_account: account,
                counterparty_bank: bank,
                virtual_account: None,
                balance_vnd: None,
            }
        },
    )
}

fn compose(line: &Line, is_new: bool) -> String {
    let comes_in = line.direction == Direction::In;
    let side = if comes_in { "CRDT" } else { "DBIT" };
    let role = if comes_in == line.is_reversal { "Cdtr" } else { "Dbtr" };
    let mut text = format!("<Ntry><Amt Ccy=\"VND\">{}</Amt><CdtDbtInd>{side}</CdtDbtInd>", line.amount_vnd);
    write!(text, "<RvslInd>{}</RvslInd><Sts>{}</Sts>", line.is_reversal, if is_new { "<Cd>BOOK</Cd>" } else { "BOOK" })
        .unwrap();
    let moment = line.occurred_at.map(|moment| crate::time::write_rfc3339(moment).unwrap());
    let booked = moment.map_or(format!("<Dt>{}</Dt>", line.booked_on), |moment| format!("<DtTm>{moment}</DtTm>"));
    write!(text, "<BookgDt>{booked}</BookgDt>").unwrap();
    let mut put = |text_: &Option<String>, before: &str, after: &str| {
        if let Some(words) = text_ {
            write!(text, "{before}{}{after}", escaped(words)).unwrap();
        }
    };
    let (party, end) = if is_new { ("<Pty><Nm>", "</Nm></Pty>") } else { ("<Nm>", "</Nm>") };
    put(&line.value_on.map(|day| day.to_string()), "<ValDt><Dt>", "</Dt></ValDt>");
    put(&line.reference, "<AcctSvcrRef>", "</AcctSvcrRef>");
    put(&Some(String::new()), "<NtryDtls><TxDtls><RltdPties>", "");
    put(&line.counterparty_name, &format!("<{role}>{party}"), &format!("{end}</{role}>"));
    put(&line.counterparty_account, &format!("<{role}Acct><Id><Othr><Id>"), &format!("</Id></Othr></Id></{role}Acct>"));
    put(&Some(String::new()), "</RltdPties><RltdAgts>", "");
    put(&line.counterparty_bank, &format!("<{role}Agt><FinInstnId><Nm>"), &format!("</Nm></FinInstnId></{role}Agt>"));
    put(&Some(String::new()), "</RltdAgts><RmtInf>", "");
    put(&line.content, "<Ustrd>", "</Ustrd>");
    put(&Some(String::new()), "</RmtInf></TxDtls></NtryDtls></Ntry>", "");
    text
}

proptest! {
    #[test]
    fn what_is_composed_is_read(
        mut lines in prop::collection::vec(line(), 0..10), opening in 0_i64..1_000_000_000, is_new in any::<bool>(),
    ) {
        lines.sort_by_key(|line| line.booked_on);
        let mut closing = opening;
        let mut text = String::from("<Document><BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>9999000000001</Id></Othr></Id></Acct>");
        for (row, line) in (1..).zip(&mut lines) {
            line.row = row;
            text.push_str(&compose(line, is_new));
            closing += if line.direction == Direction::In { line.amount_vnd } else { -line.amount_vnd };
        }
        for (kind, amount) in [("OPBD", opening), ("CLBD", closing)] {
            let side = if amount < 0 { "DBIT" } else { "CRDT" };
            let kind = format!("<Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>");
            let amount = amount.abs();
            write!(text, "<Bal>{kind}<Amt Ccy=\"VND\">{amount}.00</Amt><CdtDbtInd>{side}</CdtDbtInd></Bal>").unwrap();
        }
        text.push_str("</Stmt></BkToCstmrStmt></Document>");
        let statement = only(&text);
        prop_assert!(statement.findings.is_empty(), "{:?}", statement.findings);
        prop_assert_eq!((statement.opening_vnd, statement.closing_vnd), (Some(opening), Some(closing)));
        prop_assert_eq!(statement.lines, lines);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        _ = read(&bytes);
    }

    #[test]
    fn no_mutation_panics(changes in prop::collection::vec((0..4_000_usize, 0_u8..0x80), 1..8), end in 0..4_000_usize) {
        let mut bytes = statement().into_bytes();
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        _ = read(&bytes);
        bytes.truncate(end);
        _ = read(&bytes);
    }

    #[test]
    fn no_value_panics(values in prop::collection::vec("[0-9TZ:+.,ế-]{0,30}", 6)) {
        let mut parts = values.iter();
        let text: String = statement().split_inclusive("2025-08-15").flat_map(|piece| {
            [piece, parts.next().map_or("", String::as_str)]
        }).collect();
        _ = read(text.as_bytes());
    }
}
