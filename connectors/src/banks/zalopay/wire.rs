//! ZaloPay's own field names, and what they mean.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    banks::{Opened, Reason},
    notice::{Assurance, Direction, Notice, Status},
    object::Object,
    time::{self, Timestamp},
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

    /// ZaloPay calls back about an order after it was paid and never else. The kind is not signed: whoever changes it can
    /// only make a payment wait.
    pub(super) fn status(&self) -> Status {
        if self.r#type == ORDER { Status::Settled } else { Status::Waiting }
    }
}

/// Reads proven data.
pub(super) fn open(data: &Object<'_>, status: Status) -> Opened {
    let transaction_id = match transaction(data) {
        Ok(transaction_id) => transaction_id,
        Err(reason) => return Opened::Unreadable(reason),
    };
    let event_id = wire::event_id(&transaction_id, status);
    match notice(&event_id, &transaction_id, status, data) {
        Ok(notice) => Opened::Notices(vec![notice]),
        Err(reason) => Opened::Unreadable(reason.named(event_id, transaction_id)),
    }
}

/// ZaloPay's number; 0 stands for none, and order and time stand in.
fn transaction(data: &Object<'_>) -> Result<String, Reason> {
    match data.field("zp_trans_id")? {
        Whole(number @ 1..) => Ok(number.to_string()),
        _ => {
            let order = wire::identifier("app_trans_id", &data.field::<String>("app_trans_id")?)?;
            let Whole(paid_at) = data.field("server_time")?;
            Ok(format!("{order}@{paid_at}"))
        }
    }
}

fn notice(event_id: &str, transaction_id: &str, status: Status, data: &Object<'_>) -> Result<Notice, Reason> {
    let order_reference = wire::text("app_trans_id", Some(data.field("app_trans_id")?))?;
    let (Whole(amount_vnd), Whole(paid_at)) = (data.field("amount")?, data.field("server_time")?);
    let occurred_at = wire::moment("server_time", time::read_milliseconds(paid_at))?;
    let notice = of_order(transaction_id.to_owned(), order_reference, amount_vnd, Some(occurred_at))?;
    Ok(Notice { event_id: event_id.to_owned(), status, ..notice })
}

/// What an answer about an order says: it was paid, by this transaction. It tells no moment where it has none.
pub(super) fn paid(
    order: &str,
    transaction: i64,
    amount_vnd: i64,
    paid_at: Option<Timestamp>,
) -> Result<Notice, Reason> {
    let order_reference = wire::text("app_trans_id", Some(order.to_owned()))?;
    of_order(transaction.to_string(), order_reference, amount_vnd, paid_at)
}

/// A paid order.
fn of_order(
    transaction_id: String,
    order_reference: Option<String>,
    amount_vnd: i64,
    occurred_at: Option<Timestamp>,
) -> Result<Notice, Reason> {
    Ok(Notice {
        event_id: wire::event_id(&transaction_id, Status::Settled),
        transaction_id,
        status: Status::Settled,
        amount_vnd: wire::amount("amount", amount_vnd)?,
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
        occurred_at,
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
