//! Codes of banks and of accounts held there.

use serde::{Deserialize, Serialize};

use super::{CodeError, Kind, admit, is_digits, private_code, public_code, text_code};

/// Number of a bank in the national payment network (mã BIN ngân hàng, NAPAS): six digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BankBin(String);

/// Number of a bank account (số tài khoản): 4 to 32 letters and digits, upper case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountNumber(String);

/// Number of a virtual account (tài khoản định danh), which names one student: 4 to 32 letters and digits, upper case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VirtualAccountNumber(String);

text_code!(BankBin);
public_code!(BankBin);
text_code!(AccountNumber);
private_code!(AccountNumber);
text_code!(VirtualAccountNumber);
private_code!(VirtualAccountNumber);

impl BankBin {
    /// Reads six digits, with blanks around them.
    ///
    /// # Errors
    /// `BANK_BIN_INVALID`.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        if is_digits(text, 6) {
            return Ok(Self(text.to_owned()));
        }
        Err(CodeError::new("BANK_BIN_INVALID", "a bank BIN has six digits", "mã BIN ngân hàng gồm 6 chữ số"))
    }

    /// Whether this is the demonstration bank 999999.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.0 == "999999"
    }

    /// The same code, if a database of this kind may hold it.
    ///
    /// # Errors
    /// `DEMO_VALUE` for the demonstration bank in a real database.
    pub fn allowed_in(self, kind: Kind) -> Result<Self, CodeError> {
        admit(self.is_demo(), kind).map(|()| self)
    }
}

impl AccountNumber {
    /// Reads an account number; blanks, dots and hyphens between its characters are dropped.
    ///
    /// # Errors
    /// `ACCOUNT_NUMBER_INVALID`, also for a masked number, so that a display form is never stored.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        account(text).map(Self)
    }
}

impl VirtualAccountNumber {
    /// Reads a virtual account number; blanks, dots and hyphens between its characters are dropped.
    ///
    /// # Errors
    /// `ACCOUNT_NUMBER_INVALID`, also for a masked number, so that a display form is never stored.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        account(text).map(Self)
    }
}

fn account(text: &str) -> Result<String, CodeError> {
    let kept: String = text.trim().chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
    if (4..=32).contains(&kept.len()) && kept.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(kept.to_ascii_uppercase());
    }
    Err(CodeError::new(
        "ACCOUNT_NUMBER_INVALID",
        "an account number has 4 to 32 letters and digits, none of them masked",
        "số tài khoản có từ 4 đến 32 chữ cái và chữ số, không bị che",
    ))
}
