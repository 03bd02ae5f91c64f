//! Profiles of schools: who decides what, what waits as a proposal, what is frozen, and who may read the people in it.

mod authority;
mod frozen;
mod limits;
mod people;
mod place;
mod races;
mod server;

use entities::batch::Batch;
use entities::callers::{Caller, Role};
use entities::ids::ProfileProposalId;
use entities::profiles::proposals::{self, Proposal};
use entities::profiles::{
    self, Content, FieldResult, Outcome, Person, Profile, Statement, Update, Updated, Value, Which,
};
use entities::reach::{Ground, Reach};
use entities::time::Timestamp;
use entities::{Db, Error, organizations, page, transaction};

use crate::harness::database::Database;
use crate::roster::plant::{COMMUNAL, HOA_LU, everything, ground, now, person, province, vendor};

/// A school that a commune manages, and everybody around it.
struct Stage {
    db: Db,
    principal: Reach,
    commune: Reach,
    department: Reach,
    vendor: Reach,
    vendor_caller: Caller,
}

impl Stage {
    async fn set(database: &Database) -> Self {
        let db = database.ledger().await;
        province(&db).await;
        let school = ground(&db, COMMUNAL).await;
        let principal = person(&db, "hieu-truong", Role::Principal, school.clone()).await;
        let office = organizations::by_code(&db, &everything(), &organizations::committee_code(HOA_LU)).await;
        let office = Ground::ManagedBy(office.unwrap().unwrap().id);
        let commune = person(&db, "xa", Role::CommuneOfficer, office).await;
        let department = person(&db, "so", Role::ProvinceOfficer, Ground::Province("37".into())).await;
        let (_, vendor_caller) = vendor(&db, "Phần mềm mẫu", vec![school]).await;
        let vendor = Reach::of(&vendor_caller, now().vietnam_day());
        Self { db, principal, commune, department, vendor, vendor_caller }
    }

    /// Writes at the version that holds now.
    async fn say(&self, reach: &Reach, values: Vec<(&str, Option<Content>)>) -> Vec<FieldResult> {
        let version = self.profile().await.version;
        self.update(reach, &update(version, values), now()).await.unwrap().results
    }

    /// What became of one field.
    async fn says(&self, reach: &Reach, field: &str, content: impl Into<Option<Content>>) -> FieldResult {
        self.say(reach, vec![(field, content.into())]).await.remove(0)
    }

    async fn update(&self, reach: &Reach, update: &Update, now: Timestamp) -> Result<Updated, Error> {
        let batch = Batch { reach, attempt: None, now };
        transaction!(self.db, |tx| profiles::update(tx, &batch, update).await)
    }

    /// Accepts at the version that holds now.
    async fn accept(&self, reach: &Reach, id: ProfileProposalId) -> Result<ProfileProposalId, Error> {
        let version = self.profile().await.version;
        self.accept_at(reach, id, version).await
    }

    async fn accept_at(&self, reach: &Reach, id: ProfileProposalId, version: i64) -> Result<ProfileProposalId, Error> {
        let batch = Batch { reach, attempt: None, now: now() };
        transaction!(self.db, |tx| proposals::accept(tx, &batch, id, version).await)
    }

    async fn give_back(&self, reach: &Reach, id: ProfileProposalId) -> Result<ProfileProposalId, Error> {
        let batch = Batch { reach, attempt: None, now: now() };
        transaction!(self.db, |tx| proposals::give_back(tx, &batch, id, "Chưa có quyết định").await)
    }

    async fn withdraw(&self, reach: &Reach, id: ProfileProposalId) -> Result<ProfileProposalId, Error> {
        let batch = Batch { reach, attempt: None, now: now() };
        transaction!(self.db, |tx| proposals::withdraw(tx, &batch, id).await)
    }

    async fn profile(&self) -> Profile {
        self.at(Which::Current).await.unwrap()
    }

    async fn at(&self, which: Which) -> Result<Profile, Error> {
        profiles::profile(&self.db, &everything(), COMMUNAL, which, true).await.map(Option::unwrap)
    }

    async fn value(&self, field: &str) -> Option<Value> {
        self.profile().await.values.into_iter().find(|value| value.field.key == field)
    }

    async fn text(&self, field: &str) -> String {
        match self.value(field).await.map(|value| value.content) {
            Some(Content::Text(text)) => text,
            other => panic!("{field}: {other:?}"),
        }
    }

    async fn proposals(&self, reach: &Reach) -> Vec<Proposal> {
        let (filter, page) = (proposals::Filter::default(), page::Page::first(200));
        let found = proposals::visible(&self.db, reach, &filter, &page, true).await.unwrap();
        found.rows.into_iter().map(|(_, proposal)| proposal).collect()
    }
}

fn update(version: i64, values: Vec<(&str, Option<Content>)>) -> Update {
    let statements = values.into_iter().map(|(key, content)| Statement { key: key.into(), content });
    Update {
        school_code: COMMUNAL.into(),
        version,
        is_from_file: false,
        stated_on: None,
        statements: statements.collect(),
        may_read_persons: true,
    }
}

fn text(text: &str) -> Content {
    Content::Text(text.into())
}

fn codes(codes: &[&str]) -> Content {
    Content::Codes(codes.iter().map(|code| (*code).to_owned()).collect())
}

fn named(name: &str) -> Person {
    Person { name: name.into(), phone: Some("01912345678".into()), email: Some("nguoi@mau.edu.vn".into()) }
}

/// The code with which a field, or the whole, was refused.
fn code(result: &FieldResult) -> &'static str {
    result.error.as_ref().map_or("", |refusal| refusal.code)
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    match result {
        Err(Error::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

fn outcomes(results: &[FieldResult]) -> Vec<Outcome> {
    results.iter().map(|result| result.outcome).collect()
}
