//! Schools out of memory: random callers hear what the database would say, and no change stays unheard.

use entities::batch::{Batch, RowStatus};
use entities::callers::Role;
use entities::catalogues::{EducationLevel, Ownership};
use entities::ids::{OrganizationId, SchoolId};
use entities::page::{Page, Rows};
use entities::reach::{Ground, Reach};
use entities::schools::{self, Filter, Key, Manager, Order, Query, Status, Upsert, managements, successions};
use entities::{Db, organizations, transaction};

use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::speed::ground::{self, everything, now};

const COMMUNES: [&str; 4] = ["14329", "14362", "13285", "14464"];
const SCHOOLS: usize = 60;

/// Xorshift: the same numbers in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % below
    }

    fn of<T: Clone>(&mut self, some: &[T]) -> T {
        some[self.below(some.len())].clone()
    }

    fn maybe<T: Clone>(&mut self, some: &[T]) -> Option<T> {
        (self.below(4) == 0).then(|| self.of(some))
    }
}

fn code(n: usize) -> String {
    format!("9900{:02}4{:02}", n % 7, n)
}

fn school(draw: &mut Draw, n: usize) -> Upsert {
    let manager = draw.maybe(&COMMUNES).map(|commune| Manager {
        organization_code: organizations::committee_code(commune),
        from: None,
        source: Some("Quyết định mẫu".into()),
    });
    Upsert {
        key: Key::Code(code(n)),
        external_id: None,
        code: None,
        // Equal names are told apart by their ids.
        name: Some(format!("Trường Mẫu {}", draw.below(12))),
        levels: Some(draw.of(&[
            vec![EducationLevel::Primary],
            vec![EducationLevel::Primary, EducationLevel::LowerSecondary],
            vec![EducationLevel::UpperSecondary],
        ])),
        ownership: Some(draw.of(&[Ownership::Public, Ownership::Private])),
        location_commune_code: Some(draw.of(&COMMUNES).into()),
        status: draw.maybe(&[Status::Merged, Status::Dissolved]),
        valid_from: Some("2025-09-01".parse().unwrap()),
        valid_to: None,
        manager,
    }
}

async fn plant(db: &Db, draw: &mut Draw) -> (Vec<SchoolId>, Vec<OrganizationId>) {
    let reach = everything();
    let batch = Batch { reach: &reach, attempt: None, now: now() };
    let offices = organizations::offices(now().vietnam_day());
    transaction!(db, |tx| organizations::upsert(tx, &batch, &offices).await).unwrap();
    let rows: Vec<Upsert> = (0..SCHOOLS).map(|n| school(draw, n)).collect();
    let made = transaction!(db, |tx| schools::upsert(tx, &batch, &rows).await).unwrap();
    assert!(made.iter().all(|row| row.status == RowStatus::Created), "{made:?}");
    let ids: Vec<SchoolId> = made.iter().map(|row| SchoolId::from_uuid(row.id.unwrap())).collect();
    for pair in ids.chunks(5).take(8) {
        let day = now().vietnam_day();
        transaction!(db, |tx| successions::record(tx, &batch, pair[0], pair[1], day).await).unwrap();
        if pair[0] != ids[0] {
            transaction!(db, |tx| successions::record(tx, &batch, pair[0], pair[2], day).await).unwrap();
        }
    }
    let mut managers = Vec::new();
    for commune in COMMUNES {
        let code = organizations::committee_code(commune);
        managers.push(organizations::by_code(db, &reach, &code).await.unwrap().unwrap().id);
    }
    (ids, managers)
}

async fn somebody(db: &Db, draw: &mut Draw, n: usize, schools: &[SchoolId], managers: &[OrganizationId]) -> Reach {
    let name = format!("random.{n}");
    let grounds = (0..=draw.below(3)).map(|_| match draw.below(3) {
        0 => (Role::ProvinceOfficer, Ground::Province(draw.of(&["37", "01"]).into())),
        1 => (Role::CommuneOfficer, Ground::ManagedBy(draw.of(managers))),
        _ => (Role::Principal, Ground::School(draw.of(schools))),
    });
    ground::somebody(db, &name, &grounds.collect::<Vec<_>>()).await
}

fn question(draw: &mut Draw, managers: &[OrganizationId], beyond: Option<String>) -> Query {
    let filter = Filter {
        search: None,
        province_code: draw.maybe(&["37".to_owned(), "01".to_owned()]),
        location_commune_code: draw.maybe(&COMMUNES.map(String::from)),
        managing_organization: draw.maybe(managers),
        level: draw.maybe(&[EducationLevel::Primary, EducationLevel::LowerSecondary]),
        ownership: draw.maybe(&[Ownership::Public, Ownership::Private]),
        status: draw.maybe(&[Status::Active, Status::Merged]),
    };
    let rows = Rows { most: u32::try_from(1 + draw.below(9)).unwrap(), and_more: draw.below(2) == 0 };
    let page = Page { rows, beyond, backward: draw.below(2) == 0 };
    Query { filter, order: draw.of(&[Order::Name, Order::Code]), descending: draw.below(2) == 0, page }
}

/// Everything that memory answers, asked of both.
async fn compare(held: &Db, asked: &Db, reach: &Reach, draw: &mut Draw, ids: &[SchoolId], managers: &[OrganizationId]) {
    let first = question(draw, managers, None);
    let (one, other) = (schools::visible(held, reach, &first).await, schools::visible(asked, reach, &first).await);
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(format!("{one:?}"), format!("{other:?}"), "{reach:?} {first:?}");
    if let Some((cursor, _)) = one.rows.last() {
        let next = Query { page: Page { beyond: Some(cursor.to_string()), ..first.page.clone() }, ..first.clone() };
        let (one, other) = (schools::visible(held, reach, &next).await, schools::visible(asked, reach, &next).await);
        assert_eq!(format!("{:?}", one.unwrap()), format!("{:?}", other.unwrap()), "{reach:?} {next:?}");
    }
    let counts = (schools::count(held, reach, &first.filter).await, schools::count(asked, reach, &first.filter).await);
    assert_eq!(counts.0.unwrap(), counts.1.unwrap());
    let code = code(draw.below(SCHOOLS + 3));
    let found = (schools::by_code(held, reach, &code).await, schools::by_code(asked, reach, &code).await);
    assert_eq!(found.0.unwrap(), found.1.unwrap(), "{reach:?} {code}");
    let found = (schools::by_ids(held, reach, ids).await, schools::by_ids(asked, reach, ids).await);
    assert_eq!(found.0.unwrap(), found.1.unwrap());
    let day = reach.day();
    let managed = managements::of_schools(held, reach, ids, day).await.unwrap();
    assert_eq!(managed, managements::of_schools(asked, reach, ids, day).await.unwrap());
    for before in [true, false] {
        let both = match before {
            true => (successions::before(held, reach, ids).await, successions::before(asked, reach, ids).await),
            false => (successions::after(held, reach, ids).await, successions::after(asked, reach, ids).await),
        };
        assert_eq!(sorted(both.0.unwrap()), sorted(both.1.unwrap()));
    }
}

fn sorted(
    found: std::collections::HashMap<SchoolId, Vec<successions::Succession>>,
) -> Vec<(SchoolId, Vec<successions::Succession>)> {
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(school, _)| school.uuid());
    found.iter_mut().for_each(|(_, some)| some.sort_by_key(|one| (one.predecessor.uuid(), one.successor.uuid())));
    found
}

async fn memory_says_what_the_database_says(database: Database) {
    let (held, asked) = (database.ledger().await, database.ledger().await);
    let mut draw = Draw(0x9e37_79b9_7f4a_7c15);
    let (ids, managers) = plant(&asked, &mut draw).await;
    held.look_at_changes().await.unwrap();
    schools::by_ids(&held, &everything(), &ids).await.unwrap();
    let before = held.statements();
    schools::by_ids(&held, &everything(), &ids).await.unwrap();
    assert_eq!(held.statements(), before, "the second time it is remembered");
    for n in 0..crate::harness::rounds(25) {
        let reach = somebody(&asked, &mut draw, n, &ids, &managers).await;
        for _ in 0..6 {
            held.look_at_changes().await.unwrap();
            compare(&held, &asked, &reach, &mut draw, &ids, &managers).await;
        }
    }
}

/// Who remembers, and a row that somebody else writes.
async fn renamed(db: &Db, name: &str) {
    let reach = everything();
    let batch = Batch { reach: &reach, attempt: None, now: now() };
    let row = Upsert { name: Some(name.into()), ..school(&mut Draw(7), 3) };
    let row = [Upsert { status: None, manager: None, ..row }];
    let made = transaction!(db, |tx| schools::upsert(tx, &batch, &row).await).unwrap();
    assert_eq!(made[0].status, RowStatus::Updated, "{made:?}");
}

async fn name_of(db: &Db) -> String {
    schools::by_code(db, &everything(), &code(3)).await.unwrap().unwrap().name
}

async fn memory_ends_with_a_change(database: Database) {
    let (own, other) = (database.ledger().await, database.ledger().await);
    plant(&own, &mut Draw(5)).await;
    own.look_at_changes().await.unwrap();
    name_of(&own).await;
    renamed(&own, "Trường Mẫu Đổi Tên").await;
    assert_eq!(name_of(&own).await, "Trường Mẫu Đổi Tên", "a commit of one's own is heard before the reply");
    renamed(&other, "Trường Mẫu Đổi Lần Hai").await;
    own.look_at_changes().await.unwrap();
    assert_eq!(name_of(&own).await, "Trường Mẫu Đổi Lần Hai", "a commit of another process is heard at the next look");
    // Long after the last look nothing is served from memory.
    tokio::time::sleep(entities::freshness::MAX_AGE + std::time::Duration::from_millis(50)).await;
    renamed(&other, "Trường Mẫu Đổi Lần Ba").await;
    assert_eq!(name_of(&own).await, "Trường Mẫu Đổi Lần Ba");
}

/// A sequence number alone would miss the change that was written first and committed last.
async fn a_late_commit_is_heard(database: Database) {
    use crate::harness::database::Engine;
    let db = database.ledger().await;
    plant(&db, &mut Draw(5)).await;
    if database.engine == Engine::Sqlite {
        // One writes at a time: nothing can be committed late.
        return;
    }
    db.look_at_changes().await.unwrap();
    let before = db.stamp(&["School"]).unwrap();
    database
        .late(
            "INSERT INTO changes (kind, op, node_id, natural_key, recorded_at, xid) \
             VALUES ('School', 'UPSERT', gen_random_uuid(), 'late', 0, pg_current_xact_id())",
            async {
                // Another writer comes later and is committed first.
                renamed(&db, "Trường Mẫu Đổi Tên").await;
                db.look_at_changes().await.unwrap();
                db.look_at_changes().await.unwrap();
            },
        )
        .await;
    let between = db.stamp(&["School"]).unwrap();
    assert_ne!(before, between);
    db.look_at_changes().await.unwrap();
    assert_ne!(db.stamp(&["School"]).unwrap(), between, "the late commit was not heard");
}

both_engines!(memory_says_what_the_database_says, memory_ends_with_a_change, a_late_commit_is_heard);
