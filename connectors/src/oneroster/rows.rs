//! One row of a file by the names of its columns: each value is read as its type, or refused with its column.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};

use super::cells::CELL_BYTES;
use super::columns::Table;
use super::findings::{self, Finding};
use super::formula::unguarded;
use super::{Change, Mode};

/// Characters of an id at most, as the binding has it.
const ID_CHARS: usize = 255;

/// Bytes of a column's name at most.
const NAME_BYTES: usize = 255;
/// Columns that are named of a row as not read, at most.
const MAX_UNREAD: usize = 20;
/// Members of a list at most: two bytes of a cell would become a text each.
const MAX_MEMBERS: usize = 100;

/// Where the columns of a file stand.
pub(super) struct Header {
    table: Table,
    places: HashMap<Arc<str>, usize>,
    pub(super) width: usize,
}

impl Header {
    /// The first row of a file. Columns may stand in any order; those that nobody knows are kept apart.
    pub(super) fn read(table: Table, cells: &[String]) -> Result<Self, Finding> {
        let mut places = HashMap::new();
        for (place, name) in cells.iter().enumerate() {
            if name.len() > NAME_BYTES || places.insert(Arc::from(name.trim()), place).is_some() {
                return Err(findings::header(name));
            }
        }
        match table.required().iter().find(|column| !places.contains_key(**column)) {
            Some(missing) => Err(findings::header(missing)),
            None => Ok(Self { table, places, width: cells.len() }),
        }
    }

    /// The columns that a row fills and its thing does not hold, the first of them. The names are the header's own, however many rows
    /// there are.
    pub(super) fn unread(&self, cells: &[String]) -> Vec<Arc<str>> {
        let known = ["sourcedId", "status", "dateLastModified"];
        let held = |name: &str| known.contains(&name) || self.table.held().contains(&name);
        let is_filled = |place: usize| cells.get(place).is_some_and(|cell| !cell.trim().is_empty());
        let mut unread: Vec<(usize, &Arc<str>)> = self
            .places
            .iter()
            .filter(|(name, place)| !held(name) && is_filled(**place))
            .map(|(name, place)| (*place, name))
            .collect();
        unread.sort_unstable();
        unread.into_iter().take(MAX_UNREAD).map(|(_, name)| name.clone()).collect()
    }
}

/// The cells of a row by their columns.
pub(super) struct Cells<'a> {
    pub(super) header: &'a Header,
    pub(super) cells: &'a [String],
}

impl Cells<'_> {
    fn raw(&self, column: &str) -> &str {
        self.header.places.get(column).and_then(|place| self.cells.get(*place)).map_or("", |cell| cell.trim())
    }

    /// Whether every cell is one line of text.
    pub(super) fn plain(&self) -> Result<(), Finding> {
        let is_plain = |cell: &String| cell.len() <= CELL_BYTES && !cell.trim().contains(char::is_control);
        let odd = self.cells.iter().position(|cell| !is_plain(cell));
        let column = odd.and_then(|odd| self.header.places.iter().find(|(_, place)| **place == odd));
        column.map_or(Ok(()), |(name, _)| Err(findings::text(name)))
    }

    /// A text; empty where the cell is blank.
    pub(super) fn text(&self, column: &str) -> String {
        unguarded(self.raw(column)).to_owned()
    }

    /// A text; none where the cell is blank.
    pub(super) fn filled(&self, column: &str) -> Option<String> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    /// A text that must be there.
    pub(super) fn needed(&self, column: &str) -> Result<String, Finding> {
        self.filled(column).ok_or_else(|| findings::required(column))
    }

    /// An id of the row or of another one.
    pub(super) fn id(&self, column: &str) -> Result<String, Finding> {
        let id = self.needed(column)?;
        if id.chars().count() > ID_CHARS { Err(findings::text(column)) } else { Ok(id) }
    }

    /// The id of another row, where one is given.
    pub(super) fn reference(&self, column: &str) -> Result<Option<String>, Finding> {
        self.filled(column).map(|_| self.id(column)).transpose()
    }

    /// The members of a list, which commas part.
    pub(super) fn list(&self, column: &str) -> Result<Vec<String>, Finding> {
        let text = self.text(column);
        let parts = || text.split(',').map(str::trim).filter(|part| !part.is_empty());
        if parts().count() > MAX_MEMBERS {
            return Err(findings::text(column));
        }
        Ok(parts().map(str::to_owned).collect())
    }

    pub(super) fn day(&self, column: &str) -> Result<Option<NaiveDate>, Finding> {
        let wanted = ["a day as 2026-09-05", "ngày viết 2026-09-05"];
        let read = |text: String| {
            let is_shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
            let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|_| is_shaped);
            day.ok_or_else(|| findings::value(column, &text, wanted))
        };
        self.filled(column).map(read).transpose()
    }

    pub(super) fn needed_day(&self, column: &str) -> Result<NaiveDate, Finding> {
        self.day(column)?.ok_or_else(|| findings::required(column))
    }

    /// A year as four digits.
    pub(super) fn year(&self, column: &str) -> Result<i32, Finding> {
        let text = self.needed(column)?;
        let is_shaped = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let wanted = ["a year of four digits", "năm gồm bốn chữ số"];
        text.parse().ok().filter(|_| is_shaped).ok_or_else(|| findings::value(column, &text, wanted))
    }

    pub(super) fn is_true(&self, column: &str) -> Result<bool, Finding> {
        let text = self.needed(column)?;
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(findings::value(column, &text, ["true or false", "true hoặc false"])),
        }
    }

    /// A word of a list, in its own letters whatever case it came in, or an extension `ext:...`.
    pub(super) fn word(&self, column: &str, words: &[&str]) -> Result<Option<String>, Finding> {
        let Some(text) = self.filled(column) else { return Ok(None) };
        if let Some(known) = words.iter().find(|word| word.eq_ignore_ascii_case(&text)) {
            return Ok(Some((*known).to_owned()));
        }
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        };
        if text.strip_prefix("ext:").is_some_and(is_name) {
            return Ok(Some(text));
        }
        let wanted = format!("one of {} or ext:...", words.join(", "));
        let wanted_vi = format!("một trong {} hoặc ext:...", words.join(", "));
        Err(findings::value(column, &text, [&wanted, &wanted_vi]))
    }

    pub(super) fn needed_word(&self, column: &str, words: &[&str]) -> Result<String, Finding> {
        self.word(column, words)?.ok_or_else(|| findings::required(column))
    }

    /// What a row says of its thing. A bulk file leaves both columns blank; one that says `active` says nothing more.
    pub(super) fn change(&self, mode: Mode) -> Result<Option<Change>, Finding> {
        let status = self.word("status", &["active", "tobedeleted"])?;
        let is_deleted = status.as_deref() == Some("tobedeleted");
        match (mode, status.as_deref()) {
            (Mode::Bulk, _) if is_deleted => Err(findings::deletion_in_bulk()),
            (Mode::Bulk, _) => Ok(None),
            (Mode::Delta, Some("active" | "tobedeleted")) => {
                let text = self.filled("dateLastModified").ok_or_else(findings::status_needed)?;
                let at = DateTime::parse_from_rfc3339(&text).ok();
                let wanted = ["a moment as 2026-09-05T07:30:00.000Z", "thời điểm viết 2026-09-05T07:30:00.000Z"];
                let at = at.ok_or_else(|| findings::value("dateLastModified", &text, wanted))?;
                Ok(Some(Change { is_deleted, at: at.timestamp_micros() }))
            }
            (Mode::Delta, _) => Err(findings::status_needed()),
        }
    }
}
