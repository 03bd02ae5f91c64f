//! What a file is, by its bytes and never by its name: people rename what they download.

/// As much of a file tells what it is.
const HEAD_BYTES: usize = 4_096;
/// The fields that a message begins with, and the blocks of its envelope.
const MESSAGE_MARKS: [&str; 5] = ["{1:", ":20:", ":25:", ":25P:", ":60F:"];
/// Web pages and sheets in XML, which begin as a message in XML may.
const PAGE_MARKS: [&str; 4] = ["<html", "<table", "<!doctype html", "workbook"];

/// Which reader a file is for.
pub(super) enum Kind {
    Camt,
    Mt940,
    /// Whatever else: this reader knows its containers, and names what is no statement at all.
    Sheet,
}

impl Kind {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        // Files may begin with many blanks, and messages with control characters of a telex line.
        let start = bytes.iter().position(|byte| *byte > b' ').unwrap_or(bytes.len());
        let head: Vec<u8> = bytes.iter().skip(start).take(HEAD_BYTES).copied().collect();
        let head = String::from_utf8_lossy(&head);
        if MESSAGE_MARKS.iter().any(|mark| head.starts_with(mark)) {
            return Self::Mt940;
        }
        let lower = head.to_ascii_lowercase();
        let is_page = PAGE_MARKS.iter().any(|mark| lower.contains(mark));
        let is_xml = ["<?xml", "<document"].iter().any(|mark| lower.starts_with(mark)) || lower.contains("camt.05");
        if lower.starts_with('<') && is_xml && !is_page { Self::Camt } else { Self::Sheet }
    }
}
