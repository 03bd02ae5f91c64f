//! What bulk verbs have in common: rows in, a result for each row out, and one bad row never fails its neighbours.

use std::collections::HashSet;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::administrative_units::{self, Level, Unit};
use crate::changes::{self, Change};
use crate::codes::CodeError;
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::external_ids::{self, Link};
use crate::idempotency::{self, Attempt};
use crate::reach::Reach;
use crate::text;
use crate::time::Timestamp;

/// Rows of one mutation at most; larger rosters go by files.
pub const MAX_ITEMS: usize = 500;

/// In whose name and when a batch is written.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Nothing outside it is read or written.
    pub reach: &'a Reach,
    /// The caller's key and input, when a repeat must not be applied again.
    pub attempt: Option<&'a Attempt>,
    /// The moment of writing.
    pub now: Timestamp,
}

/// What became of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RowStatus {
    /// The thing is new.
    Created,
    /// The thing existed and was altered.
    Updated,
    /// The thing existed just so; nothing was written.
    Unchanged,
    /// The row cannot be accepted; nothing was written for it.
    Refused,
}

/// The result of one row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowResult {
    /// The row's place in the input, from 0.
    pub index: usize,
    /// The caller's own id as the row gave it.
    pub external_id: Option<String>,
    /// What became of the row.
    pub status: RowStatus,
    /// The thing's key; none when the row was refused.
    pub id: Option<Uuid>,
    /// Why the row was refused; empty otherwise.
    pub errors: Vec<Refusal>,
}

/// Collects the results, links and changes of a batch until they are written together.
pub(crate) struct Tally {
    kind: &'static str,
    results: Vec<RowResult>,
    claimed: HashSet<String>,
    links: Vec<Link>,
    changed: HashSet<Change>,
    changes: Vec<Change>,
}

impl Tally {
    /// A batch of things of the GraphQL type `kind`.
    pub(crate) fn new(kind: &'static str) -> Self {
        Self {
            kind,
            results: Vec::new(),
            claimed: HashSet::new(),
            links: Vec::new(),
            changed: HashSet::new(),
            changes: Vec::new(),
        }
    }

    /// Refuses the second row that names the same thing: which of the two is meant cannot be known.
    pub(crate) fn claim(&mut self, name: impl std::fmt::Display) -> Result<(), Refusal> {
        if self.claimed.insert(name.to_string()) {
            return Ok(());
        }
        Err(Refusal::new(
            "DUPLICATE_IN_BATCH",
            "An earlier row of this batch names the same thing.",
            "Một dòng trước trong cùng lần gửi đã nêu đối tượng này.",
        ))
    }

    pub(crate) fn refuse(&mut self, external_id: Option<&str>, errors: Vec<Refusal>) {
        self.push(external_id, RowStatus::Refused, None, errors);
    }

    /// A row that stands: its change is recorded when something changed, its link when the vendor's id is new.
    pub(crate) fn accept(&mut self, external_id: Option<&str>, status: RowStatus, change: Change, link: Option<Link>) {
        let status = if link.is_some() && status == RowStatus::Unchanged { RowStatus::Updated } else { status };
        self.push(external_id, status, Some(change.node), Vec::new());
        self.links.extend(link);
        if status != RowStatus::Unchanged {
            self.also(change);
        }
    }

    /// Keeps the place of a row that is written later, and says where it stands.
    pub(crate) fn reserve(&mut self, external_id: Option<&str>) -> usize {
        self.push(external_id, RowStatus::Created, None, Vec::new());
        self.results.len() - 1
    }

    /// A reserved row that was written as `id`, with every change that it brought.
    pub(crate) fn fulfil(&mut self, index: usize, id: Uuid, changes: Vec<Change>, link: Option<Link>) {
        self.results[index].id = Some(id);
        self.changes.extend(changes);
        self.links.extend(link);
    }

    /// A change beside the rows, such as an enrollment that a transfer ended; the same change counts once.
    pub(crate) fn also(&mut self, change: Change) {
        if self.changed.insert(change.clone()) {
            self.changes.push(change);
        }
    }

    /// Writes links, changes and the caller's key, and hands the results back.
    pub(crate) async fn finish(self, tx: &Tx, batch: &Batch<'_>) -> Result<Vec<RowResult>, Error> {
        external_ids::link(tx, batch.reach, self.kind, &self.links).await?;
        changes::append(tx, self.changes, batch.now).await?;
        if let Some(attempt) = batch.attempt {
            let made: Vec<Uuid> = self.results.iter().map(|row| row.id.unwrap_or(Uuid::nil())).collect();
            idempotency::remember(tx, attempt, &made, batch.now).await?;
        }
        Ok(self.results)
    }

    fn push(&mut self, external_id: Option<&str>, status: RowStatus, id: Option<Uuid>, errors: Vec<Refusal>) {
        let index = self.results.len();
        self.results.push(RowResult { index, external_id: external_id.map(str::to_owned), status, id, errors });
    }
}

/// The results of an earlier attempt under the same key, without its rows being applied again: what was written since
/// by others stays. `visible` are the ids that still lie in the caller's reach.
pub(crate) fn repeated(made: &[Uuid], external_ids: &[Option<&str>], visible: &HashSet<Uuid>) -> Vec<RowResult> {
    let mut tally = Tally::new("");
    for (id, external_id) in made.iter().zip(external_ids) {
        if id.is_nil() {
            tally.refuse(*external_id, vec![refused_before()]);
        } else if visible.contains(id) {
            tally.push(*external_id, RowStatus::Unchanged, Some(*id), Vec::new());
        } else {
            tally.refuse(*external_id, vec![Refusal::not_found("this row's object")]);
        }
    }
    tally.results
}

/// A name as it is stored, or why it cannot be: empty, overlong, with control or mask characters.
pub(crate) fn name(field: &'static str, text: &str, max_chars: usize) -> Result<String, Refusal> {
    unmasked(field, text)?;
    text::nfc_required(text, max_chars).map_err(|error| {
        Refusal::new("BAD_TEXT", format!("{field}: {error}."), format!("{field}: văn bản không hợp lệ.")).at(field)
    })
}

/// Refuses text in which a display form was sent back, so that a nightly synchronisation cannot destroy data.
///
/// # Errors
/// `MASKED_INPUT`.
pub fn unmasked(field: &str, text: &str) -> Result<(), Refusal> {
    if !text.contains(['•', '*']) {
        return Ok(());
    }
    Err(Refusal::new(
        "MASKED_INPUT",
        format!("{field} holds mask characters: send the true value, or leave the field out."),
        format!("{field} chứa ký tự che; hãy gửi giá trị thật hoặc bỏ trống trường này."),
    )
    .at(field))
}

/// The commune with this code on a day.
pub(crate) fn commune(field: &'static str, code: &str, day: NaiveDate) -> Result<&'static Unit, Refusal> {
    administrative_units::unit(code.trim(), day).filter(|unit| unit.level == Level::Commune).ok_or_else(|| {
        Refusal::new(
            "COMMUNE_UNKNOWN",
            "There is no commune with this code today; resolveAdministrativeUnit finds what became of an old one.",
            "Hiện không có xã, phường mang mã này; dùng resolveAdministrativeUnit để tra mã cũ.",
        )
        .at(field)
    })
}

/// A code's refusal, pointing at its field.
pub(crate) fn bad_code(field: &'static str) -> impl Fn(CodeError) -> Refusal {
    move |error| Refusal::new(error.code, error.message, error.message_vi).at(field)
}

/// A field without which a new thing cannot be.
pub(crate) fn required(field: &'static str) -> Refusal {
    Refusal::new("REQUIRED", format!("{field} is needed to create this."), format!("Cần có {field} để tạo mới."))
        .at(field)
}

pub(crate) fn refused_before() -> Refusal {
    Refusal::new(
        "REFUSED_BEFORE",
        "This row was refused when the key was first used; send the mended row under a new key.",
        "Dòng này đã bị từ chối ở lần gửi đầu với khóa này; hãy gửi lại dòng đã sửa với khóa mới.",
    )
}

/// What writing `after` does to the row as it was.
pub(crate) fn status<M: PartialEq>(before: Option<&M>, after: &M) -> RowStatus {
    match before {
        None => RowStatus::Created,
        Some(before) if before == after => RowStatus::Unchanged,
        Some(_) => RowStatus::Updated,
    }
}
