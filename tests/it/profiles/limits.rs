//! Lists and proposals are bounded, what goes makes room, and nothing is asked of the database field by field.

use entities::callers::Role;
use entities::page::Page;
use entities::profiles::fields::{Authority, FIELDS, Shape};
use entities::profiles::proposals::MAX_OPEN_PROPOSALS;
use entities::profiles::{self, Content, MAX_PERSONS, MAX_SITES, Outcome, Site, Which, proposals};
use entities::reach::Ground;

use super::{Stage, code, named, text, update};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::roster::plant::{COMMUNAL, now, person};

fn sites(from: usize, count: usize) -> Content {
    let site = |at: usize| Site {
        code: format!("DT{at:03}"),
        name: format!("Điểm trường Mẫu {at}"),
        address: None,
        commune_code: None,
        phone: None,
        distance_metres: None,
        transport: None,
        land_square_metres: None,
    };
    Content::Sites((from..from + count).map(site).collect())
}

async fn lists_are_bounded_and_what_goes_makes_room(database: Database) {
    let stage = Stage::set(&database).await;
    let reach = &stage.principal;
    let people = |from: usize, count: usize| {
        Content::Persons((from..from + count).map(|at| named(&format!("Người Mẫu {at:03}"))).collect())
    };
    assert_eq!(stage.says(reach, "sites", sites(0, MAX_SITES)).await.outcome, Outcome::Applied);
    assert_eq!(code(&stage.says(reach, "sites", sites(0, MAX_SITES + 1)).await), "PROFILE_LIST_TOO_LONG");
    assert_eq!(stage.says(reach, "sites", sites(1, MAX_SITES)).await.outcome, Outcome::Applied, "one went, one came");
    assert_eq!(stage.says(reach, "accountants", people(0, MAX_PERSONS)).await.outcome, Outcome::Applied);
    assert_eq!(code(&stage.says(reach, "accountants", people(0, MAX_PERSONS + 1)).await), "PROFILE_LIST_TOO_LONG");
    assert_eq!(stage.says(reach, "accountants", people(1, MAX_PERSONS)).await.outcome, Outcome::Applied);
    assert_eq!(stage.says(reach, "sites", sites(0, 0)).await.outcome, Outcome::Applied);
    assert!(stage.value("sites").await.is_none(), "an empty list is no value");
}

async fn proposals_are_bounded_and_a_decision_makes_room(database: Database) {
    let stage = Stage::set(&database).await;
    let flags: Vec<&str> = FIELDS
        .iter()
        .filter(|field| field.authority == Authority::School && matches!(field.shape, Shape::Flag))
        .map(|field| field.key)
        .collect();
    let mut last = Vec::new();
    let mut officer = 0;
    while last.iter().all(|result| code(result) != "PROFILE_TOO_MANY_PROPOSALS") {
        officer += 1;
        assert!(officer * flags.len() <= MAX_OPEN_PROPOSALS + 2 * flags.len(), "nothing stops them");
        let name = format!("so-{officer}");
        let reach = person(&stage.db, &name, Role::ProvinceOfficer, Ground::Province("37".into())).await;
        last = stage.say(&reach, flags.iter().map(|key| (*key, Some(Content::Flag(true)))).collect()).await;
    }
    let open = "SELECT COUNT(*) FROM school_profile_proposals WHERE status = 'OPEN'";
    assert_eq!(database.number(open).await, i64::try_from(MAX_OPEN_PROPOSALS).unwrap());
    let full = stage.says(&stage.department, flags[0], Content::Flag(false)).await;
    assert_eq!(code(&full), "PROFILE_TOO_MANY_PROPOSALS");
    let program = stage.says(&stage.vendor, "meetsNationalStandard", Content::Flag(true)).await;
    assert_eq!(program.outcome, Outcome::Proposed, "people never take a program's room");
    stage.withdraw(&stage.vendor, program.proposal.unwrap()).await.unwrap();
    let one = last.iter().find_map(|result| result.proposal).unwrap();
    stage.give_back(&stage.principal, one).await.unwrap();
    assert_eq!(stage.says(&stage.department, flags[0], Content::Flag(false)).await.outcome, Outcome::Proposed);
}

/// Statements, with as many values as a profile has and with one.
async fn no_field_costs_a_statement(database: Database) {
    let stage = Stage::set(&database).await;
    let flags = |count: usize, flag| -> Vec<(&'static str, Option<Content>)> {
        let school = FIELDS.iter().filter(|field| field.authority == Authority::School);
        let flags = school.filter(|field| matches!(field.shape, Shape::Flag));
        flags.take(count).map(|field| (field.key, Some(Content::Flag(flag)))).collect()
    };
    stage.says(&stage.principal, "address", text("Một")).await;
    let count = async |reach, version, values| {
        let before = stage.db.statements();
        stage.update(reach, &update(version, values), now()).await.unwrap();
        stage.db.statements() - before
    };
    let one = count(&stage.principal, 1, flags(1, true)).await;
    let many = count(&stage.principal, 2, flags(15, false)).await;
    assert_eq!(one, many, "applied");
    let one = count(&stage.department, 3, flags(1, true)).await;
    let many = count(&stage.vendor, 3, flags(15, true)).await;
    assert_eq!(one, many, "proposed");
    let (db, reach, before) = (&stage.db, &stage.principal, stage.db.statements());
    let profile = profiles::profile(db, reach, COMMUNAL, Which::Current, true).await.unwrap().unwrap();
    let read = db.statements() - before;
    assert!(profile.values.len() > 20 && read <= 8, "{read} statements for {} values", profile.values.len());
    let before = db.statements();
    let page = proposals::visible(db, reach, &proposals::Filter::default(), &Page::first(200), true).await.unwrap();
    assert!(page.rows.len() > 10);
    assert_eq!(db.statements() - before, 1);
    let before = db.statements();
    let versions = profiles::versions(db, reach, COMMUNAL, &Page::first(200), true).await.unwrap().unwrap();
    assert!(versions.rows.len() > 2);
    assert!(db.statements() - before <= 3);
}

both_engines!(
    lists_are_bounded_and_what_goes_makes_room,
    proposals_are_bounded_and_a_decision_makes_room,
    no_field_costs_a_statement,
);
