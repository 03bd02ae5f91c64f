//! What a file is, by its bytes and never by its name: people rename what they download.

use super::{encoding, mt940};

/// As much of a file tells what it is.
const HEAD_BYTES: usize = 4_096;
/// The blocks of a message's envelope.
const ENVELOPE_MARKS: [&str; 2] = ["{1:", "{4:"];
/// The fields that a message begins with.
const MESSAGE_TAGS: [&str; 4] = ["20", "25", "25P", "60F"];
/// A message without an envelope has at least so many fields; one alone may be a text of somebody.
const MESSAGE_FIELDS: usize = 2;
/// The elements that web pages and sheets in XML begin with.
const PAGE_ROOTS: [&str; 13] =
    ["html", "head", "body", "table", "thead", "tbody", "tr", "meta", "style", "title", "div", "center", "workbook"];

/// Which reader a file is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Camt,
    Mt940,
    /// Whatever else: this reader knows its containers, and names what is no statement at all.
    Sheet,
}

impl Kind {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let head = encoding::head(bytes, HEAD_BYTES);
        // Files may begin with many blanks, and messages with control characters of a telex line.
        let head = head.trim_start_matches(is_blank);
        if head.starts_with('<') {
            return if is_camt(head) { Self::Camt } else { Self::Sheet };
        }
        if is_message(head) { Self::Mt940 } else { Self::Sheet }
    }
}

fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || letter == '\u{feff}'
}

/// Programs put a title, the name of the bank or an empty line before a message.
fn is_message(head: &str) -> bool {
    let lines = || head.split(['\n', '\r']).map(|line| line.trim_matches(is_blank));
    if lines().any(|line| ENVELOPE_MARKS.iter().any(|mark| line.starts_with(mark))) {
        return true;
    }
    let tags = || lines().filter_map(mt940::tagged).map(|(tag, _)| tag);
    let begins = lines().next().and_then(mt940::tagged).is_some_and(|(tag, _)| MESSAGE_TAGS.contains(&tag));
    begins || tags().any(|tag| MESSAGE_TAGS.contains(&tag)) && tags().count() >= MESSAGE_FIELDS
}

/// XML that is no page. What a message says, as "workbook", does not count: only its first element does.
fn is_camt(head: &str) -> bool {
    let root = root(head).map(str::to_ascii_lowercase);
    if root.as_deref().is_some_and(|root| PAGE_ROOTS.contains(&root)) {
        return false;
    }
    let is_document = root.as_deref() == Some("document");
    head.starts_with("<?xml") || is_document || ["camt.05", "BkToCstmr"].iter().any(|mark| head.contains(mark))
}

/// The local name of the first element.
fn root(head: &str) -> Option<&str> {
    let mut rest = head;
    loop {
        rest = rest.trim_start_matches(is_blank).strip_prefix('<')?;
        let end = match rest.as_bytes() {
            [b'?', ..] => "?>",
            [b'!', b'-', b'-', ..] => "-->",
            [b'!', ..] => ">",
            _ => break,
        };
        rest = rest.split_once(end)?.1;
    }
    let name = rest.split(|letter: char| is_blank(letter) || letter == '>' || letter == '/').next()?;
    Some(name.rsplit_once(':').map_or(name, |(_, local)| local))
}

#[cfg(test)]
mod tests {
    use super::{Kind, root};

    #[test]
    fn the_first_element_is_found_behind_whatever_may_stand_before() {
        for (head, expected) in [
            ("<a>", Some("a")),
            ("<ss:Workbook xmlns:ss='x'>", Some("Workbook")),
            ("<?xml version=\"1.0\"?>\n<!-- <html> -->\n<!DOCTYPE x>\n<Document/>", Some("Document")),
            ("<!-- never closed", None),
            ("<?xml?>", None),
            ("a", None),
        ] {
            assert_eq!(root(head), expected, "{head}");
        }
    }

    #[test]
    fn a_lonely_tag_in_a_text_is_no_message() {
        let csv = "Ngày,Số tham chiếu,Ghi nợ,Ghi có,Nội dung\n04/08/2026,R1,,5000,\"hẹn\n:20: giờ\"\n";
        assert_eq!(Kind::of(csv.as_bytes()), Kind::Sheet);
        assert_eq!(Kind::of(b":20:1"), Kind::Mt940);
    }
}
