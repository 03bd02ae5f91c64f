//! SePay BankHub: balance changes of linked accounts by POST, with a static key. The folder's README has the rules.

use super::{Bank, BankInfo, Credentials, Opened};
use crate::{
    fault::{ConfigFault, Refusal},
    inbound::Inbound,
    notice::Assurance,
    proof,
    reply::{Outcome, Reply},
    secret::Secret,
    time::Timestamp,
};

mod compose;
mod wire;

pub(super) const INFO: BankInfo = BankInfo {
    slug: "sepay_bankhub",
    name: "SePay BankHub",
    names_account: true,
    assurance: Assurance::Low,
    signed_by: None,
    extras: &[],
    generate_key: None,
    listing: None,
    orders: None,
    connect,
    compose: compose::compose,
};

struct BankHub(Vec<Secret>);

fn connect(credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    proof::usable(&credentials.keys)?;
    Ok(Box::new(BankHub(credentials.keys.clone())))
}

impl Bank for BankHub {
    fn open(&self, inbound: &Inbound<'_>, _now: Timestamp) -> Result<Opened, Refusal> {
        inbound.sent_by("POST")?;
        let claim = inbound.authorization("Apikey").ok_or(Refusal::NoProof)?;
        let assurance = proof::static_key(&self.0, claim)?;
        Ok(wire::read(inbound.body(), assurance))
    }

    fn answer(&self, _inbound: &Inbound<'_>, outcome: &Outcome) -> Reply {
        Reply::by_status(outcome, Reply::json(200, r#"{"success":true}"#))
    }
}
