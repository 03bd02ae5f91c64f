//! The kinds of schools in the province and how often each is met.

use crate::catalogues::EducationLevel::{
    self, ContinuingEducation, LowerSecondary, Preschool, Primary, UpperSecondary,
};
use crate::catalogues::Ownership;

/// A kind of school: how often it is met in the province, and what is usual there.
pub(super) struct Sort {
    pub(super) weight: usize,
    pub(super) noun: &'static str,
    pub(super) levels: &'static [EducationLevel],
    pub(super) digit: char,
    pub(super) grades: &'static [&'static str],
    pub(super) first_age: i32,
    pub(super) pupils_per_class: usize,
    pub(super) fees: [&'static str; 2],
    pub(super) more_fees: [&'static str; 2],
    /// Where it is written that the department manages it; none follows the default of its levels.
    pub(super) department_by: Option<&'static str>,
    pub(super) ownership: Ownership,
}

const MEALS: [&str; 2] = ["BAN_TRU_AN", "NGOAI_KHOA"];
const BUS: [&str; 2] = ["XE_DUA_DON", "NGOAI_KHOA"];
const CARE: [&str; 2] = ["BAN_TRU_CHAM_SOC", "NUOC_UONG"];
const PARKING: [&str; 2] = ["GUI_XE", "NUOC_UONG"];

/// The kinds by their numbers in the province in mid-2025.
#[rustfmt::skip] // one line for each kind, to be read as a table
const SORTS: [Sort; 7] = [
    Sort { weight: 503, noun: "Mầm non", levels: &[Preschool], digit: '4', grades: &["16", "17"], first_age: 3, pupils_per_class: 27, fees: MEALS, more_fees: CARE, department_by: None, ownership: Ownership::Public },
    Sort { weight: 488, noun: "Tiểu học", levels: &[Primary], digit: '1', grades: &["01", "02", "03", "04", "05"], first_age: 6, pupils_per_class: 31, fees: MEALS, more_fees: CARE, department_by: None, ownership: Ownership::Public },
    Sort { weight: 463, noun: "Trung học cơ sở", levels: &[LowerSecondary], digit: '2', grades: &["06", "07", "08", "09"], first_age: 11, pupils_per_class: 38, fees: BUS, more_fees: PARKING, department_by: None, ownership: Ownership::Public },
    Sort { weight: 8, noun: "Phổ thông nội trú Trung học cơ sở", levels: &[LowerSecondary], digit: '8', grades: &["06", "07", "08", "09"], first_age: 11, pupils_per_class: 35, fees: MEALS, more_fees: CARE, department_by: Some("Quyết định phân cấp quản lý trường nội trú (mẫu)"), ownership: Ownership::Public },
    Sort { weight: 110, noun: "Trung học phổ thông", levels: &[UpperSecondary], digit: '3', grades: &["10", "11", "12"], first_age: 15, pupils_per_class: 42, fees: BUS, more_fees: PARKING, department_by: None, ownership: Ownership::Public },
    Sort { weight: 25, noun: "Giáo dục thường xuyên", levels: &[ContinuingEducation], digit: '6', grades: &["13", "14", "15"], first_age: 15, pupils_per_class: 38, fees: BUS, more_fees: PARKING, department_by: None, ownership: Ownership::Public },
    Sort { weight: 20, noun: "Tiểu học và Trung học cơ sở", levels: &[Primary, LowerSecondary], digit: '5', grades: &["04", "05", "06", "07"], first_age: 9, pupils_per_class: 34, fees: MEALS, more_fees: CARE, department_by: Some("Quyết định cho phép thành lập trường liên cấp (mẫu)"), ownership: Ownership::Private },
];

/// The kind of the school at a place among so many, by the shares of the province.
pub(super) fn sort_of(index: usize, schools: usize) -> &'static Sort {
    let total: usize = SORTS.iter().map(|sort| sort.weight).sum();
    let mut place = index * total / schools.max(1);
    for sort in &SORTS {
        if place < sort.weight {
            return sort;
        }
        place -= sort.weight;
    }
    &SORTS[SORTS.len() - 1]
}
