//! Documents that were parsed and measured, and the bounded store in which a process remembers them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use async_graphql::Pos;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use entities::Refusal;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::{Hash, refusals};

/// Why a document may not run.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The stable code and both sentences.
    pub refusal: Box<Refusal>,
    /// Where in the text; none when the whole is meant.
    pub at: Option<Pos>,
}

/// A document that passed the gate.
pub struct Document {
    /// The hash of its text.
    pub hash: Hash,
    /// Its syntax tree.
    pub parsed: ExecutableDocument,
    bytes: usize,
    is_valid: AtomicBool,
    /// What it reads, once somebody asked.
    pub(super) reads: OnceLock<Option<Vec<&'static str>>>,
}

impl Document {
    /// Parses a text that is within the limits of the scan.
    ///
    /// # Errors
    /// `GRAPHQL_PARSE_FAILED` with the place; `BAD_TEXT` for a text that holds NUL, written out or escaped.
    pub(super) fn parse(text: &str, hash: Hash) -> Result<Self, Refused> {
        if ["\0", "\\u0000", "\\u{0}"].iter().any(|nul| text.contains(nul)) {
            return Err(refusals::nul().into());
        }
        let parsed = parse_query(text.trim_start_matches('\u{feff}')).map_err(|error| {
            let at = error.positions().next();
            Refused { refusal: Box::new(refusals::not_graphql()), at }
        })?;
        Ok(Self { hash, parsed, bytes: text.len(), is_valid: AtomicBool::new(false), reads: OnceLock::new() })
    }

    /// Whether the engine found that it fits the schema.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.is_valid.load(Ordering::Relaxed)
    }

    /// Remembers that it fits the schema, which does not change while the process runs.
    pub(super) fn set_valid(&self) {
        self.is_valid.store(true, Ordering::Relaxed);
    }
}

/// A syntax tree takes about this many times the bytes of its text.
const TREE_BYTES_PER_BYTE: u64 = 20;

#[derive(Clone)]
struct Weight;

impl Weighter<Hash, Arc<Document>> for Weight {
    fn weight(&self, _: &Hash, document: &Arc<Document>) -> u64 {
        u64::try_from(document.bytes).unwrap_or(u64::MAX).saturating_mul(TREE_BYTES_PER_BYTE).max(1)
    }
}

/// The documents that a process remembers, the least used forgotten first.
pub struct Documents(Cache<Hash, Arc<Document>, Weight>);

impl Documents {
    /// A store of this many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        const USUAL_DOCUMENT_BYTES: u64 = 500 * TREE_BYTES_PER_BYTE;
        let documents = usize::try_from(bytes / USUAL_DOCUMENT_BYTES).unwrap_or(1).max(1);
        Self(Cache::with_weighter(documents, bytes, Weight))
    }

    /// The document with this hash.
    #[must_use]
    pub fn get(&self, hash: &Hash) -> Option<Arc<Document>> {
        self.0.get(hash)
    }

    /// Remembers a document.
    pub fn keep(&self, document: Arc<Document>) {
        self.0.insert(document.hash, document);
    }
}
