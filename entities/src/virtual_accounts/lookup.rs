//! Which account a bank's message means: messages name a number alone, so every account of that number is offered, and
//! settlement keeps those in the connection's scope.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::bank_accounts::number_index;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{BankAccountId, SchoolId, StudentId, VirtualAccountId};
use crate::tables::{bank_accounts, virtual_accounts};

/// An account, real or virtual, that has a wanted number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct NumberMatch {
    /// The number as it was asked for.
    pub(crate) number: String,
    /// The bank account in which the money lies.
    pub(crate) account: BankAccountId,
    /// Whose account it is.
    pub(crate) school: SchoolId,
    /// The student that the number names, when it is a virtual one.
    pub(crate) student: Option<(VirtualAccountId, StudentId)>,
}

/// Every account with one of these numbers, in the form of [`crate::codes::AccountNumber`]; two statements.
pub(crate) async fn find_numbers(tx: &Tx, numbers: &[String]) -> Result<Vec<NumberMatch>, Error> {
    let wanted: Vec<(Vec<u8>, &String)> =
        numbers.iter().map(|number| (number_index(tx.vault(), number), number)).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let indexes = || wanted.iter().map(|(index, _)| index.clone());
    let asked = |index: &[u8]| {
        let found = wanted.iter().find(|(wanted, _)| wanted.as_slice() == index);
        found.map(|(_, number)| (*number).clone()).unwrap_or_default()
    };
    let real = bank_accounts::Entity::find().filter(bank_accounts::Column::NumberIndex.is_in(indexes()));
    let mut matches: Vec<_> = real
        .all(tx.conn())
        .await?
        .into_iter()
        .map(|row| NumberMatch {
            number: asked(&row.number_index),
            account: BankAccountId::from_uuid(row.id),
            school: SchoolId::from_uuid(row.school_id),
            student: None,
        })
        .collect();
    let named = virtual_accounts::Entity::find().filter(virtual_accounts::Column::NumberIndex.is_in(indexes()));
    matches.extend(named.all(tx.conn()).await?.into_iter().map(|row| NumberMatch {
        number: asked(&row.number_index),
        account: BankAccountId::from_uuid(row.bank_account_id),
        school: SchoolId::from_uuid(row.school_id),
        student: Some((VirtualAccountId::from_uuid(row.id), StudentId::from_uuid(row.student_id))),
    }));
    Ok(matches)
}
