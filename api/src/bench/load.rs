//! The load generator, a process of its own: it reads an order from standard input, sends, and prints what it measured.

use std::collections::{BTreeMap, VecDeque};
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use connectors::banks::{self, Credentials};
use connectors::courier::{Courier, Limits};
use connectors::{Letter, Payment, Secret, Status};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::stats::percentile;
use crate::clock;

mod asking;

/// What to send, for how long, by how many at once.
#[derive(Serialize, Deserialize, Clone)]
pub struct Order {
    /// What to send.
    pub work: Work,
    /// Senders that each wait for their answer.
    pub senders: usize,
    /// For how long, in milliseconds.
    pub millis: u64,
}

/// What to send.
#[derive(Serialize, Deserialize, Clone)]
pub enum Work {
    /// Requests that were worded beforehand, in turns over kept connections.
    Ask {
        /// Address and port.
        address: String,
        /// Whole HTTP/1.1 requests.
        requests: Vec<String>,
        /// So many in a second, however fast they are answered; none sends as soon as it heard.
        per_second: Option<u64>,
    },
    /// A new signed bank message each time.
    Pay(Bank),
    /// The same, so many in a second whatever the answers, watching when the sampled invoices show as paid in GraphQL.
    Stream {
        /// Who sends.
        bank: Bank,
        /// Messages in a second.
        per_second: u64,
        /// The address of GraphQL.
        graphql: String,
        /// Tokens that take turns in asking.
        tokens: Vec<String>,
    },
}

/// An imagined bank.
#[derive(Serialize, Deserialize, Clone)]
pub struct Bank {
    /// The address of its connection.
    pub url: String,
    /// The key that it signs with.
    pub secret: String,
    /// The school's account that is paid.
    pub account: String,
    /// Codes of invoices to pay in turn.
    pub invoices: Vec<String>,
    /// The number of the first transaction.
    pub first: u64,
}

/// What was measured.
#[derive(Serialize, Deserialize, Clone, Copy, Default, Debug)]
pub struct Measured {
    /// Requests that were answered with success.
    pub done: u64,
    /// Others.
    pub failed: u64,
    /// From the first request to the last answer, in milliseconds.
    pub millis: u64,
    /// The median of the answers' times, in microseconds; for a stream, from sending to being visible.
    pub p50_micros: u64,
    /// The 99th percentile, likewise.
    pub p99_micros: u64,
    /// Messages of a stream that never became visible, of those watched.
    pub unseen: u64,
    /// How many were watched.
    pub watched: u64,
    /// Processor time that the server's process used, in microseconds; 0 where nobody asked.
    #[serde(default)]
    pub cpu_micros: u64,
}

/// Reads an order from standard input, carries it out, prints what was measured as JSON.
///
/// # Errors
/// A sentence when the order makes no sense.
pub async fn run() -> Result<(), String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| error.to_string())?;
    let order: Order = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let measured = match order.work.clone() {
        Work::Stream { bank, per_second, graphql, tokens } => {
            stream(order.millis, bank, per_second, graphql, tokens).await?
        }
        Work::Ask { address, requests, per_second } => asking::run(&order, address, requests, per_second).await?,
        Work::Pay(bank) => closed(&order, bank).await?,
    };
    println!("{}", serde_json::to_string(&measured).map_err(|error| error.to_string())?);
    Ok(())
}

fn courier() -> Result<Courier, String> {
    Courier::new(Limits::default()).map_err(|error| error.to_string())
}

impl Bank {
    fn letter(&self, number: u64) -> Result<Letter, String> {
        let credentials = Credentials {
            connection: String::new(),
            keys: vec![Secret::new(self.secret.clone())],
            extra: BTreeMap::from([("auth".to_owned(), "hmac".to_owned())]),
        };
        let at = usize::try_from(number).unwrap_or(0) % self.invoices.len().max(1);
        let now = clock::now().micros();
        let payment = Payment {
            transaction: self.first + number,
            status: Status::Settled,
            amount_vnd: 1_000,
            account: self.account.clone(),
            virtual_account: None,
            reference: None,
            content: format!("{} NOP TIEN", self.invoices.get(at).map_or("", String::as_str)),
            payer_name: None,
            occurred_at: now,
        };
        banks::compose("sepay", &credentials, &payment, now).map_err(|error| error.to_string())
    }
}

/// Senders that each send as soon as they heard.
async fn closed(order: &Order, bank: Bank) -> Result<Measured, String> {
    let (courier, bank, next) = (courier()?, Arc::new(bank), Arc::new(AtomicU64::new(0)));
    let begun = Instant::now();
    let end = begun + Duration::from_millis(order.millis);
    let mut senders = Vec::new();
    for _ in 0..order.senders.max(1) {
        let (courier, bank, next) = (courier.clone(), bank.clone(), next.clone());
        senders.push(tokio::spawn(async move {
            let (mut times, mut failed) = (Vec::new(), 0_u64);
            while Instant::now() < end {
                let sent = Instant::now();
                if send(&courier, &bank, next.fetch_add(1, Ordering::Relaxed)).await {
                    times.push(micros(sent));
                } else {
                    failed += 1;
                }
            }
            (times, failed)
        }));
    }
    let (mut times, mut failed) = (Vec::new(), 0);
    for sender in senders {
        let (own, lost) = sender.await.map_err(|error| error.to_string())?;
        times.extend(own);
        failed += lost;
    }
    Ok(measured(times, failed, begun))
}

async fn send(courier: &Courier, bank: &Bank, number: u64) -> bool {
    let Ok(letter) = bank.letter(number) else { return false };
    let answer = courier.deliver(&bank.url, &letter).await;
    answer.is_ok_and(|answer| (200..300).contains(&answer.status))
}

/// One in so many messages of a stream is watched.
const WATCH_EVERY: u64 = 25;
/// Invoices asked for in one query.
const WATCHED_AT_ONCE: usize = 20;

/// Invoices that are to become visible, with the moment of sending.
type Watched = Arc<Mutex<VecDeque<(String, Instant)>>>;

/// Sends at a steady pace and asks GraphQL when each watched invoice has money on it. Every message pays another invoice.
async fn stream(
    millis: u64,
    bank: Bank,
    per_second: u64,
    graphql: String,
    tokens: Vec<String>,
) -> Result<Measured, String> {
    let (courier, bank, watched) = (courier()?, Arc::new(bank), Watched::default());
    let begun = Instant::now();
    let watcher =
        tokio::spawn(watch(courier.clone(), graphql, tokens, watched.clone(), begun + Duration::from_millis(millis)));
    let total = per_second * millis / 1_000;
    let mut pace = tokio::time::interval(Duration::from_micros(1_000_000 / per_second.max(1)));
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
    let failed = Arc::new(AtomicU64::new(0));
    let mut sending = Vec::new();
    for number in 0..total {
        pace.tick().await;
        let (courier, bank, watched, failed) = (courier.clone(), bank.clone(), watched.clone(), failed.clone());
        sending.push(tokio::spawn(async move {
            let sent = Instant::now();
            if !send(&courier, &bank, number).await {
                failed.fetch_add(1, Ordering::Relaxed);
            } else if number % WATCH_EVERY == 0 {
                let at = usize::try_from(number).unwrap_or(0) % bank.invoices.len().max(1);
                watched.lock().await.push_back((bank.invoices[at].clone(), sent));
            }
        }));
    }
    for sent in sending {
        sent.await.map_err(|error| error.to_string())?;
    }
    let done = total - failed.load(Ordering::Relaxed);
    let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let times = watcher.await.map_err(|error| error.to_string())?;
    let unseen = u64::try_from(watched.lock().await.len()).unwrap_or(u64::MAX);
    let seen = measured(times, 0, begun);
    Ok(Measured { done, failed: total - done, millis, unseen, watched: seen.done + unseen, ..seen })
}

/// How long after the last message an invoice may still become visible.
const PATIENCE: Duration = Duration::from_secs(20);

async fn watch(courier: Courier, graphql: String, tokens: Vec<String>, watched: Watched, end: Instant) -> Vec<u64> {
    let mut times = Vec::new();
    let mut turns = tokens.iter().cycle();
    loop {
        let some: Vec<(String, Instant)> = watched.lock().await.iter().take(WATCHED_AT_ONCE).cloned().collect();
        if Instant::now() > end && (some.is_empty() || Instant::now() > end + PATIENCE) {
            return times;
        }
        if let (false, Some(token)) = (some.is_empty(), turns.next()) {
            let paid = ask(&courier, &graphql, token, &some).await;
            let mut watched = watched.lock().await;
            for (code, sent) in some.iter().filter(|(code, _)| paid.contains(code)) {
                times.push(micros(*sent));
                watched.retain(|(other, _)| other != code);
            }
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// The codes among these whose invoice has money on it.
async fn ask(courier: &Courier, graphql: &str, token: &str, some: &[(String, Instant)]) -> Vec<String> {
    let fields = some
        .iter()
        .enumerate()
        .map(|(at, (code, _))| format!("i{at}: invoice(code: \"{code}\") {{ code paidAmount }}"));
    let query = format!("{{ {} }}", fields.collect::<Vec<_>>().join(" "));
    let body = serde_json::json!({ "query": query }).to_string().into_bytes();
    let bearer = format!("Bearer {token}");
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    let Ok(answer) = courier.post(graphql, &headers, body).await else { return Vec::new() };
    let answer: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let invoices = answer["data"].as_object().into_iter().flat_map(|data| data.values());
    let paid = invoices.filter(|invoice| invoice["paidAmount"].as_i64().is_some_and(|paid| paid > 0));
    paid.filter_map(|invoice| invoice["code"].as_str().map(ToOwned::to_owned)).collect()
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

fn measured(mut times: Vec<u64>, failed: u64, begun: Instant) -> Measured {
    Measured {
        done: u64::try_from(times.len()).unwrap_or(u64::MAX),
        failed,
        millis: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        p50_micros: percentile(&mut times, 50),
        p99_micros: percentile(&mut times, 99),
        ..Measured::default()
    }
}

impl Measured {
    /// Processor time of the server's process for one answer, in microseconds.
    #[must_use]
    pub fn cpu_per_request(&self) -> f64 {
        let (cpu, done) = (u32::try_from(self.cpu_micros).unwrap_or(u32::MAX), self.done.max(1));
        f64::from(cpu) / f64::from(u32::try_from(done).unwrap_or(u32::MAX))
    }

    /// Requests in a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        let (done, millis) =
            (u32::try_from(self.done).unwrap_or(u32::MAX), u32::try_from(self.millis.max(1)).unwrap_or(u32::MAX));
        f64::from(done) * 1_000.0 / f64::from(millis)
    }
}
