//! VietQR.vn: a token for its own credentials, then balance changes (transaction-sync) with it. The folder's README has the
//! rules.

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::hmac::HMAC_SHA256;

use super::{Bank, BankInfo, Credentials, Extra, Opened};
use crate::{
    fault::{ConfigFault, Refusal},
    inbound::Inbound,
    notice::Assurance,
    proof::Keys,
    query::TokenQuery,
    reply::{Outcome, Reply},
    secret::Secret,
    time::Timestamp,
};

mod answer;
mod compose;
mod signature;
mod token;
mod wire;

pub use signature::sign;
pub use token::issue;

const TOKEN_PATH: &str = "/api/token_generate";
const SYNC_PATH: &str = "/bank/api/transaction-sync";
const USERNAME: &str = "username";
const SIGNATURE: &str = "signature";

pub(super) const INFO: BankInfo = BankInfo {
    slug: "vietqr",
    name: "VietQR.vn",
    names_account: true,
    assurance: Assurance::Low,
    signed_by: None,
    extras: &[
        Extra {
            name: USERNAME,
            description: "The name with which VietQR.vn asks for a token; choose one and tell it to VietQR.vn together \
                          with the key, which is the password.",
            choices: &[],
        },
        Extra {
            name: SIGNATURE,
            description: "Whether VietQR.vn signs its messages: `required` refuses one without a signature by the key; \
                          `none` does not look at it.",
            choices: &["required", "none"],
        },
    ],
    generate_key: Some(token::generate_key),
    listing: None,
    orders: None,
    connect,
    compose: compose::compose,
};

struct VietQr {
    passwords: Vec<Secret>,
    keys: Keys,
    token_keys: Keys,
    username: String,
    is_signed: bool,
}

fn connect(credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    let username = credentials.setting(USERNAME)?.to_owned();
    if username.contains(':') {
        return Err(ConfigFault::BadExtra { name: USERNAME, expected: "a name without a colon" });
    }
    Ok(Box::new(VietQr {
        keys: Keys::new(HMAC_SHA256, &credentials.keys)?,
        token_keys: Keys::each(&credentials.keys, |password| Ok(token::key(password)))?,
        passwords: credentials.keys.clone(),
        username,
        is_signed: is_signed(credentials)?,
    }))
}

fn is_signed(credentials: &Credentials) -> Result<bool, ConfigFault> {
    match credentials.setting(SIGNATURE)? {
        "required" => Ok(true),
        "none" => Ok(false),
        _ => Err(ConfigFault::BadExtra { name: SIGNATURE, expected: "\"required\" or \"none\"" }),
    }
}

impl VietQr {
    /// The password of whoever asks for a token.
    fn prove_password(&self, inbound: &Inbound<'_>) -> Result<&Secret, Refusal> {
        let claim = inbound.authorization("Basic").ok_or(Refusal::NoProof)?;
        let claim = BASE64_STANDARD.decode(claim).map_err(|_| Refusal::Malformed)?;
        let colon = claim.iter().position(|byte| *byte == b':').ok_or(Refusal::Malformed)?;
        let (username, password) = (&claim[..colon], &claim[colon + 1..]);
        let known = self.passwords.iter().find(|known| known.matches(password));
        known.filter(|_| username == self.username.as_bytes()).ok_or(Refusal::BadProof)
    }

    /// A token that is ours and fresh, and the signature where the connection wants one.
    fn prove_sync(&self, inbound: &Inbound<'_>, now: Timestamp) -> Result<(), Refusal> {
        let claim = inbound.authorization("Bearer").ok_or(Refusal::NoProof)?;
        token::prove(&self.token_keys, &self.username, claim, now)?;
        if self.is_signed { signature::prove(&self.keys, inbound.body()) } else { Ok(()) }
    }
}

impl Bank for VietQr {
    fn open(&self, inbound: &Inbound<'_>, now: Timestamp) -> Result<Opened, Refusal> {
        match inbound.posted_to()? {
            TOKEN_PATH => {
                self.prove_password(inbound)?;
                Ok(Opened::TokenRequest(TokenQuery { at: now }))
            }
            SYNC_PATH => {
                self.prove_sync(inbound, now)?;
                Ok(wire::read(inbound.body()))
            }
            _ => Err(Refusal::Malformed),
        }
    }

    fn answer(&self, inbound: &Inbound<'_>, outcome: &Outcome) -> Reply {
        match outcome {
            // Asked once more: a token in the hands of whoever has no password would open everything.
            Outcome::Token(query) => match self.prove_password(inbound) {
                Ok(password) => answer::token(&issue(password, &self.username, query.at)),
                Err(refusal) => answer::no_token(&Outcome::Refused(refusal)),
            },
            Outcome::Kept => answer::kept(inbound.body()),
            _ if inbound.posted_to() == Ok(TOKEN_PATH) => answer::no_token(outcome),
            _ => answer::not_kept(outcome),
        }
    }
}
