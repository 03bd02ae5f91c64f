//! Which document a request means: its text, or the hash of one that the hub knows. Automatic persisted queries remember
//! what a caller sent before; trusted documents are those registered for a client or for all, and a client may be held to
//! them.

mod manifest;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use entities::callers::Caller;
use entities::ids::ClientId;
use entities::time::Timestamp;
use entities::{Error, Refusal, trusted_documents};
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
            return parse(id).map(Some);
        }
        let persisted = self.extensions.get("persistedQuery").filter(|value| !value.is_null());
        let Some(persisted) = persisted else { return Ok(None) };
        if persisted.get("version").and_then(Value::as_u64) != Some(1) {
            return Err(bad_hash().into());
        }
        parse(persisted.get("sha256Hash").and_then(Value::as_str).unwrap_or("")).map(Some)
    }
}

/// Documents that every client may name, out of the operator's file.
#[derive(Default, Debug)]
pub struct ForAll(HashMap<Hash, String>);

impl ForAll {
    /// Reads the file; an empty path names none.
    ///
    /// # Errors
    /// A sentence when the file cannot be read, is no manifest, or names a document by another hash than its own.
    pub fn read(path: &str) -> Result<Self, String> {
        if path.is_empty() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(Path::new(path)).map_err(|error| format!("{path}: {error}"))?;
        manifest::parse(&text).map(Self).map_err(|why| format!("{path}: {why}"))
    }
}

/// The document that a request means. The inner failure is the caller's, the outer one the database's.
///
/// # Errors
/// `DOCUMENT_MISSING`, `PERSISTED_QUERY_NOT_FOUND` (send the text with the hash once), `PERSISTED_QUERY_HASH_MISMATCH`,
/// `DOCUMENT_HASH_INVALID`, `DOCUMENT_NOT_TRUSTED`, and what the gate refuses.
pub async fn find(
    hub: &Hub,
    caller: &Caller,
    named: Named<'_>,
    now: Timestamp,
) -> Result<Result<Arc<Document>, Refused>, Error> {
    let wanted = match (named.text, named.hash()) {
        (_, Err(refused)) => return Ok(Err(refused)),
        (None, Ok(None)) => return Ok(Err(missing().into())),
        (Some(text), Ok(hash)) => {
            let own = gate::hash(text);
            if hash.is_some_and(|hash| hash != own) {
                return Ok(Err(mismatch().into()));
            }
            own
        }
        (None, Ok(Some(hash))) => hash,
    };
    if caller.trusted_documents_only && !is_trusted(hub, caller, &wanted, now).await? {
        return Ok(Err(not_trusted().into()));
    }
    if let Some(text) = named.text {
        return Ok(hub.gate.document(text));
    }
    if let Some(document) = hub.gate.remembered(&wanted) {
        return Ok(Ok(document));
    }
    let text = match (hub.documents.0.get(&wanted), caller.client()) {
        (Some(text), _) => Some(text.clone()),
        (None, Some(client)) => trusted_documents::text(&hub.db, client, &wanted).await?,
        (None, None) => None,
    };
    Ok(text.ok_or_else(|| not_found().into()).and_then(|text| hub.gate.document(&text)))
}

/// Whether a document stands in the operator's file or is registered for the caller's client.
async fn is_trusted(hub: &Hub, caller: &Caller, document: &Hash, now: Timestamp) -> Result<bool, Error> {
    if hub.documents.0.contains_key(document) {
        return Ok(true);
    }
    let Some(client) = caller.client() else { return Ok(false) };
    if let Some(is_trusted) = hub.memory.trusted(client, document, now) {
        return Ok(is_trusted);
    }
    registered(hub, client, document, now).await
}

async fn registered(hub: &Hub, client: ClientId, document: &Hash, now: Timestamp) -> Result<bool, Error> {
    let version = hub.memory.version(&hub.db, now).await?;
    let is_trusted = trusted_documents::text(&hub.db, client, document).await?.is_some();
    hub.memory.keep_trusted(version, client, *document, is_trusted, now);
    Ok(is_trusted)
}

/// A hash in hex, with or without `sha256:` before it.
///
/// # Errors
/// `DOCUMENT_HASH_INVALID`.
pub fn parse(hex: &str) -> Result<Hash, Refused> {
    let mut hash = [0; 32];
    let digits = hex.strip_prefix("sha256:").unwrap_or(hex);
    hex::decode_to_slice(digits, &mut hash).map_err(|_| bad_hash())?;
    Ok(hash)
}

fn missing() -> Refusal {
    Refusal::new("DOCUMENT_MISSING", "Send a document in `query`.", "Hãy gửi truy vấn trong `query`.")
}

/// Clients know this answer by its English sentence.
fn not_found() -> Refusal {
    Refusal::new("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound", "Không có truy vấn với mã băm này.")
}

fn mismatch() -> Refusal {
    let en = "The SHA-256 is not that of this document.";
    Refusal::new("PERSISTED_QUERY_HASH_MISMATCH", en, "Mã SHA-256 không phải của truy vấn này.")
}

fn not_trusted() -> Refusal {
    Refusal::new(
        "DOCUMENT_NOT_TRUSTED",
        "This client may run only the documents registered for it.",
        "Ứng dụng này chỉ được chạy các truy vấn đã đăng ký.",
    )
}

fn bad_hash() -> Refusal {
    Refusal::new(
        "DOCUMENT_HASH_INVALID",
        "A document is named by the SHA-256 of its text, 64 hex digits, in version 1.",
        "Truy vấn được gọi bằng mã SHA-256 của văn bản, 64 chữ số thập lục phân, phiên bản 1.",
    )
}
