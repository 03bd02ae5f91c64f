//! The payload that we ask of partners; `payload.schema.json` is the same in their language.

use serde::{Deserialize, Serialize};

use crate::{
    banks::{Opened, Reason},
    fault::Drift,
    notice::{self, Assurance, Direction, Notice, Status},
    time,
    wire::{self, Whole},
};

/// What tells the kinds apart, read before the rest.
#[derive(Deserialize)]
struct Envelope {
    r#type: String,
}

/// A payment event, with the fields that we read; others are tolerated.
#[derive(Deserialize)]
struct Event {
    data: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    amount: Whole,
    content: String,
    transaction_id: String,
    occurred_at: String,
    account: Option<String>,
    reference: Option<String>,
    payer_name: Option<String>,
    method: Option<String>,
}

/// An event as a partner words it, for [`super::compose`].
#[derive(Serialize)]
pub(super) struct PartnerEvent<'a> {
    pub(super) r#type: &'a str,
    pub(super) timestamp: String,
    pub(super) data: PartnerData<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartnerData<'a> {
    pub(super) amount: i64,
    pub(super) content: &'a str,
    pub(super) transaction_id: String,
    pub(super) occurred_at: String,
    pub(super) account: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) payer_name: Option<&'a str>,
}

pub(super) const PING: &str = "ping";
pub(super) const RECEIVED: &str = "payment.received";
pub(super) const REVERSED: &str = "payment.reversed";
pub(super) const REFUNDED: &str = "payment.refunded";

/// Reads a proven body.
pub(super) fn open(message_id: &str, body: &[u8]) -> Opened {
    read(message_id, body)
        .unwrap_or_else(|reason| Opened::Unreadable(Reason { event_id: Some(message_id.to_owned()), ..reason }))
}

fn read(message_id: &str, body: &[u8]) -> Result<Opened, Reason> {
    let status = match wire::json::<Envelope>(body)?.r#type.as_str() {
        RECEIVED => Status::Settled,
        REVERSED => Status::Reversed,
        REFUNDED => Status::Refunded,
        PING => return Ok(Opened::Probe),
        _ => return Err(Reason::new(Drift::UnknownEvent, "type")),
    };
    let Event { data } = wire::json(body)?;
    let transaction_id = wire::identifier("data.transactionId", &data.transaction_id)?;
    let notice = notice(message_id, transaction_id.clone(), status, data)
        .map_err(|reason| Reason { transaction_id: Some(transaction_id), ..reason })?;
    Ok(Opened::Notices(vec![notice]))
}

fn notice(message_id: &str, transaction_id: String, status: Status, data: Data) -> Result<Notice, Reason> {
    let reference = wire::text("data.reference", data.reference)?;
    Ok(Notice {
        event_id: message_id.to_owned(),
        transaction_id,
        status,
        amount_vnd: wire::amount("data.amount", data.amount.0)?,
        direction: Direction::In,
        account: wire::text("data.account", data.account)?,
        virtual_account: None,
        order_reference: reference.clone(),
        reference,
        content: wire::text("data.content", Some(data.content))?,
        payer_name: wire::text("data.payerName", data.payer_name)?,
        payer_account: None,
        method: data.method.as_deref().and_then(notice::method),
        bank_reference: None,
        occurred_at: Some(wire::moment("data.occurredAt", time::read_rfc3339(&data.occurred_at))?),
        assurance: Assurance::High,
    })
}
