//! What must hold for whatever was read.

use connectors::notice::Direction;
use connectors::statements::{Finding, Line, Statement};

/// The longest text of a line, and of a sentence, in bytes.
const TEXT_LIMIT_BYTES: usize = 4_096;
const SENTENCE_LIMIT_BYTES: usize = 1_000;

/// What is wrong with a statement; none when nothing is.
pub(super) fn complaint(statement: &Statement) -> Option<String> {
    let unfit = statement.findings.iter().find_map(sentence).or_else(|| statement.lines.iter().find_map(line));
    let names = [&statement.account, &statement.currency];
    unfit.or_else(|| names.into_iter().flatten().find_map(|name| text(name))).or_else(|| sums(statement))
}

/// A code and two sentences that can be shown to a person.
pub(super) fn sentence(finding: &Finding) -> Option<String> {
    let is_code = finding.code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let sentences = [&finding.message, &finding.message_vi];
    let is_short = sentences.iter().all(|sentence| (1..SENTENCE_LIMIT_BYTES).contains(&sentence.len()));
    let is_shown = sentences.iter().all(|sentence| text(sentence).is_none());
    (!is_code || !is_short || !is_shown).then(|| format!("{finding:?}"))
}

fn line(line: &Line) -> Option<String> {
    if line.amount_vnd <= 0 {
        return Some(format!("no amount: {line:?}"));
    }
    let texts = [
        &line.reference,
        &line.content,
        &line.counterparty_name,
        &line.counterparty_account,
        &line.counterparty_bank,
        &line.virtual_account,
    ];
    texts.into_iter().flatten().find_map(|told| text(told))
}

/// A text that is blank, without an end, or holds what nobody sees.
fn text(text: &str) -> Option<String> {
    let is_unseen = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let is_fit = !text.trim().is_empty() && text.len() <= TEXT_LIMIT_BYTES && !text.contains(is_unseen);
    (!is_fit).then(|| format!("unfit text {:?}", &text[..text.floor_char_boundary(200)]))
}

/// Without a finding the lines lead from one balance to the next.
fn sums(statement: &Statement) -> Option<String> {
    if !statement.findings.is_empty() {
        return None;
    }
    let mut balance = statement.opening_vnd.map(i128::from);
    let closing = statement.closing_vnd.map(i128::from);
    for line in &statement.lines {
        let effect = i128::from(if line.direction == Direction::In { line.amount_vnd } else { -line.amount_vnd });
        balance = balance.map(|balance| balance + effect);
        let told = line.balance_vnd.map(i128::from);
        if balance.is_some() && told.is_some() && balance != told {
            return Some(format!("{balance:?} is told as {told:?}: {line:?}"));
        }
        balance = told.or(balance);
    }
    let is_broken = balance.is_some() && closing.is_some() && balance != closing;
    is_broken.then(|| format!("{balance:?} is closed as {closing:?}"))
}
