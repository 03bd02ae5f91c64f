//! Who there is: offices, schools, accounts, fees and students of a synthetic Ninh Bình. Its communes are real, nothing else.

use chrono::NaiveDate;
use sea_orm::{EntityTrait, IntoActiveModel, PaginatorTrait};
use uuid::Uuid;

use super::{Kind, Progress, Size, id};
use crate::administrative_units;
use crate::bank_accounts::{account_index, number_index, tail};
use crate::bulk;
use crate::catalogues::FeeCategory;
use crate::codes::BankBin;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::seal::Place;
use crate::tables::{bank_accounts, enrollments, fees, organizations, school_managements, schools, students};
use crate::text::{fold, name_sort_key};
use crate::time::Timestamp;

/// The province: Ninh Bình.
pub const PROVINCE: &str = "37";
/// The demonstration bank's number.
pub const ACCOUNT_BANK: &str = "999999";

/// The fee categories of the two funds of each school; a payment's categories are of one fund.
pub(super) const FUNDS: [(&str, &[&str]); 2] = [
    ("DICH_VU_HDND", &["BAN_TRU_CHAM_SOC", "NUOC_UONG", "HOC_2_BUOI", "GUI_XE"]),
    ("THOA_THUAN", &["BAN_TRU_AN", "NGOAI_KHOA", "XE_DUA_DON"]),
];
/// Fees of one school, over both funds.
pub(super) const FEES: i64 = 7;
/// Level, its word, its digit in school codes and whether the province's department manages it.
const LEVELS: [(&str, &str, char, bool); 4] = [
    ("01", "Mầm non", '3', false),
    ("02", "Tiểu học", '4', false),
    ("03", "THCS", '5', false),
    ("04", "THPT", '7', true),
];
const STUDENTS_PER_STEP: i64 = 20_000;

/// Writes the roster unless it is there, and says whether it did.
pub(super) async fn seed(db: &Db, size: &Size, now: Timestamp, told: &mut impl FnMut(Progress)) -> Result<bool, Error> {
    let known = organizations::Entity::find_by_id(id(Kind::Organization, 0)).count(db.read()).await?;
    if known > 0 {
        return Ok(false);
    }
    crate::transaction!(db, |tx| offices(tx, size, now).await)?;
    let mut done = 0;
    while done < size.students {
        let next = (done + STUDENTS_PER_STEP).min(size.students);
        crate::transaction!(db, |tx| people(tx, size, done, next, now).await)?;
        done = next;
        told(Progress { step: "students", done, of: size.students });
    }
    Ok(true)
}

/// The code of the n-th school: the province part 99 is nobody's.
pub(super) fn school_code(school: i64) -> String {
    format!("99{:04}{}{}", school / 10, level(school).2, school % 10)
}

/// The full number of the n-th account; a school has two.
pub(super) fn account_number(account: i64) -> String {
    format!("9990{account:08}")
}

fn level(school: i64) -> (&'static str, &'static str, char, bool) {
    LEVELS[usize::try_from(school % 10 / 3).unwrap_or(0)]
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

async fn offices(tx: &Tx, size: &Size, now: Timestamp) -> Result<(), Error> {
    let communes = administrative_units::communes(PROVINCE, now.vietnam_day());
    let office = |n: i64, kind: &str, code: String, name: String, commune: Option<&str>| organizations::Model {
        id: id(Kind::Organization, n),
        kind: kind.to_owned(),
        code,
        name_fold: fold(&name),
        name,
        province_code: Some(PROVINCE.to_owned()),
        commune_code: commune.map(ToOwned::to_owned),
        valid_from: day(2024, 1, 1),
        valid_to: None,
        synthetic: true,
        created_at: now,
    };
    let department = "Sở Giáo dục và Đào tạo (mẫu)".to_owned();
    let mut rows = vec![office(0, "PROVINCE_DEPARTMENT", "BENCH-SO-37".to_owned(), department, None)];
    for (n, commune) in (1..).zip(&communes) {
        let name = format!("Ủy ban nhân dân {} (mẫu)", commune.full_name);
        rows.push(office(n, "COMMUNE_COMMITTEE", format!("BENCH-UBND-{}", commune.code), name, Some(commune.code)));
    }
    bulk::insert(tx, rows.into_iter().map(IntoActiveModel::into_active_model).collect()).await?;
    let (mut places, mut managed, mut accounts, mut asked) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for school in 0..size.schools {
        let at = usize::try_from(school).unwrap_or(0) % communes.len().max(1);
        let commune = communes.get(at).ok_or_else(|| Error::internal("the province has no communes"))?;
        places.push(place(school, commune.code, now).into_active_model());
        managed.extend(managers(school, i64::try_from(at).unwrap_or(0), now).map(IntoActiveModel::into_active_model));
        for (account, (fund, _)) in (2 * school..).zip(FUNDS) {
            accounts.push(purse(tx, account, school, fund, now)?.into_active_model());
        }
        asked.extend(fees_of(school, now)?.into_iter().map(IntoActiveModel::into_active_model));
    }
    bulk::insert(tx, places).await?;
    bulk::insert(tx, managed).await?;
    bulk::insert(tx, accounts).await?;
    bulk::insert(tx, asked).await
}

fn place(school: i64, commune: &str, now: Timestamp) -> schools::Model {
    let (level, word, ..) = level(school);
    let name = format!("Trường {word} Thử Nghiệm {:05} (mẫu)", school + 1);
    schools::Model {
        id: id(Kind::School, school),
        code: school_code(school),
        name_fold: fold(&name),
        name_sort: crate::text::sort_key(&name),
        name,
        status: "ACTIVE".to_owned(),
        levels: level.to_owned(),
        ownership: "01".to_owned(),
        location_commune_code: commune.to_owned(),
        province_code: PROVINCE.to_owned(),
        valid_from: day(2024, 1, 1),
        valid_to: None,
        synthetic: true,
        created_at: now,
        updated_at: now,
    }
}

/// The department managed every school until July 2025; then the communes took over all but upper secondary ones.
fn managers(school: i64, commune: i64, now: Timestamp) -> impl Iterator<Item = school_managements::Model> {
    let reform = day(2025, 7, 1);
    let stays = level(school).3;
    let stretch = move |n: i64, organization: i64, from, to| school_managements::Model {
        id: id(Kind::Management, 2 * school + n),
        school_id: id(Kind::School, school),
        organization_id: id(Kind::Organization, organization),
        valid_from: from,
        valid_to: to,
        source: "synthetic".to_owned(),
        created_at: now,
    };
    let before = stretch(0, 0, day(2024, 1, 1), (!stays).then_some(reform));
    let after = (!stays).then(|| stretch(1, commune + 1, reform, None));
    std::iter::once(before).chain(after)
}

fn purse(tx: &Tx, account: i64, school: i64, fund: &str, now: Timestamp) -> Result<bank_accounts::Model, Error> {
    let (row, number) = (id(Kind::Account, account), account_number(account));
    let bank = BankBin::parse(ACCOUNT_BANK).map_err(Error::internal)?;
    let place = Place { table: "bank_accounts", row, column: "number_sealed" };
    Ok(bank_accounts::Model {
        id: row,
        school_id: id(Kind::School, school),
        number_sealed: tx.vault().seal(place, number.as_bytes())?,
        account_index: account_index(tx.vault(), &bank, &number),
        number_index: number_index(tx.vault(), &number),
        number_tail: tail(&number),
        bank_bin: bank.as_str().to_owned(),
        holder: format!("TRUONG THU NGHIEM {:05}", school + 1),
        fund: fund.to_owned(),
        closed_at: None,
        synthetic: true,
        created_at: now,
    })
}

fn fees_of(school: i64, now: Timestamp) -> Result<Vec<fees::Model>, Error> {
    let mut rows = Vec::new();
    for (account, (_, categories)) in (2 * school..).zip(FUNDS) {
        for category in categories {
            let number = FEES * school + i64::try_from(rows.len()).map_err(Error::internal)?;
            rows.push(fees::Model {
                id: id(Kind::Fee, number),
                school_id: id(Kind::School, school),
                school_year: 2025,
                category: (*category).to_owned(),
                name: FeeCategory::parse(category).map_err(Error::internal)?.name_vi.to_owned(),
                legal_basis: None,
                bank_account_id: id(Kind::Account, account),
                amount: None,
                arrears_of: None,
                client_id: None,
                closed_at: None,
                synthetic: true,
                created_at: now,
            });
        }
    }
    Ok(rows)
}

/// Students, their enrollments and an open invoice for each.
async fn people(tx: &Tx, size: &Size, from: i64, to: i64, now: Timestamp) -> Result<(), Error> {
    let (mut persons, mut enrolled) = (Vec::new(), Vec::new());
    for student in from..to {
        let name = format!("Nguyễn Văn Mẫu {student:06}");
        let row: Uuid = id(Kind::Student, student);
        persons.push(
            students::Model {
                id: row,
                ministry_code: None,
                name_fold: fold(&name),
                name_sort: name_sort_key(&name),
                full_name: name,
                birth_date: None,
                gender: None,
                ethnic_group: None,
                phone_sealed: None,
                personal_id_sealed: None,
                personal_id_index: None,
                synthetic: true,
                created_at: now,
                updated_at: now,
            }
            .into_active_model(),
        );
        enrolled.push(
            enrollments::Model {
                id: id(Kind::Enrollment, student),
                school_id: id(Kind::School, student % size.schools),
                student_id: row,
                class_id: None,
                school_year: 2026,
                status: "01".to_owned(),
                valid_from: day(2026, 8, 1),
                valid_to: None,
                created_at: now,
                updated_at: now,
            }
            .into_active_model(),
        );
    }
    bulk::insert(tx, persons).await?;
    bulk::insert(tx, enrolled).await?;
    super::money::open(tx, size, from, to, now).await
}
