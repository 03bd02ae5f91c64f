//! The right edge of a growing tree: all that adding an entry needs.

use super::{Hash, empty_root, node_hash};

/// The roots of the full subtrees of a log, the largest first: one for each 1 in the binary form of its size.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

/// The bytes are not those of a frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored frontier of an audit log is damaged")]
pub struct FrontierError;

impl Frontier {
    /// The frontier of an empty log.
    #[must_use]
    pub const fn new() -> Self {
        Self { size: 0, roots: Vec::new() }
    }

    /// Entries in the log.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds an entry by the hash of its leaf.
    pub fn append(&mut self, leaf: Hash) {
        let mut root = leaf;
        // Each trailing 1 of the size is a full subtree as large as what is carried: the two become one.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                root = node_hash(&left, &root);
            }
        }
        self.roots.push(root);
        self.size += 1;
    }

    /// The root of the whole log.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let Some(smallest) = roots.next() else { return empty_root() };
        roots.fold(*smallest, |right, left| node_hash(left, &right))
    }

    /// The frontier as bytes: the size (eight bytes, big-endian), then the roots, the largest first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        bytes.extend(self.roots.iter().flatten());
        bytes
    }

    /// Reads what [`Frontier::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`FrontierError`] when the number of roots is not that of the size.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (size, roots) = bytes.split_first_chunk::<8>().ok_or(FrontierError)?;
        let size = u64::from_be_bytes(*size);
        let (roots, rest) = roots.as_chunks::<32>();
        // A log of all but no numbers could not take another entry.
        let is_whole = size < u64::MAX && rest.is_empty() && u32::try_from(roots.len()) == Ok(size.count_ones());
        if is_whole { Ok(Self { size, roots: roots.to_vec() }) } else { Err(FrontierError) }
    }
}
