//! Our answer: what became of a message, worded so that its sender stops or tries again.

use serde::Serialize;

use crate::{
    bill,
    fault::Refusal,
    query::{OrderState, TokenQuery},
};

/// What became of a message. There is no "seen before" and no "conflict": a re-send could not mend either, so both are
/// answered as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is on disk.
    Kept,
    /// It was not opened.
    Refused(Refusal),
    /// It asked about an order, and this is what we say of it.
    Order(OrderState),
    /// It asked for a token, and shall have one.
    Token(TokenQuery),
    /// It spoke the bill protocol, and this is what its bank hears.
    Bill(Box<bill::Answer>),
    /// It could not be kept; the sender should come again.
    Unavailable {
        /// When to come again, in seconds.
        retry_after_s: u32,
    },
    /// The connection sends faster than agreed; the sender should come again.
    TooMany {
        /// When to come again, in seconds.
        retry_after_s: u32,
    },
}

impl Outcome {
    /// A word for it, for senders that write it down.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Kept => "KEPT",
            Self::Refused(refusal) => refusal.code(),
            Self::Order(_) | Self::Token(_) | Self::Bill(_) => "NOT_ASKED",
            Self::Unavailable { .. } => "UNAVAILABLE",
            Self::TooMany { .. } => "TOO_MANY",
        }
    }
}

/// An HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status code.
    pub status: u16,
    /// The value of `Content-Type`; `None` goes with an empty body.
    pub content_type: Option<&'static str>,
    /// The body.
    pub body: String,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// A text that the hub signs with its own key before it answers, for senders that share no key with it.
    pub to_sign: Option<Vec<u8>>,
}

impl Reply {
    /// A JSON answer.
    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self { status, content_type: Some("application/json"), body: body.into(), headers: Vec::new(), to_sign: None }
    }

    /// A JSON answer of texts, numbers, and yes or no, which always have a place in JSON.
    pub(crate) fn worded(words: &impl Serialize) -> Self {
        Self::json(200, serde_json::to_string(words).unwrap_or_default())
    }

    /// The same words for a sender that reads them, with the HTTP status that everybody else understands.
    pub(crate) fn with_status_of(self, outcome: &Outcome) -> Self {
        let Self { status, headers, .. } = Self::by_status(outcome, Self::json(200, ""));
        Self { status, headers, ..self }
    }

    /// For senders that look at the HTTP status: their own words for kept, and the usual ones for all else.
    pub(crate) fn by_status(outcome: &Outcome, kept: Self) -> Self {
        let (status, retry_after_s) = match *outcome {
            Outcome::Kept => return kept,
            Outcome::Refused(refusal) => (refused_status(refusal), None),
            // No such sender asks anything; whoever answers it all the same has not kept anything.
            Outcome::Order(_) | Outcome::Token(_) | Outcome::Bill(_) => (503, None),
            Outcome::Unavailable { retry_after_s } => (503, Some(retry_after_s)),
            Outcome::TooMany { retry_after_s } => (429, Some(retry_after_s)),
        };
        let code = outcome.code();
        let mut reply = Self::json(status, format!(r#"{{"success":false,"code":"{code}"}}"#));
        if let Some(seconds) = retry_after_s {
            reply.headers.push(("Retry-After", seconds.to_string()));
        }
        reply
    }
}

fn refused_status(refusal: Refusal) -> u16 {
    match refusal {
        Refusal::NoProof | Refusal::BadProof | Refusal::OutsideWindow => 401,
        Refusal::WrongMerchant | Refusal::WrongAddress => 403,
        Refusal::WrongMethod => 405,
        Refusal::Malformed => 400,
        Refusal::TooLarge => 413,
    }
}
