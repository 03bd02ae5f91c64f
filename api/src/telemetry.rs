//! Where log lines go: readable on a terminal, JSON elsewhere. Names, phones, tokens and bodies stand in none.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Libraries that say at `info` what no operator needs; a filter of one's own can name them again.
const QUIET: &str = "sqlx=warn,sea_orm_migration=warn";

/// Starts logging to standard error with a filter such as `info`.
///
/// # Errors
/// A plain sentence when the filter does not parse.
pub fn start(filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(format!("{QUIET},{filter}")).map_err(|error| format!("LIENTHONG_LOG: {error}"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if std::io::stderr().is_terminal() {
        builder.compact().try_init()
    } else {
        builder.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init()
    };
    started.map_err(|error| error.to_string())
}
