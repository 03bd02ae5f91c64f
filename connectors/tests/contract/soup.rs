//! What random messages are made of: good values often enough that some are read as money, and anything else.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::proven::VIETTEL_FIELDS;

/// A moment as senders write it in Vietnam time, and its milliseconds.
const SPACED: &str = "2025-08-15 09:30:00";
const MILLISECONDS: i64 = 1_755_225_000_000;

/// Soup made of the right words, and of anything.
pub(crate) fn poison() -> impl Strategy<Value = Vec<u8>> {
    let word = r#"\{|\}|\[|\]|,|:|"type"|"payment.received"|"data"|"amount"|"id"|"transferAmount"|"in"|-?[0-9]{1,25}|1e400|"\\u0000"|"\\ud800"|null"#;
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        proptest::string::string_regex(&format!("({word}){{0,40}}")).unwrap().prop_map(String::into_bytes),
        (amount(), "\\PC{0,20}", time(SPACED), time("2025-08-15T02:30:00Z")).prop_map(|(amount, text, local, rfc3339)| {
            let text = serde_json::to_string(&text).unwrap();
            format!(
                r#"{{"type":"payment.received","id":7,"zp_trans_id":7,"app_id":9999,"app_trans_id":{text},"server_time":7,"transferType":"in","transferAmount":{amount},"content":{text},
                "transactionDate":"{local}","transType":"C","referencenumber":7,"transactionTime":"{local}","orderId":{text},"transaction_date":"{local}","transfer_type":"credit","amount":{amount},
                "transaction_id":{text},"notification_type":"ORDER_PAID","order":{{"order_invoice_number":{text}}},
                "transaction":{{"transaction_amount":"{amount}","transaction_date":"{local}","transaction_id":{text}}},
                "data":{{"amount":{amount},"content":{text},"transactionId":{text},
                "occurredAt":"{rfc3339}"}}}}"#
            )
            .into_bytes()
        }),
    ]
}

/// What a bank could write as an amount, and what nobody could.
fn amount() -> impl Strategy<Value = i128> {
    prop_oneof![any::<i128>(), -2_i128..300_000, -2_i128..3]
}

/// A moment, and what only looks like one.
fn time(good: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![Just(good.to_owned()), "[0-9 :-]{0,22}"]
}

/// The fields of payOS's `data`.
pub(crate) fn payos_data() -> impl Strategy<Value = BTreeMap<&'static str, Value>> {
    fields(&[
        ("accountNumber", json!("9999000000001")),
        ("amount", json!(250_000)),
        ("code", json!("00")),
        ("currency", json!("VND")),
        ("description", json!("LT10000000018")),
        ("orderCode", json!(7)),
        ("reference", json!("FT7")),
        ("transactionDateTime", json!(SPACED)),
    ])
}

/// The fields of a transaction of Casso, in both of its versions.
pub(crate) fn casso_data() -> impl Strategy<Value = BTreeMap<&'static str, Value>> {
    fields(&[
        ("accountNumber", json!("9999000000001")),
        ("amount", json!(250_000)),
        ("description", json!("LT10000000018")),
        ("id", json!(7)),
        ("reference", json!("FT7")),
        ("tid", json!("FT7")),
        ("transactionDateTime", json!(SPACED)),
        ("when", json!(SPACED)),
    ])
}

/// The fields that MoMo signs, which must all be there.
pub(crate) fn momo_fields() -> impl Strategy<Value = BTreeMap<&'static str, Value>> {
    let good = [
        ("amount", json!(250_000)),
        ("extraData", json!("")),
        ("message", json!("Successful.")),
        ("orderId", json!("LT10000000018")),
        ("orderInfo", json!("LT10000000018")),
        ("orderType", json!("momo_wallet")),
        ("payType", json!("qr")),
        ("requestId", json!("LT10000000018")),
        ("responseTime", json!(MILLISECONDS)),
        ("resultCode", json!(0)),
        ("transId", json!(7)),
    ];
    let field = |(name, good)| (Just(name), prop_oneof![6 => Just(good), 1 => scalar()]);
    good.into_iter().map(field).collect::<Vec<_>>().prop_map(BTreeMap::from_iter)
}

/// These fields with these values, with other ones, or without.
fn fields(good: &[(&'static str, Value)]) -> impl Strategy<Value = BTreeMap<&'static str, Value>> + use<> {
    let field = |(name, good): &(&'static str, Value)| {
        (Just(*name), prop_oneof![6 => Just(Some(good.clone())), 2 => value().prop_map(Some), 1 => Just(None)])
    };
    let known = good.iter().map(field).collect::<Vec<_>>();
    known.prop_map(|fields| fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

/// A value that a field may have, and others.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![3 => scalar(), 1 => Just(Value::Null), 1 => Just(json!([{ "a": [] }]))]
}

/// A number or a text, good and bad.
pub(crate) fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        prop_oneof![-2_i64..300_000, -2_i64..3].prop_map(Value::from),
        Just(Value::from(250_000.5)),
        "[0-9]{1,20}|[0-9 :-]{19}|\\PC{0,20}|00|null|VND".prop_map(Value::from),
    ]
}

/// The values of a result of Viettel Money, in the order of its fields.
pub(crate) fn viettel_values() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(
        prop_oneof![2 => "00|0|1|2|5|V06", 2 => "[0-9]{0,20}", 1 => "[ -~đ]{0,20}"],
        VIETTEL_FIELDS.len(),
    )
}

/// The fields of VNPAY and OnePay without the sender's prefix, and others.
pub(crate) fn form_fields() -> impl Strategy<Value = BTreeMap<String, String>> {
    const GOOD: [(&str, &str); 10] = [
        ("Amount", "25000000"),
        ("MerchTxnRef", "LT10000000018"),
        ("OrderInfo", "LT10000000018"),
        ("PayDate", "20250815093000"),
        ("PaymentTime", "20250815T023000Z"),
        ("ResponseCode", "00"),
        ("TransactionNo", "7"),
        ("TransactionStatus", "00"),
        ("TxnRef", "LT10000000018"),
        ("TxnResponseCode", "0"),
    ];
    const VALUE: &str = "[ -~đ]{0,20}|[0-9]{1,20}|00";
    let field =
        |(name, good): (&str, &str)| (Just(name.to_owned()), prop_oneof![3 => Just(good.to_owned()), 1 => VALUE]);
    let known = GOOD.map(field).to_vec();
    let unknown = prop::collection::btree_map("[a-z]{1,5}", VALUE, 0..3);
    (known, unknown).prop_map(|(known, unknown)| known.into_iter().chain(unknown).collect())
}
