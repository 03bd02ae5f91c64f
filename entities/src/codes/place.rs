//! Codes of administrative units (đơn vị hành chính). A code names a unit only together with a day: 15 was Yên Bái before
//! 1 July 2025 and is Lào Cai since. Whether it names one at all is asked of [`crate::administrative_units`].

use serde::{Deserialize, Serialize};

use super::{CodeError, is_digits, public_code, text_code};

/// Code of a province or city (mã tỉnh): two digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProvinceCode(String);

/// Code of a commune, ward or special zone (mã xã): five digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommuneCode(String);

text_code!(ProvinceCode);
public_code!(ProvinceCode);
text_code!(CommuneCode);
public_code!(CommuneCode);

impl ProvinceCode {
    /// Reads two digits, with blanks around them.
    ///
    /// # Errors
    /// `PROVINCE_CODE_INVALID`.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        if is_digits(text, 2) {
            return Ok(Self(text.to_owned()));
        }
        Err(CodeError::new("PROVINCE_CODE_INVALID", "a province code has two digits", "mã tỉnh gồm 2 chữ số"))
    }
}

impl CommuneCode {
    /// Reads five digits, with blanks around them.
    ///
    /// # Errors
    /// `COMMUNE_CODE_INVALID`.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        if is_digits(text, 5) {
            return Ok(Self(text.to_owned()));
        }
        Err(CodeError::new("COMMUNE_CODE_INVALID", "a commune code has five digits", "mã xã gồm 5 chữ số"))
    }
}
