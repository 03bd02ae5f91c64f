//! The planted province balances and looks synthetic.

use super::*;
use crate::connections::{self, NewConnection};
use crate::testing::{NOW as TEST_NOW, fresh};
use crate::transaction;

fn small() -> Size {
    Size { schools: 40, deep_schools: 2, students_per_deep_school: 60, ..Size::demo() }
}

#[tokio::test]
async fn a_province_is_planted_in_one_breath() {
    let fresh = fresh().await;
    let db = &fresh.db;
    assert_eq!(planted_at(db).await.unwrap(), None);
    let province = Province::plan(small()).unwrap();
    let connection = NewConnection {
        bank: "standard_webhooks".to_owned(),
        name: "Ngân hàng mẫu".to_owned(),
        key: vec![7; 32],
        extra: std::collections::BTreeMap::new(),
        accounts: province.schools.iter().flat_map(School::account_ids).collect(),
        client: None,
    };
    transaction!(db, |tx| {
        plant_ground(tx, &province).await?;
        let through = connections::create(tx, &connection, "hub", TEST_NOW).await?.id;
        plant_money(tx, &province, 0..province.schools.len(), through).await?;
        mark_planted(tx, TEST_NOW).await
    })
    .unwrap();
    assert_eq!(planted_at(db).await.unwrap(), Some(TEST_NOW));
    let checked = crate::verify::verify(db, |_| {}).await.unwrap();
    for one in checked {
        assert!(one.differences.is_empty(), "{}: {:?}", one.what, one.differences);
    }
    #[expect(clippy::disallowed_methods, reason = "the test reads as the hub itself")]
    let reach = crate::reach::Reach::system(crate::reach::Reason::Seeding, TEST_NOW.vietnam_day());
    for school in province.deep() {
        let which = crate::profiles::Which::Current;
        let profile = crate::profiles::profile(db, &reach, &school.code, which, true).await.unwrap().unwrap();
        assert_eq!((profile.version, profile.is_current), (1, true));
        assert!(profile.values.iter().all(|value| value.heard_at.is_some()), "the register is remembered as it is");
        assert!(profile.signatures.iter().all(|signature| !signature.is_changed_since));
    }
    let open = province.deep().map(|school| school.open_invoices.len()).sum::<usize>();
    assert_eq!(open, 2 * (60 + 20));
}

#[tokio::test]
async fn real_databases_take_no_synthetic_people() {
    let directory = tempfile::tempdir().unwrap();
    let location = crate::Location {
        url: format!("sqlite://{}", directory.path().join("hub.db").display()),
        read_url: None,
        max_connections: 1,
        acquire_timeout_ms: 5_000,
    };
    let key = crate::seal::MasterKey::new([7; 32]);
    let db = crate::hub::migrate(&location, &key, crate::hub::Kind::Real, TEST_NOW).await.unwrap();
    let province = Province::plan(small()).unwrap();
    let refused = transaction!(db, |tx| plant_ground(tx, &province).await).unwrap_err();
    assert!(refused.to_string().starts_with("REAL_DATA_NOT_ENABLED"), "{refused}");
}
