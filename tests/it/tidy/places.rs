//! What may lie where: the names at the top, and what every bank's folder holds.

use std::fs;
use std::path::Path;

use super::none;
use super::source::{entries, root};

/// The names at the top; names that begin with a dot are free.
const TOP: &[&str] =
    &["Cargo.lock", "Cargo.toml", "LICENSE", "README.md", "api", "connectors", "entities", "schema.graphql", "tests"];

/// The names of the banks that have a folder.
pub(super) fn banks() -> Vec<String> {
    let dir = root().join("connectors/src/banks");
    let folders = entries(&dir).into_iter().filter(|path| path.is_dir());
    folders.map(|path| path.file_name().unwrap().to_str().unwrap().into()).collect()
}

fn strangers(top: &Path) -> Vec<String> {
    let ignored = fs::read_to_string(top.join(".gitignore")).unwrap_or_default();
    let mut complaints = Vec::new();
    for path in entries(top) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_known =
            TOP.contains(&name) || name.starts_with('.') || ignored.lines().any(|line| line == format!("/{name}"));
        if !is_known {
            complaints.push(format!("{name}: the top level is fixed; put it into the room that it belongs to"));
        }
    }
    complaints
}

fn incomplete_banks(banks: &Path) -> Vec<String> {
    let mut complaints = Vec::new();
    for bank in entries(banks).iter().filter(|path| path.is_dir()) {
        for file in ["mod.rs", "README.md"] {
            if !bank.join(file).is_file() {
                complaints.push(format!("{}: write its {file}", bank.display()));
            }
        }
        let letters = bank.join("letters");
        if !letters.is_dir() || entries(&letters).is_empty() {
            complaints
                .push(format!("{}: add letters/ with sample messages and what is expected of each", bank.display()));
        }
    }
    complaints
}

#[test]
fn the_top_level_has_only_its_names() {
    none(&strangers(&root()));
}

#[test]
fn every_bank_has_a_readme_and_letters() {
    none(&incomplete_banks(&root().join("connectors/src/banks")));
}

#[test]
fn a_stranger_at_the_top_is_found() {
    let top = tempfile::tempdir().unwrap();
    fs::write(top.path().join(".gitignore"), "/target\n").unwrap();
    for name in ["target", "api", ".ci"] {
        fs::create_dir(top.path().join(name)).unwrap();
    }
    assert_eq!(strangers(top.path()), Vec::<String>::new());
    fs::create_dir(top.path().join("utils")).unwrap();
    assert_eq!(strangers(top.path()).len(), 1);
}

#[test]
fn an_incomplete_bank_is_found() {
    let banks = tempfile::tempdir().unwrap();
    let bank = banks.path().join("acme");
    fs::create_dir_all(bank.join("letters")).unwrap();
    assert_eq!(incomplete_banks(banks.path()).len(), 3);
    for file in ["mod.rs", "README.md", "letters/paid.json"] {
        fs::write(bank.join(file), "").unwrap();
    }
    assert_eq!(incomplete_banks(banks.path()), Vec::<String>::new());
}
