//! A running hub: the real binary on a port of its own, which a test may kill, stop and start again.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use reqwest::Client;

use super::caller;
use super::database::Database;
use super::program::{self, Build};

/// What a debug build may take on a busy machine; the tests that promise a time measure it themselves.
const PATIENCE: Duration = Duration::from_secs(180);

/// One process of the hub. It dies with the test.
pub(crate) struct Hub<'a> {
    pub(crate) client: Client,
    address: String,
    build: Build,
    extra: Vec<(String, String)>,
    is_demo: bool,
    database: &'a Database,
    child: Child,
}

impl<'a> Hub<'a> {
    /// Starts `serve` and waits until it is ready.
    pub(crate) async fn start(database: &'a Database) -> Self {
        Self::start_as(Build::Normal, database, &[]).await
    }

    /// The same with another build, or with settings of its own, as in `("LIENTHONG_LOG", "debug")`.
    pub(crate) async fn start_as(build: Build, database: &'a Database, extra: &[(&str, &str)]) -> Self {
        Self::launch(build, database, extra, false).await
    }

    /// Starts `serve --demo`, which plants the demo when it does not stand yet.
    pub(crate) async fn start_demo(database: &'a Database) -> Self {
        Self::launch(Build::Normal, database, &[], true).await
    }

    async fn launch(build: Build, database: &'a Database, extra: &[(&str, &str)], is_demo: bool) -> Self {
        let extra: Vec<_> = extra.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let address = free_address();
        let child = spawn(build, database, &address, &extra, is_demo);
        let mut hub = Self { client: caller::http(), address, build, extra, is_demo, database, child };
        hub.until_ready(PATIENCE).await;
        hub
    }

    /// The address and port on which it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Kills it as a power cut would: it can finish nothing.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts what was killed or stopped, at the same address, and returns how long it took to be ready.
    pub(crate) async fn again(&mut self) -> Duration {
        let begun = Instant::now();
        self.child = spawn(self.build, self.database, &self.address, &self.extra, self.is_demo);
        self.until_ready(PATIENCE).await;
        begun.elapsed()
    }

    /// Asks it to drain.
    pub(crate) fn ask_to_drain(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Asks it to drain, and waits until it has ended.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        self.ask_to_drain();
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "SIGTERM did not end the hub\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The end of a well-behaved test: every job is done, it drains, and exits with 0.
    pub(crate) async fn finish(mut self) {
        self.until_settled().await;
        let status = self.terminate();
        assert_eq!(status.code(), Some(0), "a drained hub exits with 0\n{}", self.log());
        assert_eq!(self.database.undone().await, 0, "a job was left undone");
    }

    /// Waits until the workers have nothing left to do: for as long as what is left becomes less.
    pub(crate) async fn until_settled(&self) {
        let (mut fell, mut least) = (Instant::now(), i64::MAX);
        loop {
            let undone = self.database.undone().await;
            if undone == 0 {
                return;
            }
            if undone < least {
                (fell, least) = (Instant::now(), undone);
            }
            assert!(fell.elapsed() < PATIENCE, "{undone} jobs are still undone\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Memory that the process holds, in bytes.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1_024
    }

    /// Whether `/health/ready` says yes now.
    pub(crate) async fn is_ready(&self) -> bool {
        let answer = self.client.get(self.url("/health/ready")).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    pub(crate) async fn until_ready(&mut self, patience: Duration) {
        let begun = Instant::now();
        while !self.is_ready().await {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the hub ended with {status}\n{}", self.log());
            }
            assert!(begun.elapsed() < patience, "not ready after {patience:?}\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }

    /// All that it has logged, over all its lives.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(log_file(self.database)).unwrap_or_default()
    }
}

impl Drop for Hub<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().collect();
            eprintln!("the hub's last words:\n{}", lines[lines.len().saturating_sub(60)..].join("\n"));
        }
    }
}

fn spawn(build: Build, database: &Database, address: &str, extra: &[(String, String)], is_demo: bool) -> Child {
    let log = File::options().create(true).append(true).open(log_file(database)).unwrap();
    let mut command = program::command(build, database);
    command.args(["serve", "--listen", address]).args(is_demo.then_some("--demo"));
    command.envs(extra.iter().map(|(name, value)| (name, value)));
    command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
}

fn log_file(database: &Database) -> PathBuf {
    database.data_dir().join("hub.log")
}

/// Below the range that outgoing connections take, so that the address stays ours while the hub is dead.
fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = std::process::id() % 9_000;
    loop {
        let step = u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let address = format!("127.0.0.1:{}", 10_000 + (start + step) % 9_000);
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}
