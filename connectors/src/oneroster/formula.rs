//! Texts that a spreadsheet would take for a formula. An archive is for programs, yet somebody opens its files by hand: such a
//! text gets an apostrophe before it, and a reader takes that off again. A text that begins with apostrophes and then looks
//! like a formula gets one more, so that every text comes back as it was.

use std::borrow::Cow;

/// What begins a formula, in the widths of both alphabets, and what spreadsheets skip before one.
const STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

fn is_risky(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(STARTS)
}

/// A text as it stands in a cell.
pub(super) fn guarded(text: &str) -> Cow<'_, str> {
    if is_risky(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text of a cell as it was meant.
pub(super) fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_risky(rest)).unwrap_or(text)
}
