//! Plays ZaloPay: words a paid order as its callback would.

use super::{
    app_id, sign,
    wire::{Callback, ORDER, PaidOrder},
};
use crate::{
    banks::Credentials,
    fault::ConfigFault,
    letter::{Letter, Payment},
    notice::Status,
    time::{self, Timestamp, Vietnam},
};

pub(super) fn compose(credentials: &Credentials, payment: &Payment, _now: Timestamp) -> Result<Letter, ConfigFault> {
    if payment.status != Status::Settled {
        return Err(ConfigFault::NoWords("ZaloPay tells paid orders only"));
    }
    let data = serde_json::to_string(&order(credentials, payment)?).map_err(|_| ConfigFault::NOT_JSON)?;
    let mac = sign(credentials.first_key()?, &data);
    let body = serde_json::to_vec(&Callback { data, mac, r#type: ORDER }).map_err(|_| ConfigFault::NOT_JSON)?;
    Ok(Letter::posted([], body))
}

fn order(credentials: &Credentials, payment: &Payment) -> Result<PaidOrder<'static>, ConfigFault> {
    let code = payment.reference.as_deref().ok_or(ConfigFault::NoWords("ZaloPay always names an order"))?;
    let compact = Vietnam::Compact.write(payment.occurred_at);
    // Six digits of the year, month and day in Vietnam.
    let day = compact.as_deref().and_then(|text| text.get(2..8));
    let day = day.ok_or(ConfigFault::OUTSIDE_CALENDAR)?;
    let paid_at = time::milliseconds(payment.occurred_at);
    Ok(PaidOrder {
        app_id: app_id(credentials)?,
        app_trans_id: format!("{day}_{code}"),
        app_time: paid_at,
        app_user: "SANDBOX",
        amount: payment.amount_vnd,
        embed_data: "{}",
        item: "[]",
        zp_trans_id: payment.transaction,
        server_time: paid_at,
        channel: 38,
        merchant_user_id: "SANDBOX",
        user_fee_amount: 0,
        discount_amount: 0,
    })
}
