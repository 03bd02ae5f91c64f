//! Bytes under a good proof: signed, or sent with a key, as each sender would, and opened.

use std::collections::BTreeMap;

use connectors::{Inbound, Opened, Secret, banks};
use serde_json::Value;

use crate::connections::{HEX_KEY, MOMO, ONEPAY, TEXT_KEY, VIETQR, VIETTEL, VNPAY, WHSEC, ZALOPAY, connect};

const SECONDS: i64 = 1_755_225_000;
const NOW: i64 = SECONDS * 1_000_000;
/// The fields of a result of Viettel Money, in the order of its signed text.
pub(crate) const VIETTEL_FIELDS: [&str; 8] = [
    "billcode",
    "cust_msisdn",
    "error_code",
    "merchant_code",
    "order_id",
    "payment_status",
    "trans_amount",
    "vt_transaction_id",
];

/// Opens a body as that of every sender whose JSON is proven as a whole.
pub(crate) fn every_body(body: &[u8]) -> Vec<Opened> {
    let apikey = format!("Apikey {TEXT_KEY}");
    vec![
        casso_by_token(body),
        sepay(body),
        with_header(("sepay_bankhub", &[]), ("Authorization", &apikey), body),
        with_header(("sepay_gateway", &[]), ("X-Secret-Key", TEXT_KEY), body),
        standard_webhooks(body),
        vietqr(body),
    ]
}

/// Opens a body that came with a static key.
fn with_header((slug, extra): (&str, &[(&str, &str)]), (name, value): (&str, &str), body: &[u8]) -> Opened {
    let headers = [(name, value.as_bytes())];
    connect(slug, TEXT_KEY, extra).open(&Inbound::new("POST", "", "", &headers, body), NOW).unwrap()
}

/// Opens a body that came with a token.
fn vietqr(body: &[u8]) -> Opened {
    let bearer = format!("Bearer {}", banks::vietqr::issue(&Secret::new(TEXT_KEY), "vietqr", NOW));
    let headers = [("Authorization", bearer.as_bytes())];
    let bank = connect("vietqr", TEXT_KEY, &VIETQR);
    bank.open(&Inbound::new("POST", "/bank/api/transaction-sync", "", &headers, body), NOW).unwrap()
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

/// Opens a result that Viettel Money signed.
pub(crate) fn viettel_money(values: &[String]) -> Opened {
    let mut signed = "devaccess".to_owned();
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in VIETTEL_FIELDS.into_iter().zip(values) {
        let value = if name == "merchant_code" { "SCH" } else { value };
        signed.push_str(value);
        form.append_pair(name, value);
    }
    let sum = banks::viettel_money::sign(&Secret::new(TEXT_KEY), &signed);
    let body = form.append_pair("check_sum", &sum).finish();
    let bank = connect("viettel_money", TEXT_KEY, &VIETTEL);
    bank.open(&Inbound::new("POST", "", "", &[], body.as_bytes()), NOW).unwrap()
}

/// Opens fields that VNPAY signed.
pub(crate) fn vnpay(fields: &BTreeMap<String, String>) -> Opened {
    let mut fields = theirs("vnp", fields);
    fields.insert("vnp_TmnCode".to_owned(), "DEVTMN01".to_owned());
    let signed = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let query = format!("{signed}&vnp_SecureHash={}", banks::vnpay::sign(&Secret::new(TEXT_KEY), &signed));
    let bank = connect("vnpay", TEXT_KEY, &VNPAY);
    bank.open(&Inbound::new("GET", "", &query, &[], b""), NOW).unwrap()
}

/// Opens values that payOS signed; the text is put together here anew.
pub(crate) fn payos(data: &BTreeMap<&str, Value>) -> Opened {
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
pub(crate) fn momo(mut fields: BTreeMap<&str, Value>) -> Opened {
    fields.insert("partnerCode", Value::from("MOMOMAU"));
    let mut signed = "accessKey=DEVACCESS".to_owned();
    for (name, value) in &fields {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        signed.push_str(&format!("&{name}={text}"));
    }
    fields.insert("signature", Value::from(banks::momo::sign(&Secret::new(TEXT_KEY), &signed)));
    let body = serde_json::json!(fields).to_string();
    connect("momo", TEXT_KEY, &MOMO).open(&Inbound::new("POST", "", "", &[], body.as_bytes()), NOW).unwrap()
}

/// Opens data that ZaloPay signed.
pub(crate) fn zalopay(data: &str) -> Opened {
    let mac = banks::zalopay::sign(&Secret::new(TEXT_KEY), data);
    let body = serde_json::json!({ "data": data, "mac": mac, "type": 1 }).to_string();
    let bank = connect("zalopay", TEXT_KEY, &ZALOPAY);
    bank.open(&Inbound::new("POST", "", "", &[], body.as_bytes()), NOW).unwrap()
}

/// Opens a body that came with Casso's static key.
pub(crate) fn casso_by_token(body: &[u8]) -> Opened {
    with_header(("casso", &[("version", "v1")]), ("secure-token", TEXT_KEY), body)
}

/// Opens a message that Casso signed.
pub(crate) fn casso(message: &Value) -> Opened {
    let body = message.to_string();
    let signature = banks::casso::sign(&Secret::new(TEXT_KEY), SECONDS * 1_000, body.as_bytes()).unwrap();
    let headers: [(&str, &[u8]); 1] = [("X-Casso-Signature", signature.as_bytes())];
    let bank = connect("casso", TEXT_KEY, &[("version", "v2")]);
    bank.open(&Inbound::new("POST", "", "", &headers, body.as_bytes()), NOW).unwrap()
}

/// Opens fields that OnePay signed, which carries no `&`.
pub(crate) fn onepay(fields: &BTreeMap<String, String>) -> Opened {
    let mut fields = theirs("vpc", fields);
    fields.insert("vpc_Merchant".to_owned(), "DEVMERCHANT".to_owned());
    let fields: BTreeMap<_, _> = fields.into_iter().map(|(name, value)| (name, value.replace('&', " "))).collect();
    let signed = fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let signature = banks::onepay::sign(&Secret::new(HEX_KEY), &signed).unwrap();
    let query = format!("{query}&vpc_SecureHash={signature}");
    let bank = connect("onepay", HEX_KEY, &ONEPAY);
    bank.open(&Inbound::new("GET", "", &query, &[], b""), NOW).unwrap()
}

/// The fields under a sender's prefix, without the empty ones: nobody signs them.
fn theirs(prefix: &str, fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let filled = fields.iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(name, value)| (format!("{prefix}_{name}"), value.clone())).collect()
}
