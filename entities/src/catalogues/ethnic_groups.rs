//! Ethnic groups (dân tộc): two official orders of codes are in use, so a group is an object and never a number.

use super::unknown;
use crate::codes::CodeError;

/// An ethnic group with its codes in both official orders.
#[derive(Debug, PartialEq, Eq)]
pub struct EthnicGroup {
    /// The code in the order of 2008 (Quyết định 1019/QĐ-TCTK), two digits; the one that is stored.
    pub code: &'static str,
    /// The code in the order of 1979 (Quyết định 121-TCTK/PPCĐ), which the ministry's database uses; `None` for entries
    /// that the older list lacks.
    pub code_1979: Option<&'static str>,
    /// The Vietnamese name, in the spelling of 2008.
    pub name_vi: &'static str,
}

impl EthnicGroup {
    /// Every group, by its code of 2008.
    pub const ALL: &'static [Self] = &GROUPS;

    /// The group with this code of 2008.
    ///
    /// # Errors
    /// `ETHNIC_GROUP_UNKNOWN`.
    pub fn parse(code: &str) -> Result<&'static Self, CodeError> {
        let code = code.trim();
        GROUPS
            .iter()
            .find(|group| group.code == code)
            .ok_or_else(|| unknown("ETHNIC_GROUP_UNKNOWN", "ethnic groups (order of 2008)", "dân tộc (thứ tự 2008)"))
    }
}

const fn group(code: &'static str, code_1979: &'static str, name_vi: &'static str) -> EthnicGroup {
    let code_1979 = if code_1979.is_empty() { None } else { Some(code_1979) };
    EthnicGroup { code, code_1979, name_vi }
}

#[rustfmt::skip] // one line for each group, to be read as a table
static GROUPS: [EthnicGroup; 56] = [
    group("01", "01", "Kinh"),
    group("02", "02", "Tày"),
    group("03", "03", "Thái"),
    group("04", "06", "Mường"),
    group("05", "05", "Khmer"),
    group("06", "04", "Hoa"),
    group("07", "07", "Nùng"),
    group("08", "08", "Mông"),
    group("09", "09", "Dao"),
    group("10", "10", "Gia Rai"),
    group("11", "12", "Ê Đê"),
    group("12", "13", "Ba Na"),
    group("13", "15", "Sán Chay"),
    group("14", "17", "Chăm"),
    group("15", "16", "Cơ Ho"),
    group("16", "14", "Xơ Đăng"),
    group("17", "18", "Sán Dìu"),
    group("18", "19", "Hrê"),
    group("19", "21", "Ra Glai"),
    group("20", "20", "Mnông"),
    group("21", "24", "Thổ"),
    group("22", "22", "Xtiêng"),
    group("23", "29", "Khơ Mú"),
    group("24", "23", "Bru Vân Kiều"),
    group("25", "26", "Cơ Tu"),
    group("26", "25", "Giáy"),
    group("27", "31", "Tà Ôi"),
    group("28", "28", "Mạ"),
    group("29", "27", "Gié Triêng"),
    group("30", "30", "Co"),
    group("31", "32", "Chơ Ro"),
    group("32", "34", "Xinh Mun"),
    group("33", "35", "Hà Nhì"),
    group("34", "36", "Chu Ru"),
    group("35", "37", "Lào"),
    group("36", "38", "La Chí"),
    group("37", "33", "Kháng"),
    group("38", "40", "Phù Lá"),
    group("39", "41", "La Hủ"),
    group("40", "39", "La Ha"),
    group("41", "46", "Pà Thẻn"),
    group("42", "42", "Lự"),
    group("43", "11", "Ngái"),
    group("44", "44", "Chứt"),
    group("45", "43", "Lô Lô"),
    group("46", "45", "Mảng"),
    group("47", "47", "Cơ Lao"),
    group("48", "49", "Bố Y"),
    group("49", "48", "Cống"),
    group("50", "50", "Si La"),
    group("51", "51", "Pu Péo"),
    group("52", "54", "Rơ Măm"),
    group("53", "52", "Brâu"),
    group("54", "53", "Ơ Đu"),
    group("55", "55", "Người nước ngoài"),
    group("56", "56", "Không rõ"),
];
