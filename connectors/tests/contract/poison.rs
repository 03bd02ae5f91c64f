//! Bytes that nobody should send: refused when unproven, parked when proven, never a panic.

use std::collections::BTreeMap;

use connectors::{Bank, Inbound, Opened, Secret, banks};
use proptest::prelude::*;
use serde_json::Value;

const HEADERS: [&str; 8] = [
    "Authorization",
    "X-SePay-Timestamp",
    "X-SePay-Signature",
    "X-Casso-Signature",
    "secure-token",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
];
const SECONDS: i64 = 1_755_225_000;
const NOW: i64 = SECONDS * 1_000_000;
const CASSO_FIELDS: [&str; 8] =
    ["id", "reference", "tid", "amount", "transactionDateTime", "when", "description", "accountNumber"];
const PAYOS_FIELDS: [&str; 8] =
    ["amount", "code", "currency", "description", "orderCode", "reference", "transactionDateTime", "accountNumber"];
const MOMO_FIELDS: [&str; 11] = [
    "amount",
    "extraData",
    "message",
    "orderId",
    "orderInfo",
    "orderType",
    "payType",
    "requestId",
    "responseTime",
    "resultCode",
    "transId",
];
const MOMO_EXTRAS: [(&str, &str); 2] = [("partnerCode", "MOMOMAU"), ("accessKey", "DEVACCESS")];
const TEXT_KEY: &str = "a synthetic key";
const WHSEC: &str = "whsec_ZGV2ZWxvcGVyLXZlY3Rvci1rZXktMDAwMDAwMDAwMDMy";

proptest! {
    #[test]
    fn random_bytes_are_refused(
        post in any::<bool>(),
        query in "(vnp_[A-Za-z]{0,12}=[ -~]{0,12}&?){0,6}|[ -~]{0,60}|vnp_SecureHash=[0-9a-f]{128}",
        values in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..60),
                "(Apikey |sha256=|t=[0-9]{13},v1=|v1,|[0-9]{10})[ -~]{0,60}".prop_map(String::into_bytes),
            ],
            HEADERS.len(),
        ),
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "\\{\"data\":\\{[ -~]{0,20}\\},\"signature\":\"[0-9a-f]{64}\"\\}".prop_map(String::into_bytes),
        ],
        now in any::<i64>(),
    ) {
        let headers: Vec<(&str, &[u8])> =
            HEADERS.into_iter().zip(values.iter().map(Vec::as_slice)).collect();
        let method = if post { "POST" } else { "GET" };
        let inbound = Inbound::new(method, "", &query, &headers, &body);
        for letter in one_connection_of_each_kind() {
            prop_assert!(letter.open(&inbound, now).is_err());
        }
    }

    #[test]
    fn proven_bytes_are_read_or_parked(body in poison()) {
        let text = String::from_utf8_lossy(&body);
        for opened in [casso_by_token(&body), sepay(&body), standard_webhooks(&body), zalopay(&text)] {
            prop_assert!(!matches!(opened, Opened::Notices(notices) if notices.iter().any(|notice| notice.amount_vnd <= 0)));
        }
    }

    #[test]
    fn proven_values_are_read_or_parked(
        data in prop::collection::btree_map(prop::sample::select(PAYOS_FIELDS.to_vec()), value(), 0..12),
    ) {
        if let Opened::Notices(notices) = payos(&data) {
            prop_assert!(notices.iter().all(|notice| notice.amount_vnd > 0));
        }
    }

    #[test]
    fn proven_transactions_are_read_or_parked(
        data in prop::collection::btree_map(prop::sample::select(CASSO_FIELDS.to_vec()), value(), 0..10),
        error in prop_oneof![9 => Just(Value::from(0)), 1 => scalar()],
    ) {
        let several = serde_json::json!({ "error": error, "data": [data, data] });
        let one = serde_json::json!({ "error": error, "data": data });
        for opened in [casso_by_token(several.to_string().as_bytes()), casso(&one)] {
            if let Opened::Notices(notices) = opened {
                prop_assert!(notices.iter().all(|notice| notice.amount_vnd > 0));
            }
        }
    }

    #[test]
    fn proven_results_are_read_or_parked(values in prop::array::uniform11(scalar())) {
        if let Opened::Notices(notices) = momo(MOMO_FIELDS.into_iter().zip(values).collect()) {
            prop_assert!(notices.iter().all(|notice| notice.amount_vnd > 0));
        }
    }

    #[test]
    fn proven_fields_are_read_or_parked(
        fields in prop::collection::btree_map(vnp_name(), "[ -~đ]{0,20}|[0-9]{1,20}|00", 0..9),
    ) {
        match vnpay(fields) {
            Opened::Notices(notices) => prop_assert!(notices.iter().all(|notice| notice.amount_vnd > 0)),
            Opened::Unreadable(_) => {}
            Opened::Probe => prop_assert!(false, "VNPAY has no probe"),
        }
    }
}

#[test]
fn bottomless_bodies_are_parked() {
    for body in ["[".repeat(100_000), r#"{"type":"#.repeat(100_000), format!(r#"{{"x":{}"#, "[".repeat(100_000))] {
        assert!(matches!(casso_by_token(body.as_bytes()), Opened::Unreadable(_)));
        assert!(matches!(sepay(body.as_bytes()), Opened::Unreadable(_)));
        assert!(matches!(standard_webhooks(body.as_bytes()), Opened::Unreadable(_)));
        assert!(matches!(zalopay(&body), Opened::Unreadable(_)));
    }
}

#[test]
fn bodies_that_are_not_utf8_are_parked() {
    let body = b"{\"type\":\"payment.received\",\"id\":1,\"content\":\"\xff\"}";
    for opened in [casso_by_token(body), sepay(body), standard_webhooks(body)] {
        assert!(matches!(opened, Opened::Unreadable(reason) if reason.drift.code() == "NOT_JSON"));
    }
}

/// Soup made of the right words, and of anything.
fn poison() -> impl Strategy<Value = Vec<u8>> {
    let word = r#"\{|\}|\[|\]|,|:|"type"|"payment.received"|"data"|"amount"|"id"|"transferAmount"|"in"|-?[0-9]{1,25}|1e400|"\\u0000"|"\\ud800"|null"#;
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        proptest::string::string_regex(&format!("({word}){{0,40}}")).unwrap().prop_map(String::into_bytes),
        (any::<i128>(), "\\PC{0,20}", "[0-9 :-]{0,22}").prop_map(|(amount, text, time)| {
            let text = serde_json::to_string(&text).unwrap();
            format!(
                r#"{{"type":"payment.received","id":7,"zp_trans_id":7,"app_trans_id":{text},"amount":{amount},"server_time":7,"transferType":"in","transferAmount":{amount},"content":{text},
                "transactionDate":"{time}","data":{{"amount":{amount},"content":{text},"transactionId":{text},
                "occurredAt":"{time}"}}}}"#
            )
            .into_bytes()
        }),
    ]
}

/// A value that a field may have, and others.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![3 => scalar(), 1 => Just(Value::Null), 1 => Just(serde_json::json!([{ "a": [] }]))]
}

/// A number or a text, good and bad.
fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        Just(Value::from(250_000.5)),
        "[0-9]{1,20}|[0-9 :-]{19}|\\PC{0,20}|00|null|VND".prop_map(Value::from),
    ]
}

fn vnp_name() -> impl Strategy<Value = String> {
    let known = ["Amount", "TxnRef", "PayDate", "TransactionNo", "ResponseCode", "TransactionStatus", "OrderInfo"];
    prop_oneof![4 => prop::sample::select(known.to_vec()).prop_map(|name| format!("vnp_{name}")), 1 => "vnp_[a-z]{1,5}"]
}

fn one_connection_of_each_kind() -> Vec<Box<dyn Bank>> {
    vec![
        connect("casso", TEXT_KEY, &[("version", "v1")]),
        connect("casso", TEXT_KEY, &[("version", "v2")]),
        connect("momo", TEXT_KEY, &MOMO_EXTRAS),
        connect("payos", TEXT_KEY, &[]),
        connect("sepay", TEXT_KEY, &[("auth", "apikey")]),
        connect("sepay", TEXT_KEY, &[("auth", "hmac")]),
        connect("vnpay", TEXT_KEY, &[("tmnCode", "DEVTMN01")]),
        connect("standard_webhooks", WHSEC, &[]),
        connect("zalopay", TEXT_KEY, &[("appId", "9999")]),
    ]
}

fn connect(slug: &str, key: &str, extra: &[(&str, &str)]) -> Box<dyn Bank> {
    let extra = extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let credentials = connectors::Credentials { keys: vec![Secret::new(key)], extra };
    banks::connect(slug, &credentials).unwrap_or_else(|fault| panic!("{fault}"))
}

/// Opens a body that SePay signed.
fn sepay(body: &[u8]) -> Opened {
    let (seconds, signature) = (SECONDS.to_string(), banks::sepay::sign(&Secret::new(TEXT_KEY), SECONDS, body));
    let headers: [(&str, &[u8]); 2] =
        [("X-SePay-Timestamp", seconds.as_bytes()), ("X-SePay-Signature", signature.as_bytes())];
    let bank = connect("sepay", TEXT_KEY, &[("auth", "hmac")]);
    bank.open(&Inbound::new("POST", "", "", &headers, body), NOW).unwrap()
}

/// Opens a body that a partner signed.
fn standard_webhooks(body: &[u8]) -> Opened {
    let signature = banks::standard_webhooks::sign(&Secret::new(WHSEC), "msg_1", SECONDS, body).unwrap();
    let seconds = SECONDS.to_string();
    let headers: [(&str, &[u8]); 3] = [
        ("webhook-id", b"msg_1"),
        ("webhook-timestamp", seconds.as_bytes()),
        ("webhook-signature", signature.as_bytes()),
    ];
    let bank = connect("standard_webhooks", WHSEC, &[]);
    bank.open(&Inbound::new("POST", "", "", &headers, body), NOW).unwrap()
}

/// Opens fields that VNPAY signed.
fn vnpay(mut fields: BTreeMap<String, String>) -> Opened {
    fields.insert("vnp_TmnCode".to_owned(), "DEVTMN01".to_owned());
    fields.retain(|_, value| !value.is_empty());
    let signed = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let query = format!("{signed}&vnp_SecureHash={}", banks::vnpay::sign(&Secret::new(TEXT_KEY), &signed));
    let bank = connect("vnpay", TEXT_KEY, &[("tmnCode", "DEVTMN01")]);
    bank.open(&Inbound::new("GET", "", &query, &[], b""), NOW).unwrap()
}

/// Opens values that payOS signed; the text is put together here anew.
fn payos(data: &BTreeMap<&str, Value>) -> Opened {
    let written = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) if text == "null" => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let signed: Vec<_> = data.iter().map(|(name, value)| format!("{name}={}", written(value))).collect();
    let signature = banks::payos::sign(&Secret::new(TEXT_KEY), &signed.join("&"));
    let body = serde_json::json!({ "data": data, "signature": signature }).to_string();
    connect("payos", TEXT_KEY, &[]).open(&Inbound::new("POST", "", "", &[], body.as_bytes()), NOW).unwrap()
}

/// Opens fields that MoMo signed.
fn momo(mut fields: BTreeMap<&str, Value>) -> Opened {
    fields.insert("partnerCode", Value::from("MOMOMAU"));
    let mut signed = "accessKey=DEVACCESS".to_owned();
    for (name, value) in &fields {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        signed.push_str(&format!("&{name}={text}"));
    }
    fields.insert("signature", Value::from(banks::momo::sign(&Secret::new(TEXT_KEY), &signed)));
    let body = serde_json::json!(fields).to_string();
    connect("momo", TEXT_KEY, &MOMO_EXTRAS).open(&Inbound::new("POST", "", "", &[], body.as_bytes()), NOW).unwrap()
}

/// Opens data that ZaloPay signed.
fn zalopay(data: &str) -> Opened {
    let mac = banks::zalopay::sign(&Secret::new(TEXT_KEY), data);
    let body = serde_json::json!({ "data": data, "mac": mac, "type": 1 }).to_string();
    let bank = connect("zalopay", TEXT_KEY, &[("appId", "9999")]);
    bank.open(&Inbound::new("POST", "", "", &[], body.as_bytes()), NOW).unwrap()
}

/// Opens a body that came with Casso's static key.
fn casso_by_token(body: &[u8]) -> Opened {
    let headers: [(&str, &[u8]); 1] = [("secure-token", TEXT_KEY.as_bytes())];
    let bank = connect("casso", TEXT_KEY, &[("version", "v1")]);
    bank.open(&Inbound::new("POST", "", "", &headers, body), NOW).unwrap()
}

/// Opens a message that Casso signed.
fn casso(message: &Value) -> Opened {
    let body = message.to_string();
    let signature = banks::casso::sign(&Secret::new(TEXT_KEY), SECONDS * 1_000, body.as_bytes()).unwrap();
    let headers: [(&str, &[u8]); 1] = [("X-Casso-Signature", signature.as_bytes())];
    let bank = connect("casso", TEXT_KEY, &[("version", "v2")]);
    bank.open(&Inbound::new("POST", "", "", &headers, body.as_bytes()), NOW).unwrap()
}
