//! VietQR texts equal those of two independent generators, and every text that we write reads back.

use connectors::{
    fault::VietQrFault,
    vietqr::{Payload, parse, svg},
};
use proptest::prelude::*;

const STATIC: &str = "00020101021138530010A0000007270123000697041601092576788590208QRIBFTTA53037045802VN6304AE9F";
const DYNAMIC: &str = "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA53037045405100005802VN62150811Chuyen tien630453E6";
const BILLED: &str = "00020101021238570010A00000072701270006970418011312000000000420208QRIBFTTA530370454062500005802VN62400112HP25080000420820HP2508000042 HOC PHI6304CC2B";

fn payload(bin: &str, account: &str, amount: Option<i64>, bill: Option<&str>, purpose: Option<&str>) -> Payload {
    Payload {
        bin: bin.to_owned(),
        account: account.to_owned(),
        amount,
        bill: bill.map(str::to_owned),
        purpose: purpose.map(str::to_owned),
    }
}

fn plain() -> Payload {
    payload("999999", "9999000000001", None, None, None)
}

#[test]
fn the_texts_of_independent_generators() {
    let vectors = [
        (STATIC, payload("970416", "257678859", None, None, None)),
        (DYNAMIC, payload("970416", "257678859", Some(10_000), None, Some("Chuyen tien"))),
        (BILLED, payload("970418", "1200000000042", Some(250_000), Some("HP2508000042"), Some("HP2508000042 HOC PHI"))),
    ];
    for (text, payload) in vectors {
        assert_eq!(payload.text().unwrap(), text);
        assert_eq!(parse(text).unwrap(), payload);
    }
}

#[test]
fn vietnamese_letters_lose_their_marks() {
    let marked = Payload { purpose: Some("Đóng tiền xe đưa đón".to_owned()), ..plain() };
    let bare = Payload { purpose: Some("Dong tien xe dua don".to_owned()), ..plain() };
    assert_eq!(marked.text().unwrap(), bare.text().unwrap());
}

#[test]
fn what_does_not_fit_is_named() {
    use VietQrFault::{Account, Amount, Bill, Bin, Purpose};
    let some = |text: &str| Some(text.to_owned());
    let long = "x".repeat(26);
    for (payload, fault) in [
        (Payload { bin: "97041".to_owned(), ..plain() }, Bin),
        (Payload { bin: "97041x".to_owned(), ..plain() }, Bin),
        (Payload { account: String::new(), ..plain() }, Account),
        (Payload { account: "1".repeat(20), ..plain() }, Account),
        (Payload { account: "1 2".to_owned(), ..plain() }, Account),
        (Payload { amount: Some(0), ..plain() }, Amount),
        (Payload { amount: Some(-1), ..plain() }, Amount),
        (Payload { amount: Some(10_000_000_000_000), ..plain() }, Amount),
        (Payload { bill: some(""), ..plain() }, Bill),
        (Payload { bill: some("a b"), ..plain() }, Bill),
        (Payload { bill: some(&long), ..plain() }, Bill),
        (Payload { purpose: some(""), ..plain() }, Purpose),
        (Payload { purpose: some(&long), ..plain() }, Purpose),
        (Payload { purpose: some("学费"), ..plain() }, Purpose),
        (Payload { purpose: some("a\nb"), ..plain() }, Purpose),
    ] {
        assert_eq!(payload.text(), Err(fault), "{payload:?}");
    }
}

#[test]
fn other_codes_are_refused_politely() {
    let vnpay = "00020101021126280010A0000007750110010653149953037045802VN63042D35";
    let fixed = |text: &str| {
        // The last four characters are recomputed by asking which of all checksums is accepted.
        (0..=u16::MAX)
            .map(|checksum| format!("{}{checksum:04X}", &text[..text.len() - 4]))
            .find(|text| parse(text) != Err(VietQrFault::Checksum))
            .unwrap()
    };
    assert_eq!(parse(&fixed(vnpay)), Err(VietQrFault::VnpayQr));
    assert_eq!(parse(&fixed(&STATIC.replace("5303704", "5303840"))), Err(VietQrFault::OtherScheme));
    assert_eq!(parse(&fixed(&STATIC.replace("QRIBFTTA", "QRIBFTTC"))), Err(VietQrFault::OtherScheme));
    assert_eq!(parse(&fixed(&DYNAMIC.replace("540510000", "540510.50"))), Err(VietQrFault::Amount));
    assert_eq!(parse(&fixed(&DYNAMIC.replace("540510000", "54051.000"))).unwrap().amount, Some(1));
}

#[test]
fn a_broken_code_is_refused() {
    assert_eq!(parse(&STATIC.to_lowercase()), Err(VietQrFault::Checksum));
    assert_eq!(parse(&STATIC.replace("AE9F", "ae9f")).unwrap(), parse(STATIC).unwrap());
    for at in 0..STATIC.len() {
        let mut broken = STATIC.as_bytes().to_vec();
        broken[at] = if broken[at] == b'1' { b'2' } else { b'1' };
        assert!(parse(std::str::from_utf8(&broken).unwrap()).is_err(), "{at}");
        assert!(parse(&STATIC[..at]).is_err(), "{at}");
    }
}

#[test]
fn the_picture_is_square_and_has_a_quiet_zone() {
    let picture = svg(BILLED).unwrap();
    assert!(picture.contains("<svg") && picture.ends_with("</svg>"));
    let side: u32 = picture.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
    assert!(picture.contains(&format!("viewBox=\"0 0 {side} {side}\"")));
    assert!((150..=400).contains(&side), "{side}");
    let first_dark = picture.split("d=\"M").nth(1).unwrap();
    assert!(first_dark.starts_with("16 16"), "four modules of four units: {}", &first_dark[..20]);
    assert_eq!(svg(&"x".repeat(5_000)), Err(VietQrFault::TooLong));
}

proptest! {
    #[test]
    fn every_text_reads_back(
        bin in "[0-9]{6}",
        account in "[A-Za-z0-9]{1,19}",
        amount in prop::option::of(1..=9_999_999_999_999_i64),
        bill in prop::option::of("[A-Za-z0-9_-]{1,25}"),
        purpose in prop::option::of("[ -~]{1,25}"),
    ) {
        let payload = Payload { bin, account, amount, bill, purpose };
        let text = payload.text().unwrap();
        prop_assert!(text.is_ascii());
        prop_assert_eq!(parse(&text).unwrap(), payload);
        prop_assert!(svg(&text).is_ok());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,120}|[0-9]{0,60}6304[0-9A-F]{4}") {
        prop_assert!(parse(&text).is_err());
    }
}
