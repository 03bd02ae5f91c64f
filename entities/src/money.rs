//! Money: whole đồng in an `i64`, every operation checked, never a float.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in whole Vietnamese đồng (đồng Việt Nam, ISO 4217 `VND`, no decimals).
///
/// Negative amounts exist only for reversals and refunds; use [`Vnd::try_positive`] where money comes in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Vnd(i64);

/// Why an amount is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The result does not fit 64 bits.
    #[error("the amount is too large to be money")]
    Overflow,
    /// The amount had to be greater than zero.
    #[error("the amount must be greater than zero, and is {0}")]
    NotPositive(i64),
}

impl Vnd {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The most that one payment can be: 13 digits, which is what a VietQR code carries. Almost a million such payments
    /// still add up within 64 bits.
    pub const LARGEST: Self = Self(9_999_999_999_999);

    /// An amount of either sign, in whole đồng.
    #[must_use]
    pub const fn new(dong: i64) -> Self {
        Self(dong)
    }

    /// An amount greater than zero, in whole đồng.
    ///
    /// # Errors
    /// [`MoneyError::NotPositive`] for zero and below.
    pub const fn try_positive(dong: i64) -> Result<Self, MoneyError> {
        if dong > 0 { Ok(Self(dong)) } else { Err(MoneyError::NotPositive(dong)) }
    }

    /// The amount as a plain number of đồng, for the database and the wire.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whether this is more than nothing.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether this is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// This and the other together.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when the result does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.0.checked_add(other.0).map(Self).ok_or(MoneyError::Overflow)
    }

    /// This without the other; below zero when the other is larger.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when the result does not fit.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.0.checked_sub(other.0).map(Self).ok_or(MoneyError::Overflow)
    }

    /// The same amount the other way, as a reversal posts it.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] for the one number without an opposite.
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        self.0.checked_neg().map(Self).ok_or(MoneyError::Overflow)
    }

    /// All amounts together; [`Vnd::ZERO`] for none.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when a partial sum does not fit.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

/// `1.234.567 ₫`: a dot per thousand, as Vietnamese receipts print it.
impl fmt::Display for Vnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 6);
        if self.0 < 0 {
            text.push('-');
        }
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push('.');
            }
            text.push(digit);
        }
        text.push_str(" ₫");
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_printed_with_a_dot_per_thousand() {
        for (dong, text) in [
            (0, "0 ₫"),
            (999, "999 ₫"),
            (1_000, "1.000 ₫"),
            (1_234_567, "1.234.567 ₫"),
            (-650_000, "-650.000 ₫"),
            (i64::MIN, "-9.223.372.036.854.775.808 ₫"),
        ] {
            assert_eq!(Vnd::new(dong).to_string(), text);
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let most = Vnd::new(i64::MAX);
        assert_eq!(most.checked_add(Vnd::new(1)), Err(MoneyError::Overflow));
        assert_eq!(Vnd::new(i64::MIN).checked_neg(), Err(MoneyError::Overflow));
        assert_eq!(Vnd::new(i64::MIN).checked_sub(Vnd::new(1)), Err(MoneyError::Overflow));
        assert_eq!(Vnd::checked_sum([most, most]), Err(MoneyError::Overflow));
        assert_eq!(Vnd::checked_sum([]), Ok(Vnd::ZERO));
    }

    #[test]
    fn money_that_comes_in_is_more_than_nothing() {
        assert_eq!(Vnd::try_positive(0), Err(MoneyError::NotPositive(0)));
        assert_eq!(Vnd::try_positive(-1), Err(MoneyError::NotPositive(-1)));
        assert_eq!(Vnd::try_positive(1), Ok(Vnd::new(1)));
    }

    #[test]
    fn json_carries_an_integer_and_refuses_a_fraction() {
        assert_eq!(serde_json::to_string(&Vnd::new(650_000)).unwrap(), "650000");
        assert_eq!(serde_json::from_str::<Vnd>("650000").unwrap(), Vnd::new(650_000));
        assert!(serde_json::from_str::<Vnd>("650000.5").is_err());
        assert!(serde_json::from_str::<Vnd>("\"650000\"").is_err());
    }

    proptest! {
        #[test]
        fn adding_then_taking_away_gives_back_the_same(a: i64, b: i64) {
            if let Ok(sum) = Vnd::new(a).checked_add(Vnd::new(b)) {
                prop_assert_eq!(sum.checked_sub(Vnd::new(b)), Ok(Vnd::new(a)));
                prop_assert_eq!(i128::from(sum.get()), i128::from(a) + i128::from(b));
            } else {
                prop_assert!(i64::try_from(i128::from(a) + i128::from(b)).is_err());
            }
        }

        #[test]
        fn the_printed_digits_are_the_number(dong: i64) {
            let digits: String = Vnd::new(dong).to_string().chars().filter(|c| !matches!(c, '.' | '₫' | ' ')).collect();
            prop_assert_eq!(digits.parse::<i64>(), Ok(dong));
        }
    }
}
