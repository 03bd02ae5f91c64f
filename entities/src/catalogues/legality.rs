//! Which fees may exist. Law is dated data: each rule says from which school year it holds and where it is written.

use super::{FeeCategory, FeeGroup, Ownership};
use crate::codes::SchoolYear;

/// A fee as somebody wants to charge it.
#[derive(Debug, Clone, Copy)]
pub struct Charge {
    /// What for.
    pub category: &'static FeeCategory,
    /// Who owns the school.
    pub ownership: Ownership,
    /// The school year that the money is **owed for**. Arrears of 2024-2025 charged later are still of 2024-2025.
    pub owed_for: SchoolYear,
    /// Whether the family's consent to a voluntary fee is recorded.
    pub opted_in: bool,
    /// Whether the family is given a day by which to pay.
    pub has_due_date: bool,
}

/// Why a fee may not be charged so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Forbidden {
    /// The stable code: `FEE_NOT_ALLOWED`, `OPT_IN_MISSING` or `DUE_DATE_NOT_ALLOWED`.
    pub code: &'static str,
    /// A sentence in English.
    pub reason: &'static str,
    /// The same sentence in Vietnamese.
    pub reason_vi: &'static str,
    /// Where it is written.
    pub legal_basis: &'static str,
}

struct Rule {
    /// First school year (start year) that the rule holds for.
    from: i32,
    forbids: fn(&Charge) -> bool,
    refusal: Forbidden,
}

/// The rules, the gravest first.
const RULES: [Rule; 5] = [
    Rule {
        from: 2025,
        forbids: |charge| charge.category.code == "HOC_PHI" && charge.ownership.is_public(),
        refusal: Forbidden {
            code: "FEE_NOT_ALLOWED",
            reason: "Public schools charge no tuition from the school year 2025-2026; only arrears of earlier years remain.",
            reason_vi: "Trường công lập không thu học phí từ năm học 2025-2026; chỉ còn thu học phí nợ của các năm học trước.",
            legal_basis: "Nghị quyết 217/2025/QH15",
        },
    },
    Rule {
        from: 2011,
        forbids: |charge| charge.category.group == FeeGroup::OutsideSchool,
        refusal: Forbidden {
            code: "FEE_NOT_ALLOWED",
            reason: "The fund of the parents' board is voluntary and not kept by the school; it cannot be a school fee.",
            reason_vi: "Kinh phí ban đại diện cha mẹ học sinh là tự nguyện, không do nhà trường thu; không thể là khoản thu của trường.",
            legal_basis: "Thông tư 55/2011/TT-BGDĐT",
        },
    },
    Rule {
        // In force since 14 February 2025, within this school year.
        from: 2024,
        forbids: |charge| charge.category.group == FeeGroup::Forbidden,
        refusal: Forbidden {
            code: "FEE_NOT_ALLOWED",
            reason: "Extra classes in school may not be charged to students.",
            reason_vi: "Nhà trường không được thu tiền học sinh cho việc dạy thêm trong nhà trường.",
            legal_basis: "Thông tư 29/2024/TT-BGDĐT",
        },
    },
    Rule {
        from: 2000,
        forbids: |charge| charge.category.group == FeeGroup::Voluntary && !charge.opted_in,
        refusal: Forbidden {
            code: "OPT_IN_MISSING",
            reason: "A voluntary fee needs the recorded consent of the family first.",
            reason_vi: "Khoản thu tự nguyện cần có sự đồng ý của gia đình được ghi nhận trước.",
            legal_basis: "Nguyên tắc tự nguyện của khoản thu",
        },
    },
    Rule {
        from: 2000,
        forbids: |charge| charge.category.group.is_free_will() && charge.has_due_date,
        refusal: Forbidden {
            code: "DUE_DATE_NOT_ALLOWED",
            reason: "Voluntary money and sponsorship have no due date: nobody can be late with them.",
            reason_vi: "Khoản tự nguyện và tài trợ không có hạn nộp: không ai có thể bị coi là nộp chậm.",
            legal_basis: "Thông tư 16/2018/TT-BGDĐT; nguyên tắc tự nguyện của khoản thu",
        },
    },
];

/// Whether a school may charge this fee so, by the rules in force for the school year it is owed for.
///
/// # Errors
/// [`Forbidden`] with the gravest reason.
pub fn may_charge(charge: &Charge) -> Result<(), Forbidden> {
    let broken = |rule: &&Rule| charge.owed_for.start_year() >= rule.from && (rule.forbids)(charge);
    RULES.iter().find(broken).map_or(Ok(()), |rule| Err(rule.refusal))
}

impl FeeGroup {
    /// Whether families give this money of their own will: no due date, no arrears list, no reminder.
    #[must_use]
    pub const fn is_free_will(self) -> bool {
        matches!(self, Self::Voluntary | Self::Sponsorship)
    }
}
