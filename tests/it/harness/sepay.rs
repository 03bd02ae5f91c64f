//! A sender that signs as SePay does, written apart from the connector so that each checks the other.

use reqwest::{Client, RequestBuilder};
use ring::hmac;
use serde_json::json;

use super::clock;

/// One connection at the hub, seen from the sender's side.
#[derive(Clone)]
pub(crate) struct Sepay {
    pub(crate) url: String,
    pub(crate) secret: String,
    pub(crate) account: String,
}

impl Sepay {
    /// A credit of `amount` đồng: `id` names the transaction, `content` is what the payer wrote.
    pub(crate) fn credit(&self, id: u64, amount: i64, content: &str) -> String {
        json!({
            "id": id,
            "gateway": "MBBank",
            "transactionDate": "2026-11-20 09:30:00",
            "accountNumber": self.account,
            "subAccount": null,
            "code": null,
            "content": content,
            "transferType": "in",
            "description": format!("BankAPINotify {content}"),
            "transferAmount": amount,
            "accumulated": 0,
            "referenceCode": format!("FT26324{id:09}"),
        })
        .to_string()
    }

    /// The request that carries `body`, signed now: an honest re-send has another signature.
    pub(crate) fn letter(&self, client: &Client, body: &str) -> RequestBuilder {
        let now = clock::unix_seconds();
        let request = client.post(&self.url).header("Content-Type", "application/json");
        let request =
            request.header("X-SePay-Timestamp", now).header("X-SePay-Signature", sign(&self.secret, now, body));
        request.body(body.to_string())
    }
}

fn sign(secret: &str, now: u64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("sha256={}", hex::encode(hmac::sign(&key, format!("{now}.{body}").as_bytes())))
}

#[test]
fn signs_as_the_provider_does() {
    let body = r#"{"id":5001,"gateway":"MBBank","transactionDate":"2025-08-15 09:30:00","accountNumber":"0011000000009","subAccount":null,"code":"HP2508000042","content":"HP2508000042 hoc phi","transferType":"in","description":"BankAPINotify HP2508000042 hoc phi","transferAmount":250000,"accumulated":0,"referenceCode":"FT25227000000001"}"#;
    let expected = "sha256=752c87070000df83c1dae5f12bbb58fee2889fefcaf2b0673e03238de3fd3b45";
    assert_eq!(sign("devsepaysecret", 1_755_225_000, body), expected);
}
