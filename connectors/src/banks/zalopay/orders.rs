//! Asking ZaloPay about an order: `POST /v2/query` as a form, signed with `key1` (docs.zalopay.vn, "Query status of an order", read
//! in 2026). The answer carries no signature and names no order: the sender's host over TLS proves it, and it must name the
//! transaction that the callback had named.

use form_urlencoded::Serializer;
use ring::hmac::HMAC_SHA256;
use serde::Deserialize;

use super::{app_id, wire as zalopay};
use crate::{
    banks::Credentials,
    fault::{ConfigFault, Drift},
    listing::{Access, Question},
    notice::Notice,
    orders::{self, Doubt, Order, Orders},
    proof, time,
    wire::{self, Whole},
};

const STANDARD_URL: &str = "https://openapi.zalopay.vn";
const PATH: &str = "/v2/query";
/// The order was paid.
const PAID: i64 = 1;
/// The question has a wrong form, or its `mac` is not by the app's key.
const NOT_TAKEN: [i64; 2] = [-401, -402];

struct Query {
    key1: String,
    app: i64,
    base_url: Option<String>,
}

/// Questions about the orders of a ZaloPay app. The key for questions is `key1`.
pub(super) fn orders(credentials: &Credentials, access: &Access) -> Result<Box<dyn Orders>, ConfigFault> {
    Ok(Box::new(Query {
        key1: access.text()?.to_owned(),
        app: app_id(credentials)?,
        base_url: access.base_url.clone(),
    }))
}

#[derive(Deserialize)]
struct Answer {
    return_code: Whole,
    sub_return_code: Option<Whole>,
}

/// What an answer says of a paid order.
#[derive(Deserialize)]
struct Paid {
    amount: Whole,
    zp_trans_id: Whole,
    server_time: Option<Whole>,
}

impl Orders for Query {
    fn question(&self, order: &Order<'_>) -> Result<Question, Drift> {
        let (app, reference, key1) = (self.app, order.reference, &self.key1);
        // The parts are not encoded: an order with the mark between them would prove another question.
        if reference.contains('|') {
            return Err(Drift::NoIdentity);
        }
        let key = ring::hmac::Key::new(HMAC_SHA256, key1.as_bytes());
        let mac = proof::sign_hex(&key, &[format!("{app}|{reference}|{key1}").as_bytes()]);
        let fields = [("app_id", app.to_string()), ("app_trans_id", reference.to_owned()), ("mac", mac)];
        Ok(Question {
            url: format!("{}{PATH}", self.base_url.as_deref().unwrap_or(STANDARD_URL)),
            headers: vec![("Content-Type", "application/x-www-form-urlencoded".to_owned())],
            body: Some(Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()),
        })
    }

    /// Only a paid order ends the waiting: of the others ZaloPay's codes do not tell an order that failed from one that it does
    /// not know.
    fn read(&self, order: &Order<'_>, body: &[u8]) -> Result<Vec<Notice>, Doubt> {
        let answer: Answer = wire::json(body).map_err(|reason| reason.drift)?;
        if answer.return_code.0 != PAID {
            let is_wrong = answer.sub_return_code.is_some_and(|sub| NOT_TAKEN.contains(&sub.0));
            return if is_wrong { Err(Doubt::NotTaken) } else { Ok(Vec::new()) };
        }
        let paid: Paid = wire::json(body).map_err(|reason| reason.drift)?;
        let known = wire::digits(order.transaction_id).filter(|known| *known > 0);
        if paid.zp_trans_id.0 < 1 {
            return Err(Drift::NoIdentity.into());
        }
        if known.is_some_and(|known| known != paid.zp_trans_id.0) {
            return Err(Doubt::OtherOrder);
        }
        let paid_at = match paid.server_time {
            Some(Whole(count)) => Some(time::read_milliseconds(count).ok_or(Drift::Time)?),
            None => None,
        };
        let told = zalopay::paid(order.reference, paid.zp_trans_id.0, paid.amount.0, paid_at);
        Ok(vec![orders::told(told.map_err(|reason| reason.drift)?)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::Status;
    use crate::secret::Secret;

    const ORDER: Order<'static> =
        Order { reference: "250815_LT10000000018", transaction_id: "250815000000001", question: "q1" };

    fn zalopay() -> Box<dyn Orders> {
        let credentials = Credentials {
            connection: String::new(),
            keys: vec![Secret::new("key2")],
            extra: [(super::super::APP_ID.to_owned(), "2553".to_owned())].into(),
        };
        let access = Access { token: Secret::new("PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL"), base_url: None };
        orders(&credentials, &access).unwrap()
    }

    fn answer(code: i64, sub: i64, transaction: i64) -> Vec<u8> {
        format!(
            r#"{{"return_code":{code},"return_message":"x","sub_return_code":{sub},"sub_return_message":"x",
            "is_processing":false,"amount":250000,"discount_amount":0,"zp_trans_id":{transaction},
            "server_time":1755225000000}}"#
        )
        .into()
    }

    #[test]
    fn a_question_is_signed_with_key1_which_stands_in_its_text_too() {
        let question = zalopay().question(&ORDER).unwrap();
        assert_eq!(question.url, "https://openapi.zalopay.vn/v2/query");
        let key1 = Secret::new("PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL");
        let mac = super::super::sign(&key1, "2553|250815_LT10000000018|PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL");
        let body = String::from_utf8(question.body.unwrap()).unwrap();
        assert_eq!(body, format!("app_id=2553&app_trans_id=250815_LT10000000018&mac={mac}"));
        let odd = Order { reference: "250815_a|b", ..ORDER };
        assert_eq!(zalopay().question(&odd).err(), Some(Drift::NoIdentity));
    }

    #[test]
    fn only_a_paid_order_ends_the_waiting() {
        let [paid] = &zalopay().read(&ORDER, &answer(1, 1, 250_815_000_000_001)).unwrap()[..] else {
            panic!("it was paid")
        };
        assert_eq!((paid.event_id.as_str(), paid.status), ("listed:250815000000001:SETTLED", Status::Settled));
        assert_eq!((paid.amount_vnd, paid.reference.as_deref()), (250_000, Some("LT10000000018")));
        for (code, sub) in [(2, -54), (2, -101), (3, -54), (0, 0), (-1, 1)] {
            assert_eq!(zalopay().read(&ORDER, &answer(code, sub, 0)).unwrap(), [], "{code} {sub}");
        }
    }

    #[test]
    fn an_answer_about_something_else_is_not_taken_up() {
        let read = |code, sub, transaction| zalopay().read(&ORDER, &answer(code, sub, transaction)).err();
        assert_eq!(read(1, 1, 250_815_000_000_002), Some(Doubt::OtherOrder));
        assert_eq!(read(1, 1, 0), Some(Doubt::Drifted(Drift::NoIdentity)));
        assert_eq!(read(2, -402, 0), Some(Doubt::NotTaken));
        for (body, drift) in [("", Drift::NotJson), ("{}", Drift::Shape), (r#"{"return_code":1}"#, Drift::Shape)] {
            assert_eq!(zalopay().read(&ORDER, body.as_bytes()).err(), Some(Doubt::Drifted(drift)), "{body}");
        }
    }
}
