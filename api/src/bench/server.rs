//! The processes of a measurement: the same program started again as a server or as the load generator.

use std::io::Write;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use connectors::courier::{Courier, Limits};
use entities::ids::ClientId;

use super::load::{Measured, Order};
use super::usage;
use crate::config;

/// Requests in a minute that a client may be given at most.
const MOST_REQUESTS: &str = "60000";
/// How long a server may take to be ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that dies with this value.
pub(super) struct Server {
    pub(super) url: String,
    child: Child,
}

impl Server {
    /// The process, for what it uses.
    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Address and port.
    pub(super) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Starts the program with these arguments and settings on a free port, and waits until `ready` answers.
    pub(super) async fn start(arguments: &[&str], settings: &[(&str, &str)], ready: &str) -> Result<Self, String> {
        let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(said)?;
        let child = Command::new(config::program().map_err(said)?)
            .args(arguments)
            .args(["--listen", &address.to_string()])
            .env("LIENTHONG_LOG", "error")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(said)?;
        let server = Self { url: format!("http://{address}"), child };
        let courier = Courier::new(Limits::default()).map_err(said)?;
        let begun = std::time::Instant::now();
        while begun.elapsed() < PATIENCE {
            let answer = courier.get(&format!("{}{ready}", server.url), &[]).await;
            if answer.is_ok_and(|answer| (200..300).contains(&answer.status)) {
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("`lienthong {}` was not ready in time", arguments.join(" ")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the load generator to its end, in a process of its own.
pub(super) async fn drive(order: Order) -> Result<Measured, String> {
    tokio::task::spawn_blocking(move || {
        let mut child = Command::new(config::program().map_err(said)?)
            .args(["bench", "load"])
            .env("LIENTHONG_LOG", "error")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(said)?;
        let text = serde_json::to_vec(&order).map_err(said)?;
        child.stdin.take().ok_or("the load generator has no input")?.write_all(&text).map_err(said)?;
        let output = child.wait_with_output().map_err(said)?;
        serde_json::from_slice(&output.stdout).map_err(|error| format!("the load generator said nothing: {error}"))
    })
    .await
    .map_err(said)?
}

/// The same, with the processor time that the server used meanwhile.
pub(super) async fn watched(server: &Server, order: Order) -> Result<Measured, String> {
    let before = usage::of(server.process());
    let told = drive(order).await?;
    let cpu_micros = usage::of(server.process()).cpu_micros.saturating_sub(before.cpu_micros);
    Ok(Measured { cpu_micros, ..told })
}

/// Runs another command of the program and returns what it printed.
pub(super) fn told(arguments: &[&str]) -> Result<String, String> {
    let program = config::program().map_err(said)?;
    let output = Command::new(program).args(arguments).env("LIENTHONG_LOG", "error").output().map_err(said)?;
    if !output.status.success() {
        return Err(format!("`lienthong {}`: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Makes a person unless there is one, and prints a token for it that lives for hours.
pub(super) fn token(name: &str, role: &str, ground: [&str; 2]) -> Result<String, String> {
    let users = told(&["user", "list"])?;
    if !users.contains(&format!("\"{name}\"")) {
        let create = ["user", "create", name, "--display-name", "Đo tốc độ (mẫu)", "--role", role];
        told(&[&create[..], &ground].concat())?;
    }
    told(&["token", "--user", name, "--ttl", "8h"])
}

/// Makes a vendor's application that may read reports of a province unless there is one, and prints a token for it: a person
/// may not ask as often as a measurement does.
pub(super) fn vendor_token(name: &str, province: &str) -> Result<String, String> {
    contracted(name, province, &["--scope", "reports:read"])
}

/// The same for a vendor's application that may read schools, invoices and what pays them.
pub(super) fn reader_token(name: &str, province: &str) -> Result<String, String> {
    contracted(name, province, &["--scope", "roster:read", "--scope", "invoices:read", "--scope", "money:read"])
}

/// The id of a client.
pub(super) fn client_named(name: &str) -> Result<ClientId, String> {
    let clients: serde_json::Value = serde_json::from_str(&told(&["client", "list"])?).map_err(said)?;
    let found = clients.as_array().into_iter().flatten().find(|client| client["name"] == name);
    let id = found.and_then(|client| client["clientId"].as_str()).and_then(|id| id.parse().ok());
    id.ok_or_else(|| format!("There is no client {name}."))
}

fn contracted(name: &str, province: &str, scopes: &[&str]) -> Result<String, String> {
    let clients = told(&["client", "list"])?;
    if !clients.contains(&format!("\"{name}\"")) {
        told(&["client", "create", "--name", name, "--requests-per-minute", MOST_REQUESTS])?;
        let contract = ["contract", "create", "--client", name, "--number", name, "--province", province];
        told(&[&contract[..], scopes].concat())?;
    }
    told(&["token", "--client", name, "--ttl", "8h"])
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
