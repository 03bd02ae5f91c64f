//! A share of a whole in basis points: exact to a hundredth of a percent, and never a float.

/// A share (tỷ lệ) from 0 to 10,000 hundredths of a percent, rounded half up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Share(i64);

impl Share {
    /// The share of a part in a whole; none when the whole is nothing, or when what was undone exceeds what came in.
    #[must_use]
    pub fn of(part: i64, whole: i64) -> Option<Self> {
        if whole <= 0 || part < 0 || part > whole {
            return None;
        }
        let (part, whole) = (i128::from(part), i128::from(whole));
        i64::try_from((part * 20_000 + whole) / (2 * whole)).ok().map(Self)
    }

    /// Hundredths of a percent.
    #[must_use]
    pub const fn basis_points(self) -> i64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_rounded_half_up_to_a_hundredth_of_a_percent() {
        for (part, whole, basis_points) in
            [(0, 7, 0), (7, 7, 10_000), (1, 3, 3_333), (2, 3, 6_667), (1, 20_000, 1), (1, 20_001, 0)]
        {
            assert_eq!(Share::of(part, whole).map(Share::basis_points), Some(basis_points), "{part} of {whole}");
        }
        assert_eq!(Share::of(i64::MAX - 1, i64::MAX).map(Share::basis_points), Some(10_000));
    }

    #[test]
    fn of_nothing_is_none() {
        for (part, whole) in [(0, 0), (1, 0), (-1, 5), (6, 5), (-1, -5)] {
            assert_eq!(Share::of(part, whole), None, "{part} of {whole}");
        }
    }
}
