//! What tells one line of an account from another, so that files which overlap tell a line once.

use std::collections::HashMap;

use ring::digest::{SHA256, digest};

use super::Line;
use crate::text;

/// A line with the key under which its account keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Keyed {
    /// Unique in the account.
    pub key: String,
    /// The line.
    pub line: Line,
}

/// Gives each line of a whole statement its key: day, direction, amount and reference, without a reference also text and
/// balance, and a running number among equals. Fee and tax share a transfer's reference, and siblings pay the same amount in the
/// same minute, so equal lines of one file are different money.
#[must_use]
pub fn keyed(lines: Vec<Line>) -> Vec<Keyed> {
    let mut equals: HashMap<String, u32> = HashMap::new();
    lines
        .into_iter()
        .map(|line| {
            let said = said(&line);
            let number = equals.entry(said.clone()).and_modify(|number| *number += 1).or_insert(1);
            let key = hex::encode(digest(&SHA256, format!("{said}\u{1f}{number}").as_bytes()));
            Keyed { key, line }
        })
        .collect()
}

fn said(line: &Line) -> String {
    let reference: Option<String> = line
        .reference
        .as_deref()
        .map(|reference| reference.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect())
        .filter(|reference: &String| !reference.is_empty());
    let known_by = reference.map_or_else(
        || {
            let balance = line.balance.map(|balance| balance.to_string()).unwrap_or_default();
            format!("\u{1f}{}\u{1f}{balance}", line.content.as_deref().map(text::fold).unwrap_or_default())
        },
        |reference| format!("{reference}\u{1f}"),
    );
    let parts = [
        line.booked_on.to_string(),
        line.direction.as_str().to_owned(),
        line.is_reversal.to_string(),
        line.amount.get().to_string(),
        known_by,
    ];
    parts.join("\u{1f}")
}
