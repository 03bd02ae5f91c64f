//! Medians, percentiles and bootstrap intervals, without a source of chance but a seed.

/// Resamples of a bootstrap.
const RESAMPLES: usize = 2_000;

/// The value below which `percent` of the values lie; 0 for none.
pub(super) fn percentile(values: &mut [u64], percent: usize) -> u64 {
    values.sort_unstable();
    let last = values.len().saturating_sub(1);
    values.get(last * percent / 100).copied().unwrap_or(0)
}

/// A median with the ends of its 95 % interval.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interval {
    pub(super) median: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// The median of the values and its 95 % bootstrap interval.
pub(super) fn interval(values: &[f64]) -> Interval {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut medians: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let drawn: Vec<f64> =
                values.iter().filter_map(|_| values.get(draw(&mut state, values.len())).copied()).collect();
            median(drawn)
        })
        .collect();
    medians.sort_by(f64::total_cmp);
    let at = |place: usize| medians.get(place).copied().unwrap_or(f64::NAN);
    Interval { median: median(values.to_vec()), low: at(RESAMPLES / 40), high: at(RESAMPLES - 1 - RESAMPLES / 40) }
}

/// The middle value; the mean of the two middle ones of an even number.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.len() % 2, values.get(middle)) {
        (_, None) => f64::NAN,
        (1, Some(value)) => *value,
        (_, Some(value)) => (values[middle - 1] + value) / 2.0,
    }
}

/// Xorshift: a number below `below`.
fn draw(state: &mut u64, below: usize) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state >> 33).unwrap_or(0) % below.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_median_lies_around_it() {
        let values: Vec<f64> = (1..=21).map(f64::from).collect();
        let Interval { median, low, high } = interval(&values);
        assert!((median - 11.0).abs() < f64::EPSILON);
        assert!((5.0..11.0).contains(&low) && high > 11.0 && high <= 17.0, "{low} to {high}");
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let mut values: Vec<u64> = (1..=100).rev().collect();
        assert_eq!((percentile(&mut values, 50), percentile(&mut values, 99), percentile(&mut [], 50)), (50, 99, 0));
    }
}
