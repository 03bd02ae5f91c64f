//! The hub's own bill protocol, from a bank's side. The signatures are made here, apart from the connector, by what the page for
//! banks says.

mod collected;
mod days;
mod inquiries;
mod payments;
mod published;
mod reversals;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connectors::Secret;
use reqwest::{Method, RequestBuilder};
use ring::digest::{SHA256, digest};
use ring::hmac;
use serde_json::{Value, json};

use super::banks::Line;
use super::ground::{Bill, Ground, Purse, now};
use crate::harness::hub::Hub;

const SHARED: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0000000000000000000000000000mau01";
const RSA: (&str, &str) = (
    include_str!("../../../connectors/tests/contract/keys/bill_rsa.pem"),
    include_str!("../../../connectors/tests/contract/keys/bill_rsa.pub.pem"),
);
const ED25519: (&str, &str) = (
    include_str!("../../../connectors/tests/contract/keys/bill_ed25519.pem"),
    include_str!("../../../connectors/tests/contract/keys/bill_ed25519.pub.pem"),
);
const EXACT: [(&str, &str); 3] = [("amounts", "exact"), ("hours", "00:00-24:00"), ("certificate", "none")];
const CHOSEN: [(&str, &str); 3] = [("amounts", "chosen"), ("hours", "00:00-24:00"), ("certificate", "none")];

/// A bank that speaks the protocol.
#[derive(Clone)]
struct Bank {
    line: Line,
    key: String,
}

/// What a bank hears.
#[derive(Clone, PartialEq, Debug)]
struct Heard {
    status: u16,
    /// The code and its word: `00 OK`.
    code: String,
    body: Value,
    text: String,
    signature: Option<String>,
    /// The name of the hub's key, where that signed.
    key_id: Option<String>,
    retry_after: Option<String>,
}

/// A call before it is signed, which a test may bend.
#[derive(Clone)]
struct Call {
    method: Method,
    verb: String,
    body: String,
    seconds: i64,
    nonce: String,
}

impl Call {
    fn new(verb: &str, body: &str) -> Self {
        let nonce = uuid::Uuid::now_v7().simple().to_string();
        Self { method: Method::POST, verb: verb.to_owned(), body: body.to_owned(), seconds: now().seconds(), nonce }
    }

    fn text(&self, path: &str) -> String {
        let body = hex::encode(digest(&SHA256, self.body.as_bytes()));
        format!("LIENTHONG-BILL-V1\n{}\n{path}\n{}\n{}\n{body}", self.method, self.seconds, self.nonce)
    }
}

impl Bank {
    /// A bank with a shared key, for the accounts of these purses.
    async fn connect(ground: &Ground, hub: &Hub<'_>, extra: &[(&str, &str)], purses: &[&Purse]) -> Self {
        Self::with_keys(ground, hub, (SHARED, SHARED), extra, purses).await
    }

    /// A bank that signs with the first key, of which the hub has the second.
    async fn with_keys(
        ground: &Ground,
        hub: &Hub<'_>,
        (own, known): (&str, &str),
        extra: &[(&str, &str)],
        purses: &[&Purse],
    ) -> Self {
        let line = Line::connect(ground, hub, ("bill", known), extra, purses).await;
        Self { line, key: own.to_owned() }
    }

    fn path(&self, call: &Call) -> String {
        format!("/billing/{}{}", self.line.id, call.verb)
    }

    fn sign(&self, text: &str) -> String {
        if self.key.starts_with("-----") {
            return connectors::banks::bill::sign(&Secret::new(self.key.as_str()), text.as_bytes()).unwrap();
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.key.as_bytes());
        format!("hmac-sha256={}", STANDARD.encode(hmac::sign(&key, text.as_bytes())))
    }

    fn request(&self, call: &Call) -> RequestBuilder {
        let signature = self.sign(&call.text(&self.path(call)));
        self.signed(call, &signature)
    }

    fn signed(&self, call: &Call, signature: &str) -> RequestBuilder {
        let url = format!("{}{}", self.line.url, call.verb);
        let request = self.line.client.request(call.method.clone(), url).body(call.body.clone());
        request
            .header("Lienthong-Timestamp", call.seconds)
            .header("Lienthong-Nonce", &call.nonce)
            .header("Lienthong-Signature", signature)
    }

    async fn calls(&self, verb: &str, body: Value) -> Heard {
        hear(self.request(&Call::new(verb, &body.to_string()))).await
    }

    async fn inquires(&self, body: Value) -> Heard {
        self.calls("/inquiry", body).await
    }

    async fn pays(&self, reference: &str, bill: &Bill, purse: &Purse, amount: i64) -> Heard {
        self.calls("/pay", payment(reference, bill, purse, amount)).await
    }

    async fn reverses(&self, reference: &str, amount: i64) -> Heard {
        self.calls("/reverse", json!({ "bankReference": reference, "amount": amount })).await
    }

    /// The code and the state: `00 OK SETTLED`.
    async fn status(&self, reference: &str) -> String {
        let heard = self.calls("/status", json!({ "bankReference": reference })).await;
        format!("{} {}", heard.code, heard.body["state"].as_str().unwrap_or("-"))
    }

    /// Compares a day by the bank's file; the lines of the answer without their header.
    async fn compares(&self, day: &str, file: &str) -> Vec<String> {
        let heard = hear(self.request(&Call::new(&format!("/reconciliation/{day}"), file))).await;
        assert_eq!(heard.status, 200, "{}", heard.text);
        heard.text.lines().skip(1).map(ToOwned::to_owned).collect()
    }
}

fn payment(reference: &str, bill: &Bill, purse: &Purse, amount: i64) -> Value {
    json!({
        "bankReference": reference, "account": purse.number, "invoiceCode": bill.code, "amount": amount,
        "paidAt": now().rfc3339(), "payerName": "NGUYEN VAN MAU", "content": "nop tien", "channel": "APP",
    })
}

async fn hear(request: RequestBuilder) -> Heard {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (signature, retry_after) = (header("Lienthong-Signature"), header("Retry-After"));
    let key_id = header("Lienthong-Key-Id");
    let text = answer.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    let word = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    Heard { status, code: format!("{} {}", word("code"), word("reason")), body, text, signature, key_id, retry_after }
}
