//! SePay's payment gateway: paid and voided orders (IPN) by POST, with a static key. The folder's README has the rules.

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

const SECRET_KEY: &str = "X-Secret-Key";

pub(super) const INFO: BankInfo = BankInfo {
    slug: "sepay_gateway",
    name: "SePay (payment gateway)",
    names_account: false,
    assurance: Assurance::Low,
    signed_by: None,
    extras: &[],
    generate_key: None,
    listing: None,
    orders: None,
    connect,
    compose: compose::compose,
};

struct Gateway(Vec<Secret>);

fn connect(credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    proof::usable(&credentials.keys)?;
    Ok(Box::new(Gateway(credentials.keys.clone())))
}

impl Bank for Gateway {
    fn open(&self, inbound: &Inbound<'_>, _now: Timestamp) -> Result<Opened, Refusal> {
        inbound.sent_by("POST")?;
        let claim = inbound.header(SECRET_KEY).ok_or(Refusal::NoProof)?;
        let assurance = proof::static_key(&self.0, claim)?;
        Ok(wire::read(inbound.body(), assurance))
    }

    fn answer(&self, _inbound: &Inbound<'_>, outcome: &Outcome) -> Reply {
        Reply::by_status(outcome, Reply::json(200, r#"{"success":true}"#))
    }
}
