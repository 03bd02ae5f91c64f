//! Who a subject is depends on the day, the contract and the role, and on nothing that a token says.

use super::*;
use crate::clients::NewClient;
use crate::contracts::NewContract;
use crate::db::Tx;
use crate::ids::SchoolId;
use crate::testing::{NOW, fresh};
use crate::transaction;
use crate::users::NewRoleAssignment;

const A: Ground = Ground::School(SchoolId::from_uuid(uuid::Uuid::from_u128(1)));
const B: Ground = Ground::School(SchoolId::from_uuid(uuid::Uuid::from_u128(2)));

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn contract(client: ClientId, number: &str, scopes: &[&str], ground: Ground) -> NewContract {
    NewContract {
        client,
        number: number.to_owned(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        purposes: vec!["FEES".to_owned()],
        grounds: vec![ground],
        valid_from: day("2026-09-01"),
        valid_to: Some(day("2027-06-01")),
    }
}

async fn vendor(db: &Db) -> ClientId {
    let new = NewClient { name: "Phần mềm mẫu".to_owned(), role: Role::VendorApp, requests_per_minute: 600 };
    let (client, _) = transaction!(db, |tx| clients::create(tx, &new, NOW).await).unwrap();
    client.id
}

#[tokio::test]
async fn a_vendor_stands_on_running_contracts_only() {
    let fresh = fresh().await;
    let db = &fresh.db;
    let id = vendor(db).await;
    let on = async |text| of_client(db, id, None, day(text)).await.unwrap();
    assert_eq!(on("2026-11-20").await, None, "no contract, no caller");
    let signed = contract(id, "HĐ-1", &["roster:read"], A);
    transaction!(db, |tx| contracts::create(tx, &signed, NOW).await).unwrap();
    assert_eq!(on("2026-08-31").await, None);
    assert_eq!(on("2026-09-01").await.unwrap().grounds(), [A]);
    assert_eq!(on("2027-05-31").await.unwrap().scopes, ["roster:read"]);
    assert_eq!(on("2027-06-01").await, None);
    transaction!(db, |tx| clients::revoke(tx, id, NOW).await).unwrap();
    assert_eq!(on("2026-11-20").await, None);
}

#[tokio::test]
async fn what_one_school_allows_is_not_done_at_another() {
    let fresh = fresh().await;
    let db = &fresh.db;
    let id = vendor(db).await;
    for new in [contract(id, "HĐ-1", &["roster:read"], A), contract(id, "HĐ-2", &["roster:read", "invoices:write"], B)]
    {
        transaction!(db, |tx| contracts::create(tx, &new, NOW).await).unwrap();
    }
    let under = async |number| of_client(db, id, number, day("2026-11-20")).await.unwrap();
    assert_eq!(under(None).await.unwrap().grounds(), [A]);
    let second = under(Some("HĐ-2")).await.unwrap();
    assert_eq!((second.grounds(), second.scopes.len()), ([B].as_slice(), 2));
    assert_eq!(under(Some("HĐ-3")).await, None);
    let third = contract(id, "HĐ-3", &["invoices:write", "roster:read"], A);
    transaction!(db, |tx| contracts::create(tx, &third, NOW).await).unwrap();
    assert_eq!(under(Some("HĐ-2")).await.unwrap().grounds(), [B, A], "the same terms at both schools");
}

async fn assign(tx: &Tx, user: UserId, role: Role, ground: Ground, purposes: &[&str]) -> Result<(), Error> {
    let new = NewRoleAssignment {
        role,
        ground,
        purposes: purposes.iter().map(|&purpose| purpose.to_owned()).collect(),
        valid_from: day("2026-09-01"),
        valid_to: None,
    };
    users::assign(tx, user, &new, NOW).await.map(|_| ())
}

#[tokio::test]
async fn a_user_acts_under_one_role_at_a_time() {
    let fresh = fresh().await;
    let db = &fresh.db;
    let province = |code: &str| Ground::Province(code.to_owned());
    let user = transaction!(db, |tx| {
        let user = users::create(tx, "can-bo-mau", "Cán Bộ Mẫu", NOW).await?;
        assign(tx, user.id, Role::PlatformAdmin, Ground::Nation, &[]).await?;
        assign(tx, user.id, Role::ProvinceOfficer, province("37"), &["INSPECTION", "STATISTICS"]).await?;
        assign(tx, user.id, Role::ProvinceOfficer, province("15"), &["STATISTICS"]).await?;
        Ok(user)
    })
    .unwrap();
    let on = day("2026-11-20");
    let caller = of_user(db, user.id, 0, None, on).await.unwrap().unwrap();
    assert_eq!(caller.role, Role::ProvinceOfficer);
    assert_eq!(caller.grounds(), [province("37"), province("15")]);
    assert_eq!(caller.purposes, ["STATISTICS"], "a purpose of one ground must not open the other");
    let admin = of_user(db, user.id, 0, Some(Role::PlatformAdmin), on).await.unwrap().unwrap();
    assert_eq!(admin.grounds(), [Ground::Nation]);
    assert_eq!(of_user(db, user.id, 0, Some(Role::Principal), on).await.unwrap(), None);
    assert_eq!(of_user(db, user.id, 0, None, day("2026-08-31")).await.unwrap(), None);
    transaction!(db, |tx| users::reset(tx, user.id, NOW).await).unwrap();
    assert_eq!(of_user(db, user.id, 0, None, on).await.unwrap(), None, "tokens of before the reset");
    assert!(of_user(db, user.id, 1, None, on).await.unwrap().is_some());
    transaction!(db, |tx| users::disable(tx, user.id, NOW).await).unwrap();
    assert_eq!(of_user(db, user.id, 1, None, on).await.unwrap(), None);
}

#[tokio::test]
async fn a_role_takes_only_its_own_kind_of_ground() {
    let fresh = fresh().await;
    let db = &fresh.db;
    let user = transaction!(db, |tx| users::create(tx, "nguoi-mau", "Người Mẫu", NOW).await).unwrap();
    let give = async |role, ground: Ground| transaction!(db, |tx| assign(tx, user.id, role, ground.clone(), &[]).await);
    for (role, ground) in [
        (Role::ProvinceOfficer, Ground::Nation),
        (Role::Principal, Ground::Province("37".to_owned())),
        (Role::Teacher, A),
        (Role::PlatformAdmin, Ground::Province("37".to_owned())),
        (Role::VendorApp, A),
        (Role::Principal, A),
    ] {
        let refused = give(role, ground.clone()).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{role:?} on {ground:?} (the last: no such school)");
    }
    give(Role::DataOfficer, Ground::Province("37".to_owned())).await.unwrap();
}
