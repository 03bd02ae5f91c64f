//! Bytes that nobody should send: refused when unproven, parked when proven, never a panic.

use connectors::{Inbound, Opened};
use proptest::prelude::*;
use serde_json::Value;

use crate::proven::{
    VIETTEL_FIELDS, casso, casso_by_token, every_body, momo, one_connection_of_each_kind, onepay, payos, viettel_money,
    vnpay, zalopay,
};

const HEADERS: [&str; 9] = [
    "Authorization",
    "X-Secret-Key",
    "X-SePay-Timestamp",
    "X-SePay-Signature",
    "X-Casso-Signature",
    "secure-token",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
];
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

proptest! {
    #[test]
    fn random_bytes_are_refused(
        post in any::<bool>(),
        tail in "|/api/token_generate|/bank/api/transaction-sync",
        query in "((vnp|vpc|user)_[A-Za-z]{0,12}=[ -~]{0,12}&?){0,6}|[ -~]{0,60}|vnp_SecureHash=[0-9a-f]{128}|vpc_SecureHash=[0-9A-F]{64}",
        values in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..60),
                "(Apikey |Basic |Bearer |Bearer [0-9]{10}[.]|sha256=|t=[0-9]{13},v1=|v1,|v1a,|[0-9]{10})[ -~]{0,60}".prop_map(String::into_bytes),
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
        let inbound = Inbound::new(method, &tail, &query, &headers, &body);
        for letter in one_connection_of_each_kind() {
            prop_assert!(letter.open(&inbound, now).is_err());
        }
    }

    #[test]
    fn proven_bytes_are_read_or_parked(body in poison()) {
        let data = String::from_utf8_lossy(&body);
        for opened in every_body(&body).into_iter().chain([zalopay(&data)]) {
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
        for opened in every_body(body.as_bytes()).into_iter().chain([zalopay(&body)]) {
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
                r#"{{"type":"payment.received","id":7,"zp_trans_id":7,"app_trans_id":{text},"server_time":7,"transferType":"in","transferAmount":{amount},"content":{text},
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
