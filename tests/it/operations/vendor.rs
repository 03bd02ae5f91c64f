//! A vendor's programs: pupils in and out, invoices made, read and looked up.

use super::documents::{
    CreateInvoices, Fees, InvoiceByCode, OpenInvoices, Roster, StudentByKey, Things, UpsertStudents, Viewer,
    create_invoices, fees, invoice_by_code, open_invoices, roster, student_by_key, things, upsert_students, viewer,
};
use super::{answer, signed_in};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;

const SCHOOL: &str = "99001401";

async fn a_vendors_programs_run(database: Database) {
    let hub = Hub::start_demo(&database).await;
    let asker = signed_in(&hub, &database, "demo-vendor");
    let seen = answer::<Viewer>(&asker, viewer::Variables {}).await;
    assert!(matches!(seen.viewer.role, viewer::Role::VENDOR_APP) && seen.viewer.purpose.is_none());

    let manager = signed_in(&hub, &database, "demo-vendor").for_purpose("SCHOOL_MANAGEMENT");
    let pupil = pupils(&manager).await;
    let by = student_by_key::StudentLookup::Id(pupil.clone());
    let found = answer::<StudentByKey>(&manager, student_by_key::Variables { by }).await.student.unwrap();
    assert_eq!((found.id, found.full_name.as_deref()), (pupil.clone(), Some("Nguyễn Văn Mẫu Một")));

    let collector = signed_in(&hub, &database, "demo-vendor").for_purpose("FEE_COLLECTION");
    let code = invoices(&collector, &pupil).await;
    let bill = answer::<InvoiceByCode>(&collector, invoice_by_code::Variables { code }).await.invoice.unwrap();
    assert_eq!((bill.amount, bill.open_amount, bill.lines.len()), (20_000, 20_000, 1));
    let ids = vec![bill.id.clone(), "bm90aGluZw".into()];
    let things = answer::<Things>(&collector, things::Variables { ids }).await.nodes;
    assert!(things[1].is_none() && things[0].as_ref().unwrap().id == bill.id, "{things:?}");
    hub.finish().await;
}

both_engines!(a_vendors_programs_run);

/// Writes a pupil, and finds the same on the first pages of the school.
async fn pupils(caller: &Caller<'_>) -> String {
    let row = upsert_students::StudentInput {
        school_code: SCHOOL.into(),
        key: upsert_students::StudentKey::ExternalId("hs-1".into()),
        full_name: Some("Nguyễn Văn Mẫu Một".into()),
        birth_date: Some("2019-03-02".into()),
        gender: Some(upsert_students::Gender::MALE),
        enrollment: Some(upsert_students::JoiningInput {
            school_year: 2026,
            class_code: None,
            valid_from: Some("2026-09-01".into()),
            status: None,
            valid_to: None,
        }),
        ethnic_group_code: None,
        external_id: None,
        ministry_code: None,
        personal_id: None,
        phone: None,
    };
    let input = upsert_students::UpsertStudentsInput { students: vec![row], idempotency_key: None };
    let made = answer::<UpsertStudents>(caller, upsert_students::Variables { input }).await.upsert_students;
    assert!(matches!(made.rows[0].status, upsert_students::RowStatus::CREATED), "{made:?}");
    let id = made.rows[0].node.as_ref().unwrap().id.clone();

    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let variables = roster::Variables { school: SCHOOL.into(), first: Some(50), after };
        let page = answer::<Roster>(caller, variables).await.students;
        seen.extend(page.nodes.into_iter().map(|pupil| (pupil.id, pupil.enrollments.nodes.len())));
        after = page.page_info.end_cursor;
        if !page.page_info.has_next_page {
            assert_eq!(page.total_count, i64::try_from(seen.len()).ok());
            break;
        }
    }
    assert!(seen.contains(&(id.clone(), 1)), "{} pupils", seen.len());
    id
}

/// Makes an invoice for a pupil under a fee of the school, and finds it among the open ones.
async fn invoices(caller: &Caller<'_>, pupil: &str) -> String {
    let school = answer::<Fees>(caller, fees::Variables { school: SCHOOL.into() }).await.school.unwrap();
    let fee = school.fees.nodes.iter().find(|fee| fee.amount.is_some()).expect("a fee with an amount");
    assert!(school.bank_accounts.iter().all(|account| account.number.is_some()));
    let line = create_invoices::InvoiceLineInput {
        fee_id: fee.id.clone(),
        amount: Some(20_000),
        description: None,
        opted_in_on: Some("2026-09-05".into()),
    };
    let invoice = create_invoices::InvoiceInput {
        student: create_invoices::StudentKey::Id(pupil.to_owned()),
        lines: vec![line],
        external_id: Some("pbt-1".into()),
        due_on: None,
        payment_references: Vec::new(),
    };
    let input = create_invoices::CreateInvoicesInput {
        school_code: SCHOOL.into(),
        idempotency_key: "thang-11".into(),
        invoices: vec![invoice],
    };
    let made = answer::<CreateInvoices>(caller, create_invoices::Variables { input }).await.create_invoices;
    assert!(made.user_errors.is_empty() && made.rows[0].errors.is_empty(), "{made:?}");
    let code = made.rows[0].node.as_ref().unwrap().invoices[0].code.clone();

    let variables = open_invoices::Variables { school: SCHOOL.into(), first: Some(200), after: None };
    let open = answer::<OpenInvoices>(caller, variables).await.invoices;
    assert!(open.edges.iter().any(|edge| edge.node.code == code), "{} are open", open.edges.len());
    code
}
