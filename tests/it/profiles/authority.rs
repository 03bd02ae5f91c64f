//! Who decides a field writes it; from everybody else it waits, and is decided once.

use entities::callers::Role;
use entities::profiles::proposals::Status;
use entities::profiles::{Content, Outcome, Source, Update};
use entities::reach::{Ground, Reach};

use super::{Stage, code, outcomes, refused, text, update};
use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::roster::plant::{COMMUNAL, SPECIAL, ground, now, person, vendor};

async fn a_school_says_what_it_decides_and_proposes_the_rest(database: Database) {
    let stage = Stage::set(&database).await;
    let values = vec![
        ("address", Some(text("Số 1, đường Mẫu"))),
        ("meetsNationalStandard", Some(Content::Flag(true))),
        ("area", Some(Content::Codes(vec!["03".into()]))),
        ("code", Some(text("99001499"))),
        ("khac", Some(text("x"))),
        ("address", Some(text("Số 2"))),
        ("landSquareMetres", Some(text("rộng"))),
    ];
    let results = stage.say(&stage.principal, values).await;
    let codes: Vec<_> = results.iter().map(code).collect();
    assert_eq!(
        outcomes(&results)[..3],
        [Outcome::Applied, Outcome::Proposed, Outcome::Proposed],
        "the school, the department, the commune"
    );
    let expected = ["PROFILE_FIELD_KEPT", "PROFILE_FIELD_UNKNOWN", "DUPLICATE_IN_BATCH", "PROFILE_VALUE_INVALID"];
    assert_eq!(codes[3..], expected);
    let said = stage.value("address").await.unwrap();
    assert_eq!((said.source, said.actor.as_str()), (Source::Person, stage.principal.actor()));
    assert_eq!(said.stated_on, now().vietnam_day());
    assert!(said.heard_at.is_some() && said.decided_by.is_none());
    assert_eq!(stage.profile().await.version, 1);
    assert!(stage.value("area").await.is_none() && stage.value("meetsNationalStandard").await.is_none());
    // Each waits for its own authority, and for nobody else.
    let (standard, area) = (results[1].proposal.unwrap(), results[2].proposal.unwrap());
    for (reach, id) in [(&stage.principal, standard), (&stage.commune, standard), (&stage.department, area)] {
        assert_eq!(refused(stage.accept(reach, id).await), "PROFILE_NOT_AUTHORITY");
        assert_eq!(refused(stage.give_back(reach, id).await), "PROFILE_NOT_AUTHORITY");
    }
    stage.accept(&stage.department, standard).await.unwrap();
    stage.accept(&stage.commune, area).await.unwrap();
    let held = stage.value("meetsNationalStandard").await.unwrap();
    assert_eq!((held.content, held.decided_by.as_deref()), (Content::Flag(true), Some(stage.department.actor())));
    assert_eq!(held.actor, stage.principal.actor(), "who said it stays known");
    assert_eq!(stage.profile().await.version, 3);
    // What is said for a day is kept with it, and nothing is said for tomorrow.
    let said_for = |days: i64| Update {
        stated_on: Some(now().plus_seconds(days * 86_400).vietnam_day()),
        ..update(3, vec![("hasToilets", Some(Content::Flag(true)))])
    };
    assert_eq!(refused(stage.update(&stage.principal, &said_for(1), now()).await), "PROFILE_DAY_INVALID");
    let earlier = said_for(-30);
    stage.update(&stage.principal, &earlier, now()).await.unwrap();
    assert_eq!(stage.value("hasToilets").await.map(|value| value.stated_on), earlier.stated_on);
    let same = stage.says(&stage.principal, "address", text("Số 1, đường Mẫu")).await;
    assert_eq!(same.outcome, Outcome::Unchanged);
    assert_eq!(stage.profile().await.version, 4, "nothing was written");
}

async fn a_decision_is_final(database: Database) {
    let stage = Stage::set(&database).await;
    let propose = async |flag| {
        let made = stage.says(&stage.principal, "meetsMinimumQuality", Content::Flag(flag)).await;
        made.proposal.unwrap()
    };
    let first = propose(true).await;
    assert_eq!(propose(true).await, first, "the same word waits once");
    let second = propose(false).await;
    assert_eq!(
        refused(stage.accept(&stage.department, first).await),
        "PROPOSAL_DECIDED",
        "it was taken back by another"
    );
    assert_eq!(refused(stage.withdraw(&stage.department, second).await), "PROPOSAL_OF_ANOTHER");
    stage.give_back(&stage.department, second).await.unwrap();
    let third = propose(false).await;
    stage.withdraw(&stage.principal, third).await.unwrap();
    for id in [first, second, third] {
        assert_eq!(refused(stage.accept(&stage.department, id).await), "PROPOSAL_DECIDED");
        assert_eq!(refused(stage.give_back(&stage.department, id).await), "PROPOSAL_DECIDED");
        assert_eq!(refused(stage.withdraw(&stage.principal, id).await), "PROPOSAL_DECIDED");
    }
    let seen = stage.proposals(&stage.principal).await;
    let mut statuses: Vec<_> = seen.iter().map(|proposal| (proposal.id, proposal.status)).collect();
    statuses.sort_by_key(|(id, _)| *id);
    assert_eq!(statuses, [(first, Status::Withdrawn), (second, Status::Returned), (third, Status::Withdrawn)]);
    let returned = seen.iter().find(|proposal| proposal.id == second).unwrap();
    assert_eq!(returned.reason.as_deref(), Some("Chưa có quyết định"));
    assert!(stage.value("meetsMinimumQuality").await.is_none());
    let leaves = "SELECT kind FROM audit_entries WHERE kind LIKE 'schoolProfile.%' ORDER BY kind";
    let kinds = ["proposalReturned", "proposalWithdrawn", "updated", "updated", "updated"];
    assert_eq!(
        database.texts(leaves).await,
        kinds.map(|kind| format!("schoolProfile.{kind}")),
        "one leaf for each write"
    );
}

async fn a_program_never_overwrites_a_person(database: Database) {
    let stage = Stage::set(&database).await;
    let fax = |number: &str| text(&format!("0191{number}"));
    stage.says(&stage.principal, "phone", fax("0000001")).await;
    assert_eq!(stage.says(&stage.vendor, "fax", fax("0000002")).await.outcome, Outcome::Applied);
    assert_eq!(stage.value("fax").await.unwrap().source, Source::Vendor);
    assert_eq!(stage.says(&stage.vendor, "fax", fax("0000003")).await.outcome, Outcome::Applied, "its own word");
    let waiting = stage.says(&stage.vendor, "phone", fax("0000004")).await;
    assert_eq!(waiting.outcome, Outcome::Proposed);
    assert_eq!(stage.text("phone").await, "+841910000001");
    // A colleague says something else meanwhile: whoever saw only what was there before overwrites nothing.
    let seen = stage.profile().await.version;
    stage.says(&stage.principal, "phone", fax("0000009")).await;
    let late = stage.accept_at(&stage.principal, waiting.proposal.unwrap(), seen).await;
    assert_eq!((refused(late), stage.text("phone").await.as_str()), ("VERSION_CONFLICT", "+841910000009"));
    stage.accept(&stage.principal, waiting.proposal.unwrap()).await.unwrap();
    let held = stage.value("phone").await.unwrap();
    assert_eq!((held.source, held.decided_by.as_deref()), (Source::Vendor, Some(stage.principal.actor())));
    let again = stage.says(&stage.vendor, "phone", fax("0000005")).await;
    assert_eq!(again.outcome, Outcome::Proposed, "a person has decided it");
    // A person who says what the program said makes it a person's word; so does one who removes it.
    assert_eq!(stage.says(&stage.principal, "fax", fax("0000003")).await.outcome, Outcome::Applied);
    assert_eq!(stage.says(&stage.vendor, "fax", fax("0000006")).await.outcome, Outcome::Proposed);
    assert_eq!(stage.says(&stage.principal, "fax", None).await.outcome, Outcome::Applied);
    assert!(stage.value("fax").await.is_none());
    assert_eq!(stage.says(&stage.vendor, "fax", fax("0000007")).await.outcome, Outcome::Proposed);
    // That there is nothing is a person's word too where nobody said anything before, and is said once.
    assert_eq!(stage.says(&stage.principal, "website", None).await.outcome, Outcome::Applied);
    assert_eq!(stage.says(&stage.principal, "website", None).await.outcome, Outcome::Unchanged);
    assert_eq!(stage.says(&stage.vendor, "website", text("https://mau.edu.vn")).await.outcome, Outcome::Proposed);
    // What somebody above decides is never a program's to say, and neither is the register.
    assert_eq!(stage.says(&stage.vendor, "area", Content::Codes(vec!["03".into()])).await.outcome, Outcome::Proposed);
    assert_eq!(stage.says(&stage.vendor, "name", text("Trường Khác (mẫu)")).await.outcome, Outcome::Proposed);
    // A file is no person either, whoever sends it.
    let mut file = update(stage.profile().await.version, vec![("phone", Some(fax("0000008")))]);
    file.is_from_file = true;
    let sent = stage.update(&stage.principal, &file, now()).await.unwrap().results;
    assert_eq!(outcomes(&sent), [Outcome::Proposed]);
    let waiting = stage.proposals(&stage.principal).await;
    assert!(waiting.iter().any(|proposal| proposal.source == Source::Import && proposal.status == Status::Open));
}

async fn nobody_outside_reaches_in(database: Database) {
    let stage = Stage::set(&database).await;
    let other = person(&stage.db, "khac", Role::Principal, ground(&stage.db, SPECIAL).await).await;
    let abroad = person(&stage.db, "so-01", Role::ProvinceOfficer, Ground::Province("01".into())).await;
    let (_, caller) = vendor(&stage.db, "Phần mềm khác", vec![ground(&stage.db, COMMUNAL).await]).await;
    let rival = Reach::of(&caller, now().vietnam_day());
    let mine = stage.says(&stage.vendor, "area", Content::Codes(vec!["03".into()])).await.proposal.unwrap();
    for reach in [&other, &abroad] {
        let written = stage.update(reach, &update(0, vec![("address", Some(text("x")))]), now()).await;
        assert_eq!(refused(written), "NOT_FOUND");
        assert_eq!(refused(stage.accept(reach, mine).await), "NOT_FOUND");
        assert!(stage.proposals(reach).await.is_empty());
    }
    // Another vendor of the same school learns nothing of the proposal, and cannot touch it.
    assert!(stage.proposals(&rival).await.is_empty());
    assert_eq!(refused(stage.withdraw(&rival, mine).await), "NOT_FOUND");
    assert_eq!(refused(stage.accept(&stage.vendor, mine).await), "PROFILE_NOT_AUTHORITY", "a program decides nothing");
    assert_eq!(stage.proposals(&stage.vendor).await.len(), 1);
    assert_eq!(stage.proposals(&stage.principal).await.len(), 1);
    let teacher = person(&stage.db, "giao-vien", Role::Teacher, class(&database, &stage).await).await;
    let seen = entities::profiles::profile(&stage.db, &teacher, COMMUNAL, entities::profiles::Which::Current, true);
    assert!(seen.await.unwrap().is_none(), "a class is not the whole school");
}

async fn class(database: &Database, stage: &Stage) -> Ground {
    let Ground::School(school) = ground(&stage.db, COMMUNAL).await else { panic!("a school") };
    let key = database.uuid_text("c.id");
    let sql =
        format!("SELECT {key} FROM school_classes c JOIN schools s ON s.id = c.school_id WHERE s.code = '{COMMUNAL}'");
    Ground::Class(school, database.texts(&sql).await[0].parse().unwrap())
}

both_engines!(
    a_school_says_what_it_decides_and_proposes_the_rest,
    a_decision_is_final,
    a_program_never_overwrites_a_person,
    nobody_outside_reaches_in,
);
