//! Money of schools that are remembered: where memory decides whether a school lies in reach, no row is asked again, and
//! every caller sees what the database would show.

use entities::allocations::{self, Allocation};
use entities::bank_transactions::{self, Extent, Filter};
use entities::batch::{Batch, RowStatus};
use entities::callers::{self, Role};
use entities::ids::{BankTransactionId, SchoolId};
use entities::page::{Page, Rows};
use entities::reach::{Ground, Reach};
use entities::schools::{self, Key, Upsert};
use entities::{Db, classes, transaction};

use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::speed::ground::{self, everything, now};

const EXTENTS: [Extent; 3] = [Extent::Line, Extent::Brief, Extent::Whole];
const OF_EACH: [Option<allocations::Extent>; 4] =
    [None, Some(allocations::Extent::Line), Some(allocations::Extent::Brief), Some(allocations::Extent::Whole)];

async fn client(db: &Db, id: &str) -> Reach {
    let day = now().vietnam_day();
    Reach::of(&callers::of_client(db, id.parse().unwrap(), None, day).await.unwrap().unwrap(), day)
}

/// The latest money of each school, however it is asked for; the number of rows.
async fn shown(db: &Db, reach: &Reach, ids: &[SchoolId]) -> (Vec<String>, usize) {
    let (mut said, mut seen) = (Vec::new(), 0);
    for extent in EXTENTS {
        let rows = Rows { most: 4, and_more: true };
        let pages = bank_transactions::of_schools(db, reach, ids, &Filter::default(), rows, extent).await.unwrap();
        said.extend(ids.iter().map(|id| format!("{id} {extent:?} {:?}", pages.get(id))));
        for (id, of_each) in ids.iter().flat_map(|id| OF_EACH.map(|of_each| (id, of_each))) {
            let filter = Filter { school: Some(*id), ..Filter::default() };
            let page = bank_transactions::visible(db, reach, &filter, &Page::first(4), extent, of_each).await.unwrap();
            seen += page.rows.len();
            said.push(format!("{id} {extent:?} {of_each:?} {page:?}"));
        }
    }
    (said, seen)
}

async fn money_is_shown_as_the_database_would(database: Database) {
    let (codes, vendor) = ground::plant(&database).await;
    let stranger = ground::vendor(&database, "stranger", &codes);
    let (held, asked) = (database.ledger().await, database.ledger().await);
    let found = schools::by_codes(&asked, &everything(), &codes).await.unwrap();
    let ids: Vec<SchoolId> = codes.iter().map(|code| found[code].id).collect();
    let of_first =
        classes::of_schools(&asked, &everything(), &ids[..1], &classes::Filter::default(), 1.into()).await.unwrap();
    let one_class = of_first[&ids[0]].rows[0].1.id;
    let user = async |name: &str, role, ground| ground::somebody(&asked, name, &[(role, ground)]).await;
    let callers = [
        (everything(), true),
        (client(&asked, &vendor).await, true),
        (client(&asked, &stranger).await, false),
        (user("one.school", Role::Principal, Ground::School(ids[1])).await, true),
        (user("one.class", Role::Teacher, Ground::Class(ids[0], one_class)).await, false),
        (user("province", Role::ProvinceOfficer, Ground::Province("37".into())).await, true),
        (user("elsewhere", Role::ProvinceOfficer, Ground::Province("01".into())).await, false),
    ];
    for (reach, sees) in &callers {
        held.look_at_changes().await.unwrap();
        schools::by_ids(&held, &everything(), &ids).await.unwrap();
        let (own, other) = (shown(&held, reach, &ids).await, shown(&asked, reach, &ids).await);
        assert_eq!(own, other, "{reach:?}");
        assert_eq!(own.1 > 0, *sees, "{reach:?}");
    }
    let (province, _) = &callers[5];
    let moved = Upsert { location_commune_code: Some("00004".into()), ..unchanged(&codes[2]) };
    let reach = everything();
    let batch = Batch { reach: &reach, attempt: None, now: now() };
    let rows = transaction!(&held, |tx| schools::upsert(tx, &batch, std::slice::from_ref(&moved)).await).unwrap();
    assert_eq!(rows[0].status, RowStatus::Updated, "{rows:?}");
    assert_eq!(shown(&held, province, &ids[2..3]).await.1, 0, "a school that moved takes its money along");
}

fn unchanged(code: &str) -> Upsert {
    Upsert {
        key: Key::Code(code.into()),
        external_id: None,
        code: None,
        name: None,
        levels: None,
        ownership: None,
        location_commune_code: None,
        status: None,
        valid_from: None,
        valid_to: None,
        manager: None,
    }
}

/// The codes of what a payment pays, and how much and whether it was undone where that is read.
type Paid = (BankTransactionId, Vec<(String, Option<(i64, bool)>)>);

/// What each payment of a school pays, in its order.
async fn paid(db: &Db, reach: &Reach, school: SchoolId, extent: Extent, of_each: allocations::Extent) -> Vec<Paid> {
    let (filter, page) = (Filter { school: Some(school), ..Filter::default() }, Page::first(200));
    let found = bank_transactions::visible(db, reach, &filter, &page, extent, Some(of_each)).await.unwrap();
    let said = |part: &Allocation| {
        let standing = part.standing().ok().map(|one| (one.amount.get(), one.undone_at.is_some()));
        (part.invoice_code.clone(), standing)
    };
    found.rows.iter().map(|(_, row)| (row.id, row.allocations.iter().flatten().map(said).collect())).collect()
}

/// Payments of many invoices, of none, and of invoices that were left again.
async fn what_a_payment_pays_is_the_same_however_it_is_read(database: Database) {
    let (codes, vendor) = ground::plant(&database).await;
    database
        .execute(
            "UPDATE allocations SET bank_transaction_id = (SELECT a.bank_transaction_id FROM allocations a
                 WHERE a.school_id = allocations.school_id AND a.bank_transaction_id IS NOT NULL
                 ORDER BY a.bank_transaction_id LIMIT 1)
                 WHERE bank_transaction_id IS NOT NULL AND amount / 1000 % 3 = 0;
             UPDATE allocations SET undone_at = 5, undone_cause = 'REVERSAL' WHERE amount / 1000 % 2 = 0",
        )
        .await;
    let db = database.ledger().await;
    let found = schools::by_codes(&db, &everything(), &codes).await.unwrap();
    let (mut many, mut none, mut undone) = (0, 0, 0);
    for reach in [everything(), client(&db, &vendor).await] {
        for school in found.values().map(|school| school.id) {
            let whole = paid(&db, &reach, school, Extent::Whole, allocations::Extent::Whole).await;
            many += whole.iter().filter(|(_, parts)| parts.len() > 1).count();
            none += whole.iter().filter(|(_, parts)| parts.is_empty()).count();
            undone += whole.iter().flat_map(|(_, parts)| parts).filter(|part| part.1.unwrap().1).count();
            for extent in [Extent::Line, Extent::Brief] {
                assert_eq!(paid(&db, &reach, school, extent, allocations::Extent::Brief).await, whole, "{reach:?}");
                let lines = paid(&db, &reach, school, extent, allocations::Extent::Line).await;
                let codes = |parts: &[(String, _)]| parts.iter().map(|part| part.0.clone()).collect::<Vec<_>>();
                assert_eq!(lines.len(), whole.len(), "{reach:?}");
                for ((row, line), (other, parts)) in lines.iter().zip(&whole) {
                    assert_eq!((row, codes(line)), (other, codes(parts)), "{reach:?}");
                }
            }
        }
    }
    assert!(many > 0 && none > 0 && undone > 0, "{many} of many, {none} of none, {undone} undone");
}

both_engines!(money_is_shown_as_the_database_would, what_a_payment_pays_is_the_same_however_it_is_read);
