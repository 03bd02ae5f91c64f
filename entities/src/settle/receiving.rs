//! Which account the money lies in. A connection speaks only for its own accounts.

use super::words::plain_number;
use super::world::{Account, World};
use crate::ids::{ConnectionId, SchoolId, StudentId, VirtualAccountId};
use crate::inbox::Notice;
use crate::ledgers::Owner;
use crate::matching::ReviewReason;

/// Where a credit was received.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Receiving {
    /// In an account of the connection, maybe through a virtual number that names a student.
    Own(Account, Option<(VirtualAccountId, StudentId)>),
    /// Anywhere else; the school that may look at it is known when the connection speaks for only one.
    Elsewhere(ReviewReason, Option<SchoolId>),
}

impl Receiving {
    /// Whose ledger is to be locked.
    pub(crate) fn owner(&self, connection: ConnectionId) -> Owner {
        self.school().map_or(Owner::Connection(connection), Owner::School)
    }

    pub(crate) fn school(&self) -> Option<SchoolId> {
        match self {
            Self::Own(account, _) => Some(account.school),
            Self::Elsewhere(_, school) => *school,
        }
    }

    pub(crate) fn account(&self) -> Option<Account> {
        match self {
            Self::Own(account, _) => Some(*account),
            Self::Elsewhere(..) => None,
        }
    }

    pub(crate) fn student(&self) -> Option<(VirtualAccountId, StudentId)> {
        match self {
            Self::Own(_, student) => *student,
            Self::Elsewhere(..) => None,
        }
    }
}

impl World {
    /// Finds the receiving account of a notice: by its virtual number, by its number, or, when it names none, the only
    /// account of its connection.
    pub(crate) fn receiving(&self, connection: ConnectionId, notice: &Notice) -> Receiving {
        let scope = self.scopes.get(&connection).map_or(&[][..], Vec::as_slice);
        let mut named = false;
        let mut known = false;
        for number in [&notice.virtual_account, &notice.account].into_iter().flatten() {
            named = true;
            let matches = plain_number(number).and_then(|number| self.numbers.get(&number));
            known |= matches.is_some();
            let own = |found: &crate::virtual_accounts::NumberMatch| {
                let account = scope.iter().find(|account| account.id == found.account)?;
                Some(Receiving::Own(*account, found.student))
            };
            if let Some(own) = matches.into_iter().flatten().find_map(own) {
                return own;
            }
        }
        let only_school = scope
            .first()
            .map(|first| first.school)
            .filter(|school| scope.iter().all(|account| account.school == *school));
        match scope {
            [only] if !named => Receiving::Own(*only, None),
            _ if known => Receiving::Elsewhere(ReviewReason::WrongAccount, only_school),
            _ => Receiving::Elsewhere(ReviewReason::UnknownAccount, only_school),
        }
    }
}
