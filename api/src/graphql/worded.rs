//! JSON that is worded where the rows are at hand, without a tree of values between. It travels through the engine as bytes,
//! which no field of the schema is, and stands in the reply as it is.

use async_graphql::Value;
use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::gate::FIELDS_PER_POINT;

/// What a value is for the price of a reply.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Priced {
    /// A plain field.
    Plain,
    /// An object, or a list of objects.
    Objects,
}

/// JSON that is being worded, and what its objects cost: one point for every ten plain fields begun of each.
#[derive(Default, Debug)]
pub struct Worded {
    text: Vec<u8>,
    points: u64,
}

impl Worded {
    /// Nothing.
    pub fn null(&mut self) -> Priced {
        self.raw(b"null");
        Priced::Plain
    }

    /// A text or a number.
    pub fn plain(&mut self, value: &(impl Serialize + ?Sized)) -> Priced {
        // Bytes take all that is written to them, and words and numbers are always JSON.
        let _ = serde_json::to_writer(&mut self.text, value);
        Priced::Plain
    }

    /// A day, as `"2026-11-20"`.
    pub fn day(&mut self, day: NaiveDate) -> Priced {
        let Ok(year @ 0..=9_999) = u32::try_from(day.year()) else { return self.plain(&day.to_string()) };
        let digits = [
            (year, 1_000),
            (year, 100),
            (year, 10),
            (year, 1),
            (day.month(), 10),
            (day.month(), 1),
            (day.day(), 10),
            (day.day(), 1),
        ]
        .map(|(number, place)| u8::try_from(number / place % 10).map_or(b'0', |digit| b'0' + digit));
        let [y, e, a, r, m, o, d, t] = digits;
        self.raw(&[b'"', y, e, a, r, b'-', m, o, b'-', d, t, b'"']);
        Priced::Plain
    }

    /// A list of objects; none when one of them is not at hand.
    pub fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(T, &mut Self) -> Option<Priced>,
    ) -> Option<Priced> {
        self.raw(b"[");
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.raw(b",");
            }
            each(item, self)?;
        }
        self.raw(b"]");
        Some(Priced::Objects)
    }

    /// An object of fields, each with its key in JSON before it; none when one of them is not at hand.
    pub fn object<F>(
        &mut self,
        fields: impl IntoIterator<Item = F>,
        mut each: impl FnMut(F, &mut Self) -> Option<Priced>,
    ) -> Option<Priced> {
        let mut plain: u64 = 0;
        self.raw(b"{");
        for (at, field) in fields.into_iter().enumerate() {
            if at > 0 {
                self.raw(b",");
            }
            plain += u64::from(each(field, self)? == Priced::Plain);
        }
        self.raw(b"}");
        self.points = self.points.saturating_add(plain.div_ceil(FIELDS_PER_POINT));
        Some(Priced::Objects)
    }

    /// A member of the object that a whole answer is.
    pub fn member<R>(&mut self, name: &str, value: impl FnOnce(&mut Self) -> R) {
        self.raw(if self.text.is_empty() { b"{" } else { b"," });
        self.plain(name);
        self.raw(b":");
        value(self);
    }

    /// The text of an object that was written member by member.
    #[must_use]
    pub fn closed(mut self) -> Vec<u8> {
        self.raw(if self.text.is_empty() { b"{}" } else { b"}" });
        self.text
    }

    /// JSON as it is.
    pub fn raw(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    /// What was worded, as a value that passes through the engine.
    #[must_use]
    pub fn seal(self, kind: Priced) -> Value {
        let mut sealed = Vec::with_capacity(self.text.len() + HEAD_BYTES);
        sealed.extend_from_slice(&self.points.to_le_bytes());
        sealed.push(u8::from(kind == Priced::Plain));
        sealed.extend_from_slice(&self.text);
        Value::Binary(sealed.into())
    }
}

/// The points, and whether it is plain.
const HEAD_BYTES: usize = 9;

/// A whole reply as JSON text, with what its objects cost.
#[must_use]
pub fn word(data: &Value) -> (String, u64) {
    let mut json = Worded::default();
    value(data, &mut json);
    // Rows write JSON, and JSON is UTF-8.
    (String::from_utf8(json.text).unwrap_or_else(|_| "null".to_owned()), json.points)
}

fn value(data: &Value, out: &mut Worded) -> Priced {
    match data {
        Value::Null => out.null(),
        Value::Enum(name) => out.plain(name.as_str()),
        Value::String(text) => out.plain(text),
        Value::Number(number) => out.plain(number),
        Value::Boolean(truth) => out.plain(truth),
        Value::Binary(sealed) => match sealed.split_first_chunk::<HEAD_BYTES>() {
            Some(([points @ .., is_plain], text)) => {
                out.points = out.points.saturating_add(u64::from_le_bytes(*points));
                out.raw(text);
                if *is_plain == 1 { Priced::Plain } else { Priced::Objects }
            }
            None => out.null(),
        },
        Value::List(items) => {
            let mut is_plain = !items.is_empty();
            out.list(items, |item, out| {
                let kind = value(item, out);
                is_plain &= kind == Priced::Plain;
                Some(kind)
            });
            if is_plain { Priced::Plain } else { Priced::Objects }
        }
        Value::Object(fields) => {
            out.object(fields, |(name, field), out| {
                out.plain(name.as_str());
                out.raw(b":");
                Some(value(field, out))
            });
            Priced::Objects
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    #[test]
    fn the_objects_of_a_reply_are_counted() {
        assert_eq!(word(&value!({ "a": { "b": 1, "c": [1, 2] } })).1, 1);
        assert_eq!(word(&value!({ "a": [{ "b": 1 }, { "b": null, "c": {} }], "d": [] })).1, 2);
    }

    #[test]
    fn a_reply_is_the_json_of_its_values() {
        let reply = value!({ "a": [1, -2, 1.5, "x\"\n\u{0}đ", null, true], "b": { "c": [], "d": {} } });
        let said: serde_json::Value = serde_json::from_str(&word(&reply).0).unwrap();
        assert_eq!(said, reply.into_json().unwrap());
    }

    #[test]
    fn what_was_worded_beforehand_stands_as_it_is_and_costs_the_same() {
        let mut row = Worded::default();
        let kind = row.object(["b", "c"], |name, out| {
            out.plain(name);
            out.raw(b":");
            Some(out.plain("\"đ"))
        });
        let sealed = row.seal(kind.unwrap());
        let tree = value!({ "b": "\"đ", "c": "\"đ" });
        for (one, other) in [(sealed.clone(), tree.clone()), (Worded::default().seal(Priced::Plain), Value::Null)] {
            let [(_, one), (_, other)] = [one, other]
                .map(|inner| word(&Value::Object([(async_graphql::Name::new("a"), inner)].into_iter().collect())));
            assert_eq!(one, other);
        }
        assert_eq!(word(&sealed), word(&tree));
    }
}
