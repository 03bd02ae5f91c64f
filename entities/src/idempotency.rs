//! A mutation with a key happens once: the repeat finds the first result, another input under the same key is refused.

use sea_orm::{EntityTrait, Set};
use serde_json::Value;
use uuid::Uuid;

use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::seal::Vault;
use crate::tables::idempotency_keys;
use crate::time::Timestamp;

/// Characters of a key at most: a UUID, a hash or a vendor's own key fit.
pub const MAX_KEY_CHARS: usize = 128;

/// What hashes of inputs are for. They are keyed: a plain digest of a telephone number is read by trying all numbers.
const INDEX: &str = "idempotency";

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
    fn digest(&self, vault: &Vault) -> Vec<u8> {
        vault.index(INDEX, &self.input.to_string())
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
    if first.verb != attempt.verb || first.input_digest != attempt.digest(tx.vault()) {
        let earlier = serde_json::from_str(&first.input).map_err(Error::internal)?;
        let what = if first.verb == attempt.verb {
            difference(tx.vault(), "input", &earlier, &attempt.input)
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
        input_digest: Set(attempt.digest(tx.vault())),
        input: Set(shape(tx.vault(), &attempt.input).to_string()),
        result: Set(serde_json::to_string(made).map_err(Error::internal)?),
        created_at: Set(now),
    };
    match idempotency_keys::Entity::insert(row).exec_without_returning(tx.conn()).await.map_err(Error::from) {
        Err(Error::Duplicate(key)) => Err(Error::Conflict(key)),
        other => other.map(|_| ()),
    }
}

/// The input with every leaf replaced by a short hash: enough to name a difference, nothing to read.
fn shape(vault: &Vault, input: &Value) -> Value {
    match input {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), shape(vault, value))).collect(),
        Value::Array(items) => items.iter().map(|item| shape(vault, item)).collect(),
        leaf => hex::encode(&vault.index(INDEX, &leaf.to_string())[..8]).into(),
    }
}

/// The dotted path of the first place in which a remembered shape and a new input differ.
fn difference(vault: &Vault, path: &str, earlier: &Value, input: &Value) -> String {
    match (earlier, input) {
        (Value::Object(old), Value::Object(new)) => {
            for name in old.keys().chain(new.keys()) {
                let (before, after) = (old.get(name), new.get(name));
                let same = matches!((before, after), (Some(before), Some(after)) if *before == shape(vault, after));
                if !same {
                    return difference(
                        vault,
                        &format!("{path}.{name}"),
                        before.unwrap_or(&Value::Null),
                        after.unwrap_or(&Value::Null),
                    );
                }
            }
            path.to_owned()
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            let at = old.iter().zip(new).position(|(before, after)| *before != shape(vault, after)).unwrap_or(0);
            old.get(at).zip(new.get(at)).map_or_else(
                || path.to_owned(),
                |(before, after)| difference(vault, &format!("{path}.{at}"), before, after),
            )
        }
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn vault(key: u8) -> Vault {
        Vault::new([7; 32], [key; 32])
    }

    #[test]
    fn an_input_is_known_again_and_cannot_be_tried() {
        let attempt = |phone: &str| Attempt {
            subject: "client:a".to_owned(),
            key: "k".to_owned(),
            verb: "upsertStudents",
            input: json!({ "rows": [{ "phone": phone }] }),
        };
        let kept = |key: u8, phone: &str| {
            let (vault, attempt) = (vault(key), attempt(phone));
            (attempt.digest(&vault), shape(&vault, &attempt.input))
        };
        assert_eq!(kept(8, "0191"), kept(8, "0191"));
        let (others, foreign) = (kept(8, "0192"), kept(9, "0191"));
        for other in [others, foreign] {
            assert_ne!(kept(8, "0191").0, other.0, "without the key nothing can be tried");
            assert_ne!(kept(8, "0191").1, other.1);
        }
    }

    #[test]
    fn the_first_difference_is_named_by_its_path() {
        let first = json!({"rows": [{"amount": 1, "code": "a"}, {"amount": 2, "code": "b"}]});
        let second = json!({"rows": [{"amount": 1, "code": "a"}, {"amount": 3, "code": "b"}]});
        assert_eq!(difference(&vault(8), "input", &shape(&vault(8), &first), &second), "input.rows.1.amount");
        assert!(!shape(&vault(8), &first).to_string().contains("\"a\""));
    }
}
