//! Vietnamese text: what is stored (NFC), what is searched (folds) and what is ordered by (sort keys).
//!
//! The three folds are the levels of Vietnamese search: without any diacritics, without tones, and with the tone moved to
//! the end of its syllable so that the two legal spellings *Hoà* and *Hòa* are one. Sort keys order rightly under plain
//! comparison of bytes, which is all that `COLLATE "C"` (PostgreSQL) and `BINARY` (SQLite) do.

mod sort;

pub use sort::{name_sort_key, sort_key};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing is left after trimming, where something is needed.
    #[error("the text is empty")]
    Empty,
    /// More characters (not bytes) than the field allows, counted in NFC.
    #[error("the text has {chars} characters and at most {max_chars} are allowed")]
    TooLong {
        /// Characters found.
        chars: usize,
        /// Characters allowed.
        max_chars: usize,
    },
    /// NUL, another control character, or one that turns the direction of writing.
    #[error("the text holds the control character U+{0:04X}")]
    Control(u32),
}

/// The form in which every text is stored: NFC, trimmed, one blank between words, look-alikes of Đ mapped to Đ.
///
/// Line breaks and tabs count as blanks. Invisible characters (zero-width blanks, soft hyphens), which pasting from
/// spreadsheets and chat programs leaves behind, are dropped. An empty text stays empty.
///
/// # Errors
/// [`TextError::TooLong`] over `max_chars` characters; [`TextError::Control`] for control characters.
pub fn nfc(text: &str, max_chars: usize) -> Result<String, TextError> {
    if let Some(bad) = text.chars().find(|c| is_refused(*c)) {
        return Err(TextError::Control(u32::from(bad)));
    }
    let kept: String = text.chars().filter(|c| !is_invisible(*c)).map(written_d).collect();
    let stored: String = one_blank(&kept).nfc().collect();
    let chars = stored.chars().count();
    if chars > max_chars { Err(TextError::TooLong { chars, max_chars }) } else { Ok(stored) }
}

/// [`nfc`] for a field that must not be empty, such as a name.
///
/// # Errors
/// Those of [`nfc`], and [`TextError::Empty`] when nothing is left.
pub fn nfc_required(text: &str, max_chars: usize) -> Result<String, TextError> {
    let stored = nfc(text, max_chars)?;
    if stored.is_empty() { Err(TextError::Empty) } else { Ok(stored) }
}

/// Level 1, the search key: no diacritics, đ as d, lower case, one blank between words (`Đặng Thuỳ` → `dang thuy`).
#[must_use]
pub fn fold(text: &str) -> String {
    let bare: String =
        decomposed(text).filter(|c| !is_combining_mark(*c)).map(|c| if c == 'đ' { 'd' } else { c }).collect();
    one_blank(&bare)
}

/// Level 2, toneless: drops the five tones and keeps ă â ê ô ơ ư đ (`Đặng Thuỳ` → `đăng thuy`); lower case, NFC.
#[must_use]
pub fn fold_toneless(text: &str) -> String {
    let toneless: String = decomposed(text).filter(|c| tone_rank(*c).is_none()).collect();
    one_blank(&toneless).nfc().collect()
}

/// Level 3, tone place: each tone at the end of its syllable, so that *Hoà* = *Hòa* and *Thuỷ* = *Thủy*; lower case, NFC.
///
/// For place names, whose official lists differ by nothing else. The result is a key and no spelling.
#[must_use]
pub fn fold_tone_place(text: &str) -> String {
    let mut moved = String::with_capacity(text.len());
    let mut tones = String::new();
    for c in decomposed(text) {
        if tone_rank(c).is_some() {
            tones.push(c);
            continue;
        }
        if !c.is_alphabetic() && !is_combining_mark(c) {
            moved.push_str(&tones);
            tones.clear();
        }
        moved.push(c);
    }
    moved.push_str(&tones);
    one_blank(&moved).nfc().collect()
}

/// Lower case first, then NFD: some capitals (İ) gain a mark only when they are lowered.
fn decomposed(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase).filter(|c| !is_invisible(*c)).map(written_d).nfd()
}

/// Eth and African D look like Đ and stand in official pages; none of them decomposes, so they are mapped by hand.
fn written_d(c: char) -> char {
    match c {
        '\u{00D0}' | '\u{0189}' => 'Đ',
        '\u{00F0}' | '\u{0256}' => 'đ',
        _ => c,
    }
}

/// The order of the tones (thanh): huyền, hỏi, ngã, sắc, nặng; ngang, the level tone, has no mark.
fn tone_rank(c: char) -> Option<char> {
    match c {
        '\u{0300}' => Some('1'),
        '\u{0309}' => Some('2'),
        '\u{0303}' => Some('3'),
        '\u{0301}' => Some('4'),
        '\u{0323}' => Some('5'),
        _ => None,
    }
}

fn is_refused(c: char) -> bool {
    let turns_direction = matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    turns_direction || (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

fn one_blank(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

#[cfg(test)]
mod tests;
