//! Code lists of the school record, with the ministry's codes of 2020 (`DM_LOAI_TRUONG`, `DM_KHU_VUC`, `DM_VUNG`,
//! `DM_VUNG_KHO_KHAN`, `DM_MUC_DAT_CHUAN_QG_CLGD`, `DM_LOAI_TRUNG_TAM`, `DM_DU_AN`).

/// One value of a code list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// The ministry's code, with its leading zero.
    pub code: &'static str,
    /// The official name.
    pub vi: &'static str,
    /// The name in English.
    pub en: &'static str,
}

const fn of(code: &'static str, vi: &'static str, en: &'static str) -> Choice {
    Choice { code, vi, en }
}

pub(super) static TYPES: &[Choice] = &[
    of("01", "Dân tộc bán trú", "Day boarding for ethnic minorities"),
    of("02", "Dân tộc nội trú tỉnh", "Boarding for ethnic minorities, of a province"),
    of("03", "Dân tộc nội trú huyện", "Boarding for ethnic minorities, of a district"),
    of("04", "Trẻ em khuyết tật", "Children with disabilities"),
    of("05", "Năng khiếu nghệ thuật", "Gifted in the arts"),
    of("06", "Năng khiếu thể dục thể thao", "Gifted in sports"),
    of("07", "Trường phổ thông", "General school"),
    of("08", "Trẻ em thiệt thòi", "Disadvantaged children"),
    of("09", "Trường chuyên", "Specialised school"),
    of("10", "Trường THPT kỹ thuật", "Technical upper secondary school"),
    of("13", "Mầm non", "Preschool"),
    of("15", "TT GDTX", "Continuing education centre"),
    of("16", "TT GDNN - GDTX", "Vocational and continuing education centre"),
    of("17", "TT GDTX - DN - HN", "Continuing education, vocational training and career guidance centre"),
    of("18", "Khuyết tật", "Disabilities"),
];

pub(super) static AREAS: &[Choice] = &[
    of("01", "Biên giới - Hải đảo", "Border and islands"),
    of("02", "Đô thị", "Town"),
    of("03", "Đồng bằng", "Plains"),
    of("04", "Miền núi - vùng sâu", "Mountains and remote areas"),
];

pub(super) static REGIONS: &[Choice] = &[
    of("01", "Trung du", "Midlands"),
    of("02", "Đồng bằng", "Plains"),
    of("03", "Thành phố", "City"),
    of("04", "Miền núi", "Mountains"),
    of("05", "Hải đảo", "Islands"),
    of("06", "Vùng sâu", "Remote area"),
];

pub(super) static DIFFICULT_AREAS: &[Choice] =
    &[of("01", "135", "Programme 135"), of("02", "Biên giới", "Border"), of("03", "Hải đảo", "Islands")];

pub(super) static STANDARDS: &[Choice] =
    &[of("02", "Đạt chuẩn mức 1", "Standard, level 1"), of("03", "Đạt chuẩn mức 2", "Standard, level 2")];

pub(super) static CENTRES: &[Choice] = &[
    of("01", "Trung tâm học tập cộng đồng", "Community learning centre"),
    of("02", "Trung tâm ngoại ngữ tin học", "Centre for languages and computing"),
    of("03", "Cơ sở ngoại ngữ tin học", "Establishment for languages and computing"),
];

pub(super) static PROJECTS: &[Choice] = &[of("01", "SEQAP", "SEQAP"), of("02", "VNEN", "VNEN")];
