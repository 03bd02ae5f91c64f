//! Finds a connection by a word of its operator, and the accounts for which connections speak.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Connection;
use crate::bank_accounts::number_index;
use crate::codes::AccountNumber;
use crate::db::Db;
use crate::error::Error;
use crate::ids::{BankAccountId, ConnectionId};
use crate::reach::Reach;
use crate::statements;
use crate::tables::{bank_accounts, connection_accounts, connections};

/// Accounts of one connection that are listed at most; an intermediary may speak for every school of a province.
pub const MAX_LISTED_ACCOUNTS: usize = 200;

/// The connection in reach that has this id or this name.
///
/// # Errors
/// The database's.
pub async fn by_word(db: &Db, reach: &Reach, word: &str) -> Result<Option<Connection>, Error> {
    let select = match word.parse::<ConnectionId>() {
        Ok(id) => connections::Entity::find_by_id(id.uuid()),
        Err(_) => connections::Entity::find().filter(connections::Column::Name.eq(word)),
    };
    let told = select.filter(connections::Column::Bank.ne(statements::BANK));
    let found = told.filter(reach.of_connection(connections::Column::Id)).one(db.read()).await?;
    found.map(Connection::try_from).transpose()
}

/// The accounts for which each of these connections speaks; connections out of reach have none.
///
/// # Errors
/// The database's.
pub async fn accounts_of(
    db: &Db,
    reach: &Reach,
    ids: &[ConnectionId],
) -> Result<HashMap<ConnectionId, Vec<BankAccountId>>, Error> {
    let links: Vec<(Uuid, Uuid)> = connection_accounts::Entity::find()
        .select_only()
        .columns([connection_accounts::Column::ConnectionId, connection_accounts::Column::BankAccountId])
        .filter(connection_accounts::Column::ConnectionId.is_in(ids.iter().map(|id| id.uuid())))
        .filter(reach.of_connection(connection_accounts::Column::ConnectionId))
        .order_by_asc(connection_accounts::Column::BankAccountId)
        .into_tuple()
        .all(db.read())
        .await?;
    let mut accounts: HashMap<ConnectionId, Vec<BankAccountId>> = HashMap::new();
    for (connection, account) in links {
        accounts.entry(ConnectionId::from_uuid(connection)).or_default().push(BankAccountId::from_uuid(account));
    }
    Ok(accounts)
}

/// The accounts of a connection in reach that have one of these full numbers, closed ones too. None says that a number is
/// of no account of it; two banks may use one number, and then both are meant.
///
/// # Errors
/// The database's.
pub async fn accounts_numbered(
    db: &Db,
    reach: &Reach,
    id: ConnectionId,
    numbers: &[AccountNumber],
) -> Result<Option<Vec<BankAccountId>>, Error> {
    let own = accounts_of(db, reach, &[id]).await?.remove(&id).unwrap_or_default();
    let (mut found, mut missing) = (Vec::new(), false);
    for number in numbers {
        let rows: Vec<Uuid> = bank_accounts::Entity::find()
            .select_only()
            .column(bank_accounts::Column::Id)
            .filter(bank_accounts::Column::NumberIndex.eq(number_index(db.vault(), number.as_str())))
            .into_tuple()
            .all(db.read())
            .await?;
        let before = found.len();
        found.extend(rows.into_iter().map(BankAccountId::from_uuid).filter(|account| own.contains(account)));
        missing |= found.len() == before;
    }
    Ok((!missing).then_some(found))
}
