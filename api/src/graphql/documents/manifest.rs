//! The operator's file of trusted documents: a JSON object of hashes and texts, as Relay's compiler writes it, or the
//! manifest of Apollo's (`apollo-persisted-query-manifest`, version 1).

use std::collections::HashMap;

use serde_json::Value;

use crate::graphql::gate::{self, Hash};

/// The documents of a manifest's text, each under its own SHA-256.
///
/// # Errors
/// A sentence when it is no manifest, or a document stands under another hash.
pub(super) fn parse(text: &str) -> Result<HashMap<Hash, String>, String> {
    let manifest: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let listed = manifest.get("operations").and_then(Value::as_array);
    let pairs: Vec<(Option<&str>, Option<&str>)> = match (listed, manifest.as_object()) {
        (Some(operations), _) => operations
            .iter()
            .map(|operation| {
                (operation.get("id").and_then(Value::as_str), operation.get("body").and_then(Value::as_str))
            })
            .collect(),
        (None, Some(map)) => map.iter().map(|(id, body)| (Some(id.as_str()), body.as_str())).collect(),
        (None, None) => return Err("a manifest is a JSON object".to_owned()),
    };
    let mut documents = HashMap::new();
    for (id, body) in pairs {
        let (Some(id), Some(body)) = (id, body) else { return Err("each document has an id and a text".to_owned()) };
        let hash = gate::hash(body);
        if hex::encode(hash) != id.strip_prefix("sha256:").unwrap_or(id).to_ascii_lowercase() {
            return Err(format!("the document {id} does not have this SHA-256"));
        }
        documents.insert(hash, body.to_owned());
    }
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_are_read_and_wrong_hashes_refused() {
        let (text, hash) = ("{ now }", hex::encode(gate::hash("{ now }")));
        let apollo = json!({"format": "apollo-persisted-query-manifest", "version": 1,
            "operations": [{"id": hash, "body": text, "name": "Now", "type": "query"}]});
        for manifest in [json!({ &hash: text }), json!({ format!("sha256:{hash}"): text }), apollo] {
            assert_eq!(parse(&manifest.to_string()).unwrap()[&gate::hash(text)], text);
        }
        for bad in [json!([]), json!({ "00": text }), json!({ hash: 1 }), json!({"operations": [{"id": "x"}]})] {
            assert!(parse(&bad.to_string()).is_err(), "{bad}");
        }
    }
}
