//! Fields of a JSON object that are read one by one: a drift in one of them leaves the others readable.

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use crate::{banks::Reason, fault::Drift, wire};

/// The fields as they came, each with its value still in JSON.
pub(crate) struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Object<'a> {
    pub(crate) fn read(text: &'a str) -> Result<Self, Reason> {
        wire::json(text.as_bytes())
    }

    /// The value of a field that is there once and is what it must be.
    pub(crate) fn field<T: Deserialize<'a>>(&self, name: &'static str) -> Result<T, Reason> {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => serde_json::from_str(value.get()).ok(),
            _ => None,
        }
        .ok_or_else(|| Reason::new(Drift::Shape, name))
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> de::Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::Object;
    use crate::wire::Whole;

    #[test]
    fn a_field_is_there_once_and_of_its_type() {
        let object = Object::read(r#"{"one":1,"tw\u006f":1,"two":2,"text":"a\u0111","deep":{"one":[]},"no":null}"#);
        let object = object.unwrap();
        assert_eq!(object.field::<Whole>("one").unwrap(), Whole(1));
        assert_eq!(object.field::<String>("text").unwrap(), "ađ");
        for name in ["two", "text", "deep", "no", "absent"] {
            let reason = object.field::<Whole>(name).unwrap_err();
            assert_eq!((reason.drift.code(), reason.field), ("SHAPE", Some(name)));
        }
    }

    #[test]
    fn what_is_no_object_is_not_read() {
        for (text, code) in
            [("", "NOT_JSON"), ("{", "NOT_JSON"), (r#"{"a":}"#, "NOT_JSON"), ("[]", "SHAPE"), ("7", "SHAPE")]
        {
            assert_eq!(Object::read(text).err().unwrap().drift.code(), code, "{text}");
        }
    }
}
