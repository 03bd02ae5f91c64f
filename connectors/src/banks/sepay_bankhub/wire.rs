//! BankHub's own field names, and what they mean.

use serde::{Deserialize, Serialize};

use crate::{
    banks::{Opened, Reason},
    fault::Drift,
    notice::{Assurance, Direction, Notice, Status},
    time::Vietnam,
    wire::{self, Whole},
};

/// A notification, with the fields that we read; others are tolerated.
#[derive(Deserialize)]
struct Message {
    transaction_id: Option<String>,
    transaction_date: String,
    account_number: Option<String>,
    va: Option<String>,
    payment_code: Option<String>,
    content: Option<String>,
    transfer_type: String,
    amount: Whole,
    reference_code: Option<String>,
}

/// The one field that tells a re-send even when the rest has drifted.
#[derive(Deserialize)]
struct Identity {
    transaction_id: String,
}

/// A notification as BankHub words it, for [`super::compose`].
#[derive(Serialize)]
pub(super) struct Notification<'a> {
    pub(super) gateway: &'a str,
    pub(super) transaction_date: String,
    pub(super) account_number: &'a str,
    pub(super) bank_account_xid: &'a str,
    pub(super) va: Option<&'a str>,
    pub(super) payment_code: Option<&'a str>,
    pub(super) content: &'a str,
    pub(super) transfer_type: &'a str,
    pub(super) amount: i64,
    pub(super) reference_code: String,
    pub(super) accumulated: i64,
    pub(super) transaction_id: String,
}

/// Reads a proven body.
pub(super) fn read(body: &[u8], assurance: Assurance) -> Opened {
    match wire::json(body).and_then(|message| notice(message, assurance)) {
        Ok(notice) => Opened::Notices(vec![notice]),
        Err(reason) => {
            let id = wire::json::<Identity>(body).ok().and_then(|known| own_id(&known.transaction_id)?.ok());
            Opened::Unreadable(reason.named(id.clone(), id))
        }
    }
}

fn notice(message: Message, assurance: Assurance) -> Result<Notice, Reason> {
    let direction = match message.transfer_type.as_str() {
        "credit" => Direction::In,
        "debit" => Direction::Out,
        _ => return Err(Reason::new(Drift::UnknownEvent, "transfer_type")),
    };
    let id = identity(&message)?;
    let reference = wire::text("payment_code", message.payment_code)?;
    Ok(Notice {
        event_id: id.clone(),
        transaction_id: id,
        status: Status::Settled,
        amount_vnd: wire::amount("amount", message.amount.0)?,
        direction,
        account: wire::text("account_number", message.account_number)?,
        virtual_account: wire::text("va", message.va)?,
        order_reference: reference.clone(),
        reference,
        content: wire::text("content", message.content)?,
        payer_name: None,
        payer_account: None,
        method: None,
        bank_reference: wire::text("reference_code", message.reference_code)?,
        occurred_at: Some(wire::moment("transaction_date", Vietnam::Spaced.read(&message.transaction_date))?),
        assurance,
    })
}

/// BankHub's id; without one, the bank's reference together with direction, amount and time.
fn identity(message: &Message) -> Result<String, Reason> {
    if let Some(id) = message.transaction_id.as_deref().and_then(own_id) {
        return id;
    }
    let reference = message.reference_code.as_deref().unwrap_or_default();
    let reference = wire::identifier("reference_code", reference)?;
    let Message { transfer_type, amount: Whole(amount_vnd), transaction_date, .. } = message;
    Ok(format!("{reference}/{transfer_type}/{amount_vnd}/{transaction_date}"))
}

/// BankHub's own id; empty and 0 are none.
fn own_id(id: &str) -> Option<Result<String, Reason>> {
    wire::stated(Some(id)).map(|id| wire::identifier("transaction_id", id))
}
