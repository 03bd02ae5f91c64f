//! Texts of files: as printed, without what no eye sees, and with an end.

/// The longest text of one line, in bytes of UTF-8; the formats allow a few hundred characters.
pub(crate) const TEXT_LIMIT_BYTES: usize = 4_096;

/// Adds a piece of text as far as the limit allows; whether it was cut.
pub(crate) fn append(text: &mut String, piece: &str) -> bool {
    let room = TEXT_LIMIT_BYTES.saturating_sub(text.len());
    let end = piece.floor_char_boundary(room);
    text.push_str(&piece[..end]);
    end < piece.len()
}

/// As much of a text as the limit allows; whether it was cut.
pub(crate) fn cut(text: &str) -> (&str, bool) {
    let end = text.floor_char_boundary(TEXT_LIMIT_BYTES);
    (&text[..end], end < text.len())
}

/// The text without blanks around it, on one line.
pub(crate) fn clean(text: &str) -> Option<String> {
    let seen = text.chars().filter(|letter| !is_unseen(*letter));
    let text: String = seen.map(|letter| if is_control(letter) { ' ' } else { letter }).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The text without what no eye sees; it keeps its lines.
pub(crate) fn seen(text: String) -> String {
    let is_kept = |letter| matches!(letter, '\t' | '\n' | '\r');
    let is_odd = |letter| is_unseen(letter) || is_control(letter) && !is_kept(letter);
    if !text.contains(is_odd) {
        return text;
    }
    let letters = text.chars().filter(|letter| !is_unseen(*letter));
    letters.map(|letter| if is_odd(letter) { ' ' } else { letter }).collect()
}

/// What no text needs and no database likes stands for a blank; so do the line ends of Unicode.
fn is_control(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

/// What turns the direction of writing could show a person another text than the one that is compared; what has no width
/// would keep equal texts apart.
fn is_unseen(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::{TEXT_LIMIT_BYTES, append, clean, cut, seen};

    #[test]
    fn a_text_is_cut_between_letters() {
        let mut text = "x".repeat(TEXT_LIMIT_BYTES - 2);
        assert!(append(&mut text, "ệ"));
        assert!(!append(&mut text, "ab"));
        assert!(append(&mut text, "c"));
        assert_eq!(text.len(), TEXT_LIMIT_BYTES);
    }

    #[test]
    fn a_text_has_no_control_characters() {
        assert_eq!(clean(" hoc\u{0}phi\n").as_deref(), Some("hoc phi"));
        assert_eq!(clean("\r\n "), None);
    }

    #[test]
    fn nothing_unseen_is_kept() {
        let hostile = "\u{feff}học\u{0}phí\u{202e}5\u{200b}000\u{2066}\u{ad}\u{7f}x\u{2028}y\n\tz";
        assert_eq!(clean(hostile).as_deref(), Some("học phí5000 x y  z"));
        assert_eq!(seen(hostile.to_owned()), "học phí5000 x y\n\tz");
        assert_eq!(clean("\u{200b}\u{202e}\u{0}"), None);
    }

    #[test]
    fn a_cut_text_tells_it() {
        let long = format!("{}ệ", "x".repeat(TEXT_LIMIT_BYTES - 2));
        assert_eq!(cut(&long), (&long[..TEXT_LIMIT_BYTES - 2], true));
        assert_eq!(cut("ệ"), ("ệ", false));
    }
}
