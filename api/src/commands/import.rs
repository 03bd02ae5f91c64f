//! `lienthong import`: a file of rows through the same flow as `startImport`.

use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::PathBuf;

use clap::Args;
use entities::runs::Direction;
use serde_json::json;

use super::rows::{Asker, copy, failure, finish};
use super::{Failure, print, said};
use crate::clock;
use crate::config::Config;
use crate::flows::imports::{self, Asked, Kind};
use crate::flows::upload::{Upload, kept_until, media};

/// Bytes read from the file at once.
const READ_BYTES: usize = 65_536;

/// What a file holds.
#[derive(Clone, Copy)]
enum What {
    Rows(Kind),
    Statement,
}

#[derive(Args)]
pub(super) struct Arguments {
    /// schools, classes, students, enrollments, fees, invoices, oneroster, or statement.
    #[arg(value_parser = kind)]
    kind: What,
    /// Lines of JSON, each a row of the mutation of the same kind; a zip of OneRoster; or an account statement as the bank gives
    /// it out.
    file: PathBuf,
    /// The code of the school of every row.
    #[arg(long, value_name = "CODE")]
    school: Option<String>,
    /// The number of a statement's account, where the file does not say.
    #[arg(long, value_name = "NUMBER")]
    account: Option<String>,
    /// Import a statement that was held: somebody has looked at its findings.
    #[arg(long)]
    confirm: bool,
    /// Write nothing; show what would be.
    #[arg(long)]
    dry_run: bool,
    /// Where the result of each row is to be written.
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    asker: Asker,
}

pub(super) async fn run(arguments: Arguments, config: Config) -> Result<(), Failure> {
    match arguments.kind {
        What::Rows(_) if arguments.account.is_some() || arguments.confirm => {
            Err("--account and --confirm are of statements.".to_owned())
        }
        What::Rows(kind) => rows(kind, arguments, config).await,
        What::Statement if arguments.results.is_some() || arguments.asker.is_named() => {
            Err("A statement is imported by the operator, and its findings are printed.".to_owned())
        }
        What::Statement => {
            let told = super::statement::Arguments {
                file: &arguments.file,
                school: arguments.school,
                account: arguments.account,
                dry_run: arguments.dry_run,
                confirmed: arguments.confirm,
                json: arguments.json,
            };
            super::statement::run(told, &config).await
        }
    }
}

async fn rows(kind: Kind, arguments: Arguments, config: Config) -> Result<(), Failure> {
    let db = super::opened(&config).await?;
    let now = clock::now();
    let (reach, caller) = arguments.asker.reach(&db, now).await?;
    let path = arguments.file.display();
    let mut source = File::open(&arguments.file).map_err(|error| format!("{path}: {error}"))?;
    let name = arguments.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let sent_as = if kind == Kind::OneRoster { "application/zip" } else { "application/x-ndjson" };
    let media = media(sent_as).ok_or("Such files are not read here.")?;
    let mut upload = Upload::begin(&db, &config, &reach, (name, media), false, now).await.map_err(said)?;
    let mut bytes = vec![0; READ_BYTES];
    loop {
        match source.read(&mut bytes).map_err(|error| format!("{path}: {error}"))? {
            0 => break,
            read => upload.push(&bytes[..read], clock::now()).await.map_err(said)?,
        }
    }
    let file = upload.finish(None, kept_until(&config, now), now).await.map_err(said)?;
    let asked = Asked {
        kind,
        file: file.id,
        school_code: arguments.school,
        account: None,
        dry_run: arguments.dry_run,
        purpose: arguments.asker.purpose.clone(),
    };
    let id = imports::start(&db, &config, (&reach, caller.as_ref()), asked, None, now).await.map_err(said)?;
    let run = finish(&db, config, &reach, Direction::Import, id).await?;
    if let Some(results) = &arguments.results {
        let to = File::create(results).map_err(|error| format!("{}: {error}", results.display()))?;
        copy(&db, &reach, &run, to).await?;
    }
    if arguments.json || !std::io::stdout().is_terminal() {
        let figures = &run.figures;
        print(&json!({
            "kind": run.kind, "status": run.status.as_str(), "dryRun": run.dry_run, "rowsRead": figures.rows,
            "created": figures.created, "updated": figures.updated, "unchanged": figures.unchanged,
            "refused": figures.refused,
        }));
    }
    failure(&run)
}

fn kind(word: &str) -> Result<What, String> {
    if word.eq_ignore_ascii_case("statement") {
        return Ok(What::Statement);
    }
    let is_of_rows = |kind: &Kind| *kind != Kind::Statements;
    let parsed = Kind::parse(&word.to_uppercase()).filter(is_of_rows).map(What::Rows);
    parsed.ok_or_else(|| {
        let known = Kind::ALL.into_iter().filter(is_of_rows).map(|kind| kind.as_str().to_lowercase());
        format!("one of {}, statement", known.collect::<Vec<_>>().join(", "))
    })
}
