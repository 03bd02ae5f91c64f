//! Viettel's sum: HMAC-SHA1 over values in a fixed order, one behind the other.

use base64::Engine;
use ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY;

use super::wire::is_result;
use crate::{
    fault::Refusal,
    form::Form,
    proof::{self, BASE64},
    secret::Secret,
};

/// Where the sum is.
const FIELD: &str = "check_sum";
/// The fields of a result in the order in which they are signed, behind the access code.
const RESULT: [&str; 8] = [
    "billcode",
    "cust_msisdn",
    "error_code",
    "merchant_code",
    "order_id",
    "payment_status",
    "trans_amount",
    "vt_transaction_id",
];
/// The same of an order check.
const CHECK: [&str; 4] = ["billcode", "merchant_code", "order_id", "trans_amount"];

/// The sum that a message carries. Viettel does not always encode it for a form: `+` arrives as a blank then, and its
/// padding may be encoded twice.
pub(super) fn claim(form: &Form<'_>) -> Result<[u8; 20], Refusal> {
    let sum = form.text(FIELD).ok_or(Refusal::NoProof)?.replace(' ', "+");
    let sum = sum.strip_suffix("%3D").or_else(|| sum.strip_suffix("%3d")).unwrap_or(&sum);
    BASE64.decode(sum).ok().and_then(|sum| sum.try_into().ok()).ok_or(Refusal::Malformed)
}

/// The signed text of a message, with this amount where the message has none.
pub(super) fn signed_text(access_code: &str, form: &Form<'_>, amount: Option<&str>) -> String {
    let names: &[&str] = if is_result(form) { &RESULT } else { &CHECK };
    let value = |name: &&str| match (*name, amount) {
        ("trans_amount", Some(amount)) => amount.to_owned(),
        (name, _) => form.text(name).unwrap_or_default().to_owned(),
    };
    std::iter::once(access_code.to_owned()).chain(names.iter().map(value)).collect()
}

/// A code as Viettel writes it.
pub(super) fn encode(code: &[u8]) -> String {
    BASE64.encode(code)
}

/// The value of `check_sum` for a signed text, which begins with the access code.
#[must_use]
pub fn sign(key: &Secret, signed_text: &str) -> String {
    let key = proof::key(HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    encode(proof::sign(&key, &[signed_text.as_bytes()]).as_ref())
}

#[cfg(test)]
mod tests {
    use super::{claim, signed_text};
    use crate::form::Form;

    #[test]
    fn a_damaged_sum_is_the_same_sum() {
        let whole = claim(&Form::read(b"check_sum=AcirUAX2%2BpvEnIZ8Q85aAL6NGJs%3D")).unwrap();
        for damaged in
            ["AcirUAX2+pvEnIZ8Q85aAL6NGJs=", "AcirUAX2%2BpvEnIZ8Q85aAL6NGJs%253D", "AcirUAX2+pvEnIZ8Q85aAL6NGJs"]
        {
            assert_eq!(claim(&Form::read(format!("check_sum={damaged}").as_bytes())).unwrap(), whole, "{damaged}");
        }
        for bad in ["", "check_sum=", "check_sum=!", "check_sum=AcirUAX2", "check_sum=a&check_sum=b"] {
            assert!(claim(&Form::read(bad.as_bytes())).is_err(), "{bad}");
        }
    }

    #[test]
    fn each_message_has_its_own_order_of_fields() {
        let check = Form::read(b"order_id=O&merchant_code=M&billcode=B&new=x");
        assert_eq!(signed_text("A", &check, Some("7")), "ABMO7");
        let result = b"vt_transaction_id=V&payment_status=S&trans_amount=T&order_id=O&merchant_code=M&error_code=E&billcode=B&cust_msisdn=C";
        assert_eq!(signed_text("A", &Form::read(result), None), "ABCEMOSTV");
    }
}
