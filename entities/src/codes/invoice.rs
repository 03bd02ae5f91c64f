//! The invoice code: what a parent's bank carries back to us, short enough to survive the cuts that banks make.
//!
//! Two neutral letters and eleven digits, the first never 0, the last an ISO 7064 MOD 11,10 check digit: it catches every
//! single wrong digit and nearly every swap of two neighbours. The digits alone serve where a provider wants a number.

use serde::{Deserialize, Serialize};

use super::{CodeError, is_digits, public_code, text_code};

/// The letters of the hub's own invoice codes unless configured: neutral, so that nobody reads a kind of fee into them.
pub const DEFAULT_PREFIX: &str = "LT";

/// Prefixes that mean something else to a parent or a bank: học phí, hóa đơn, biên lai, and the banks' own FT numbers.
const REFUSED_PREFIXES: [&str; 4] = ["HP", "HD", "BL", "FT"];

/// How many different serial numbers ten digits with a first that is never 0 can hold.
const SERIALS: u64 = 9_000_000_000;

/// Code of an invoice (mã phiếu báo thu), such as `LT10000000007`: unique in the hub.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InvoiceCode(String);

text_code!(InvoiceCode);
public_code!(InvoiceCode);

impl InvoiceCode {
    /// Characters of a code.
    pub const LENGTH: usize = 13;

    /// Reads a code written without separators, in either case.
    ///
    /// # Errors
    /// `INVOICE_CODE_INVALID` for another form, `INVOICE_PREFIX_NOT_ALLOWED` for a prefix that misleads,
    /// `INVOICE_CODE_CHECK_DIGIT` when a digit must have been mistyped. Letters O and I are never read as 0 and 1.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = text.trim().to_ascii_uppercase();
        let well_formed =
            code.len() == Self::LENGTH && code.is_ascii() && is_digits(&code[2..], 11) && code.as_bytes()[2] != b'0';
        if !well_formed {
            return Err(CodeError::new(
                "INVOICE_CODE_INVALID",
                "an invoice code has two letters and eleven digits, the first digit not 0",
                "mã phiếu báo thu gồm 2 chữ cái và 11 chữ số, chữ số đầu khác 0",
            ));
        }
        check_prefix(&code[..2])?;
        if check_digit(&code.as_bytes()[2..12]) != code.as_bytes()[12] {
            return Err(CodeError::new(
                "INVOICE_CODE_CHECK_DIGIT",
                "the check digit does not fit: a digit of the invoice code was mistyped",
                "chữ số kiểm tra không khớp: mã phiếu báo thu bị gõ sai một chữ số",
            ));
        }
        Ok(Self(code))
    }

    /// The code of a serial number counted from 0; different serials give different codes.
    ///
    /// # Errors
    /// `INVOICE_PREFIX_NOT_ALLOWED` for a bad prefix, `INVOICE_SERIAL_TOO_LARGE` from 9,000,000,000 on.
    pub fn from_serial(prefix: &str, serial: u64) -> Result<Self, CodeError> {
        check_prefix(prefix)?;
        if serial >= SERIALS {
            return Err(CodeError::new(
                "INVOICE_SERIAL_TOO_LARGE",
                "no invoice code is left under this prefix",
                "đã hết mã phiếu báo thu với tiền tố này",
            ));
        }
        let mut code = format!("{prefix}{}", 1_000_000_000 + serial);
        let check = check_digit(&code.as_bytes()[2..]);
        code.push(char::from(check));
        Ok(Self(code))
    }

    /// The two letters.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.0[..2]
    }

    /// The eleven digits, check digit included: unique by themselves.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0[2..]
    }
}

/// Whether two letters may begin an invoice code: A to Z, and neither HP, HD, BL nor FT.
///
/// # Errors
/// `INVOICE_PREFIX_NOT_ALLOWED`.
pub fn check_prefix(prefix: &str) -> Result<(), CodeError> {
    let two_letters = prefix.len() == 2 && prefix.bytes().all(|b| b.is_ascii_uppercase());
    if two_letters && !REFUSED_PREFIXES.contains(&prefix) {
        return Ok(());
    }
    Err(CodeError::new(
        "INVOICE_PREFIX_NOT_ALLOWED",
        "the prefix must be two letters A to Z, and not HP, HD, BL or FT, which name a fee or a document",
        "tiền tố gồm 2 chữ cái A đến Z, không phải HP, HD, BL hay FT (dễ hiểu nhầm là khoản thu hoặc chứng từ)",
    ))
}

/// ISO 7064 MOD 11,10 over ASCII digits; the result is an ASCII digit.
pub(crate) fn check_digit(digits: &[u8]) -> u8 {
    let mut product = 10;
    for digit in digits {
        let sum = (product + (digit - b'0')) % 10;
        product = if sum == 0 { 10 } else { sum } * 2 % 11;
    }
    b'0' + (11 - product) % 10
}
