//! Senders that list nothing and can be asked about one order: whether it was paid after all. They word the question and read
//! the answer; the courier carries both. An order of which nobody ever spoke cannot be asked about.

use thiserror::Error;

use crate::fault::{Drift, Refusal};
use crate::listing::{self, Question};
use crate::notice::{Notice, Status};
use crate::wire;

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<'a> {
    /// The order exactly as the sender wrote it, with its attempt suffix or its day.
    pub reference: &'a str,
    /// The transaction of which the sender told when it named the order.
    pub transaction_id: &'a str,
    /// Names this question, letters and digits alone: no other has the same.
    pub question: &'a str,
}

/// Why an answer about an order is not taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Doubt {
    /// The sender did not write it.
    #[error("the answer is not proven: {0}")]
    Unproven(#[from] Refusal),
    /// It differs from what the sender documents.
    #[error("the answer cannot be read: {0}")]
    Drifted(#[from] Drift),
    /// It speaks of something else than was asked.
    #[error("the answer is about another order or another question")]
    OtherOrder,
    /// The sender says that the question itself is wrong: its signature, its key, its merchant.
    #[error("the sender does not take the question")]
    NotTaken,
}

impl Doubt {
    /// The stable code, for operators and counters.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unproven(refusal) => refusal.code(),
            Self::Drifted(drift) => drift.code(),
            Self::OtherOrder => "OTHER_ORDER",
            Self::NotTaken => "QUESTION_NOT_TAKEN",
        }
    }
}

/// A sender that can be asked about an order. It never opens a socket.
pub trait Orders: Send + Sync {
    /// Words the question.
    ///
    /// # Errors
    /// [`Drift::NoIdentity`] for an order that this sender cannot have named so.
    fn question(&self, order: &Order<'_>) -> Result<Question, Drift>;

    /// Proves and reads the answer: what became of the order, each statement under an event of its own. None says that the
    /// sender knows of no end yet.
    ///
    /// # Errors
    /// A [`Doubt`]: nothing of the answer is to be taken up.
    fn read(&self, order: &Order<'_>, body: &[u8]) -> Result<Vec<Notice>, Doubt>;
}

/// The same statement under the event of an answer: another than any message's, about the same transaction, so that the two
/// merge. It tells each state once.
pub(crate) fn told(notice: Notice) -> Notice {
    let event_id = listing::event_id(&wire::event_id(&notice.transaction_id, notice.status));
    Notice { event_id, ..notice }
}

/// Whether a state ends the waiting. What waits still says nothing new.
pub(crate) fn is_end(status: Status) -> bool {
    status != Status::Waiting
}

#[cfg(test)]
mod tests {
    use super::Doubt;
    use crate::fault::{Drift, Refusal};

    #[test]
    fn every_doubt_has_a_code_of_its_own() {
        let doubts =
            [Doubt::Unproven(Refusal::BadProof), Doubt::Drifted(Drift::Shape), Doubt::OtherOrder, Doubt::NotTaken];
        assert_eq!(doubts.map(Doubt::code), ["BAD_PROOF", "SHAPE", "OTHER_ORDER", "QUESTION_NOT_TAKEN"]);
    }
}
