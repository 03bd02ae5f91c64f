//! `/files`: what imports read comes in here, what imports and exports give back goes out. Both ways are streams.

mod receive;
mod send;
mod words;

pub use receive::receive;
pub use send::send;
