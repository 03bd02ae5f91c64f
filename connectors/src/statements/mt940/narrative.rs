//! What an `:86:` says about its line: free text, or subfields such as `?20` in the manner of German banks.

use super::super::{Line, figures::clean};

/// Puts the text, joined from its lines, to the line. Without one the supplementary line of the `:61:` stays.
pub(super) fn put(line: &mut Line, text: &str) {
    let Some(subfields) = structured(text) else {
        line.content = clean(text).or(line.content.take());
        return;
    };
    let (mut posting, mut content, mut name) = (String::new(), String::new(), String::new());
    let (mut bank, mut account) = (String::new(), String::new());
    for (number, value) in subfields {
        // Subfields of 27 characters, cut in the middle of words.
        match number {
            0 => posting.push_str(value),
            20..=29 | 60..=63 => content.push_str(value),
            30 => bank.push_str(value),
            31 => account.push_str(value),
            32 | 33 => name.push_str(value),
            _ => {}
        }
    }
    line.content = clean(&content).or(line.content.take()).or_else(|| clean(&posting));
    line.counterparty_name = clean(&name);
    line.counterparty_account = clean(&account);
    line.counterparty_bank = clean(&bank);
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
