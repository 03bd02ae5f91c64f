//! SePay: bank notifications by POST, proven by a static key or by a signature. The folder's README has the rules.

use ring::hmac::HMAC_SHA256;

use super::{Bank, BankInfo, Credentials, Extra, Opened};
use crate::{
    fault::{ConfigFault, Refusal},
    inbound::Inbound,
    notice::Assurance,
    proof::{self, Keys},
    reply::{Outcome, Reply},
    secret::Secret,
    time::{self, Timestamp},
    wire::digits,
};

mod compose;
mod listing;
mod wire;

const AUTHORIZATION: &str = "Authorization";
const TIMESTAMP: &str = "X-SePay-Timestamp";
const SIGNATURE: &str = "X-SePay-Signature";

pub(super) const INFO: BankInfo = BankInfo {
    slug: "sepay",
    name: "SePay",
    names_account: true,
    assurance: Assurance::Low,
    signed_by: Some(("auth", "hmac")),
    extras: &[Extra {
        name: "auth",
        description: "How SePay proves itself, as chosen in its dashboard: `hmac` signs every message and is preferred; \
                      `apikey` repeats a static key, so its transactions carry assurance LOW.",
        choices: &["hmac", "apikey"],
    }],
    generate_key: None,
    listing: Some(listing::listing),
    orders: None,
    connect,
    compose: compose::compose,
};

struct SePay(Proof);

/// What a connection accepts; never both.
enum Proof {
    Apikey(Vec<Secret>),
    Hmac(Keys),
}

fn connect(credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    proof::usable(&credentials.keys)?;
    let proof = match credentials.setting("auth")? {
        "apikey" => Proof::Apikey(credentials.keys.clone()),
        "hmac" => Proof::Hmac(Keys::new(HMAC_SHA256, &credentials.keys)?),
        _ => {
            return Err(ConfigFault::BadExtra { name: "auth", expected: "\"hmac\" or \"apikey\"" });
        }
    };
    Ok(Box::new(SePay(proof)))
}

impl Bank for SePay {
    fn open(&self, inbound: &Inbound<'_>, now: Timestamp) -> Result<Opened, Refusal> {
        inbound.sent_by("POST")?;
        let assurance = match &self.0 {
            Proof::Apikey(keys) => proof::static_key(keys, inbound.authorization("Apikey").ok_or(Refusal::NoProof)?)?,
            Proof::Hmac(keys) => prove_hmac(keys, inbound, now)?,
        };
        Ok(wire::read(inbound.body(), assurance))
    }

    fn answer(&self, _inbound: &Inbound<'_>, outcome: &Outcome) -> Reply {
        Reply::by_status(outcome, Reply::json(200, r#"{"success":true}"#))
    }
}

fn prove_hmac(keys: &Keys, inbound: &Inbound<'_>, now: Timestamp) -> Result<Assurance, Refusal> {
    let signed_at = inbound.header(TIMESTAMP).ok_or(Refusal::NoProof)?;
    let signature = inbound.header(SIGNATURE).ok_or(Refusal::NoProof)?;
    let signed_s = digits(signed_at).ok_or(Refusal::Malformed)?;
    let claim = signature.strip_prefix("sha256=").ok_or(Refusal::Malformed)?;
    keys.prove_hex(&[signed_at.as_bytes(), b".", inbound.body()], claim)?;
    if !time::within_window(signed_s, now) {
        return Err(Refusal::OutsideWindow);
    }
    Ok(Assurance::High)
}

/// The value of `X-SePay-Signature` for a body sent at this second (Unix time).
#[must_use]
pub fn sign(key: &Secret, seconds: i64, body: &[u8]) -> String {
    let key = proof::key(HMAC_SHA256, key);
    format!("sha256={}", proof::sign_hex(&key, &[seconds.to_string().as_bytes(), b".", body]))
}
