//! A key that cannot speak: it can be compared and used for signing, never printed.

use subtle::ConstantTimeEq;

/// One key of a connection, as the operator pasted it.
///
/// It has no `Debug` and no `Display`, so that it cannot reach a log line by accident:
///
/// ```compile_fail
/// println!("{:?}", connectors::Secret::new("not for a log"));
/// ```
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Takes the key as it was issued: the text itself, before any decoding.
    pub fn new(key: impl Into<Vec<u8>>) -> Self {
        Self(key.into())
    }

    /// Compares in constant time; only a difference in length shows.
    #[must_use]
    pub fn matches(&self, candidate: &[u8]) -> bool {
        self.0.ct_eq(candidate).into()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_matches_only_itself() {
        let secret = Secret::new("a key");
        assert!(secret.matches(b"a key"));
        assert!(!secret.matches(b"a kex"));
        assert!(!secret.matches(b"a key "));
        assert!(!secret.matches(b""));
    }
}
