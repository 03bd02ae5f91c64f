//! One page of an import: lines, rows, results and the run's place, in one transaction.

use entities::batch::{Batch, RowResult, RowStatus};
use entities::reach::Reach;
use entities::runs::{self, Figures, Run, Step};
use entities::time::Timestamp;
use entities::{Db, Error, Refusal, files, schools, transaction};
use serde_json::{Value, json};
use uuid::Uuid;

use super::lines::{LINE_BYTES, Line, Lines, Place};
use super::rows::Read;
use super::{Kind, Reading};
use crate::flows::runner::Paged;

/// Things by their place in the page.
type Placed<T> = Vec<(usize, T)>;

/// Writes the next page of a run, of which `lines` is where the last one left off.
pub(super) async fn page(
    db: &Db,
    reading: &Reading,
    (run, worker, kind): (&Run, Uuid, Kind),
    reach: &Reach,
    lines: &mut Option<Lines>,
    now: Timestamp,
) -> Result<Paged, Error> {
    let from = Place::parse(run.position.as_deref())?;
    let mut reader = match lines.take().filter(|lines| lines.place == from) {
        Some(lines) => lines,
        None => Lines::from(db, runs::source_of(db, run).await?, from),
    };
    let (found, is_last) = reader.page().await?;
    let school = match &run.school_code {
        Some(code) => schools::by_code(db, reach, code).await?.map(|school| (code.as_str(), school.id)),
        None => None,
    };
    if run.school_code.is_some() && school.is_none() {
        return Err(Refusal::not_found("school").at("schoolCode").into());
    }
    let (parsed, bad) = parse(&found, kind, school.map(|(code, _)| code));
    let numbers: Vec<usize> = parsed.iter().map(|(place, _)| *place).collect();
    let values = parsed.into_iter().map(|(_, value)| value).collect();
    let read = (reading.rows)(kind, db.kind(), school.map(|(_, id)| id), values);
    let bytes_read = i64::try_from(reader.place.offset - from.offset).map_err(Error::internal)?;
    let written = transaction!(db, |tx| {
        if !runs::hold(tx, run, worker).await? {
            return Ok(None);
        }
        let batch = Batch { reach, attempt: None, now };
        if run.dry_run {
            tx.mark().await?;
        }
        let results = read.rows.write(tx, &batch).await?;
        if run.dry_run {
            tx.rewind().await?;
        }
        let results = in_order(&read, results, &numbers, &bad);
        let said = say(&results, &found, kind, run.dry_run, reading.id)?;
        files::append(tx, run.file, &said, None, now).await?;
        let figures = Figures { bytes_read, ..count(results.iter().map(|row| Some(row.status))) };
        let step = Step { position: reader.place.position(), figures };
        runs::step(tx, run, &step, now).await?;
        if is_last {
            runs::end(tx, run, None, now).await?;
        }
        Ok(Some(step))
    })?;
    *lines = Some(reader);
    Ok(match written {
        None => Paged::Lost,
        Some(_) if is_last => Paged::Last,
        Some(step) => Paged::More(step),
    })
}

/// Lines by their place in the page: those that are JSON objects, and why the others are not.
fn parse(lines: &[Line], kind: Kind, school: Option<&str>) -> (Placed<Value>, Placed<Refusal>) {
    let (mut parsed, mut bad) = (Vec::new(), Vec::new());
    for (place, line) in lines.iter().enumerate() {
        match object(line, kind, school) {
            Ok(value) => parsed.push((place, value)),
            Err(refusal) => bad.push((place, refusal)),
        }
    }
    (parsed, bad)
}

fn object(line: &Line, kind: Kind, school: Option<&str>) -> Result<Value, Refusal> {
    let text = line.text.as_deref().ok_or_else(|| {
        Refusal::new(
            "LINE_TOO_LONG",
            format!("A line has at most {LINE_BYTES} bytes."),
            format!("Một dòng có tối đa {LINE_BYTES} byte."),
        )
    })?;
    let bad = |what: String, vi: &str| Refusal::new("BAD_LINE", what, vi);
    let mut value: Value = serde_json::from_slice(text)
        .map_err(|error| bad(format!("This line is not JSON: {error}."), "Dòng này không phải JSON hợp lệ."))?;
    let Value::Object(fields) = &mut value else {
        return Err(bad("This line is not a JSON object.".to_owned(), "Dòng này không phải một đối tượng JSON."));
    };
    if let Some(code) = school.filter(|_| !kind.is_of_one_school()) {
        let named = fields.entry("schoolCode").or_insert_with(|| code.into());
        if named.as_str() != Some(code) {
            return Err(wrong_school().at("schoolCode"));
        }
    }
    Ok(value)
}

/// A row is of another school than the one that the run names.
pub(super) fn wrong_school() -> Refusal {
    Refusal::new("WRONG_SCHOOL", "This import is for another school.", "Lượt nhập này dành cho trường khác.")
}

/// Every result with its place in the page, in the order of the lines. `numbers` are the places of the lines that were JSON.
fn in_order(read: &Read, written: Vec<RowResult>, numbers: &[usize], bad: &[(usize, Refusal)]) -> Vec<RowResult> {
    let placed = written.into_iter().zip(&read.places).map(|(row, place)| RowResult { index: numbers[*place], ..row });
    let refused = read.refused.iter().map(|row| RowResult { index: numbers[row.index], ..row.clone() });
    let unread = bad.iter().map(|(index, refusal)| RowResult {
        index: *index,
        external_id: None,
        status: RowStatus::Refused,
        id: None,
        errors: vec![refusal.clone()],
    });
    let mut all: Vec<RowResult> = placed.chain(refused).chain(unread).collect();
    all.sort_by_key(|row| row.index);
    all
}

/// The results as lines of the result file. What a rehearsal would have made has no id.
fn say(
    results: &[RowResult],
    lines: &[Line],
    kind: Kind,
    dry_run: bool,
    id: fn(&str, Uuid) -> String,
) -> Result<Vec<u8>, Error> {
    let mut said = Vec::with_capacity(results.len() * 128);
    for row in results {
        let errors: Vec<Value> = row.errors.iter().map(words).collect();
        let made = row.id.filter(|_| !(dry_run && row.status == RowStatus::Created));
        let line = json!({
            "line": lines[row.index].number,
            "externalId": row.external_id,
            "status": status(row.status),
            "id": made.map(|made| id(kind.node(), made)),
            "errors": errors,
        });
        serde_json::to_writer(&mut said, &line).map_err(Error::internal)?;
        said.push(b'\n');
    }
    Ok(said)
}

pub(super) fn words(refusal: &Refusal) -> Value {
    json!({
        "code": refusal.code,
        "field": refusal.field,
        "message": refusal.message,
        "messageVi": refusal.message_vi,
    })
}

pub(super) const fn status(status: RowStatus) -> &'static str {
    match status {
        RowStatus::Created => "CREATED",
        RowStatus::Updated => "UPDATED",
        RowStatus::Unchanged => "UNCHANGED",
        RowStatus::Refused => "REFUSED",
    }
}

/// The figures of a page. A row without a status was read, and is in none of the others.
pub(super) fn count(statuses: impl Iterator<Item = Option<RowStatus>>) -> Figures {
    let mut figures = Figures::default();
    for status in statuses {
        figures.rows += 1;
        match status {
            Some(RowStatus::Created) => figures.created += 1,
            Some(RowStatus::Updated) => figures.updated += 1,
            Some(RowStatus::Unchanged) => figures.unchanged += 1,
            Some(RowStatus::Refused) => figures.refused += 1,
            None => {}
        }
    }
    figures
}
