//! `lienthong import statement`: an account statement, held against what was heard.

use std::io::{IsTerminal, Write};
use std::path::Path;

use entities::statements::Status;
use serde_json::json;

use super::{Failure, print, said, whole};
use crate::clock;
use crate::config::Config;
use crate::flows::statements::{self, Asked, Imported, MAX_FILE_BYTES, PassedOver};

/// What the operator said.
pub(super) struct Arguments<'a> {
    pub(super) file: &'a Path,
    pub(super) school: Option<String>,
    pub(super) account: Option<String>,
    pub(super) dry_run: bool,
    pub(super) confirmed: bool,
    pub(super) json: bool,
}

pub(super) async fn run(arguments: Arguments<'_>, config: &Config) -> Result<(), Failure> {
    let db = super::opened(config).await?;
    let now = clock::now();
    let path = arguments.file.display();
    let school_code = arguments.school.ok_or("Name the school: --school CODE.")?;
    let length = std::fs::metadata(arguments.file).map_err(|error| format!("{path}: {error}"))?.len();
    if length > MAX_FILE_BYTES {
        return Err(format!("{path}: a statement has {MAX_FILE_BYTES} bytes at most."));
    }
    let bytes = std::fs::read(arguments.file).map_err(|error| format!("{path}: {error}"))?;
    let name = arguments.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let is_of_one_account = arguments.account.is_some();
    let asked = Asked {
        name,
        bytes,
        source: None,
        school_code,
        account: arguments.account,
        dry_run: arguments.dry_run,
        confirmed: arguments.confirmed,
    };
    let done = statements::import(&db, &whole(now), asked, &progress, now).await.map_err(said)?;
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
    for judged in &done {
        match judged {
            Ok(imported) => tell(imported, arguments.dry_run, arguments.json),
            Err(passed_over) => tell_passed_over(passed_over, arguments.dry_run, arguments.json),
        }
    }
    if done.iter().flatten().any(|imported| imported.status == Status::Held) {
        return Err(
            "Nothing of a held statement is booked; look at its findings, then import it with --confirm.".to_owned()
        );
    }
    // Whoever names an account asks for its part alone.
    if !is_of_one_account && done.iter().any(Result::is_err) {
        return Err("Some parts of the file were passed over; the others are imported.".to_owned());
    }
    Ok(())
}

fn progress(seen: u64, total: u64) {
    let mut screen = std::io::stderr();
    if screen.is_terminal() {
        // A screen that takes nothing is no reason to stop.
        _ = write!(screen, "\r{seen} / {total}");
    }
}

fn tell_passed_over(passed_over: &PassedOver, dry_run: bool, as_json: bool) {
    let PassedOver { finding, lines } = passed_over;
    if as_json {
        print(&json!({
            "id": null, "status": "PASSED_OVER", "dryRun": dry_run, "lines": lines, "findings": [json!(finding)],
        }));
        return;
    }
    println!("PASSED_OVER: {lines} lines\n  {} {} / {}", finding.code, finding.message, finding.message_vi);
}

fn tell(imported: &Imported, dry_run: bool, as_json: bool) {
    let outcomes = &imported.outcomes;
    if as_json {
        let findings: Vec<_> = imported.findings.iter().map(|finding| json!(finding)).collect();
        print(&json!({
            "id": imported.id.map(|id| id.to_string()), "status": imported.status.as_str(), "dryRun": dry_run,
            "lines": imported.lines, "known": outcomes.known, "confirmed": outcomes.confirmed,
            "differing": outcomes.differing, "unheard": outcomes.unheard, "reversals": outcomes.reversals,
            "noFee": outcomes.no_fee, "findings": findings,
        }));
        return;
    }
    println!(
        "{}: {} lines, {} known, {} confirmed, {} of another amount, {} not heard, {} taken back, {} no fee",
        imported.status.as_str(),
        imported.lines,
        outcomes.known,
        outcomes.confirmed,
        outcomes.differing,
        outcomes.unheard,
        outcomes.reversals,
        outcomes.no_fee
    );
    for finding in &imported.findings {
        let row = finding.row.map(|row| row.to_string()).unwrap_or_default();
        let place = [finding.column.as_deref().unwrap_or_default(), &row].concat();
        let place = if place.is_empty() { place } else { format!("{place}: ") };
        println!("  {place}{} {} / {}", finding.code, finding.message, finding.message_vi);
    }
}
