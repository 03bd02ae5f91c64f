//! What the rules read: every Rust file of the workspace with its syntax tree.

use std::fs;
use std::path::{Path, PathBuf};

/// One Rust file.
pub(super) struct Source {
    /// From the project's root, with forward slashes.
    pub(super) path: String,
    pub(super) text: String,
    pub(super) tree: syn::File,
}

impl Source {
    pub(super) fn parse(path: &str, text: &str) -> Self {
        let tree = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.into(), text: text.into(), tree }
    }

    /// Whether the file is `room` itself (`api/src/flows` means `api/src/flows.rs` too) or lies in it.
    pub(super) fn is_in(&self, room: &str) -> bool {
        let rest = self.path.strip_prefix(room);
        rest.is_some_and(|rest| rest.is_empty() || rest == ".rs" || rest.starts_with('/'))
    }

    /// A complaint about one line.
    pub(super) fn complain(&self, line: usize, sentence: &str) -> String {
        format!("{}:{line}: {sentence}", self.path)
    }
}

/// The project's root.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().into()
}

/// Every Rust file of the four rooms.
pub(super) fn all() -> Vec<Source> {
    let mut sources = Vec::new();
    for room in ["api", "entities", "connectors", "tests"] {
        walk(&root().join(room), &mut sources);
    }
    sources
}

fn walk(dir: &Path, sources: &mut Vec<Source>) {
    for path in entries(dir) {
        if path.is_dir() {
            walk(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
            sources.push(Source::parse(&name, &fs::read_to_string(&path).unwrap()));
        }
    }
}

/// What lies in a folder, sorted by name.
pub(super) fn entries(dir: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut paths: Vec<_> = read.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
