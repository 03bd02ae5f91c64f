//! ZaloPay's own field names, and what they mean.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    banks::{Opened, Reason},
    notice::{Assurance, Direction, Notice, Status},
    time,
    wire::{self, Whole},
};

/// The kind of a callback about a paid order; 2 is an agreement to pay later, which is no money.
pub(super) const ORDER: i64 = 1;

/// What carries the proof. Only `data` is signed.
#[derive(Deserialize)]
pub(super) struct Envelope {
    pub(super) data: String,
    pub(super) mac: String,
    #[serde(default)]
    r#type: Value,
}

#[derive(Deserialize)]
struct App {
    app_id: Whole,
}

/// An order's data, with the fields that we read; others are tolerated.
#[derive(Deserialize)]
struct Order {
    amount: Whole,
}

/// What names the transaction, even when the rest has drifted.
#[derive(Deserialize)]
struct Identity {
    app_trans_id: String,
    zp_trans_id: Whole,
    server_time: Whole,
}

/// A callback as ZaloPay words it, for [`super::compose`].
#[derive(Serialize)]
pub(super) struct Callback {
    pub(super) data: String,
    pub(super) mac: String,
    pub(super) r#type: i64,
}

/// An order's data as ZaloPay words it, for [`super::compose`].
#[derive(Serialize)]
pub(super) struct PaidOrder<'a> {
    pub(super) app_id: i64,
    pub(super) app_trans_id: String,
    pub(super) app_time: i64,
    pub(super) app_user: &'a str,
    pub(super) amount: i64,
    pub(super) embed_data: &'a str,
    pub(super) item: &'a str,
    pub(super) zp_trans_id: u64,
    pub(super) server_time: i64,
    pub(super) channel: i64,
    pub(super) merchant_user_id: &'a str,
    pub(super) user_fee_amount: i64,
    pub(super) discount_amount: i64,
}

impl Envelope {
    /// `None` when there is no data or no mac, or two of either.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        wire::json(body).ok()
    }

    /// The app that the data is for.
    pub(super) fn app(&self) -> Result<i64, Reason> {
        wire::json::<App>(self.data.as_bytes()).map(|app| app.app_id.0)
    }

    /// ZaloPay calls back about an order after it was paid and never else. The kind is not signed: whoever changes it can
    /// only make a payment wait.
    fn status(&self) -> Status {
        if self.r#type == ORDER { Status::Settled } else { Status::Waiting }
    }
}

/// Reads proven data.
pub(super) fn open(envelope: &Envelope) -> Opened {
    let data = envelope.data.as_bytes();
    let identity: Identity = match wire::json(data) {
        Ok(identity) => identity,
        Err(reason) => return Opened::Unreadable(reason),
    };
    let transaction_id = match identity.transaction() {
        Ok(transaction_id) => transaction_id,
        Err(reason) => return Opened::Unreadable(reason),
    };
    let status = envelope.status();
    let event_id = wire::event_id(&transaction_id, status);
    match wire::json(data).and_then(|order| notice(&event_id, &transaction_id, status, identity, order)) {
        Ok(notice) => Opened::Notices(vec![notice]),
        Err(reason) => Opened::Unreadable(reason.named(event_id, transaction_id)),
    }
}

impl Identity {
    /// ZaloPay's number; 0 stands for none, and order and time stand in.
    fn transaction(&self) -> Result<String, Reason> {
        match self.zp_trans_id.0 {
            number @ 1.. => Ok(number.to_string()),
            _ => {
                let order = wire::identifier("app_trans_id", &self.app_trans_id)?;
                Ok(format!("{order}@{}", self.server_time.0))
            }
        }
    }
}

fn notice(
    event_id: &str,
    transaction_id: &str,
    status: Status,
    identity: Identity,
    order: Order,
) -> Result<Notice, Reason> {
    let order_reference = wire::text("app_trans_id", Some(identity.app_trans_id))?;
    Ok(Notice {
        event_id: event_id.to_owned(),
        transaction_id: transaction_id.to_owned(),
        status,
        amount_vnd: wire::amount("amount", order.amount.0)?,
        direction: Direction::In,
        account: None,
        virtual_account: None,
        reference: order_reference.as_deref().map(invoice_code).map(str::to_owned),
        order_reference,
        content: None,
        payer_name: None,
        payer_account: None,
        method: None,
        bank_reference: None,
        occurred_at: Some(wire::moment("server_time", time::read_milliseconds(identity.server_time.0))?),
        assurance: Assurance::High,
    })
}

/// The invoice code in `yymmdd_code`: ZaloPay wants the day in front of every order.
fn invoice_code(order: &str) -> &str {
    let code = match order.split_once('_') {
        Some((day, code)) if day.len() == 6 && wire::digits(day).is_some() && !code.is_empty() => code,
        _ => order,
    };
    wire::without_attempt(code)
}

#[cfg(test)]
mod tests {
    use super::invoice_code;

    #[test]
    fn the_day_and_the_attempt_are_cut_and_nothing_else() {
        for (order, code) in [
            ("250815_LT10000000018", "LT10000000018"),
            ("250815_LT10000000018-2", "LT10000000018"),
            ("200904_2553_1598435687208", "2553_1598435687208"),
            ("LT10000000018", "LT10000000018"),
            ("25081_LT10000000018", "25081_LT10000000018"),
            ("250815_", "250815_"),
        ] {
            assert_eq!(invoice_code(order), code);
        }
    }
}
