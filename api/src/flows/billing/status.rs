//! What became of a payment.

use connectors::bill::{Answer, No, Standing, State};
use entities::bills::{self, Fate, Known};
use entities::{Error, transaction};

use super::Counter;

impl Counter<'_> {
    pub(super) async fn status(&self, bank_reference: &str) -> Result<Answer, Error> {
        let known = self.known(bank_reference).await?;
        let is_fresh = transaction!(&self.hub.db, |tx| self.is_fresh(tx).await)?;
        Ok(match known {
            _ if !is_fresh => Answer::No(No::NonceUsed),
            None => Answer::No(No::UnknownReference),
            Some(known) => Answer::Standing(standing(&known)),
        })
    }

    /// The payment under a reference.
    pub(super) async fn known(&self, bank_reference: &str) -> Result<Option<Known>, Error> {
        let references = [bank_reference.to_owned()];
        Ok(bills::known(&self.hub.db, self.connection(), &references).await?.remove(bank_reference))
    }
}

/// How a payment stands, in the protocol's words.
pub(super) fn standing(known: &Known) -> Standing {
    let payment = &known.payment;
    Standing {
        bank_reference: payment.bank_reference.clone(),
        state: match known.fate {
            Fate::Refused => State::Refused,
            Fate::Received => State::Received,
            Fate::Settled => State::Settled,
            Fate::InReview => State::InReview,
            Fate::Reversed => State::Reversed,
        },
        amount_vnd: payment.amount.get(),
        received_at: payment.received_at.micros(),
    }
}
