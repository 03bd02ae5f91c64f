//! Messages as banks write them, composed ones, and broken ones.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::{super::Line, FIELD_LINES_LIMIT, read};
use crate::notice::Direction;

const PLAIN: &str = "\
:20:SAOKE0001
:25:BANKVNVX/9999000000001
:28C:7/1
:60F:C250814VND1000000,00
:61:2508150815C250000,00NTRFLT10000000018//FT25227000001
:86:LT10000000018 HOC PHI THANG 8 NGUYEN VAN AN (MAU) LOP 6A TRUONG T
HCS MAU
:61:2508160815DD11000,NCHGNONREF//FT25227000002
PHI DICH VU
:61:250817RC250000,00NTRFNONREF
:86:166?00HOAN TRA?20LT10000000018 HOAN TRA, DUN?21G?KHONG?22LOP 6A?30BANKVNVX?319999000000002?32NGUYEN VAN?33AN (M\u{1EAA}U)?34999
:62F:C250817VND989000,00
:64:C250817VND5,55
-
";

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, month, day).unwrap()
}

fn codes(text: &str) -> Vec<(Option<u32>, &'static str)> {
    let statements = read(text.as_bytes()).unwrap();
    statements.iter().flat_map(|statement| &statement.findings).map(|finding| (finding.row, finding.code)).collect()
}

#[test]
fn a_plain_message_is_read() {
    let statements = read(PLAIN.as_bytes()).unwrap();
    let [statement] = statements.as_slice() else { panic!("{statements:?}") };
    assert_eq!(statement.account.as_deref(), Some("9999000000001"));
    assert_eq!(statement.currency.as_deref(), Some("VND"));
    assert_eq!((statement.opening_vnd, statement.closing_vnd), (Some(1_000_000), Some(989_000)));
    assert_eq!((statement.from, statement.to), (None, Some(day(8, 17))));
    assert_eq!(statement.findings, []);
    let [paid, fee, taken_back] = statement.lines.as_slice() else { panic!("{:?}", statement.lines) };

    assert_eq!((paid.row, paid.direction, paid.amount_vnd, paid.is_reversal), (5, Direction::In, 250_000, false));
    assert_eq!((paid.booked_on, paid.value_on, paid.occurred_at), (day(8, 15), Some(day(8, 15)), None));
    assert_eq!(paid.reference.as_deref(), Some("FT25227000001"));
    let content = "LT10000000018 HOC PHI THANG 8 NGUYEN VAN AN (MAU) LOP 6A TRUONG THCS MAU";
    assert_eq!(paid.content.as_deref(), Some(content));

    assert_eq!((fee.row, fee.direction, fee.amount_vnd), (8, Direction::Out, 11_000));
    assert_eq!((fee.booked_on, fee.value_on), (day(8, 15), Some(day(8, 16))));
    assert_eq!(fee.content.as_deref(), Some("PHI DICH VU"));

    assert_eq!((taken_back.direction, taken_back.is_reversal), (Direction::Out, true));
    assert_eq!((taken_back.booked_on, taken_back.value_on), (day(8, 17), None));
    assert_eq!(taken_back.reference, None);
    assert_eq!(taken_back.content.as_deref(), Some("LT10000000018 HOAN TRA, DUNG?KHONG LOP 6A"));
    assert_eq!(taken_back.counterparty_name.as_deref(), Some("NGUYEN VAN AN (MẪU)"));
    assert_eq!(taken_back.counterparty_account.as_deref(), Some("9999000000002"));
    assert_eq!(taken_back.counterparty_bank.as_deref(), Some("BANKVNVX"));
}

#[test]
fn envelopes_and_line_ends_change_nothing() {
    let expected = read(PLAIN.as_bytes()).unwrap();
    let body = PLAIN.strip_suffix("-\n").unwrap();
    let swift = format!("{{1:F01BANKVNVXAXXX0000000000}}{{2:I940SCHOOLXXXN}}{{4:\n{body}-}}{{5:{{CHK:0}}}}\n");
    let crlf = swift.replace('\n', "\r\n");
    let framed = format!("\u{feff}\u{1}{}\u{3}", crlf.replace("{4:\r\n", "{4:"));
    for (shift, text) in [(1, &swift), (1, &crlf), (0, &framed), (0, &body.to_owned())] {
        let mut statements = read(text.as_bytes()).unwrap();
        for line in statements.iter_mut().flat_map(|statement| &mut statement.lines) {
            line.row -= shift;
        }
        assert_eq!(statements, expected, "{text}");
    }
    let twice = read(format!("{swift}{crlf}{PLAIN}{body}").as_bytes()).unwrap();
    assert_eq!(twice.len(), 4);
    assert!(twice.iter().all(|statement| statement.lines.len() == 3 && statement.findings.is_empty()));
}

#[test]
fn both_encodings_are_read() {
    let utf8 = ":20:1\n:60F:C250814VND0,\n:61:250815C1,NTRFNONREF\n:86:caf\u{e9} \u{20ac}\n:62F:C250815VND1,\n";
    let windows: Vec<u8> = utf8
        .chars()
        .map(|letter| if letter == '€' { 0x80 } else { u8::try_from(u32::from(letter)).unwrap() })
        .collect();
    assert_eq!(read(&windows).unwrap(), read(utf8.as_bytes()).unwrap());
    assert_eq!(read(&windows).unwrap()[0].lines[0].content.as_deref(), Some("café €"));
}

#[test]
fn the_year_of_an_entry_is_the_nearest() {
    for (dates, booked, valued) in [
        ("2601021231", (2025, 12, 31), (2026, 1, 2)),
        ("2512310102", (2026, 1, 2), (2025, 12, 31)),
        ("2403010229", (2024, 2, 29), (2024, 3, 1)),
    ] {
        let text = format!(":20:1\n:60F:C250814VND0,\n:61:{dates}C1,NTRFNONREF\n:62F:C250815VND1,\n");
        let statement = read(text.as_bytes()).unwrap().remove(0);
        let date = |(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        assert_eq!(statement.lines[0].booked_on, date(booked), "{dates}");
        assert_eq!(statement.lines[0].value_on, Some(date(valued)), "{dates}");
    }
}

#[test]
fn a_reversed_debit_comes_in() {
    let text = ":20:1\n:60F:D250814VND500,\n:61:2508150815RD700,NTRFNONREF\n:62F:C250815VND200,\n";
    let statement = read(text.as_bytes()).unwrap().remove(0);
    assert_eq!((statement.opening_vnd, statement.closing_vnd), (Some(-500), Some(200)));
    assert_eq!((statement.lines[0].direction, statement.lines[0].is_reversal), (Direction::In, true));
    assert_eq!(statement.findings, []);
}

#[test]
fn what_cannot_be_read_is_told() {
    for (from, to, expected) in [
        ("C250000,00", "C250000,50", vec![(Some(5), "AMOUNT_UNREADABLE"), (None, "BALANCE_BROKEN")]),
        ("C250000,00", "C250.000,00", vec![(Some(5), "AMOUNT_UNREADABLE"), (None, "BALANCE_BROKEN")]),
        ("C250000,00", "C0,", vec![(Some(5), "AMOUNT_UNREADABLE"), (None, "BALANCE_BROKEN")]),
        ("C250000,00", "C250001,00", vec![(None, "BALANCE_BROKEN")]),
        ("0815C250", "0815X250", vec![(Some(5), "DIRECTION_UNREADABLE"), (None, "BALANCE_BROKEN")]),
        ("0815C250", "0815EC250", vec![(Some(5), "ENTRY_NOT_BOOKED"), (None, "BALANCE_BROKEN")]),
        ("2508150815C", "2513150815C", vec![(Some(5), "DATE_UNREADABLE"), (None, "BALANCE_BROKEN")]),
        ("2508150815C", "2508150230C", vec![(Some(5), "DATE_UNREADABLE"), (None, "BALANCE_BROKEN")]),
        ("NTRFLT10000000018//FT25227000001", "N", vec![(Some(5), "LINE_UNREADABLE"), (None, "BALANCE_BROKEN")]),
        (":62F:C250817VND989000,00\n", "", vec![(None, "BALANCE_MISSING")]),
        ("VND1000000,00", "VND1000000,01", vec![(Some(4), "BALANCE_UNREADABLE")]),
        (":61:250817RC", "-\n:61:250817RC", vec![(None, "BALANCE_MISSING"), (None, "BALANCE_MISSING")]),
        ("0814VND", "0814USD", vec![(None, "CURRENCY_NOT_VND")]),
        ("0817VND989", "0817USD989", vec![(None, "CURRENCY_NOT_VND")]),
    ] {
        let text = PLAIN.replacen(from, to, 1);
        assert_ne!(text, PLAIN);
        assert_eq!(codes(&text), expected, "{to}");
    }
    let broken = read(PLAIN.replacen("C250000,00N", "C250001,00N", 1).as_bytes()).unwrap().remove(0);
    assert!(broken.findings[0].message.contains(" -1 "), "{:?}", broken.findings);
    assert!(broken.findings[0].message_vi.contains(" -1 "), "{:?}", broken.findings);
}

#[test]
fn another_currency_refuses_only_its_message() {
    let text = format!("{}{PLAIN}", PLAIN.replace("VND", "USD"));
    let statements = read(text.as_bytes()).unwrap();
    assert_eq!(statements.iter().map(|statement| statement.lines.len()).collect::<Vec<_>>(), [0, 3]);
    assert_eq!(statements[0].currency.as_deref(), Some("USD"));
    assert_eq!(statements[0].opening_vnd, None);
}

#[test]
fn an_interim_report_has_no_balance() {
    let text = ":20:1\n:25:9999000000001\n:28C:1\n:34F:VNDC0,\n:13D:2508151200+0700\n:61:250815C1000,NTRFNONREF\n:90C:1VND1000,\n-\n";
    let statement = read(text.as_bytes()).unwrap().remove(0);
    assert_eq!((statement.lines.len(), statement.opening_vnd, statement.findings.len()), (1, None, 0));
    assert_eq!(codes(&text.replace(":34F:VNDC0,\n", "")), [(None, "CURRENCY_MISSING")]);
}

/// What is told of one line with this `:86:`.
fn content(narrative: &str) -> Option<String> {
    let text = format!(":20:1\n:60F:C250814VND0,\n:61:250815C1,NTRFNONREF\n:86:{narrative}\n:62F:C250815VND1,\n");
    let statement = read(text.as_bytes()).unwrap().remove(0);
    assert_eq!(statement.findings, []);
    statement.lines.into_iter().next().unwrap().content
}

#[test]
fn pieces_that_were_full_are_joined_without_a_blank() {
    let full = format!("{} LT1000", "x".repeat(58));
    assert_eq!(content(&format!("{full}\n0000018\nHOC PHI\nBAN TRU")), Some(format!("{full}0000018 HOC PHI BAN TRU")));
    // Somebody wrote the blank already.
    assert_eq!(content("HOC PHI \nBAN TRU").as_deref(), Some("HOC PHI BAN TRU"));
    // A bank that cuts no line has nothing to join.
    let uncut = "HOC PHI ".repeat(30);
    assert_eq!(content(&uncut).as_deref(), Some(uncut.trim()));
    let subfield = "x".repeat(20) + "LT10000";
    let structured = format!("166?00THU?20{subfield}?21000018?22HOC\n PHI?60BAN?61TRU");
    assert_eq!(content(&structured), Some(format!("{subfield}000018 HOC PHI BAN TRU")));
    // A line ends in the middle of a subfield, or before one.
    assert_eq!(content("?20HOC PH\nI?21BAN\n?22TRU").as_deref(), Some("HOC PHI BAN TRU"));
}

#[test]
fn nothing_unseen_is_kept() {
    let hostile = "A\u{0}B\u{202e}C\u{200b}\u{1b}[2JD";
    let text = format!(
        ":20:1\n:25:99990000{hostile}\n:60F:C250814VND0,\n:61:250815C1,NTRF{hostile}//{hostile}\n{hostile}\n\
         :61:250815C1,NTRF{hostile}\n:86:?20{hostile}?30{hostile}?31{hostile}?32{hostile}\n:62F:C250815VND2,\n"
    );
    let statement = read(text.as_bytes()).unwrap().remove(0);
    let clean = Some("A BC [2JD");
    assert_eq!(statement.account.as_deref(), Some("99990000A BC [2JD"));
    assert_eq!((statement.lines[0].reference.as_deref(), statement.lines[0].content.as_deref()), (clean, clean));
    let line = &statement.lines[1];
    for told in
        [&line.reference, &line.content, &line.counterparty_name, &line.counterparty_account, &line.counterparty_bank]
    {
        assert_eq!(told.as_deref(), clean);
    }
}

#[test]
fn every_text_has_an_end() {
    let long = "x".repeat(1_000_000);
    for (from, rows) in [("9999000000001", 2), ("FT25227000001", 5), ("PHI DICH VU", 8)] {
        let statement = read(PLAIN.replacen(from, &long, 1).as_bytes()).unwrap().remove(0);
        let told: Vec<_> = statement.findings.iter().map(|finding| (finding.row, finding.code)).collect();
        assert_eq!(told, [(Some(rows), "TEXT_TOO_LONG")], "{from}");
        let texts = statement.lines.iter().flat_map(|line| [&line.reference, &line.content]);
        let longest = texts.chain([&statement.account]).flatten().map(String::len).max();
        assert!(longest.is_some_and(|longest| longest <= 4_096), "{from} {longest:?}");
    }
}

#[test]
fn limits_hold() {
    assert_eq!(read(b"").unwrap_err().code, "STATEMENT_NOT_MT940");
    assert_eq!(read(b"hello\n:12:x\n").unwrap_err().code, "STATEMENT_NOT_MT940");
    assert_eq!(read(&vec![b' '; 64 * 1_024 * 1_024 + 1]).unwrap_err().code, "STATEMENT_TOO_LONG");
    for (field, limit) in [(":61:\n", 250_000), (":60F:\n", 500_000)] {
        assert_eq!(read(field.repeat(limit + 1).as_bytes()).unwrap_err().code, "STATEMENT_TOO_MANY_ENTRIES", "{field}");
    }
    for long in ["x".repeat(5_000), "\n".repeat(FIELD_LINES_LIMIT + 1)] {
        assert_eq!(codes(&PLAIN.replace("HCS MAU", &long)), [(Some(5), "TEXT_TOO_LONG")]);
    }
}

#[test]
fn a_hundred_thousand_lines_are_read_also_as_messages_of_their_own() {
    let line = ":61:2508150815C1000,00NTRFNONREF//FT1\n:86:LT1 HOC PHI\n";
    let head = ":20:1\n:25:9999000000001\n:28C:1/1\n";
    let whole = format!("{head}:60F:C250815VND0,00\n{}:62F:C250815VND100000000,00\n-\n", line.repeat(100_000));
    let statement = read(whole.as_bytes()).unwrap().remove(0);
    assert_eq!((statement.lines.len(), statement.findings), (100_000, vec![]));
    let one = format!("{head}:60F:C250815VND0,00\n{line}:62F:C250815VND1000,00\n:64:C250815VND1000,00\n-\n");
    let statements = read(one.repeat(100_000).as_bytes()).unwrap();
    assert!(statements.len() == 100_000 && statements.iter().all(|statement| statement.findings.is_empty()));
}

/// A line, with its words: the parts of a `:61:` and an `:86:`.
fn line() -> impl Strategy<Value = (Line, String)> {
    let texts = ("[A-Z0-9]{1,16}", "[A-Z][A-Z0-9 ]{0,200}[A-Z]");
    (0_i64..3_000, -40_i64..40, any::<bool>(), any::<bool>(), 1_i64..1_000_000_000_000, texts).prop_map(
        |(days, apart, comes_in, is_reversal, amount_vnd, (reference, content))| {
            let valued = day(1, 1) + chrono::Duration::days(days);
            let booked_on = valued + chrono::Duration::days(apart);
            let mark = match (comes_in, is_reversal) {
                (true, false) => "C",
                (false, false) => "D",
                (true, true) => "RD",
                (false, true) => "RC",
            };
            let mut text = format!(
                ":61:{}{}{mark}{amount_vnd},00NTRFNONREF//{reference}\n:86:",
                valued.format("%y%m%d"),
                booked_on.format("%m%d")
            );
            for piece in content.as_bytes().chunks(65) {
                text.push_str(std::str::from_utf8(piece).unwrap());
                text.push('\n');
            }
            let direction = if comes_in { Direction::In } else { Direction::Out };
            let line = Line {
                row: 0,
                booked_on,
                occurred_at: None,
                value_on: Some(valued),
                direction,
                amount_vnd,
                is_reversal,
                reference: Some(reference),
                content: Some(content),
                counterparty_name: None,
                counterparty_account: None,
                counterparty_bank: None,
                virtual_account: None,
                balance_vnd: None,
            };
            (line, text)
        },
    )
}

proptest! {
    #[test]
    fn what_is_composed_is_read(mut lines in prop::collection::vec(line(), 0..12), opening in 0_i64..1_000_000_000) {
        lines.sort_by_key(|(line, _)| line.booked_on);
        let mut closing = opening;
        let mut text = format!(":20:1\n:25:9999000000001\n:28C:1\n:60F:C250101VND{opening},00\n");
        for (line, words) in &mut lines {
            line.row = u32::try_from(text.lines().count()).unwrap() + 1;
            text.push_str(words);
            closing += if line.direction == Direction::In { line.amount_vnd } else { -line.amount_vnd };
        }
        let mark = if closing < 0 { 'D' } else { 'C' };
        text.push_str(&format!(":62F:{mark}351231VND{},00\n-\n", closing.abs()));
        let statement = read(text.as_bytes()).unwrap().remove(0);
        prop_assert_eq!(statement.closing_vnd, Some(closing));
        prop_assert!(statement.findings.is_empty(), "{:?}", statement.findings);
        prop_assert_eq!(statement.lines, lines.into_iter().map(|(line, _)| line).collect::<Vec<_>>());
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        _ = read(&bytes);
    }

    #[test]
    fn no_mutation_panics(changes in prop::collection::vec((0..PLAIN.len(), any::<u8>()), 1..8), end in 0..PLAIN.len()) {
        let mut bytes = PLAIN.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        _ = read(&bytes);
        bytes.truncate(end);
        _ = read(&bytes);
    }

    #[test]
    fn no_field_panics(values in prop::collection::vec("(:(25|60F|61|62F|86|34F):)?[0-9A-Z?,/ẫ€]{0,40}", 0..12)) {
        _ = read(format!(":20:1\n{}", values.join("\n")).as_bytes());
    }
}
