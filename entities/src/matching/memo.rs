//! Reading a memo (nội dung chuyển khoản). Banks strip diacritics, change case, drop punctuation, glue words together, insert
//! a blank into long words and cut the end; codes must survive all of that, and nothing else may look like one.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::codes::{CodeError, InvoiceCode};

/// Lengths of a vendor's payment reference, in letters and digits: 25 is what a VietQR purpose can carry.
const REFERENCE_CHARS: std::ops::RangeInclusive<usize> = 6..=25;
/// Most tokens handed to the ledger for one memo: it asks for all of them in one statement.
const MAX_TOKENS: usize = 64;
/// Stands for every character that is neither letter, digit, blank, dot nor hyphen.
const OTHER: u8 = b'#';

/// The hub's invoice codes that the memo carries, each once, in rising order.
///
/// A code may have one blank, dot or hyphen between any two of its characters and may be glued to what stands around it,
/// with two exceptions: no digit may follow at once, and a code glued to a word in front must have its letters and first
/// digit together (`VOLT 1…` names no code). The check digit must hold; the letter O is never read as 0; digits without the
/// prefix are never a code. Prefixes are two capital letters each. Linear in the length of the memo.
#[must_use]
pub fn find_codes(memo: &str, prefixes: &[&str]) -> Vec<InvoiceCode> {
    let text = flattened(memo);
    let mut codes: Vec<InvoiceCode> = look_alikes(&text, prefixes).filter_map(checked).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Whether the memo carries something with the form of a code of ours whose check digit does not hold.
#[must_use]
pub fn has_mistyped_code(memo: &str, prefixes: &[&str]) -> bool {
    let text = flattened(memo);
    look_alikes(&text, prefixes).any(|code| checked(code).is_none())
}

/// Every place with the form of a code, written without separators; the check digit is not yet looked at.
fn look_alikes<'t>(text: &'t [u8], prefixes: &'t [&str]) -> impl Iterator<Item = [u8; InvoiceCode::LENGTH]> + 't {
    (0..text.len())
        .flat_map(move |start| prefixes.iter().filter_map(move |prefix| code_at(text, start, prefix.as_bytes())))
}

fn code_at(text: &[u8], start: usize, prefix: &[u8]) -> Option<[u8; InvoiceCode::LENGTH]> {
    let mut code = [0; InvoiceCode::LENGTH];
    let mut at = start;
    let glued = start > 0 && text[start - 1].is_ascii_alphanumeric();
    for (place, slot) in code.iter_mut().enumerate() {
        let may_part = place > 0 && !(glued && place <= prefix.len());
        if may_part && text.get(at).copied().is_some_and(is_separator) {
            at += 1;
        }
        *slot = *text.get(at)?;
        let fits = prefix.get(place).map_or_else(|| slot.is_ascii_digit(), |letter| letter == slot);
        if !fits {
            return None;
        }
        at += 1;
    }
    let runs_on = text.get(at).is_some_and(u8::is_ascii_digit);
    (!runs_on).then_some(code)
}

fn checked(code: [u8; InvoiceCode::LENGTH]) -> Option<InvoiceCode> {
    std::str::from_utf8(&code).ok().and_then(|code| InvoiceCode::parse(code).ok())
}

/// Words of the memo that may be a vendor's payment reference, to be looked up exactly as [`normalise_reference`] stored it.
///
/// A word stands between blanks; it is offered with its punctuation dropped, and so are its pieces, because banks frame the
/// memo as `MBVCB.123456.HS2025A01.CT`. Each has 6 to 25 characters with at least one letter and one digit: bare digits are
/// never a reference. Nothing is joined across a blank, for such references have no check digit. At most 64 are given, the
/// first ones; each once, in rising order.
#[must_use]
pub fn candidate_tokens(memo: &str) -> Vec<String> {
    let text = flattened(memo);
    let mut tokens = Vec::new();
    for word in text.split(|b| *b == b' ') {
        let pieces: Vec<&[u8]> = word.split(|b| !b.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty()).collect();
        for first in 0..pieces.len() {
            if tokens.len() < MAX_TOKENS {
                push_joined(&mut tokens, &pieces[first..]);
            }
        }
    }
    tokens.truncate(MAX_TOKENS);
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

/// The first piece, the first two together, and so on while they are short enough.
fn push_joined(tokens: &mut Vec<String>, pieces: &[&[u8]]) {
    let mut joined = String::new();
    for piece in pieces {
        if joined.len() + piece.len() > *REFERENCE_CHARS.end() {
            return;
        }
        joined.extend(piece.iter().copied().map(char::from));
        if is_reference(&joined) {
            tokens.push(joined.clone());
        }
    }
}

/// The form in which a vendor's payment reference is kept: no diacritics, capital letters and digits only.
///
/// # Errors
/// `REFERENCE_INVALID` unless 6 to 25 characters with at least one letter and one digit remain.
pub fn normalise_reference(text: &str) -> Result<String, CodeError> {
    let kept: String = flattened(text.trim()).into_iter().filter(u8::is_ascii_alphanumeric).map(char::from).collect();
    if is_reference(&kept) && !text.trim().contains(char::is_whitespace) {
        return Ok(kept);
    }
    Err(CodeError::new(
        "REFERENCE_INVALID",
        "a payment reference has 6 to 25 letters and digits, at least one of each, and no blank",
        "mã thanh toán có từ 6 đến 25 chữ cái và chữ số, có ít nhất một chữ cái và một chữ số, không có khoảng trắng",
    ))
}

fn is_reference(token: &str) -> bool {
    REFERENCE_CHARS.contains(&token.len())
        && token.bytes().any(|b| b.is_ascii_digit())
        && token.bytes().any(|b| b.is_ascii_uppercase())
}

fn is_separator(b: u8) -> bool {
    matches!(b, b' ' | b'.' | b'-')
}

/// Capital ASCII without diacritics. Line breaks are dropped: banks cut long memos into lines in the middle of a word.
fn flattened(memo: &str) -> Vec<u8> {
    let letters = memo.nfd().filter(|c| !is_combining_mark(*c) && !matches!(c, '\r' | '\n'));
    letters
        .map(|c| match c {
            'đ' | 'Đ' | '\u{00D0}' | '\u{00F0}' => b'D',
            c if c.is_whitespace() => b' ',
            c if c.is_ascii() => u8::try_from(c).unwrap_or(OTHER).to_ascii_uppercase(),
            _ => OTHER,
        })
        .collect()
}
