//! Codes of digits. A sheet that keeps a code as a number has lost its leading zeros: they are put back only where nothing
//! else can have stood there, and the person is told.

use chrono::{Datelike, NaiveDate};

use crate::ministry::Finding;
use crate::ministry::findings::{self, Place};
use crate::sheets::Cell;

const MINISTRY_CODE_DIGITS: usize = 10;
const PERSONAL_ID_DIGITS: usize = 12;
/// Digits of a telephone number with its country, at most (E.164).
const PHONE_DIGITS: usize = 15;

/// A code, and whether zeros were put back.
type Restored = (String, bool);

/// The code in the ministry's database. It begins with the code of a province before 2025, none of which is 00: one lost zero
/// is certain, two are not.
pub(super) fn ministry_code(cell: &Cell, place: Place) -> Result<Restored, Finding> {
    let digits = digits(cell).ok_or_else(|| findings::ministry_code_invalid(place))?;
    match digits.len() {
        MINISTRY_CODE_DIGITS => Ok((digits, false)),
        9 if cell.is_number => Ok((format!("0{digits}"), true)),
        _ => Err(findings::ministry_code_invalid(place)),
    }
}

/// The personal ID. Old identity cards have nine digits and the ministry's code ten, so a shorter number is believed only
/// where the century and the year inside it are those of the birth.
pub(super) fn personal_id(cell: &Cell, born: Option<NaiveDate>, place: Place) -> Result<Restored, Finding> {
    let digits = digits(cell).ok_or_else(|| findings::personal_id_invalid(place))?;
    if digits.len() == PERSONAL_ID_DIGITS {
        return Ok((digits, false));
    }
    let lost = PERSONAL_ID_DIGITS.checked_sub(digits.len()).filter(|lost| cell.is_number && *lost <= 2);
    let whole = lost.map(|lost| format!("{}{digits}", "0".repeat(lost)));
    whole
        .filter(|whole| born.is_some_and(|born| states_birth(whole, born)))
        .map(|whole| (whole, true))
        .ok_or_else(|| findings::personal_id_invalid(place))
}

/// Behind the three digits of the place stand the century with the gender, and two digits of the year.
fn states_birth(whole: &str, born: NaiveDate) -> bool {
    let digit = |at: usize| i32::from(whole.as_bytes()[at] - b'0');
    let stated = 1900 + digit(3) / 2 * 100 + digit(4) * 10 + digit(5);
    stated == born.year()
}

/// The number of a telephone, as written; a number of the sheet gets its zero back where it is a mobile or a landline without
/// one. Whether there is such a number, the ledger judges.
pub(super) fn phone(cell: &Cell, place: Place) -> Result<Restored, Finding> {
    let invalid = || findings::phone_invalid(place);
    if cell.is_number {
        let digits = digits(cell).ok_or_else(invalid)?;
        let is_mobile = digits.len() == 9 && digits.starts_with(['3', '5', '7', '8', '9']);
        let is_landline = digits.len() == 10 && digits.starts_with('2');
        let has_country = digits.len() == 11 && digits.starts_with("84");
        return match (is_mobile || is_landline, has_country) {
            (true, _) => Ok((format!("0{digits}"), true)),
            (_, true) => Ok((digits, false)),
            _ => Err(invalid()),
        };
    }
    let text = cell.text.trim().trim_start_matches('\'').trim();
    let (plus, rest) = text.strip_prefix('+').map_or(("", text), |rest| ("+", rest));
    let digits: String = rest.chars().filter(|letter| !matches!(letter, ' ' | '.' | '-' | '(' | ')')).collect();
    let is_one = (9..=PHONE_DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_one { Ok((format!("{plus}{digits}"), false)) } else { Err(invalid()) }
}

/// The digits of a cell; none when it holds anything else.
fn digits(cell: &Cell) -> Option<String> {
    let text = cell.text.trim();
    if cell.is_number {
        return whole(text);
    }
    let text = text.trim_start_matches('\'').trim();
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.to_owned())
}

/// A whole number as its digits, also one that is written as `9.912345678E9`; never through a float.
pub(super) fn whole(number: &str) -> Option<String> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent).parse::<usize>().ok().filter(|power| *power <= 20)?;
    let (before, behind) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if before.is_empty() || before.len() > 20 || !is_digits(before) || !is_digits(behind) {
        return None;
    }
    let behind = behind.trim_end_matches('0');
    let zeros = exponent.checked_sub(behind.len())?;
    let digits = format!("{before}{behind}{}", "0".repeat(zeros));
    let digits = digits.trim_start_matches('0');
    // A sheet keeps fifteen digits of a number; what is behind them it made up.
    (!digits.is_empty() && digits.trim_end_matches('0').len() <= 15).then(|| digits.to_owned())
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn numbers_are_digits_and_nothing_is_rounded() {
        let cases = [
            ("9912345678", Some("9912345678")),
            ("9912345678.0", Some("9912345678")),
            ("9.912345678E9", Some("9912345678")),
            ("9.912345678e+9", Some("9912345678")),
            ("9.912345678E8", None),
            ("12.5", None),
            ("-12", None),
            ("0", None),
            ("1E300", None),
            ("1234567890123456", None),
            ("", None),
            ("E9", None),
        ];
        for (number, expected) in cases {
            assert_eq!(whole(number).as_deref(), expected, "{number}");
        }
    }
}
