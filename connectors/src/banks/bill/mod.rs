//! The hub's own bill protocol, for banks without a scheme of their own. The folder's README is for their engineers.

use chrono::NaiveDate;
use ring::digest;

use super::{Bank, BankInfo, Credentials, Extra, Opened};
use crate::{
    bill::{Amounts, Asked, Call},
    fault::{ConfigFault, Refusal},
    inbound::Inbound,
    notice::Assurance,
    proof,
    reply::{Outcome, Reply},
    time::{self, Timestamp},
};

mod answer;
mod certificate;
mod compose;
mod day_file;
mod hours;
mod listing;
mod signature;
mod wire;

pub use signature::{Signed, generate_key, sign};

/// The connector's short name.
pub const SLUG: &str = "bill";
/// The protocol in OpenAPI 3.1, for banks.
pub const OPENAPI: &str = include_str!("openapi.json");

const TIMESTAMP: &str = "Lienthong-Timestamp";
const NONCE: &str = "Lienthong-Nonce";
const SIGNATURE: &str = "Lienthong-Signature";
/// Names the hub's key in an answer.
const KEY_ID: &str = "Lienthong-Key-Id";

const AMOUNTS: &str = "amounts";
const HOURS: &str = "hours";
const CERTIFICATE: &str = "certificate";

pub(super) const INFO: BankInfo = BankInfo {
    slug: SLUG,
    name: "Liên Thông bill protocol",
    names_account: true,
    assurance: Assurance::High,
    signed_by: None,
    extras: &[
        Extra {
            name: AMOUNTS,
            description: "which amounts the bank may collect: what is open, or what the payer chooses up to that",
            choices: &["exact", "chosen"],
        },
        Extra {
            name: HOURS,
            description: "the hours of Vietnam in which it may collect, such as 05:00-23:30; 00:00-24:00 is always",
            choices: &[],
        },
        Extra {
            name: CERTIFICATE,
            description: "the SHA-256 of the bank's client certificate in hex, when a proxy in front asks for one; else none",
            choices: &[],
        },
    ],
    generate_key: Some(generate_key),
    listing: Some(listing::listing),
    orders: None,
    connect,
    compose: compose::compose,
};

struct Bill {
    connection: String,
    keys: Vec<signature::Key>,
    amounts: Amounts,
    hours: hours::Hours,
    certificate: Option<[u8; digest::SHA256_OUTPUT_LEN]>,
}

fn connect(credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    proof::usable(&credentials.keys)?;
    Ok(Box::new(Bill {
        connection: credentials.connection.clone(),
        keys: credentials.keys.iter().map(signature::Key::read).collect::<Result<_, _>>()?,
        amounts: match credentials.setting(AMOUNTS)? {
            "exact" => Amounts::Exact,
            "chosen" => Amounts::Chosen,
            _ => return Err(ConfigFault::BadExtra { name: AMOUNTS, expected: "\"exact\" or \"chosen\"" }),
        },
        hours: hours::Hours::read(credentials.setting(HOURS)?)
            .ok_or(ConfigFault::BadExtra { name: HOURS, expected: "hours such as 05:00-23:30" })?,
        certificate: certificate::read(credentials.setting(CERTIFICATE)?)?,
    }))
}

/// What the envelope of a call says: its nonce, when it was signed, and by which signature.
struct Envelope<'a> {
    nonce: &'a str,
    signed_s: i64,
    claim: signature::Claim,
}

impl Envelope<'_> {
    fn read<'a>(inbound: &Inbound<'a>) -> Result<Envelope<'a>, Refusal> {
        let signed_at = inbound.header(TIMESTAMP).ok_or(Refusal::NoProof)?;
        let nonce = inbound.header(NONCE).ok_or(Refusal::NoProof)?;
        let claim = inbound.header(SIGNATURE).ok_or(Refusal::NoProof)?;
        if !signature::is_nonce(nonce) {
            return Err(Refusal::Malformed);
        }
        let signed_s = crate::wire::digits(signed_at).filter(|_| signed_at.len() == 10).ok_or(Refusal::Malformed)?;
        Ok(Envelope { nonce, signed_s, claim: signature::Claim::read(claim).ok_or(Refusal::Malformed)? })
    }
}

impl Bill {
    /// The text that the bank signed.
    fn signed(&self, inbound: &Inbound<'_>, envelope: &Envelope<'_>) -> Vec<u8> {
        Signed {
            method: inbound.method(),
            connection: &self.connection,
            tail: inbound.tail(),
            seconds: envelope.signed_s,
            nonce: envelope.nonce,
            body: inbound.body(),
        }
        .text()
    }

    fn proving(&self, inbound: &Inbound<'_>, envelope: &Envelope<'_>) -> Option<&signature::Key> {
        let text = self.signed(inbound, envelope);
        self.keys.iter().find(|key| key.proves(&text, &envelope.claim))
    }
}

impl Bank for Bill {
    fn open(&self, inbound: &Inbound<'_>, now: Timestamp) -> Result<Opened, Refusal> {
        let envelope = Envelope::read(inbound)?;
        if !inbound.query().is_empty() {
            return Err(Refusal::Malformed);
        }
        self.proving(inbound, &envelope).ok_or(Refusal::BadProof)?;
        if !time::within_window(envelope.signed_s, now) {
            return Err(Refusal::OutsideWindow);
        }
        certificate::prove(self.certificate, inbound)?;
        Ok(Opened::Bill(Box::new(Call {
            nonce: envelope.nonce.to_owned(),
            provable_until: time::last_in_window(envelope.signed_s),
            amounts: self.amounts,
            collects_now: self.hours.hold(now),
            asked: asked(inbound)?,
        })))
    }

    fn answer(&self, inbound: &Inbound<'_>, outcome: &Outcome) -> Reply {
        let mut reply = answer::word(outcome);
        // Whoever proved nothing hears nothing that is signed.
        let Ok(envelope) = Envelope::read(inbound) else { return reply };
        let Some(key) = self.proving(inbound, &envelope) else { return reply };
        let text = signature::answered(&self.connection, envelope.nonce, reply.status, reply.body.as_bytes());
        match key {
            signature::Key::Shared(key) => reply.headers.push((SIGNATURE, signature::shared(key, &text))),
            // Nobody shares a key with this bank: the hub's own must speak.
            signature::Key::Rsa(_) | signature::Key::Ed25519(_) => reply.to_sign = Some(text),
        }
        reply
    }
}

/// The headers of an answer that the hub signed with its own Ed25519 key, which has this id among its published ones.
#[must_use]
pub fn signed_by_hub(key_id: &str, signature: &[u8]) -> [(&'static str, String); 2] {
    [(SIGNATURE, signature::by_hub(signature)), (KEY_ID, key_id.to_owned())]
}

/// What a call asks, by its verb.
fn asked(inbound: &Inbound<'_>) -> Result<Asked, Refusal> {
    let (method, tail, body) = (inbound.method(), inbound.tail(), inbound.body());
    let read = match tail {
        "/inquiry" => wire::inquiry,
        "/pay" => wire::pay,
        "/status" => wire::status,
        "/reverse" => wire::reverse,
        _ => {
            let day = tail.strip_prefix("/reconciliation/").and_then(day).ok_or(Refusal::Malformed)?;
            return match method {
                "GET" => Ok(Asked::DayFile(day)),
                "POST" => Ok(day_file::read(body).map_or_else(Asked::Unreadable, |lines| Asked::Compare(day, lines))),
                _ => Err(Refusal::WrongMethod),
            };
        }
    };
    if method != "POST" {
        return Err(Refusal::WrongMethod);
    }
    Ok(read(body).unwrap_or_else(Asked::Unreadable))
}

/// `2026-11-28`, and nothing that only looks like it.
fn day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (day.to_string() == text).then_some(day)
}
