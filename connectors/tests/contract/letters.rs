//! Sample messages: read from `src/banks/<slug>/letters/*.json`, put to their connector, told as JSON.

use std::{collections::BTreeMap, fs, path::PathBuf};

use chrono::DateTime;
use connectors::{
    Bank, Credentials, Inbound, Notice, Opened, OrderState, Outcome, Reason, Reply, Secret, Timestamp, banks,
    fault::Refusal,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::billing;

/// A message, the connection it came to, and what must become of it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Letter {
    /// The file, for failures.
    #[serde(skip)]
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) slug: String,
    /// What the letter shows.
    pub(crate) about: String,
    connection: Connection,
    now: String,
    pub(crate) request: Request,
    /// What the proof covers; a refused letter has none.
    pub(crate) coverage: Option<Coverage>,
    /// When it was signed (Unix seconds), where the scheme signs a time.
    pub(crate) signed_at_s: Option<i64>,
    /// What the order costs that the letter asks about.
    pub(crate) order_amount_vnd: Option<i64>,
    /// `{"notices": [...]}`, `{"unreadable": {...}}`, `{"refused": code}`, `{"order_check": {...}}`,
    /// `"token_request"`, `"probe"`, or what [`billing::told`] says of a call of the bill protocol.
    pub(crate) expect: Value,
    pub(crate) answer: Answer,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Connection {
    /// Where the sender signs its address.
    #[serde(default)]
    id: String,
    keys: Vec<String>,
    extra: BTreeMap<String, String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) method: String,
    #[serde(default)]
    pub(crate) tail: String,
    #[serde(default)]
    pub(crate) query: String,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: String,
}

/// Each part of a request is in one of these lists: `header:<name>`, `query:<name>`, and `body`. A body is declared field by
/// field where its headers say that it is a form, as `form:<name>`, and where it is JSON that carries its own proof, as
/// `json:<pointer>`.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub(crate) struct Coverage {
    /// A change is refused.
    pub(crate) signed: Vec<String>,
    /// A change is refused, or changes nothing: one of several signatures, or a value that we know as well.
    pub(crate) alternatives: Vec<String>,
    /// A change changes nothing: not read.
    pub(crate) ignored: Vec<String>,
    /// A change goes unnoticed: a static key says nothing about it, and the sender's README says so.
    pub(crate) trusted: Vec<String>,
}

#[derive(Clone, Deserialize)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Letter {
    pub(crate) fn keys(&self) -> &[String] {
        &self.connection.keys
    }

    pub(crate) fn now(&self) -> Timestamp {
        DateTime::parse_from_rfc3339(&self.now).unwrap().timestamp_micros()
    }

    pub(crate) fn connect(&self) -> Box<dyn Bank> {
        self.connect_with(self.keys())
    }

    /// The letter's connection, with other keys.
    pub(crate) fn connect_with(&self, keys: &[String]) -> Box<dyn Bank> {
        let credentials = Credentials {
            connection: self.connection.id.clone(),
            keys: keys.iter().map(|key| Secret::new(key.as_str())).collect(),
            extra: self.connection.extra.clone(),
        };
        banks::connect(&self.slug, &credentials).unwrap_or_else(|fault| panic!("{}: {fault}", self.name))
    }

    /// A key that this sender could have and does not.
    pub(crate) fn another_key(&self) -> String {
        match banks::info(&self.slug).unwrap().generate_key {
            Some(generate) => generate().unwrap(),
            None => self.keys()[0].chars().rev().collect(),
        }
    }

    pub(crate) fn open(&self) -> Result<Opened, Refusal> {
        self.prove(&self.request, &*self.connect(), self.now())
    }

    /// Opens a request as this letter. Where the proof of an order check is complete only with the order's amount, hearing
    /// that it is payable proves it.
    pub(crate) fn prove(&self, request: &Request, bank: &dyn Bank, now: Timestamp) -> Result<Opened, Refusal> {
        let opened = request.open(bank, now)?;
        if matches!(opened, Opened::OrderCheck(_)) && !is_payable(&request.answer(bank, &self.outcome(&opened))) {
            return Err(Refusal::BadProof);
        }
        Ok(opened)
    }

    /// What becomes of the letter when it is accepted.
    pub(crate) fn outcome(&self, opened: &Opened) -> Outcome {
        match (opened, self.order_amount_vnd) {
            (Opened::TokenRequest(query), _) => Outcome::Token(*query),
            (Opened::OrderCheck(_), Some(amount_vnd)) => Outcome::Order(OrderState::Payable { amount_vnd }),
            (Opened::Bill(call), _) => Outcome::Bill(Box::new(billing::answer(call))),
            _ => Outcome::Kept,
        }
    }

    pub(crate) fn is_accepted(&self) -> bool {
        self.expect.get("refused").is_none()
    }
}

impl Request {
    /// Whether the body is a form, of which each field is a part.
    pub(crate) fn is_form(&self) -> bool {
        self.headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("Content-Type") && value == "application/x-www-form-urlencoded"
        })
    }

    pub(crate) fn open(&self, bank: &dyn Bank, now: Timestamp) -> Result<Opened, Refusal> {
        self.lend(|inbound| bank.open(inbound, now))
    }

    pub(crate) fn answer(&self, bank: &dyn Bank, outcome: &connectors::Outcome) -> Reply {
        self.lend(|inbound| bank.answer(inbound, outcome))
    }

    fn lend<T>(&self, read: impl FnOnce(&Inbound<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        read(&Inbound::new(&self.method, &self.tail, &self.query, &headers, self.body.as_bytes()))
    }
}

/// Whether a sender hears that an order may be paid.
pub(crate) fn is_payable(reply: &Reply) -> bool {
    reply.status == 200 && reply.body.contains(r#""error_code":"00""#)
}

/// Every letter of every sender.
pub(crate) fn all() -> Vec<Letter> {
    let folders = fs::read_dir(banks_folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut letters = Vec::new();
    for folder in folders.filter(|path| path.is_dir()) {
        let slug = folder.file_name().unwrap().to_str().unwrap().to_owned();
        for file in fs::read_dir(folder.join("letters")).unwrap() {
            let path = file.unwrap().path();
            let name = format!("{slug}/{}", path.file_stem().unwrap().to_str().unwrap());
            let letter: Letter = serde_json::from_str(&fs::read_to_string(&path).unwrap())
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            letters.push(Letter { name, slug: slug.clone(), ..letter });
        }
    }
    letters
}

/// The letters that are not refused.
pub(crate) fn accepted() -> Vec<Letter> {
    all().into_iter().filter(Letter::is_accepted).collect()
}

pub(crate) fn banks_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/banks")
}

/// What became of a message, as letters write it.
pub(crate) fn told(opened: &Result<Opened, Refusal>) -> Value {
    match opened {
        Err(refusal) => json!({ "refused": refusal.code() }),
        Ok(Opened::Probe) => json!("probe"),
        Ok(Opened::TokenRequest(_)) => json!("token_request"),
        Ok(Opened::Bill(call)) => billing::told(call),
        Ok(Opened::OrderCheck(query)) => json!({ "order_check": without_nulls(json!({
            "reference": query.reference,
            "order_reference": query.order_reference,
            "amount_vnd": query.amount_vnd,
        })) }),
        Ok(Opened::Notices(notices)) => json!({ "notices": notices.iter().map(notice).collect::<Vec<_>>() }),
        Ok(Opened::Several { notices, unreadable }) => json!({
            "notices": notices.iter().map(notice).collect::<Vec<_>>(),
            "unreadable": unreadable.iter().map(reason).collect::<Vec<_>>(),
        }),
        Ok(Opened::Unreadable(unreadable)) => json!({ "unreadable": reason(unreadable) }),
    }
}

pub(crate) fn reason(reason: &Reason) -> Value {
    without_nulls(json!({
        "drift": reason.drift.code(),
        "field": reason.field,
        "event_id": reason.event_id,
        "transaction_id": reason.transaction_id,
    }))
}

/// The money that a message tells of.
pub(crate) fn notices(opened: Opened) -> Vec<Notice> {
    match opened {
        Opened::Notices(notices) | Opened::Several { notices, .. } => notices,
        Opened::Bill(call) => billing::notices(&call),
        _ => Vec::new(),
    }
}

pub(crate) fn notice(notice: &Notice) -> Value {
    let occurred_at = notice.occurred_at.map(|moment| DateTime::from_timestamp_micros(moment).unwrap());
    without_nulls(json!({
        "event_id": notice.event_id,
        "transaction_id": notice.transaction_id,
        "status": notice.status.code(),
        "amount_vnd": notice.amount_vnd,
        "direction": notice.direction.code(),
        "account": notice.account,
        "virtual_account": notice.virtual_account,
        "reference": notice.reference,
        "order_reference": notice.order_reference,
        "content": notice.content,
        "payer_name": notice.payer_name,
        "payer_account": notice.payer_account,
        "method": notice.method,
        "bank_reference": notice.bank_reference,
        "occurred_at": occurred_at.map(|moment| moment.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)),
        "assurance": notice.assurance.code(),
    }))
}

pub(crate) fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, field| !field.is_null());
    }
    value
}
