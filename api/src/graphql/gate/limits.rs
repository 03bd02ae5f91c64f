//! What one document may be. Every limit has its unit in its name; those without a setting stand here with their reason.

use crate::config::Config;

/// Aliases of a document: a reply is a page for people, and thirty names of the same field are none.
pub const ALIASES: usize = 30;
/// Directives at one place: the hub knows three.
pub const DIRECTIVES_AT_ONE_PLACE: usize = 10;
/// Fields at the root: each is a question of its own.
pub const ROOT_FIELDS: usize = 20;
/// Operations of a document: what a client's build puts into one file.
pub const OPERATIONS: usize = 20;
/// Fragments of a document.
pub const FRAGMENTS: usize = 100;
/// Variables of a document.
pub const VARIABLES: usize = 100;
/// Fields after fragments were put in place, before pages multiply them.
pub const EXPANDED_FIELDS: usize = 2_000;
/// The same field written at one place: who merges fields by program repeats them a few times, an attacker often.
pub const REPEATS: usize = 10;
/// Steps of whoever puts fragments in place: fields, spreads and inline fragments.
pub const EXPANDED_STEPS: usize = 2 * EXPANDED_FIELDS;
/// Brackets of any kind open at once: deeper input is no one's.
pub const BRACKETS: usize = 64;
/// Nesting of a question about the schema itself: GraphiQL's own nests deeper than others may.
pub const INTROSPECTION_LEVELS: usize = 20;
/// Lists of the introspection system within each other, from where they can lead back to where they came from.
pub const INTROSPECTION_LISTS: usize = 2;

/// The limits that an operator may set.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the text.
    pub bytes: usize,
    /// Lexical tokens of the text (GraphQL, section 2.1.6).
    pub tokens: usize,
    /// Fields within fields.
    pub levels: usize,
    /// The static price.
    pub points: u64,
    /// Bytes of documents remembered.
    pub remembered_bytes: u64,
}

impl Limits {
    /// The limits in force.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            bytes: config.size("LIENTHONG_GRAPHQL_QUERY_BYTES"),
            tokens: config.size("LIENTHONG_GRAPHQL_QUERY_TOKENS"),
            levels: config.size("LIENTHONG_GRAPHQL_DEPTH_LEVELS"),
            points: config.number("LIENTHONG_GRAPHQL_COST_POINTS"),
            remembered_bytes: config.number("LIENTHONG_GRAPHQL_DOCUMENTS_BYTES"),
        }
    }
}
