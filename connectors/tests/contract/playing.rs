//! The sandbox's side: what we word in a sender's stead opens as that sender's message.

use connectors::{Credentials, Direction, Inbound, Opened, Payment, Secret, Status, banks, fault::ConfigFault};

use crate::connections::{
    BILL, BILL_ED25519, BILL_KEY, BILL_RSA, HEX_KEY, MOMO, ONEPAY, TEXT_KEY, VIETQR, VIETTEL, VNPAY, WHPK, WHSK,
    ZALOPAY, connect, credentials,
};
use crate::letters::notices;

const NOW: i64 = 1_755_225_005_000_000;
const CONTENT: &str = "LT10000000018 bán trú & xe đưa đón";
/// The same where diacritics are not carried.
const UNACCENTED: &str = "LT10000000018 ban tru & xe dua don";
/// The same where diacritics and `&` are not carried.
const PLAIN: &str = "LT10000000018 ban tru xe dua don";

/// A sender, and what each end of its line has: they differ where the sender signs with a key of its own.
struct Line {
    slug: &'static str,
    sender: Credentials,
    hub: Credentials,
    /// What the sender carries of the transfer text.
    content: Option<&'static str>,
    /// Whether it names the invoice code apart from the text.
    names_order: bool,
    tells_time: bool,
}

impl Line {
    fn new(slug: &'static str, key: &str, extra: &[(&str, &str)]) -> Self {
        Self {
            slug,
            sender: credentials(key, extra),
            hub: credentials(key, extra),
            content: Some(CONTENT),
            names_order: true,
            tells_time: true,
        }
    }
}

fn lines() -> Vec<Line> {
    let fresh = banks::standard_webhooks::generate_key().unwrap();
    let bill = |(private, public): (&str, &str)| Line {
        sender: credentials(private, &BILL),
        ..Line::new("bill", public, &BILL)
    };
    vec![
        Line::new("bill", BILL_KEY, &BILL),
        bill(BILL_RSA),
        bill(BILL_ED25519),
        Line { names_order: false, ..Line::new("casso", TEXT_KEY, &[("version", "v1")]) },
        Line { names_order: false, ..Line::new("casso", TEXT_KEY, &[("version", "v2")]) },
        Line::new("momo", TEXT_KEY, &MOMO),
        Line { names_order: false, ..Line::new("payos", TEXT_KEY, &[]) },
        Line::new("sepay", TEXT_KEY, &[("auth", "apikey")]),
        Line::new("sepay", TEXT_KEY, &[("auth", "hmac")]),
        Line { content: None, tells_time: false, ..Line::new("viettel_money", TEXT_KEY, &VIETTEL) },
        Line { content: Some(UNACCENTED), ..Line::new("vietqr", TEXT_KEY, &VIETQR) },
        Line {
            content: Some(UNACCENTED),
            ..Line::new("vietqr", TEXT_KEY, &[("username", "vietqr"), ("signature", "required")])
        },
        Line::new("sepay_bankhub", TEXT_KEY, &[]),
        Line::new("sepay_gateway", TEXT_KEY, &[]),
        Line { content: Some(PLAIN), ..Line::new("onepay", HEX_KEY, &ONEPAY) },
        Line::new("vnpay", TEXT_KEY, &VNPAY),
        Line::new("standard_webhooks", &fresh, &[]),
        Line {
            slug: "standard_webhooks",
            sender: credentials(WHSK, &[]),
            hub: credentials(WHPK, &[]),
            content: Some(CONTENT),
            names_order: true,
            tells_time: true,
        },
        Line { content: None, ..Line::new("zalopay", TEXT_KEY, &ZALOPAY) },
    ]
}

pub(crate) fn payment(status: Status) -> Payment {
    Payment {
        transaction: 9_001,
        status,
        amount_vnd: 250_000,
        account: "9999000000001".to_owned(),
        virtual_account: None,
        reference: Some("LT10000000018".to_owned()),
        content: CONTENT.to_owned(),
        payer_name: Some("NGUYEN VAN MAU".to_owned()),
        occurred_at: 1_755_225_000_000_000,
    }
}

#[test]
fn every_sender_can_be_played() {
    for Line { slug, sender, hub, content, names_order, tells_time } in lines() {
        let mut spoken = 0;
        for status in Status::ALL {
            let letter = match banks::compose(slug, &sender, &payment(status), NOW) {
                Ok(letter) => letter,
                Err(ConfigFault::NoWords(_)) => continue,
                Err(fault) => panic!("{slug}: {fault}"),
            };
            spoken += 1;
            let headers = letter.borrowed_headers();
            let inbound = Inbound::new(letter.method, &letter.path_tail, &letter.query, &headers, &letter.body);
            let bank = banks::connect(slug, &hub).unwrap_or_else(|fault| panic!("{slug}: {fault}"));
            let opened = bank.open(&inbound, NOW).unwrap_or_else(|refusal| panic!("{slug}: {refusal}"));
            // The bill protocol gives a payment back by its reference alone.
            if matches!(&opened, Opened::Bill(_)) && status == Status::Reversed {
                continue;
            }
            let notices = notices(opened);
            let [notice] = notices.as_slice() else { panic!("{slug}: one payment, one notice") };
            let told = payment(status);
            assert_eq!(notice.transaction_id, "9001", "{slug}");
            assert_eq!((notice.status, notice.amount_vnd), (status, told.amount_vnd), "{slug}");
            let time = tells_time.then_some(told.occurred_at);
            assert_eq!((notice.direction, notice.occurred_at), (Direction::In, time), "{slug}");
            let reference = told.reference.filter(|_| names_order);
            assert_eq!((&notice.reference, notice.content.as_deref()), (&reference, content), "{slug}");
            let named = banks::info(slug).unwrap().names_account;
            assert!(!named || notice.account == Some(told.account), "{slug}");
        }
        assert!(spoken > 0, "{slug} never settles anything");
    }
}

#[test]
fn a_connection_that_cannot_prove_anything_is_not_made() {
    let fault = |slug: &str, credentials: Credentials| banks::connect(slug, &credentials).err().unwrap();
    assert_eq!(fault("nobank", credentials("k", &[])), ConfigFault::UnknownBank("nobank".to_owned()));
    assert_eq!(fault("sepay", credentials("k", &[])), ConfigFault::MissingExtra("auth"));
    assert!(matches!(
        fault("sepay", credentials("k", &[("auth", "none")])),
        ConfigFault::BadExtra { name: "auth", .. }
    ));
    assert_eq!(fault("vnpay", credentials("k", &[("tmnCode", "")])), ConfigFault::MissingExtra("tmnCode"));
    assert!(matches!(
        fault("casso", credentials("k", &[("version", "v3")])),
        ConfigFault::BadExtra { name: "version", .. }
    ));
    assert_eq!(fault("momo", credentials("k", &[("partnerCode", "p")])), ConfigFault::MissingExtra("accessKey"));
    assert!(matches!(
        fault("zalopay", credentials("k", &[("appId", "x")])),
        ConfigFault::BadExtra { name: "appId", .. }
    ));
    assert!(matches!(fault("standard_webhooks", credentials("k", &[])), ConfigFault::BadKey(_)));
    assert!(matches!(fault("onepay", credentials("k", &[("merchant", "M")])), ConfigFault::BadKey(_)));
    assert!(matches!(
        fault("vietqr", credentials("k", &[("username", "a:b"), ("signature", "none")])),
        ConfigFault::BadExtra { name: "username", .. }
    ));
    for Line { slug, hub: good, .. } in lines() {
        let none = Credentials { keys: Vec::new(), ..good.clone() };
        assert_eq!(fault(slug, none), ConfigFault::NoKey, "{slug}");
        let empty = Credentials { keys: vec![Secret::new("")], ..good };
        assert!(matches!(fault(slug, empty), ConfigFault::BadKey(_)), "{slug}");
    }
}

#[test]
fn the_published_schema_and_the_reader_agree() {
    let schema: serde_json::Value = serde_json::from_str(banks::standard_webhooks::PAYLOAD_SCHEMA).unwrap();
    let data = &schema["properties"]["data"];
    let required: Vec<&str> = data["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let full = serde_json::json!({
        "amount": 1, "content": "x", "transactionId": "T-1", "occurredAt": "2025-08-15T02:30:00Z",
        "account": "x", "reference": "x", "payerName": "x", "method": "QR",
    });
    let properties: Vec<&String> = data["properties"].as_object().unwrap().keys().collect();
    assert_eq!(properties, full.as_object().unwrap().keys().collect::<Vec<_>>());
    for name in properties {
        let mut event = serde_json::json!({ "type": "payment.received", "data": full });
        event["data"].as_object_mut().unwrap().remove(name);
        let is_money = matches!(open(&event.to_string()), Opened::Notices(_));
        assert_eq!(is_money, !required.contains(&name.as_str()), "{name}");
    }
    let listed: Vec<_> =
        data["properties"]["method"]["enum"].as_array().unwrap().iter().filter_map(|m| m.as_str()).collect();
    assert_eq!(listed, connectors::notice::METHODS);
    for kind in schema["properties"]["type"]["enum"].as_array().unwrap() {
        let event = serde_json::json!({ "type": kind, "data": full });
        assert!(matches!(open(&event.to_string()), Opened::Notices(_)), "{kind}");
    }
}

fn open(body: &str) -> Opened {
    let key = banks::standard_webhooks::generate_key().unwrap();
    let signature = banks::standard_webhooks::sign(&Secret::new(key.as_str()), "msg_1", 0, body.as_bytes()).unwrap();
    let headers: [(&str, &[u8]); 3] =
        [("webhook-id", b"msg_1"), ("webhook-timestamp", b"0"), ("webhook-signature", signature.as_bytes())];
    let bank = connect("standard_webhooks", &key, &[]);
    bank.open(&Inbound::new("POST", "", "", &headers, body.as_bytes()), 0).unwrap()
}
