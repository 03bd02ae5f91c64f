//! VNPAY: payment results (IPN) by GET, signed over the query. The folder's README has the rules.

use ring::hmac::HMAC_SHA512;

use super::{Bank, BankInfo, Credentials, Extra, Opened};
use crate::{
    fault::{ConfigFault, Refusal},
    form::Form,
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

pub(super) const INFO: BankInfo = BankInfo {
    slug: "vnpay",
    name: "VNPAY",
    names_account: false,
    assurance: Assurance::High,
    signed_by: None,
    extras: &[Extra {
        name: "tmnCode",
        description: "The terminal code (vnp_TmnCode) that VNPAY issued together with the key; a message for another \
                      terminal is refused.",
        choices: &[],
    }],
    generate_key: None,
    listing: None,
    orders: None,
    connect,
    compose: compose::compose,
};

struct Vnpay {
    keys: Keys,
    terminal: String,
}

fn connect(credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    Ok(Box::new(Vnpay {
        keys: Keys::new(HMAC_SHA512, &credentials.keys)?,
        terminal: credentials.setting("tmnCode")?.to_owned(),
    }))
}

impl Bank for Vnpay {
    fn open(&self, inbound: &Inbound<'_>, _now: Timestamp) -> Result<Opened, Refusal> {
        inbound.sent_by("GET")?;
        let fields = Form::read(inbound.query().as_bytes());
        let signature = fields.text(signature::FIELD).ok_or(Refusal::NoProof)?;
        let prove = |text: &str| self.keys.prove_hex(&[text.as_bytes()], signature);
        prove(&signature::signed_text(&fields)).or_else(|_| prove(&signature::text_as_received(inbound.query())))?;
        if fields.text("vnp_TmnCode") != Some(&self.terminal) {
            return Err(Refusal::WrongMerchant);
        }
        Ok(wire::open(&fields))
    }

    /// VNPAY reads the code inside the body; the HTTP status is always 200.
    fn answer(&self, _inbound: &Inbound<'_>, outcome: &Outcome) -> Reply {
        let (code, message) = match outcome {
            Outcome::Kept => ("00", "Confirm Success"),
            Outcome::Refused(Refusal::WrongAddress) => ("03", "IP prohibited"),
            Outcome::Refused(_) => ("97", "Fail checksum"),
            Outcome::Order(_)
            | Outcome::Token(_)
            | Outcome::Bill(_)
            | Outcome::Unavailable { .. }
            | Outcome::TooMany { .. } => ("99", "Unknown error"),
        };
        Reply::json(200, format!(r#"{{"RspCode":"{code}","Message":"{message}"}}"#))
    }
}
