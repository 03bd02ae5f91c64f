//! Fee categories (khoản thu) and their groups. The group is also the fund: money of one must not mix with another.

use super::{catalogue, unknown};
use crate::codes::CodeError;

catalogue! {
    /// A group of fees by the ground on which they are collected (nhóm khoản thu); the hub's own codes.
    FeeGroup, "FEE_GROUP_UNKNOWN", "fee groups", "nhóm khoản thu";
    Statutory = "THEO_QUY_DINH", "Thu theo quy định", "Set by law";
    CouncilService = "DICH_VU_HDND", "Dịch vụ phục vụ, hỗ trợ hoạt động giáo dục theo Nghị quyết HĐND tỉnh", "Services listed by the provincial council";
    OnBehalf = "THU_HO", "Thu hộ, chi hộ", "Collected on behalf of others";
    ByAgreement = "THOA_THUAN", "Thu thỏa thuận", "Agreed with parents";
    Voluntary = "TU_NGUYEN", "Tự nguyện", "Voluntary";
    Sponsorship = "TAI_TRO", "Tài trợ", "Sponsorship";
    OutsideSchool = "NGOAI_TRUONG", "Không phải khoản thu của trường", "Not a fee of the school";
    Forbidden = "KHONG_DUOC_THU", "Không được thu", "Must not be collected";
}

/// A fee category (khoản thu) with the legal rule that holds for it since the school year 2025-2026.
#[derive(Debug, PartialEq, Eq)]
pub struct FeeCategory {
    /// The hub's code, such as `HOC_PHI`.
    pub code: &'static str,
    /// The Vietnamese name.
    pub name_vi: &'static str,
    /// The English name.
    pub name_en: &'static str,
    /// The group, which is also the fund.
    pub group: FeeGroup,
    /// What the fee is counted by (đơn vị tính), in Vietnamese; `None` when it has no unit.
    pub unit_vi: Option<&'static str>,
    /// The legal rule since 2025-2026, in Vietnamese.
    pub rule_vi: &'static str,
}

impl FeeCategory {
    /// Every category.
    pub const ALL: &'static [Self] = &CATEGORIES;

    /// The category with this code.
    ///
    /// # Errors
    /// `FEE_CATEGORY_UNKNOWN`.
    pub fn parse(code: &str) -> Result<&'static Self, CodeError> {
        let code = code.trim();
        CATEGORIES
            .iter()
            .find(|category| category.code == code)
            .ok_or_else(|| unknown("FEE_CATEGORY_UNKNOWN", "fee categories", "khoản thu"))
    }
}

const fn fee(
    code: &'static str,
    group: FeeGroup,
    unit_vi: &'static str,
    name_vi: &'static str,
    name_en: &'static str,
    rule_vi: &'static str,
) -> FeeCategory {
    let unit_vi = if unit_vi.is_empty() { None } else { Some(unit_vi) };
    FeeCategory { code, name_vi, name_en, group, unit_vi, rule_vi }
}

use FeeGroup::{ByAgreement, CouncilService, Forbidden, OnBehalf, OutsideSchool, Sponsorship, Statutory, Voluntary};

const BY_COUNCIL: &str = "Theo nghị quyết của HĐND tỉnh";
const AGREED: &str = "Theo thỏa thuận với cha mẹ học sinh";

#[rustfmt::skip] // one line for each fee, to be read as a table
static CATEGORIES: [FeeCategory; 19] = [
    fee("HOC_PHI", Statutory, "tháng", "Học phí", "Tuition", "Trường công lập không thu từ năm học 2025-2026 (Nghị quyết 217/2025/QH15); trường ngoài công lập vẫn thu và học sinh được hỗ trợ"),
    fee("BHYT", OnBehalf, "3/6/12 tháng", "Bảo hiểm y tế học sinh", "Student health insurance", "Nhà nước hỗ trợ ít nhất 50% từ 01/7/2025 (Nghị định 188/2025/NĐ-CP)"),
    fee("BH_THAN_THE", Voluntary, "năm", "Bảo hiểm thân thể (tự nguyện)", "Accident insurance (voluntary)", "Chỉ tự nguyện"),
    fee("BAN_TRU_AN", ByAgreement, "ngày", "Tiền ăn bán trú", "School meals", "Theo thỏa thuận với cha mẹ học sinh, tính theo số bữa ăn thực tế"),
    fee("BAN_TRU_CHAM_SOC", CouncilService, "tháng", "Phục vụ, quản lý bán trú", "Care of day boarders", BY_COUNCIL),
    fee("BAN_TRU_THIET_BI", CouncilService, "năm", "Trang thiết bị bán trú", "Equipment for day boarders", BY_COUNCIL),
    fee("HOC_2_BUOI", CouncilService, "tháng", "Dạy học 2 buổi/ngày", "Two sessions a day", "Theo nghị quyết của HĐND tỉnh; không thu ở tiểu học khi thuộc chương trình"),
    fee("NUOC_UONG", CouncilService, "tháng", "Nước uống", "Drinking water", BY_COUNCIL),
    fee("HOC_PHAM_MN", CouncilService, "năm", "Học phẩm mầm non", "Preschool learning materials", "Chỉ mầm non, theo nghị quyết của HĐND tỉnh"),
    fee("SO_LIEN_LAC", Voluntary, "tháng", "Sổ liên lạc điện tử", "Electronic contact book", "Tự nguyện; cha mẹ học sinh có quyền từ chối"),
    fee("DONG_PHUC", OnBehalf, "năm", "Đồng phục", "Uniforms", "Cha mẹ học sinh có thể tự mua nơi khác"),
    fee("KHAM_SUC_KHOE", CouncilService, "năm", "Khám sức khỏe ban đầu", "First health check", BY_COUNCIL),
    fee("CNTT", CouncilService, "tháng", "Ứng dụng CNTT, chuyển đổi số", "Information technology", "Chỉ khi có trong danh mục của tỉnh"),
    fee("NGOAI_KHOA", ByAgreement, "tháng", "Câu lạc bộ, kỹ năng sống, ngoại ngữ liên kết", "Clubs, life skills, joint language classes", "Tự nguyện, ngoài giờ học chính khóa"),
    fee("XE_DUA_DON", ByAgreement, "tháng", "Xe đưa đón", "School bus", AGREED),
    fee("GUI_XE", CouncilService, "tháng", "Trông giữ xe", "Bicycle and motorbike parking", "Theo bảng giá của tỉnh"),
    fee("TAI_TRO", Sponsorship, "lần", "Tài trợ giáo dục", "Sponsorship of education", "Không ấn định mức, không bình quân (Thông tư 16/2018/TT-BGDĐT)"),
    fee("QUY_CMHS", OutsideSchool, "lần", "Kinh phí ban đại diện cha mẹ học sinh", "Fund of the parents' board", "Tự nguyện, nhà trường không thu (Thông tư 55/2011/TT-BGDĐT)"),
    fee("DAY_THEM", Forbidden, "", "Dạy thêm trong nhà trường", "Extra classes in school", "Không thu tiền của học sinh (Thông tư 29/2024/TT-BGDĐT)"),
];
