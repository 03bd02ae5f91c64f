//! What the hub does on its own, beside requests. A job ends with the process, never in the middle of a commit.

pub mod asking;
pub mod expiry;
pub mod figures;
pub mod runs;
pub mod settlement;
pub mod tail;
pub mod tallies;
pub mod tree_heads;
