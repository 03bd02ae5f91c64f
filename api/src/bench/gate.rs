//! `bench run gate`: the server's time for each attack, from the body that was read to the refusal.

use std::time::{Duration, Instant};

use async_graphql::Variables;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use clap::Args;

use super::attacks::{self, Attack};
use crate::config::Config;
use crate::graphql::gate::Gate;
use crate::graphql::gate::limits::Limits;
use crate::graphql::schema;
use crate::http::graphql::words;

/// What is printed in the place of a code when nothing was refused by the gate: the engine validates, and is timed apart.
const PASSED: &str = "(validated by the engine)";

/// How often each attack is timed.
#[derive(Args)]
pub struct Arguments {
    /// Times that each attack is refused; the slowest counts.
    #[arg(long, default_value_t = 50)]
    times: usize,
    /// Milliseconds within which each must be refused.
    #[arg(long, default_value_t = 5)]
    limit_ms: u64,
}

/// Times every attack and prints a table, the slowest first.
///
/// # Errors
/// A sentence when one took longer than the limit.
pub async fn run(arguments: &Arguments, config: &Config) -> Result<(), String> {
    let gate = Gate::new(Limits::of(config), &schema::sdl());
    let engine = schema::build();
    let mut rows = Vec::new();
    for attack in attacks::all() {
        let mut slowest = Duration::ZERO;
        let mut code = PASSED;
        for _ in 0..arguments.times.max(1) {
            let begun = Instant::now();
            code = refuse(&gate, &attack);
            if code == PASSED {
                let document = serde_json::from_str::<serde_json::Value>(&attack.body).unwrap_or_default();
                drop(engine.execute(document["query"].as_str().unwrap_or("")).await);
            }
            slowest = slowest.max(begun.elapsed());
        }
        rows.push((slowest, attack, code));
    }
    rows.sort_by_key(|(slowest, ..)| std::cmp::Reverse(*slowest));
    println!(
        "| attack | body bytes | slowest of {} in microseconds | code |\n| --- | --- | --- | --- |",
        arguments.times
    );
    for (slowest, attack, code) in &rows {
        println!("| {} | {} | {} | `{code}` |", attack.name, attack.body.len(), slowest.as_micros());
    }
    match rows.first() {
        Some((slowest, attack, _)) if *slowest > Duration::from_millis(arguments.limit_ms) => {
            Err(format!("{} took {} microseconds", attack.name, slowest.as_micros()))
        }
        _ => Ok(()),
    }
}

/// What the hub does with a body before the engine: parameters, scan, parse, measure, variables, price.
fn refuse(gate: &Gate, attack: &Attack) -> &'static str {
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    let words = match words::read(&Method::POST, None, &headers, attack.body.as_bytes()) {
        Ok(words) => words,
        Err(problem) => return problem.refusal.code,
    };
    let variables = Variables::from_json(serde_json::Value::Object(words.variables));
    let document = gate.document(words.query.as_deref().unwrap_or(""));
    match document.and_then(|document| gate.admit(document, words.operation_name, variables)) {
        Ok(_) => PASSED,
        Err(refused) => refused.refusal.code,
    }
}
