//! GraphQL documents registered for a client (tài liệu truy vấn tin cậy). A client that is held to them may run nothing
//! else: a token that leaks then asks only what the client's own program asks.

use ring::digest::{SHA256, digest};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};

use crate::access;
use crate::db::{Db, Tx};
use crate::error::{Error, Refusal};
use crate::ids::ClientId;
use crate::tables::trusted_documents::{ActiveModel, Column, Entity};
use crate::time::Timestamp;

/// Documents of one client at most: an application has hundreds.
pub const MAX_DOCUMENTS: u64 = 2_000;
/// Documents registered at once at most.
pub const MAX_AT_ONCE: usize = 500;

/// SHA-256 of a document's text.
pub type Hash = [u8; 32];

/// Registers documents by their text; one that is registered already stays as it is.
///
/// # Errors
/// `TOO_MANY_DOCUMENTS` beyond [`MAX_AT_ONCE`] or [`MAX_DOCUMENTS`].
pub async fn trust(tx: &Tx, client: ClientId, texts: &[String], by: &str, now: Timestamp) -> Result<Vec<Hash>, Error> {
    if texts.len() > MAX_AT_ONCE {
        return Err(too_many().into());
    }
    let hashes: Vec<Hash> = texts.iter().map(|text| hash(text)).collect();
    let rows = texts.iter().zip(&hashes).map(|(text, hash)| ActiveModel {
        client_id: Set(client.uuid()),
        hash: Set(hash.to_vec()),
        text: Set(text.clone()),
        trusted_by: Set(by.to_owned()),
        trusted_at: Set(now),
    });
    Entity::insert_many(rows)
        .on_conflict(OnConflict::columns([Column::ClientId, Column::Hash]).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    access::raise(tx).await?;
    if Entity::find().filter(Column::ClientId.eq(client.uuid())).count(tx.conn()).await? > MAX_DOCUMENTS {
        return Err(too_many().into());
    }
    Ok(hashes)
}

/// Takes documents back, and returns how many there were.
pub async fn withdraw(tx: &Tx, client: ClientId, hashes: &[Hash]) -> Result<u64, Error> {
    let named = Column::Hash.is_in(hashes.iter().map(|hash| hash.to_vec()));
    let gone = Entity::delete_many().filter(Column::ClientId.eq(client.uuid())).filter(named).exec(tx.conn()).await?;
    access::raise(tx).await?;
    Ok(gone.rows_affected)
}

/// The text of a client's document; none when it is not registered.
pub async fn text(db: &Db, client: ClientId, hash: &Hash) -> Result<Option<String>, Error> {
    let found = Entity::find_by_id((client.uuid(), hash.to_vec())).one(db.read()).await?;
    Ok(found.map(|row| row.text))
}

/// The SHA-256 under which a document is known.
#[must_use]
pub fn hash(text: &str) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    hash
}

fn too_many() -> Refusal {
    Refusal::new(
        "TOO_MANY_DOCUMENTS",
        format!("A client has at most {MAX_DOCUMENTS} trusted documents, {MAX_AT_ONCE} registered at once."),
        format!("Mỗi ứng dụng có tối đa {MAX_DOCUMENTS} truy vấn tin cậy, mỗi lần đăng ký tối đa {MAX_AT_ONCE}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callers::Role;
    use crate::clients::{self, NewClient};
    use crate::testing::{NOW, fresh};
    use crate::transaction;

    #[tokio::test]
    async fn a_document_is_its_clients_alone_until_it_is_taken_back() {
        let fresh = fresh().await;
        let make = async |name: &str| {
            let new = NewClient { name: name.into(), role: Role::VendorApp, requests_per_minute: 60 };
            transaction!(fresh.db, |tx| clients::create(tx, &new, NOW).await).unwrap().0.id
        };
        let (own, other) = (make("Phần mềm mẫu").await, make("Phần mềm mẫu khác").await);
        let texts = ["{ now }".to_owned(), "{ viewer { name } }".to_owned()];
        for _ in 0..2 {
            let hashes = transaction!(fresh.db, |tx| trust(tx, own, &texts, "hub", NOW).await).unwrap();
            assert_eq!(hashes, texts.clone().map(|text| hash(&text)));
        }
        let first = hash(&texts[0]);
        assert_eq!(text(&fresh.db, own, &first).await.unwrap().as_ref(), Some(&texts[0]));
        assert_eq!(text(&fresh.db, other, &first).await.unwrap(), None);
        assert_eq!(transaction!(fresh.db, |tx| withdraw(tx, other, &[first]).await).unwrap(), 0);
        assert_eq!(transaction!(fresh.db, |tx| withdraw(tx, own, &[first]).await).unwrap(), 1);
        assert_eq!(text(&fresh.db, own, &first).await.unwrap(), None);
        let too_many = vec!["{ now }".to_owned(); MAX_AT_ONCE + 1];
        assert!(transaction!(fresh.db, |tx| trust(tx, own, &too_many, "hub", NOW).await).is_err());
    }
}
