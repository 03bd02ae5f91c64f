//! Place and management change in the register of schools and nowhere else, by those above the school and within their bounds.

use entities::batch::RowStatus;
use entities::profiles::{Content, Outcome, Source};
use entities::schools::{self, Status, Upsert};

use super::{Stage, code, codes, outcomes, refused, text, update};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::roster::plant::{COMMUNAL, HOA_LU, TAM_DIEP, everything, now, school, write_schools};

const UPPER: &str = "04";

async fn a_commune_moves_no_school(database: Database) {
    let stage = Stage::set(&database).await;
    // A commune's word about the place waits for the department, wherever it points.
    for commune in [TAM_DIEP, "00004"] {
        let said = stage.says(&stage.commune, "commune", text(commune)).await;
        assert_eq!(said.outcome, Outcome::Proposed);
        let accepted = stage.accept(&stage.department, said.proposal.unwrap()).await;
        let why = if commune == TAM_DIEP { "ORGANIZATION_CANNOT_MANAGE" } else { "PLACE_OUTSIDE_PROVINCE" };
        assert_eq!(refused(accepted), why, "an acceptance has bounds too");
    }
    let handed = stage.says(&stage.commune, "managingOrganization", text("SGDDT-37")).await;
    assert_eq!(handed.outcome, Outcome::Proposed);
    assert_eq!(
        (stage.text("commune").await.as_str(), stage.text("managingOrganization").await.as_str()),
        (HOA_LU, "UBND-14329")
    );
    // What it decides itself it writes: the register says so, and the profile with it.
    let named = stage.says(&stage.commune, "name", text("Trường Tiểu học Sao Mai (mẫu)")).await;
    assert_eq!(named.outcome, Outcome::Applied);
    let known = schools::by_code(&stage.db, &everything(), COMMUNAL).await.unwrap().unwrap();
    assert_eq!(known.name, "Trường Tiểu học Sao Mai (mẫu)");
    let said = stage.value("name").await.unwrap();
    assert_eq!((said.source, said.actor.as_str()), (Source::Person, stage.commune.actor()));
    let founded = chrono::NaiveDate::from_ymd_opt(1995, 9, 5).unwrap();
    let whole = vec![("foundedOn", Some(Content::Day(founded))), ("ownership", Some(codes(&["09"])))];
    let told = stage.say(&stage.commune, whole).await;
    assert!(told.iter().all(|result| result.error.is_none()), "{told:?}");
    let upper = stage.says(&stage.commune, "levels", codes(&["02", UPPER])).await;
    assert_eq!(code(&upper), "ORGANIZATION_CANNOT_MANAGE", "a commune manages no upper secondary school");
}

async fn a_department_hands_a_school_only_to_who_can_manage_it(database: Database) {
    let stage = Stage::set(&database).await;
    for office in ["BGDDT", "SGDDT-01", "UBND-14362"] {
        let said = stage.says(&stage.department, "managingOrganization", text(office)).await;
        assert_eq!(code(&said), "ORGANIZATION_CANNOT_MANAGE", "{office}");
    }
    assert_eq!(code(&stage.says(&stage.department, "managingOrganization", text("UBND-0")).await), "NOT_FOUND");
    let alone = stage.says(&stage.department, "commune", text(TAM_DIEP)).await;
    assert_eq!(code(&alone), "ORGANIZATION_CANNOT_MANAGE", "the old committee would manage a school elsewhere");
    let away = stage.says(&stage.department, "commune", text("00004")).await;
    assert_eq!(code(&away), "PLACE_OUTSIDE_PROVINCE");
    assert_eq!(stage.profile().await.version, 0, "nothing was written so far");
    let both = vec![("commune", Some(text(TAM_DIEP))), ("managingOrganization", Some(text("UBND-14362")))];
    let moved = stage.say(&stage.department, both).await;
    assert_eq!(outcomes(&moved), [Outcome::Applied, Outcome::Applied]);
    let known = schools::by_code(&stage.db, &everything(), COMMUNAL).await.unwrap().unwrap();
    assert_eq!(known.location_commune_code, TAM_DIEP);
    let dated = "SELECT COUNT(*) FROM school_managements m JOIN schools s ON s.id = m.school_id";
    let dated = format!("{dated} WHERE s.code = '{COMMUNAL}'");
    assert_eq!(database.number(&dated).await, 2, "the earlier management ended, and is kept");
    assert_eq!(stage.text("managingOrganization").await, "UBND-14362");
    // The reach moved with the management.
    let written = stage.update(&stage.commune, &update(1, vec![("area", Some(codes(&["03"])))]), now()).await;
    assert_eq!(refused(written), "NOT_FOUND");
}

async fn the_register_is_told_as_it_is(database: Database) {
    let stage = Stage::set(&database).await;
    stage.says(&stage.principal, "hasToilets", Content::Flag(true)).await;
    let renamed = school(COMMUNAL, "Trường Tiểu học Đổi Tên (mẫu)");
    assert_eq!(write_schools(&stage.db, &everything(), &[renamed]).await[0].status, RowStatus::Updated);
    assert_eq!(stage.text("name").await, "Trường Tiểu học Đổi Tên (mẫu)");
    let then = stage.at(entities::profiles::Which::Version(1)).await.unwrap();
    let name = then.values.iter().find(|value| value.field.key == "name").unwrap();
    assert_eq!(name.content, text("Trường Tiểu học Bình Minh (mẫu)"), "a version stays as it was");
    // The next version remembers what the register says by then.
    stage.says(&stage.principal, "hasToilets", Content::Flag(false)).await;
    let (db, reach) = (&stage.db, everything());
    let found = entities::profiles::difference(db, &reach, COMMUNAL, (1, 2), true).await.unwrap().unwrap();
    let keys: Vec<_> = found.iter().map(|difference| difference.field.key).collect();
    assert_eq!(keys, ["name", "hasToilets"]);
}

async fn an_ended_school_takes_no_word(database: Database) {
    let stage = Stage::set(&database).await;
    let waiting = stage.says(&stage.principal, "meetsNationalStandard", Content::Flag(true)).await.proposal.unwrap();
    let ended = Upsert {
        status: Some(Status::Dissolved),
        valid_to: Some(now().vietnam_day()),
        ..school(COMMUNAL, "Trường Tiểu học Bình Minh (mẫu)")
    };
    assert_eq!(write_schools(&stage.db, &everything(), &[ended]).await[0].status, RowStatus::Updated);
    let written = stage.update(&stage.principal, &update(0, vec![("address", Some(text("x")))]), now()).await;
    assert_eq!(refused(written), "SCHOOL_ENDED");
    assert_eq!(refused(stage.accept(&stage.department, waiting).await), "SCHOOL_ENDED");
    assert_eq!(refused(stage.withdraw(&stage.principal, waiting).await), "SCHOOL_ENDED");
    assert_eq!(refused(super::frozen::sign(&stage, &stage.principal, 2026, 0).await), "SCHOOL_ENDED");
    assert_eq!(stage.text("status").await, "DISSOLVED", "it can still be read");
}

both_engines!(
    a_commune_moves_no_school,
    a_department_hands_a_school_only_to_who_can_manage_it,
    the_register_is_told_as_it_is,
    an_ended_school_takes_no_word,
);
