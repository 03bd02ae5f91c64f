//! Casso: bank notifications by POST, signed (v2) or with a static key and several at once (v1). The README has the rules.

use super::{Bank, BankInfo, Credentials, Extra, Opened};
use crate::{
    fault::{ConfigFault, Refusal},
    inbound::Inbound,
    notice::Assurance,
    proof::{self, Keys},
    reply::{Outcome, Reply},
    secret::Secret,
    time::{self, Timestamp},
};

mod compose;
mod listing;
mod signature;
mod wire;

pub use signature::sign;

const SIGNATURE: &str = "X-Casso-Signature";
const TOKEN: &str = "secure-token";
const VERSION: &str = "version";
const SIGNED: &str = "v2";
const BY_TOKEN: &str = "v1";

pub(super) const INFO: BankInfo = BankInfo {
    slug: "casso",
    name: "Casso",
    names_account: true,
    assurance: Assurance::Low,
    signed_by: Some((VERSION, SIGNED)),
    extras: &[Extra {
        name: VERSION,
        description: "Which webhook of Casso it is, as chosen in its dashboard: `v2` signs every message and is preferred; \
                      `v1` repeats a static key, so its transactions carry assurance LOW.",
        choices: &[SIGNED, BY_TOKEN],
    }],
    generate_key: None,
    listing: Some(listing::listing),
    orders: None,
    connect,
    compose: compose::compose,
};

struct Casso(Proof);

/// What a connection accepts; never both.
enum Proof {
    Signature(Keys),
    Token(Vec<Secret>),
}

fn connect(credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    proof::usable(&credentials.keys)?;
    let proof = match credentials.setting(VERSION)? {
        SIGNED => Proof::Signature(Keys::new(signature::ALGORITHM, &credentials.keys)?),
        BY_TOKEN => Proof::Token(credentials.keys.clone()),
        _ => return Err(ConfigFault::BadExtra { name: VERSION, expected: "\"v2\" or \"v1\"" }),
    };
    Ok(Box::new(Casso(proof)))
}

impl Bank for Casso {
    fn open(&self, inbound: &Inbound<'_>, now: Timestamp) -> Result<Opened, Refusal> {
        inbound.sent_by("POST")?;
        match &self.0 {
            Proof::Signature(keys) => {
                prove_signature(keys, inbound, now)?;
                Ok(wire::open_one(inbound.body()))
            }
            Proof::Token(keys) => {
                let assurance = proof::static_key(keys, inbound.header(TOKEN).ok_or(Refusal::NoProof)?)?;
                Ok(wire::open_several(inbound.body(), assurance))
            }
        }
    }

    fn answer(&self, _inbound: &Inbound<'_>, outcome: &Outcome) -> Reply {
        Reply::by_status(outcome, Reply::json(200, r#"{"success":true}"#))
    }
}

fn prove_signature(keys: &Keys, inbound: &Inbound<'_>, now: Timestamp) -> Result<(), Refusal> {
    let header = inbound.header(SIGNATURE).ok_or(Refusal::NoProof)?;
    let signature = signature::Signature::read(header)?;
    // What is not JSON has no signed text, so nothing can prove it.
    let text = signature::signed_text(inbound.body()).ok_or(Refusal::BadProof)?;
    let proves = |text: &str| {
        let parts = [signature.signed_at.as_bytes(), b".", text.as_bytes()];
        keys.prove(&parts, &signature.claim)
    };
    if !proves(&text) && !proves(&signature::in_ascii(&text)) && !proves(&signature::with_escaped_slashes(&text)) {
        return Err(Refusal::BadProof);
    }
    if !time::within_window(signature.signed_s, now) {
        return Err(Refusal::OutsideWindow);
    }
    Ok(())
}
