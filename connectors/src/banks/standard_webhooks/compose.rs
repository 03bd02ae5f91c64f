//! Plays a partner: words a payment in our payload and signs it by the standard.

use super::{
    ID, SIGNATURE, TIMESTAMP, sign,
    wire::{PartnerData, PartnerEvent, RECEIVED, REFUNDED, REVERSED},
};
use crate::{
    banks::Credentials,
    fault::ConfigFault,
    letter::{Letter, Payment},
    notice::Status,
    time::{self, Timestamp},
};

pub(super) fn compose(credentials: &Credentials, payment: &Payment, now: Timestamp) -> Result<Letter, ConfigFault> {
    let kind = match payment.status {
        Status::Settled => RECEIVED,
        Status::Reversed => REVERSED,
        Status::Refunded => REFUNDED,
        Status::Waiting | Status::Failed | Status::Suspicious => {
            return Err(ConfigFault::NoWords("partners tell received, reversed and refunded payments only"));
        }
    };
    let event = PartnerEvent {
        r#type: kind,
        timestamp: time::write_rfc3339(now).ok_or(ConfigFault::OUTSIDE_CALENDAR)?,
        data: PartnerData {
            amount: payment.amount_vnd,
            content: &payment.content,
            transaction_id: payment.transaction.to_string(),
            occurred_at: time::write_rfc3339(payment.occurred_at).ok_or(ConfigFault::OUTSIDE_CALENDAR)?,
            account: &payment.account,
            reference: payment.reference.as_deref(),
            payer_name: payment.payer_name.as_deref(),
        },
    };
    let body = serde_json::to_vec(&event).map_err(|_| ConfigFault::NOT_JSON)?;
    let id = format!("msg_{}_{}", payment.transaction, payment.status.code());
    let seconds = time::seconds(now);
    let signature = sign(credentials.first_key()?, &id, seconds, &body)?;
    Ok(Letter::posted([(ID, id), (TIMESTAMP, seconds.to_string()), (SIGNATURE, signature)], body))
}
