//! Numbers that name a person: telephone numbers and personal identification numbers.

use super::{CodeError, Kind, admit, is_digits, private_code};

/// The first digits of mobile numbers after the 0, in the plan of 2018. Numbers are portable: they do not prove an operator.
const MOBILE_PREFIXES: [&str; 36] = [
    "32", "33", "34", "35", "36", "37", "38", "39", "86", "96", "97", "98", "81", "82", "83", "84", "85", "88", "91",
    "94", "70", "76", "77", "78", "79", "89", "90", "93", "52", "56", "58", "92", "59", "99", "87", "55",
];

/// The 63 province codes before July 2025; a personal ID issued in Vietnam begins with 0 and one of them, for ever.
const REGISTRATION_PROVINCES: [&str; 63] = [
    "01", "02", "04", "06", "08", "10", "11", "12", "14", "15", "17", "19", "20", "22", "24", "25", "26", "27", "30",
    "31", "33", "34", "35", "36", "37", "38", "40", "42", "44", "45", "46", "48", "49", "51", "52", "54", "56", "58",
    "60", "62", "64", "66", "67", "68", "70", "72", "74", "75", "77", "79", "80", "82", "83", "84", "86", "87", "89",
    "91", "92", "93", "94", "95", "96",
];

/// A Vietnamese telephone number (số điện thoại) in E.164 form, such as `+84912345678`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// A personal identification number (số định danh cá nhân): twelve digits without a check digit.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonalId(String);

private_code!(Phone);

impl Phone {
    /// Reads a mobile or landline number beginning with 0, 84 or +84; blanks, dots, hyphens and brackets are dropped.
    ///
    /// # Errors
    /// `PHONE_INVALID`; `DEMO_VALUE` for the dead prefix 019 (eleven digits) in a real database.
    pub fn parse(text: &str, kind: Kind) -> Result<Self, CodeError> {
        let dialled: String = text.trim().chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')')).collect();
        let national = dialled
            .strip_prefix("+84")
            .or_else(|| dialled.strip_prefix('0'))
            .or_else(|| dialled.strip_prefix("84").filter(|rest| rest.len() >= 9))
            .unwrap_or_default();
        let is_demo = is_digits(national, 10) && national.starts_with("19");
        if !(is_demo || is_mobile(national) || is_landline(national)) {
            return Err(CodeError::new(
                "PHONE_INVALID",
                "this is not a Vietnamese telephone number (10 digits for a mobile; area code and number for a landline)",
                "đây không phải số điện thoại Việt Nam (di động 10 chữ số; cố định gồm mã vùng và số máy)",
            ));
        }
        admit(is_demo, kind)?;
        Ok(Self(format!("+84{national}")))
    }

    /// The number in E.164 form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_mobile(national: &str) -> bool {
    is_digits(national, 9) && MOBILE_PREFIXES.iter().any(|prefix| national.starts_with(prefix))
}

/// Area codes begin with 2 since 2017; some provinces keep several.
fn is_landline(national: &str) -> bool {
    national.starts_with('2') && (is_digits(national, 9) || is_digits(national, 10))
}

impl PersonalId {
    /// Reads twelve digits whose first three are a place of registration: 0 and an old province code, or a country code.
    ///
    /// Country codes begin with another digit than 0; no list of them is kept here, so all are taken.
    ///
    /// # Errors
    /// `PERSONAL_ID_INVALID`; `DEMO_VALUE` for numbers beginning 099 in a real database.
    pub fn parse(text: &str, kind: Kind) -> Result<Self, CodeError> {
        let text = text.trim();
        let is_demo = text.starts_with("099");
        let is_place = |place: &str| !place.starts_with('0') || REGISTRATION_PROVINCES.contains(&&place[1..]);
        if !is_digits(text, 12) || !(is_demo || is_place(&text[..3])) {
            return Err(CodeError::new(
                "PERSONAL_ID_INVALID",
                "a personal ID has twelve digits and begins with the code of a province or country",
                "số định danh cá nhân gồm 12 chữ số, bắt đầu bằng mã tỉnh hoặc mã quốc gia",
            ));
        }
        admit(is_demo, kind)?;
        Ok(Self(text.to_owned()))
    }

    /// The twelve digits: encrypt them before they are stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The year of birth that the number states; a record that differs deserves a warning, never a refusal.
    #[must_use]
    pub fn stated_birth_year(&self) -> i32 {
        let digit = |place: usize| i32::from(self.0.as_bytes()[place] - b'0');
        1900 + digit(3) / 2 * 100 + digit(4) * 10 + digit(5)
    }
}

/// No digit of a personal ID is ever shown.
impl std::fmt::Debug for PersonalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonalId(************)")
    }
}
