//! The offices that stand above schools on a day: the ministry, a department for each province, a committee for each commune.

use chrono::NaiveDate;

use super::{Kind, Upsert};
use crate::administrative_units::{Unit, communes, provinces};

/// The first day of the two tiers of local government.
const SINCE: Option<NaiveDate> = NaiveDate::from_ymd_opt(2025, 7, 1);

/// The code of a province's department: `SGDDT-37`.
#[must_use]
pub fn department_code(province_code: &str) -> String {
    format!("SGDDT-{province_code}")
}

/// The code of a commune's committee: `UBND-14362`.
#[must_use]
pub fn committee_code(commune_code: &str) -> String {
    format!("UBND-{commune_code}")
}

/// Every office of a day, ready for [`super::upsert`]: about 3,400 rows since July 2025. The codes are the hub's own.
#[must_use]
pub fn offices(on: NaiveDate) -> Vec<Upsert> {
    let ministry = Upsert {
        code: "BGDDT".to_owned(),
        kind: Kind::Ministry,
        name: "Bộ Giáo dục và Đào tạo".to_owned(),
        province_code: None,
        commune_code: None,
        valid_from: SINCE.unwrap_or(on),
        valid_to: None,
    };
    let provinces = provinces(on);
    let committees = provinces.iter().flat_map(|province| communes(province.code, on)).map(|unit| committee(unit, on));
    let departments = provinces.iter().map(|province| department(province, on));
    std::iter::once(ministry).chain(departments).chain(committees).collect()
}

fn department(province: &Unit, on: NaiveDate) -> Upsert {
    Upsert {
        code: department_code(province.code),
        kind: Kind::ProvinceDepartment,
        name: format!("Sở Giáo dục và Đào tạo {}", lowered(province.full_name)),
        province_code: Some(province.code.to_owned()),
        commune_code: None,
        valid_from: province.valid_from.or(SINCE).unwrap_or(on),
        valid_to: None,
    }
}

fn committee(commune: &Unit, on: NaiveDate) -> Upsert {
    Upsert {
        code: committee_code(commune.code),
        kind: Kind::CommuneCommittee,
        name: format!("Ủy ban nhân dân {}", lowered(commune.full_name)),
        province_code: Some(commune.province_code.to_owned()),
        commune_code: Some(commune.code.to_owned()),
        valid_from: commune.valid_from.or(SINCE).unwrap_or(on),
        valid_to: None,
    }
}

/// Within a name the type of a unit is written small: *phường Hoa Lư*.
fn lowered(full_name: &str) -> String {
    let mut chars = full_name.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
