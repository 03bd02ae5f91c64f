//! `lienthong migrate`: applies migrations; a new database becomes `real` unless `--kind demo` says otherwise.

use clap::{Args, ValueEnum};
use entities::hub::Kind;
use entities::{changes, transaction};

use super::Failure;
use crate::config::Config;

#[derive(Args)]
pub(super) struct Arguments {
    /// What a new database is for, for ever.
    #[arg(long, value_enum, default_value = "real")]
    kind: Word,
    /// The database was restored from a backup: every cursor of the feed of changes that was given out before is refused.
    #[arg(long)]
    restored: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Word {
    Demo,
    Real,
}

pub(super) async fn run(arguments: &Arguments, config: &Config) -> Result<(), Failure> {
    let wanted = match arguments.kind {
        Word::Demo => Kind::Demo,
        Word::Real => Kind::Real,
    };
    let db = super::migrated(config, wanted).await?;
    if arguments.restored {
        transaction!(db, |tx| changes::restored(tx).await).map_err(|error| error.to_string())?;
        println!("A new history begins: readers of changes are told to load again.");
    }
    println!("The database is up to date; it is a {} database.", db.kind().as_str());
    Ok(())
}
