//! Two schools that collect money: three accounts, three students, a virtual account, a vendor under contract, an
//! accountant at each school. Everything is synthetic.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;
use entities::bank_accounts::{self, NewBankAccount};
use entities::batch::{Batch, RowResult};
use entities::catalogues::{EducationLevel, FeeCategory, FeeGroup, Ownership};
use entities::codes::{AccountNumber, BankBin, DEFAULT_PREFIX, InvoiceCode, SchoolYear, VirtualAccountNumber};
use entities::enrollments::Joining;
use entities::fees::{self, NewFee};
use entities::ids::{BankAccountId, FeeId, InvoiceId, SchoolId, StudentId, VirtualAccountId};
use entities::invoices::{self, Issue, NewInvoice, NewInvoiceLine};
use entities::money::Vnd;
use entities::organizations::{self, Kind};
use entities::reach::{Reach, Reason};
use entities::schools;
use entities::students;
use entities::time::Timestamp;
use entities::virtual_accounts::{self, NewVirtualAccount};
use entities::{Db, transaction};

use crate::harness::clock;
use crate::harness::database::Database;

/// A school of the ground.
#[derive(Clone, Debug)]
pub(super) struct School {
    pub(super) code: &'static str,
    pub(super) meals: Purse,
}

/// An account with the one fee that is paid into it.
#[derive(Clone, Debug)]
pub(super) struct Purse {
    pub(super) number: String,
    pub(super) account: BankAccountId,
    school: SchoolId,
    fee: FeeId,
}

/// An invoice as the tests speak of it.
#[derive(Clone, Debug)]
pub(super) struct Bill {
    pub(super) id: InvoiceId,
    pub(super) code: String,
}

/// What is planted, and the ledger's own door to plant more.
pub(super) struct Ground {
    pub(super) db: Db,
    pub(super) north: School,
    pub(super) south: School,
    /// A second account of the northern school, of another fund.
    pub(super) water: Purse,
    /// Two children of the northern school, and one of the southern.
    pub(super) an: StudentId,
    pub(super) binh: StudentId,
    pub(super) chi: StudentId,
    /// The number that names `an` in the northern school's account for meals.
    pub(super) virtual_number: String,
    made: AtomicU64,
}

impl Ground {
    pub(super) async fn plant(database: &Database) -> Self {
        let db = database.ledger().await;
        committee(&db).await;
        let [north, south] = schools(&db, ["37000701", "37000702"]).await;
        let [an, binh] =
            students(&db, "37000701", [("9900000701", "Nguyễn Văn An Mẫu"), ("9900000702", "Trần Thị Bình Mẫu")]).await;
        let [chi] = students(&db, "37000702", [("9900000703", "Lê Văn Chi Mẫu")]).await;
        let meals = (FeeGroup::ByAgreement, "BAN_TRU_AN");
        let of_north = purse(&db, north, "999000701", meals).await;
        let of_south = purse(&db, south, "999000702", meals).await;
        let water = purse(&db, north, "999000703", (FeeGroup::CouncilService, "NUOC_UONG")).await;
        let virtual_number = "99900070111".to_owned();
        virtual_account(&db, of_north.account, an, &virtual_number).await;
        Self {
            north: School { code: "37000701", meals: of_north },
            south: School { code: "37000702", meals: of_south },
            water,
            an,
            binh,
            chi,
            virtual_number,
            made: AtomicU64::new(0),
            db,
        }
    }

    /// An open invoice of one line, into this purse.
    pub(super) async fn bill(&self, purse: &Purse, student: StudentId, amount: i64) -> Bill {
        self.bill_known_as(purse, student, amount, &[]).await
    }

    /// The same with the vendor's own payment codes.
    pub(super) async fn bill_known_as(
        &self,
        purse: &Purse,
        student: StudentId,
        amount: i64,
        references: &[&str],
    ) -> Bill {
        let line =
            NewInvoiceLine { fee: purse.fee, amount: Some(Vnd::new(amount)), description: None, opted_in_on: None };
        let row = NewInvoice {
            external_id: None,
            school: purse.school,
            student: students::Key::Id(student),
            lines: vec![line],
            issued_on: None,
            due_on: None,
            references: references.iter().map(|text| (*text).to_owned()).collect(),
        };
        let reach = everything();
        let issue = Issue { batch: batch(&reach), prefix: DEFAULT_PREFIX };
        let rows = [row];
        let made = transaction!(self.db, |tx| invoices::create(tx, &issue, &rows).await).unwrap();
        let [id] = ids(&made).map(InvoiceId::from_uuid);
        let found = invoices::by_ids(&self.db, &reach, &[id]).await.unwrap();
        Bill { id, code: found[&id].code.as_str().to_owned() }
    }

    pub(super) async fn cancel(&self, bill: &Bill) {
        let (reach, codes) = (everything(), [InvoiceCode::parse(&bill.code).unwrap()]);
        let made = transaction!(self.db, |tx| invoices::cancel(tx, &batch(&reach), &codes).await).unwrap();
        let [_] = ids(&made);
    }

    /// A number that this ground has not given before: names transactions, connections, keys.
    pub(super) fn next(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Now, as the ledger counts it.
pub(super) fn now() -> Timestamp {
    Timestamp::from_seconds(clock::unix_seconds().try_into().unwrap())
}

#[expect(clippy::disallowed_methods, reason = "the ground is planted in the hub's own name")]
pub(super) fn everything() -> Reach {
    Reach::system(Reason::Operator, now().vietnam_day())
}

fn batch(reach: &Reach) -> Batch<'_> {
    Batch { reach, attempt: None, now: now() }
}

fn ids<const N: usize>(made: &[RowResult]) -> [uuid::Uuid; N] {
    let ids: Vec<_> = made.iter().map(|row| row.id.unwrap_or_else(|| panic!("{row:?}"))).collect();
    ids.try_into().unwrap()
}

fn first_day() -> NaiveDate {
    "2025-07-01".parse().unwrap()
}

async fn committee(db: &Db) {
    let rows = [organizations::Upsert {
        code: "UBND-13285".into(),
        kind: Kind::CommuneCommittee,
        name: "Ủy ban nhân dân phường Mẫu".into(),
        province_code: Some("37".into()),
        commune_code: Some("13285".into()),
        valid_from: first_day(),
        valid_to: None,
    }];
    let reach = everything();
    transaction!(db, |tx| organizations::upsert(tx, &batch(&reach), &rows).await).unwrap();
}

async fn schools(db: &Db, codes: [&str; 2]) -> [SchoolId; 2] {
    let rows = codes.map(|code| schools::Upsert {
        key: schools::Key::Code(code.into()),
        external_id: None,
        code: None,
        name: Some(format!("Trường Tiểu học Mẫu {code}")),
        levels: Some(vec![EducationLevel::Primary]),
        ownership: Some(Ownership::Public),
        location_commune_code: Some("13285".into()),
        status: None,
        valid_from: Some(first_day()),
        valid_to: None,
        manager: None,
    });
    let reach = everything();
    let made = transaction!(db, |tx| schools::upsert(tx, &batch(&reach), &rows).await).unwrap();
    ids(&made).map(SchoolId::from_uuid)
}

async fn students<const N: usize>(db: &Db, school: &str, children: [(&str, &str); N]) -> [StudentId; N] {
    let joining = Joining { school_year: year(), class_code: None, status: None, from: None, to: None };
    let rows = children.map(|(code, name)| students::Upsert {
        school_code: school.into(),
        key: students::Key::MinistryCode(code.into()),
        external_id: None,
        ministry_code: None,
        full_name: Some(name.into()),
        birth_date: None,
        gender: None,
        ethnic_group: None,
        phone: None,
        personal_id: None,
        enrollment: Some(joining.clone()),
    });
    let reach = everything();
    let made = transaction!(db, |tx| students::upsert(tx, &batch(&reach), &rows).await).unwrap();
    ids(&made).map(StudentId::from_uuid)
}

async fn purse(db: &Db, school: SchoolId, number: &str, (fund, category): (FeeGroup, &str)) -> Purse {
    let rows = [NewBankAccount {
        school,
        bank: BankBin::parse("999999").unwrap(),
        number: AccountNumber::parse(number).unwrap(),
        holder: "TRUONG TIEU HOC MAU".into(),
        fund,
    }];
    let reach = everything();
    let made = transaction!(db, |tx| bank_accounts::create(tx, &batch(&reach), &rows).await).unwrap();
    let [account] = ids(&made).map(BankAccountId::from_uuid);
    let rows = [NewFee {
        external_id: None,
        school,
        school_year: year(),
        category: FeeCategory::parse(category).unwrap(),
        name: None,
        legal_basis: None,
        account,
        amount: None,
        arrears_of: None,
    }];
    let made = transaction!(db, |tx| fees::create(tx, &batch(&reach), &rows).await).unwrap();
    let [fee] = ids(&made).map(FeeId::from_uuid);
    Purse { number: number.into(), account, school, fee }
}

async fn virtual_account(db: &Db, account: BankAccountId, student: StudentId, number: &str) {
    let number = VirtualAccountNumber::parse(number).unwrap();
    let rows = [NewVirtualAccount { account, student: students::Key::Id(student), number }];
    let reach = everything();
    let made = transaction!(db, |tx| virtual_accounts::create(tx, &batch(&reach), &rows).await).unwrap();
    let [_] = ids(&made).map(VirtualAccountId::from_uuid);
}

fn year() -> SchoolYear {
    SchoolYear::starting(2026).unwrap()
}
