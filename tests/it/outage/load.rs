//! Many senders at once, who do not stop when the hub does not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use tokio::task::JoinSet;

use super::journal::Journal;
use crate::harness::ground::Ground;
use crate::harness::hub::Hub;
use crate::harness::sepay::Sepay;

/// How many send at once, each as fast as it is answered: something is always under way when the hub dies.
const AT_ONCE: usize = 32;

/// The pause of one sender whom nobody answers.
const BREATH: Duration = Duration::from_millis(10);

/// A sender with its memory.
pub(super) struct Sender {
    client: Client,
    sepay: Sepay,
    invoices: Vec<String>,
    pub(super) journal: Journal,
}

impl Sender {
    pub(super) fn new(hub: &Hub<'_>, ground: &Ground) -> Arc<Self> {
        let (client, sepay) = (hub.client.clone(), ground.sepay(hub));
        Arc::new(Self { client, sepay, invoices: ground.invoices.clone(), journal: Journal::default() })
    }

    /// The content depends on the id alone: a re-send says the same.
    async fn send(&self, id: u64) -> bool {
        let index = usize::try_from(id).unwrap() % self.invoices.len();
        let body = self.sepay.credit(id, 1_000, &format!("{} hoc phi", self.invoices[index]));
        let Ok(answer) = self.sepay.letter(&self.client, &body).send().await else {
            return false;
        };
        let kept = self.hears(answer).await;
        if kept {
            self.journal.acknowledges(id);
        }
        kept
    }

    /// Whether the answer says "kept"; anything else must say "later", and when.
    async fn hears(&self, answer: Response) -> bool {
        let (status, later) = (answer.status(), answer.headers().contains_key("Retry-After"));
        let Ok(text) = answer.text().await else {
            return false;
        };
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        let kept = status.is_success() && body["success"] == true;
        let proper = kept || (status == StatusCode::SERVICE_UNAVAILABLE && later);
        if !proper {
            self.journal.wonders(format!("{status}, Retry-After: {later}, {text}"));
        }
        kept
    }

    /// Sends a new message now and waits for its acknowledgement, as long as `patience`.
    pub(super) async fn until_heard(&self, patience: Duration) {
        let (begun, id) = (Instant::now(), self.journal.sends());
        while !self.send(id).await {
            assert!(begun.elapsed() < patience, "no message was acknowledged within {patience:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Sends a new message once and returns the bare answer.
    pub(super) async fn knocks(&self) -> Option<Response> {
        let body = self.sepay.credit(self.journal.sends(), 1_000, &self.invoices[0]);
        self.sepay.letter(&self.client, &body).send().await.ok()
    }

    /// Sends again what was never acknowledged, as an honest sender does, until nothing is in doubt.
    pub(super) async fn resolve_doubts(&self) {
        let begun = Instant::now();
        loop {
            let doubtful = self.journal.doubtful();
            if doubtful.is_empty() {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{} stay in doubt", doubtful.len());
            for id in doubtful {
                self.send(id).await;
            }
        }
    }
}

/// A running load.
pub(super) struct Load {
    stop: Arc<AtomicBool>,
    tasks: JoinSet<()>,
}

impl Load {
    pub(super) fn start(sender: &Arc<Sender>) -> Self {
        let (stop, mut tasks) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
        for _ in 0..AT_ONCE {
            let (sender, stop) = (Arc::clone(sender), Arc::clone(&stop));
            tasks.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    if !sender.send(sender.journal.sends()).await {
                        tokio::time::sleep(BREATH).await;
                    }
                }
            });
        }
        Self { stop, tasks }
    }

    pub(super) async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.tasks.join_all().await;
    }
}
