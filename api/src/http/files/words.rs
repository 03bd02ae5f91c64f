//! The headers of `/files`, read and written: names (RFC 6266), digests (RFC 9530), ranges (RFC 9110, section 14).

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entities::Error;
use entities::callers::Caller;

use crate::auth::caller::check_purpose;
use crate::http::problem::Problem;

/// Seconds after which a used-up day may be over: an hour, so that nobody waits for midnight in vain.
const QUOTA_RETRY_SECONDS: u64 = 3_600;

/// Which bytes of a file are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wanted {
    /// All.
    Whole,
    /// From the first place up to, and not including, the second.
    Part(u64, u64),
    /// A range that the file does not have.
    Nothing,
}

/// The stated purpose, which the caller's contract or role must carry.
pub(super) fn purpose<'a>(caller: &Caller, headers: &'a HeaderMap) -> Result<Option<&'a str>, Problem> {
    let purpose = headers.get("lienthong-purpose").and_then(|value| value.to_str().ok());
    check_purpose(caller, purpose)?;
    Ok(purpose)
}

/// Whether the body comes packed.
pub(super) fn is_gzip(headers: &HeaderMap) -> Result<bool, Problem> {
    match headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(false),
        Some(b"gzip" | b"x-gzip") => Ok(true),
        Some(_) => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            "Content-Encoding is gzip, or missing.",
            "Content-Encoding chỉ nhận gzip hoặc bỏ trống.",
        )),
    }
}

/// The SHA-256 that the sender states in `Content-Digest`; other algorithms are passed over.
pub(super) fn content_digest(headers: &HeaderMap) -> Result<Option<[u8; 32]>, Problem> {
    let Some(line) = headers.get("content-digest") else { return Ok(None) };
    let wrong = || {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "BAD_DIGEST",
            "Content-Digest is written sha-256=:BASE64: (RFC 9530).",
            "Content-Digest được viết sha-256=:BASE64: (RFC 9530).",
        )
    };
    let members = line.to_str().map_err(|_| wrong())?.split(',').map(str::trim);
    let Some(value) = members.filter_map(|member| member.strip_prefix("sha-256=")).next_back() else { return Ok(None) };
    let text = value.strip_prefix(':').and_then(|value| value.strip_suffix(':')).ok_or_else(wrong)?;
    let bytes = STANDARD.decode(text).map_err(|_| wrong())?;
    bytes.try_into().map(Some).map_err(|_| wrong())
}

/// The name that `Content-Disposition` gives; the extended one before the plain one.
pub(super) fn filename(disposition: &str) -> Option<String> {
    let parameter = |name: &str| {
        let parts = disposition.split(';').skip(1).filter_map(|part| part.split_once('='));
        let mut fitting = parts.filter(|(found, _)| found.trim().eq_ignore_ascii_case(name));
        fitting.next().map(|(_, value)| value.trim())
    };
    let extended = parameter("filename*").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let (_, text) = rest.split_once('\'')?;
        charset.eq_ignore_ascii_case("utf-8").then(|| unescaped(text)).flatten()
    });
    let plain = || parameter("filename").map(|value| value.trim_matches('"').to_owned());
    extended.or_else(plain).filter(|name| !name.is_empty())
}

/// `Content-Disposition` for a download: a name that every browser reads, and the true one beside it.
pub(super) fn attachment(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' };
    let plain: String = name.chars().map(safe).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", escaped(name))
}

/// The one range that is asked for. A list of ranges, an unknown unit, and a range of another state of the file mean all.
pub(super) fn range(headers: &HeaderMap, bytes: u64, etag: &str) -> Wanted {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let Some((from, to)) = text(header::RANGE)
        .and_then(|range| range.trim().strip_prefix("bytes="))
        .filter(|range| !range.contains(','))
        .and_then(|range| range.split_once('-'))
    else {
        return Wanted::Whole;
    };
    if text(header::IF_RANGE).is_some_and(|known| known != etag) {
        return Wanted::Whole;
    }
    let (from, to) = match (from.trim().parse::<u64>(), to.trim()) {
        (Ok(from), "") => (from, bytes),
        (Ok(from), to) => match to.parse::<u64>() {
            Ok(last) if last >= from => (from, last.saturating_add(1).min(bytes)),
            _ => return Wanted::Whole,
        },
        (Err(_), to) => match to.parse::<u64>() {
            Ok(tail) if from.trim().is_empty() => (if tail == 0 { bytes } else { bytes.saturating_sub(tail) }, bytes),
            _ => return Wanted::Whole,
        },
    };
    if from >= to { Wanted::Nothing } else { Wanted::Part(from, to) }
}

/// The file does not have the range.
pub(super) fn unsatisfiable(bytes: u64) -> Response {
    let problem = Problem::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "RANGE_NOT_SATISFIABLE",
        "The file ends before this range begins.",
        "Tệp ngắn hơn khoảng được yêu cầu.",
    );
    let mut response = problem.into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("bytes */{bytes}")) {
        response.headers_mut().insert(HeaderName::from_static("content-range"), value);
    }
    response
}

/// What the ledger says to a file, with the status that fits.
pub(super) fn refused(error: Error) -> Problem {
    let mut problem = Problem::from(error);
    problem.status = match problem.refusal.code {
        "FILE_TOO_LARGE" => StatusCode::PAYLOAD_TOO_LARGE,
        "FILE_QUOTA_USED" => StatusCode::TOO_MANY_REQUESTS,
        "BAD_FILE_NAME" | "BAD_ENCODING" => StatusCode::BAD_REQUEST,
        "NOT_FOUND" => StatusCode::NOT_FOUND,
        _ => problem.status,
    };
    if problem.status == StatusCode::TOO_MANY_REQUESTS {
        problem.retry_after_seconds = Some(QUOTA_RETRY_SECONDS);
    }
    problem
}

/// The length that is announced is beyond the limit already.
pub(super) fn too_large(bytes: u64) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "FILE_TOO_LARGE",
        format!("A file has at most {bytes} bytes."),
        format!("Một tệp có tối đa {bytes} byte."),
    )
}

/// The role or contract may not import such a file.
pub(super) fn forbidden(verb: &str) -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "FORBIDDEN",
        format!("Your role, contract or stated purpose does not allow `{verb}`."),
        format!("Vai trò, hợp đồng hoặc mục đích đã nêu không cho phép `{verb}`."),
    )
}

/// Nothing reads files of this kind.
pub(super) fn unsupported_media_type() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UNSUPPORTED_MEDIA_TYPE",
        "POST application/x-ndjson, or an account statement as a sheet, web page, CSV, XML or text.",
        "Hãy gửi POST với application/x-ndjson, hoặc sao kê dạng bảng tính, trang web, CSV, XML hay văn bản.",
    )
}

/// The body ended before its end, or its sender fell silent.
pub(super) fn broken_off() -> Problem {
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "BROKEN_OFF",
        "The file broke off on its way; send it again.",
        "Tệp bị đứt đoạn khi truyền; hãy gửi lại.",
    )
}

/// Every byte but letters, digits and a few marks as `%XX` (RFC 8187, attr-char).
fn escaped(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(after.get(..2)?).ok()?, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
