//! Words of headers and labels without marks, case and punctuation, so that all spellings are one.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// `Ngày giao\ndịch / Date` is `ngay giao dich date`: marks off, đ is d, and one blank for all that is no letter or digit.
pub(crate) fn fold(text: &str) -> String {
    #[cfg(test)]
    count::add();
    let mut folded = String::with_capacity(text.len());
    for character in text.nfd().filter(|character| !is_combining_mark(*character)).flat_map(char::to_lowercase) {
        match character {
            'đ' => folded.push('d'),
            _ if character.is_alphanumeric() => folded.push(character),
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Whether the words stand in the folded text, beginning and ending where words do.
pub(crate) fn has(folded: &str, words: &str) -> bool {
    folded.match_indices(words).any(|(at, _)| {
        let end = at + words.len();
        (at == 0 || folded[..at].ends_with(' ')) && (end == folded.len() || folded[end..].starts_with(' '))
    })
}

/// Whether the folded text begins with the words.
pub(crate) fn begins(folded: &str, words: &str) -> bool {
    folded.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// How many texts a test's thread has folded: the dearest step for a cell, so it tells what a file costs.
#[cfg(test)]
pub(crate) mod count {
    use std::cell::Cell;

    thread_local!(static FOLDED: Cell<usize> = const { Cell::new(0) });

    pub(crate) fn add() {
        FOLDED.set(FOLDED.get() + 1);
    }

    pub(crate) fn folded() -> usize {
        FOLDED.get()
    }
}

#[cfg(test)]
mod tests {
    use super::{begins, fold, has};

    #[test]
    fn all_spellings_are_one() {
        assert_eq!(fold("Ngày giao\ndịch\nTransaction Date"), "ngay giao dich transaction date");
        assert_eq!(fold("Nga\u{300}y giao di\u{323}ch"), "ngay giao dich");
        assert_eq!(fold("  ĐƠN VỊ / (Remitter's) "), "don vi remitter s");
        assert_eq!(fold("+/-"), "");
    }

    #[test]
    fn words_are_whole() {
        assert!(has("so du dau ky", "du dau"));
        assert!(!has("so duong dau", "so du"));
        assert!(begins("tong so total", "tong so"));
        assert!(!begins("tong sobre", "tong so"));
    }
}
