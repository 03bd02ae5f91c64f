//! Unproven bytes: what came over the wire before anybody knows who wrote it.

use crate::{fault::Refusal, form::Form};

/// The header in which a proxy in front hands on the client's certificate (RFC 9440).
pub const CLIENT_CERTIFICATE: &str = "Client-Cert";

/// An HTTP request as received. Whoever builds it cannot read it back: its content is open to the connectors of this
/// crate alone, and they hand it out only after proof.
pub struct Inbound<'a> {
    method: &'a str,
    tail: &'a str,
    query: &'a str,
    headers: &'a [(&'a str, &'a [u8])],
    body: &'a [u8],
}

impl<'a> Inbound<'a> {
    /// Borrows a request: the method in capitals, the path behind the connection (empty, or `/tail`), the raw query
    /// string without `?`, the headers in any letter case, and the raw body.
    #[must_use]
    pub fn new(
        method: &'a str,
        tail: &'a str,
        query: &'a str,
        headers: &'a [(&'a str, &'a [u8])],
        body: &'a [u8],
    ) -> Self {
        Self { method, tail, query, headers, body }
    }

    /// Refuses any method but the sender's own, and any path behind the connection: few senders use one.
    pub(crate) fn sent_by(&self, method: &str) -> Result<(), Refusal> {
        if self.method != method {
            return Err(Refusal::WrongMethod);
        }
        if !matches!(self.tail, "" | "/") {
            return Err(Refusal::Malformed);
        }
        Ok(())
    }

    /// The path behind the connection that a message was posted to; refuses any other method.
    pub(crate) fn posted_to(&self) -> Result<&'a str, Refusal> {
        if self.method == "POST" { Ok(self.tail) } else { Err(Refusal::WrongMethod) }
    }

    /// The form that a sender fills in: the query of a GET, the body of a POST, and nothing behind the connection.
    pub(crate) fn form(&self) -> Result<Form<'a>, Refusal> {
        if self.method == "GET" {
            self.sent_by("GET")?;
            return Ok(Form::read(self.query.as_bytes()));
        }
        self.sent_by("POST")?;
        Ok(Form::read(self.body))
    }

    /// The value of a header that proves something: sent exactly once and in UTF-8, otherwise it proves nothing.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        let mut values = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        match (values.next(), values.next()) {
            (Some((_, value)), None) => std::str::from_utf8(value).ok(),
            _ => None,
        }
    }

    /// What follows this scheme in the `Authorization` header.
    pub(crate) fn authorization(&self, scheme: &str) -> Option<&'a str> {
        let (known, claim) = self.header("Authorization")?.split_once(' ')?;
        known.eq_ignore_ascii_case(scheme).then_some(claim)
    }

    pub(crate) fn method(&self) -> &'a str {
        self.method
    }

    pub(crate) fn tail(&self) -> &'a str {
        self.tail
    }

    pub(crate) fn query(&self) -> &'a str {
        self.query
    }

    pub(crate) fn body(&self) -> &'a [u8] {
        self.body
    }
}

#[cfg(test)]
mod tests {
    use super::Inbound;

    #[test]
    fn an_authorization_is_of_its_scheme() {
        let claim = |value: &'static str, scheme| {
            let headers = [("authorization", value.as_bytes())];
            Inbound::new("POST", "", "", &headers, b"").authorization(scheme).map(str::to_owned)
        };
        assert_eq!(claim("bearer a b", "Bearer").unwrap(), "a b");
        for (value, scheme) in [("Bearer a", "Basic"), ("Bearer", "Bearer"), ("", ""), ("Bearera b", "Bearer")] {
            assert_eq!(claim(value, scheme), None, "{value}");
        }
    }

    #[test]
    fn a_header_counts_in_any_case_but_only_once() {
        let headers: [(&str, &[u8]); 4] = [("Once", b"1"), ("twice", b"1"), ("TWICE", b"2"), ("bytes", b"\xff")];
        let inbound = Inbound::new("POST", "", "", &headers, b"");
        assert_eq!(inbound.header("oNCE"), Some("1"));
        assert_eq!(inbound.header("twice"), None);
        assert_eq!(inbound.header("bytes"), None);
        assert_eq!(inbound.header("absent"), None);
    }
}
