//! The contract of this crate, in one binary: every sender against every letter, and what the other rooms rely on.

mod asking;
mod billing;
mod chance;
mod changes;
mod connections;
mod courier;
mod letters;
mod playing;
mod poison;
mod proof;
mod proven;
mod reading;
mod soup;
mod vietqr;
