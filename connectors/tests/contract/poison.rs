//! Bytes that nobody should send: refused when unproven, parked when proven, never a panic.

use std::collections::BTreeMap;

use connectors::{Inbound, Opened};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::Value;

use crate::{
    connections::one_of_each_kind,
    proven::{casso, casso_by_token, every_body, momo, onepay, payos, viettel_money, vnpay, zalopay},
    soup::{casso_data, form_fields, momo_fields, payos_data, poison, scalar, viettel_values},
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
        for letter in one_of_each_kind() {
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
    fn proven_values_are_read_or_parked(data in payos_data()) {
        if let Opened::Notices(notices) = payos(&data) {
            prop_assert!(notices.iter().all(|notice| notice.amount_vnd > 0));
        }
    }

    #[test]
    fn proven_transactions_are_read_or_parked(
        data in casso_data(),
        error in prop_oneof![9 => Just(Value::from(0)), 1 => scalar()],
    ) {
        for opened in both_of_casso(&data, &error) {
            if let Opened::Notices(notices) | Opened::Several { notices, .. } = opened {
                prop_assert!(notices.iter().all(|notice| notice.amount_vnd > 0));
            }
        }
    }

    #[test]
    fn proven_results_are_read_or_parked(fields in momo_fields()) {
        if let Opened::Notices(notices) = momo(fields) {
            prop_assert!(notices.iter().all(|notice| notice.amount_vnd > 0));
        }
    }

    #[test]
    fn proven_fields_are_read_or_parked(fields in form_fields()) {
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
        values in viettel_values(),
    ) {
        match viettel_money(&values) {
            Opened::Notices(notices) => prop_assert!(notices.iter().all(|notice| notice.amount_vnd > 0)),
            Opened::Unreadable(_) => {}
            other => prop_assert!(false, "a result is no question: {other:?}"),
        }
    }
}

/// Poison that nobody reads proves nothing.
#[test]
fn every_sender_reads_some_poison_as_money() {
    let bodies = money(poison(), |body| {
        // Casso's list of transactions has its own soup below.
        let others = every_body(body).into_iter().skip(1);
        others.chain([zalopay(&String::from_utf8_lossy(body))]).collect()
    });
    assert_eq!(bodies, [true; 6], "SePay, BankHub, the gateway, partners, VietQR.vn, ZaloPay");
    assert_eq!(money(payos_data(), |data| vec![payos(data)]), [true], "payOS");
    assert_eq!(money(casso_data(), |data| both_of_casso(data, &Value::from(0)).into()), [true; 2], "Casso");
    assert_eq!(money(momo_fields(), |fields| vec![momo(fields.clone())]), [true], "MoMo");
    assert_eq!(money(form_fields(), |fields| vec![vnpay(fields), onepay(fields)]), [true; 2], "VNPAY, OnePay");
    assert_eq!(money(viettel_values(), |values| vec![viettel_money(values)]), [true], "Viettel Money");
}

/// Which senders read money out of one of many messages.
fn money<T: std::fmt::Debug>(messages: impl Strategy<Value = T>, open: impl Fn(&T) -> Vec<Opened>) -> Vec<bool> {
    let mut runner = TestRunner::deterministic();
    let mut read = Vec::new();
    for _ in 0..1_000 {
        let opened = open(&messages.new_tree(&mut runner).unwrap().current());
        read.resize(opened.len(), false);
        for (read, opened) in read.iter_mut().zip(opened) {
            *read |= matches!(opened, Opened::Notices(_));
        }
    }
    read
}

/// Puts one transaction to both versions of Casso.
fn both_of_casso(data: &BTreeMap<&str, Value>, error: &Value) -> [Opened; 2] {
    let several = serde_json::json!({ "error": error, "data": [data, data] });
    let one = serde_json::json!({ "error": error, "data": data });
    [casso_by_token(several.to_string().as_bytes()), casso(&one)]
}

/// The signed text of payOS has no marks between its fields but `&` and `=`, which names and values may have, too.
#[test]
fn no_field_of_payos_hides_in_its_neighbour() {
    let honest = BTreeMap::from([
        ("accountNumber", "9999000000001"),
        ("amount", "250000"),
        ("code", "00"),
        ("description", "LT10000000018"),
        ("orderCode", "7"),
        ("paymentLinkId", "a0b1"),
        ("reference", "FT7"),
        ("transactionDateTime", "2025-08-15 09:30:00"),
        ("virtualAccountNumber", ""),
    ]);
    let sent = |fields: &BTreeMap<&str, &str>| {
        payos(&fields.iter().map(|(name, value)| (*name, Value::from(*value))).collect())
    };
    assert!(matches!(sent(&honest), Opened::Notices(_)));
    for ((first, one), (second, other)) in honest.iter().zip(honest.iter().skip(1)) {
        let (name, value) = (format!("{first}={one}&{second}"), format!("{one}&{second}={other}"));
        for (name, value) in [(name.as_str(), *other), (*first, value.as_str())] {
            let mut hidden = honest.clone();
            hidden.retain(|known, _| known != first && known != second);
            hidden.insert(name, value);
            assert!(matches!(sent(&hidden), Opened::Unreadable(_)), "{name}: {value}");
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
