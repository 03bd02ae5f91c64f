//! `manifest.csv`: which version the archive is written in, and whether each file holds everything, changes, or is not there.

use std::collections::HashMap;

use super::cells::{self, Grid};
use super::columns::{FILES, Table};
use super::findings::{self, Finding};

/// The name of the file.
pub(super) const FILE: &str = "manifest.csv";
const HEADER: [&str; 2] = ["propertyName", "value"];
/// Properties of a manifest at most: four times what the binding knows.
const MAX_PROPERTIES: usize = 100;

/// What a file of an archive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything, as it is.
    Bulk,
    /// What changed.
    Delta,
}

impl Mode {
    const fn word(self) -> &'static str {
        match self {
            Self::Bulk => "bulk",
            Self::Delta => "delta",
        }
    }
}

/// The file of an archive that holds these tables; `source` is the name of the system that made it.
#[must_use]
pub fn manifest(held: &[Table], mode: Mode, source: &str) -> Vec<u8> {
    let mut rows = vec![HEADER.map(str::to_owned)];
    let mut property = |name: String, value: &str| rows.push([name, value.to_owned()]);
    property("manifest.version".to_owned(), "1.0");
    property("oneroster.version".to_owned(), "1.2");
    for file in FILES {
        let is_held = held.iter().any(|table| table.name() == file);
        property(format!("file.{file}"), if is_held { mode.word() } else { "absent" });
    }
    property("source.systemName".to_owned(), source);
    property("source.systemCode".to_owned(), "lienthong");
    rows.iter().flat_map(|row| cells::line(row.iter().map(String::as_str))).collect()
}

/// The files that a manifest names as held, by their names in it.
pub(super) fn read(bytes: &[u8]) -> Result<HashMap<String, Mode>, Finding> {
    let wrong = |what: &str| findings::bad_manifest(what).in_file(FILE);
    let mut grid = Grid::new(bytes).map_err(|fault| fault.in_file(FILE))?;
    let header = grid.next().map(|(_, cells)| cells).unwrap_or_default();
    if header.iter().map(String::as_str).take(2).ne(HEADER) {
        return Err(wrong(&header.join(",")));
    }
    let mut properties = HashMap::new();
    for (_, cells) in grid {
        let [name, value, ..] = cells.as_slice() else { return Err(wrong(&cells.join(","))) };
        if properties.insert(name.trim().to_owned(), value.trim().to_owned()).is_some() {
            return Err(wrong(name));
        }
        if properties.len() > MAX_PROPERTIES {
            return Err(wrong("..."));
        }
    }
    let version = |name: &str| properties.get(name).map_or("", String::as_str);
    if version("oneroster.version") != "1.2" || version("manifest.version") != "1.0" {
        return Err(findings::version(version("oneroster.version")).in_file(FILE));
    }
    let mut files = HashMap::new();
    for (name, value) in &properties {
        let Some(file) = name.strip_prefix("file.") else { continue };
        let mode = match value.to_ascii_lowercase().as_str() {
            "bulk" => Mode::Bulk,
            "delta" => Mode::Delta,
            "absent" => continue,
            _ => return Err(wrong(value)),
        };
        files.insert(file.to_owned(), mode);
    }
    Ok(files)
}
