//! Tokens taken back before their end (RFC 7009). A token past its end needs no entry.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use crate::access;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::tables::revoked_tokens;
use crate::time::Timestamp;

/// Takes a token back; `token` is its `jti`. A repeat changes nothing. Entries of tokens past their end are dropped.
pub async fn revoke(tx: &Tx, token: Uuid, expires_at: Timestamp, now: Timestamp) -> Result<(), Error> {
    revoked_tokens::Entity::delete_many().filter(revoked_tokens::Column::ExpiresAt.lt(now)).exec(tx.conn()).await?;
    let row = revoked_tokens::ActiveModel { token_id: Set(token), expires_at: Set(expires_at) };
    revoked_tokens::Entity::insert(row)
        .on_conflict(OnConflict::column(revoked_tokens::Column::TokenId).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    access::raise(tx).await
}

/// Whether a token was taken back.
pub async fn is_revoked(db: &Db, token: Uuid) -> Result<bool, Error> {
    Ok(revoked_tokens::Entity::find_by_id(token).one(db.read()).await?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, fresh};
    use crate::transaction;

    #[tokio::test]
    async fn a_token_taken_back_stays_so_until_its_end() {
        let fresh = fresh().await;
        let take_back = async |token: u128, expires: i64, now: Timestamp| {
            let (token, expires) = (Uuid::from_u128(token), NOW.plus_seconds(expires));
            transaction!(fresh.db, |tx| revoke(tx, token, expires, now).await).unwrap();
        };
        let is_revoked = async |token: u128| is_revoked(&fresh.db, Uuid::from_u128(token)).await.unwrap();
        take_back(1, 60, NOW).await;
        take_back(1, 60, NOW).await;
        assert!(is_revoked(1).await);
        assert!(!is_revoked(2).await);
        take_back(2, 600, NOW.plus_seconds(61)).await;
        assert!(!is_revoked(1).await, "an entry past its token's end is dropped");
        assert!(is_revoked(2).await);
    }
}
