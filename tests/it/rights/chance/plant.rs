//! A small world for chance: schools here and in another province, money, and one guest for each role and purpose.

use std::sync::Arc;

use api::config::Config;
use api::graphql::documents::ForAll;
use api::hub::Hub;
use entities::batch::Batch;
use entities::callers::{self, Caller};
use entities::profiles::{self, Content, Person as Named, Statement, Update};
use entities::reach::{Reach, Reason};
use entities::time::Timestamp;
use entities::{Db, transaction, users};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::Value;
use uuid::Uuid;

use super::super::oracle::{Person, Place, World};
use super::pools::Pools;
use crate::harness::clock;
use crate::harness::database::{Database, Engine};
use crate::harness::program;

const SCOPES: &[&str] = &["roster:read", "invoices:read", "money:read", "reports:read"];

/// Somebody who asks: as the hub knows them, and as the oracle does.
pub(super) struct Guest {
    pub(super) caller: Arc<Caller>,
    pub(super) person: Person,
}

pub(super) struct Ground {
    pub(super) hub: Arc<Hub>,
    pub(super) world: World,
    pub(super) pools: Pools,
    pub(super) guests: Vec<Guest>,
}

pub(super) fn now() -> Timestamp {
    Timestamp::from_seconds(clock::unix_seconds().try_into().unwrap())
}

impl Ground {
    pub(super) async fn plant(database: &Database) -> Self {
        program::run(database, &["bench", "seed", "--schools", "6", "--students", "48", "--payments", "240"]);
        let schools = database.texts("SELECT code FROM schools ORDER BY code").await;
        let clients = clients(database, &schools).await;
        bend(database, &schools, clients[0].1).await;
        let mut guests = people(database, &schools).await;
        let db = database.ledger().await;
        for (role, scopes, id, places) in [
            ("VENDOR_APP", SCOPES, clients[0].1, &schools[..2]),
            ("VENDOR_APP", &["invoices:read"], clients[1].1, &schools[1..2]),
            ("BANK_PARTNER", &[], clients[2].1, &[]),
        ] {
            let caller = callers::of_client(&db, id.to_string().parse().unwrap(), None, now().vietnam_day()).await;
            let caller = Arc::new(caller.unwrap().unwrap());
            let place = match role {
                "BANK_PARTNER" => Place::OwnConnections,
                _ => Place::Schools(ids(database, "schools", &format!("code IN ('{}')", places.join("', '"))).await),
            };
            for purpose in [None, Some("SCHOOL_MANAGEMENT"), Some("FEE_COLLECTION")] {
                let person = Person { role, scopes, purpose, place: place.clone(), client: Some(id) };
                guests.push(Guest { caller: caller.clone(), person });
            }
        }
        profile(&db, &guests, &schools[0]).await;
        let world = World::read(database).await;
        let pools = Pools::of(database, &world).await;
        let settings = database.settings().into_iter().map(|(name, value)| (name.to_owned(), value));
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let hub = Arc::new(Hub::new(Config::read(None, settings).unwrap(), db, ForAll::default(), metrics));
        Self { hub, world, pools, guests }
    }
}

/// Two vendors and a bank, each under a contract of its own; the bank has a connection.
async fn clients(database: &Database, schools: &[String]) -> Vec<(String, Uuid)> {
    let mut made = Vec::new();
    for (name, role) in [("first", "vendor-app"), ("second", "vendor-app"), ("bank", "bank-partner")] {
        let told = program::run(database, &["client", "create", "--name", name, "--role", role]);
        let told: Value = serde_json::from_str(&told).unwrap();
        made.push((name.to_owned(), told["clientId"].as_str().unwrap().parse().unwrap()));
    }
    let purposes = ["--purpose", "SCHOOL_MANAGEMENT", "--purpose", "FEE_COLLECTION", "--from", "2025-09-01"];
    let contract =
        |name, number| [&["contract", "create", "--client", name, "--number", number][..], &purposes].concat();
    let scopes: Vec<_> = SCOPES.iter().flat_map(|scope| ["--scope", *scope]).collect();
    let both = ["--school", &schools[0], "--school", &schools[1]];
    program::run(database, &[contract("first", "1"), scopes, both.to_vec()].concat());
    program::run(
        database,
        &[contract("second", "2"), vec!["--scope", "invoices:read", "--school", &schools[1]]].concat(),
    );
    program::run(database, &contract("bank", "3"));
    made
}

/// What the seed does not have: a school in another province, a pupil who left, invoices of a vendor, a bank's connection.
async fn bend(database: &Database, schools: &[String], vendor: Uuid) {
    let id = |id: Uuid| match database.engine {
        Engine::Sqlite => format!("X'{}'", id.simple()),
        Engine::Postgres => format!("'{id}'"),
    };
    let away = schools.last().unwrap();
    let (own, class, first) = (id(vendor), id(Uuid::from_u128(1)), &schools[0]);
    let bank = "(SELECT id FROM clients WHERE name = 'bank')";
    database
        .execute(&format!(
            "UPDATE schools SET province_code = '01', location_commune_code = '00004' WHERE code = '{away}';
             INSERT INTO school_classes (id, school_id, school_year, code, name, name_fold, name_sort, grade, synthetic,
                 created_at, updated_at)
                 SELECT {class}, id, 2026, '1A', 'Lớp 1A', 'lop 1a', 'lop 1a', '01', synthetic, created_at, updated_at
                 FROM schools WHERE code = '{first}';
             UPDATE enrollments SET class_id = {class} WHERE school_id = (SELECT id FROM schools WHERE code = '{first}')
                 AND student_id IN (SELECT id FROM students WHERE ministry_code LIKE '%2' OR ministry_code LIKE '%4');
             UPDATE enrollments SET valid_to = '2026-10-01' WHERE student_id IN
                 (SELECT id FROM students WHERE ministry_code LIKE '%7');
             UPDATE invoices SET client_id = {own} WHERE amount % 2 = 0 OR paid_amount > 0 AND school_id IN
                 (SELECT id FROM schools WHERE code = '{first}');
             UPDATE allocations SET client_id = (SELECT i.client_id FROM invoices i WHERE i.id = allocations.invoice_id);
             UPDATE connections SET client_id = {bank} WHERE name IN (SELECT MIN(name) FROM connections);"
        ))
        .await;
}

/// A profile with people in it, and what its principal and a vendor propose for it.
async fn profile(db: &Db, guests: &[Guest], school: &str) {
    let said = |key: &str, content| Statement { key: key.into(), content: Some(content) };
    let named = |name: &str| Content::Persons(vec![Named { name: name.into(), phone: None, email: None }]);
    let principal = [
        said("address", Content::Text("Số 1, đường Mẫu".into())),
        said("principals", named("Trần Thị Thử Xanh 017")),
        said("meetsNationalStandard", Content::Flag(true)),
    ];
    let vendor = [said("principals", named("Vũ Mẫu Tím 001")), said("area", Content::Codes(vec!["03".into()]))];
    for (role, version, statements) in [("PRINCIPAL", 0, &principal[..]), ("VENDOR_APP", 1, &vendor[..])] {
        let guest = guests.iter().find(|guest| guest.person.role == role).unwrap();
        let reach = Reach::of(&guest.caller, now().vietnam_day());
        let update = Update {
            school_code: school.into(),
            version,
            is_from_file: false,
            stated_on: None,
            statements: statements.to_vec(),
            may_read_persons: true,
        };
        let batch = Batch { reach: &reach, attempt: None, now: now() };
        let written = transaction!(db, |tx| profiles::update(tx, &batch, &update).await).unwrap();
        assert!(written.results.iter().all(|result| result.error.is_none()), "{written:?}");
    }
}

/// One person for each role, with and without the purpose of offices.
async fn people(database: &Database, schools: &[String]) -> Vec<Guest> {
    let office = "SELECT o.code FROM organizations o JOIN school_managements m ON m.organization_id = o.id
        WHERE o.kind LIKE '%COMMUNE%' ORDER BY o.code";
    let office = database.texts(office).await.first().expect("a commune's office manages a school").clone();
    let manager = ids(database, "organizations", &format!("code = '{office}'")).await[0];
    let own = ids(database, "schools", &format!("code = '{}'", schools[0])).await;
    let class = format!("school_id IN (SELECT id FROM schools WHERE code = '{}')", schools[0]);
    let class = ids(database, "school_classes", &class).await[0];
    let taught = class.to_string();
    let school = |role| (role, vec!["--school", schools[0].as_str()], Place::Schools(own.clone()));
    let staff = [
        ("PROVINCE_OFFICER", vec!["--province", "37", "--purpose", "INSPECTION"], Place::Province("37")),
        (
            "COMMUNE_OFFICER",
            vec!["--organization", office.as_str(), "--purpose", "INSPECTION"],
            Place::ManagedBy(manager),
        ),
        school("PRINCIPAL"),
        school("ACCOUNTANT"),
        school("SCHOOL_IT_LEAD"),
        school("CLERK"),
        ("TEACHER", vec!["--class", taught.as_str()], Place::Class(class)),
        ("DATA_OFFICER", vec!["--province", "37"], Place::Province("37")),
        ("PLATFORM_ADMIN", vec![], Place::Hub),
    ];
    let db = database.ledger().await;
    #[expect(clippy::disallowed_methods, reason = "the tests look up whom they made")]
    let everything = Reach::system(Reason::Seeding, now().vietnam_day());
    let mut guests = Vec::new();
    for (role, place_words, place) in staff {
        let name = role.to_lowercase().replace('_', "-");
        let made = ["user", "create", &name, "--display-name", "Người Mẫu", "--role", role, "--from", "2025-09-01"];
        program::run(database, &[&made[..], &place_words].concat());
        let user = users::by_username(&db, &everything, &name).await.unwrap().unwrap();
        let caller = callers::of_user(&db, user.id, 0, None, now().vietnam_day()).await.unwrap().unwrap();
        let caller = Arc::new(caller);
        let inspects = place_words.contains(&"INSPECTION");
        for purpose in [None, Some("INSPECTION")].into_iter().take(1 + usize::from(inspects)) {
            let person = Person { role, scopes: &[], purpose, place: place.clone(), client: None };
            guests.push(Guest { caller: caller.clone(), person });
        }
    }
    guests
}

/// The keys of rows on which a condition holds.
async fn ids(database: &Database, table: &str, condition: &str) -> Vec<Uuid> {
    let key = match database.engine {
        Engine::Sqlite => "lower(hex(id))",
        Engine::Postgres => "id::text",
    };
    let found = database.texts(&format!("SELECT {key} FROM {table} WHERE {condition} ORDER BY 1")).await;
    found.iter().map(|id| id.parse().unwrap()).collect()
}
