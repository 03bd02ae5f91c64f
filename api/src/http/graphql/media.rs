//! In which media type to answer (GraphQL over HTTP, section 6; RFC 9110, section 12.5.1).

use axum::http::{HeaderMap, StatusCode, header};

use crate::http::problem::Problem;

/// What a GraphQL reply may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Media {
    /// `application/graphql-response+json`: the status tells whether the operation was run.
    Graphql,
    /// `application/json`: 200 for every well-formed request, as older clients expect.
    Json,
}

impl Media {
    /// The name in headers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Graphql => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    const fn subtype(self) -> &'static str {
        match self {
            Self::Graphql => "graphql-response+json",
            Self::Json => "json",
        }
    }

    /// The status of a reply whose operation was not run.
    #[must_use]
    pub const fn refused(self) -> StatusCode {
        match self {
            Self::Graphql => StatusCode::BAD_REQUEST,
            Self::Json => StatusCode::OK,
        }
    }
}

/// What the caller likes best. Without a wish, or for whatever is as good as anything, it is JSON.
///
/// # Errors
/// 406 when nothing that the caller takes can be given.
pub fn wanted(headers: &HeaderMap) -> Result<Media, Problem> {
    let ranges: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    if ranges.is_empty() {
        return Ok(Media::Json);
    }
    let ranges: Vec<Range<'_>> = ranges.iter().flat_map(|value| value.split(',')).filter_map(Range::read).collect();
    // Of equals the first named wins, and JSON where only a wildcard names them.
    let liked = [Media::Json, Media::Graphql].map(|media| (media, liking(&ranges, media)));
    let best = liked.into_iter().filter(|(_, (quality, _))| *quality > 0).rev().max_by_key(|(_, liking)| *liking);
    best.map(|(media, _)| media).ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_ACCEPTABLE,
            "NOT_ACCEPTABLE",
            "Replies are application/graphql-response+json or application/json.",
            "Phản hồi có kiểu application/graphql-response+json hoặc application/json.",
        )
    })
}

/// Whether the caller likes a stream of events better than a single reply. Clients that could take events list them behind JSON in
/// every request of theirs, and mean no stream.
#[must_use]
pub fn wants_events(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<Range<'_>> = values.flat_map(|value| value.split(',')).filter_map(Range::read).collect();
    let events = liking_of(&ranges, ("text", "event-stream"));
    events.1 > 0 && events.0 > 0 && [Media::Json, Media::Graphql].iter().all(|media| events > liking(&ranges, *media))
}

/// How much a media type is liked: the quality in thousandths of the most specific range that names it, then how early.
fn liking(ranges: &[Range<'_>], media: Media) -> (u16, usize) {
    liking_of(ranges, ("application", media.subtype()))
}

fn liking_of(ranges: &[Range<'_>], media: (&str, &str)) -> (u16, usize) {
    let naming =
        ranges.iter().enumerate().filter_map(|(place, range)| Some((range.names(media)?, place, range.quality)));
    let best = naming.max_by_key(|(precision, place, _)| (*precision, usize::MAX - place));
    best.map_or((0, 0), |(precision, place, quality)| (quality, if precision == 2 { usize::MAX - place } else { 0 }))
}

struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    quality: u16,
}

impl<'a> Range<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1_000), thousandths)?;
        Some(Self { kind, subtype, quality })
    }

    /// How precisely this range names a media type: 2 for itself, 1 for its kind, 0 for anything; none when not at all.
    fn names(&self, (kind, subtype): (&str, &str)) -> Option<u8> {
        let is_kind = self.kind.eq_ignore_ascii_case(kind);
        match (self.kind, self.subtype) {
            ("*", "*") => Some(0),
            (_, "*") if is_kind => Some(1),
            (_, own) if is_kind && own.eq_ignore_ascii_case(subtype) => Some(2),
            _ => None,
        }
    }
}

/// `0.8` as 800, without a float.
fn thousandths(quality: &str) -> Option<u16> {
    let (whole, part) = quality.split_once('.').unwrap_or((quality, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    let (whole, part) = (whole.parse::<u16>().ok()?, part.parse::<u16>().ok()?);
    Some((whole.min(1) * 1_000 + part).min(1_000))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn chosen(accept: &str) -> Option<Media> {
        wanted(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_str(accept).unwrap())])).ok()
    }

    #[test]
    fn the_caller_hears_what_it_likes_best() {
        assert_eq!(wanted(&HeaderMap::new()).unwrap(), Media::Json);
        for (accept, media) in [
            ("*/*", Some(Media::Json)),
            ("application/*", Some(Media::Json)),
            ("application/json", Some(Media::Json)),
            ("application/graphql-response+json", Some(Media::Graphql)),
            ("application/graphql-response+json, application/json;q=0.9", Some(Media::Graphql)),
            ("application/graphql-response+json;q=0.5, application/json;q=0.9", Some(Media::Json)),
            ("application/json, application/graphql-response+json", Some(Media::Json)),
            ("application/graphql-response+json, application/json", Some(Media::Graphql)),
            ("application/graphql-response+json; charset=utf-8, */*;q=0.1", Some(Media::Graphql)),
            ("text/html, */*;q=0.8", Some(Media::Json)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("", None),
        ] {
            assert_eq!(chosen(accept), media, "{accept}");
        }
    }

    #[test]
    fn events_are_for_who_likes_them_best() {
        for (accept, is_wanted) in [
            ("text/event-stream", true),
            ("text/event-stream, multipart/mixed", true),
            ("text/event-stream, */*;q=0.1", true),
            ("text/event-stream, application/json", true),
            ("application/graphql-response+json, application/json, text/event-stream, multipart/mixed", false),
            ("application/json;q=0.5, text/event-stream", true),
            ("application/json, text/event-stream;q=0", false),
            ("text/event-stream;q=0", false),
            ("text/*", false),
            ("*/*", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_str(accept).unwrap())]);
            assert_eq!(wants_events(&headers), is_wanted, "{accept}");
        }
    }
}
