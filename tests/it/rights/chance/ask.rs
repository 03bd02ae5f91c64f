//! Random documents over the schema as it introspects itself.

use std::collections::HashMap;
use std::fmt::Write;

use serde_json::Value;

use super::super::oracle::hidden_by;
use super::dice::Dice;
use super::pools::Pools;
use crate::schema::introspection::{name, parts, types};

/// Nesting of objects, a page and its rows being two.
const LEVELS: usize = 6;

/// One field that is asked for, or a fragment (`name` is then `...`).
#[derive(Default)]
pub(super) struct Asked {
    /// The key in the reply.
    pub(super) key: String,
    /// The type that has the field.
    pub(super) owner: String,
    pub(super) name: String,
    /// The type of its value, without lists.
    pub(super) kind: String,
    pub(super) sub: Vec<Asked>,
    /// Fields by which it filters or orders, and which not everybody may read.
    pub(super) hidden: Vec<(&'static str, &'static str)>,
    /// Whether something narrows the list, so that its rows cannot be counted.
    pub(super) is_narrowed: bool,
    /// Whether its value is a value, and no object.
    pub(super) is_leaf: bool,
}

/// The schema's types by name.
pub(super) struct Schema(HashMap<String, Value>);

impl Schema {
    pub(super) async fn read() -> Self {
        Self(types().await.into_iter().map(|kind| (name(&kind).to_owned(), kind)).collect())
    }
}

/// A document with one or two root fields, as text and as what it asks for.
pub(super) fn question(schema: &Schema, pools: &Pools, dice: &mut Dice) -> (String, Vec<Asked>) {
    let mut author = Author { schema, pools, dice, keys: 0, fragments: String::new() };
    let roots = 1 + author.dice.below(4) / 3;
    let (mut text, mut asked) = (String::from("query Chance {\n"), Vec::new());
    let fields = parts(&schema.0["Query"], &["fields"]);
    while asked.len() < roots {
        let field = *author.dice.pick(&fields);
        asked.push(author.field("Query", field, LEVELS, &mut text));
    }
    text.push_str("}\n");
    text.push_str(&author.fragments);
    (text, asked)
}

struct Author<'a> {
    schema: &'a Schema,
    pools: &'a Pools,
    dice: &'a mut Dice,
    keys: usize,
    fragments: String,
}

impl<'a> Author<'a> {
    fn of(&self, kind: &str) -> &'a Value {
        &self.schema.0[kind]
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("k{}", self.keys)
    }

    fn field(&mut self, owner: &str, field: &Value, levels: usize, text: &mut String) -> Asked {
        let (key, wanted) = (self.key(), named(&field["type"]));
        let _ = write!(text, "{key}: {}", name(field));
        let mut asked =
            Asked { key, owner: owner.into(), name: name(field).into(), kind: wanted.into(), ..Asked::default() };
        self.arguments(field, &mut asked, text);
        asked.is_leaf = parts(self.of(wanted), &["fields"]).is_empty();
        if !asked.is_leaf {
            text.push_str(" {\n");
            asked.sub = self.selection(wanted, levels.saturating_sub(1), text);
            text.push('}');
        }
        text.push('\n');
        asked
    }

    /// The type's name and id, and some fields; interfaces through fragments.
    fn selection(&mut self, kind: &str, levels: usize, text: &mut String) -> Vec<Asked> {
        text.push_str("t: __typename\n");
        let own = parts(self.of(kind), &["fields"]);
        if own.iter().any(|field| name(field) == "id") {
            text.push_str("i: id\n");
        }
        let mut asked = Vec::new();
        for possible in parts(self.of(kind), &["possibleTypes"]) {
            if self.dice.once_in(3) {
                let mut inside = String::new();
                let sub = self.selection(name(possible), levels, &mut inside);
                asked.push(self.spread(name(possible), sub, &inside, text));
            }
        }
        for field in own {
            let deep = !parts(self.of(named(&field["type"])), &["fields"]).is_empty();
            let wanted = match name(field) {
                "nodes" | "edges" if kind.ends_with("Connection") => !self.dice.once_in(3),
                "node" if kind.ends_with("Edge") => true,
                _ => self.dice.once_in(if deep { 4 } else { 3 }),
            };
            if !wanted || (deep && levels == 0) {
                continue;
            }
            if self.dice.once_in(8) {
                let mut inside = String::new();
                let one = self.field(kind, field, levels, &mut inside);
                asked.push(self.spread(kind, vec![one], &inside, text));
            } else {
                asked.push(self.field(kind, field, levels, text));
            }
        }
        asked
    }

    /// A fragment, in place or by name.
    fn spread(&mut self, kind: &str, sub: Vec<Asked>, inside: &str, text: &mut String) -> Asked {
        if self.dice.once_in(2) {
            let _ = writeln!(text, "... on {kind} {{\n{inside}}}");
        } else {
            let fragment = self.key();
            let _ = writeln!(text, "...{fragment}");
            let _ = writeln!(self.fragments, "fragment {fragment} on {kind} {{\n{inside}}}");
        }
        // A fragment that is empty but for the type's name is none.
        Asked { owner: kind.into(), name: "...".into(), kind: kind.into(), sub, ..Asked::default() }
    }

    fn arguments(&mut self, field: &Value, asked: &mut Asked, text: &mut String) {
        let mut given = Vec::new();
        for argument in parts(field, &["args"]) {
            let word = name(argument);
            let is_cursor = ["after", "last", "before"].contains(&word);
            let required = argument["type"]["kind"] == "NON_NULL";
            if !required && word != "first" && (is_cursor || !self.dice.once_in(3)) {
                continue;
            }
            asked.is_narrowed |= word != "first";
            let value = self.value(word, &argument["type"], name(field), &mut asked.hidden);
            given.push(format!("{word}: {value}"));
        }
        if !given.is_empty() {
            let _ = write!(text, "({})", given.join(", "));
        }
    }

    fn value(&mut self, word: &str, kind: &Value, of: &str, hidden: &mut Vec<(&'static str, &'static str)>) -> String {
        match kind["kind"].as_str() {
            Some("NON_NULL") => return self.value(word, &kind["ofType"], of, hidden),
            Some("LIST") => {
                let many: Vec<_> =
                    (0..=self.dice.below(3)).map(|_| self.value(word, &kind["ofType"], of, hidden)).collect();
                return format!("[{}]", many.join(", "));
            }
            _ => {}
        }
        match (name(kind), word) {
            (_, "first") => (1 + self.dice.below(4)).to_string(),
            // Versions of profiles are few.
            ("Int", "version" | "from" | "to") => self.dice.below(4).to_string(),
            ("DateTime", _) => format!("\"2026-{:02}-15T08:00:00+07:00\"", 1 + self.dice.below(12)),
            ("Int", _) => (2024 + self.dice.below(3)).to_string(),
            ("Boolean", _) => self.dice.once_in(2).to_string(),
            ("Date", _) => format!("\"20{}-0{}-15\"", 10 + self.dice.below(17), 1 + self.dice.below(9)),
            ("ID", _) => format!("\"{}\"", self.pools.id(word, of, self.dice)),
            ("String", _) => format!("\"{}\"", self.pools.text(word, of, self.dice)),
            (kind, _) => self.compound(kind, hidden),
        }
    }

    /// A value of an enum, or an input object with some of its fields.
    fn compound(&mut self, kind: &str, hidden: &mut Vec<(&'static str, &'static str)>) -> String {
        let schema = self.of(kind);
        let values: Vec<&Value> = parts(schema, &["enumValues"]);
        if !values.is_empty() {
            let value: &Value = self.dice.pick::<&Value>(&values);
            let value = name(value).to_owned();
            hidden.extend(hidden_by(kind.trim_end_matches("Field"), &value));
            return value;
        }
        let fields = parts(schema, &["inputFields"]);
        let only = (schema["isOneOf"] == true).then(|| self.dice.below(fields.len()));
        let mut given = Vec::new();
        for (place, field) in fields.iter().enumerate() {
            let required = field["type"]["kind"] == "NON_NULL" && field["defaultValue"].is_null();
            if only.map_or(!required && !self.dice.once_in(4), |only| only != place) {
                continue;
            }
            hidden.extend(hidden_by(kind, name(field)));
            given.push(format!("{}: {}", name(field), self.value(name(field), &field["type"], kind, hidden)));
        }
        format!("{{{}}}", given.join(", "))
    }
}

/// The name inside lists and exclamation marks.
fn named(kind: &Value) -> &str {
    if kind["ofType"].is_null() { name(kind) } else { named(&kind["ofType"]) }
}
