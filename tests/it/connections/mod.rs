//! Looking after connections: pausing, limits, keys that overlap (R28), health, and what a clock that jumps may change (R10,
//! R14).

mod asking;
mod clocks;
mod ground;
mod health;
mod limits;
mod pause;
mod rotation;
