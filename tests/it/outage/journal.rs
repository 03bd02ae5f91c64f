//! What the sender knows: every message it has sent, and which of them were acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::harness::database::Database;

/// One sender's memory, shared by its tasks. A message is in doubt from its first byte until it is acknowledged.
#[derive(Default)]
pub(super) struct Journal {
    next: AtomicU64,
    acknowledged: Mutex<BTreeMap<u64, bool>>,
    strange: Mutex<Vec<String>>,
}

impl Journal {
    /// A new message, in doubt.
    pub(super) fn sends(&self) -> u64 {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        self.acknowledged.lock().unwrap().insert(id, false);
        id
    }

    pub(super) fn acknowledges(&self, id: u64) {
        self.acknowledged.lock().unwrap().insert(id, true);
    }

    /// An answer that is neither yes nor a proper "later".
    pub(super) fn wonders(&self, answer: String) {
        self.strange.lock().unwrap().push(answer);
    }

    pub(super) fn doubtful(&self) -> Vec<u64> {
        let journal = self.acknowledged.lock().unwrap();
        journal.iter().filter(|(_, acknowledged)| !**acknowledged).map(|(id, _)| *id).collect()
    }

    /// Compares this memory with what the hub has booked.
    pub(super) fn judge(&self, booked: &Booked) -> Verdict {
        let journal = self.acknowledged.lock().unwrap();
        let once: BTreeSet<_> = booked.transactions.iter().copied().collect();
        let acknowledged = journal.iter().filter(|(_, acknowledged)| **acknowledged).map(|(id, _)| *id);
        Verdict {
            sent: journal.len(),
            lost: acknowledged.filter(|id| !once.contains(id)).collect(),
            doubled: [repeats(&booked.transactions), repeats(&booked.allocations)].concat(),
            invented: once.iter().filter(|id| !journal.contains_key(id)).copied().collect(),
            strange: self.strange.lock().unwrap().clone(),
        }
    }
}

fn repeats(ids: &[u64]) -> Vec<u64> {
    let mut seen = BTreeSet::new();
    ids.iter().filter(|id| !seen.insert(**id)).copied().collect()
}

/// What the hub has made of the messages, each named by its sender's id.
#[derive(Default)]
pub(super) struct Booked {
    pub(super) transactions: Vec<u64>,
    /// The transactions of all allocations in force: each of these messages names one invoice, so one at most.
    pub(super) allocations: Vec<u64>,
}

impl Booked {
    pub(super) async fn read(database: &Database) -> Self {
        let allocations = "SELECT t.transaction_id FROM allocations a \
             JOIN bank_transactions t ON t.id = a.bank_transaction_id WHERE a.undone_at IS NULL";
        Self {
            transactions: ids(database, "SELECT transaction_id FROM bank_transactions").await,
            allocations: ids(database, allocations).await,
        }
    }
}

async fn ids(database: &Database, query: &str) -> Vec<u64> {
    let texts = database.texts(query).await;
    texts.iter().map(|id| id.parse().expect("this sender's ids are numbers")).collect()
}

/// Messages by their ids.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) sent: usize,
    /// Acknowledged and not booked.
    pub(super) lost: Vec<u64>,
    /// Booked more than once.
    pub(super) doubled: Vec<u64>,
    /// Booked and never sent.
    pub(super) invented: Vec<u64>,
    /// Answers that no sender should have heard.
    pub(super) strange: Vec<String>,
}

impl Verdict {
    /// The promise, over enough messages to mean something.
    pub(super) fn holds(&self) {
        assert!(self.sent > 100, "only {} messages were sent: too few to prove anything", self.sent);
        let spotless = Self { sent: self.sent, ..Self::default() };
        assert_eq!(*self, spotless);
    }
}

#[test]
fn sees_what_is_lost_doubled_and_invented() {
    let journal = Journal::default();
    for _ in 0..3 {
        journal.sends();
    }
    journal.acknowledges(1);
    journal.acknowledges(2);
    assert_eq!(journal.doubtful(), [3]);
    let judge = |transactions: &[u64], allocations: &[u64]| {
        journal.judge(&Booked { transactions: transactions.into(), allocations: allocations.into() })
    };
    let fine = Verdict { sent: 3, ..Verdict::default() };
    assert_eq!(judge(&[1, 2], &[2]), fine);
    assert_eq!(judge(&[3, 2, 1], &[]), fine);
    let broken = judge(&[2, 2, 9], &[2]);
    assert_eq!((broken.lost, broken.doubled, broken.invented), (vec![1], vec![2], vec![9]));
    assert_eq!(judge(&[1, 2], &[1, 1]).doubled, [1]);
}
