//! Chance that is the same every time: numbers and keys drawn from a seed.

use uuid::Uuid;

/// Keys of one stream at most: beyond it, two streams could draw the same one.
const KEYS_PER_STREAM: u64 = 1 << 20;
/// 2026-09-01T00:00:00Z in milliseconds: the time that stands in synthetic keys.
const KEY_TIME_MS: u64 = 1_788_220_800_000;

/// One stream of chance. Streams of different numbers are independent of each other.
pub(super) struct Draw {
    state: u64,
    stream: u64,
    keys: u64,
}

impl Draw {
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut draw = Self { state: seed ^ stream.wrapping_mul(0xd134_2543_de82_ef95), stream, keys: 0 };
        draw.next();
        draw
    }

    /// The next 64 bits (splitmix64 of Steele, Lea and Flood).
    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from zero to just below `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// A number of đồng between the two, rounded to 1,000.
    pub(super) fn vnd(&mut self, low: i64, high: i64) -> i64 {
        let steps = u64::try_from((high - low) / 1_000).unwrap_or(0) + 1;
        low + i64::try_from(self.below(steps)).unwrap_or(0) * 1_000
    }

    /// Whether something happens that happens `percent` times in a hundred.
    pub(super) fn happens(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let place = usize::try_from(self.below(u64::try_from(of.len()).unwrap_or(1))).unwrap_or(0);
        &of[place]
    }

    /// The next key of the stream. Keys of a stream grow, so that rows are appended to their indexes.
    pub(super) fn key(&mut self) -> Uuid {
        let place = self.stream * KEYS_PER_STREAM + self.keys;
        self.keys += 1;
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&(KEY_TIME_MS + place / 4_096).to_be_bytes()[2..]);
        bytes[6..8].copy_from_slice(&u16::try_from(place % 4_096).unwrap_or(0).to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes());
        uuid::Builder::from_bytes(bytes)
            .with_variant(uuid::Variant::RFC4122)
            .with_version(uuid::Version::SortRand)
            .into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_repeats_and_another_differs() {
        let draw = |seed, stream| {
            let mut draw = Draw::new(seed, stream);
            (draw.key(), draw.below(1_000_000), draw.key())
        };
        assert_eq!(draw(1, 2), draw(1, 2));
        assert_ne!(draw(1, 2), draw(1, 3));
        assert_ne!(draw(1, 2), draw(2, 2));
        let (first, _, second) = draw(1, 2);
        assert!(first < second && first.get_version_num() == 7);
    }
}
