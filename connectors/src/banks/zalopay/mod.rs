//! ZaloPay: callbacks of paid orders by POST, signed inside the body. The folder's README has the rules.

use ring::hmac::HMAC_SHA256;

use super::{Bank, BankInfo, Credentials, Extra, Opened};
use crate::{
    fault::{ConfigFault, Refusal},
    inbound::Inbound,
    notice::Assurance,
    object::Object,
    proof::{self, Keys},
    reply::{Outcome, Reply},
    secret::Secret,
    time::Timestamp,
    wire::{Whole, digits},
};

mod compose;
mod orders;
mod wire;

const APP_ID: &str = "appId";

pub(super) const INFO: BankInfo = BankInfo {
    slug: "zalopay",
    name: "ZaloPay",
    names_account: false,
    assurance: Assurance::High,
    signed_by: None,
    extras: &[Extra {
        name: APP_ID,
        description: "The app id that ZaloPay issued together with the keys, in digits; a message for another app is \
                      refused. The connection's key is the second one, `key2`.",
        choices: &[],
    }],
    generate_key: None,
    listing: None,
    orders: Some(orders::orders),
    connect,
    compose: compose::compose,
};

struct ZaloPay {
    keys: Keys,
    app: i64,
}

fn connect(credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    Ok(Box::new(ZaloPay { keys: Keys::new(HMAC_SHA256, &credentials.keys)?, app: app_id(credentials)? }))
}

fn app_id(credentials: &Credentials) -> Result<i64, ConfigFault> {
    digits(credentials.setting(APP_ID)?).ok_or(ConfigFault::BadExtra { name: APP_ID, expected: "digits" })
}

impl Bank for ZaloPay {
    fn open(&self, inbound: &Inbound<'_>, _now: Timestamp) -> Result<Opened, Refusal> {
        inbound.sent_by("POST")?;
        let envelope = wire::Envelope::read(inbound.body()).ok_or(Refusal::NoProof)?;
        self.keys.prove_hex(&[envelope.data.as_bytes()], &envelope.mac)?;
        let data = Object::read(&envelope.data);
        let told = data.and_then(|data| Ok((data.field::<Whole>("app_id")?, data)));
        match told {
            Ok((Whole(app), data)) if app == self.app => Ok(wire::open(&data, envelope.status())),
            Ok(_) => Err(Refusal::WrongMerchant),
            Err(reason) => Ok(Opened::Unreadable(reason)),
        }
    }

    /// ZaloPay reads the code inside the body; the HTTP status is always 200.
    fn answer(&self, _inbound: &Inbound<'_>, outcome: &Outcome) -> Reply {
        let (code, message) = match outcome {
            Outcome::Kept => (1, "success"),
            Outcome::Refused(Refusal::NoProof | Refusal::BadProof | Refusal::Malformed) => (-1, "mac not equal"),
            // The mac may be right: ZaloPay calls back while our own rules are looked after.
            Outcome::Refused(_)
            | Outcome::Order(_)
            | Outcome::Token(_)
            | Outcome::Bill(_)
            | Outcome::Unavailable { .. }
            | Outcome::TooMany { .. } => (0, "try again"),
        };
        Reply::json(200, format!(r#"{{"return_code":{code},"return_message":"{message}"}}"#))
    }
}

/// The value of `mac` for a data text.
#[must_use]
pub fn sign(key2: &Secret, data: &str) -> String {
    proof::sign_hex(&proof::key(HMAC_SHA256, key2), &[data.as_bytes()])
}
