//! Amounts of whole đồng as banks print them. Nothing is rounded: what is not whole is not read.

use crate::sheets::Cell;

/// The sign that groups thousands; the other one stands before parts of a đồng.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Comma,
    Dot,
    /// No cell tells: every separator groups thousands, since a đồng has no parts.
    Untold,
    /// The cells contradict each other.
    Torn,
}

/// The cell holds something, and it is no whole amount of đồng.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

/// Collects what the cells of a file tell about its separators.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    comma: u32,
    dot: u32,
    /// Cells as `1,250`, which are thousands unless another cell speaks against it.
    weak_comma: bool,
    weak_dot: bool,
}

impl Evidence {
    pub(super) fn hear(&mut self, cell: &Cell) {
        let Some((_, bare)) = strip(&cell.text).filter(|_| !cell.is_number) else { return };
        let commas = bare.matches(',').count();
        let dots = bare.matches('.').count();
        let Some(last) = bare.rfind([',', '.']) else { return };
        let behind = bare.len() - last - 1;
        let is_comma = bare[last..].starts_with(',');
        match (commas, dots) {
            // 1,234.00 and 1.234,00: the last is the point.
            (1.., 1..) => self.thousands(!is_comma),
            (2.., 0) => self.comma += 1,
            (0, 2..) => self.dot += 1,
            _ if behind <= 2 => self.thousands(!is_comma),
            _ if is_comma => self.weak_comma = true,
            _ => self.weak_dot = true,
        }
    }

    fn thousands(&mut self, is_comma: bool) {
        if is_comma { self.comma += 1 } else { self.dot += 1 }
    }

    pub(super) fn style(&self) -> Style {
        match (self.comma, self.dot) {
            (0, 0) if self.weak_comma && self.weak_dot => Style::Torn,
            (0, 0) => Style::Untold,
            (comma, dot) if comma > dot => Style::Comma,
            (comma, dot) if dot > comma => Style::Dot,
            _ => Style::Torn,
        }
    }
}

/// The words for đồng that stand in amount cells.
const CURRENCY: [&str; 5] = ["VND", "VNĐ", "ĐỒNG", "Đ", "₫"];

/// Sign and the rest, without blanks and the word for đồng; none when something else stands in it.
fn strip(text: &str) -> Option<(bool, String)> {
    let mut bare: String = text.nfc_upper().chars().filter(|character| !character.is_whitespace()).collect();
    for word in CURRENCY {
        bare = bare.replace(word, "");
    }
    let is_in_parentheses = bare.len() > 2 && bare.starts_with('(') && bare.ends_with(')');
    if is_in_parentheses {
        bare = bare[1..bare.len() - 1].to_owned();
    }
    let (bare, is_minus) = match (bare.strip_prefix(['-', '\u{2212}']), bare.strip_suffix(['-', '\u{2212}'])) {
        (Some(_), Some(_)) if bare.chars().count() > 1 => return None,
        (Some(rest), _) | (None, Some(rest)) => (rest.to_owned(), true),
        (None, None) => (bare.strip_prefix('+').unwrap_or(&bare).to_owned(), false),
    };
    let is_amount = bare.bytes().all(|byte| byte.is_ascii_digit() || byte == b',' || byte == b'.');
    (is_amount && !(is_minus && is_in_parentheses)).then_some((is_minus || is_in_parentheses, bare))
}

/// Upper case with composed letters, so that all ways to write đ are one.
trait Upper {
    fn nfc_upper(&self) -> String;
}

impl Upper for str {
    fn nfc_upper(&self) -> String {
        use unicode_normalization::UnicodeNormalization;
        self.nfc().flat_map(char::to_uppercase).collect()
    }
}

/// Signed whole đồng; none when the cell is blank or a mere dash.
pub(super) fn read(cell: Option<&Cell>, style: Style) -> Result<Option<i64>, Unreadable> {
    let Some(cell) = cell else { return Ok(None) };
    if cell.is_number {
        return whole(cell.text.trim()).map(Some).ok_or(Unreadable);
    }
    let (is_negative, bare) = strip(&cell.text).ok_or(Unreadable)?;
    if bare.is_empty() {
        // A dash or a lonely word for đồng stand for nothing.
        return Ok(None);
    }
    let digits = ungroup(&bare, style).ok_or(Unreadable)?;
    let amount: i64 = digits.parse().map_err(|_| Unreadable)?;
    Ok(Some(if is_negative { -amount } else { amount }))
}

/// Only digits are left: groups of exactly three, and a decimal part that is zero.
fn ungroup(bare: &str, style: Style) -> Option<String> {
    let (thousands, point) = match style {
        Style::Comma => (',', '.'),
        Style::Dot => ('.', ','),
        Style::Untold if bare.contains('.') => ('.', ','),
        Style::Untold => (',', '.'),
        Style::Torn if bare.contains([',', '.']) => return None,
        Style::Torn => (',', '.'),
    };
    let (whole, parts) = bare.split_once(point).map_or((bare, None), |(whole, parts)| (whole, Some(parts)));
    if parts.is_some_and(|parts| parts.is_empty() || parts.len() > 2 || parts.bytes().any(|byte| byte != b'0')) {
        return None;
    }
    let mut groups = whole.split(thousands);
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.is_empty() || first.len() > 3 {
            return None;
        }
        digits.push_str(group);
    }
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// The furthest exponent of a number that could be money.
const EXPONENT_LIMIT: i32 = 18;

/// A number as the container keeps it, `-1.25E6`, when it is whole: moved along its digits, never through a float.
pub(super) fn whole(number: &str) -> Option<i64> {
    let (number, exponent) = match number.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
        None => (number, 0),
    };
    if exponent.abs() > EXPONENT_LIMIT {
        return None;
    }
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |number| ("-", number));
    let (before, behind) = number.split_once('.').unwrap_or((number, ""));
    let mut digits = format!("{before}{behind}");
    if digits.is_empty() || digits.bytes().any(|byte| !byte.is_ascii_digit()) {
        return None;
    }
    let point = i32::try_from(before.len()).ok()?.checked_add(exponent)?;
    let point = usize::try_from(point.max(0)).ok()?;
    if digits.len() <= point {
        digits.extend(std::iter::repeat_n('0', point - digits.len()));
    } else if digits[point..].bytes().any(|byte| byte != b'0') {
        return None;
    }
    // A negative exponent may have moved the point before all digits.
    if exponent < 0 && i32::try_from(before.len()).ok()? + exponent < 0 && digits.bytes().any(|byte| byte != b'0') {
        return None;
    }
    digits.truncate(point);
    if digits.is_empty() {
        digits.push('0');
    }
    format!("{sign}{digits}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Cell, Evidence, Style, Unreadable, read, whole};

    fn cell(text: &str) -> Cell {
        Cell { text: text.to_owned(), is_number: false }
    }

    #[test]
    fn all_spellings_of_an_amount_are_read() {
        let cases = [
            ("1,234,567", Style::Comma, 1_234_567),
            ("1,234,000.00", Style::Comma, 1_234_000),
            ("1.250.000", Style::Dot, 1_250_000),
            ("1.250.000,0", Style::Dot, 1_250_000),
            ("1.250", Style::Untold, 1_250),
            ("12,345,678 VND", Style::Comma, 12_345_678),
            ("5.000 đ", Style::Dot, 5_000),
            ("5000₫", Style::Untold, 5_000),
            ("(5,000)", Style::Comma, -5_000),
            ("-5,000", Style::Comma, -5_000),
            ("5,000-", Style::Comma, -5_000),
            ("+ 5,000", Style::Comma, 5_000),
            ("5\u{a0}000", Style::Untold, 5_000),
            ("0.00", Style::Comma, 0),
        ];
        for (printed, style, expected) in cases {
            assert_eq!(read(Some(&cell(printed)), style), Ok(Some(expected)), "{printed}");
        }
        for blank in ["-", "VND"] {
            assert_eq!(read(Some(&cell(blank)), Style::Untold), Ok(None), "{blank}");
        }
    }

    #[test]
    fn nothing_is_rounded_or_guessed() {
        let cases = [
            ("1,234.50", Style::Comma),
            ("1.250", Style::Comma),
            ("1,25,000", Style::Comma),
            ("1234,567", Style::Comma),
            ("12 USD", Style::Untold),
            ("(-5)", Style::Untold),
            ("--5", Style::Untold),
            ("1,250", Style::Torn),
            ("99999999999999999999", Style::Untold),
        ];
        for (printed, style) in cases {
            assert_eq!(read(Some(&cell(printed)), style), Err(Unreadable), "{printed}");
        }
    }

    #[test]
    fn numbers_must_be_whole() {
        let cases = [
            ("163000", Some(163_000)),
            ("1.63E5", Some(163_000)),
            ("-1.5e+3", Some(-1_500)),
            ("163000.00", Some(163_000)),
            ("0", Some(0)),
            ("1630E-1", Some(163)),
            ("163000.5", None),
            ("5E-3", None),
            ("163E-1", None),
            ("1E99", None),
            ("NaN", None),
            ("", None),
        ];
        for (number, expected) in cases {
            assert_eq!(whole(number), expected, "{number}");
        }
    }

    #[test]
    fn the_file_tells_its_separator() {
        let style = |texts: &[&str]| {
            let mut evidence = Evidence::default();
            texts.iter().for_each(|text| evidence.hear(&cell(text)));
            evidence.style()
        };
        assert_eq!(style(&["1.250", "1,000,000"]), Style::Comma);
        assert_eq!(style(&["1.250", "0.00"]), Style::Comma);
        assert_eq!(style(&["1.250.000"]), Style::Dot);
        assert_eq!(style(&["1.250", "12"]), Style::Untold);
        assert_eq!(style(&["1.250", "1,250"]), Style::Torn);
    }
}
