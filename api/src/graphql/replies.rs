//! What a caller asked before: the same question by the same caller, for the same purpose, on the same day, is answered from
//! memory as long as nothing that it reads was changed. Never for another caller, never for errors, mutations, or replies
//! that show people. Who asks while the same question is being answered waits for that answer.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_graphql::Variables;
use chrono::NaiveDate;
use entities::Db;
use entities::callers::Caller;
use entities::freshness::Stamp;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::sync::watch;

use super::answer::{Answer, Found};
use super::gate;

/// How long a reply is remembered, whatever else holds.
const MAX_AGE: Duration = Duration::from_secs(60);
/// What an entry weighs beside its reply and its key's text, in bytes: the caller is shared, the rest is small.
const OVERHEAD_BYTES: usize = 500;

/// Names one question of one caller. Two questions are the same only when all of it is the same; nothing is compared by a
/// digest but the document's text, whose digest is SHA-256.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// The document's hash.
    pub document: gate::Hash,
    /// The operation's name.
    pub operation: Option<String>,
    /// The variables as JSON.
    pub variables: String,
    /// Who asks: subject, role, scopes, purposes and grounds, as the database knows them now.
    pub caller: Arc<Caller>,
    /// The stated purpose.
    pub purpose: Option<String>,
    /// The Vietnam day: reach and catalogues hang on it.
    pub day: NaiveDate,
}

impl Question {
    /// The variables in the words of a key; none when they cannot be told apart.
    #[must_use]
    pub fn words(variables: &Variables) -> Option<String> {
        serde_json::to_string(variables).ok()
    }
}

impl Hash for Question {
    /// The parts that differ most; equality compares all.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.document.hash(state);
        self.variables.hash(state);
        self.caller.subject.hash(state);
    }
}

/// A remembered reply.
struct Kept {
    stamp: Stamp,
    at: Instant,
    found: Arc<Found>,
    masked: Vec<String>,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Question, Arc<Kept>> for Weight {
    fn weight(&self, question: &Question, kept: &Arc<Kept>) -> u64 {
        let masked: usize = kept.masked.iter().map(String::len).sum();
        let bytes = OVERHEAD_BYTES + question.variables.len() + kept.found.json().len() + masked;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// The replies that a process remembers, the least used forgotten first.
pub struct Replies {
    kept: Option<Cache<Question, Arc<Kept>, Weight>>,
    /// Who is answering; the receivers end when they do.
    flights: Mutex<HashMap<Question, watch::Receiver<()>>>,
}

/// Leave to answer a question.
pub struct Flight<'a> {
    replies: &'a Replies,
    question: Question,
    stamp: Stamp,
    /// Dropped with the flight: whoever waits hears that it has ended. None when others wait for somebody else.
    leading: Option<watch::Sender<()>>,
}

/// What is known of a question.
pub enum Known<'a> {
    /// The answer.
    Remembered(Answer),
    /// Nothing: it is to be answered, and may be remembered.
    Unknown(Flight<'a>),
    /// Nothing may be remembered now.
    Never,
}

impl Replies {
    /// A memory of this many bytes; 0 remembers nothing.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        const USUAL_REPLY_BYTES: u64 = 2_000;
        let replies = usize::try_from(bytes / USUAL_REPLY_BYTES).unwrap_or(1).max(1);
        let kept = (bytes > 0).then(|| Cache::with_weighter(replies, bytes, Weight));
        Self { kept, flights: Mutex::default() }
    }

    /// The answer that is remembered, or leave to find it. Waits while the same question is being answered.
    pub async fn ask(&self, db: &Db, kinds: &[&str], question: Question) -> Known<'_> {
        if self.kept.is_none() {
            return Known::Never;
        }
        let mut has_waited = false;
        loop {
            // Taken before anything is read: a change that comes between makes what is read then of no use.
            let Some(stamp) = db.stamp(kinds) else { return Known::Never };
            if let Some(answer) = self.remembered(&question, stamp) {
                return Known::Remembered(answer);
            }
            if has_waited {
                // The other answer could not be remembered, and this one will not wait for a third.
                return Known::Unknown(Flight { replies: self, question, stamp, leading: None });
            }
            let mut ahead = match self.lead(&question) {
                Ok(leading) => {
                    return Known::Unknown(Flight { replies: self, question, stamp, leading: Some(leading) });
                }
                Err(ahead) => ahead,
            };
            // It ends with an error when the other is done, or went away.
            while ahead.changed().await.is_ok() {}
            has_waited = true;
        }
    }

    fn remembered(&self, question: &Question, stamp: Stamp) -> Option<Answer> {
        let kept = self.kept.as_ref()?.get(question)?;
        let holds = kept.stamp == stamp && kept.at.elapsed() < MAX_AGE;
        holds.then(|| Answer::remembered(kept.found.clone(), kept.masked.clone()))
    }

    /// The way to tell others, or the way to hear of who answers already.
    fn lead(&self, question: &Question) -> Result<watch::Sender<()>, watch::Receiver<()>> {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ahead) = flights.get(question) {
            return Err(ahead.clone());
        }
        let (leading, ahead) = watch::channel(());
        flights.insert(question.clone(), ahead);
        Ok(leading)
    }
}

impl Flight<'_> {
    /// Remembers an answer, unless it has errors.
    pub fn remember(self, answer: &Answer) {
        let (Some(kept), Some(found)) = (&self.replies.kept, &answer.data) else { return };
        if answer.errors.is_empty() {
            let (found, masked) = (found.clone(), answer.masked.clone());
            kept.insert(self.question.clone(), Arc::new(Kept { stamp: self.stamp, at: Instant::now(), found, masked }));
        }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        if self.leading.is_some() {
            let mut flights = self.replies.flights.lock().unwrap_or_else(PoisonError::into_inner);
            flights.remove(&self.question);
        }
    }
}
