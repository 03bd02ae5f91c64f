//! The hub's own bill protocol: a bank asks what may be paid, tells what it took, and compares its days with ours. What is
//! decided under its references is decided once.

mod compare;
mod days;
mod inquiry;
mod pay;
mod payable;
mod reverse;
mod status;
mod unknown;

use connectors::bill::{Answer, Asked, Call, No};
use connectors::reply::Outcome;
use entities::ids::ConnectionId;
use entities::reach::{Reach, Reason};
use entities::time::Timestamp;
use entities::{Error, Tx, bills};

use super::desk::Desk;
use super::receive::{Arrival, unavailable};
use crate::hub::Hub;

pub use unknown::Unknown;

/// A proven call at the connection's counter.
struct Counter<'c> {
    hub: &'c Hub,
    desk: &'c Desk,
    arrival: &'c Arrival<'c>,
    call: &'c Call,
}

/// Acts on a proven call and says what its bank hears.
pub(super) async fn carried_out(hub: &Hub, desk: &Desk, arrival: &Arrival<'_>, call: &Call) -> Outcome {
    let counter = Counter { hub, desk, arrival, call };
    match counter.answer().await {
        Ok(answer) => {
            hub.tallies.heard(arrival.connection, arrival.now);
            Outcome::Bill(Box::new(answer))
        }
        Err(error) => {
            tracing::error!(connection = %arrival.connection, cause = %error, "a call of the bill protocol failed");
            hub.tallies.not_taken(arrival.connection, "UNAVAILABLE", arrival.now);
            unavailable()
        }
    }
}

impl Counter<'_> {
    async fn answer(&self) -> Result<Answer, Error> {
        match &self.call.asked {
            Asked::Inquiry(payer) => self.inquiry(payer).await,
            Asked::Pay(payment) => self.pay(payment).await,
            Asked::Status { bank_reference } => self.status(bank_reference).await,
            Asked::Reverse { bank_reference, amount_vnd } => self.reverse(bank_reference, *amount_vnd).await,
            Asked::DayFile(day) => self.day_file(*day).await,
            Asked::Compare(day, lines) => self.compare(*day, lines).await,
            Asked::Unreadable(_) => Ok(Answer::No(No::Unreadable)),
        }
    }

    fn connection(&self) -> ConnectionId {
        self.arrival.connection
    }

    fn now(&self) -> Timestamp {
        self.arrival.now
    }

    /// The bank is no caller; the accounts of its connection are its reach.
    fn reach(&self) -> Reach {
        #[expect(clippy::disallowed_methods, reason = "narrowed to the connection's accounts by whoever asks with it")]
        Reach::system(Reason::Settlement, self.now().vietnam_day())
    }

    /// Takes the call's nonce, in the transaction of what it does; no, when the call came before.
    async fn is_fresh(&self, tx: &Tx) -> Result<bool, Error> {
        let until = Timestamp::from_micros(self.call.provable_until);
        bills::take_nonce(tx, self.connection(), &self.call.nonce, until).await
    }

    /// Says no to a connection that tried too many codes that nobody has.
    fn tried_too_many(&self) -> Option<No> {
        let most = self.hub.config.number("LIENTHONG_BILLING_UNKNOWN_PER_MINUTE");
        let retry_after_s = self.desk.unknown.wait_seconds(most, self.now())?;
        Some(No::TooManyUnknown { retry_after_s })
    }

    fn count_unknown(&self, no: No) {
        if no == No::NotFound {
            self.desk.unknown.count(self.now());
        }
    }
}
