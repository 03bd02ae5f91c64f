//! Casso's own field names in both versions, and what they mean.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    banks::{Opened, Reason},
    fault::Drift,
    notice::{Assurance, Direction, Notice, Status},
    time::Vietnam,
    wire::{self, Whole},
};

/// The reference of the dashboard's test call, whose id is 0. It is the bank's place; no payer can write there.
const TEST: &str = "MA_GIAO_DICH_THU_NGHIEM";

/// A message of either version. `error` is 0 in every one that is documented: any other word claims no money.
#[derive(Deserialize)]
struct Message<T> {
    error: Whole,
    data: T,
}

/// The one field that tells a re-send of v2 even when the rest has drifted.
#[derive(Deserialize)]
struct Identity {
    id: Whole,
}

/// A transaction by the names of v2, with the fields that we read; others are tolerated.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transaction {
    id: Option<Whole>,
    reference: Option<String>,
    description: Option<String>,
    amount: Whole,
    transaction_date_time: String,
    account_number: Option<String>,
    virtual_account_number: Option<String>,
    counter_account_name: Option<String>,
    counter_account_number: Option<String>,
}

/// A transaction by the names of v1.
#[derive(Deserialize)]
struct OldTransaction {
    id: Option<Whole>,
    tid: Option<String>,
    description: Option<String>,
    amount: Whole,
    when: String,
    #[serde(rename = "subAccId")]
    account: Option<String>,
    #[serde(rename = "bank_sub_acc_id")]
    older_account: Option<String>,
    #[serde(rename = "virtualAccount")]
    virtual_account: Option<String>,
    #[serde(rename = "corresponsiveName")]
    payer_name: Option<String>,
    #[serde(rename = "corresponsiveAccount")]
    payer_account: Option<String>,
}

/// A transaction as a list names it: like v1, with an account of another name and days that may lack an hour.
#[derive(Deserialize)]
pub(super) struct Listed {
    id: Option<Whole>,
    tid: Option<String>,
    description: Option<String>,
    amount: Whole,
    when: String,
    #[serde(rename = "bankSubAccId")]
    account: Option<String>,
    #[serde(rename = "virtualAccount")]
    virtual_account: Option<String>,
    #[serde(rename = "corresponsiveName")]
    payer_name: Option<String>,
    #[serde(rename = "corresponsiveAccount")]
    payer_account: Option<String>,
}

/// What a version calls the fields whose names differ, for reasons.
struct Names {
    reference: &'static str,
    time: &'static str,
    account: &'static str,
    virtual_account: &'static str,
    payer_name: &'static str,
    payer_account: &'static str,
}

const NEW: Names = Names {
    reference: "data.reference",
    time: "data.transactionDateTime",
    account: "data.accountNumber",
    virtual_account: "data.virtualAccountNumber",
    payer_name: "data.counterAccountName",
    payer_account: "data.counterAccountNumber",
};
const OLD: Names = Names {
    reference: "data.tid",
    time: "data.when",
    account: "data.subAccId",
    virtual_account: "data.virtualAccount",
    payer_name: "data.corresponsiveName",
    payer_account: "data.corresponsiveAccount",
};

impl From<OldTransaction> for Transaction {
    fn from(old: OldTransaction) -> Self {
        Self {
            id: old.id,
            reference: old.tid,
            description: old.description,
            amount: old.amount,
            transaction_date_time: old.when,
            account_number: old.account.filter(|account| !account.is_empty()).or(old.older_account),
            virtual_account_number: old.virtual_account,
            counter_account_name: old.payer_name,
            counter_account_number: old.payer_account,
        }
    }
}

/// A transaction of a list. Where Casso tells a day alone, it is the day that counts: midnight stands for it.
pub(super) fn listed(listed: Listed) -> Result<Notice, Reason> {
    let id = listed.id.filter(|id| id.0 > 0).map(|Whole(id)| id.to_string());
    let when = match listed.when.len() {
        10 => format!("{} 00:00:00", listed.when),
        _ => listed.when.replacen('T', " ", 1),
    };
    let transaction = Transaction {
        id: listed.id,
        reference: listed.tid,
        description: listed.description,
        amount: listed.amount,
        transaction_date_time: when,
        account_number: listed.account,
        virtual_account_number: listed.virtual_account,
        counter_account_name: listed.payer_name,
        counter_account_number: listed.payer_account,
    };
    notice(&OLD, Assurance::High, transaction).map_err(|reason| reason.named(id.clone(), id))
}

/// Reads a proven body of v2: one transaction.
pub(super) fn open_one(body: &[u8]) -> Opened {
    let read = successful::<Transaction>(body).and_then(|transaction| match transaction.is_test() {
        true => Ok(Opened::Probe),
        false => notice(&NEW, Assurance::High, transaction).map(|notice| Opened::Notices(vec![notice])),
    });
    read.unwrap_or_else(|reason| {
        let known = wire::json::<Message<Identity>>(body).ok().map(|message| message.data.id.0);
        let id = known.filter(|id| *id > 0).map(|id| id.to_string());
        Opened::Unreadable(reason.named(id.clone(), id))
    })
}

/// Reads a proven body of v1: several transactions, each with a fate of its own. One that cannot be read is parked under its
/// own id, or by its text, and keeps no other from being booked.
pub(super) fn open_several(body: &[u8], assurance: Assurance) -> Opened {
    let rows = match successful::<Vec<&RawValue>>(body) {
        Ok(rows) => rows,
        Err(reason) => return Opened::Unreadable(reason),
    };
    let (mut notices, mut unreadable) = (Vec::new(), Vec::new());
    for row in rows {
        match one_of_several(row.get(), assurance) {
            Ok(read) => notices.extend(read),
            Err(reason) => unreadable.push(reason.of_row(row.get())),
        }
    }
    match (notices.is_empty(), unreadable.is_empty()) {
        (true, true) => Opened::Probe,
        (false, true) => Opened::Notices(notices),
        (_, false) => Opened::Several { notices, unreadable },
    }
}

/// A transaction of v1; none for the dashboard's test.
fn one_of_several(row: &str, assurance: Assurance) -> Result<Option<Notice>, Reason> {
    let transaction: Transaction = wire::json::<OldTransaction>(row.as_bytes())
        .map_err(|reason| {
            let known = wire::json::<Identity>(row.as_bytes()).ok();
            let id = known.filter(|known| known.id.0 > 0).map(|known| known.id.0.to_string());
            reason.named(id.clone(), id)
        })?
        .into();
    if transaction.is_test() {
        return Ok(None);
    }
    let id = transaction.identity(&OLD).ok();
    notice(&OLD, assurance, transaction).map(Some).map_err(|reason| reason.named(id.clone(), id))
}

fn successful<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, Reason> {
    let message: Message<T> = wire::json(body)?;
    if message.error.0 == 0 { Ok(message.data) } else { Err(Reason::new(Drift::UnknownEvent, "error")) }
}

fn notice(names: &Names, assurance: Assurance, transaction: Transaction) -> Result<Notice, Reason> {
    let id = transaction.identity(names)?;
    let Whole(amount_vnd) = transaction.amount;
    let direction = if amount_vnd < 0 { Direction::Out } else { Direction::In };
    Ok(Notice {
        event_id: id.clone(),
        transaction_id: id,
        status: Status::Settled,
        // What has no opposite stays below zero, and is no amount.
        amount_vnd: wire::amount("data.amount", amount_vnd.checked_abs().unwrap_or(amount_vnd))?,
        direction,
        account: wire::text(names.account, transaction.account_number)?,
        virtual_account: wire::text(names.virtual_account, transaction.virtual_account_number)?,
        reference: None,
        order_reference: None,
        content: wire::text("data.description", transaction.description)?,
        payer_name: wire::text(names.payer_name, transaction.counter_account_name)?,
        payer_account: wire::text(names.payer_account, transaction.counter_account_number)?,
        method: None,
        bank_reference: wire::text(names.reference, transaction.reference)?,
        occurred_at: Some(wire::moment(names.time, Vietnam::Spaced.read(&transaction.transaction_date_time))?),
        assurance,
    })
}

impl Transaction {
    fn is_test(&self) -> bool {
        self.id == Some(Whole(0)) && self.reference.as_deref() == Some(TEST)
    }

    /// Casso's id; without one, the bank's reference together with amount and time.
    fn identity(&self, names: &Names) -> Result<String, Reason> {
        if let Some(Whole(id @ 1..)) = self.id {
            return Ok(id.to_string());
        }
        let reference = wire::identifier(names.reference, self.reference.as_deref().unwrap_or_default())?;
        let Self { amount: Whole(amount_vnd), transaction_date_time, .. } = self;
        Ok(format!("{reference}/{amount_vnd}/{transaction_date_time}"))
    }
}
