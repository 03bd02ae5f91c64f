//! Who asks, and what they may see.

pub mod caller;
pub mod policy;
