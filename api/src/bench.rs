//! Measuring: a scenario starts real servers, drives them and their floor with the same load in turns, and prints a table of
//! medians with their intervals.

pub mod attacks;
pub mod floor;
pub mod gate;
pub mod ingest;
pub mod load;
mod questions;
pub mod reads;
pub mod report;
mod server;
pub mod siege;
pub mod statement;
mod stats;
mod usage;
mod wire;
