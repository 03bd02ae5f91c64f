//! Levels, ownership and grades, with the ministry's codes (`DM_CAP_HOC`, `DM_LOAI_HINH`, `DM_KHOI` of 2020).

use super::{catalogue, unknown};
use crate::codes::CodeError;

catalogue! {
    /// A level of education (cấp học).
    EducationLevel, "EDUCATION_LEVEL_UNKNOWN", "education levels", "cấp học";
    Preschool = "01", "Mầm non", "Preschool";
    Primary = "02", "Tiểu học", "Primary";
    LowerSecondary = "03", "Trung học cơ sở", "Lower secondary";
    UpperSecondary = "04", "Trung học phổ thông", "Upper secondary";
    ContinuingEducation = "05", "Giáo dục thường xuyên", "Continuing education";
}

impl EducationLevel {
    /// Whether schools of this level are usually managed by the commune since July 2025, and not by the province.
    /// A proposal only: multi-level, boarding, special and foreign-invested schools break the rule.
    #[must_use]
    pub const fn is_usually_managed_by_commune(self) -> bool {
        matches!(self, Self::Preschool | Self::Primary | Self::LowerSecondary)
    }
}

catalogue! {
    /// Who owns a school (loại hình).
    Ownership, "OWNERSHIP_UNKNOWN", "kinds of ownership", "loại hình trường";
    Public = "01", "Công lập", "Public";
    NonPublic = "02", "Ngoài công lập", "Non-public";
    Community = "03", "Dân lập", "Community";
    Private = "09", "Tư thục", "Private";
}

impl Ownership {
    /// Whether the state owns it: such schools charge no tuition since 2025-2026.
    #[must_use]
    pub const fn is_public(self) -> bool {
        matches!(self, Self::Public)
    }
}

/// A grade (khối) of one level; continuing education has its own codes for the same numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grade {
    /// The ministry's code, two digits.
    pub code: &'static str,
    /// The Vietnamese name.
    pub name_vi: &'static str,
    /// The English name.
    pub name_en: &'static str,
    /// The level that the code belongs to.
    pub level: EducationLevel,
}

impl Grade {
    /// Every grade, by code.
    pub const ALL: &'static [Self] = &GRADES;

    /// The grade with this code.
    ///
    /// # Errors
    /// `GRADE_UNKNOWN`.
    pub fn parse(code: &str) -> Result<&'static Self, CodeError> {
        let code = code.trim();
        GRADES.iter().find(|grade| grade.code == code).ok_or_else(|| unknown("GRADE_UNKNOWN", "grades", "khối"))
    }
}

const fn grade(code: &'static str, level: EducationLevel, name_vi: &'static str, name_en: &'static str) -> Grade {
    Grade { code, name_vi, name_en, level }
}

use EducationLevel::{ContinuingEducation, LowerSecondary, Preschool, Primary, UpperSecondary};

#[rustfmt::skip] // one line for each grade, to be read as a table
static GRADES: [Grade; 28] = [
    grade("01", Primary, "Khối 1", "Grade 1"),
    grade("02", Primary, "Khối 2", "Grade 2"),
    grade("03", Primary, "Khối 3", "Grade 3"),
    grade("04", Primary, "Khối 4", "Grade 4"),
    grade("05", Primary, "Khối 5", "Grade 5"),
    grade("06", LowerSecondary, "Khối 6", "Grade 6"),
    grade("07", LowerSecondary, "Khối 7", "Grade 7"),
    grade("08", LowerSecondary, "Khối 8", "Grade 8"),
    grade("09", LowerSecondary, "Khối 9", "Grade 9"),
    grade("10", UpperSecondary, "Khối 10", "Grade 10"),
    grade("11", UpperSecondary, "Khối 11", "Grade 11"),
    grade("12", UpperSecondary, "Khối 12", "Grade 12"),
    grade("13", ContinuingEducation, "Khối 10", "Grade 10 (continuing education)"),
    grade("14", ContinuingEducation, "Khối 11", "Grade 11 (continuing education)"),
    grade("15", ContinuingEducation, "Khối 12", "Grade 12 (continuing education)"),
    grade("16", Preschool, "Nhóm trẻ", "Nursery group"),
    grade("17", Preschool, "Lớp mẫu giáo", "Kindergarten class"),
    grade("18", ContinuingEducation, "Xóa mù chữ", "Literacy"),
    grade("19", ContinuingEducation, "Giáo dục tiếp sau khi biết chữ", "Education after literacy"),
    grade("20", ContinuingEducation, "Khối 6", "Grade 6 (continuing education)"),
    grade("21", ContinuingEducation, "Khối 7", "Grade 7 (continuing education)"),
    grade("22", ContinuingEducation, "Khối 8", "Grade 8 (continuing education)"),
    grade("23", ContinuingEducation, "Khối 9", "Grade 9 (continuing education)"),
    grade("24", ContinuingEducation, "Khối 1", "Grade 1 (continuing education)"),
    grade("25", ContinuingEducation, "Khối 2", "Grade 2 (continuing education)"),
    grade("26", ContinuingEducation, "Khối 3", "Grade 3 (continuing education)"),
    grade("27", ContinuingEducation, "Khối 4", "Grade 4 (continuing education)"),
    grade("28", ContinuingEducation, "Khối 5", "Grade 5 (continuing education)"),
];
