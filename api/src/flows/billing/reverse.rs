//! A bank gives a payment back: on the day on which the hub took it, wholly, and as often as it says so once. A payment that
//! nobody told is given back too: should it come later, the hub says no to it.

use connectors::bill::{Answer, No, Standing, State};
use entities::bills::{self, Claimed, NewPayment, Payment};
use entities::inbox::{self, Content, Direction, Event, Notice, TransactionStatus};
use entities::money::Vnd;
use entities::{Error, transaction};
use ring::digest::{SHA256, digest};

use super::Counter;

impl Counter<'_> {
    pub(super) async fn reverse(&self, bank_reference: &str, amount_vnd: i64) -> Result<Answer, Error> {
        let amount = Vnd::new(amount_vnd);
        let new = NewPayment {
            connection: self.connection(),
            bank_reference: bank_reference.to_owned(),
            digest: None,
            refusal: Some(No::Reversed.code()),
            account: None,
            student: None,
            invoice_code: None,
            amount,
            day: self.now().vietnam_day(),
        };
        let claimed = transaction!(&self.hub.db, |tx| {
            if !self.is_fresh(tx).await? {
                return Ok(None);
            }
            let claimed = bills::claim(tx, new.clone(), self.now()).await?;
            if self.may_go_back(&claimed, amount) == Ok(State::Settled) {
                bills::reverse(tx, claimed.payment.id, self.now()).await?;
                let events = vec![self.given_back(&claimed.payment)];
                inbox::keep_within(tx, &[self.message(self.arrival.raw, events)]).await?;
            }
            Ok(Some(claimed))
        })?;
        let Some(claimed) = claimed else { return Ok(Answer::No(No::NonceUsed)) };
        let state = match self.may_go_back(&claimed, amount) {
            Ok(state) => state,
            Err(no) => return Ok(Answer::No(no)),
        };
        self.hub.settlement.notify_one();
        Ok(Answer::Standing(Standing {
            bank_reference: bank_reference.to_owned(),
            state: if state == State::Refused { state } else { State::Reversed },
            amount_vnd: claimed.payment.amount.get(),
            received_at: claimed.payment.received_at.micros(),
        }))
    }

    /// The state of the payment before it goes back, as far as that matters here; no, when it cannot.
    fn may_go_back(&self, claimed: &Claimed, amount: Vnd) -> Result<State, No> {
        let payment = &claimed.payment;
        if payment.digest.is_none() || payment.reversed_at.is_some() {
            return Ok(State::Reversed);
        }
        if payment.amount != amount {
            return Err(No::ReferenceConflict);
        }
        if payment.refusal.is_some() {
            return Ok(State::Refused);
        }
        let is_today = payment.received_at.vietnam_day() == self.now().vietnam_day();
        if is_today { Ok(State::Settled) } else { Err(No::NotReversible) }
    }

    /// The event of a payment that went back, the same however the bank says it.
    pub(super) fn given_back(&self, payment: &Payment) -> Event {
        let reference = &payment.bank_reference;
        let text = format!("bill.reversed.v1,{reference},{}", payment.amount.get());
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
        let content = Notice {
            transaction_id: reference.clone(),
            status: TransactionStatus::Reversed,
            amount: payment.amount,
            direction: Direction::Credit,
            account: None,
            virtual_account: None,
            reference: payment.invoice_code.clone(),
            order_reference: None,
            content: None,
            payer_name: None,
            method: None,
            bank_reference: Some(reference.clone()),
            occurred_at: self.now().micros(),
            signed: true,
        };
        let event_id = format!("{reference}:{}", TransactionStatus::Reversed.as_str());
        Event { event_id, digest: sha256, content: Content::Notice(Box::new(content)) }
    }
}
