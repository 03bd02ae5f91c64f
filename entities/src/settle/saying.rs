//! What credits say, in the form in which two of them are compared: read once for each, however many it is compared with.

use std::collections::HashSet;

use uuid::Uuid;

use super::twins::told;
use super::words::Words;
use crate::inbox::Notice;
use crate::tables::bank_transactions::Model;

/// What one credit says.
pub(super) struct Saying {
    /// The bank's reference.
    pub(super) reference: Option<String>,
    /// Its sender's name for it, which may be the bank's reference.
    pub(super) name: Option<String>,
    pub(super) words: Words,
    pub(super) virtual_account: Option<Uuid>,
}

impl Saying {
    pub(super) fn of(row: &Model) -> Self {
        Self {
            reference: row.bank_reference.as_deref().and_then(told),
            name: told(&row.transaction_id),
            words: Words::of_texts(row.reference.as_deref(), row.content.as_deref()),
            virtual_account: row.virtual_account_id,
        }
    }

    pub(super) fn told(notice: &Notice, virtual_account: Option<Uuid>) -> Self {
        Self {
            reference: notice.bank_reference.as_deref().and_then(told),
            name: told(&notice.transaction_id),
            words: Words::of(notice),
            virtual_account,
        }
    }

    /// Whether they have the bank's reference in common; an intermediary may use it as the name of the transaction.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let (own, theirs) = (&self.reference, &other.reference);
        own.is_some() && (own == theirs || *own == other.name) || theirs.is_some() && *theirs == self.name
    }
}

/// What many credits say, to find what may be the same as one of them. It finds too much rather than too little.
#[derive(Default)]
pub(super) struct Sayings {
    names: HashSet<String>,
    words: HashSet<String>,
    virtual_accounts: HashSet<Uuid>,
}

impl Sayings {
    pub(super) fn add(&mut self, saying: &Saying) {
        self.names.extend([&saying.reference, &saying.name].into_iter().flatten().cloned());
        self.words.extend(saying.words.all());
        self.virtual_accounts.extend(saying.virtual_account);
    }

    /// Whether one of them may have the bank's reference in common with this.
    pub(super) fn agree(&self, saying: &Saying) -> bool {
        [&saying.reference, &saying.name].into_iter().flatten().any(|name| self.names.contains(name))
    }

    /// Whether one of them may name the same invoice or student as this.
    pub(super) fn are_alike(&self, saying: &Saying) -> bool {
        saying.words.all().any(|word| self.words.contains(&word))
            || saying.virtual_account.is_some_and(|number| self.virtual_accounts.contains(&number))
    }
}
