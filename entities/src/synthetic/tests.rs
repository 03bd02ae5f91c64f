use super::*;
use crate::ids::ConnectionId;
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
    let through = ConnectionId::new(TEST_NOW);
    transaction!(db, |tx| {
        plant_ground(tx, &province).await?;
        plant_money(tx, &province, 0..province.schools.len(), through).await?;
        mark_planted(tx, TEST_NOW).await
    })
    .unwrap();
    assert_eq!(planted_at(db).await.unwrap(), Some(TEST_NOW));
    let open = province.deep().map(|school| school.open_invoices.len()).sum::<usize>();
    assert_eq!(open, 2 * (60 + 20));
}
