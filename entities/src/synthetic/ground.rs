//! Plants the ground: organizations, schools with their managers, accounts, fees, classes and students.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::draw::Draw;
use super::people;
use super::plan::{Province, School};
use super::rows::insert;
use super::{NOW, PROVINCE, names, profiles};
use crate::administrative_units;
use crate::bank_accounts;
use crate::catalogues::EducationLevel;
use crate::codes::BankBin;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{OrganizationId, SchoolId};
use crate::organizations::Kind;
use crate::seal::Vault;
use crate::tables::{bank_accounts as accounts_table, fees, organizations, school_managements, schools};
use crate::text;

/// The bank of every synthetic account: a number that no bank has.
const BANK: &str = "999999";

/// Writes everything but money. Into a demo database only.
///
/// # Errors
/// `REAL_DATA_NOT_ENABLED`; otherwise the database's.
pub async fn plant_ground(tx: &Tx, province: &Province) -> Result<(), Error> {
    tx.kind().allow_personal_data()?;
    let offices = Offices::plan(province);
    let codes: HashMap<Uuid, String> = offices.rows.iter().map(|row| (row.id, row.code.clone())).collect();
    insert::<organizations::Entity>(tx, offices.rows).await?;
    let managements = province.schools.iter().flat_map(|school| managements(province, school, &offices.by_commune));
    let managements = managements.collect::<Result<Vec<_>, Error>>()?;
    let managers = managements.iter().filter(|row| row.valid_to.is_none()).filter_map(|row| {
        codes.get(&row.organization_id).map(|code| (SchoolId::from_uuid(row.school_id), code.clone()))
    });
    let managers: HashMap<SchoolId, String> = managers.collect();
    insert::<schools::Entity>(tx, province.schools.iter().map(school_row).collect()).await?;
    insert::<school_managements::Entity>(tx, managements).await?;
    let accounts =
        province.schools.iter().map(|school| account_rows(tx.vault(), school)).collect::<Result<Vec<_>, _>>()?;
    insert::<accounts_table::Entity>(tx, accounts.into_iter().flatten().collect()).await?;
    insert::<fees::Entity>(tx, province.schools.iter().flat_map(|school| fee_rows(province, school)).collect()).await?;
    let deep =
        province.deep().map(|school| crate::schools::School::try_from(school_row(school)).map(|row| (row.id, row)));
    profiles::plant(tx, province, &deep.collect::<Result<_, _>>()?, &managers).await?;
    people::plant(tx, province).await
}

/// The day on which communes began to manage schools.
fn reform() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 7, 1).unwrap_or_default()
}

/// The department and the committees of the communes.
struct Offices {
    rows: Vec<organizations::Model>,
    /// The committee of each commune, and the department under the province's own code.
    by_commune: HashMap<&'static str, OrganizationId>,
}

impl Offices {
    fn plan(province: &Province) -> Self {
        let mut draw = Draw::new(province.size.seed, 0);
        let mut offices = Self { rows: Vec::new(), by_commune: HashMap::new() };
        let name = administrative_units::unit(PROVINCE, NOW.vietnam_day()).map_or("", |unit| unit.name);
        let name = format!("Sở Giáo dục và Đào tạo {name} (mẫu)");
        offices.add(&mut draw, Kind::ProvinceDepartment, "SGDDT-37".to_owned(), name, PROVINCE);
        for commune in &province.communes {
            let (code, name) =
                (format!("UBND-{}", commune.code), format!("Ủy ban nhân dân {} (mẫu)", commune.full_name));
            offices.add(&mut draw, Kind::CommuneCommittee, code, name, commune.code);
        }
        offices.add(&mut draw, Kind::Vendor, "NCC-MAU".to_owned(), "Công ty Phần mềm Hoa Sen (mẫu)".to_owned(), "");
        offices.add(&mut draw, Kind::Bank, "NH-MAU".to_owned(), "Ngân hàng Cây Tre (mẫu)".to_owned(), "");
        offices
    }

    fn add(&mut self, draw: &mut Draw, kind: Kind, code: String, name: String, unit: &'static str) {
        let id = draw.key();
        self.by_commune.insert(unit, OrganizationId::from_uuid(id));
        self.rows.push(organizations::Model {
            id,
            kind: kind.as_str().to_owned(),
            code,
            name_fold: text::fold(&name),
            name,
            province_code: (!unit.is_empty()).then(|| PROVINCE.to_owned()),
            commune_code: (kind == Kind::CommuneCommittee).then(|| unit.to_owned()),
            valid_from: reform(),
            valid_to: None,
            synthetic: true,
            created_at: NOW,
        });
    }
}

impl Province {
    /// The committee of the commune in which a school lies, with its code.
    #[must_use]
    pub fn committee_of(&self, school: &School) -> Option<(OrganizationId, String)> {
        let offices = Offices::plan(self);
        let id = *offices.by_commune.get(school.commune_code)?;
        let row = offices.rows.into_iter().find(|row| row.id == id.uuid())?;
        Some((id, row.code))
    }
}

fn school_row(school: &School) -> schools::Model {
    let levels: Vec<&str> = school.sort.levels.iter().map(|level| level.code()).collect();
    schools::Model {
        id: school.id.uuid(),
        code: school.code.clone(),
        name_fold: text::fold(&school.name),
        name_sort: text::sort_key(&school.name),
        name: school.name.clone(),
        status: "ACTIVE".to_owned(),
        levels: levels.join(","),
        ownership: school.ownership.code().to_owned(),
        location_commune_code: school.commune_code.to_owned(),
        province_code: PROVINCE.to_owned(),
        valid_from: NaiveDate::from_ymd_opt(2010, 9, 1).unwrap_or_default(),
        valid_to: None,
        synthetic: true,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// Who manages a school since the reform. A hundredth of the schools went over to the department in September 2026, so
/// that reports have to look at the days.
fn managements(
    province: &Province,
    school: &School,
    offices: &HashMap<&'static str, OrganizationId>,
) -> Vec<Result<school_managements::Model, Error>> {
    let mut draw = Draw::new(province.size.seed, 1 + (school.index + 1) * 4);
    let by_commune = school.sort.levels.iter().all(|level| EducationLevel::is_usually_managed_by_commune(*level))
        && school.sort.department_by.is_none();
    let mut row = |unit: &str, from: NaiveDate, to: Option<NaiveDate>, source: &str| {
        let office = offices.get(unit).ok_or_else(|| Error::internal("a school lies in no commune"))?;
        Ok(school_managements::Model {
            id: draw.key(),
            school_id: school.id.uuid(),
            organization_id: office.uuid(),
            valid_from: from,
            valid_to: to,
            source: source.to_owned(),
            created_at: NOW,
        })
    };
    if !by_commune {
        return vec![row(PROVINCE, reform(), None, school.sort.department_by.unwrap_or("DEFAULT_BY_LEVEL"))];
    }
    let moved = NaiveDate::from_ymd_opt(2026, 9, 1).filter(|_| school.index % 100 == 50);
    let mut rows = vec![row(school.commune_code, reform(), moved, "DEFAULT_BY_LEVEL")];
    if let Some(day) = moved {
        rows.push(row(PROVINCE, day, None, "Quyết định chuyển cơ quan quản lý (mẫu)"));
    }
    rows
}

fn account_rows(vault: &Vault, school: &School) -> Result<Vec<accounts_table::Model>, Error> {
    let bank = BankBin::parse(BANK).map_err(Error::internal)?;
    let row = |account: &super::plan::Account| {
        let (id, number) = (account.id.uuid(), account.number.as_str());
        Ok(accounts_table::Model {
            id,
            school_id: school.id.uuid(),
            bank_bin: BANK.to_owned(),
            number_sealed: vault.seal(bank_accounts::place(id), number.as_bytes())?,
            account_index: bank_accounts::account_index(vault, &bank, number),
            number_index: bank_accounts::number_index(vault, number),
            number_tail: bank_accounts::tail(number),
            holder: names::printed(&school.name),
            fund: account.fund.code().to_owned(),
            closed_at: None,
            synthetic: true,
            created_at: NOW,
        })
    };
    school.accounts.iter().map(row).collect()
}

fn fee_rows(province: &Province, school: &School) -> Vec<fees::Model> {
    let mut rows = Vec::new();
    for account in &school.accounts {
        for fee in &account.fees {
            rows.extend(fee.ids.iter().zip(&province.years).map(|(id, year): (&Uuid, _)| fees::Model {
                id: *id,
                school_id: school.id.uuid(),
                school_year: i64::from(*year),
                category: fee.category.code.to_owned(),
                name: fee.category.name_vi.to_owned(),
                legal_basis: None,
                bank_account_id: account.id.uuid(),
                amount: Some(fee.amount),
                arrears_of: None,
                client_id: None,
                closed_at: None,
                synthetic: true,
                created_at: NOW,
            }));
        }
    }
    rows
}
