//! `lienthong migrate`: applies migrations; a new database becomes `real` unless `--kind demo` says otherwise.

use clap::{Args, ValueEnum};
use entities::hub::Kind;

use super::Failure;
use crate::config::Config;

#[derive(Args)]
pub(super) struct Arguments {
    /// What a new database is for, for ever.
    #[arg(long, value_enum, default_value = "real")]
    kind: Word,
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
    println!("The database is up to date; it is a {} database.", db.kind().as_str());
    Ok(())
}
