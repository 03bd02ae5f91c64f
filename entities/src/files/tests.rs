//! What a file is when it was written in pieces, and whose.

use super::*;
use crate::callers::{Caller, Role, Subject};
use crate::db::Db;
use crate::ids::ClientId;
use crate::reach::{Reach, Reason};
use crate::testing::{NOW, fresh};
use crate::transaction;

const LIMITS: Limits = Limits { file_bytes: 10, day_bytes: 16 };

fn hub() -> Reach {
    #[expect(clippy::disallowed_methods, reason = "a test acts for the hub itself")]
    Reach::system(Reason::Operator, NOW.vietnam_day())
}

fn stranger() -> Reach {
    let subject = Subject::Client(ClientId::new(NOW));
    let (scopes, purposes) = (Vec::new(), Vec::new());
    let (grounds, client, contract) = (Vec::new(), None, None);
    let name = "người lạ (mẫu)".to_owned();
    let role = Role::VendorApp;
    let requests_per_minute = 1;
    let (generation, trusted_documents_only) = (0, false);
    let caller = Caller {
        subject,
        name,
        role,
        scopes,
        purposes,
        requests_per_minute,
        grounds,
        client,
        contract,
        generation,
        trusted_documents_only,
    };
    Reach::of(&caller, NOW.vietnam_day())
}

fn new(purpose: Purpose, name: &str) -> NewFile {
    let expires_at = NOW.plus_seconds(60);
    NewFile { purpose, name: name.to_owned(), media_type: "application/x-ndjson", rights: None, expires_at }
}

async fn begun(db: &Db) -> FileId {
    transaction!(db, |tx| open(tx, &hub(), &new(Purpose::Upload, "a.ndjson"), NOW).await).unwrap()
}

async fn added(db: &Db, id: FileId, bytes: &[u8]) -> Result<(), Error> {
    transaction!(db, |tx| append(tx, id, bytes, Some(&LIMITS), NOW).await)
}

fn code(error: &Error) -> &'static str {
    match error {
        Error::Refused(refusal) => refusal.code,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_file_reads_as_it_was_written() {
    let fresh = fresh().await;
    let db = &fresh.db;
    let id = begun(db).await;
    added(db, id, b"hello ").await.unwrap();
    added(db, id, b"you").await.unwrap();
    assert_eq!(own(db, &hub(), id, NOW).await.unwrap(), None, "an open file is not read");
    let file = known(db, [id]).await.unwrap().remove(0);
    let sha256 = digest(db, &file).await.unwrap();
    transaction!(db, |tx| complete(tx, id, &sha256, NOW.plus_seconds(60)).await).unwrap();
    let file = own(db, &hub(), id, NOW).await.unwrap().unwrap();
    assert_eq!((file.bytes, file.sha256), (9, Some(sha256)));
    let at = async |offset| chunk_at(db, &file, offset).await.unwrap().map(|chunk| (chunk.start, chunk.bytes));
    assert_eq!(at(0).await, Some((0, b"hello ".to_vec())));
    assert_eq!(at(5).await, Some((0, b"hello ".to_vec())));
    assert_eq!(at(8).await, Some((6, b"you".to_vec())));
    assert_eq!(at(9).await, None);
    assert_eq!(own(db, &stranger(), id, NOW).await.unwrap(), None, "another's file is not there");
    assert_eq!(code(&added(db, id, b"x").await.unwrap_err()), "NOT_FOUND", "a complete file is not written");
    assert_eq!(own(db, &hub(), id, NOW.plus_seconds(60)).await.unwrap(), None, "it has expired");
    assert_eq!(expired(db, 9, NOW.plus_seconds(60)).await.unwrap(), [id]);
    transaction!(db, |tx| erase(tx, id).await).unwrap();
    assert!(chunk_at(db, &file, 0).await.unwrap().is_none());
    assert!(expired(db, 9, NOW.plus_seconds(60)).await.unwrap().is_empty());
}

#[tokio::test]
async fn limits_hold_for_a_file_and_for_a_day() {
    let fresh = fresh().await;
    let db = &fresh.db;
    let first = begun(db).await;
    assert_eq!(code(&added(db, first, &[0; 11]).await.unwrap_err()), "FILE_TOO_LARGE");
    added(db, first, &[0; 10]).await.unwrap();
    assert_eq!(code(&added(db, first, &[0; 1]).await.unwrap_err()), "FILE_TOO_LARGE");
    transaction!(db, |tx| erase(tx, first).await).unwrap();
    let second = begun(db).await;
    assert_eq!(code(&added(db, second, &[0; 7]).await.unwrap_err()), "FILE_QUOTA_USED", "erased files count");
    added(db, second, &[0; 6]).await.unwrap();
    for name in ["", "a/b", "a\\b", "a\u{0}b"] {
        let opened = transaction!(db, |tx| open(tx, &hub(), &new(Purpose::Upload, name), NOW).await);
        assert_eq!(code(&opened.unwrap_err()), "BAD_FILE_NAME", "{name:?}");
    }
}

#[tokio::test]
async fn a_chunk_opens_only_in_its_place() {
    let fresh = fresh().await;
    let vault = fresh.db.vault();
    let (one, other) = (FileId::new(NOW).uuid(), FileId::new(NOW).uuid());
    let sealed = vault.seal(place(one, 0), b"x").unwrap();
    assert!(vault.open(place(one, 0), &sealed).is_ok());
    assert!(vault.open(place(one, 1), &sealed).is_err());
    assert!(vault.open(place(other, 0), &sealed).is_err());
}
