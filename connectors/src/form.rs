//! Fields that a sender form-encodes, in a query or in a body.

use std::borrow::Cow;

use crate::{banks::Reason, fault::Drift, wire};

/// The decoded fields of a form, sorted by name.
pub(crate) struct Form<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Form<'a> {
    pub(crate) fn read(encoded: &'a [u8]) -> Self {
        let mut pairs: Vec<_> = form_urlencoded::parse(encoded).collect();
        pairs.sort();
        Self(pairs)
    }

    pub(crate) fn pairs(&self) -> &[(Cow<'a, str>, Cow<'a, str>)] {
        &self.0
    }

    /// The value of a field that is there once and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// A text to keep. Bytes that are not UTF-8 were replaced while decoding: such a text is broken.
    pub(crate) fn kept(&self, name: &'static str) -> Result<Option<String>, Reason> {
        match self.text(name) {
            Some(text) if text.contains('\u{fffd}') => Err(Reason::new(Drift::Text, name)),
            text => wire::text(name, text.map(str::to_owned)),
        }
    }

    /// Whether some field of this kind is there twice.
    pub(crate) fn repeats(&self, kind: impl Fn(&str) -> bool) -> bool {
        self.0.windows(2).any(|pair| pair[0].0 == pair[1].0 && kind(&pair[0].0))
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn a_field_counts_once_and_filled_in() {
        let form = Form::read(b"twice=1&one=a+b%20c&empty=&twice=1&broken=%ff");
        assert_eq!(form.text("one"), Some("a b c"));
        assert_eq!((form.text("twice"), form.text("empty"), form.text("absent")), (None, None, None));
        assert!(form.repeats(|name| name == "twice") && !form.repeats(|name| name == "one"));
        assert!(form.kept("one").unwrap().is_some() && form.kept("broken").is_err());
    }
}
