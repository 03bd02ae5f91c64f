//! The signature that VietQR.vn may put into a message. It covers four of its fields, one behind the other.

use ring::hmac::HMAC_SHA256;
use serde::Deserialize;

use super::wire::Word;
use crate::{
    fault::Refusal,
    proof::{self, Keys},
    secret::Secret,
    wire::{self, Whole},
};

/// The signed fields and the signature, in both spellings of VietQR.vn.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    #[serde(alias = "transactionid")]
    transaction_id: Option<Word>,
    amount: Whole,
    #[serde(alias = "transactiontime")]
    transaction_time: Option<Word>,
    #[serde(alias = "orderid")]
    order_id: Option<Word>,
    #[serde(alias = "signature")]
    sign: Option<String>,
}

/// Accepts a body whose signature fits.
pub(super) fn prove(keys: &Keys, body: &[u8]) -> Result<(), Refusal> {
    let signed: Signed = wire::json(body).map_err(|_| Refusal::NoProof)?;
    let signature = signed.sign.as_deref().filter(|signature| !signature.is_empty()).ok_or(Refusal::NoProof)?;
    let text = |word: &Option<Word>| word.as_ref().map_or_else(String::new, |word| word.0.clone());
    let text = signed_text(
        &text(&signed.transaction_id),
        signed.amount.0,
        &text(&signed.transaction_time),
        &text(&signed.order_id),
    );
    keys.prove_hex(&[text.as_bytes()], signature)
}

/// The amount has ten digits here, whatever it has in the message.
pub(super) fn signed_text(transaction_id: &str, amount_vnd: i64, transaction_time: &str, order_id: &str) -> String {
    format!("{transaction_id}{amount_vnd:010}{transaction_time}{order_id}")
}

/// The value of `sign` for a signed text.
#[must_use]
pub fn sign(key: &Secret, signed_text: &str) -> String {
    proof::sign_hex(&proof::key(HMAC_SHA256, key), &[signed_text.as_bytes()])
}

#[cfg(test)]
mod tests {
    use ring::hmac::HMAC_SHA256;

    use super::{prove, sign, signed_text};
    use crate::{fault::Refusal, proof::Keys, secret::Secret};

    const KEY: &str = "YWN0aXZlX3NpZ24ga2V5LiBLZWVwIGl0IHNlY3JldCE=";
    const ID: &str = "0a4cc317-3af3-4055-bc83-7296adb624bf";

    #[test]
    fn the_signed_text_is_that_of_the_documentation() {
        let text = signed_text(ID, 100_000, "2024-05-1701:53", ID);
        assert_eq!(
            text,
            "0a4cc317-3af3-4055-bc83-7296adb624bf00001000002024-05-1701:530a4cc317-3af3-4055-bc83-7296adb624bf"
        );
        assert_eq!(sign(&Secret::new(KEY), &text), "241fad517529e1abfef81756f615a6edd0a765846f0e926563ee88540c4a9ef1");
    }

    #[test]
    fn a_changed_field_that_is_covered_is_refused() {
        let keys = Keys::new(HMAC_SHA256, &[Secret::new(KEY)]).unwrap();
        let sign = sign(&Secret::new(KEY), &signed_text("T-1", 100_000, "7", "O-1"));
        let body = format!(
            r#"{{"transactionid":"T-1","amount":100000,"transactiontime":7,"orderId":"O-1","content":"x","sign":"{sign}"}}"#
        );
        assert_eq!(prove(&keys, body.as_bytes()), Ok(()));
        assert_eq!(prove(&keys, body.replace("\"x\"", "\"y\"").as_bytes()), Ok(()), "the content is not covered");
        for (from, to) in [("T-1", "T-2"), ("100000", "100001"), (":7", ":8"), ("O-1", "O-2"), ("T-1", "")] {
            let changed = body.replace(from, to);
            assert_eq!(prove(&keys, changed.as_bytes()), Err(Refusal::BadProof), "{changed}");
        }
        for unsigned in ["", "{}", r#"{"amount":1}"#, r#"{"amount":1,"sign":""}"#] {
            assert_eq!(prove(&keys, unsigned.as_bytes()), Err(Refusal::NoProof), "{unsigned}");
        }
    }
}
