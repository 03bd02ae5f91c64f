//! Merkle trees in the manner of RFC 6962: proof that an entry stands in a log, and that a log only ever grew.
//!
//! A leaf is hashed as SHA-256(0x00 ‖ data), a node as SHA-256(0x01 ‖ left ‖ right), so that neither passes for the other.
//! The ledger keeps a [`Frontier`] beside each log: with it an entry is added in logarithmic time without reading the rest.

mod frontier;
mod proof;

pub use frontier::{Frontier, FrontierError};
pub use proof::{consistency_proof, inclusion_proof, root_of, verify_consistency, verify_inclusion};
use ring::digest::{Context, SHA256, digest};

/// A SHA-256 digest: of a leaf, of a node, or of a whole tree.
pub type Hash = [u8; 32];

/// The digest of an entry.
#[must_use]
pub fn leaf_hash(data: &[u8]) -> Hash {
    prefixed(0, &[data])
}

/// The digest of two neighbours.
fn node_hash(left: &Hash, right: &Hash) -> Hash {
    prefixed(1, &[left, right])
}

/// The root of a log without entries: SHA-256 of nothing.
fn empty_root() -> Hash {
    to_hash(digest(&SHA256, &[]))
}

fn prefixed(prefix: u8, parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(&[prefix]);
    parts.iter().for_each(|part| context.update(part));
    to_hash(context.finish())
}

fn to_hash(digest: ring::digest::Digest) -> Hash {
    digest.as_ref().try_into().expect("SHA-256 gives 32 bytes")
}

#[cfg(test)]
mod tests;
