//! What a letter costs: how long each sender's proof and reading take, in a table for this crate's README.
//!
//! `cargo bench -p connectors`. A sample is a batch of the same letter, opened again and again on one core; the table has
//! the median of the samples and where nine in ten of them lie. It fails when a median breaks the promise.

use std::{collections::BTreeMap, fs, hint::black_box, path::Path, process::ExitCode, time::Instant};

use chrono::DateTime;
use connectors::{Bank, Credentials, Inbound, Opened, Secret, banks};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::Deserialize;

/// What this crate promises of every letter, but for what a public key's own arithmetic takes.
const PROMISE_US: f64 = 50.0;
/// The schemes with a public key.
const ASIDE: [&str; 3] = ["v1a, Ed25519", "Ed25519", "RSA"];
/// A batch is so long that reading the clock does not count, and so short that few are interrupted.
const BATCH: u32 = 50;
const SAMPLES: usize = 400;
/// Before the first sample, so that caches and the processor's clock are what they will be.
const WARM_UP: u32 = 2_000;

/// A good letter of every scheme, and the ones whose proof is found last.
const LETTERS: [(&str, &str, &str); 22] = [
    ("bill", "pay", "hmac"),
    ("bill", "pay_rsa", "RSA"),
    ("bill", "pay_ed25519", "Ed25519"),
    ("casso", "credit", "v2"),
    ("casso", "spelling_of_php", "v2, third spelling"),
    ("casso", "token_several", "v1, several"),
    ("momo", "vector", ""),
    ("onepay", "sandbox_card", ""),
    ("payos", "vector", ""),
    ("sepay", "vector", "hmac"),
    ("sepay", "apikey_virtual_account", "apikey"),
    ("sepay_bankhub", "credit", ""),
    ("sepay_gateway", "paid", ""),
    ("standard_webhooks", "received", "v1"),
    ("standard_webhooks", "v1a_received", "v1a, Ed25519"),
    ("vietqr", "credit", "token"),
    ("vietqr", "signed", "token and signature"),
    ("viettel_money", "vector", ""),
    ("vnpay", "vector", ""),
    ("vnpay", "another_encoding", "as received"),
    ("zalopay", "vector", ""),
    ("zalopay", "vector_of_the_documentation", "documentation's"),
];

#[derive(Deserialize)]
struct Letter {
    connection: Connection,
    now: String,
    request: Request,
}

#[derive(Deserialize)]
struct Connection {
    #[serde(default)]
    id: String,
    keys: Vec<String>,
    extra: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    #[serde(default)]
    tail: String,
    #[serde(default)]
    query: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
}

fn main() -> ExitCode {
    println!("| sender | letter | bytes | µs, median | 5 % to 95 % |\n| --- | --- | --- | --- | --- |");
    let mut is_kept = true;
    for (slug, name, about) in LETTERS {
        let letter = read(slug, name);
        let sender = if about.is_empty() { format!("`{slug}`") } else { format!("`{slug}` ({about})") };
        let bytes = letter.request.query.len() + letter.request.body.len();
        let median_us = row(&format!("{sender} | `{name}` | {bytes}"), open(&letter, &*connect(slug, &letter)));
        is_kept &= median_us < PROMISE_US || ASIDE.contains(&about);
    }
    row("Ed25519 alone, in `ring` | | 200", ed25519());
    if is_kept {
        return ExitCode::SUCCESS;
    }
    eprintln!("a letter takes longer than the {PROMISE_US} µs that are promised");
    ExitCode::FAILURE
}

/// Prints a row of the table, and tells its median.
fn row(cells: &str, work: impl Fn()) -> f64 {
    let samples = sample(work);
    let at = |percent: usize| samples[(samples.len() - 1) * percent / 100];
    println!("| {cells} | {:.1} | {:.1} to {:.1} |", at(50), at(5), at(95));
    at(50)
}

fn read(slug: &str, name: &str) -> Letter {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/banks/{slug}/letters/{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn connect(slug: &str, letter: &Letter) -> Box<dyn Bank> {
    let keys = letter.connection.keys.iter().map(|key| Secret::new(key.as_str())).collect();
    let credentials =
        Credentials { connection: letter.connection.id.clone(), keys, extra: letter.connection.extra.clone() };
    banks::connect(slug, &credentials).unwrap_or_else(|fault| panic!("{slug}: {fault}"))
}

/// Proves and reads a letter.
fn open(letter: &Letter, bank: &dyn Bank) -> impl Fn() {
    let Request { method, tail, query, headers, body } = &letter.request;
    let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let now = DateTime::parse_from_rfc3339(&letter.now).expect("a letter's moment").timestamp_micros();
    move || {
        let inbound = Inbound::new(method, tail, query, &headers, body.as_bytes());
        let opened = black_box(bank).open(black_box(&inbound), black_box(now));
        assert!(matches!(black_box(opened), Ok(Opened::Notices(_) | Opened::Bill(_))), "a good letter is read");
    }
}

/// Checks a signature of 200 bytes and does nothing else: what is left of a letter's time is ours.
fn ed25519() -> impl Fn() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed has 32 bytes");
    let text = [b'x'; 200];
    let signature = pair.sign(&text);
    let public = UnparsedPublicKey::new(&ED25519, pair.public_key().as_ref().to_vec());
    move || public.verify(black_box(&text), black_box(signature.as_ref())).expect("its own signature")
}

/// Microseconds for one piece of work in each batch, the fastest first.
fn sample(work: impl Fn()) -> Vec<f64> {
    (0..WARM_UP).for_each(|_| work());
    let batch = |_| {
        let started = Instant::now();
        (0..BATCH).for_each(|_| work());
        started.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH)
    };
    let mut samples: Vec<f64> = (0..SAMPLES).map(batch).collect();
    samples.sort_by(f64::total_cmp);
    samples
}
