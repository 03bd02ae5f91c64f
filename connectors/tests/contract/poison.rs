//! Bytes that nobody should send: refused when unproven, parked when proven, never a panic.

use std::collections::BTreeMap;

use connectors::{Bank, Inbound, Opened, Secret, banks};
use proptest::prelude::*;

const HEADERS: [&str; 7] = [
    "Authorization",
    "X-Secret-Key",
    "X-SePay-Timestamp",
    "X-SePay-Signature",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
];
const VIETTEL_FIELDS: [&str; 8] = [
    "billcode",
    "cust_msisdn",
    "error_code",
    "merchant_code",
    "order_id",
    "payment_status",
    "trans_amount",
    "vt_transaction_id",
];
const SECONDS: i64 = 1_755_225_000;
const NOW: i64 = SECONDS * 1_000_000;
const VIETTEL: [(&str, &str); 2] = [("accessCode", "devaccess"), ("merchantCode", "SCH")];
const VIETQR: [(&str, &str); 2] = [("username", "vietqr"), ("signature", "none")];
const TEXT_KEY: &str = "a synthetic key";
const HEX_KEY: &str = "00112233445566778899AABBCCDDEEFF";
const WHPK: &str = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
const WHSEC: &str = "whsec_ZGV2ZWxvcGVyLXZlY3Rvci1rZXktMDAwMDAwMDAwMDMy";

proptest! {
    #[test]
    fn random_bytes_are_refused(
        post in any::<bool>(),
        tail in "|/api/token_generate|/bank/api/transaction-sync",
        query in "((vnp|vpc|user)_[A-Za-z]{0,12}=[ -~]{0,12}&?){0,6}|[ -~]{0,60}|vnp_SecureHash=[0-9a-f]{128}|vpc_SecureHash=[0-9A-F]{64}",
        values in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..60),
                "(Apikey |Basic |Bearer |Bearer [0-9]{10}[.]|sha256=|v1,|v1a,|[0-9]{10})[ -~]{0,60}".prop_map(String::into_bytes),
            ],
            HEADERS.len(),
        ),
        body in prop::collection::vec(any::<u8>(), 0..200),
        now in any::<i64>(),
    ) {
        let headers: Vec<(&str, &[u8])> =
            HEADERS.into_iter().zip(values.iter().map(Vec::as_slice)).collect();
        let method = if post { "POST" } else { "GET" };
        let inbound = Inbound::new(method, &tail, &query, &headers, &body);
        for letter in one_connection_of_each_kind() {
            prop_assert!(letter.open(&inbound, now).is_err());
        }
    }

    #[test]
    fn proven_bytes_are_read_or_parked(body in poison()) {
        for opened in every_body(&body) {
            prop_assert!(!matches!(opened, Opened::Notices(notices) if notices.iter().any(|notice| notice.amount_vnd <= 0)));
        }
    }

    #[test]
    fn proven_fields_are_read_or_parked(
        fields in prop::collection::btree_map(field_name(), "[ -~đ]{0,20}|[0-9]{1,20}|00", 0..9),
    ) {
        for opened in [vnpay(&fields), onepay(&fields)] {
            match opened {
                Opened::Notices(notices) => prop_assert!(notices.iter().all(|notice| notice.amount_vnd > 0)),
                Opened::Unreadable(_) => {}
                other => prop_assert!(false, "they tell payments alone: {other:?}"),
            }
        }
    }
}

proptest! {
    #[test]
    fn results_of_viettel_money_are_read_or_parked(
        values in prop::collection::vec(
            prop_oneof![2 => "00|0|1|2|5|V06", 2 => "[0-9]{0,20}", 1 => "[ -~đ]{0,20}"],
            VIETTEL_FIELDS.len(),
        ),
    ) {
        match viettel_money(&values) {
            Opened::Notices(notices) => prop_assert!(notices.iter().all(|notice| notice.amount_vnd > 0)),
            Opened::Unreadable(_) => {}
            other => prop_assert!(false, "a result is no question: {other:?}"),
        }
    }
}

#[test]
fn bottomless_bodies_are_parked() {
    for body in ["[".repeat(100_000), r#"{"type":"#.repeat(100_000), format!(r#"{{"x":{}"#, "[".repeat(100_000))] {
        for opened in every_body(body.as_bytes()) {
            assert!(matches!(opened, Opened::Unreadable(_)));
        }
    }
}

#[test]
fn bodies_that_are_not_utf8_are_parked() {
    let body = b"{\"type\":\"payment.received\",\"id\":1,\"content\":\"\xff\"}";
    for opened in every_body(body) {
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
                r#"{{"type":"payment.received","id":7,"transferType":"in","transferAmount":{amount},"content":{text},
                "transactionDate":"{time}","transType":"C","orderId":{text},"transaction_date":"{time}","transfer_type":"credit","amount":{amount},
                "transaction_id":{text},"notification_type":"ORDER_PAID","order":{{"order_invoice_number":{text}}},
                "transaction":{{"transaction_amount":"{amount}","transaction_date":"{time}","transaction_id":{text}}},
                "data":{{"amount":{amount},"content":{text},"transactionId":{text},
                "occurredAt":"{time}"}}}}"#
            )
            .into_bytes()
        }),
    ]
}

/// A field's name without the sender's prefix.
fn field_name() -> impl Strategy<Value = String> {
    let known = [
        "Amount",
        "TxnRef",
        "MerchTxnRef",
        "PayDate",
        "PaymentTime",
        "TransactionNo",
        "ResponseCode",
        "TxnResponseCode",
        "TransactionStatus",
        "OrderInfo",
    ];
    prop_oneof![4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => "[a-z]{1,5}"]
}

fn one_connection_of_each_kind() -> Vec<Box<dyn Bank>> {
    vec![
        connect("sepay", TEXT_KEY, &[("auth", "apikey")]),
        connect("sepay", TEXT_KEY, &[("auth", "hmac")]),
        connect("viettel_money", TEXT_KEY, &VIETTEL),
        connect("vietqr", TEXT_KEY, &VIETQR),
        connect("sepay_bankhub", TEXT_KEY, &[]),
        connect("sepay_gateway", TEXT_KEY, &[]),
        connect("onepay", HEX_KEY, &[("merchant", "DEVMERCHANT")]),
        connect("vnpay", TEXT_KEY, &[("tmnCode", "DEVTMN01")]),
        connect("standard_webhooks", WHSEC, &[]),
        connect("standard_webhooks", WHPK, &[]),
    ]
}

fn connect(slug: &str, key: &str, extra: &[(&str, &str)]) -> Box<dyn Bank> {
    let extra = extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let credentials = connectors::Credentials { keys: vec![Secret::new(key)], extra };
    banks::connect(slug, &credentials).unwrap_or_else(|fault| panic!("{fault}"))
}

/// Opens a body as that of every sender who writes JSON.
fn every_body(body: &[u8]) -> Vec<Opened> {
    let apikey = format!("Apikey {TEXT_KEY}");
    vec![
        sepay(body),
        standard_webhooks(body),
        with_header("sepay_bankhub", "Authorization", &apikey, body),
        with_header("sepay_gateway", "X-Secret-Key", TEXT_KEY, body),
        vietqr(body),
    ]
}

/// Opens a body that came with a static key.
fn with_header(slug: &str, name: &str, value: &str, body: &[u8]) -> Opened {
    let headers = [(name, value.as_bytes())];
    connect(slug, TEXT_KEY, &[]).open(&Inbound::new("POST", "", "", &headers, body), NOW).unwrap()
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
fn viettel_money(values: &[String]) -> Opened {
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
fn vnpay(fields: &BTreeMap<String, String>) -> Opened {
    let mut fields = theirs("vnp", fields);
    fields.insert("vnp_TmnCode".to_owned(), "DEVTMN01".to_owned());
    let signed = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let query = format!("{signed}&vnp_SecureHash={}", banks::vnpay::sign(&Secret::new(TEXT_KEY), &signed));
    let bank = connect("vnpay", TEXT_KEY, &[("tmnCode", "DEVTMN01")]);
    bank.open(&Inbound::new("GET", "", &query, &[], b""), NOW).unwrap()
}

/// Opens fields that OnePay signed, which carries no `&`.
fn onepay(fields: &BTreeMap<String, String>) -> Opened {
    let mut fields = theirs("vpc", fields);
    fields.insert("vpc_Merchant".to_owned(), "DEVMERCHANT".to_owned());
    let fields: BTreeMap<_, _> = fields.into_iter().map(|(name, value)| (name, value.replace('&', " "))).collect();
    let signed = fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let signature = banks::onepay::sign(&Secret::new(HEX_KEY), &signed).unwrap();
    let query = format!("{query}&vpc_SecureHash={signature}");
    let bank = connect("onepay", HEX_KEY, &[("merchant", "DEVMERCHANT")]);
    bank.open(&Inbound::new("GET", "", &query, &[], b""), NOW).unwrap()
}

/// The fields under a sender's prefix, without the empty ones: nobody signs them.
fn theirs(prefix: &str, fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let filled = fields.iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(name, value)| (format!("{prefix}_{name}"), value.clone())).collect()
}
