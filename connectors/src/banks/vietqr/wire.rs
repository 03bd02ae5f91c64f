//! VietQR.vn's own field names, in both of its spellings, and what they mean.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    banks::{Opened, Reason},
    fault::Drift,
    notice::{Assurance, Direction, Notice, Status},
    time::{self, Timestamp, Vietnam},
    wire::{self, Whole},
};

/// A text, or a whole number as its digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word(pub(super) String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(i64),
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Text(text) => Self(text),
            Written::Number(number) => Self(number.to_string()),
        })
    }
}

/// A balance change, with the fields that we read; others are tolerated.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    #[serde(alias = "transactionid")]
    transaction_id: Option<Word>,
    #[serde(alias = "transactiontime")]
    transaction_time: Option<Word>,
    #[serde(rename = "referencenumber", alias = "referenceNumber")]
    reference_number: Option<Word>,
    amount: Whole,
    content: Option<String>,
    #[serde(alias = "bankaccount")]
    bank_account: Option<String>,
    #[serde(alias = "transtype")]
    trans_type: String,
    #[serde(alias = "orderid")]
    order_id: Option<Word>,
}

/// The fields that tell a re-send even when the rest has drifted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    #[serde(alias = "transactionid")]
    transaction_id: Option<Word>,
    #[serde(alias = "transactiontime")]
    transaction_time: Option<Word>,
    #[serde(rename = "referencenumber", alias = "referenceNumber")]
    reference_number: Option<Word>,
    #[serde(alias = "orderid")]
    order_id: Option<Word>,
}

/// A balance change as VietQR.vn words it, for [`super::compose`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BalanceChange<'a> {
    pub(super) transaction_id: String,
    pub(super) transaction_time: String,
    #[serde(rename = "referencenumber")]
    pub(super) reference_number: String,
    pub(super) amount: i64,
    pub(super) content: String,
    pub(super) bank_account: &'a str,
    pub(super) trans_type: &'a str,
    pub(super) order_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sign: Option<String>,
}

/// Reads a proven body.
pub(super) fn read(body: &[u8]) -> Opened {
    match wire::json(body).and_then(notice) {
        Ok(notice) => Opened::Notices(vec![notice]),
        Err(reason) => {
            let id = transaction_id(body);
            Opened::Unreadable(reason.named(id.clone(), id))
        }
    }
}

/// How a body names its transaction, when it does.
pub(super) fn transaction_id(body: &[u8]) -> Option<String> {
    wire::json::<Identity>(body).ok().and_then(|known| identity(&known).ok())
}

fn notice(message: Message) -> Result<Notice, Reason> {
    let direction = match message.trans_type.as_str() {
        "C" => Direction::In,
        "D" => Direction::Out,
        _ => return Err(Reason::new(Drift::UnknownEvent, "transType")),
    };
    let Message { transaction_id, transaction_time, reference_number, order_id, .. } = message;
    let occurred_at = occurred_at(transaction_time.as_ref())?;
    let named = Identity { transaction_id, transaction_time, reference_number, order_id };
    let id = identity(&named)?;
    let order_reference = wire::text("orderId", named.order_id.map(|word| word.0))?;
    Ok(Notice {
        event_id: id.clone(),
        transaction_id: id,
        status: Status::Settled,
        amount_vnd: wire::amount("amount", message.amount.0)?,
        direction,
        account: wire::text("bankAccount", message.bank_account)?,
        virtual_account: None,
        reference: wire::code_of(order_reference.as_deref()),
        order_reference,
        content: wire::text("content", message.content)?,
        payer_name: None,
        payer_account: None,
        method: None,
        bank_reference: wire::text("referencenumber", named.reference_number.map(|word| word.0))?,
        occurred_at,
        assurance: Assurance::Low,
    })
}

/// The bank's number, else VietQR.vn's, else the order together with the time.
fn identity(named: &Identity) -> Result<String, Reason> {
    if let Some(number) = stated(&named.reference_number) {
        return wire::identifier("referencenumber", number);
    }
    if let Some(id) = stated(&named.transaction_id) {
        return wire::identifier("transactionId", id);
    }
    let order = wire::identifier("orderId", stated(&named.order_id).unwrap_or_default())?;
    let time = wire::identifier("transactionTime", stated(&named.transaction_time).unwrap_or_default())?;
    Ok(format!("{order}@{time}"))
}

fn stated(word: &Option<Word>) -> Option<&str> {
    wire::stated(word.as_ref().map(|word| word.0.as_str()))
}

/// Optional, and not documented further than that it is a time: Vietnam time to the second or the minute, as in the example
/// of the signature, or Unix time in seconds or milliseconds.
fn occurred_at(time: Option<&Word>) -> Result<Option<Timestamp>, Reason> {
    let Some(Word(text)) = time.filter(|word| !word.0.is_empty()) else { return Ok(None) };
    let vietnam = [Vietnam::Spaced, Vietnam::Minutes, Vietnam::GluedMinutes];
    let read = vietnam.into_iter().find_map(|spelling| spelling.read(text)).or_else(|| time::read_unix(text));
    wire::moment("transactionTime", read).map(Some)
}
