//! SePay's own field names, and what they mean.

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
#[serde(rename_all = "camelCase")]
struct Message {
    id: Option<Whole>,
    transaction_date: String,
    account_number: Option<String>,
    sub_account: Option<String>,
    code: Option<String>,
    content: Option<String>,
    transfer_type: String,
    transfer_amount: Whole,
    reference_code: Option<String>,
}

/// The one field that tells a re-send even when the rest has drifted.
#[derive(Deserialize)]
struct Identity {
    id: Whole,
}

/// A notification as SePay words it, for [`super::compose`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Notification<'a> {
    pub(super) id: u64,
    pub(super) gateway: &'a str,
    pub(super) transaction_date: String,
    pub(super) account_number: &'a str,
    pub(super) sub_account: Option<&'a str>,
    pub(super) code: Option<&'a str>,
    pub(super) content: &'a str,
    pub(super) transfer_type: &'a str,
    pub(super) description: String,
    pub(super) transfer_amount: i64,
    pub(super) accumulated: i64,
    pub(super) reference_code: String,
}

/// Reads a proven body.
pub(super) fn read(body: &[u8], assurance: Assurance) -> Opened {
    match wire::json(body).and_then(|message| notice(message, assurance)) {
        Ok(notice) => Opened::Notices(vec![notice]),
        Err(reason) => {
            let id = wire::json::<Identity>(body).ok().filter(|known| known.id.0 > 0);
            let id = id.map(|known| known.id.0.to_string());
            Opened::Unreadable(reason.named(id.clone(), id))
        }
    }
}

fn notice(message: Message, assurance: Assurance) -> Result<Notice, Reason> {
    let direction = match message.transfer_type.as_str() {
        "in" => Direction::In,
        "out" => Direction::Out,
        _ => return Err(Reason::new(Drift::UnknownEvent, "transferType")),
    };
    let id = identity(&message)?;
    let reference = wire::text("code", message.code)?;
    Ok(Notice {
        event_id: id.clone(),
        transaction_id: id,
        status: Status::Settled,
        amount_vnd: wire::amount("transferAmount", message.transfer_amount.0)?,
        direction,
        account: wire::text("accountNumber", message.account_number)?,
        virtual_account: wire::text("subAccount", message.sub_account)?,
        order_reference: reference.clone(),
        reference,
        content: wire::text("content", message.content)?,
        payer_name: None,
        payer_account: None,
        method: None,
        bank_reference: wire::text("referenceCode", message.reference_code)?,
        occurred_at: Some(wire::moment("transactionDate", Vietnam::Spaced.read(&message.transaction_date))?),
        assurance,
    })
}

/// SePay's id; without one, the bank's reference together with direction, amount and time.
fn identity(message: &Message) -> Result<String, Reason> {
    if let Some(Whole(id @ 1..)) = message.id {
        return Ok(id.to_string());
    }
    let reference = message.reference_code.as_deref().unwrap_or_default();
    let reference = wire::identifier("referenceCode", reference)?;
    let Message { transfer_type, transfer_amount: Whole(amount_vnd), transaction_date, .. } = message;
    Ok(format!("{reference}/{transfer_type}/{amount_vnd}/{transaction_date}"))
}
