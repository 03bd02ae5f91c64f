//! MoMo's own field names, and what they mean.

use serde::{Deserialize, Serialize};

use crate::{
    banks::{Opened, Reason},
    notice::{Assurance, Direction, Notice, Status},
    time,
    wire::{self, Whole},
};

/// A result, with the fields that we read; others are tolerated.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    amount: Whole,
    order_info: Option<String>,
    pay_type: Option<String>,
}

/// What names the transaction and its state, even when the rest has drifted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    order_id: String,
    trans_id: Whole,
    result_code: Whole,
    response_time: Whole,
}

/// A result as MoMo words it, for [`super::compose`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PaymentResult<'a> {
    pub(super) partner_code: &'a str,
    pub(super) order_id: &'a str,
    pub(super) request_id: &'a str,
    pub(super) amount: i64,
    pub(super) order_info: &'a str,
    pub(super) order_type: &'a str,
    pub(super) trans_id: u64,
    pub(super) result_code: i64,
    pub(super) message: &'a str,
    pub(super) pay_type: &'a str,
    pub(super) response_time: i64,
    pub(super) extra_data: &'a str,
}

/// Reads a proven body.
pub(super) fn open(body: &[u8]) -> Opened {
    let identity: Identity = match wire::json(body) {
        Ok(identity) => identity,
        Err(reason) => return Opened::Unreadable(reason),
    };
    let transaction_id = match identity.transaction() {
        Ok(transaction_id) => transaction_id,
        Err(reason) => return Opened::Unreadable(reason),
    };
    let event_id = wire::event_id(&transaction_id, status(identity.result_code.0));
    match wire::json(body).and_then(|message| notice(&event_id, &transaction_id, identity, message)) {
        Ok(notice) => Opened::Notices(vec![notice]),
        Err(reason) => Opened::Unreadable(reason.named(event_id, transaction_id)),
    }
}

impl Identity {
    /// MoMo's number; 0 means that no transaction was made, and order and time stand in.
    fn transaction(&self) -> Result<String, Reason> {
        match self.trans_id.0 {
            number @ 1.. => Ok(number.to_string()),
            _ => {
                let order = wire::identifier("orderId", &self.order_id)?;
                Ok(format!("{order}@{}", self.response_time.0))
            }
        }
    }
}

fn notice(event_id: &str, transaction_id: &str, identity: Identity, message: Message) -> Result<Notice, Reason> {
    let order_reference = wire::text("orderId", Some(identity.order_id))?;
    Ok(Notice {
        event_id: event_id.to_owned(),
        transaction_id: transaction_id.to_owned(),
        status: status(identity.result_code.0),
        amount_vnd: wire::amount("amount", message.amount.0)?,
        direction: Direction::In,
        account: None,
        virtual_account: None,
        reference: wire::code_of(order_reference.as_deref()),
        order_reference,
        content: wire::text("orderInfo", message.order_info)?,
        payer_name: None,
        payer_account: None,
        method: message.pay_type.as_deref().and_then(method),
        bank_reference: None,
        occurred_at: Some(wire::moment("responseTime", time::read_milliseconds(identity.response_time.0))?),
        assurance: Assurance::High,
    })
}

/// The status map of the README: what MoMo calls final is failed, what it does not list waits. 9000 holds money and has
/// not taken it yet.
pub(super) fn status(result_code: i64) -> Status {
    match result_code {
        0 => Status::Settled,
        98 | 99 | 1001..=1007 | 1017 | 1026 | 2019 | 4001 | 4002 | 4100 => Status::Failed,
        _ => Status::Waiting,
    }
}

/// What MoMo names by itself: its app, a code for it, a card.
fn method(pay_type: &str) -> Option<&'static str> {
    match pay_type {
        "qr" => Some("QR"),
        "app" | "webApp" => Some("APP"),
        "napas" | "credit" => Some("CARD"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{method, status};
    use crate::notice::Status;

    #[test]
    fn only_one_code_is_money() {
        for code in -10_000..=10_000 {
            assert_eq!(status(code) == Status::Settled, code == 0, "{code}");
        }
        for waiting in [10, 40, 1_000, 1_080, 1_081, 7_000, 7_002, 9_000, i64::MAX, i64::MIN] {
            assert_eq!(status(waiting), Status::Waiting, "{waiting}");
        }
    }

    #[test]
    fn a_method_is_stated_or_unknown() {
        for (pay_type, code) in [("qr", Some("QR")), ("napas", Some("CARD")), ("", None), ("QR", None)] {
            assert_eq!(method(pay_type), code, "{pay_type}");
        }
    }
}
