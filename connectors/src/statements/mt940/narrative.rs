//! What an `:86:` says about its line: free text, or subfields such as `?20` in the manner of German banks.

use super::super::{
    Line,
    text::{append, clean},
};

/// The longest line of the standard, in letters: one that long was cut, a shorter one ended by itself.
const LINE_LENGTH: usize = 65;
/// The same for a subfield.
const SUBFIELD_LENGTH: usize = 27;

/// Adds the lines of a field to the text; whether it was cut. Between subfields a line ends anywhere.
pub(super) fn join(text: &mut String, lines: &[&str]) -> bool {
    let mut is_cut = false;
    let mut is_full = false;
    for line in lines {
        let is_structured = structured(if text.is_empty() { line } else { text }).is_some();
        if !is_full && !is_structured && !text.is_empty() && !has_blank(text, line) {
            is_cut |= append(text, " ");
        }
        is_cut |= append(text, line);
        is_full = line.chars().count() >= LINE_LENGTH;
    }
    is_cut
}

/// Puts the text, joined from its lines, to the line. Without one the supplementary line of the `:61:` stays.
pub(super) fn put(line: &mut Line, text: &str) {
    let Some(subfields) = structured(text) else {
        line.content = clean(text).or(line.content.take());
        return;
    };
    let [mut posting, mut content, mut name, mut bank, mut account] = <[Words; 5]>::default();
    for (number, value) in subfields {
        match number {
            0 => posting.add(value),
            20..=29 | 60..=63 => content.add(value),
            30 => bank.add(value),
            31 => account.add(value),
            32 | 33 => name.add(value),
            _ => {}
        }
    }
    line.content = clean(&content.text).or(line.content.take()).or_else(|| clean(&posting.text));
    line.counterparty_name = clean(&name.text);
    line.counterparty_account = clean(&account.text);
    line.counterparty_bank = clean(&bank.text);
}

/// Whether a blank stands between two pieces already.
fn has_blank(before: &str, behind: &str) -> bool {
    before.ends_with(' ') || behind.starts_with(' ')
}

/// What subfields say together.
#[derive(Default)]
struct Words {
    text: String,
    /// Whether the latest subfield was full, and so may have been cut in the middle of a word.
    is_full: bool,
}

impl Words {
    fn add(&mut self, value: &str) {
        if !self.is_full && !self.text.is_empty() && !has_blank(&self.text, value) {
            self.text.push(' ');
        }
        self.text.push_str(value);
        self.is_full = value.chars().count() >= SUBFIELD_LENGTH;
    }
}

/// The numbered subfields of `166?00…?20…`: three digits, or nothing, before the first of them.
fn structured(text: &str) -> Option<impl Iterator<Item = (u8, &str)>> {
    let code = text.find('?')?;
    let is_code = matches!(code, 0 | 3) && text[..code].bytes().all(|byte| byte.is_ascii_digit());
    if !is_code || subfield(&text[code + 1..]).is_none() {
        return None;
    }
    let mut rest = &text[code..];
    Some(std::iter::from_fn(move || {
        let (number, from) = subfield(rest.strip_prefix('?')?)?;
        // A question mark without two digits behind it belongs to the text.
        let end = from
            .match_indices('?')
            .map(|(at, _)| at)
            .find(|at| subfield(&from[at + 1..]).is_some())
            .unwrap_or(from.len());
        rest = &from[end..];
        Some((number, &from[..end]))
    }))
}

/// Two digits, and what stands behind them.
fn subfield(text: &str) -> Option<(u8, &str)> {
    let (number, rest) = text.split_at_checked(2)?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Some((number.parse().ok()?, rest))).flatten()
}
