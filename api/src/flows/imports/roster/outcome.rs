//! What became of the rows of a roster, and how the result file says it.

use connectors::oneroster::{Finding, Row, Table};
use entities::Refusal;
use entities::batch::{RowResult, RowStatus};
use entities::error::Error;
use entities::runs::Figures;
use serde_json::{Value, json};
use uuid::Uuid;

/// What became of one row.
#[derive(Debug)]
pub(super) struct Outcome {
    file: Option<String>,
    line: Option<u64>,
    sourced_id: Option<String>,
    /// None for a row that the hub has no place for.
    status: Option<RowStatus>,
    node: Option<(&'static str, Uuid)>,
    not_kept: Vec<String>,
    errors: Vec<Refusal>,
}

/// Why a row goes no further.
#[derive(Debug)]
pub(super) enum Stop {
    /// It says something that cannot be accepted.
    Refused(Refusal),
    /// It says something that the hub has no place for.
    NotKept(Refusal),
    /// It says what is so already.
    Unchanged(Option<(&'static str, Uuid)>),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The hub has no place for what a row says.
pub(super) fn not_kept(en: &str, vi: &str) -> Stop {
    Stop::NotKept(Refusal::new("ONEROSTER_NOT_KEPT", en, vi))
}

/// A row names something that neither the archive holds nor the hub knows.
pub(super) fn no_reference(column: &str, id: &str) -> Refusal {
    let shown: String = id.chars().filter(|c| !c.is_control()).take(60).collect();
    Refusal::new(
        "ONEROSTER_REFERENCE",
        format!(
            "{shown:?} is in no file of the archive, or was refused there, and the hub knows it by no id of yours."
        ),
        format!("{shown:?} không có trong tệp nào hoặc đã bị từ chối, và hệ thống không biết mã này của bạn."),
    )
    .at(column)
}

impl Outcome {
    /// A row of a table, before anything is said of it.
    fn of<T>(table: Table, row: &Row<T>) -> Self {
        Self {
            file: Some(table.file()),
            line: Some(row.line),
            sourced_id: Some(row.sourced_id.clone()),
            status: None,
            node: None,
            not_kept: row.unread.iter().map(ToString::to_string).collect(),
            errors: Vec::new(),
        }
    }

    /// A row that went through a verb.
    pub(super) fn written<T>(
        table: Table,
        row: &Row<T>,
        more: Vec<String>,
        kind: &'static str,
        result: RowResult,
    ) -> Self {
        let mut outcome = Self::of(table, row);
        outcome.not_kept.extend(more);
        outcome.status = Some(result.status);
        outcome.node = result.id.map(|id| (kind, id));
        outcome.errors = result.errors;
        outcome
    }

    /// A row that went through none.
    pub(super) fn stopped<T>(table: Table, row: &Row<T>, stop: Stop) -> Self {
        let mut outcome = Self::of(table, row);
        match stop {
            Stop::Refused(refusal) => {
                outcome.status = Some(RowStatus::Refused);
                outcome.errors.push(refusal);
            }
            Stop::NotKept(refusal) => outcome.errors.push(refusal),
            Stop::Unchanged(node) => {
                outcome.status = Some(RowStatus::Unchanged);
                outcome.node = node;
            }
        }
        outcome
    }

    /// The same outcome, with columns that are not kept.
    pub(super) fn without(mut self, columns: &[&str]) -> Self {
        self.not_kept.extend(columns.iter().map(|column| (*column).to_owned()));
        self
    }

    /// What the reader found: a row that it could not read, or a file that it did not.
    pub(super) fn found(finding: Finding) -> Self {
        let status = finding.line.map(|_| RowStatus::Refused);
        let (file, line) = (finding.file.clone().map(String::from), finding.line);
        let sourced_id = finding.sourced_id.clone().map(String::from);
        Self { file, line, sourced_id, status, node: None, not_kept: Vec::new(), errors: vec![refusal(finding)] }
    }
}

fn refusal(finding: Finding) -> Refusal {
    let refusal = Refusal::new(finding.code, finding.message, finding.message_vi);
    match finding.column {
        Some(column) => refusal.at(String::from(column)),
        None => refusal,
    }
}

/// Why an archive as a whole is not read.
pub(super) fn unreadable(finding: Finding) -> Refusal {
    let place = finding.file.iter().map(|file| format!(" ({file})")).collect::<String>();
    Refusal::new(finding.code, format!("{}{place}", finding.message), format!("{}{place}", finding.message_vi))
        .at("fileId")
}

/// The results as lines of the result file. What a rehearsal would have made has no id.
pub(super) fn said(outcomes: &[Outcome], dry_run: bool, id: fn(&str, Uuid) -> String) -> Result<Vec<u8>, Error> {
    let mut said = Vec::with_capacity(outcomes.len() * 160);
    for one in outcomes {
        let errors: Vec<Value> = one.errors.iter().map(crate::flows::imports::page::words).collect();
        let made = one.node.filter(|_| !(dry_run && one.status == Some(RowStatus::Created)));
        let line = json!({
            "file": one.file,
            "line": one.line,
            "externalId": one.sourced_id,
            "status": one.status.map_or("NOT_KEPT", crate::flows::imports::page::status),
            "id": made.map(|(kind, made)| id(kind, made)),
            "notKept": one.not_kept,
            "errors": errors,
        });
        serde_json::to_writer(&mut said, &line).map_err(Error::internal)?;
        said.push(b'\n');
    }
    Ok(said)
}

/// The figures of a page. A row that is not kept has no status.
pub(super) fn figures(outcomes: &[Outcome]) -> Figures {
    crate::flows::imports::page::count(outcomes.iter().map(|one| one.status))
}
