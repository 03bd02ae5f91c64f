//! Groups, positions and statuses of staff, with the ministry's codes of 2020 (`DM_NHOM_CAN_BO`, `DM_LOAI_CAN_BO`,
//! `DM_TRANG_THAI_CAN_BO`), as far as schools have them: offices and vocational centres are left out.

use super::{catalogue, unknown};
use crate::codes::CodeError;

catalogue! {
    /// The group of a person who works at a school (nhóm cán bộ).
    StaffGroup, "STAFF_GROUP_UNKNOWN", "groups of staff", "nhóm cán bộ";
    Manager = "01", "Cán bộ quản lý", "Managers";
    Employee = "02", "Nhân viên", "Employees";
    Teacher = "03", "Giáo viên", "Teachers";
}

catalogue! {
    /// Whether and how a person works at a school (trạng thái cán bộ).
    StaffStatus, "STAFF_STATUS_UNKNOWN", "statuses of staff", "trạng thái cán bộ";
    Working = "01", "Đang làm việc", "Working";
    MovedAway = "02", "Đã chuyển đi", "Moved to another school";
    Reassigned = "03", "Đã điều động", "Reassigned by the managing office";
    AwaitingRetirement = "04", "Chờ nghỉ hưu", "Awaiting retirement";
    Retired = "05", "Đã nghỉ hưu", "Retired";
    Seconded = "06", "Đã biệt phái", "Seconded to another office for a time";
    MovedIn = "07", "Chuyển đến", "Moved in from another school";
}

impl StaffStatus {
    /// Whether the person belongs to the school: one who is seconded comes back.
    #[must_use]
    pub const fn is_employed(self) -> bool {
        !matches!(self, Self::MovedAway | Self::Reassigned | Self::Retired)
    }
}

/// What a person is at a school (vị trí, chức vụ).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StaffPosition {
    /// The ministry's code, two digits.
    pub code: &'static str,
    /// The group to which it belongs.
    pub group: StaffGroup,
    /// The Vietnamese name.
    pub name_vi: &'static str,
}

impl StaffPosition {
    /// Every position, by code.
    pub const ALL: &'static [Self] = &POSITIONS;

    /// The position with this code.
    ///
    /// # Errors
    /// `STAFF_POSITION_UNKNOWN`.
    pub fn parse(code: &str) -> Result<&'static Self, CodeError> {
        let code = code.trim();
        let found = POSITIONS.iter().find(|position| position.code == code);
        found.ok_or_else(|| unknown("STAFF_POSITION_UNKNOWN", "positions of staff", "chức vụ"))
    }
}

const fn position(code: &'static str, group: StaffGroup, name_vi: &'static str) -> StaffPosition {
    StaffPosition { code, group, name_vi }
}

use StaffGroup::{Employee, Manager, Teacher};

#[rustfmt::skip] // one line for each position, to be read as a table
static POSITIONS: [StaffPosition; 25] = [
    position("01", Manager, "Hiệu trưởng"),
    position("02", Manager, "Phó hiệu trưởng"),
    position("03", Teacher, "Tổ trưởng chuyên môn"),
    position("04", Teacher, "Tổ phó chuyên môn"),
    position("05", Manager, "Giám đốc"),
    position("06", Manager, "Phó giám đốc"),
    position("09", Employee, "Nhân viên thư viện"),
    position("10", Employee, "Nhân viên thiết bị"),
    position("11", Employee, "Nhân viên y tế"),
    position("12", Employee, "Nhân viên khác"),
    position("13", Employee, "Nhân viên thí nghiệm"),
    position("14", Employee, "Nhân viên kỹ thuật nghiệp vụ"),
    position("15", Employee, "Nhân viên kế toán"),
    position("16", Employee, "Nhân viên văn thư"),
    position("17", Employee, "Nhân viên bảo vệ"),
    position("18", Employee, "Trợ giảng ngôn ngữ L1"),
    position("19", Employee, "Trợ giảng ngôn ngữ L2"),
    position("20", Employee, "Nhân viên cấp dưỡng"),
    position("21", Employee, "Nhân viên bảo mẫu"),
    position("25", Employee, "Nhân viên thủ quỹ"),
    position("26", Employee, "Nhân viên lái xe"),
    position("31", Employee, "Nấu ăn"),
    position("32", Employee, "Nhân viên công nghệ thông tin"),
    position("33", Employee, "Nhân viên hỗ trợ GD khuyết tật"),
    position("34", Employee, "Nhân viên giáo vụ"),
];
