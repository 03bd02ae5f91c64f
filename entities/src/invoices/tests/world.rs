//! A public school with accounts, fees and two students, on which the tests of invoices stand.

use chrono::NaiveDate;
use sea_orm::{EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::super::*;
use crate::bank_accounts::{self, NewBankAccount};
use crate::batch::{Batch, RowResult};
use crate::cash::{self, NewCashPayment};
use crate::catalogues::FeeCategory;
use crate::codes::{AccountNumber, BankBin, DEFAULT_PREFIX};
use crate::db::Db;
use crate::fees::{self, NewFee};
use crate::idempotency::Attempt;
use crate::ids::FeeId;
use crate::reach::{Reach, Reason};
use crate::students::Key;
use crate::tables::{enrollments, schools, students};
use crate::testing::{Fresh, NOW, fresh};
use crate::{Error, transaction};

pub(super) const SCHOOL: SchoolId = SchoolId::from_uuid(Uuid::from_u128(1));
pub(super) const OTHER: SchoolId = SchoolId::from_uuid(Uuid::from_u128(2));
pub(super) const CHILD: StudentId = StudentId::from_uuid(Uuid::from_u128(11));
pub(super) const SIBLING: StudentId = StudentId::from_uuid(Uuid::from_u128(12));
pub(super) const YEAR: i32 = 2026;

/// A public school with two accounts and the fees of three funds.
pub(super) struct World {
    pub(super) fresh: Fresh,
    pub(super) meals: FeeId,
    pub(super) water: FeeId,
    pub(super) book: FeeId,
}

impl World {
    pub(super) async fn new() -> Self {
        let fresh = fresh().await;
        let day = day("2026-09-05");
        transaction!(fresh.db, |tx| {
            for (id, code) in [(SCHOOL, "99000701"), (OTHER, "99000702")] {
                schools::Entity::insert(school(id, code).into_active_model()).exec_without_returning(tx.conn()).await?;
            }
            for id in [CHILD, SIBLING] {
                students::Entity::insert(student(id).into_active_model()).exec_without_returning(tx.conn()).await?;
                enrollments::Entity::insert(enrollment(id, day).into_active_model())
                    .exec_without_returning(tx.conn())
                    .await?;
            }
            Ok(())
        })
        .unwrap();
        let [meals, services, free] =
            accounts(&fresh.db, [FeeGroup::ByAgreement, FeeGroup::CouncilService, FeeGroup::Voluntary]).await;
        let rows = [
            fee("BAN_TRU_AN", meals, Some(600_000)),
            fee("NUOC_UONG", services, Some(15_000)),
            fee("SO_LIEN_LAC", free, Some(20_000)),
        ];
        let made = transaction!(fresh.db, |tx| fees::create(tx, &batch(&everything(), None), &rows).await).unwrap();
        let [meals, water, book] = ids(&made).map(FeeId::from_uuid);
        Self { fresh, meals, water, book }
    }

    pub(super) fn row(&self, fees: &[FeeId]) -> NewInvoice {
        let line = |fee: &FeeId| NewInvoiceLine {
            fee: *fee,
            amount: None,
            description: None,
            opted_in_on: (*fee == self.book).then(|| day("2026-09-10")),
        };
        NewInvoice {
            external_id: None,
            school: SCHOOL,
            student: Key::Id(CHILD),
            lines: fees.iter().map(line).collect(),
            issued_on: None,
            due_on: None,
            references: Vec::new(),
        }
    }

    pub(super) async fn issue(&self, rows: &[NewInvoice]) -> Vec<RowResult> {
        self.issue_as(&everything(), None, rows).await.unwrap()
    }

    pub(super) async fn issue_as(
        &self,
        reach: &Reach,
        attempt: Option<&Attempt>,
        rows: &[NewInvoice],
    ) -> Result<Vec<RowResult>, Error> {
        let issue = Issue { batch: batch(reach, attempt), prefix: DEFAULT_PREFIX };
        transaction!(self.fresh.db, |tx| create(tx, &issue, rows).await)
    }

    pub(super) async fn group(&self, result: &RowResult) -> Vec<Invoice> {
        let id = InvoiceId::from_uuid(result.id.unwrap());
        by_groups(&self.fresh.db, &everything(), &[id]).await.unwrap().remove(&id).unwrap()
    }

    pub(super) async fn pay(&self, key: &str, rows: &[NewCashPayment]) -> Result<Vec<RowResult>, Error> {
        let input = serde_json::json!(rows.iter().map(|row| row.amount).collect::<Vec<_>>());
        let attempt = Attempt { subject: "hub".into(), key: key.into(), verb: "recordCashPayments", input };
        let reach = everything();
        transaction!(self.fresh.db, |tx| cash::record(tx, &batch(&reach, Some(&attempt)), rows).await)
    }
}

#[expect(clippy::disallowed_methods, reason = "these tests act for the hub itself")]
pub(super) fn everything() -> Reach {
    Reach::system(Reason::Operator, NOW.vietnam_day())
}

pub(super) fn batch<'a>(reach: &'a Reach, attempt: Option<&'a Attempt>) -> Batch<'a> {
    Batch { reach, attempt, now: NOW }
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn ids<const N: usize>(made: &[RowResult]) -> [Uuid; N] {
    let ids: Vec<Uuid> = made.iter().map(|row| row.id.unwrap_or_else(|| panic!("{row:?}"))).collect();
    ids.try_into().unwrap()
}

pub(super) fn refusal(result: &RowResult) -> (&'static str, &str) {
    (result.errors[0].code, result.errors[0].field.as_deref().unwrap_or(""))
}

pub(super) async fn accounts<const N: usize>(db: &Db, funds: [FeeGroup; N]) -> [BankAccountId; N] {
    let rows: Vec<_> = funds
        .into_iter()
        .enumerate()
        .map(|(place, fund)| NewBankAccount {
            school: SCHOOL,
            bank: BankBin::parse("999999").unwrap(),
            number: AccountNumber::parse(&format!("99900070{place}")).unwrap(),
            holder: "TRUONG MAU 701".into(),
            fund,
        })
        .collect();
    let made = transaction!(db, |tx| bank_accounts::create(tx, &batch(&everything(), None), &rows).await).unwrap();
    ids(&made).map(BankAccountId::from_uuid)
}

pub(super) fn fee(category: &str, account: BankAccountId, amount: Option<i64>) -> NewFee {
    NewFee {
        external_id: None,
        school: SCHOOL,
        school_year: SchoolYear::starting(YEAR).unwrap(),
        category: FeeCategory::parse(category).unwrap(),
        name: None,
        legal_basis: None,
        account,
        amount: amount.map(Vnd::new),
        arrears_of: None,
    }
}

pub(super) fn school(id: SchoolId, code: &str) -> schools::Model {
    schools::Model {
        id: id.uuid(),
        code: code.into(),
        name: "Trường Tiểu học Mẫu".into(),
        name_fold: "truong tieu hoc mau".into(),
        name_sort: "truong".into(),
        status: "ACTIVE".into(),
        levels: "TH".into(),
        ownership: crate::catalogues::Ownership::ALL[0].code().into(),
        location_commune_code: "99001".into(),
        province_code: "99".into(),
        valid_from: day("2020-01-01"),
        valid_to: None,
        synthetic: true,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(super) fn student(id: StudentId) -> students::Model {
    students::Model {
        id: id.uuid(),
        ministry_code: None,
        full_name: "Nguyễn Văn Mẫu".into(),
        name_fold: "nguyen van mau".into(),
        name_sort: "mau".into(),
        birth_date: None,
        gender: None,
        ethnic_group: None,
        phone_sealed: None,
        personal_id_sealed: None,
        personal_id_index: None,
        synthetic: true,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(super) fn enrollment(student: StudentId, from: NaiveDate) -> enrollments::Model {
    enrollments::Model {
        id: student.uuid(),
        school_id: SCHOOL.uuid(),
        student_id: student.uuid(),
        class_id: None,
        school_year: YEAR.into(),
        status: "01".into(),
        valid_from: from,
        valid_to: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(super) async fn accounts_of(world: &World, fund: FeeGroup) -> [BankAccountId; 1] {
    let row = NewBankAccount {
        school: SCHOOL,
        bank: BankBin::parse("999999").unwrap(),
        number: AccountNumber::parse("999000799").unwrap(),
        holder: "TRUONG MAU 701".into(),
        fund,
    };
    let rows = [row];
    let made = transaction!(world.fresh.db, |tx| bank_accounts::create(tx, &batch(&everything(), None), &rows).await);
    ids(&made.unwrap()).map(BankAccountId::from_uuid)
}
