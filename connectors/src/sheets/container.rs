//! What a file is, by its bytes and never by its name: banks call web pages .xls.

use std::borrow::Cow;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1258};
use unicode_normalization::UnicodeNormalization;

use super::Unreadable;
use super::grid::Workbook;
use super::{biff, delimited, html, ole, xlsx};

/// 100,000 lines of the wordiest container, a page whose cells have styles of their own.
const FILE_LIMIT_BYTES: usize = 64 << 20;
/// As much of a page tells that it is one.
const HEAD_BYTES: usize = 4_096;
/// PDF, PNG, JPEG, GIF, RAR and gzip: what people send instead of the sheet.
const OTHERS: [&[u8]; 6] = [b"%PDF", b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8", b"Rar!", b"\x1F\x8B"];

pub(crate) fn open(bytes: &[u8]) -> Result<Workbook, Unreadable> {
    if bytes.len() > FILE_LIMIT_BYTES {
        return Err(Unreadable::TooLarge);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return xlsx::read(bytes);
    }
    if bytes.starts_with(ole::SIGNATURE) {
        return biff::read(bytes);
    }
    if OTHERS.iter().any(|other| bytes.starts_with(other)) {
        return Err(Unreadable::NotASheet);
    }
    let text = decode(bytes);
    if text.trim().is_empty() || text.contains('\0') {
        return Err(Unreadable::NotASheet);
    }
    if is_page(&text) { html::read(&text) } else { delimited::read(&text) }
}

/// A byte order mark, else UTF-8, else the Vietnamese code page of Windows, whose tone marks stand apart.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if bytes.starts_with(b"\xFF\xFE") {
        return UTF_16LE.decode_with_bom_removal(bytes).0;
    }
    if bytes.starts_with(b"\xFE\xFF") {
        return UTF_16BE.decode_with_bom_removal(bytes).0;
    }
    let (text, is_broken) = UTF_8.decode_with_bom_removal(bytes);
    if !is_broken {
        return text;
    }
    let (text, _) = WINDOWS_1258.decode_without_bom_handling(bytes);
    Cow::Owned(text.nfc().collect())
}

fn is_page(text: &str) -> bool {
    let text = text.trim_start();
    let mut end = text.len().min(HEAD_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text[..end].to_ascii_lowercase();
    head.starts_with('<') && ["<html", "<table", "<!doctype", "<?xml"].iter().any(|mark| head.contains(mark))
}
