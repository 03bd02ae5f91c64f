//! Statuses and genders of students, with the ministry's codes (`DM_TRANG_THAI_HOC_SINH`, `DM_GIOI_TINH` of 2020).

use super::catalogue;

catalogue! {
    /// Whether and how a student is at a school (trạng thái học sinh).
    StudentStatus, "STUDENT_STATUS_UNKNOWN", "student statuses", "trạng thái học sinh";
    Studying = "01", "Đang học", "Studying";
    TransferredInTerm1 = "02", "Chuyển đến kỳ 1", "Transferred in during term 1";
    ReturnedTerm1 = "03", "Nghỉ học xin học lại kỳ 1", "Returned to school in term 1";
    TransferredOutTerm1 = "04", "Chuyển đi kỳ 1", "Transferred out during term 1";
    DroppedOutTerm1 = "05", "Thôi học kỳ 1", "Dropped out in term 1";
    TransferredInTerm2 = "06", "Chuyển đến kỳ 2", "Transferred in during term 2";
    ReturnedTerm2 = "07", "Nghỉ học xin học lại kỳ 2", "Returned to school in term 2";
    TransferredOutTerm2 = "08", "Chuyển đi kỳ 2", "Transferred out during term 2";
    DroppedOutTerm2 = "09", "Thôi học kỳ 2", "Dropped out in term 2";
    TransferredInSummer = "10", "Chuyển đến trong hè", "Transferred in during summer";
    TransferredOutSummer = "11", "Chuyển đi trong hè", "Transferred out during summer";
    DroppedOutSummer = "12", "Thôi học trong hè", "Dropped out in summer";
}

impl StudentStatus {
    /// Whether the student is at the school.
    #[must_use]
    pub const fn is_enrolled(self) -> bool {
        matches!(
            self,
            Self::Studying
                | Self::TransferredInTerm1
                | Self::ReturnedTerm1
                | Self::TransferredInTerm2
                | Self::ReturnedTerm2
                | Self::TransferredInSummer
        )
    }
}

catalogue! {
    /// Gender (giới tính) as the ministry's database takes it.
    Gender, "GENDER_UNKNOWN", "genders", "giới tính";
    Male = "01", "Nam", "Male";
    Female = "02", "Nữ", "Female";
}
