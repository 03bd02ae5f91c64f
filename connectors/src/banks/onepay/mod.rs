//! OnePay: payment results (IPN) by GET or POST, signed over the form. The folder's README has the rules.

use super::{Bank, BankInfo, Credentials, Extra, Opened};
use crate::{
    fault::{ConfigFault, Refusal},
    inbound::Inbound,
    notice::Assurance,
    proof::Keys,
    reply::{Outcome, Reply},
    time::Timestamp,
};

mod compose;
mod signature;
mod wire;

pub use signature::sign;

const TEXT: &str = "text/plain; charset=utf-8";
const KEPT: &str = "responsecode=1&desc=confirm-success";
const NOT_KEPT: &str = "responsecode=0&desc=confirm-fail";

pub(super) const INFO: BankInfo = BankInfo {
    slug: "onepay",
    name: "OnePay",
    names_account: false,
    assurance: Assurance::High,
    signed_by: None,
    extras: &[Extra {
        name: "merchant",
        description: "The merchant id (vpc_Merchant) that OnePay issued together with the hash code; a message for \
                      another merchant is refused.",
        choices: &[],
    }],
    generate_key: None,
    listing: None,
    orders: None,
    connect,
    compose: compose::compose,
};

struct OnePay {
    keys: Keys,
    merchant: String,
}

fn connect(credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    Ok(Box::new(OnePay {
        keys: Keys::each(&credentials.keys, signature::key)?,
        merchant: credentials.setting("merchant")?.to_owned(),
    }))
}

impl Bank for OnePay {
    fn open(&self, inbound: &Inbound<'_>, _now: Timestamp) -> Result<Opened, Refusal> {
        let form = inbound.form()?;
        let signature = form.text(signature::FIELD).ok_or(Refusal::NoProof)?;
        let text = signature::signed_text(&form).ok_or(Refusal::Malformed)?;
        self.keys.prove_hex(&[text.as_bytes()], signature)?;
        if form.text("vpc_Merchant") != Some(&self.merchant) {
            return Err(Refusal::WrongMerchant);
        }
        Ok(wire::open(&form))
    }

    /// OnePay sends again unless the HTTP status is 200; the words are for its log.
    fn answer(&self, _inbound: &Inbound<'_>, outcome: &Outcome) -> Reply {
        let words = if *outcome == Outcome::Kept { KEPT } else { NOT_KEPT };
        Reply { content_type: Some(TEXT), ..Reply::json(200, words) }.with_status_of(outcome)
    }
}
