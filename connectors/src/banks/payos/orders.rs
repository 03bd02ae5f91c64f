//! Asking payOS about an order: `GET /v2/payment-requests/{orderCode}` with the names `x-client-id` and `x-api-key` (payOS's
//! documentation and `@payos/node@2.0.5`, read in 2026). The answer is signed like a message, and lists every payment of the
//! order: those of which no message told as well.

use ring::hmac::HMAC_SHA256;
use serde::Deserialize;

use super::{signature::Envelope, wire as payos};
use crate::{
    banks::Credentials,
    fault::{ConfigFault, Drift},
    listing::{Access, Question},
    notice::Notice,
    orders::{self, Doubt, Order, Orders},
    proof::Keys,
    wire::{self, Whole, digits},
};

const STANDARD_URL: &str = "https://api-merchant.payos.vn";
const PATH: &str = "/v2/payment-requests/";
const TAKEN: &str = "00";

struct Link {
    keys: Keys,
    client_id: String,
    api_key: String,
    base_url: Option<String>,
}

/// Questions about the orders of a payOS channel. The key for questions is its client id and its API key with a colon between.
pub(super) fn orders(credentials: &Credentials, access: &Access) -> Result<Box<dyn Orders>, ConfigFault> {
    let pair = access.text()?.split_once(':').filter(|(client, key)| !client.is_empty() && !key.is_empty());
    let (client_id, api_key) = pair.ok_or(ConfigFault::BadKey("it is the client id, a colon and the API key"))?;
    Ok(Box::new(Link {
        keys: Keys::new(HMAC_SHA256, &credentials.keys)?,
        client_id: client_id.to_owned(),
        api_key: api_key.to_owned(),
        base_url: access.base_url.clone(),
    }))
}

/// An answer's word for itself, which is not signed and so only ever refuses.
#[derive(Deserialize)]
struct Word {
    code: String,
}

#[derive(Deserialize)]
struct Message {
    data: Told,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    order_code: Whole,
    transactions: Vec<payos::Paid>,
}

impl Orders for Link {
    fn question(&self, order: &Order<'_>) -> Result<Question, Drift> {
        let order = digits(order.reference).filter(|order| *order > 0).ok_or(Drift::NoIdentity)?;
        Ok(Question {
            url: format!("{}{PATH}{order}", self.base_url.as_deref().unwrap_or(STANDARD_URL)),
            headers: vec![("x-client-id", self.client_id.clone()), ("x-api-key", self.api_key.clone())],
            body: None,
        })
    }

    fn read(&self, order: &Order<'_>, body: &[u8]) -> Result<Vec<Notice>, Doubt> {
        let word: Word = wire::json(body).map_err(|reason| reason.drift)?;
        if word.code != TAKEN {
            return Err(Doubt::NotTaken);
        }
        let envelope = Envelope::read(body).ok_or(crate::fault::Refusal::NoProof)?;
        self.keys.prove_hex(&[envelope.signed_text().as_bytes()], &envelope.signature)?;
        if envelope.is_ambiguous() {
            return Err(Drift::Shape.into());
        }
        let Message { data } = wire::json(body).map_err(|reason| reason.drift)?;
        if digits(order.reference) != Some(data.order_code.0) {
            return Err(Doubt::OtherOrder);
        }
        let read = data.transactions.into_iter().map(|paid| payos::paid(data.order_code, paid).map(orders::told));
        Ok(read.collect::<Result<_, _>>().map_err(|reason| reason.drift)?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::signature::signed_text;
    use super::*;
    use crate::fault::Refusal;
    use crate::secret::Secret;

    const ORDER: Order<'static> = Order { reference: "2508000042", transaction_id: "FT25227000000001", question: "q1" };

    fn made(token: &str) -> Result<Box<dyn Orders>, ConfigFault> {
        let keys = vec![Secret::new("devpayoschecksumkey")];
        let credentials = Credentials { connection: String::new(), keys, extra: [].into() };
        orders(&credentials, &Access { token: Secret::new(token), base_url: None })
    }

    fn payos() -> Box<dyn Orders> {
        made("client:key").unwrap()
    }

    fn paid(reference: &str, time: &str) -> Value {
        json!({ "reference": reference, "amount": 125_000, "accountNumber": "0011000000009", "description": "LT1",
            "transactionDateTime": time, "virtualAccountName": null, "virtualAccountNumber": null,
            "counterAccountBankId": null, "counterAccountBankName": null, "counterAccountName": null,
            "counterAccountNumber": null })
    }

    fn answer(order: u64, transactions: &[Value]) -> Value {
        let data = json!({ "id": "a0b1c2d3e4f5", "orderCode": order, "amount": 250_000, "amountPaid": 250_000,
            "amountRemaining": 0, "status": "PAID", "createdAt": "2025-08-15T09:00:00+07:00",
            "transactions": transactions, "cancellationReason": null, "canceledAt": null });
        let text = signed_text(data.as_object().unwrap());
        let signature = super::super::sign(&Secret::new("devpayoschecksumkey"), &text);
        json!({ "code": "00", "desc": "success", "data": data, "signature": signature })
    }

    fn read(answer: &Value) -> Result<Vec<Notice>, Doubt> {
        payos().read(&ORDER, answer.to_string().as_bytes())
    }

    #[test]
    fn a_question_names_the_order_and_both_names() {
        let question = payos().question(&ORDER).unwrap();
        assert_eq!(question.url, "https://api-merchant.payos.vn/v2/payment-requests/2508000042");
        let headers = vec![("x-client-id", "client".to_owned()), ("x-api-key", "key".to_owned())];
        assert_eq!((question.headers, question.body), (headers, None));
        for reference in ["../x", "LT10000000018", "0", ""] {
            assert_eq!(payos().question(&Order { reference, ..ORDER }).err(), Some(Drift::NoIdentity), "{reference}");
        }
        for token in ["client", ":key", "client:", "cli ent:key"] {
            assert!(made(token).is_err(), "{token}");
        }
    }

    #[test]
    fn every_payment_of_the_order_is_told() {
        let both = [paid("FT1", "2025-08-15 09:30:00"), paid("FT2", "2025-08-15T02:30:00Z")];
        let told = read(&answer(2_508_000_042, &both)).unwrap();
        let events: Vec<_> = told.iter().map(|notice| notice.event_id.as_str()).collect();
        assert_eq!(events, ["listed:FT1:SETTLED", "listed:FT2:SETTLED"]);
        for notice in told {
            assert_eq!((notice.amount_vnd, notice.occurred_at), (125_000, Some(1_755_225_000_000_000)));
            assert_eq!(notice.order_reference.as_deref(), Some("2508000042"));
        }
        assert_eq!(read(&answer(2_508_000_042, &[])).unwrap(), []);
    }

    #[test]
    fn a_forged_answer_and_one_about_another_order_are_not_taken_up() {
        assert_eq!(read(&answer(2_508_000_043, &[])), Err(Doubt::OtherOrder));
        let whole = answer(2_508_000_042, &[paid("FT1", "2025-08-15 09:30:00")]);
        let mut forged = whole.clone();
        forged["data"]["transactions"][0]["amount"] = json!(125_001);
        assert_eq!(read(&forged), Err(Doubt::Unproven(Refusal::BadProof)));
        let mut unsigned = whole.clone();
        unsigned["signature"].take();
        assert_eq!(read(&unsigned), Err(Doubt::Unproven(Refusal::NoProof)));
        let mut refused = whole;
        refused["code"] = json!("101");
        assert_eq!(read(&refused), Err(Doubt::NotTaken));
        assert_eq!(read(&answer(2_508_000_042, &[paid("FT1", "15/08/2025")])), Err(Doubt::Drifted(Drift::Time)));
        assert_eq!(
            read(&answer(2_508_000_042, &[paid("", "2025-08-15 09:30:00")])),
            Err(Doubt::Drifted(Drift::NoIdentity))
        );
    }
}
