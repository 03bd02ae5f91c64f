//! `bench run statement`: a bank's file of many lines, read, imported, and imported again. Nothing was heard of its money before, so
//! each line writes the most it can: itself and its event in the inbox.

use std::fmt::Write;
use std::time::{Duration, Instant};

use clap::Args;
use entities::bench::{self, Size};
use entities::hub::Kind;
use entities::reach::{Reach, Reason};
use entities::time::Timestamp;

use crate::clock;
use crate::config::Config;
use crate::flows::statements::{Asked, Judged, import_ready, ready};
use crate::keyfile;

/// Days over which the lines lie.
const DAYS: usize = 28;

/// How much is measured.
#[derive(Args)]
pub struct Arguments {
    /// Lines of the file.
    #[arg(long, default_value_t = 100_000)]
    lines: usize,
    /// Files, each with lines of its own; the table shows the slowest.
    #[arg(long, default_value_t = 3)]
    files: usize,
}

/// How long each step of a file took.
struct Sample {
    read: Duration,
    imported: Duration,
    again: Duration,
}

/// Makes what is missing, measures, prints the table.
///
/// # Errors
/// A sentence when the database refuses.
pub async fn run(arguments: &Arguments, config: &Config) -> Result<(), String> {
    let key = keyfile::master_key(config)?;
    let db = entities::hub::migrate(&config.location(), &key, Kind::Demo, clock::now()).await;
    let db = db.map_err(|error| error.to_string())?;
    let mut samples = Vec::with_capacity(arguments.files);
    for _ in 0..arguments.files {
        samples.push(sample(&db, arguments.lines).await.map_err(|error| error.to_string())?);
    }
    println!("| step | lines/s, slowest of {} | ms |", arguments.files);
    println!("| --- | --- | --- |");
    let slowest = |took: fn(&Sample) -> Duration| samples.iter().map(took).max().unwrap_or_default();
    let steps = [
        ("read", slowest(|one| one.read)),
        ("imported", slowest(|one| one.imported)),
        ("imported again", slowest(|one| one.again)),
    ];
    for (name, slowest) in steps {
        let lines = u32::try_from(arguments.lines).unwrap_or(u32::MAX);
        println!("| {name} | {:.0} | {} |", f64::from(lines) / slowest.as_secs_f64().max(1e-9), slowest.as_millis());
    }
    println!("\n{} lines of CSV in a file; no message told of any of them.", arguments.lines);
    Ok(())
}

async fn sample(db: &entities::Db, lines: usize) -> Result<Sample, entities::Error> {
    let now = clock::now();
    let size = Size { schools: 1, students: 1, payments: 0, seed: 1 };
    bench::seed(db, &size, now, |_| {}).await?;
    let open = bench::open_invoices(&size, 1, 1)?;
    let account = open.first().map(|invoice| invoice.account.clone()).unwrap_or_default();
    let school_code = open.first().map(|invoice| invoice.school.clone()).unwrap_or_default();
    #[expect(clippy::disallowed_methods, reason = "the operator measures")]
    let reach = Reach::system(Reason::Operator, now.vietnam_day());
    let asked = Asked {
        name: "bench.csv".to_owned(),
        bytes: csv(&account, lines, now).into_bytes(),
        source: None,
        school_code,
        account: None,
        dry_run: false,
        confirmed: false,
    };
    let begun = Instant::now();
    let sections = ready(db, &reach, asked).await?;
    let read = begun.elapsed();
    let again = sections.clone();
    let imported = import(db, &reach, sections, now).await?;
    let again = import(db, &reach, again, now).await?;
    Ok(Sample { read, imported, again })
}

async fn import(
    db: &entities::Db,
    reach: &Reach,
    sections: Vec<Judged>,
    now: Timestamp,
) -> Result<Duration, entities::Error> {
    let begun = Instant::now();
    import_ready(db, reach, sections, false, &|_, _| {}, now).await?;
    Ok(begun.elapsed())
}

/// A statement whose references no other file has.
fn csv(account: &str, lines: usize, now: Timestamp) -> String {
    let mut text = format!(
        "Số tài khoản: {account}\nSố dư đầu kỳ: 0\n\
         Ngày giao dịch,Số tham chiếu,Phát sinh nợ,Phát sinh có,Số dư,Nội dung\n"
    );
    let mut balance = 0_usize;
    for line in 0..lines {
        let (day, amount) = (1 + line * DAYS / lines.max(1), 10_000 + line % 1_000);
        balance += amount;
        // A string takes whatever is written to it.
        let _ = writeln!(
            text,
            "{day:02}/08/2026,FT{}X{line:07},,{amount},{balance},NGUYEN VAN AN MAU chuyen tien hoc phi",
            now.micros()
        );
    }
    text + &format!("Số dư cuối kỳ: {balance}\n")
}
