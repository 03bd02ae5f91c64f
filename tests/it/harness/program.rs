//! The binary `lienthong`, as built: started with the settings of one database and nothing of the caller's environment.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::database::Database;
use super::environment;

/// Which build of the binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    Normal,
    /// Answers a webhook before it has kept it: the control that shows that the outage tests can see a loss.
    Fault,
}

impl Build {
    pub(crate) fn path(self) -> PathBuf {
        let name = match self {
            Self::Normal => "lienthong",
            Self::Fault => "lienthong-fault",
        };
        let path = environment::programs().join(name);
        assert!(path.is_file(), "{} is not built: start the tests with ./tests/run", path.display());
        path
    }
}

/// What a command said when it had ended.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The binary with the settings of `database`.
pub(crate) fn command(build: Build, database: &Database) -> Command {
    let mut command = Command::new(build.path());
    command.env_clear().env("PATH", environment::path()).envs(database.settings());
    command.current_dir(database.data_dir()).stdin(Stdio::null());
    command
}

/// Runs one command to its end.
pub(crate) fn try_run(database: &Database, arguments: &[&str]) -> Said {
    let output = command(Build::Normal, database).args(arguments).output().unwrap();
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs one command that must succeed, and returns what it printed.
pub(crate) fn run(database: &Database, arguments: &[&str]) -> String {
    let said = try_run(database, arguments);
    assert_eq!(said.code, Some(0), "lienthong {}\n{}{}", arguments.join(" "), said.out, said.err);
    said.out
}
