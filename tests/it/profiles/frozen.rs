//! Versions stay as they were; a principal's signature stands under one, and shows what changed since.

use entities::batch::{Batch, RowStatus};
use entities::codes::SchoolYear;
use entities::idempotency::Attempt;
use entities::page::Page;
use entities::profiles::{self, Cause, Content, Outcome, Signed, Which};
use entities::reach::Reach;
use entities::{Error, transaction};
use serde_json::json;

use super::{Stage, outcomes, refused, text, update};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::roster::plant::{COMMUNAL, everything, now, school, write_schools};

pub(super) async fn sign(stage: &Stage, reach: &Reach, year: i32, version: i64) -> Result<Signed, Error> {
    let year = SchoolYear::starting(year).unwrap();
    let batch = Batch { reach, attempt: None, now: now() };
    transaction!(stage.db, |tx| profiles::sign(tx, &batch, COMMUNAL, year, version).await)
}

fn this_year() -> i32 {
    SchoolYear::running_on(now().vietnam_day()).start_year()
}

async fn versions_stay_and_are_compared(database: Database) {
    let stage = Stage::set(&database).await;
    let begun = now();
    let write = async |version, at: i64, address: &str| {
        let values = vec![("address", Some(text(address))), ("hasToilets", Some(Content::Flag(version == 0)))];
        stage.update(&stage.principal, &update(version, values), begun.plus_seconds(at)).await.map(|made| made.results)
    };
    assert_eq!(stage.profile().await.version, 0);
    assert_eq!(stage.text("name").await, "Trường Tiểu học Bình Minh (mẫu)", "the register speaks before anybody does");
    write(0, 0, "Một").await.unwrap();
    write(1, 10, "Hai").await.unwrap();
    assert_eq!(refused(write(1, 20, "Ba").await), "VERSION_CONFLICT");
    assert_eq!(outcomes(&write(2, 20, "Ba").await.unwrap()), [Outcome::Applied, Outcome::Unchanged]);
    let address = async |which| {
        let found = stage.at(which).await.unwrap();
        let value = found.values.into_iter().find(|value| value.field.key == "address");
        (found.version, value.map(|value| value.content))
    };
    assert_eq!(address(Which::Version(1)).await, (1, Some(text("Một"))));
    assert_eq!(address(Which::At(begun.plus_seconds(15))).await, (2, Some(text("Hai"))));
    assert_eq!(address(Which::At(begun.plus_seconds(-1))).await, (0, None));
    assert_eq!(address(Which::Current).await, (3, Some(text("Ba"))));
    for version in [4, -1] {
        assert_eq!(refused(stage.at(Which::Version(version)).await), "PROFILE_VERSION_UNKNOWN");
    }
    let difference = async |from, to| {
        profiles::difference(&stage.db, &stage.principal, COMMUNAL, (from, to), true).await.map(Option::unwrap)
    };
    let keys = |found: &[profiles::Difference]| found.iter().map(|one| one.field.key).collect::<Vec<_>>();
    let (there, back) = (difference(1, 3).await.unwrap(), difference(3, 1).await.unwrap());
    assert_eq!((keys(&there), keys(&back)), (vec!["hasToilets", "address"], vec!["hasToilets", "address"]));
    assert_eq!((&there[1].before, &there[1].after), (&back[1].after, &back[1].before));
    assert_eq!(keys(&difference(2, 3).await.unwrap()), ["address"]);
    assert!(difference(2, 2).await.unwrap().is_empty());
    assert_eq!(refused(difference(0, 3).await), "PROFILE_VERSION_UNKNOWN");
    let listed = profiles::versions(&stage.db, &stage.principal, COMMUNAL, &Page::first(2), true).await;
    let listed: Vec<_> = listed.unwrap().unwrap().rows.into_iter().map(|(_, entry)| entry).collect();
    assert_eq!(listed.iter().map(|entry| entry.version).collect::<Vec<_>>(), [3, 2]);
    assert_eq!((listed[0].cause, listed[0].changed.len()), (Cause::Updated, 1));
}

async fn a_signature_shows_what_changed_since(database: Database) {
    let stage = Stage::set(&database).await;
    let year = this_year();
    assert_eq!(refused(sign(&stage, &stage.principal, year, 0).await), "PROFILE_INCOMPLETE");
    let waiting = stage.says(&stage.principal, "meetsNationalStandard", Content::Flag(false)).await;
    stage.accept(&stage.department, waiting.proposal.unwrap()).await.unwrap();
    assert_eq!(refused(sign(&stage, &stage.department, year, 1).await), "PROFILE_NOT_AUTHORITY");
    assert_eq!(refused(sign(&stage, &stage.vendor, year, 1).await), "PROFILE_NOT_AUTHORITY");
    assert_eq!(refused(sign(&stage, &stage.principal, year, 0).await), "VERSION_CONFLICT");
    for other in [year - 1, year + 1] {
        assert_eq!(refused(sign(&stage, &stage.principal, other, 1).await), "SCHOOL_YEAR_NOT_RUNNING");
    }
    for _ in 0..2 {
        assert_eq!(sign(&stage, &stage.principal, year, 1).await.unwrap().version, 1, "twice is once");
    }
    let leaves = "SELECT kind FROM audit_entries WHERE kind LIKE 'schoolProfile.%' ORDER BY kind";
    let kinds = ["proposalAccepted", "signed", "updated"];
    assert_eq!(
        database.texts(leaves).await,
        kinds.map(|kind| format!("schoolProfile.{kind}")),
        "one leaf for each write"
    );
    let signatures = async || stage.profile().await.signatures;
    let signed = signatures().await;
    assert_eq!((signed.len(), signed[0].version, signed[0].is_changed_since), (1, 1, false));
    // What comes back to what was signed has not changed since.
    for (address, is_changed) in [(Some(text("Khác")), true), (None, false)] {
        stage.says(&stage.principal, "address", address).await;
        assert_eq!(signatures().await[0].is_changed_since, is_changed);
    }
    // The register changes without a word about the profile: the signature shows it.
    let renamed = school(COMMUNAL, "Trường Tiểu học Đổi Tên (mẫu)");
    assert_eq!(write_schools(&stage.db, &everything(), &[renamed]).await[0].status, RowStatus::Updated);
    assert!(signatures().await[0].is_changed_since);
    let again = sign(&stage, &stage.principal, year, 3).await.unwrap();
    assert_eq!(again.version, 4, "what the register says by now is signed as a version of its own");
    stage.says(&stage.principal, "hasToilets", Content::Flag(true)).await;
    let signed: Vec<_> = signatures().await.iter().map(|one| (one.version, one.is_changed_since)).collect();
    assert_eq!(signed, [(4, true), (1, true)]);
    let then = stage.at(Which::Version(1)).await.unwrap();
    let name = then.values.iter().find(|value| value.field.key == "name").unwrap();
    assert_eq!(name.content, text("Trường Tiểu học Bình Minh (mẫu)"), "what was signed stays");
}

async fn the_same_key_applies_nothing_twice(database: Database) {
    let stage = Stage::set(&database).await;
    let attempt = |note: &str| Attempt {
        subject: "user:mau".into(),
        key: "k".into(),
        verb: "updateSchoolProfile",
        input: json!({ "note": note }),
    };
    let values =
        vec![("address", Some(text("Một"))), ("meetsNationalStandard", Some(Content::Flag(true))), ("khac", None)];
    let wanted = update(0, values);
    let write = async |attempt: Attempt| {
        let batch = Batch { reach: &stage.principal, attempt: Some(&attempt), now: now() };
        transaction!(stage.db, |tx| profiles::update(tx, &batch, &wanted).await).map(|made| made.results)
    };
    let first = write(attempt("a")).await.unwrap();
    stage.says(&stage.principal, "address", text("Hai")).await;
    let again = write(attempt("a")).await.unwrap();
    assert_eq!(outcomes(&first), [Outcome::Applied, Outcome::Proposed, Outcome::Refused]);
    assert_eq!(outcomes(&again), [Outcome::Unchanged, Outcome::Proposed, Outcome::Refused]);
    assert_eq!((first[1].proposal, stage.text("address").await.as_str()), (again[1].proposal, "Hai"));
    assert_eq!(refused(write(attempt("b")).await), "IDEMPOTENCY_KEY_REUSED");
}

both_engines!(versions_stay_and_are_compared, a_signature_shows_what_changed_since, the_same_key_applies_nothing_twice,);
