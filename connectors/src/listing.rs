//! Senders that can be asked what they know: a second voice beside their messages, so that nothing is missed in silence. A
//! listing words the question and reads the answer; the courier carries both.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::banks::Reason;
use crate::fault::{ConfigFault, Drift};
use crate::notice::Notice;
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::wire::Whole;

/// With what a sender is asked.
#[derive(Clone)]
pub struct Access {
    /// The key of the sender's interface for questions; not the one that proves its messages.
    pub token: Secret,
    /// Where the interface is, without a slash at the end; none means where its documentation says.
    pub base_url: Option<String>,
}

/// What is asked for: the transactions of one account between two moments, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span<'a> {
    /// The account number.
    pub account: &'a str,
    /// The first moment.
    pub from: Timestamp,
    /// The last moment.
    pub to: Timestamp,
}

/// A question, to be sent by GET, or by POST where it has a body. It holds a key: it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Question {
    /// The whole address.
    pub url: String,
    /// The headers.
    pub headers: Vec<(&'static str, String)>,
    /// What is sent by POST; none is sent by GET.
    pub body: Option<Vec<u8>>,
}

/// What a sender says in one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The transactions, each under an event of its own beside the sender's messages about it: [`event_id`].
    pub notices: Vec<Notice>,
    /// Those that could not be read.
    pub unreadable: Vec<Reason>,
    /// Names the next page; none when this was the last.
    pub next: Option<String>,
}

/// A sender that can be asked. It never opens a socket.
pub trait Listing: Send + Sync {
    /// Whether a question names one account; if not, one question is for all of them.
    fn names_account(&self) -> bool;

    /// Words the question for a page; none stands for the first.
    ///
    /// # Errors
    /// [`Drift::Time`] for moments outside the calendar.
    fn question(&self, span: &Span<'_>, page: Option<&str>) -> Result<Question, Drift>;

    /// Reads the answer to the question for a page.
    ///
    /// # Errors
    /// How the answer as a whole differs from what the sender documents.
    fn read(&self, body: &[u8], page: Option<&str>) -> Result<Told, Drift>;
}

/// What stands in front of the event that tells the same as a message, where a sender was asked.
pub const MESSAGE_EVENTS: &str = "listed:";

/// Names what a listing tells of a transaction: another statement than any message's, about the same transaction, so that the
/// two merge and neither contradicts the other for a difference in wording.
#[must_use]
pub fn event_id(transaction_id: &str) -> String {
    format!("{MESSAGE_EVENTS}{transaction_id}")
}

impl Access {
    /// The value of `Authorization` in a scheme.
    ///
    /// # Errors
    /// [`ConfigFault::BadKey`] when the key cannot stand in a header.
    pub(crate) fn authorization(&self, scheme: &str) -> Result<String, ConfigFault> {
        Ok(format!("{scheme} {}", self.text()?))
    }

    /// The key as text that can stand in a header.
    ///
    /// # Errors
    /// [`ConfigFault::BadKey`] when it cannot.
    pub(crate) fn text(&self) -> Result<&str, ConfigFault> {
        match std::str::from_utf8(self.token.bytes()) {
            Ok(token) if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(token),
            _ => Err(ConfigFault::BadKey("a key for questions is visible ASCII")),
        }
    }
}

impl Told {
    /// Reads each row: takes up what could be read, under the events of a listing, and what could not, with the digest of its row.
    pub(crate) fn of(
        rows: &[Value],
        next: Option<String>,
        mut read: impl FnMut(&Value) -> Result<Notice, Reason>,
    ) -> Self {
        let mut told = Self { notices: Vec::new(), unreadable: Vec::new(), next };
        for row in rows {
            match read(row) {
                Ok(notice) => told.notices.push(Notice { event_id: event_id(&notice.transaction_id), ..notice }),
                Err(reason) => {
                    let mut sorted = row.clone();
                    sorted.sort_all_objects();
                    told.unreadable.push(reason.of_row(&sorted.to_string()));
                }
            }
        }
        told
    }
}

/// A transaction of a list by the sender's names; one that has another shape is known by its id at least.
pub(crate) fn row<T: DeserializeOwned>(value: &Value) -> Result<T, Reason> {
    let id = Identity::deserialize(value).ok().filter(|known| known.id.0 > 0).map(|known| known.id.0.to_string());
    T::deserialize(value).map_err(|_| Reason::whole(Drift::Shape).named(id.clone(), id))
}

/// The one field that tells a transaction even when the rest has drifted.
#[derive(Deserialize)]
struct Identity {
    id: Whole,
}

/// An address with a query, each value in the form of HTML forms.
pub(crate) fn address(base_url: Option<&str>, standard: &str, path: &str, query: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{}{path}?{query}", base_url.unwrap_or(standard))
}
