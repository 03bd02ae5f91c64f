//! What the tests are told from outside: by `tests/run`, or by hand.

use std::path::{Path, PathBuf};

#[expect(clippy::disallowed_methods, reason = "the only place of the tests that reads the environment")]
fn given(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Where the built programs lie: two above this test, as in `target/debug/deps/it-...`.
pub(crate) fn programs() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    given("LIENTHONG_TEST_BIN_DIR").map_or_else(|| own.ancestors().nth(2).unwrap().into(), PathBuf::from)
}

/// A PostgreSQL in which tests may create databases, as in `postgres://user:password@host:port/postgres`.
pub(crate) fn postgres_url() -> String {
    given("LIENTHONG_TEST_POSTGRES_URL")
        .expect("this test needs PostgreSQL: start it with ./tests/run, or set LIENTHONG_TEST_POSTGRES_URL")
}

/// How often the outage tests kill: few by default, more by hand.
pub(crate) fn rounds(default: usize) -> usize {
    given("LIENTHONG_TEST_ROUNDS").map_or(default, |text| text.parse().expect("LIENTHONG_TEST_ROUNDS is a number"))
}

/// How many silent connections are held: few by default, more by hand.
pub(crate) fn connections(default: usize) -> usize {
    given("LIENTHONG_TEST_CONNECTIONS")
        .map_or(default, |text| text.parse().expect("LIENTHONG_TEST_CONNECTIONS is a number"))
}

/// Where programs are searched.
pub(crate) fn path() -> String {
    given("PATH").unwrap_or_default()
}

/// A folder below `target` that outlives one run.
pub(crate) fn scratch() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}
