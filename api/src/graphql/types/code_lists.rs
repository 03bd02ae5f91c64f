//! Code-list values with their official codes and Vietnamese names, as enums or objects.

use async_graphql::{Enum, SimpleObject};
use entities::{catalogues, organizations, schools, students};

/// A level of education (cấp học), with the ministry's code.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "catalogues::EducationLevel")]
pub enum EducationLevel {
    /// 01: Mầm non.
    Preschool,
    /// 02: Tiểu học.
    Primary,
    /// 03: Trung học cơ sở.
    LowerSecondary,
    /// 04: Trung học phổ thông.
    UpperSecondary,
    /// 05: Giáo dục thường xuyên.
    ContinuingEducation,
}

/// Who owns a school (loại hình trường), with the ministry's code.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "catalogues::Ownership")]
pub enum Ownership {
    /// 01: Công lập.
    Public,
    /// 02: Ngoài công lập.
    NonPublic,
    /// 03: Dân lập.
    Community,
    /// 09: Tư thục.
    Private,
}

/// Gender (giới tính), with the ministry's code.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "catalogues::Gender")]
pub enum Gender {
    /// Code 01, male (giới tính nam).
    Male,
    /// Code 02, female (Nữ).
    Female,
}

/// Where a school stands in its life (trạng thái trường).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "schools::Status")]
pub enum SchoolStatus {
    /// Đang hoạt động.
    Active,
    /// Đã sáp nhập: it went into a successor.
    Merged,
    /// Đã chia tách: it became several.
    Split,
    /// Đã giải thể.
    Dissolved,
}

/// What an organization is (loại cơ quan, tổ chức).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "organizations::Kind")]
pub enum OrganizationKind {
    /// Bộ Giáo dục và Đào tạo.
    Ministry,
    /// Sở Giáo dục và Đào tạo.
    ProvinceDepartment,
    /// Ủy ban nhân dân cấp xã.
    CommuneCommittee,
    /// Đơn vị cung cấp phần mềm.
    Vendor,
    /// Ngân hàng hoặc trung gian thanh toán.
    Bank,
}

/// Whether the personal ID (số định danh cá nhân) is known; no digit of it is ever shown.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "students::PersonalIdStatus")]
pub enum PersonalIdStatus {
    /// Chưa có.
    Missing,
    /// Đã ghi nhận, chưa đối chiếu với cơ sở dữ liệu dân cư.
    Recorded,
}

/// How a student is, or why no longer, at a school (trạng thái học sinh), with the ministry's code.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "catalogues::StudentStatus")]
pub enum StudentStatus {
    /// 01: Đang học.
    Studying,
    /// 02: Chuyển đến kỳ 1.
    TransferredInTerm1,
    /// 03: Nghỉ học xin học lại kỳ 1.
    ReturnedTerm1,
    /// 04: Chuyển đi kỳ 1.
    TransferredOutTerm1,
    /// 05: Thôi học kỳ 1.
    DroppedOutTerm1,
    /// 06: Chuyển đến kỳ 2.
    TransferredInTerm2,
    /// 07: Nghỉ học xin học lại kỳ 2.
    ReturnedTerm2,
    /// 08: Chuyển đi kỳ 2.
    TransferredOutTerm2,
    /// 09: Thôi học kỳ 2.
    DroppedOutTerm2,
    /// 10: Chuyển đến trong hè.
    TransferredInSummer,
    /// 11: Chuyển đi trong hè.
    TransferredOutSummer,
    /// 12: Thôi học trong hè.
    DroppedOutSummer,
}

/// A grade (khối) of one level; continuing education has codes of its own for the same numbers.
#[derive(SimpleObject, Clone, Debug)]
pub struct Grade {
    /// The ministry's code (mã khối), two digits.
    pub code: &'static str,
    /// The Vietnamese name (tên khối).
    pub name_vi: &'static str,
    /// The level that the code belongs to (cấp học).
    pub level: EducationLevel,
}

impl From<&'static catalogues::Grade> for Grade {
    fn from(grade: &'static catalogues::Grade) -> Self {
        Self { code: grade.code, name_vi: grade.name_vi, level: grade.level.into() }
    }
}

/// An ethnic group (dân tộc). Two official orders of codes are in use, so it is never a number alone.
#[derive(SimpleObject, Clone, Debug)]
pub struct EthnicGroup {
    /// The code in the order of 2008 (Quyết định 1019/QĐ-TCTK), two digits.
    pub code: &'static str,
    /// The code in the order of 1979 (Quyết định 121-TCTK/PPCĐ); null when the older list lacks the entry.
    pub code_1979: Option<&'static str>,
    /// The Vietnamese name (tên dân tộc).
    pub name_vi: &'static str,
}

impl From<&'static catalogues::EthnicGroup> for EthnicGroup {
    fn from(group: &'static catalogues::EthnicGroup) -> Self {
        Self { code: group.code, code_1979: group.code_1979, name_vi: group.name_vi }
    }
}
