//! The binary `lienthong`, as built: started with the settings of one database and nothing of the caller's environment.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::database::Database;
use super::environment;

/// How long a command may take in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

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

/// Runs one command to its end, whatever it is.
pub(crate) fn try_run(database: &Database, arguments: &[&str]) -> Said {
    say(command(Build::Normal, database).args(arguments))
}

/// Runs one command that must succeed, and returns what it printed.
pub(crate) fn run(database: &Database, arguments: &[&str]) -> String {
    let said = try_run(database, arguments);
    assert_eq!(said.code, Some(0), "lienthong {}\n{}{}", arguments.join(" "), said.out, said.err);
    said.out
}

/// Waits for the end of a command; one that does not end is killed, and fails the test.
pub(crate) fn say(command: &mut Command) -> Said {
    let (mut out, mut err) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    command.stdout(out.try_clone().unwrap()).stderr(err.try_clone().unwrap());
    let (mut child, begun) = (command.spawn().unwrap(), Instant::now());
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("still running after {PATIENCE:?}: {command:?}\n{}{}", read(&mut out), read(&mut err));
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    Said { code: status.code(), out: read(&mut out), err: read(&mut err) }
}

fn read(file: &mut File) -> String {
    let mut text = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}
