//! Of two who write or decide at once one is first, and the other hears so.

use entities::batch::Batch;
use entities::idempotency::Attempt;
use entities::profiles::proposals::Status;
use entities::profiles::{self, Content};
use entities::{Error, transaction};
use serde_json::json;

use super::{Stage, text, update};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::roster::plant::now;

fn told<T>(result: &Result<T, Error>) -> &'static str {
    match result {
        Ok(_) => "",
        Err(Error::Refused(refusal)) => refusal.code,
        Err(error) => panic!("{error}"),
    }
}

async fn of_two_writers_one_has_seen_the_latest(database: Database) {
    let stage = Stage::set(&database).await;
    for round in 0..5 {
        let word = |name: &str| update(round, vec![("address", Some(text(&format!("{name} {round}"))))]);
        let (one, other) = (word("Một"), word("Hai"));
        let (one, other) =
            tokio::join!(stage.update(&stage.principal, &one, now()), stage.update(&stage.principal, &other, now()),);
        let mut codes = [told(&one), told(&other)];
        codes.sort_unstable();
        assert_eq!(codes, ["", "VERSION_CONFLICT"], "round {round}");
    }
    assert_eq!(stage.profile().await.version, 5);
}

async fn a_repeat_while_the_first_still_runs_is_a_repeat(database: Database) {
    let stage = Stage::set(&database).await;
    for round in 0..5 {
        let wanted = update(round, vec![("address", Some(text(&format!("Số {round}"))))]);
        let attempt = Attempt {
            subject: "user:mau".into(),
            key: format!("k{round}"),
            verb: "updateSchoolProfile",
            input: json!({ "round": round }),
        };
        let write = async || {
            let batch = Batch { reach: &stage.principal, attempt: Some(&attempt), now: now() };
            transaction!(stage.db, |tx| profiles::update(tx, &batch, &wanted).await)
        };
        let (one, other) = tokio::join!(write(), write());
        assert_eq!([told(&one), told(&other)], ["", ""], "round {round}");
    }
    assert_eq!(stage.profile().await.version, 5, "each was applied once");
}

async fn of_two_decisions_one_counts(database: Database) {
    let stage = Stage::set(&database).await;
    for round in 0..6 {
        let flag = Content::Flag(round % 2 == 0);
        let id = stage.says(&stage.principal, "meetsMinimumQuality", flag.clone()).await.proposal.unwrap();
        let before = stage.profile().await.version;
        let (accepted, returned, withdrawn) = tokio::join!(
            stage.accept(&stage.department, id),
            stage.give_back(&stage.department, id),
            stage.withdraw(&stage.principal, id),
        );
        let mut codes = [told(&accepted), told(&returned), told(&withdrawn)];
        codes.sort_unstable();
        assert_eq!(codes, ["", "PROPOSAL_DECIDED", "PROPOSAL_DECIDED"], "round {round}");
        let status = stage.proposals(&stage.principal).await.into_iter().find(|one| one.id == id).unwrap().status;
        let expected = match (accepted.is_ok(), returned.is_ok()) {
            (true, _) => Status::Accepted,
            (_, true) => Status::Returned,
            _ => Status::Withdrawn,
        };
        assert_eq!(status, expected);
        let version = stage.profile().await.version;
        assert_eq!(version - before, i64::from(accepted.is_ok()), "only an accepted word makes a version");
        if accepted.is_err() {
            // The same word must be free to come again; an accepted one would be unchanged.
            let again = stage.says(&stage.principal, "meetsMinimumQuality", flag).await.proposal.unwrap();
            stage.accept(&stage.department, again).await.unwrap();
        }
    }
}

both_engines!(
    of_two_writers_one_has_seen_the_latest,
    a_repeat_while_the_first_still_runs_is_a_repeat,
    of_two_decisions_one_counts,
);
