//! A run belongs to one worker at a time, and a page is written once.

use super::*;
use crate::db::Db;
use crate::files::{NewFile, Purpose};
use crate::idempotency::Attempt;
use crate::reach::{Reach, Reason};
use crate::testing::{NOW, fresh};
use crate::transaction;
use uuid::Uuid;

const ONE: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

fn hub() -> Reach {
    #[expect(clippy::disallowed_methods, reason = "a test acts for the hub itself")]
    Reach::system(Reason::Operator, NOW.vietnam_day())
}

async fn asked(db: &Db, attempt: Option<&Attempt>) -> Result<RunId, Error> {
    let expires_at = NOW.plus_seconds(60);
    let (purpose, name, media_type) = (Purpose::Export, "a.ndjson".to_owned(), "application/x-ndjson");
    let new = NewRun {
        direction: Direction::Export,
        kind: "SCHOOLS",
        caller: None,
        purpose: None,
        school_code: None,
        account: None,
        school_year: None,
        dry_run: false,
        source: None,
        file: NewFile { purpose, name, media_type, rights: None, expires_at },
        masked: vec!["School.name".to_owned()],
        changes_cursor: None,
        position: None,
    };
    transaction!(db, |tx| start(tx, &hub(), &new, attempt, NOW).await)
}

fn page(position: &str) -> Step {
    Step { position: position.to_owned(), figures: Figures { rows: 5, ..Figures::default() } }
}

async fn written(db: &Db, run: &Run, worker: Uuid, step_: &Step) -> bool {
    let done = transaction!(db, |tx| {
        let held = hold(tx, run, worker).await?;
        if held {
            step(tx, run, step_, NOW).await?;
        }
        Ok(held)
    });
    done.unwrap()
}

#[tokio::test]
async fn a_page_is_written_once_and_by_its_holder_alone() {
    let fresh = fresh().await;
    let db = &fresh.db;
    let id = asked(db, None).await.unwrap();
    let run = claim(db, ONE, None, NOW).await.unwrap().unwrap();
    assert_eq!((run.id, run.status, run.masked.clone()), (id, Status::Running, vec!["School.name".to_owned()]));
    assert_eq!(claim(db, OTHER, None, NOW).await.unwrap(), None, "it is taken");
    assert!(!written(db, &run, OTHER, &page("a")).await);
    assert!(written(db, &run, ONE, &page("a")).await);
    assert!(!written(db, &run, ONE, &page("a")).await, "the same page again");
    let later = NOW.plus_seconds(LEASE_SECONDS);
    let taken = claim(db, OTHER, None, later).await.unwrap().unwrap();
    assert_eq!((taken.position.as_deref(), taken.figures.rows), (Some("a"), 5), "a silent worker loses its run");
    let stale = Run { position: Some("a".to_owned()), ..run };
    assert!(!written(db, &stale, ONE, &page("b")).await, "and can write nothing more");
    assert!(written(db, &taken, OTHER, &page("b")).await);
}

#[tokio::test]
async fn a_stopped_run_writes_no_page_and_waits_for_its_file() {
    let fresh = fresh().await;
    let db = &fresh.db;
    let id = asked(db, None).await.unwrap();
    let run = claim(db, ONE, None, NOW).await.unwrap().unwrap();
    transaction!(db, |tx| cancel(tx, &hub(), Direction::Export, id, NOW).await).unwrap();
    assert!(!written(db, &run, ONE, &page("a")).await);
    transaction!(db, |tx| end(tx, &run, None, NOW).await).unwrap();
    let again = claim(db, OTHER, Some(id), NOW).await.unwrap().unwrap();
    assert_eq!(again.status, Status::Cancelled, "its file is still to be completed");
    transaction!(db, |tx| finish(tx, &again, NOW).await).unwrap();
    assert_eq!(claim(db, ONE, None, NOW.plus_seconds(99)).await.unwrap(), None);
    let wrong = transaction!(db, |tx| cancel(tx, &hub(), Direction::Import, id, NOW).await);
    assert!(matches!(wrong, Err(Error::Refused(refusal)) if refusal.code == "NOT_FOUND"));
}

#[tokio::test]
async fn runs_take_turns_and_an_attempt_makes_one_run() {
    let fresh = fresh().await;
    let db = &fresh.db;
    let input = serde_json::json!({});
    let attempt = Attempt { subject: "hub".to_owned(), key: "k".to_owned(), verb: "startExport", input };
    let first = asked(db, Some(&attempt)).await.unwrap();
    assert_eq!(asked(db, Some(&attempt)).await.unwrap(), first);
    let second = asked(db, None).await.unwrap();
    let run = claim(db, ONE, None, NOW).await.unwrap().unwrap();
    release(db, &run, ONE, NOW.plus_seconds(1)).await.unwrap();
    let next = claim(db, ONE, None, NOW.plus_seconds(2)).await.unwrap().unwrap();
    assert_eq!((run.id, next.id), (first, second));
    assert!(!postpone(db, &next, ONE, NOW).await.unwrap());
    for _ in 2..MAX_WAITING {
        asked(db, None).await.unwrap();
    }
    assert!(matches!(asked(db, None).await, Err(Error::Refused(refusal)) if refusal.code == "TOO_MANY_RUNS"));
}
