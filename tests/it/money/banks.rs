//! Banks as seen from outside. Each words what happened in its own way and signs it; the signatures are written apart from
//! the connectors, so that each checks the other.

use std::collections::BTreeMap;

use api::flows::receive::Door;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connectors::Secret;
use connectors::banks::{Credentials, compose};
use connectors::letter::{Letter, Payment};
use entities::connections::{self, NewConnection};
use entities::ids::ConnectionId;
use entities::transaction;
use reqwest::{Client, RequestBuilder};
use ring::hmac;
use serde_json::{Value, json};

use super::ground::{Ground, Purse, now};
use crate::harness::clock;
use crate::harness::hub::Hub;
use crate::harness::sepay::Sepay;

/// One connection at the hub, seen from the sender's side.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) id: ConnectionId,
    pub(super) url: String,
    pub(super) client: Client,
    secret: String,
}

/// What a sender hears.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Heard {
    pub(super) status: u16,
    pub(super) body: String,
    /// Seconds, where the hub says when to come again.
    pub(super) retry_after: Option<u64>,
}

impl Heard {
    pub(super) fn says(status: u16, body: &str) -> Self {
        Self { status, body: body.into(), retry_after: None }
    }
}

/// Sends a request and hears the answer.
pub(super) async fn send(request: RequestBuilder) -> Heard {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let retry_after = answer.headers().get("Retry-After").map(|value| value.to_str().unwrap().parse().unwrap());
    Heard { status, retry_after, body: answer.text().await.unwrap() }
}

impl Line {
    /// A connection that may speak for these accounts.
    pub(super) async fn connect(
        ground: &Ground,
        hub: &Hub<'_>,
        (bank, secret): (&str, &str),
        extra: &[(&str, &str)],
        purses: &[&Purse],
    ) -> Self {
        let new = NewConnection {
            bank: bank.into(),
            name: format!("{bank}-{}", ground.next()),
            key: secret.into(),
            extra: extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            accounts: purses.iter().map(|purse| purse.account).collect(),
            client: None,
        };
        let made = transaction!(ground.db, |tx| connections::create(tx, &new, "hub", now()).await).unwrap();
        let url = hub.url(&Door::of(bank).path(made.id));
        Self { id: made.id, url, client: hub.client.clone(), secret: secret.into() }
    }

    /// The same line in the hands of someone who signs with another secret.
    pub(super) fn signing_with(&self, secret: &str) -> Self {
        Self { secret: secret.into(), ..self.clone() }
    }

    /// A payment as the connector itself words it in its sender's stead.
    pub(super) fn words(&self, bank: &str, extra: &[(&str, &str)], payment: &Payment) -> Letter {
        let extra = extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let credentials =
            Credentials { connection: self.id.to_string(), keys: vec![Secret::new(self.secret.as_str())], extra };
        compose(bank, &credentials, payment, now().micros()).unwrap()
    }

    pub(super) async fn delivers(&self, letter: &Letter) -> Heard {
        let mut request = self.client.post(letter.address(&self.url)).body(letter.body.clone());
        for (name, value) in &letter.headers {
            request = request.header(name, value);
        }
        send(request).await
    }

    /// SePay with signatures, for the accounts of these purses; its messages name the first.
    pub(super) async fn sepay(ground: &Ground, hub: &Hub<'_>, purses: &[&Purse]) -> SepayLine {
        let line = Self::connect(ground, hub, ("sepay", "synthetic-sepay"), &[("auth", "hmac")], purses).await;
        let sepay = Sepay { url: line.url.clone(), secret: line.secret.clone(), account: purses[0].number.clone() };
        SepayLine { line, sepay }
    }

    pub(super) async fn vnpay(ground: &Ground, hub: &Hub<'_>, purse: &Purse) -> Vnpay {
        let secret = "SYNTHETICVNPAYSECRET000000000000";
        Vnpay(Self::connect(ground, hub, ("vnpay", secret), &[("tmnCode", "TESTTMN1")], &[purse]).await)
    }

    pub(super) async fn partner(ground: &Ground, hub: &Hub<'_>, purse: &Purse) -> Partner {
        let secret = format!("whsec_{}", STANDARD.encode("synthetic-partner-key-0123456789"));
        Partner(Self::connect(ground, hub, ("standard_webhooks", &secret), &[], &[purse]).await)
    }
}

/// SePay, with its connection.
#[derive(Clone)]
pub(super) struct SepayLine {
    pub(super) line: Line,
    pub(super) sepay: Sepay,
}

impl SepayLine {
    /// The hub that answers now has another address.
    pub(super) fn moved_to(&mut self, hub: &Hub<'_>) {
        self.line.url = hub.url(&format!("/webhooks/{}", self.line.id));
        self.sepay.url.clone_from(&self.line.url);
    }

    /// Tells of a credit and hears the answer.
    pub(super) async fn pays(&self, id: u64, amount: i64, content: &str) -> Heard {
        self.tells(&self.sepay.credit(id, amount, content)).await
    }

    /// Tells of a credit with some fields of its own.
    pub(super) async fn pays_with(&self, id: u64, amount: i64, content: &str, fields: Value) -> Heard {
        let mut body: Value = serde_json::from_str(&self.sepay.credit(id, amount, content)).unwrap();
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.tells(&body.to_string()).await
    }

    pub(super) async fn tells(&self, body: &str) -> Heard {
        send(self.sepay.letter(&self.line.client, body)).await
    }
}

/// SePay with the static key, worded by the connector itself.
pub(super) async fn sepay_by_key(ground: &Ground, hub: &Hub<'_>, purse: &Purse, payment: &Payment) -> Heard {
    let key = "synthetic-static-key";
    let extra = [("auth", "apikey")];
    let line = Line::connect(ground, hub, ("sepay", key), &extra, &[purse]).await;
    line.delivers(&line.words("sepay", &extra, payment)).await
}

/// VNPAY, which speaks by GET and signs its query.
#[derive(Clone)]
pub(super) struct Vnpay(pub(super) Line);

/// What VNPAY says of a payment.
#[derive(Clone, Debug)]
pub(super) struct Ipn<'a> {
    pub(super) transaction: u64,
    pub(super) amount: i64,
    /// Response code and transaction status.
    pub(super) codes: (&'a str, &'a str),
    pub(super) order: &'a str,
    pub(super) info: &'a str,
    /// `yyyyMMddHHmmss`.
    pub(super) paid_at: &'a str,
}

impl Vnpay {
    pub(super) async fn tells(&self, ipn: &Ipn<'_>) -> Heard {
        let (response, status) = ipn.codes;
        let fields = [
            ("vnp_Amount", (ipn.amount * 100).to_string()),
            ("vnp_BankCode", "NCB".into()),
            ("vnp_BankTranNo", format!("VNP{}", ipn.transaction)),
            ("vnp_CardType", "ATM".into()),
            ("vnp_OrderInfo", ipn.info.into()),
            ("vnp_PayDate", ipn.paid_at.into()),
            ("vnp_ResponseCode", response.into()),
            ("vnp_TmnCode", "TESTTMN1".into()),
            ("vnp_TransactionNo", ipn.transaction.to_string()),
            ("vnp_TransactionStatus", status.into()),
            ("vnp_TxnRef", ipn.order.into()),
        ];
        self.sends(&fields).await
    }

    /// Any fields, signed.
    pub(super) async fn sends(&self, fields: &[(&str, String)]) -> Heard {
        let query = vnpay_query(&self.0.secret, fields);
        send(self.0.client.get(format!("{}?{query}", self.0.url))).await
    }
}

/// The query with its signature, by the rule of the provider's own packages: keys in order, both sides encoded as forms.
fn vnpay_query(secret: &str, fields: &[(&str, String)]) -> String {
    let sorted: BTreeMap<_, _> = fields.iter().filter(|(_, value)| !value.is_empty()).cloned().collect();
    let pairs: Vec<String> = sorted.iter().map(|(name, value)| format!("{name}={}", form(value))).collect();
    let text = pairs.join("&");
    let key = hmac::Key::new(hmac::HMAC_SHA512, secret.as_bytes());
    let signature = hex::encode(hmac::sign(&key, text.as_bytes()));
    format!("{text}&vnp_SecureHash={signature}")
}

fn form(value: &str) -> String {
    let letter = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        byte if byte.is_ascii_alphanumeric() || b"*-._".contains(&byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    value.bytes().map(letter).collect()
}

/// A partner who speaks Standard Webhooks in the hub's own payload.
#[derive(Clone)]
pub(super) struct Partner(pub(super) Line);

impl Partner {
    /// Tells of an event under a message id; an honest re-send keeps the id and signs anew.
    pub(super) async fn tells(&self, id: &str, kind: &str, data: &Value) -> Heard {
        let body = json!({"type": kind, "timestamp": "2026-11-20T02:30:00Z", "data": data}).to_string();
        self.sends(id, &body).await
    }

    /// Any body, signed.
    pub(super) async fn sends(&self, id: &str, body: &str) -> Heard {
        let now = clock::unix_seconds();
        let request = self.0.client.post(&self.0.url).header("Content-Type", "application/json");
        let request = request.header("webhook-id", id).header("webhook-timestamp", now);
        send(
            request.header("webhook-signature", webhook_signature(&self.0.secret, id, now, body)).body(body.to_owned()),
        )
        .await
    }
}

fn webhook_signature(secret: &str, id: &str, now: u64, body: &str) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    format!("v1,{}", STANDARD.encode(hmac::sign(&key, format!("{id}.{now}.{body}").as_bytes())))
}

#[test]
fn signs_as_vnpay_does() {
    let fields = [
        ("vnp_TxnRef", "HP2508000042"),
        ("vnp_Amount", "25000000"),
        ("vnp_BankCode", "NCB"),
        ("vnp_BankTranNo", "VNP14000001"),
        ("vnp_CardType", "ATM"),
        ("vnp_OrderInfo", "Học phí HP2508000042 & ăn bán trú"),
        ("vnp_PayDate", "20250815093000"),
        ("vnp_ResponseCode", "00"),
        ("vnp_TmnCode", "DEVTMN01"),
        ("vnp_TransactionNo", "14000001"),
        ("vnp_TransactionStatus", "00"),
    ];
    let query = vnpay_query("DEVVNPAYSECRET00000000000000000A", &fields.map(|(name, value)| (name, value.to_owned())));
    let expected = "410b05bd7f7e46ab83de26f141c4853af06d41010e5aeb31f02483db79ccd679\
                    b67596175275ea48b3abf8b7b71b4318c8dc07d281f0c3dc1668301057c47dc5";
    assert!(query.ends_with(&format!("&vnp_SecureHash={expected}")), "{query}");
}

#[test]
fn signs_as_the_standard_does() {
    let (secret, body) = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", r#"{"test": 2432232314}"#);
    let signature = webhook_signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    let secret = "whsec_ZGV2ZWxvcGVyLXZlY3Rvci1rZXktMDAwMDAwMDAwMDMy";
    let body = r#"{"type":"payment.received","data":{"amount":250000,"content":"HP2508000042"}}"#;
    let signature = webhook_signature(secret, "msg_dev1", 1_755_225_000, body);
    assert_eq!(signature, "v1,7HZpmTlxm/N2Zd3VpRCZYCSY3P3XGFpDxKe2ge1Uf0M=");
}
