//! A mutation with a key happens once: the repeat finds the first result, another input under the same key is refused.

use ring::digest::{SHA256, digest};
use sea_orm::{EntityTrait, Set};
use serde_json::Value;
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::error::{Error, Refusal};
use crate::seal::Vault;
use crate::tables::idempotency_keys;
use crate::time::Timestamp;

/// Characters of a key at most: a UUID, a hash or a vendor's own key fit.
pub const MAX_KEY_CHARS: usize = 128;

/// One attempt at a mutation: whose key it is, for which verb, with which input.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The subject whose keys these are; two clients never share keys.
    pub subject: String,
    /// The caller's key.
    pub key: String,
    /// The mutation's name.
    pub verb: &'static str,
    /// The whole input but the key, as JSON.
    pub input: Value,
}

impl Attempt {
    /// The same attempt with all that stands under fields of this name replaced by keyed hashes: a plain digest of a telephone
    /// number is read by trying all numbers.
    #[must_use]
    pub fn veiled(mut self, db: &Db, name: &str) -> Self {
        veil(&mut self.input, db.vault(), name, false);
        self
    }

    fn digest(&self) -> Vec<u8> {
        digest(&SHA256, self.input.to_string().as_bytes()).as_ref().to_vec()
    }
}

/// The ids that the first attempt made; none when this is the first. The caller re-reads them under its present reach.
///
/// # Errors
/// `IDEMPOTENCY_KEY_REUSED` when the key was used with another verb or input; the first difference is named.
pub(crate) async fn recall(tx: &Tx, attempt: &Attempt) -> Result<Option<Vec<Uuid>>, Error> {
    if attempt.key.is_empty() || attempt.key.chars().count() > MAX_KEY_CHARS {
        return Err(Refusal::new(
            "BAD_IDEMPOTENCY_KEY",
            format!("An idempotency key has 1 to {MAX_KEY_CHARS} characters."),
            format!("Khóa chống lặp có từ 1 đến {MAX_KEY_CHARS} ký tự."),
        )
        .at("idempotencyKey")
        .into());
    }
    let found =
        idempotency_keys::Entity::find_by_id((attempt.subject.clone(), attempt.key.clone())).one(tx.conn()).await?;
    let Some(first) = found else { return Ok(None) };
    if first.verb != attempt.verb || first.input_digest != attempt.digest() {
        let earlier = serde_json::from_str(&first.input).map_err(Error::internal)?;
        let what = if first.verb == attempt.verb {
            difference("input", &earlier, &attempt.input)
        } else {
            "mutation".to_owned()
        };
        return Err(Refusal::new(
            "IDEMPOTENCY_KEY_REUSED",
            format!("This key was used before with another input: `{what}` differs."),
            format!("Khóa này đã được dùng với dữ liệu khác: `{what}` không giống."),
        )
        .at("idempotencyKey")
        .into());
    }
    serde_json::from_str(&first.result).map(Some).map_err(Error::internal)
}

/// [`recall`] for a verb whose key may be missing.
pub(crate) async fn recalled(tx: &Tx, attempt: Option<&Attempt>) -> Result<Option<Vec<Uuid>>, Error> {
    match attempt {
        Some(attempt) => recall(tx, attempt).await,
        None => Ok(None),
    }
}

/// Remembers what the first attempt made, in its own transaction.
pub(crate) async fn remember(tx: &Tx, attempt: &Attempt, made: &[Uuid], now: Timestamp) -> Result<(), Error> {
    let row = idempotency_keys::ActiveModel {
        subject: Set(attempt.subject.clone()),
        key: Set(attempt.key.clone()),
        verb: Set(attempt.verb.to_owned()),
        input_digest: Set(attempt.digest()),
        input: Set(shape(&attempt.input).to_string()),
        result: Set(serde_json::to_string(made).map_err(Error::internal)?),
        created_at: Set(now),
    };
    match idempotency_keys::Entity::insert(row).exec_without_returning(tx.conn()).await.map_err(Error::from) {
        Err(Error::Duplicate(key)) => Err(Error::Conflict(key)),
        other => other.map(|_| ()),
    }
}

fn veil(value: &mut Value, vault: &Vault, name: &str, inside: bool) {
    match value {
        Value::Object(fields) => {
            fields.iter_mut().for_each(|(field, value)| veil(value, vault, name, inside || field == name));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| veil(item, vault, name, inside)),
        leaf if inside => *leaf = hex::encode(vault.index("idempotency", &leaf.to_string())).into(),
        _ => {}
    }
}

/// The input with every leaf replaced by a short digest: enough to name a difference, nothing to read.
fn shape(input: &Value) -> Value {
    match input {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        leaf => hex::encode(&digest(&SHA256, leaf.to_string().as_bytes()).as_ref()[..8]).into(),
    }
}

/// The dotted path of the first place in which a remembered shape and a new input differ.
fn difference(path: &str, earlier: &Value, input: &Value) -> String {
    match (earlier, input) {
        (Value::Object(old), Value::Object(new)) => {
            for name in old.keys().chain(new.keys()) {
                let (before, after) = (old.get(name), new.get(name));
                let same = matches!((before, after), (Some(before), Some(after)) if *before == shape(after));
                if !same {
                    return difference(
                        &format!("{path}.{name}"),
                        before.unwrap_or(&Value::Null),
                        after.unwrap_or(&Value::Null),
                    );
                }
            }
            path.to_owned()
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            let at = old.iter().zip(new).position(|(before, after)| *before != shape(after)).unwrap_or(0);
            old.get(at)
                .zip(new.get(at))
                .map_or_else(|| path.to_owned(), |(before, after)| difference(&format!("{path}.{at}"), before, after))
        }
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_veiled_is_known_again_and_cannot_be_tried() {
        let (one, other) = (Vault::new([7; 32], [8; 32]), Vault::new([7; 32], [9; 32]));
        let veiled = |vault: &Vault, phone: &str| {
            let mut input = json!({"code": "a", "values": [{"persons": [{"phone": phone}]}]});
            veil(&mut input, vault, "persons", false);
            input
        };
        assert_eq!(veiled(&one, "0191"), veiled(&one, "0191"));
        assert_ne!(veiled(&one, "0191"), veiled(&one, "0192"));
        assert_ne!(veiled(&one, "0191"), veiled(&other, "0191"), "without the key nothing can be tried");
        assert_eq!(veiled(&one, "0191")["code"], "a");
    }

    #[test]
    fn the_first_difference_is_named_by_its_path() {
        let first = json!({"rows": [{"amount": 1, "code": "a"}, {"amount": 2, "code": "b"}]});
        let second = json!({"rows": [{"amount": 1, "code": "a"}, {"amount": 3, "code": "b"}]});
        assert_eq!(difference("input", &shape(&first), &second), "input.rows.1.amount");
        assert!(!shape(&first).to_string().contains("\"a\""));
    }
}
