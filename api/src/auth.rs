//! Who asks, and what they may see.

pub mod caller;
pub mod crypto;
pub mod keys;
pub mod memory;
pub mod policy;
pub mod rate;
pub mod session;
pub mod token;
