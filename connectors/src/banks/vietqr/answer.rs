//! Our answers in VietQR.vn's words.

use serde::Serialize;

use super::wire;
use crate::{
    reply::{Outcome, Reply},
    time::WINDOW_S,
};

/// A reason that VietQR.vn does not know more of.
const OTHER_REASON: &str = "002";

#[derive(Serialize)]
struct Token<'a> {
    access_token: &'a str,
    token_type: &'a str,
    expires_in: u64,
}

#[derive(Serialize)]
struct NoToken<'a> {
    status: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Received<'a> {
    error: bool,
    error_reason: &'a str,
    toast_message: &'a str,
    message_error: &'a str,
    object: Option<Transaction>,
}

#[derive(Serialize)]
struct Transaction {
    reftransactionid: String,
}

pub(super) fn token(token: &str) -> Reply {
    Reply::worded(&Token { access_token: token, token_type: "Bearer", expires_in: WINDOW_S })
}

pub(super) fn no_token(outcome: &Outcome) -> Reply {
    Reply::worded(&NoToken { status: "FAILED", message: outcome.code() }).with_status_of(outcome)
}

/// It is on disk, under the name that the message gives its transaction.
pub(super) fn kept(body: &[u8]) -> Reply {
    let reftransactionid = wire::transaction_id(body).unwrap_or_default();
    Reply::worded(&Received {
        error: false,
        error_reason: "000",
        toast_message: "",
        message_error: "",
        object: Some(Transaction { reftransactionid }),
    })
}

pub(super) fn not_kept(outcome: &Outcome) -> Reply {
    let code = outcome.code();
    let words =
        Received { error: true, error_reason: OTHER_REASON, toast_message: code, message_error: code, object: None };
    Reply::worded(&words).with_status_of(outcome)
}
