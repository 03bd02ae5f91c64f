//! The form of a token request, and the credentials in it or beside it (`client_secret_post`, `client_secret_basic`).

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::refusal::OauthRefusal;

/// The parameters of a request, each once.
pub struct Form(BTreeMap<String, String>);

/// What a client says of itself. The secret cannot be printed.
pub struct Credentials {
    /// The `client_id`.
    pub id: String,
    /// The `client_secret`.
    pub secret: String,
}

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// Another media type, or a parameter that stands twice (RFC 6749, section 3.2).
    pub fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, OauthRefusal> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
        if kind.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
            return Err(OauthRefusal::InvalidRequest("send application/x-www-form-urlencoded"));
        }
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(OauthRefusal::InvalidRequest("a parameter stands twice"));
            }
        }
        Ok(Self(parameters))
    }

    /// A parameter; an empty one counts as missing.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The credentials, by one of the two methods and not by both.
    ///
    /// # Errors
    /// None or unreadable: `invalid_client`; by both methods: `invalid_request`.
    pub fn credentials(&self, headers: &HeaderMap) -> Result<Credentials, OauthRefusal> {
        let posted = self.get("client_id").zip(self.get("client_secret"));
        match (headers.get(header::AUTHORIZATION), posted) {
            (Some(_), Some(_)) => Err(OauthRefusal::InvalidRequest("use one way of authentication")),
            (Some(value), None) => value.to_str().ok().and_then(basic).ok_or(OauthRefusal::InvalidClient),
            (None, Some((id, secret))) => Ok(Credentials { id: id.to_owned(), secret: secret.to_owned() }),
            (None, None) => Err(OauthRefusal::InvalidClient),
        }
    }
}

/// Both halves are form-encoded before they are joined (RFC 6749, section 2.3.1).
fn basic(value: &str) -> Option<Credentials> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some(Credentials { id: decoded(id)?, secret: decoded(secret)? })
}

fn decoded(word: &str) -> Option<String> {
    form_urlencoded::parse(format!("x={word}").as_bytes()).next().map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> Result<Form, OauthRefusal> {
        let kind = "application/x-www-form-urlencoded; charset=utf-8".parse().unwrap();
        Form::read(&HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]), body.as_bytes())
    }

    fn authorization(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(text)).parse().unwrap())])
    }

    #[test]
    fn both_ways_of_authentication_are_understood_but_not_at_once() {
        let posted = form("client_id=a&client_secret=b%2Bc").unwrap();
        let read = posted.credentials(&HeaderMap::new()).ok().unwrap();
        assert_eq!((read.id.as_str(), read.secret.as_str()), ("a", "b+c"));
        let bare = form("grant_type=client_credentials").unwrap();
        let read = bare.credentials(&authorization("a:b%2Bc")).ok().unwrap();
        assert_eq!((read.id.as_str(), read.secret.as_str()), ("a", "b+c"));
        assert!(matches!(posted.credentials(&authorization("a:b")), Err(OauthRefusal::InvalidRequest(_))));
        assert!(matches!(bare.credentials(&authorization("a")), Err(OauthRefusal::InvalidClient)));
        assert!(matches!(bare.credentials(&HeaderMap::new()), Err(OauthRefusal::InvalidClient)));
    }

    #[test]
    fn a_parameter_stands_once_and_empty_is_missing() {
        assert!(form("scope=a&scope=b").is_err());
        assert_eq!(form("scope=").unwrap().get("scope"), None);
        assert!(Form::read(&HeaderMap::new(), b"a=b").is_err());
    }
}
