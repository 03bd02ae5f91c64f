//! Cursors are told apart from rubbish and from other histories; pages pass what concerns nobody.

use super::*;
use crate::db::Db;
use crate::error::Error;
use crate::reach::{Reach, Reason};
use crate::testing::{NOW, fresh};
use crate::transaction;

#[expect(clippy::disallowed_methods, reason = "the tests read as the hub itself")]
fn everything() -> Reach {
    Reach::system(Reason::Job, NOW.vietnam_day())
}

fn wanted(kinds: &[Kind]) -> Wanted {
    Wanted { kinds: kinds.to_vec(), mark: None }
}

/// Changes of things that exist nowhere: departures are told without looking at them.
async fn write(db: &Db, kind: &'static str, count: u128) {
    let change = |n| Change::departure(kind, Uuid::from_u128(n), "", SchoolId::from_uuid(Uuid::from_u128(1)), None);
    transaction!(db, |tx| append(tx, (1..=count).map(change).collect(), NOW).await).unwrap();
}

fn code(error: &Error) -> &str {
    if let Error::Refused(refusal) = error { refusal.code } else { "" }
}

#[tokio::test]
async fn a_page_passes_what_concerns_nobody_and_moves_on() {
    let fresh = fresh().await;
    let start = head(&fresh.db).await.unwrap();
    write(&fresh.db, "Fee", 5_100).await;
    write(&fresh.db, "School", 3).await;
    let reach = everything();
    let read = async |since, first| after(&fresh.db, &reach, &wanted(&[Kind::School]), since, first).await.unwrap();
    let page = read(start, 2).await;
    assert_eq!((page.changes.len(), page.has_more), (2, true));
    assert_eq!(page.end, page.changes[1].cursor);
    let rest = read(page.end, 2).await;
    assert_eq!((rest.changes.len(), rest.has_more), (1, false));
    assert_eq!(rest.end, head(&fresh.db).await.unwrap());
    let none = read(rest.end, 2).await;
    assert_eq!((none.changes.len(), none.has_more, none.end), (0, false, rest.end));
}

#[tokio::test]
async fn a_page_that_is_just_full_loses_nothing_of_the_next_stretch() {
    let fresh = fresh().await;
    let start = head(&fresh.db).await.unwrap();
    write(&fresh.db, "School", 2).await;
    write(&fresh.db, "Fee", 4_998).await;
    write(&fresh.db, "School", 2).await;
    let (reach, mut since, mut seen) = (everything(), start, 0);
    loop {
        let page = after(&fresh.db, &reach, &wanted(&[Kind::School]), since, 2).await.unwrap();
        seen += page.changes.len();
        since = page.end;
        if !page.has_more {
            break;
        }
    }
    assert_eq!(seen, 4);
}

#[tokio::test]
async fn a_cursor_of_another_history_is_refused() {
    let fresh = fresh().await;
    write(&fresh.db, "School", 2).await;
    let reach = everything();
    let ask = async |since| after(&fresh.db, &reach, &wanted(&Kind::ALL), since, 10).await;
    let old = head(&fresh.db).await.unwrap();
    assert_eq!(Cursor::parse(&old.to_string()), Ok(old));
    assert!(ask(old).await.is_ok());
    let future = Cursor { seq: old.seq + 1, ..old };
    assert_eq!(code(&ask(future).await.unwrap_err()), "CURSOR_EXPIRED", "a restored database has less than was read");
    transaction!(fresh.db, |tx| restored(tx).await).unwrap();
    assert_eq!(code(&ask(old).await.unwrap_err()), "CURSOR_EXPIRED");
    write(&fresh.db, "School", 1).await;
    assert_eq!(code(&ask(old).await.unwrap_err()), "CURSOR_EXPIRED");
    let new = head(&fresh.db).await.unwrap();
    assert!(ask(new).await.is_ok());
}

#[test]
fn rubbish_is_no_cursor() {
    for text in ["", "x", "Y2hhbmdlczo", "Y2hhbmdlczoxLjIuMy40", &"A".repeat(5_000), "ế"] {
        assert_eq!(Cursor::parse(text).unwrap_err().code, "BAD_CURSOR", "{text}");
    }
}

#[test]
fn a_kind_is_its_word() {
    for kind in Kind::ALL {
        assert_eq!(Kind::parse(kind.as_str()), Some(kind));
    }
}
