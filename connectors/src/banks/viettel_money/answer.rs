//! Our answers in Viettel's words. Only an answer to a proven message is signed: signing for others would hand out sums over
//! texts of their choice, and with values that are merely put together such a text could be read as a payment.

use ring::hmac;
use serde::Serialize;

use super::signature::encode;
use crate::{
    fault::Refusal,
    form::Form,
    proof,
    reply::{Outcome, Reply},
};

const DONE: &str = "00";
const WRONG_DATA: &str = "01";
const BAD_SUM: &str = "02";
const OWN_FAILURE: &str = "03";

/// The answer to an order check.
#[derive(Serialize)]
struct Checked<'a> {
    billcode: &'a str,
    error_code: &'a str,
    merchant_code: &'a str,
    order_id: &'a str,
    trans_amount: &'a str,
    check_sum: &'a str,
}

/// The answer to a result.
#[derive(Serialize)]
struct Received<'a> {
    error_code: &'a str,
    merchant_code: &'a str,
    order_id: &'a str,
    return_url: &'a str,
    return_bill_code: &'a str,
    return_other_info: &'a str,
    check_sum: &'a str,
}

/// The order waits for its money, and the check is proven.
pub(super) fn payable(key: &hmac::Key, access_code: &str, form: &Form<'_>, amount: &str) -> Reply {
    let [bill, merchant, order] = told(form);
    let sum = sum(key, &[access_code, bill, DONE, merchant, order, amount]);
    checked(form, DONE, amount, &sum)
}

/// One word for every no, so that nobody learns from it which orders there are.
pub(super) fn not_payable(form: &Form<'_>) -> Reply {
    checked(form, WRONG_DATA, "", "")
}

/// The result is on disk.
pub(super) fn kept(key: &hmac::Key, access_code: &str, form: &Form<'_>) -> Reply {
    let [_, merchant, order] = told(form);
    received(form, DONE, &sum(key, &[access_code, DONE, merchant, order]))
}

fn sum(key: &hmac::Key, values: &[&str]) -> String {
    encode(proof::sign(key, &[values.concat().as_bytes()]).as_ref())
}

pub(super) fn refused(form: &Form<'_>, refusal: Refusal) -> Reply {
    let code = match refusal {
        Refusal::NoProof | Refusal::BadProof | Refusal::OutsideWindow => BAD_SUM,
        Refusal::WrongMerchant
        | Refusal::WrongMethod
        | Refusal::Malformed
        | Refusal::WrongAddress
        | Refusal::TooLarge => WRONG_DATA,
    };
    received(form, code, "")
}

/// Viettel reads the code inside of the body; the HTTP status is for whoever counts failures on the way.
pub(super) fn unavailable(form: &Form<'_>, outcome: &Outcome) -> Reply {
    received(form, OWN_FAILURE, "").with_status_of(outcome)
}

fn checked(form: &Form<'_>, error_code: &str, trans_amount: &str, check_sum: &str) -> Reply {
    let [billcode, merchant_code, order_id] = told(form);
    Reply::worded(&Checked { billcode, error_code, merchant_code, order_id, trans_amount, check_sum })
}

fn received(form: &Form<'_>, error_code: &str, check_sum: &str) -> Reply {
    let [_, merchant_code, order_id] = told(form);
    Reply::worded(&Received {
        error_code,
        merchant_code,
        order_id,
        return_url: "",
        return_bill_code: "",
        return_other_info: "",
        check_sum,
    })
}

/// What an answer repeats of its message.
fn told<'f>(form: &'f Form<'_>) -> [&'f str; 3] {
    ["billcode", "merchant_code", "order_id"].map(|name| form.text(name).unwrap_or_default())
}
