//! The binary `lienthong`.

use std::process::ExitCode;

use api::commands::{Cli, run};
use api::config::Config;
use api::telemetry;
use clap::Parser;

/// A reply of hundreds of rows is thousands of small pieces of memory, taken on one thread and often given back on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = match Config::load() {
        Ok(config) => config,
        Err(error) => return fail(&error.to_string(), 2),
    };
    if let Err(error) = telemetry::start(config.text("LIENTHONG_LOG")) {
        return fail(&error, 2);
    }
    match run(cli, config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure, 1),
    }
}

fn fail(sentence: &str, code: u8) -> ExitCode {
    eprintln!("lienthong: {sentence}");
    ExitCode::from(code)
}
