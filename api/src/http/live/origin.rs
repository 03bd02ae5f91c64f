//! Which pages may open a socket: a browser tells where a page comes from, and only the hub's own pages and those of sites
//! that the operator allows may. Programs tell nothing. (A token is never sent by the browser on its own, so this is a second lock.)

use axum::http::{HeaderMap, StatusCode, header};

use crate::config::Config;
use crate::http::problem::Problem;

/// Refuses a page of another site.
///
/// # Errors
/// `ORIGIN_NOT_ALLOWED`.
pub(super) fn check(config: &Config, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or("");
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let is_host = origin.split_once("://").is_some_and(|(_, named)| !host.is_empty() && named == host);
    let mut allowed = config.text("LIENTHONG_ALLOWED_ORIGINS").split(',').map(str::trim);
    if is_host || origin == config.public_url() || allowed.any(|one| !one.is_empty() && one == origin) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "ORIGIN_NOT_ALLOWED",
        "Pages of another site may not open a socket here.",
        "Trang của website khác không được mở kết nối tại đây.",
    ))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_the_hubs_own_pages_are_let_in() {
        let given =
            [("LIENTHONG_PUBLIC_URL", "https://hub.example"), ("LIENTHONG_ALLOWED_ORIGINS", "https://app.example")];
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::read(None, given.into_iter()).unwrap();
        let is_let_in = |origin: Option<&'static str>| {
            let mut headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("127.0.0.1:8080"))]);
            headers.extend(origin.map(|origin| (header::ORIGIN, HeaderValue::from_static(origin))));
            check(&config, &headers).is_ok()
        };
        assert!(is_let_in(None));
        assert!(is_let_in(Some("http://127.0.0.1:8080")));
        assert!(is_let_in(Some("https://hub.example")));
        assert!(is_let_in(Some("https://app.example")));
        for stranger in ["http://127.0.0.1:8081", "https://hub.example.evil", "null", "", "https://evil.example"] {
            assert!(!is_let_in(Some(stranger)), "{stranger}");
        }
    }
}
