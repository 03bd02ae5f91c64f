//! Values that every sender writes and some write oddly: whole numbers, identifiers, texts.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::{banks::Reason, fault::Drift, notice::Status, time::Timestamp};

/// The longest text that is read, in bytes of UTF-8; a bank's transfer text has at most a few hundred.
const TEXT_LIMIT_BYTES: usize = 4_096;
/// The longest identifier that is read, in bytes of UTF-8.
const IDENTIFIER_LIMIT_BYTES: usize = 128;

/// A whole number, written as a JSON integer or as a string of digits. A fraction or an exponent is refused, even when
/// it is worth a whole number: reading it would need a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whole(pub(crate) i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeVisitor(digits)).map(Self)
    }
}

/// A [`Whole`] that may be written as text with a point, when zeros alone follow it: `"250000.00"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal(pub(crate) i64);

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeVisitor(decimal)).map(Self)
    }
}

/// With the way to read a text.
struct WholeVisitor(fn(&str) -> Option<i64>);

impl de::Visitor<'_> for WholeVisitor {
    type Value = i64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a whole number, as a number or as digits")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<i64, E> {
        (self.0)(text).ok_or_else(|| E::custom("not digits"))
    }
}

/// Digits alone: no sign, no blank, no separator.
pub(crate) fn digits(text: &str) -> Option<i64> {
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().ok()).flatten()
}

/// Digits, and behind a point zeros alone: đồng have no parts.
fn decimal(text: &str) -> Option<i64> {
    match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => digits(whole),
        Some(_) => None,
        None => digits(text),
    }
}

/// Some senders write amounts in hundredths of a đồng, although there is no such coin.
pub(crate) const HUNDREDTHS: i64 = 100;

/// An amount in đồng out of hundredths: digits, and no remainder.
pub(crate) fn hundredths(field: &'static str, text: Option<&str>) -> Result<i64, Reason> {
    match text.and_then(digits) {
        Some(hundredths) if hundredths % HUNDREDTHS == 0 => amount(field, hundredths / HUNDREDTHS),
        _ => Err(Reason::new(Drift::Amount, field)),
    }
}

/// An amount in đồng: whole and above zero.
pub(crate) fn amount(field: &'static str, amount_vnd: i64) -> Result<i64, Reason> {
    if amount_vnd > 0 { Ok(amount_vnd) } else { Err(Reason::new(Drift::Amount, field)) }
}

/// A moment that was read, where there must be one.
pub(crate) fn moment(field: &'static str, read: Option<Timestamp>) -> Result<Timestamp, Reason> {
    read.ok_or_else(|| Reason::new(Drift::Time, field))
}

/// A text as received; an empty one means that there is none.
pub(crate) fn text(field: &'static str, value: Option<String>) -> Result<Option<String>, Reason> {
    match value {
        Some(text) if text.len() > TEXT_LIMIT_BYTES || text.contains('\0') => Err(Reason::new(Drift::Text, field)),
        value => Ok(value.filter(|text| !text.is_empty())),
    }
}

/// A number or name that says something: zeros alone, and nothing at all, are how senders write that there is none.
pub(crate) fn stated(value: Option<&str>) -> Option<&str> {
    value.filter(|value| value.bytes().any(|byte| byte != b'0'))
}

/// A name for something: not blank, short, without control characters.
pub(crate) fn identifier(field: &'static str, value: &str) -> Result<String, Reason> {
    if value.trim().is_empty() {
        return Err(Reason::new(Drift::NoIdentity, field));
    }
    if value.len() > IDENTIFIER_LIMIT_BYTES || value.contains(char::is_control) {
        return Err(Reason::new(Drift::Text, field));
    }
    Ok(value.to_owned())
}

/// The invoice code in front of `-n`, where n counts the attempts to pay it: gateways want a new order for each attempt.
pub(crate) fn without_attempt(order: &str) -> &str {
    match order.rsplit_once('-') {
        Some((code, attempt)) if !code.is_empty() && digits(attempt).is_some() => code,
        _ => order,
    }
}

/// The invoice code in an order that a notice keeps.
pub(crate) fn code_of(order_reference: Option<&str>) -> Option<String> {
    order_reference.map(|order| without_attempt(order).to_owned())
}

/// The event of a transaction that tells each of its states once.
pub(crate) fn event_id(transaction_id: &str, status: Status) -> String {
    format!("{transaction_id}:{}", status.code())
}

/// Reads a JSON body in UTF-8. The reason names no value, since a value may be personal.
pub(crate) fn json<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, Reason> {
    let text = std::str::from_utf8(body).map_err(|_| Reason::whole(Drift::NotJson))?;
    serde_json::from_str(text)
        .map_err(|error| Reason::whole(if error.is_data() { Drift::Shape } else { Drift::NotJson }))
}

#[cfg(test)]
mod tests {
    use super::{
        Decimal, IDENTIFIER_LIMIT_BYTES, TEXT_LIMIT_BYTES, Whole, digits, hundredths, identifier, stated, text,
        without_attempt,
    };

    #[test]
    fn zeros_alone_state_nothing() {
        for nothing in [None, Some(""), Some("0"), Some("000")] {
            assert_eq!(stated(nothing), None);
        }
        for number in ["7", "007", "0x", " ", "0.0"] {
            assert_eq!(stated(Some(number)), Some(number));
        }
    }

    #[test]
    fn only_zeros_follow_a_point() {
        for good in ["7", "\"7\"", "\"7.0\"", "\"7.00\""] {
            assert_eq!(serde_json::from_str::<Decimal>(good).unwrap(), Decimal(7), "{good}");
        }
        for bad in ["7.0", "\"7.01\"", "\"7.\"", "\".0\"", "\"7.0.0\"", "\"7,00\"", "\"-7.00\"", "\"7.0e1\"", "null"] {
            assert!(serde_json::from_str::<Decimal>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn hundredths_leave_no_remainder() {
        assert_eq!(hundredths("f", Some("25000000")).unwrap(), 250_000);
        for bad in [None, Some(""), Some("0"), Some("99"), Some("25000001"), Some("-100"), Some("1e4"), Some("100.0")] {
            assert!(hundredths("f", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn whole_numbers_are_read_exactly_and_nothing_else_is() {
        for good in ["7", "\"7\"", "\"007\""] {
            assert_eq!(serde_json::from_str::<Whole>(good).unwrap(), Whole(7), "{good}");
        }
        assert_eq!(serde_json::from_str::<Whole>("9223372036854775807").unwrap(), Whole(i64::MAX));
        for bad in [
            "7.0",
            "7.5",
            "7e0",
            "1e400",
            "9223372036854775808",
            "\"\"",
            "\"-7\"",
            "\"+7\"",
            "\" 7\"",
            "\"7.0\"",
            "\"7,000\"",
            "\"٧\"",
            "true",
            "null",
            "[7]",
            "{}",
        ] {
            assert!(serde_json::from_str::<Whole>(bad).is_err(), "{bad}");
        }
        assert_eq!(digits("99999999999999999999"), None);
    }

    #[test]
    fn texts_and_identifiers_have_an_end() {
        let long = |bytes: usize| "x".repeat(bytes);
        assert!(text("f", Some(long(TEXT_LIMIT_BYTES))).is_ok());
        assert!(text("f", Some(long(TEXT_LIMIT_BYTES + 1))).is_err());
        assert!(identifier("f", &long(IDENTIFIER_LIMIT_BYTES)).is_ok());
        assert!(identifier("f", &long(IDENTIFIER_LIMIT_BYTES + 1)).is_err());
        for bad in ["", " ", "a\nb", "a\u{0}"] {
            assert!(identifier("f", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_attempt_is_cut_and_nothing_else() {
        for (order, code) in [
            ("LT10000000018-2", "LT10000000018"),
            ("LT10000000018", "LT10000000018"),
            ("LT-A", "LT-A"),
            ("LT-", "LT-"),
            ("-2", "-2"),
        ] {
            assert_eq!(without_attempt(order), code);
        }
    }
}
