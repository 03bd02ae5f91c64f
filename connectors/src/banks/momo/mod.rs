//! MoMo: payment results (IPN) by POST, signed inside the body. The folder's README has the rules.

use ring::hmac::HMAC_SHA256;

use super::{Bank, BankInfo, Credentials, Extra, Opened, Reason};
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

const PARTNER_CODE: &str = "partnerCode";
const ACCESS_KEY: &str = "accessKey";

pub(super) const INFO: BankInfo = BankInfo {
    slug: "momo",
    name: "MoMo",
    names_account: false,
    assurance: Assurance::High,
    signed_by: None,
    extras: &[
        Extra {
            name: PARTNER_CODE,
            description: "The partner code that MoMo issued together with the key; a message for another partner is \
                          refused.",
            choices: &[],
        },
        Extra {
            name: ACCESS_KEY,
            description: "The access key that MoMo issued together with the secret key. It is part of every signed text \
                          and of no message; alone it proves nothing.",
            choices: &[],
        },
    ],
    generate_key: None,
    listing: None,
    orders: Some(orders::orders),
    connect,
    compose: compose::compose,
};

struct MoMo {
    keys: Keys,
    partner: String,
    access_key: String,
}

fn connect(credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    Ok(Box::new(MoMo {
        keys: Keys::new(HMAC_SHA256, &credentials.keys)?,
        partner: credentials.setting(PARTNER_CODE)?.to_owned(),
        access_key: credentials.setting(ACCESS_KEY)?.to_owned(),
    }))
}

impl Bank for MoMo {
    fn open(&self, inbound: &Inbound<'_>, _now: Timestamp) -> Result<Opened, Refusal> {
        inbound.sent_by("POST")?;
        let fields: signature::Fields = crate::wire::json(inbound.body()).map_err(|_| Refusal::NoProof)?;
        let claim = signature::claim(&fields).ok_or(Refusal::NoProof)?;
        let signed_text = signature::signed_text(&fields, &self.access_key).ok_or(Refusal::Malformed)?;
        self.keys.prove_hex(&[signed_text.as_bytes()], claim)?;
        if signature::written(&fields, PARTNER_CODE).as_deref() != Some(self.partner.as_str()) {
            return Err(Refusal::WrongMerchant);
        }
        if signature::is_ambiguous(&fields) {
            return Ok(Opened::Unreadable(Reason::whole(Drift::Shape)));
        }
        Ok(wire::open(inbound.body()))
    }

    /// MoMo looks at the HTTP status alone: 204 ends it.
    fn answer(&self, _inbound: &Inbound<'_>, outcome: &Outcome) -> Reply {
        let kept = Reply { status: 204, content_type: None, ..Reply::json(204, "") };
        Reply::by_status(outcome, kept)
    }
}
