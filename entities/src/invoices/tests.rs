//! Invoices are lawful, split by account, numbered apart and repeatable; cash fills them and closes with its month.

mod world;

use uuid::Uuid;
use world::{CHILD, OTHER, SCHOOL, SIBLING, World, accounts_of, batch, day, everything, fee, refusal};

use super::*;
use crate::batch::RowStatus;
use crate::callers::{Caller, Role, Subject};
use crate::cash::{self, Closing, NewCashPayment};
use crate::codes::Month;
use crate::fees::{self, NewFee};
use crate::idempotency::Attempt;
use crate::ids::UserId;
use crate::reach::{Ground, Reach};
use crate::students::Key;
use crate::testing::NOW;
use crate::{Error, transaction};

#[tokio::test]
async fn lines_of_several_accounts_become_one_invoice_each() {
    let world = World::new().await;
    let row = NewInvoice {
        due_on: Some(day("2026-12-05")),
        references: vec!["hs-701.a1".into()],
        ..world.row(&[world.water, world.meals, world.book, world.water])
    };
    let made = world.issue(&[row]).await;
    let group = world.group(&made[0]).await;
    let mut seen: Vec<_> = group.iter().map(|i| (i.fund, i.amount.get(), i.due_on.is_some())).collect();
    seen.sort();
    assert_eq!(
        seen,
        [
            (FeeGroup::CouncilService, 30_000, true),
            (FeeGroup::ByAgreement, 600_000, true),
            (FeeGroup::Voluntary, 20_000, false),
        ],
        "money that is given freely has no due date"
    );
    let ids: Vec<_> = group.iter().map(|invoice| invoice.id).collect();
    let references = references_of(&world.fresh.db, &everything(), &ids).await.unwrap();
    for invoice in &group {
        let words: Vec<_> = references[&invoice.id].iter().map(|word| word.reference.as_str()).collect();
        assert_eq!(words, [invoice.code.as_str(), "HS701A1"]);
        assert!(InvoiceCode::parse(invoice.code.as_str()).is_ok());
    }
}

#[tokio::test]
async fn what_may_not_be_collected_does_not_come_to_exist() {
    let world = World::new().await;
    let [law] = accounts_of(&world, FeeGroup::Statutory).await;
    let arrears = NewFee { arrears_of: Some(SchoolYear::starting(2024).unwrap()), ..fee("HOC_PHI", law, Some(1)) };
    let rows = [fee("HOC_PHI", law, Some(1)), fee("QUY_CMHS", law, None), fee("DAY_THEM", law, None), arrears];
    let made = transaction!(world.fresh.db, |tx| fees::create(tx, &batch(&everything(), None), &rows).await).unwrap();
    for (result, basis) in made.iter().zip(["217/2025", "55/2011", "29/2024"]) {
        assert_eq!(refusal(result).0, "FEE_NOT_ALLOWED");
        assert!(result.errors[0].message.contains(basis), "{}", result.errors[0].message);
    }
    assert_eq!(made[3].status, RowStatus::Created, "arrears of a year before are owed still");

    let mut secret = world.row(&[world.book]);
    secret.lines[0].opted_in_on = None;
    let dated = NewInvoice { due_on: Some(day("2026-12-05")), ..world.row(&[world.book]) };
    let elsewhere = NewInvoice { school: OTHER, ..world.row(&[world.meals]) };
    let made = world.issue(&[secret, dated, elsewhere, world.row(&[world.meals])]).await;
    assert_eq!(refusal(&made[0]), ("OPT_IN_MISSING", "lines.0.optedInOn"));
    assert_eq!(refusal(&made[1]), ("DUE_DATE_NOT_ALLOWED", "dueOn"));
    assert_eq!(refusal(&made[2]), ("NOT_FOUND", "student"));
    assert_eq!(made[3].status, RowStatus::Created, "a bad row fails no neighbour");
}

#[tokio::test]
async fn a_reference_names_one_student_of_a_school() {
    let world = World::new().await;
    let mine = NewInvoice { references: vec!["HS701A1".into()], ..world.row(&[world.meals]) };
    let hers = NewInvoice { student: Key::Id(SIBLING), ..mine.clone() };
    let made = world.issue(&[mine.clone(), hers.clone(), mine]).await;
    let statuses: Vec<_> = made.iter().map(|row| row.status).collect();
    assert_eq!(statuses, [RowStatus::Created, RowStatus::Refused, RowStatus::Created]);
    assert_eq!(refusal(&world.issue(&[hers]).await[0]), ("REFERENCE_TAKEN", "paymentReferences"));
}

#[tokio::test]
async fn the_same_key_issues_once_and_another_input_is_refused() {
    let world = World::new().await;
    let attempt = |amount: i64| Attempt {
        subject: "hub".into(),
        key: "round-1".into(),
        verb: "createInvoices",
        input: serde_json::json!({ "amount": amount }),
    };
    let bad = NewInvoice { lines: Vec::new(), ..world.row(&[]) };
    let rows = [world.row(&[world.meals]), bad];
    let first = world.issue_as(&everything(), Some(&attempt(1)), &rows).await.unwrap();
    let again = world.issue_as(&everything(), Some(&attempt(1)), &rows).await.unwrap();
    assert_eq!((again[0].id, again[0].status), (first[0].id, RowStatus::Unchanged));
    assert_eq!(refusal(&again[1]).0, "REFUSED_BEFORE");
    let Err(Error::Refused(other)) = world.issue_as(&everything(), Some(&attempt(2)), &rows).await else { panic!() };
    assert_eq!(other.code, "IDEMPOTENCY_KEY_REUSED");
    assert!(other.message.contains("input.amount"), "{}", other.message);
}

#[tokio::test]
async fn cash_fills_lines_in_order_and_never_overflows() {
    let world = World::new().await;
    let made = world.issue(&[world.row(&[world.meals, world.meals])]).await;
    let invoice = world.group(&made[0]).await.remove(0);
    let pay = |amount| NewCashPayment {
        invoice: invoice.code.clone(),
        amount: Vnd::new(amount),
        paid_on: day("2026-11-20"),
        payer_name: Some("Nguyễn Thị Mẫu".into()),
    };
    let paid = world.pay("k1", &[pay(700_000), pay(500_001), pay(0)]).await.unwrap();
    assert_eq!(paid[0].status, RowStatus::Created);
    assert_eq!(refusal(&paid[1]).0, "AMOUNT_ABOVE_OPEN");
    assert_eq!(refusal(&paid[2]).0, "AMOUNT_INVALID");
    let again = world.pay("k1", &[pay(700_000), pay(500_001), pay(0)]).await.unwrap();
    assert_eq!((again[0].status, again[0].id), (RowStatus::Unchanged, paid[0].id));

    let lines = lines_of(&world.fresh.db, &everything(), &[invoice.id]).await.unwrap();
    let fill: Vec<_> = lines[&invoice.id].iter().map(|line| line.paid.get()).collect();
    assert_eq!(fill, [600_000, 100_000]);
    let now = world.group(&made[0]).await.remove(0);
    assert_eq!((now.status, now.paid.get(), now.open().get()), (InvoiceStatus::PartiallyPaid, 700_000, 500_000));
    let codes = [invoice.code.clone()];
    let cancelled = transaction!(world.fresh.db, |tx| cancel(tx, &batch(&everything(), None), &codes).await);
    assert_eq!(refusal(&cancelled.unwrap()[0]).0, "INVOICE_HAS_MONEY");
    world.pay("k2", &[pay(500_000)]).await.unwrap();
    assert_eq!(world.group(&made[0]).await[0].status, InvoiceStatus::Paid);
    assert_eq!(refusal(&world.pay("k3", &[pay(1)]).await.unwrap()[0]).0, "INVOICE_PAID");
}

#[tokio::test]
async fn a_closed_month_takes_no_cash_and_closes_once() {
    let world = World::new().await;
    let close = async |month: &str, count, amount| {
        let closing = Closing {
            school: SCHOOL,
            month: Month::parse(month).unwrap(),
            outside_count: count,
            outside_amount: Vnd::new(amount),
        };
        transaction!(world.fresh.db, |tx| cash::close(tx, &batch(&everything(), None), closing).await)
    };
    let code = |result: Result<_, Error>| match result {
        Err(Error::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(close("2026-11", 0, 0).await), "MONTH_NOT_OVER");
    assert_eq!(code(close("2026-10", 0, 5).await), "OUTSIDE_CASH_INVALID");
    let first = close("2026-10", 2, 50_000).await.unwrap();
    assert_eq!(close("2026-10", 2, 50_000).await.unwrap(), first);
    assert_eq!(code(close("2026-10", 3, 50_000).await), "CASH_CLOSED");

    let made = world.issue(&[world.row(&[world.meals])]).await;
    let invoice = world.group(&made[0]).await.remove(0);
    let row =
        NewCashPayment { invoice: invoice.code, amount: Vnd::new(1_000), paid_on: day("2026-10-31"), payer_name: None };
    assert_eq!(refusal(&world.pay("k", &[row]).await.unwrap()[0]), ("CASH_CLOSED", "paidOn"));
}

#[tokio::test]
async fn an_invoice_outside_the_reach_is_not_there() {
    let world = World::new().await;
    let made = world.issue(&[world.row(&[world.meals])]).await;
    let invoice = world.group(&made[0]).await.remove(0);
    let at = |ground| {
        let caller = Caller {
            subject: Subject::User(UserId::from_uuid(Uuid::from_u128(8))),
            name: "Kế toán mẫu".into(),
            role: Role::Accountant,
            scopes: Vec::new(),
            purposes: Vec::new(),
            requests_per_minute: 1,
            trusted_documents_only: false,
            grounds: vec![ground],
            client: None,
            contract: None,
            generation: 0,
        };
        Reach::of(&caller, NOW.vietnam_day())
    };
    let class = crate::ids::ClassId::from_uuid(Uuid::from_u128(9));
    for (reach, seen) in [
        (at(Ground::School(SCHOOL)), true),
        (at(Ground::School(OTHER)), false),
        (at(Ground::Class(SCHOOL, class)), false),
        (at(Ground::Province("98".into())), false),
    ] {
        let db = &world.fresh.db;
        assert_eq!(by_code(db, &reach, &invoice.code).await.unwrap().is_some(), seen, "{reach:?}");
        let owned = of_students(db, &reach, &[CHILD], &Filter::default(), 5.into()).await.unwrap();
        assert_eq!(owned.contains_key(&CHILD), seen, "{reach:?}");
        assert_eq!(lines_of(db, &reach, &[invoice.id]).await.unwrap().len(), usize::from(seen), "{reach:?}");
        let codes = [invoice.code.clone()];
        let cancelled = transaction!(db, |tx| cancel(tx, &batch(&reach, None), &codes).await).unwrap();
        assert_eq!(cancelled[0].errors.is_empty(), seen, "{reach:?}");
    }
}
