//! Tags and texts of XML and of HTML as banks write it, badly closed: no document type, no entity but characters.

use std::borrow::Cow;

/// A piece of a document, from left to right.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// `<name attributes>`.
    Open { name: &'a str, attributes: &'a str, is_empty: bool },
    /// `</name>`.
    Close(&'a str),
    /// What stands between tags, its entities read.
    Text(Cow<'a, str>),
}

pub(super) struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(document: &'a str) -> Self {
        Self { rest: document }
    }

    /// Jumps over everything up to a closing tag, for scripts and styles.
    pub(super) fn skip_to_close(&mut self, name: &str) {
        for piece in self.by_ref() {
            if matches!(piece, Piece::Close(closed) if closed.eq_ignore_ascii_case(name)) {
                return;
            }
        }
    }

    /// Takes the text up to a mark, and the mark; the whole rest when the mark is not there.
    fn take_to(&mut self, mark: &str) -> &'a str {
        let (before, after) = self.rest.split_once(mark).unwrap_or((self.rest, ""));
        self.rest = after;
        before
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(tag) = self.rest.strip_prefix('<') else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                let (text, rest) = self.rest.split_at(end);
                self.rest = rest;
                return Some(Piece::Text(unescape(text)));
            };
            self.rest = tag;
            if let Some(comment) = tag.strip_prefix("!--") {
                self.rest = comment;
                self.take_to("-->");
            } else if let Some(data) = tag.strip_prefix("![CDATA[") {
                self.rest = data;
                return Some(Piece::Text(Cow::Borrowed(self.take_to("]]>"))));
            } else if tag.starts_with(['!', '?']) {
                self.take_to(">");
            } else if let Some(closed) = tag.strip_prefix('/') {
                self.rest = closed;
                return Some(Piece::Close(self.take_to(">").trim()));
            } else if tag.starts_with(|first: char| first.is_ascii_alphabetic()) {
                let end = tag_end(tag);
                self.rest = tag.get(end + 1..).unwrap_or_default();
                return Some(open(&tag[..end]));
            } else {
                // "a < b": no tag begins with a blank or a digit.
                return Some(Piece::Text(Cow::Borrowed("<")));
            }
        }
    }
}

/// Where a tag ends: at the first `>` that stands in no quoted value. A quote that is never closed is a letter.
fn tag_end(tag: &str) -> usize {
    let (mut at, mut is_value) = (0, false);
    while let Some(byte) = tag.as_bytes().get(at) {
        match byte {
            b'>' => return at,
            quote @ (b'"' | b'\'') if is_value => {
                at += tag[at + 1..].find(char::from(*quote)).map_or(0, |length| length + 1);
                is_value = false;
            }
            byte => is_value = *byte == b'=' || is_value && byte.is_ascii_whitespace(),
        }
        at += 1;
    }
    tag.len()
}

fn open(inside: &str) -> Piece<'_> {
    let (inside, is_empty) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
    let end = inside.find(char::is_whitespace).unwrap_or(inside.len());
    let (name, attributes) = inside.split_at(end);
    Piece::Open { name, attributes, is_empty }
}

/// The name without its prefix: `x:row` is `row`.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The value of an attribute, quoted or bare; prefixes count: `r:id` is not `id`.
pub(super) fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<Cow<'a, str>> {
    value_of(attributes, |name| name.eq_ignore_ascii_case(wanted))
}

/// The value of an attribute with any prefix: each document chooses its own for a name of another schema.
pub(super) fn prefixed<'a>(attributes: &'a str, wanted: &str) -> Option<Cow<'a, str>> {
    value_of(attributes, |name| name.rsplit_once(':').is_some_and(|(_, local)| local == wanted))
}

fn value_of<'a>(attributes: &'a str, is_wanted: impl Fn(&str) -> bool) -> Option<Cow<'a, str>> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start();
        let (name, value) = rest.split_once('=')?;
        // Attributes without a value may stand before: `<td nowrap colspan=2>`.
        let name = name.trim_end().rsplit(char::is_whitespace).next().unwrap_or_default();
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote)?,
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        if is_wanted(name) {
            return Some(unescape(value));
        }
        rest = after;
    }
}

/// The longest entity is `&#1114111;`.
const ENTITY_LIMIT: usize = 10;

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let end = after.bytes().take(ENTITY_LIMIT).position(|byte| byte == b';');
        match end.and_then(|end| Some((character(&after[..end])?, &after[end + 1..]))) {
            Some((character, behind)) => {
                plain.push(character);
                rest = behind;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|character| *character != '\0')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, Scanner, attribute};

    #[test]
    fn tags_texts_and_entities_are_told_apart() {
        let pieces: Vec<Piece> =
            Scanner::new("<!DOCTYPE x><a b='1' c>5 &lt; 6 &#272;&bad;<!-- <z> --></a><br/>1 < 2").collect();
        let expected = [
            Piece::Open { name: "a", attributes: " b='1' c", is_empty: false },
            Piece::Text("5 < 6 Đ&bad;".into()),
            Piece::Close("a"),
            Piece::Open { name: "br", attributes: "", is_empty: true },
            Piece::Text("1 ".into()),
            Piece::Text("<".into()),
            Piece::Text(" 2".into()),
        ];
        assert_eq!(pieces, expected);
    }

    #[test]
    fn attributes_are_found_quoted_and_bare() {
        let attributes = " nowrap colspan=2 r:id=\"rId1\" title='a &amp; b'";
        assert_eq!(attribute(attributes, "colspan").as_deref(), Some("2"));
        assert_eq!(attribute(attributes, "r:id").as_deref(), Some("rId1"));
        assert_eq!(attribute(attributes, "title").as_deref(), Some("a & b"));
        assert_eq!(attribute(attributes, "id"), None);
    }
}
