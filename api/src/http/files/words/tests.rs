//! Headers that callers and strangers write.

use super::*;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
}

#[test]
fn one_range_is_served_and_everything_else_means_all() {
    let asked = |range: &str| super::range(&headers(&[("range", range)]), 10, "\"a\"");
    assert_eq!(asked("bytes=0-3"), Wanted::Part(0, 4));
    assert_eq!(asked("bytes=4-"), Wanted::Part(4, 10));
    assert_eq!(asked("bytes=-3"), Wanted::Part(7, 10));
    assert_eq!(asked("bytes=-30"), Wanted::Part(0, 10));
    assert_eq!(asked("bytes=0-18446744073709551615"), Wanted::Part(0, 10));
    for nothing in ["bytes=10-", "bytes=11-12", "bytes=-0"] {
        assert_eq!(asked(nothing), Wanted::Nothing, "{nothing}");
    }
    for whole in ["bytes=0-1,3-4", "bytes=5-2", "lines=0-1", "bytes=x-1", "bytes=", "bytes=--1", "bytes=0x1-2"] {
        assert_eq!(asked(whole), Wanted::Whole, "{whole}");
    }
    let known = |etag: &str| super::range(&headers(&[("range", "bytes=4-"), ("if-range", etag)]), 10, "\"a\"");
    assert_eq!((known("\"a\""), known("\"b\"")), (Wanted::Part(4, 10), Wanted::Whole));
}

#[test]
fn a_name_comes_back_as_it_was_given_and_opens_no_header() {
    assert_eq!(filename("attachment; filename=\"a b.ndjson\""), Some("a b.ndjson".to_owned()));
    assert_eq!(filename("attachment; filename=x; filename*=UTF-8''l%E1%BB%9Bp.ndjson"), Some("lớp.ndjson".to_owned()));
    assert_eq!(filename("attachment; filename*=UTF-8''%E1%BB"), None);
    assert_eq!(filename("attachment"), None);
    let line = attachment("lớp \"1A\"\r\nX: y; a=%.ndjson");
    assert!(HeaderValue::from_str(&line).is_ok(), "{line}");
    assert_eq!(line.matches('"').count(), 2, "{line}");
    assert_eq!(filename(&line), Some("lớp \"1A\"\r\nX: y; a=%.ndjson".to_owned()));
}

#[test]
fn a_digest_is_read_and_a_bent_one_is_refused() {
    let read = |line: &str| content_digest(&headers(&[("content-digest", line)]));
    let good = format!("sha-256=:{}:", STANDARD.encode([7; 32]));
    assert_eq!(read(&good).unwrap(), Some([7; 32]));
    assert_eq!(read(&format!("sha-512=:AA==:, {good}")).unwrap(), Some([7; 32]));
    assert_eq!(read("sha-512=:AA==:").unwrap(), None);
    for bent in ["sha-256=:AA==:", "sha-256=AA==", "sha-256=:!:", "sha-256="] {
        assert_eq!(read(bent).unwrap_err().refusal.code, "BAD_DIGEST", "{bent}");
    }
}
