//! Partners without a scheme of their own: Standard Webhooks with our payload. The folder's README has the rules.

use super::{Bank, BankInfo, Credentials, Opened};
use crate::{
    fault::{ConfigFault, Refusal},
    inbound::Inbound,
    notice::Assurance,
    proof,
    reply::{Outcome, Reply},
    time::{self, Timestamp},
    wire::digits,
};

mod compose;
mod signature;
mod wire;

pub use signature::{generate_key, sign};

/// The JSON Schema of the payload, for partners.
pub const PAYLOAD_SCHEMA: &str = include_str!("payload.schema.json");

const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";

pub(super) const INFO: BankInfo = BankInfo {
    slug: "standard_webhooks",
    name: "Standard Webhooks",
    names_account: false,
    assurance: Assurance::High,
    signed_by: None,
    extras: &[],
    generate_key: Some(generate_key),
    listing: None,
    orders: None,
    connect,
    compose: compose::compose,
};

struct StandardWebhooks(Vec<signature::Key>);

fn connect(credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    proof::usable(&credentials.keys)?;
    let keys = credentials.keys.iter().map(signature::Key::read).collect::<Result<_, _>>()?;
    Ok(Box::new(StandardWebhooks(keys)))
}

impl Bank for StandardWebhooks {
    fn open(&self, inbound: &Inbound<'_>, now: Timestamp) -> Result<Opened, Refusal> {
        inbound.sent_by("POST")?;
        let id = inbound.header(ID).ok_or(Refusal::NoProof)?;
        let signed_at = inbound.header(TIMESTAMP).ok_or(Refusal::NoProof)?;
        let signatures = inbound.header(SIGNATURE).ok_or(Refusal::NoProof)?;
        let signed_s = digits(signed_at).ok_or(Refusal::Malformed)?;
        if !signature::is_message_id(id) {
            return Err(Refusal::Malformed);
        }

        let claims = signature::claims(signatures);
        let parts = [id.as_bytes(), b".", signed_at.as_bytes(), b".", inbound.body()];
        if claims.is_empty() {
            return Err(Refusal::NoProof);
        }
        if !self.0.iter().any(|key| key.proves(&parts, &claims)) {
            return Err(Refusal::BadProof);
        }
        if !time::within_window(signed_s, now) {
            return Err(Refusal::OutsideWindow);
        }
        Ok(wire::open(id, inbound.body()))
    }

    fn answer(&self, _inbound: &Inbound<'_>, outcome: &Outcome) -> Reply {
        Reply::by_status(outcome, Reply::json(200, r#"{"success":true}"#))
    }
}
