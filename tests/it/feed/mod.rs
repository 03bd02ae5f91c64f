//! The feed of changes and the streams over it: nothing is lost, nothing comes twice, and nobody hears what is not theirs.

mod closes;
mod copy;
mod outbox;
mod reach;
pub(crate) mod socket;
mod streams;
mod writers;
