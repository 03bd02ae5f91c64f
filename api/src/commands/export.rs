//! `lienthong export`: rows as lines of JSON, or as a roster, through the same flow as `startExport`.

use std::fs::File;
use std::path::PathBuf;

use clap::Args;
use entities::codes::SchoolYear;
use entities::runs::Direction;

use super::rows::{Asker, copy, failure, finish};
use super::{Failure, said};
use crate::clock;
use crate::config::Config;
use crate::flows::exports::{self, Asked, Kind};
use crate::graphql::writing::WRITING;

#[derive(Args)]
pub(super) struct Arguments {
    /// schools, classes, students, enrollments, invoices, or oneroster.
    #[arg(value_parser = kind)]
    kind: Kind,
    /// Only rows of this school.
    #[arg(long, value_name = "CODE")]
    school: Option<String>,
    /// Only rows of the school year that starts in this year.
    #[arg(long, value_name = "YEAR")]
    year: Option<i32>,
    /// Of a roster only what changed since this cursor of changes, such as that of the export before.
    #[arg(long, value_name = "CURSOR")]
    since: Option<String>,
    /// Where the lines are to be written; standard output when missing.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    asker: Asker,
}

pub(super) async fn run(arguments: Arguments, config: Config) -> Result<(), Failure> {
    let db = super::opened(&config).await?;
    let now = clock::now();
    let (reach, caller) = arguments.asker.reach(&db, now).await?;
    let asked = Asked {
        kind: arguments.kind,
        school_code: arguments.school,
        school_year: arguments.year.map(SchoolYear::starting).transpose().map_err(|error| error.message)?,
        since: arguments.since,
        purpose: arguments.asker.purpose.clone(),
    };
    let asker = (&reach, caller.as_ref());
    let id = exports::start(&db, &config, &WRITING, asker, asked, None, now).await.map_err(said)?;
    let run = finish(&db, config, &reach, Direction::Export, id).await?;
    failure(&run)?;
    for field in &run.masked {
        eprintln!("left out, because it may not be read: {field}");
    }
    if let Some(cursor) = run.changes_cursor.as_deref().filter(|_| arguments.kind == Kind::OneRoster) {
        eprintln!("what changes from now on: --since {cursor}");
    }
    match &arguments.out {
        Some(path) => {
            let to = File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
            copy(&db, &reach, &run, to).await
        }
        None => copy(&db, &reach, &run, std::io::stdout().lock()).await,
    }
}

fn kind(word: &str) -> Result<Kind, String> {
    let known = || Kind::ALL.map(|kind| kind.as_str().to_lowercase()).join(", ");
    Kind::parse(&word.to_uppercase()).ok_or_else(|| format!("one of {}", known()))
}
