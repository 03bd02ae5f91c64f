//! `lienthong schema`: prints the SDL. `lienthong schema diff OLD`: tells what became of an older one; exit 1 when it breaks
//! clients.

use std::fmt::Write;
use std::fs;
use std::io::{Read, stdin};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Failure, print};
use crate::clock;
use crate::graphql::diff::{self, Change, Severity};
use crate::graphql::schema;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Compare an older schema with this one; exit 1 when the change breaks clients.
    Diff {
        /// The older SDL file; `-` reads it from standard input.
        old: String,
        /// Print the changes as JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Some(Verb::Diff { old, json }) = &arguments.verb else {
        print!("{}", schema::sdl());
        return Ok(());
    };
    let changes = diff::compare(&read(old)?, &schema::sdl(), clock::now().vietnam_day())?;
    if *json {
        print(&changes.iter().map(shown).collect::<Value>());
    } else {
        print!("{}", told(&changes));
    }
    match count(&changes, Severity::Breaking) {
        0 => Ok(()),
        broken => Err(format!("{broken} of these changes break clients")),
    }
}

fn read(old: &str) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if old == "-" { stdin().read_to_string(&mut text).map(|_| text) } else { fs::read_to_string(old) };
    read.map_err(|error| format!("{old}: {error}"))
}

fn count(changes: &[Change], severity: Severity) -> usize {
    changes.iter().filter(|change| change.severity == severity).count()
}

fn shown(change: &Change) -> Value {
    let severity = change.severity.to_string();
    json!({ "severity": severity, "kind": change.kind, "path": change.path, "message": change.message })
}

/// A line for each change, the worst first, and the sums.
fn told(changes: &[Change]) -> String {
    let mut text = String::new();
    for change in changes {
        let severity = change.severity.to_string();
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{severity:<9}  {:<28}  {}", change.kind, change.message);
    }
    let [breaking, dangerous, safe] =
        [Severity::Breaking, Severity::Dangerous, Severity::Safe].map(|severity| count(changes, severity));
    let _ = writeln!(text, "{breaking} breaking, {dangerous} dangerous, {safe} safe");
    text
}
