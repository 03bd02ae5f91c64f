//! Reads a reply beside its question, row by row and field by field, with the oracle at hand.

use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use uuid::Uuid;

use super::super::oracle::{Person, Right, World};
use super::ask::Asked;

/// What chance hears when its arguments fit no row: it depends on the question alone.
fn is_harmless(code: &str) -> bool {
    code.starts_with("BAD_") || code.ends_with("_INVALID") || code.ends_with("_UNKNOWN") || code == "NOT_FOUND"
}

/// What is wrong with a reply; `seen` counts what was looked at.
pub(super) fn complaints(
    world: &World,
    person: &Person,
    asked: &[Asked],
    reply: &Value,
    seen: &mut HashMap<&'static str, usize>,
) -> Vec<String> {
    let masked = reply["extensions"]["masked"].as_array().into_iter().flatten();
    let masked = masked.filter_map(Value::as_str).collect();
    let mut judge = Judge { world, person, masked, seen, found: Vec::new() };
    judge.errors(asked, reply);
    asked.iter().for_each(|root| judge.root(root, asked.len() == 1, reply));
    judge.found
}

struct Judge<'a> {
    world: &'a World,
    person: &'a Person,
    masked: HashSet<&'a str>,
    seen: &'a mut HashMap<&'static str, usize>,
    found: Vec<String>,
}

impl Judge<'_> {
    fn count(&mut self, what: &'static str) {
        *self.seen.entry(what).or_default() += 1;
    }

    /// Accidents are never an answer, and a right that is there is not refused.
    fn errors(&mut self, asked: &[Asked], reply: &Value) {
        for error in reply["errors"].as_array().into_iter().flatten() {
            let code = error["extensions"]["code"].as_str().unwrap_or("none");
            let root = error["path"][0].as_str().and_then(|key| asked.iter().find(|root| root.key == key));
            let right = match code {
                "FORBIDDEN" | "FIELD_NOT_ALLOWED" => root.is_some_and(|root| self.denies(root)),
                other => is_harmless(other),
            };
            if !right {
                self.found.push(format!("refused without reason: {error}"));
            }
            self.count("refusals");
        }
    }

    /// Whether a field, or anything below it, is refused by a right of its own.
    fn denies(&self, asked: &Asked) -> bool {
        self.refusal(asked).is_some() || asked.sub.iter().any(|sub| self.denies(sub))
    }

    /// How a question must be refused, whatever rows there are.
    fn refusal(&self, asked: &Asked) -> Option<&'static str> {
        let allowed = match (asked.owner.as_str(), asked.name.as_str()) {
            ("Query", verb)
            | ("School", verb @ ("classes" | "students" | "bankAccounts" | "bankTransactions" | "fees" | "invoices"))
            | ("SchoolClass", verb @ "students")
            | ("Student", verb @ ("invoices" | "virtualAccounts")) => self.person.asks(verb),
            ("SchoolClass" | "Student", "enrollments") => self.person.opens("Enrollment"),
            _ => true,
        };
        let hidden = asked.hidden.iter().any(|(kind, field)| !self.person.may(kind, field));
        if allowed { hidden.then_some("FIELD_NOT_ALLOWED") } else { Some("FORBIDDEN") }
    }

    fn root(&mut self, root: &Asked, is_alone: bool, reply: &Value) {
        let value = &reply["data"][&root.key];
        if let Some(code) = self.refusal(root) {
            if !value.is_null() {
                self.found.push(format!("{} was answered, and must be refused", root.name));
            }
            let told = reply["errors"][0]["extensions"]["code"].as_str().unwrap_or("nothing");
            // Nothing is to be learned from how: the code depends on the question alone.
            if is_alone && told != code && !is_harmless(told) {
                self.found.push(format!("{} was refused with {told}, not {code}", root.name));
            }
            return;
        }
        if !root.is_narrowed && reply["errors"].is_null() {
            self.total(root, value);
        }
        self.value(root, value, &root.key);
    }

    /// An unfiltered list counts what is to be seen, no row more.
    fn total(&mut self, root: &Asked, page: &Value) {
        let kind = match root.name.as_str() {
            "schools" => "School",
            "classes" => "SchoolClass",
            "students" => "Student",
            "invoices" => "Invoice",
            "bankTransactions" => "BankTransaction",
            _ => return,
        };
        let Some(asked) = root.sub.iter().find(|sub| sub.name == "totalCount") else { return };
        let (told, counted) = (&page[&asked.key], self.world.count(self.person, kind).min(10_000));
        if told.as_u64() != u64::try_from(counted).ok() {
            self.found.push(format!("{} counts {told}, and {counted} are to be seen", root.name));
        }
        self.count("totals");
    }

    /// A value, a list of values, or an object with what was asked of it.
    fn value(&mut self, asked: &Asked, value: &Value, path: &str) {
        match value {
            Value::Null => self.nothing(asked, path),
            Value::Array(many) => {
                for (place, one) in many.iter().enumerate().filter(|(_, one)| !one.is_null()) {
                    self.value(asked, one, &format!("{path}.{place}"));
                }
            }
            Value::Object(_) if value["t"].is_string() => self.object(asked, value, path),
            _ => self.leaf(asked, path),
        }
    }

    fn nothing(&mut self, asked: &Asked, path: &str) {
        let granted = self.person.may(&asked.owner, &asked.name);
        // Who paid in cash is the desk's knowledge, which is not told to a vendor who may read the payers of banks; and an
        // invoice on which nobody paid has no payer to hide.
        if (asked.owner.as_str(), asked.name.as_str()) == ("Invoice", "payerName") {
            return;
        }
        if self.masked.contains(path) {
            self.count("masks");
            if granted && self.person.opens(&asked.kind) {
                self.found.push(format!("{path} is withheld: {}.{} may be read", asked.owner, asked.name));
            }
        } else if asked.is_leaf && !granted {
            // Where a value is hidden its absence is hidden too: an open null would tell that there is none.
            self.found.push(format!("{path} tells that {}.{} is null", asked.owner, asked.name));
        }
    }

    fn leaf(&mut self, asked: &Asked, path: &str) {
        self.count("values");
        if !self.person.may(&asked.owner, &asked.name) {
            self.found.push(format!("{path} leaks {}.{}", asked.owner, asked.name));
        }
    }

    fn object(&mut self, asked: &Asked, object: &Value, path: &str) {
        let kind = object["t"].as_str().unwrap_or_default();
        if !self.person.opens(kind) || self.refusal(asked).is_some() {
            self.found.push(format!("{path} shows a {kind}"));
        }
        // The id of an `ExternalId` is the client's own word.
        if let Some(id) = object["i"].as_str().filter(|_| kind != "ExternalId") {
            self.row(id, path);
        }
        for sub in &asked.sub {
            match sub.name.as_str() {
                "..." if sub.owner == kind => self.inside(sub, object, path),
                "..." => {}
                _ => self.value(sub, &object[&sub.key], &format!("{path}.{}", sub.key)),
            }
        }
    }

    /// What a fragment asks of the object that it fits.
    fn inside(&mut self, fragment: &Asked, object: &Value, path: &str) {
        for sub in &fragment.sub {
            if sub.name == "..." {
                self.inside(sub, object, path);
            } else {
                self.value(sub, &object[&sub.key], &format!("{path}.{}", sub.key));
            }
        }
    }

    fn row(&mut self, id: &str, path: &str) {
        let text = URL_SAFE_NO_PAD.decode(id).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        let (kind, row) = text.split_once(':').unwrap_or(("?", ""));
        self.count("rows");
        let row: Uuid = row.parse().unwrap_or_default();
        if kind != "AccessLogEntry" && !self.world.sees(self.person, kind, row) {
            self.found.push(format!("{path} shows {text}, which lies elsewhere"));
        }
    }
}
