//! One page of an export: rows, the access log and the run's place, in one transaction.

use std::collections::HashSet;

use entities::access_log::{self, Access, Occasion};
use entities::callers::Caller;
use entities::ids::StudentId;
use entities::reach::Reach;
use entities::runs::{self, Figures, Run, Step};
use entities::time::Timestamp;
use entities::{Db, Error, Refusal, files, schools, transaction};
use serde_json::Value;
use uuid::Uuid;

use super::rows::{Row, Wanted, read};
use super::{Kind, Writing};
use crate::auth::policy;
use crate::flows::runner::{Paged, unknown};

/// Rows of a page: a few hundred kilobytes.
const PAGE_ROWS: usize = 1_000;

/// Writes the next page of a run.
pub(super) async fn page(
    db: &Db,
    writing: &Writing,
    (run, worker): (&Run, Uuid),
    (reach, caller): (&Reach, Option<&Caller>),
    now: Timestamp,
) -> Result<Paged, Error> {
    let kind = Kind::parse(&run.kind).ok_or_else(unknown)?;
    let behind = run.position.as_deref().map(str::parse::<Uuid>).transpose().map_err(Error::internal)?;
    let school = match &run.school_code {
        Some(code) => {
            let found = schools::by_code(db, reach, code).await?;
            Some(found.ok_or_else(|| Refusal::not_found("school").at("schoolCode"))?.id)
        }
        None => None,
    };
    let wanted = Wanted { kind, school, school_year: run.school_year };
    let rows = read(db, reach, wanted, behind, u64::try_from(PAGE_ROWS).map_err(Error::internal)?).await?;
    let is_last = rows.len() < PAGE_ROWS;
    let position = rows.last().map(|row| row.thing.id()).or(behind).unwrap_or(Uuid::nil());
    let shown = rows.iter().filter_map(Row::shows).collect();
    let figures = Figures { rows: i64::try_from(rows.len()).map_err(Error::internal)?, ..Figures::default() };
    let lines = say(writing, rows, kind, &run.masked)?;
    let step = Step { position: position.to_string(), figures };
    keep(db, (run, worker), caller, &shown, &lines, (step, is_last), now).await
}

/// Keeps the bytes of a page, who looked at whose records, and the run's place, in one transaction.
pub(super) async fn keep(
    db: &Db,
    (run, worker): (&Run, Uuid),
    caller: Option<&Caller>,
    shown: &HashSet<StudentId>,
    bytes: &[u8],
    (step, is_last): (Step, bool),
    now: Timestamp,
) -> Result<Paged, Error> {
    let logged = caller.filter(|caller| policy::is_logged(caller, "Student"));
    let look = |student: &StudentId| Access { kind: "Student", node: student.uuid(), school: None };
    let looks = logged.map(|caller| (occasion(caller, run), shown.iter().map(look).collect::<Vec<_>>()));
    let is_written = transaction!(db, |tx| {
        if !runs::hold(tx, run, worker).await? {
            return Ok(false);
        }
        if let Some((occasion, looked_at)) = &looks {
            access_log::append(tx, occasion, looked_at, now).await?;
        }
        for piece in bytes.chunks(files::CHUNK_BYTES) {
            files::append(tx, run.file, piece, None, now).await?;
        }
        runs::step(tx, run, &step, now).await?;
        if is_last {
            runs::end(tx, run, None, now).await?;
        }
        Ok(true)
    })?;
    Ok(match is_written {
        false => Paged::Lost,
        true if is_last => Paged::Last,
        true => Paged::More(step),
    })
}

/// On which occasion a run looks at records.
fn occasion(caller: &Caller, run: &Run) -> Occasion {
    Occasion {
        subject: caller.actor(),
        role: caller.role.as_str().to_owned(),
        purpose: run.purpose.clone(),
        request: format!("export {}", run.id),
    }
}

fn say(writing: &Writing, rows: Vec<Row>, kind: Kind, masked: &[String]) -> Result<Vec<u8>, Error> {
    let prefix = format!("{}.", kind.node());
    let masked: Vec<&str> = masked.iter().filter_map(|field| field.strip_prefix(&prefix)).collect();
    let mut said = Vec::with_capacity(rows.len() * 256);
    for row in rows {
        let mut line = (writing.line)(row);
        if let Value::Object(fields) = &mut line {
            fields.retain(|name, _| !masked.contains(&name.as_str()));
        }
        serde_json::to_writer(&mut said, &line).map_err(Error::internal)?;
        said.push(b'\n');
    }
    Ok(said)
}
