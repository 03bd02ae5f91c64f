//! The memo matcher: from the text of a transfer to the invoices that it pays. Pure, no database, and never a guess.
//!
//! [`find_codes`] and [`candidate_tokens`] read what a payer's bank left of the memo; the ledger looks up what they found;
//! [`decide`] says what may be booked alone and what waits for a person, with the reason.

mod amount;
mod memo;
mod review;

pub use amount::{Decision, Facts, OpenInvoice, Part, decide};
pub use memo::{candidate_tokens, find_codes, has_mistyped_code, normalise_reference};
pub use review::ReviewReason;

#[cfg(test)]
mod tests;
