//! The bank has taken money from its customer. Nonce, answer and money are kept in one transaction, so that after any crash
//! the bank hears what stands on disk.

use connectors::bill::{Answer, No, Payer, Payment, Standing, State};
use entities::bills::{self, Claimed, NewPayment};
use entities::ids::{BankAccountId, StudentId};
use entities::inbox::{self, Event, Message};
use entities::money::Vnd;
use entities::time::Timestamp;
use entities::{Error, transaction};

use super::Counter;
use super::payable::Scope;
use crate::flows::receive::{Raw, event, written};

impl Counter<'_> {
    pub(super) async fn pay(&self, payment: &Payment) -> Result<Answer, Error> {
        // What stands under a reference is no secret to the bank that was told it: only new ones can be tries.
        if let Some(no) = self.tried_too_many()
            && self.known(&payment.bank_reference).await?.is_none()
        {
            return Ok(Answer::No(no));
        }
        let reach = self.reach();
        let wanted = if self.call.collects_now {
            Scope::of(&self.hub.db, &reach, self.connection()).await?.wanted(payment).await?
        } else {
            Err(No::OutsideHours)
        };
        let message = self.message(self.arrival.raw, vec![self.paid(payment)]);
        let claimed = transaction!(&self.hub.db, |tx| {
            if !self.is_fresh(tx).await? {
                return Ok(None);
            }
            let may = match &wanted {
                Ok(wanted) => wanted.may_take(tx, self.call.amounts).await?,
                Err(no) => Err(*no),
            };
            let into = may.and(wanted.as_ref().map_err(|no| *no)).map(|wanted| (wanted.account, Some(wanted.student)));
            let claimed = bills::claim(tx, self.claim_of(payment, into), self.now()).await?;
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

    /// What a payment claims under its reference, when it goes into this account for this student or is refused.
    pub(super) fn claim_of(
        &self,
        payment: &Payment,
        into: Result<(BankAccountId, Option<StudentId>), No>,
    ) -> NewPayment {
        let paid_at = payment.notice.occurred_at.map_or(self.now(), Timestamp::from_micros);
        NewPayment {
            connection: self.connection(),
            bank_reference: payment.bank_reference.clone(),
            digest: Some(payment.digest()),
            refusal: into.as_ref().err().map(|no| no.code()),
            account: into.as_ref().ok().map(|(account, _)| *account),
            student: into.ok().and_then(|(_, student)| student),
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
