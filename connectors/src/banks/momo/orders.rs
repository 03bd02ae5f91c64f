//! Asking MoMo about an order: `POST /v2/gateway/api/query`, signed with the secret key (developers.momo.vn, "Check Transaction
//! Status", read in 2026). The documented answer carries no signature: the sender's host over TLS proves it, and it must repeat
//! the question.

use ring::hmac::{HMAC_SHA256, Key};
use serde::{Deserialize, Serialize};

use super::{ACCESS_KEY, PARTNER_CODE, wire as momo};
use crate::{
    banks::{Credentials, Opened},
    fault::{ConfigFault, Drift, Refusal},
    listing::{Access, Question},
    notice::Notice,
    orders::{self, Doubt, Order, Orders},
    proof,
    wire::{self, Whole},
};

const STANDARD_URL: &str = "https://payment.momo.vn";
const PATH: &str = "/v2/gateway/api/query";

struct Query {
    key: Key,
    partner: String,
    access_key: String,
    base_url: Option<String>,
}

/// Questions about the orders of a MoMo partner. The key for questions is its secret key once more.
pub(super) fn orders(credentials: &Credentials, access: &Access) -> Result<Box<dyn Orders>, ConfigFault> {
    access.text()?;
    Ok(Box::new(Query {
        key: proof::key(HMAC_SHA256, &access.token),
        partner: credentials.setting(PARTNER_CODE)?.to_owned(),
        access_key: credentials.setting(ACCESS_KEY)?.to_owned(),
        base_url: access.base_url.clone(),
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'a> {
    partner_code: &'a str,
    request_id: &'a str,
    order_id: &'a str,
    lang: &'a str,
    signature: String,
}

/// What an answer says of itself; an answer to a wrong question has no more.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    partner_code: Option<String>,
    request_id: Option<String>,
    order_id: Option<String>,
    result_code: Whole,
}

/// Whether MoMo calls the question wrong, and not the order unpaid. 42 is an order that it does not know.
fn is_not_taken(result_code: i64) -> bool {
    matches!(result_code, 10..=41 | 43..=47)
}

impl Orders for Query {
    fn question(&self, order: &Order<'_>) -> Result<Question, Drift> {
        let Order { reference, question, .. } = order;
        let (access_key, partner) = (&self.access_key, &self.partner);
        let text = format!("accessKey={access_key}&orderId={reference}&partnerCode={partner}&requestId={question}");
        // Nothing is encoded: an order that reads as further fields would let the signature prove another question.
        if proof::reads_as_fields(reference) {
            return Err(Drift::NoIdentity);
        }
        let asked = Asked {
            partner_code: partner,
            request_id: question,
            order_id: reference,
            lang: "en",
            signature: proof::sign_hex(&self.key, &[text.as_bytes()]),
        };
        Ok(Question {
            url: format!("{}{PATH}", self.base_url.as_deref().unwrap_or(STANDARD_URL)),
            headers: vec![("Content-Type", "application/json; charset=UTF-8".to_owned())],
            body: Some(serde_json::to_vec(&asked).map_err(|_| Drift::NotJson)?),
        })
    }

    fn read(&self, order: &Order<'_>, body: &[u8]) -> Result<Vec<Notice>, Doubt> {
        let answer: Answer = wire::json(body).map_err(|reason| reason.drift)?;
        if is_not_taken(answer.result_code.0) {
            return Err(Doubt::NotTaken);
        }
        if answer.partner_code.as_ref() != Some(&self.partner) {
            return Err(Refusal::WrongMerchant.into());
        }
        if answer.order_id.as_deref() != Some(order.reference) || answer.request_id.as_deref() != Some(order.question) {
            return Err(Doubt::OtherOrder);
        }
        if !orders::is_end(momo::status(answer.result_code.0)) {
            return Ok(Vec::new());
        }
        match momo::open(body) {
            Opened::Notices(notices) => Ok(notices.into_iter().map(orders::told).collect()),
            Opened::Unreadable(reason) => Err(reason.drift.into()),
            _ => Err(Drift::Shape.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::Status;
    use crate::secret::Secret;

    const ORDER: Order<'static> = Order { reference: "LT10000000018-1", transaction_id: "4000000001", question: "q1" };

    fn momo() -> Box<dyn Orders> {
        let extra = [(PARTNER_CODE, "MOMO"), (ACCESS_KEY, "F8BBA842ECF85")];
        let credentials = Credentials {
            connection: String::new(),
            keys: vec![Secret::new("unused")],
            extra: extra.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        };
        let access = Access { token: Secret::new("K951B6PE1waDMi640xX08PD3vg6EkVlz"), base_url: None };
        orders(&credentials, &access).unwrap()
    }

    fn answer(order: &str, question: &str, partner: &str, code: i64) -> Vec<u8> {
        format!(
            r#"{{"partnerCode":"{partner}","orderId":"{order}","requestId":"{question}","extraData":"","amount":250000,
            "transId":4000000001,"payType":"qr","resultCode":{code},"refundTrans":[],"message":"x",
            "responseTime":1755225000000}}"#
        )
        .into()
    }

    #[test]
    fn a_question_is_signed_over_its_four_fields() {
        let question = momo().question(&ORDER).unwrap();
        assert_eq!(question.url, "https://payment.momo.vn/v2/gateway/api/query");
        let body: serde_json::Value = serde_json::from_slice(&question.body.unwrap()).unwrap();
        let text = "accessKey=F8BBA842ECF85&orderId=LT10000000018-1&partnerCode=MOMO&requestId=q1";
        let signature = super::super::sign(&Secret::new("K951B6PE1waDMi640xX08PD3vg6EkVlz"), text);
        let expected = serde_json::json!({ "partnerCode": "MOMO", "requestId": "q1", "orderId": "LT10000000018-1",
            "lang": "en", "signature": signature });
        assert_eq!(body, expected);
        let odd = Order { reference: "a&requestId=q2", ..ORDER };
        assert_eq!(momo().question(&odd).err(), Some(Drift::NoIdentity));
    }

    #[test]
    fn an_end_is_told_once_and_what_waits_says_nothing() {
        let read = |code| momo().read(&ORDER, &answer("LT10000000018-1", "q1", "MOMO", code)).unwrap();
        let [paid] = &read(0)[..] else { panic!("it was paid") };
        assert_eq!((paid.event_id.as_str(), paid.status), ("listed:4000000001:SETTLED", Status::Settled));
        assert_eq!((paid.amount_vnd, paid.reference.as_deref()), (250_000, Some("LT10000000018")));
        assert_eq!(read(1006)[0].status, Status::Failed);
        for waiting in [42, 1000, 7000, 7002, 9000, 123_456] {
            assert_eq!(read(waiting), [], "{waiting}");
        }
    }

    #[test]
    fn an_answer_about_something_else_is_not_taken_up() {
        let read = |order, question, partner, code| momo().read(&ORDER, &answer(order, question, partner, code)).err();
        assert_eq!(read("LT10000000018-2", "q1", "MOMO", 0), Some(Doubt::OtherOrder));
        assert_eq!(read("LT10000000018-1", "q2", "MOMO", 0), Some(Doubt::OtherOrder));
        assert_eq!(read("LT10000000018-1", "q1", "MOMOX", 0), Some(Doubt::Unproven(Refusal::WrongMerchant)));
        for wrong in [10, 11, 13, 20, 41, 43, 47] {
            assert_eq!(read("LT10000000018-1", "q1", "MOMO", wrong), Some(Doubt::NotTaken), "{wrong}");
        }
        for (body, doubt) in [
            ("", Drift::NotJson),
            ("{}", Drift::Shape),
            (r#"{"partnerCode":"MOMO","orderId":"LT10000000018-1","requestId":"q1","resultCode":0}"#, Drift::Shape),
        ] {
            assert_eq!(momo().read(&ORDER, body.as_bytes()).err(), Some(Doubt::Drifted(doubt)), "{body}");
        }
    }
}
