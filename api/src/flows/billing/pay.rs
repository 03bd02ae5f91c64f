//! The bank has taken money from its customer. Nonce, answer and money are kept in one transaction, so that after any crash
//! the bank hears what stands on disk.

use connectors::bill::{Answer, No, Payer, Payment, Standing, State};
use entities::bills::{self, Claimed, NewPayment};
use entities::ids::BankAccountId;
use entities::inbox::{self, Event, Message};
use entities::money::Vnd;
use entities::time::Timestamp;
use entities::{Error, transaction};

use super::Counter;
use super::payable::Scope;
use crate::flows::receive::{Raw, event, written};

impl Counter<'_> {
    pub(super) async fn pay(&self, payment: &Payment) -> Result<Answer, Error> {
        if let Some(no) = self.tried_too_many() {
            return Ok(Answer::No(no));
        }
        let reach = self.reach();
        let account = if self.call.collects_now {
            Scope::of(&self.hub.db, &reach, self.connection()).await?.account(payment, self.call.amounts).await?
        } else {
            Err(No::OutsideHours)
        };
        let new = self.claim_of(payment, account);
        let message = self.message(self.arrival.raw, vec![self.paid(payment)]);
        let claimed = transaction!(&self.hub.db, |tx| {
            if !self.is_fresh(tx).await? {
                return Ok(None);
            }
            let claimed = bills::claim(tx, new.clone(), self.now()).await?;
            if claimed.is_first && claimed.payment.refusal.is_none() {
                inbox::keep_within(tx, std::slice::from_ref(&message)).await?;
            }
            Ok(Some(claimed))
        })?;
        let Some(claimed) = claimed else { return Ok(Answer::No(No::NonceUsed)) };
        if claimed.payment.digest.is_some() && claimed.payment.digest.as_deref() != Some(&payment.digest()[..]) {
            return self.conflict(&claimed, message).await;
        }
        Ok(self.told(&claimed))
    }

    /// What a payment claims under its reference, when it goes into this account or is refused.
    pub(super) fn claim_of(&self, payment: &Payment, account: Result<BankAccountId, No>) -> NewPayment {
        let paid_at = payment.notice.occurred_at.map_or(self.now(), Timestamp::from_micros);
        NewPayment {
            connection: self.connection(),
            bank_reference: payment.bank_reference.clone(),
            digest: Some(payment.digest()),
            refusal: account.as_ref().err().map(|no| no.code()),
            account: account.ok(),
            invoice_code: match &payment.payer {
                Payer::Invoice(code) => Some(code.clone()),
                Payer::VirtualAccount(_) | Payer::Student(_) => None,
            },
            amount: Vnd::new(payment.amount_vnd),
            day: paid_at.vietnam_day(),
        }
    }

    /// The event of a payment. It is the same however often, and in whichever words, the bank tells it.
    pub(super) fn paid(&self, payment: &Payment) -> Event {
        Event { digest: payment.digest(), ..event(payment.notice.clone(), self.now()) }
    }

    pub(super) fn message(&self, raw: Raw<'_>, events: Vec<Event>) -> Message {
        let (connection, received_at) = (self.connection(), self.now());
        Message { connection, raw: written(raw), received_at, events }
    }

    /// Another payment under a known reference: it is kept apart for a person where the first one is money.
    async fn conflict(&self, claimed: &Claimed, message: Message) -> Result<Answer, Error> {
        tracing::warn!(connection = %self.connection(), "a bank's reference came again with another payment");
        if claimed.payment.refusal.is_none() {
            for kept in inbox::keep(&self.hub.db, &[message]).await {
                kept?;
            }
        }
        Ok(Answer::No(No::ReferenceConflict))
    }

    fn told(&self, claimed: &Claimed) -> Answer {
        let payment = &claimed.payment;
        if payment.digest.is_none() || payment.reversed_at.is_some() {
            return Answer::No(No::Reversed);
        }
        if let Some(code) = &payment.refusal {
            let no = No::of_payment(code).unwrap_or(No::NotFound);
            self.count_unknown(no);
            return Answer::No(no);
        }
        if claimed.is_first {
            self.hub.tallies.kept(self.connection(), self.now());
            self.hub.settlement.notify_one();
        }
        Answer::Standing(Standing {
            bank_reference: payment.bank_reference.clone(),
            state: State::Received,
            amount_vnd: payment.amount.get(),
            received_at: payment.received_at.micros(),
        })
    }
}
