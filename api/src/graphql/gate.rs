//! What a document must pass before the engine sees it: one look at its text, one parse, one measuring pass, one price.
//! A document that passed is remembered by the SHA-256 of its text, and neither parsed nor validated again.

mod document;
pub mod known;
pub mod limits;
mod measure;
mod price;
mod refusals;
mod scan;
pub(super) mod shapes;
mod typename;
mod variables;

use std::sync::Arc;

use async_graphql::Variables;
use async_graphql::parser::types::{DocumentOperations, OperationDefinition, OperationType};
use entities::Refusal;

pub use document::{Document, Documents, Refused};
pub use entities::trusted_documents::{Hash, hash};
use limits::Limits;

use super::reads;
pub(super) use price::FIELDS_PER_POINT;
use shapes::Shapes;

/// The gate of one process.
pub struct Gate {
    limits: Limits,
    shapes: Shapes,
    documents: Documents,
}

/// An operation that may run.
#[derive(Clone)]
pub struct Admitted {
    /// The document it stands in.
    pub document: Arc<Document>,
    /// Its name; none for the only one of a document.
    pub operation_name: Option<String>,
    /// Whether it asks, writes or listens.
    pub operation: OperationType,
    /// The variables, each of a fitting shape.
    pub variables: Variables,
    /// Its static price.
    pub points: u64,
}

impl Gate {
    /// A gate for the schema with this text.
    #[must_use]
    pub fn new(limits: Limits, sdl: &str) -> Self {
        Self { limits, shapes: Shapes::read(sdl), documents: Documents::new(limits.remembered_bytes) }
    }

    /// What one document may cost.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.limits.points
    }

    /// The kinds whose changes end a remembered reply to a document; none when none may be remembered.
    #[must_use]
    pub fn reads<'a>(&self, document: &'a Document) -> Option<&'a [&'static str]> {
        document.reads.get_or_init(|| reads::kinds(&self.shapes, &document.parsed)).as_deref()
    }

    /// A document that passed before, by the hash of its text.
    #[must_use]
    pub fn remembered(&self, hash: &Hash) -> Option<Arc<Document>> {
        self.documents.get(hash)
    }

    /// The document of a text, parsed and measured now or before.
    ///
    /// # Errors
    /// The limit that it passes, or `GRAPHQL_PARSE_FAILED` with the place.
    pub fn document(&self, text: &str) -> Result<Arc<Document>, Refused> {
        if text.len() > self.limits.bytes {
            return Err(refusals::too_large(self.limits.bytes).into());
        }
        let hash = hash(text);
        if let Some(document) = self.documents.get(&hash) {
            return Ok(document);
        }
        scan::count(text).check(&self.limits)?;
        let document = Document::parse(text, hash)?;
        measure::check(&document.parsed, &self.limits)?;
        let document = Arc::new(document);
        self.documents.keep(document.clone());
        Ok(document)
    }

    /// Chooses the operation, fits the variables and names the price.
    ///
    /// # Errors
    /// `OPERATION_NOT_FOUND`, `VARIABLE_INVALID`, `QUERY_TOO_COSTLY`.
    pub fn admit(
        &self,
        document: Arc<Document>,
        operation_name: Option<String>,
        mut variables: Variables,
    ) -> Result<Admitted, Refused> {
        let operation =
            chosen(&document.parsed.operations, operation_name.as_deref()).ok_or_else(refusals::no_such_operation)?;
        variables::check(&self.shapes, operation, &mut variables)?;
        let measure = measure::operation(&document.parsed, operation)?;
        let points = if measure.is_introspection() {
            u64::try_from(measure.fields).unwrap_or(u64::MAX)
        } else {
            price::of(&self.shapes, &document.parsed, operation, &variables)
        };
        if points > self.limits.points {
            return Err(refusals::too_costly(points, self.limits.points).into());
        }
        let operation = operation.ty;
        Ok(Admitted { document, operation_name, operation, variables, points })
    }
}

/// The named operation, or the only one (GraphQL, section 6.1).
fn chosen<'a>(operations: &'a DocumentOperations, name: Option<&str>) -> Option<&'a OperationDefinition> {
    match (operations, name) {
        (DocumentOperations::Single(only), None) => Some(&only.node),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(named), Some(name)) => named.get(name).map(|one| &one.node),
        (DocumentOperations::Multiple(named), None) => {
            if named.len() == 1 {
                named.values().next().map(|one| &one.node)
            } else {
                None
            }
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal: Box::new(refusal), at: None }
    }
}
