//! Plays VietQR.vn: words a credit as its transaction-sync would, with a token that the hub would have issued just now.

use super::{SYNC_PATH, USERNAME, is_signed, issue, sign, signature::signed_text, wire::BalanceChange};
use crate::{
    banks::Credentials,
    fault::ConfigFault,
    letter::{Letter, Payment},
    notice::Status,
    time::{Timestamp, Vietnam},
    vietqr::without_diacritics,
};

pub(super) fn compose(credentials: &Credentials, payment: &Payment, now: Timestamp) -> Result<Letter, ConfigFault> {
    if payment.status != Status::Settled {
        return Err(ConfigFault::NoWords("VietQR.vn tells settled transactions only"));
    }
    let key = credentials.first_key()?;
    let id = payment.transaction.to_string();
    let order = payment.reference.as_deref().unwrap_or_default();
    let time = Vietnam::Spaced.write(payment.occurred_at).ok_or(ConfigFault::OUTSIDE_CALENDAR)?;
    let text = signed_text(&id, payment.amount_vnd, &time, order);
    let change = BalanceChange {
        sign: is_signed(credentials)?.then(|| sign(key, &text)),
        reference_number: id.clone(),
        transaction_id: id,
        transaction_time: time,
        amount: payment.amount_vnd,
        content: without_diacritics(&payment.content),
        bank_account: &payment.account,
        trans_type: "C",
        order_id: order,
    };
    let body = serde_json::to_vec(&change).map_err(|_| ConfigFault::NOT_JSON)?;
    let token = issue(key, credentials.setting(USERNAME)?, now);
    let letter = Letter::posted([("Authorization", format!("Bearer {token}"))], body);
    Ok(Letter { path_tail: SYNC_PATH.to_owned(), ..letter })
}
