//! Viettel Money: the check of an order and the result of its payment, by POST. The folder's README has the rules.

use ring::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY};

use super::{Bank, BankInfo, Credentials, Extra, Opened};
use crate::{
    fault::{ConfigFault, Refusal},
    form::Form,
    inbound::Inbound,
    notice::Assurance,
    proof::Keys,
    query::OrderState,
    reply::{Outcome, Reply},
    time::Timestamp,
};

mod answer;
mod compose;
mod signature;
mod wire;

pub use signature::sign;

const ACCESS_CODE: &str = "accessCode";
const MERCHANT_CODE: &str = "merchantCode";

pub(super) const INFO: BankInfo = BankInfo {
    slug: "viettel_money",
    name: "Viettel Money",
    names_account: false,
    assurance: Assurance::Low,
    signed_by: None,
    extras: &[
        Extra {
            name: ACCESS_CODE,
            description: "The access code (access_code) that Viettel issued together with the hash key; it is part of \
                          every signed text and never sent.",
            choices: &[],
        },
        Extra {
            name: MERCHANT_CODE,
            description: "The merchant code (merchant_code) that Viettel issued; a message for another merchant is \
                          refused.",
            choices: &[],
        },
    ],
    generate_key: None,
    listing: None,
    orders: None,
    connect,
    compose: compose::compose,
};

struct ViettelMoney {
    keys: Keys,
    access_code: String,
    merchant_code: String,
}

fn connect(credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    Ok(Box::new(ViettelMoney {
        keys: Keys::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &credentials.keys)?,
        access_code: credentials.setting(ACCESS_CODE)?.to_owned(),
        merchant_code: credentials.setting(MERCHANT_CODE)?.to_owned(),
    }))
}

impl ViettelMoney {
    /// The key that gives the message's sum over its fields, with this amount where the message may have none.
    fn proving(&self, form: &Form<'_>, claim: &[u8], amount: Option<&str>) -> Option<&hmac::Key> {
        let text = signature::signed_text(&self.access_code, form, amount);
        self.keys.proving(&[text.as_bytes()], claim)
    }

    /// The same for an answer, which is signed with that key; `None` when the message is not proven.
    fn answering(&self, form: &Form<'_>, amount: Option<&str>) -> Option<&hmac::Key> {
        let claim = signature::claim(form).ok()?;
        let is_ours = form.text("merchant_code") == Some(&self.merchant_code);
        self.proving(form, &claim, amount).filter(|_| is_ours)
    }
}

impl Bank for ViettelMoney {
    fn open(&self, inbound: &Inbound<'_>, _now: Timestamp) -> Result<Opened, Refusal> {
        inbound.sent_by("POST")?;
        let form = Form::read(inbound.body());
        let claim = signature::claim(&form)?;
        // The sum of an order check covers an amount that the check does not carry: the answer proves it.
        let is_provable = wire::is_result(&form) || form.text("trans_amount").is_some();
        if is_provable && self.proving(&form, &claim, None).is_none() {
            return Err(Refusal::BadProof);
        }
        if form.text("merchant_code") != Some(&self.merchant_code) {
            return Err(Refusal::WrongMerchant);
        }
        if wire::is_result(&form) {
            return Ok(wire::open(&form));
        }
        wire::order_query(&form).map(Opened::OrderCheck).map_err(|_| Refusal::Malformed)
    }

    fn answer(&self, inbound: &Inbound<'_>, outcome: &Outcome) -> Reply {
        let form = Form::read(inbound.body());
        match *outcome {
            Outcome::Order(OrderState::Payable { amount_vnd }) if wire::asks_at(&form, amount_vnd) => {
                let amount = amount_vnd.to_string();
                match self.answering(&form, Some(&amount)) {
                    Some(key) => answer::payable(key, &self.access_code, &form, &amount),
                    None => answer::not_payable(&form),
                }
            }
            Outcome::Order(_) => answer::not_payable(&form),
            Outcome::Kept => match self.answering(&form, None).filter(|_| wire::is_result(&form)) {
                Some(key) => answer::kept(key, &self.access_code, &form),
                None => answer::refused(&form, Refusal::BadProof),
            },
            Outcome::Refused(refusal) => answer::refused(&form, refusal),
            Outcome::Token(_) | Outcome::Bill(_) | Outcome::Unavailable { .. } | Outcome::TooMany { .. } => {
                answer::unavailable(&form, outcome)
            }
        }
    }
}
