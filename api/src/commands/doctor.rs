//! `lienthong doctor`: looks at the installation and says in plain sentences what it found. Nothing is changed; exit 1 when
//! something is wrong.

use std::path::Path;

use entities::inbox;
use entities::time::Timestamp;
use entities::{Db, Error};

use super::{Failure, said};
use crate::config::Config;
use crate::{clock, keyfile};

/// Seconds that an event may wait for settlement before that is a complaint.
const MAX_WAIT_SECONDS: i64 = 60;
/// 2026-01-01T00:00:00Z: a clock before it has never been set.
const EARLIEST: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// What was found, good or bad.
#[derive(Default)]
struct Findings {
    wrong: usize,
}

impl Findings {
    fn good(&mut self, sentence: impl std::fmt::Display) {
        println!("ok     {sentence}");
    }

    fn wrong(&mut self, sentence: impl std::fmt::Display) {
        self.wrong += 1;
        println!("WRONG  {sentence}");
    }
}

pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let mut findings = Findings::default();
    settings(config, &mut findings);
    clock_and_disk(config, &mut findings);
    if let Some(db) = database(config, &mut findings).await {
        events(&db, &mut findings).await.map_err(said)?;
    }
    match findings.wrong {
        0 => Ok(()),
        1 => Err("One thing is wrong.".to_owned()),
        count => Err(format!("{count} things are wrong.")),
    }
}

fn settings(config: &Config, findings: &mut Findings) {
    // Unknown names and values that do not parse were refused before this command began.
    findings.good("The settings are known and well-formed.");
    if !config.listen().ip().is_loopback() && config.text("LIENTHONG_PUBLIC_URL").is_empty() {
        findings.wrong("The hub listens to the outside, and LIENTHONG_PUBLIC_URL does not say under which URL.");
    }
    if config.number("LIENTHONG_SETTLEMENT_BATCH_EVENTS") == 0 {
        findings.wrong("LIENTHONG_SETTLEMENT_BATCH_EVENTS is 0: messages are kept, and none is settled.");
    }
}

fn clock_and_disk(config: &Config, findings: &mut Findings) {
    let now = clock::now();
    if now < EARLIEST {
        findings.wrong(format!("The clock says {}: signatures of banks will be refused.", now.rfc3339()));
    } else {
        findings.good(format!("The clock says {}.", now.rfc3339()));
    }
    let directory = config.data_dir();
    match writes(&directory) {
        Ok(()) => findings.good(format!("{} can be written.", directory.display())),
        Err(error) => findings.wrong(format!("{} cannot be written: {error}.", directory.display())),
    }
}

/// Writes and removes one page in a directory: a full disk shows only when bytes are written.
fn writes(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)?;
    let probe = directory.join(format!(".doctor-{}", std::process::id()));
    let written = std::fs::write(&probe, [0; 4_096]);
    let removed = std::fs::remove_file(&probe);
    written.and(removed)
}

async fn database(config: &Config, findings: &mut Findings) -> Option<Db> {
    let location = config.location();
    let engine = if location.is_sqlite() { "SQLite" } else { "PostgreSQL" };
    match entities::hub::kind_of(&location).await {
        Err(error) => {
            findings.wrong(format!("{engine} cannot be reached: {error}."));
            return None;
        }
        Ok(None) => {
            findings.wrong(format!("{engine} answers, and holds no hub yet: run `lienthong migrate` or `serve`."));
            return None;
        }
        Ok(Some(kind)) => findings.good(format!("{engine} answers; it is a {} database.", kind.as_str())),
    }
    let key = match keyfile::master_key(config) {
        Ok(key) => key,
        Err(sentence) => {
            findings.wrong(sentence);
            return None;
        }
    };
    match entities::hub::open(&location, &key).await {
        Ok(db) => {
            findings.good("It is migrated to this version, and the master key opens it.");
            Some(db)
        }
        Err(Error::Refused(refusal)) => {
            findings.wrong(refusal.message);
            None
        }
        Err(error) => {
            findings.wrong(format!("The database does not open: {error}."));
            None
        }
    }
}

async fn events(db: &Db, findings: &mut Findings) -> Result<(), Error> {
    let counts = inbox::counts(db).await?;
    let oldest = counts.oldest_pending.map_or(0, |oldest| clock::now().seconds() - oldest.seconds());
    if counts.pending > 0 && oldest > MAX_WAIT_SECONDS {
        let pending = counts.pending;
        findings.wrong(format!("{pending} events wait for settlement, the oldest for {oldest} s: does `serve` run?"));
    } else {
        findings.good(format!("{} events wait for settlement.", counts.pending));
    }
    match counts.parked {
        0 => findings.good("No event is parked."),
        parked => findings.wrong(format!("{parked} events are parked: their senders or the hub need attention.")),
    }
    match counts.quarantined {
        0 => findings.good("No event is quarantined."),
        many => findings.wrong(format!("{many} events are quarantined: an event id came again with other content.")),
    }
    Ok(())
}
