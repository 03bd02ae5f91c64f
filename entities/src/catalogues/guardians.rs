//! What guardians are to students. The ministry's description of 2020 has no list of them but columns for each: the codes are
//! the ends of their names (`HoTenBo`, `HoTenMe`, `HoTenVc`, `HoTenNguoiGiamHo`); the last two are the hub's own, for sources
//! that say no more.

use super::catalogue;

catalogue! {
    /// What a guardian is to a student (quan hệ với học sinh).
    GuardianRelation, "GUARDIAN_RELATION_UNKNOWN", "relations of guardians", "quan hệ với học sinh";
    Father = "BO", "Bố", "Father";
    Mother = "ME", "Mẹ", "Mother";
    Spouse = "VC", "Vợ hoặc chồng", "Spouse";
    Guardian = "NGUOI_GIAM_HO", "Người giám hộ", "Legal guardian";
    Parent = "BO_ME", "Bố hoặc mẹ (nguồn không nói rõ)", "Father or mother, where the source does not say which";
    Relative = "NGUOI_THAN", "Người thân khác", "Another relative";
}

impl GuardianRelation {
    /// Whether a student has at most one at a time.
    #[must_use]
    pub const fn is_single(self) -> bool {
        matches!(self, Self::Father | Self::Mother | Self::Spouse)
    }
}
