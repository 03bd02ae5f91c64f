//! Which document a request means: its text, or the hash of one that the hub knows. Automatic persisted queries remember
//! what a caller sent before; trusted documents are those that a client registered, and it may be held to them.

use std::sync::Arc;

use entities::Refusal;
use serde_json::{Map, Value};

use super::gate::{self, Document, Hash, Refused};
use crate::hub::Hub;

/// What a request says of its document.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// Its text; none when it is only named.
    pub text: Option<&'a str>,
    /// Its id (GraphQL over HTTP, appendix on persisted documents): `sha256:` and the hash in hex.
    pub id: Option<&'a str>,
    /// The extensions of the request, with `persistedQuery` of automatic persisted queries.
    pub extensions: &'a Map<String, Value>,
}

impl Named<'_> {
    /// The hash that was named, by either way; none when none was.
    fn hash(&self) -> Result<Option<Hash>, Refused> {
        if let Some(id) = self.id {
            return parse(id.strip_prefix("sha256:").unwrap_or(id)).map(Some);
        }
        let Some(persisted) = self.extensions.get("persistedQuery").filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        if persisted.get("version").and_then(Value::as_u64) != Some(1) {
            return Err(bad_hash());
        }
        parse(persisted.get("sha256Hash").and_then(Value::as_str).unwrap_or("")).map(Some)
    }
}

/// The document that a request means.
///
/// # Errors
/// `DOCUMENT_MISSING`, `PERSISTED_QUERY_NOT_FOUND` (send the text with the hash once), `PERSISTED_QUERY_HASH_MISMATCH`,
/// `DOCUMENT_HASH_INVALID`, and what the gate refuses.
pub fn find(hub: &Hub, named: Named<'_>) -> Result<Arc<Document>, Refused> {
    let hash = named.hash()?;
    match (named.text, hash) {
        (None, None) => Err(missing()),
        (Some(text), None) => hub.gate.document(text),
        (Some(text), Some(hash)) if gate::hash(text) == hash => hub.gate.document(text),
        (Some(_), Some(_)) => Err(mismatch()),
        (None, Some(hash)) => hub.gate.remembered(&hash).ok_or_else(not_found),
    }
}

fn parse(hex: &str) -> Result<Hash, Refused> {
    let mut hash = [0; 32];
    hex::decode_to_slice(hex, &mut hash).map_err(|_| bad_hash())?;
    Ok(hash)
}

fn missing() -> Refused {
    Refusal::new("DOCUMENT_MISSING", "Send a document in `query`.", "Hãy gửi truy vấn trong `query`.").into()
}

/// Clients know this answer by its English sentence.
fn not_found() -> Refused {
    Refusal::new("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound", "Không có truy vấn với mã băm này.").into()
}

fn mismatch() -> Refused {
    Refusal::new(
        "PERSISTED_QUERY_HASH_MISMATCH",
        "The SHA-256 is not that of this document.",
        "Mã SHA-256 không phải của truy vấn này.",
    )
    .into()
}

fn bad_hash() -> Refused {
    Refusal::new(
        "DOCUMENT_HASH_INVALID",
        "A document is named by the SHA-256 of its text, 64 hex digits, in version 1.",
        "Truy vấn được gọi bằng mã SHA-256 của văn bản, 64 chữ số thập lục phân, phiên bản 1.",
    )
    .into()
}
