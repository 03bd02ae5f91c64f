//! Texts in UTF-16, which some programs of Windows write; UTF-8 is what the readers know by themselves.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// How the file is written, and what stands behind its byte order mark; none where it is not UTF-16. XML may lack the mark.
fn utf16(bytes: &[u8]) -> Option<(&'static Encoding, &[u8])> {
    match bytes {
        [0xff, 0xfe, text @ ..] => Some((UTF_16LE, text)),
        [0xfe, 0xff, text @ ..] => Some((UTF_16BE, text)),
        [b'<', 0, ..] => Some((UTF_16LE, bytes)),
        [0, b'<', ..] => Some((UTF_16BE, bytes)),
        _ => None,
    }
}

/// The text of a file in UTF-16, outer none where it is not that, inner none where it is broken.
pub(super) fn decode(bytes: &[u8]) -> Option<Option<Cow<'_, str>>> {
    let (encoding, text) = utf16(bytes)?;
    Some(encoding.decode_without_bom_handling_and_without_replacement(text))
}

/// The beginning of a file, as far as it can be read.
pub(super) fn head(bytes: &[u8], length: usize) -> String {
    match utf16(bytes) {
        Some((encoding, text)) => {
            let head = &text[..text.len().min(2 * length)];
            encoding.decode_without_bom_handling(head).0.into_owned()
        }
        None => {
            // Blanks before the text are none of it.
            let start = bytes.iter().position(|byte| *byte > b' ').unwrap_or(bytes.len());
            String::from_utf8_lossy(&bytes[start..bytes.len().min(start + length)]).into_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, head};

    #[test]
    fn both_orders_of_bytes_are_read_with_and_without_a_mark() {
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes: Vec<u8> = "\u{feff}<học/>".encode_utf16().flat_map(to_bytes).collect();
            assert_eq!(decode(&bytes).unwrap().unwrap(), "<học/>");
            assert_eq!(decode(&bytes[2..]).unwrap().unwrap(), "<học/>");
            assert_eq!(head(&bytes, 3), "<họ");
            assert_eq!(decode(&bytes[..bytes.len() - 1]), Some(None), "half a letter");
        }
        assert_eq!(decode("<học/>".as_bytes()), None);
        assert_eq!(head("\u{feff}  học".as_bytes(), 100), "\u{feff}  học");
    }
}
