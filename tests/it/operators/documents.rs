//! What the README of `api` promises to list: every error code and every setting.

use std::fs;
use std::path::Path;

const VERBS: [&str; 5] = ["Refusal::new(", "CodeError::new(", "Fault::refused(", "Problem::new(", "refuse("];

#[test]
fn every_error_code_is_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = fs::read_to_string(root.join("api/README.md")).unwrap();
    let mut codes = Vec::new();
    for room in ["api/src", "entities/src"] {
        collect(&root.join(room), &mut codes);
    }
    codes.sort();
    codes.dedup();
    assert!(codes.len() > 60, "the walk lost its way: {}", codes.len());
    let missing: Vec<_> = codes.iter().filter(|code| !readme.contains(&format!("| `{code}` |"))).collect();
    assert!(missing.is_empty(), "api/README.md does not say what these codes mean: {missing:?}");
}

fn collect(folder: &Path, codes: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, codes);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            VERBS.iter().for_each(|verb| codes.extend(text.split(verb).skip(1).filter_map(code)));
        }
    }
}

/// The code among the first arguments behind a verb: the first quoted word in capitals before the statement ends.
fn code(behind: &str) -> Option<String> {
    let arguments = behind.split(';').next()?;
    let word = arguments.split('"').skip(1).step_by(2).take(2).find(|word| {
        word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    })?;
    Some(word.to_owned())
}
