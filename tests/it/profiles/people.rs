//! People lie sealed and are opened only for who may read them; nothing about them can be tried out.

use entities::page::Page;
use entities::profiles::{self, Content, Outcome, Which, proposals};

use super::{Stage, code, named, text, update};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::roster::plant::{COMMUNAL, everything, now};

const NAME: &str = "Trần Thị Thử Xanh 017";

fn people(name: &str) -> Content {
    Content::Persons(vec![named(name)])
}

async fn people_lie_sealed(database: Database) {
    let stage = Stage::set(&database).await;
    stage.says(&stage.principal, "principals", people(NAME)).await;
    let waiting = stage.says(&stage.vendor, "principals", people("Vũ Mẫu Tím 001")).await;
    assert_eq!(waiting.outcome, Outcome::Proposed);
    for table in ["school_profile_values", "school_profile_proposals"] {
        let sealed =
            format!("SELECT COUNT(*) FROM {table} WHERE field = 'principals' AND value IS NULL AND sealed IS NOT NULL");
        assert_eq!(database.number(&sealed).await, 1, "{table}");
        let bare = format!("SELECT COUNT(*) FROM {table} WHERE value LIKE '%Mẫu Tím%' OR value LIKE '%Thử Xanh%'");
        assert_eq!(database.number(&bare).await, 0, "{table}");
    }
    let leaves = database.texts("SELECT payload FROM audit_entries WHERE kind LIKE 'schoolProfile.%'").await;
    assert_eq!(leaves.len(), 2);
    assert!(leaves.iter().all(|leaf| !leaf.contains("Xanh") && !leaf.contains("0191")), "{leaves:?}");
    assert!(leaves.iter().any(|leaf| leaf.contains("principals")));
}

async fn who_may_not_read_people_learns_nothing_of_them(database: Database) {
    let stage = Stage::set(&database).await;
    let (db, reach) = (&stage.db, &stage.principal);
    stage.says(reach, "principals", people(NAME)).await;
    stage.say(reach, vec![("principals", Some(people("Lê Mẫu Ba 002"))), ("address", Some(text("Một")))]).await;
    let seen = async |may| {
        let profile = profiles::profile(db, reach, COMMUNAL, Which::Current, may).await.unwrap().unwrap();
        let has = profile.values.iter().any(|value| value.field.is_personal());
        let differs = profiles::difference(db, reach, COMMUNAL, (1, 2), may).await.unwrap().unwrap();
        let listed = profiles::versions(db, reach, COMMUNAL, &Page::first(9), may).await.unwrap().unwrap();
        let named =
            listed.rows.iter().filter(|(_, entry)| entry.changed.iter().any(|field| field.is_personal())).count();
        (has, differs.len(), named)
    };
    assert_eq!(seen(true).await, (true, 2, 2));
    assert_eq!(seen(false).await, (false, 1, 0));
    // The right word and the wrong one are refused alike: "unchanged" would tell.
    for name in ["Lê Mẫu Ba 002", "Ai Đó"] {
        let mut blind = update(2, vec![("principals", Some(people(name)))]);
        blind.may_read_persons = false;
        let results = stage.update(&stage.vendor, &blind, now()).await.unwrap().results;
        assert_eq!(code(&results[0]), "FIELD_NOT_ALLOWED");
    }
    let waiting = stage.says(&stage.vendor, "principals", people("Vũ Mẫu Tím 001")).await.proposal.unwrap();
    let shown = async |may| {
        let found = proposals::by_ids(db, &everything(), &[waiting], may).await.unwrap().remove(&waiting).unwrap();
        (found.content.is_some(), found.removes)
    };
    assert_eq!((shown(true).await, shown(false).await), ((true, false), (false, false)));
    let handed = stage.accept(&stage.principal, waiting).await;
    assert!(handed.is_ok());
    assert_eq!(
        stage.value("principals").await.unwrap().content,
        Content::Persons(vec![profiles::Person { phone: Some("+841912345678".into()), ..named("Vũ Mẫu Tím 001") }])
    );
}

both_engines!(people_lie_sealed, who_may_not_read_people_learns_nothing_of_them);
