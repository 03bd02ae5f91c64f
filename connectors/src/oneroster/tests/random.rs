//! Chance as a tester: whatever bytes and cells come, the reader answers.

use proptest::prelude::*;

use super::sample::{SCHOOL, archive};
use crate::oneroster::read;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn noise_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400), marked in any::<bool>()) {
        let _ = read(&[if marked { &b"PK\x03\x04"[..] } else { b"PK" }, &bytes].concat());
    }

    #[test]
    fn changed_bytes_never_panic(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12),
        mode in prop_oneof!["bulk", "delta"],
    ) {
        let mut bytes = archive(&SCHOOL, &mode);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = read(&bytes);
    }

    #[test]
    fn every_row_is_read_or_told(
        at in 0_usize..8,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), "[a-z0-9,\"\r\n:{}=+-]{0,6}"), 1..6),
        mode in prop_oneof!["bulk", "delta"],
    ) {
        let mut files = SCHOOL.map(|(name, text)| (name, text.to_owned()));
        let body = files[at].1.find('\n').unwrap() + 1;
        for (place, text) in changes {
            let rest = files[at].1.len() - body;
            let mut place = body + place.index(rest);
            while !files[at].1.is_char_boundary(place) {
                place -= 1;
            }
            files[at].1.insert_str(place, &text);
        }
        let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let roster = read(&archive(&borrowed, &mode)).unwrap();
        let rows: usize = files
            .iter()
            .map(|(_, text)| csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes()).records().count())
            .sum();
        let read = roster.sessions.len() + roster.orgs.len() + roster.courses.len() + roster.classes.len()
            + roster.users.len() + roster.roles.len() + roster.demographics.len() + roster.enrollments.len();
        prop_assert_eq!(read + roster.findings.len(), rows);
    }
}
