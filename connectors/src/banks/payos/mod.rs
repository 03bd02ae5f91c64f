//! payOS: payments to payment links by POST, signed inside the body. The folder's README has the rules.

use ring::hmac::HMAC_SHA256;

use super::{Bank, BankInfo, Credentials, Opened, Reason};
use crate::{
    fault::{ConfigFault, Drift, Refusal},
    inbound::Inbound,
    notice::Assurance,
    proof::Keys,
    reply::{Outcome, Reply},
    time::Timestamp,
};

mod compose;
mod orders;
mod signature;
mod wire;

pub use signature::sign;

pub(super) const INFO: BankInfo = BankInfo {
    slug: "payos",
    name: "payOS",
    names_account: true,
    assurance: Assurance::High,
    signed_by: None,
    extras: &[],
    generate_key: None,
    listing: None,
    orders: Some(orders::orders),
    connect,
    compose: compose::compose,
};

struct PayOs(Keys);

fn connect(credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    Ok(Box::new(PayOs(Keys::new(HMAC_SHA256, &credentials.keys)?)))
}

impl Bank for PayOs {
    fn open(&self, inbound: &Inbound<'_>, _now: Timestamp) -> Result<Opened, Refusal> {
        inbound.sent_by("POST")?;
        let envelope = signature::Envelope::read(inbound.body()).ok_or(Refusal::NoProof)?;
        self.0.prove_hex(&[envelope.signed_text().as_bytes()], &envelope.signature)?;
        if envelope.is_ambiguous() {
            return Ok(Opened::Unreadable(Reason::whole(Drift::Shape)));
        }
        Ok(wire::open(inbound.body()))
    }

    fn answer(&self, _inbound: &Inbound<'_>, outcome: &Outcome) -> Reply {
        Reply::by_status(outcome, Reply::json(200, r#"{"success":true}"#))
    }
}
