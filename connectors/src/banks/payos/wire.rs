//! payOS's own field names, and what they mean.

use serde::{Deserialize, Serialize};

use super::signature::says_nothing;
use crate::{
    banks::{Opened, Reason},
    fault::Drift,
    notice::{Assurance, Direction, Notice, Status},
    time::{self, Timestamp, Vietnam},
    wire::{self, Whole},
};

/// The references of the messages by which payOS tries the line: on registering an address, and from its dashboard. A
/// reference is the bank's; no payer can write one, as he could write the samples' transfer text.
const PROBES: [&str; 2] = ["TF230204212323", "MA_GIAO_DICH_THU_NGHIEM"];
/// The only word for success.
pub(super) const SUCCESS: &str = "00";
pub(super) const CURRENCY: &str = "VND";

/// A message, with the signed part that we read; others are tolerated.
#[derive(Deserialize)]
struct Message<T> {
    data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data {
    amount: Whole,
    currency: Option<String>,
    description: Option<String>,
    account_number: Option<String>,
    virtual_account_number: Option<String>,
    counter_account_name: Option<String>,
    counter_account_number: Option<String>,
}

/// What names the transaction and its state, even when the rest has drifted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    order_code: Option<Whole>,
    reference: Option<String>,
    transaction_date_time: String,
    code: String,
}

/// A payment in an answer about an order.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Paid {
    reference: String,
    transaction_date_time: String,
    #[serde(flatten)]
    data: Data,
}

/// The signed part as payOS words it, for [`super::compose`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Transfer<'a> {
    pub(super) order_code: u64,
    pub(super) amount: i64,
    pub(super) description: &'a str,
    pub(super) account_number: &'a str,
    pub(super) reference: String,
    pub(super) transaction_date_time: String,
    pub(super) currency: &'a str,
    pub(super) payment_link_id: String,
    pub(super) code: &'a str,
    pub(super) desc: &'a str,
    pub(super) counter_account_bank_id: Option<&'a str>,
    pub(super) counter_account_bank_name: Option<&'a str>,
    pub(super) counter_account_name: Option<&'a str>,
    pub(super) counter_account_number: Option<&'a str>,
    pub(super) virtual_account_name: &'a str,
    pub(super) virtual_account_number: &'a str,
}

/// Reads a proven body.
pub(super) fn open(body: &[u8]) -> Opened {
    let identity = match wire::json::<Message<Identity>>(body) {
        Ok(Message { data }) => data,
        Err(reason) => return Opened::Unreadable(reason),
    };
    if identity.reference.as_deref().is_some_and(|reference| PROBES.contains(&reference)) {
        return Opened::Probe;
    }
    let transaction_id = match identity.transaction() {
        Ok(transaction_id) => transaction_id,
        Err(reason) => return Opened::Unreadable(reason),
    };
    let event_id = wire::event_id(&transaction_id, identity.status());
    let data = wire::json::<Message<Data>>(body).map(|message| message.data);
    match data.and_then(|data| notice(&event_id, &transaction_id, identity, data)) {
        Ok(notice) => Opened::Notices(vec![notice]),
        Err(reason) => Opened::Unreadable(reason.named(event_id, transaction_id)),
    }
}

impl Identity {
    /// The bank's reference; without one, order and time stand in.
    fn transaction(&self) -> Result<String, Reason> {
        let reference = self.reference.as_deref().filter(|reference| !says_nothing(reference));
        let reference = wire::stated(reference).unwrap_or_default();
        match self.order_code {
            Some(Whole(order @ 1..)) if reference.is_empty() => {
                let time = wire::identifier("data.transactionDateTime", &self.transaction_date_time)?;
                Ok(format!("{order}@{time}"))
            }
            _ => wire::identifier("data.reference", reference),
        }
    }

    /// payOS documents no other word than success; what it does not document waits.
    fn status(&self) -> Status {
        if self.code == SUCCESS { Status::Settled } else { Status::Waiting }
    }
}

fn notice(event_id: &str, transaction_id: &str, identity: Identity, data: Data) -> Result<Notice, Reason> {
    if data.currency.is_some_and(|currency| currency != CURRENCY) {
        return Err(Reason::new(Drift::Amount, "data.currency"));
    }
    Ok(Notice {
        event_id: event_id.to_owned(),
        transaction_id: transaction_id.to_owned(),
        status: identity.status(),
        amount_vnd: wire::amount("data.amount", data.amount.0)?,
        direction: Direction::In,
        account: text("data.accountNumber", data.account_number)?,
        virtual_account: text("data.virtualAccountNumber", data.virtual_account_number)?,
        // An order code is a bare number and names no invoice; the invoice's own code is in the transfer text.
        reference: None,
        order_reference: identity.order_code.map(|order| order.0.to_string()),
        content: text("data.description", data.description)?,
        payer_name: text("data.counterAccountName", data.counter_account_name)?,
        payer_account: text("data.counterAccountNumber", data.counter_account_number)?,
        method: None,
        bank_reference: text("data.reference", identity.reference)?,
        occurred_at: Some(wire::moment("data.transactionDateTime", moment(&identity.transaction_date_time))?),
        assurance: Assurance::High,
    })
}

/// Messages write Vietnam's time; answers are also seen with an offset.
fn moment(text: &str) -> Option<Timestamp> {
    Vietnam::Spaced.read(text).or_else(|| time::read_rfc3339(text))
}

/// What an answer about an order says of one of its payments, which payOS lists once it has the money.
pub(super) fn paid(order: Whole, paid: Paid) -> Result<Notice, Reason> {
    let identity = Identity {
        order_code: None,
        reference: Some(paid.reference),
        transaction_date_time: paid.transaction_date_time,
        code: SUCCESS.to_owned(),
    };
    // Without the order beside it, a payment must have the bank's reference of its own.
    let transaction_id = identity.transaction()?;
    let identity = Identity { order_code: Some(order), ..identity };
    notice(&wire::event_id(&transaction_id, Status::Settled), &transaction_id, identity, paid.data)
}

fn text(field: &'static str, value: Option<String>) -> Result<Option<String>, Reason> {
    wire::text(field, value.filter(|text| !says_nothing(text)))
}
