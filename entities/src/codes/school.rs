//! Codes given by the education sector: of a school, and of a person in the ministry's database.

use serde::{Deserialize, Serialize};

use super::{CodeError, Kind, admit, is_digits, public_code, text_code};

/// Code of a school (mã trường), kept as given by the body that manages it.
///
/// Its inferred structure was seen in one province only, so it hints and never refuses.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SchoolCode(String);

/// What eight digits `PP DDD L NN` seem to say. The province and district are those before July 2025: never derive the
/// present commune from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolCodeHint {
    /// Code of the province before 1 July 2025.
    pub old_province: String,
    /// Code of the district (huyện) before 1 July 2025; `None` for schools directly under the department.
    pub old_district: Option<String>,
    /// Digit of the level: 3 preschool, 4 primary, 5 lower secondary, 7 upper secondary, 9 continuing education.
    pub level_digit: char,
    /// Serial number within the district and level.
    pub serial: String,
}

/// Code of a student or staff member in the ministry's database (mã định danh Bộ GD&ĐT): ten digits, never changed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MinistryCode(String);

text_code!(SchoolCode);
public_code!(SchoolCode);
text_code!(MinistryCode);
public_code!(MinistryCode);

impl SchoolCode {
    /// Most characters of a code.
    pub const MAX_CHARS: usize = 32;

    /// Reads a code as given, without the blanks around it.
    ///
    /// # Errors
    /// `SCHOOL_CODE_INVALID` when nothing is left, or it is longer than 32 characters or holds control characters.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        crate::text::nfc_required(text, Self::MAX_CHARS).map(Self).map_err(|_| {
            CodeError::new(
                "SCHOOL_CODE_INVALID",
                "a school code has 1 to 32 characters, none of them a control character",
                "mã trường có từ 1 đến 32 ký tự và không chứa ký tự điều khiển",
            )
        })
    }

    /// What the code seems to say, when it has the eight digits seen in one province.
    #[must_use]
    pub fn hint(&self) -> Option<SchoolCodeHint> {
        if !is_digits(&self.0, 8) {
            return None;
        }
        let district = &self.0[2..5];
        Some(SchoolCodeHint {
            old_province: self.0[..2].to_owned(),
            old_district: (district != "000").then(|| district.to_owned()),
            level_digit: self.0[5..].chars().next()?,
            serial: self.0[6..].to_owned(),
        })
    }

    /// Whether this is a code of the demonstration province 99.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        is_digits(&self.0, 8) && self.0.starts_with("99")
    }

    /// The same code, if a database of this kind may hold it.
    ///
    /// # Errors
    /// `DEMO_VALUE` for a demonstration code in a real database.
    pub fn allowed_in(self, kind: Kind) -> Result<Self, CodeError> {
        admit(self.is_demo(), kind).map(|()| self)
    }
}

impl MinistryCode {
    /// Reads ten digits, with blanks around them.
    ///
    /// # Errors
    /// `MINISTRY_CODE_INVALID`.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        if is_digits(text, 10) {
            return Ok(Self(text.to_owned()));
        }
        Err(CodeError::new(
            "MINISTRY_CODE_INVALID",
            "a ministry code has ten digits; a spreadsheet may have dropped its leading zero",
            "mã định danh Bộ GD&ĐT gồm 10 chữ số; bảng tính có thể đã bỏ mất số 0 ở đầu",
        ))
    }

    /// Whether this is a code of the demonstration province 99.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.0.starts_with("99")
    }

    /// The same code, if a database of this kind may hold it.
    ///
    /// # Errors
    /// `DEMO_VALUE` for a demonstration code in a real database.
    pub fn allowed_in(self, kind: Kind) -> Result<Self, CodeError> {
        admit(self.is_demo(), kind).map(|()| self)
    }
}
