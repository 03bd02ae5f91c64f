//! Every type, field, input field and enum value carries the Vietnamese official term beside its English sentence.

use serde_json::Value;

use super::introspection::{is_own, name, own_types, parts, types};

/// Letters that only Vietnamese has; a term without any, as `lan`, is written with its noun.
const LETTERS: &str = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ";

fn is_vietnamese(sentence: Option<&str>) -> bool {
    let folded = sentence.unwrap_or_default().to_lowercase();
    folded.chars().any(|letter| LETTERS.contains(letter))
}

fn without_term(types: &[Value]) -> Vec<String> {
    let mut found = Vec::new();
    for kind in types.iter().filter(|kind| is_own(kind)) {
        if !is_vietnamese(kind["description"].as_str()) {
            found.push(name(kind).to_owned());
        }
        for part in parts(kind, &["fields", "inputFields", "enumValues"]) {
            if !is_vietnamese(part["description"].as_str()) {
                found.push(format!("{}.{}", name(kind), name(part)));
            }
        }
    }
    found
}

#[tokio::test]
async fn every_word_has_its_vietnamese_term() {
    let found = without_term(&own_types().await);
    assert!(found.is_empty(), "without a Vietnamese term: {}", found.join(", "));
}

#[tokio::test]
async fn every_page_says_of_what_it_is() {
    let types = types().await;
    let pages = types.iter().filter(|kind| name(kind).ends_with("Connection") || name(kind) == "PageInfo");
    let found: Vec<&str> = pages.filter(|kind| !is_vietnamese(kind["description"].as_str())).map(name).collect();
    assert!(found.is_empty(), "pages without a sentence (api/src/graphql/described.rs): {}", found.join(", "));
}

#[test]
fn a_word_without_its_term_is_found() {
    let kind = |description: &str, field: &str| {
        serde_json::json!({ "kind": "OBJECT", "name": "Fee", "description": description,
            "fields": [{ "name": "amount", "description": field }] })
    };
    assert_eq!(without_term(&[kind("A fee.", "How much (so tien).")]), ["Fee", "Fee.amount"]);
    assert!(without_term(&[kind("A fee (khoản thu).", "How much (số tiền).")]).is_empty());
}
