//! What can go wrong in the ledger: a refusal that the caller can mend, or an accident that only the log explains.

use sea_orm::{DbErr, RuntimeErr, SqlErr};

use crate::codes::CodeError;

/// A refusal in two voices: a stable code with sentences for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Stable code in SCREAMING_SNAKE_CASE; part of the public contract.
    pub code: &'static str,
    /// The input field that is to be mended, dotted; none when the whole input is meant.
    pub field: Option<String>,
    /// The sentence in English.
    pub message: String,
    /// The sentence in Vietnamese.
    pub message_vi: String,
}

impl Refusal {
    /// A refusal of the whole input.
    pub fn new(code: &'static str, message: impl Into<String>, message_vi: impl Into<String>) -> Self {
        Self { code, field: None, message: message.into(), message_vi: message_vi.into() }
    }

    /// The same refusal, pointing at a field.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The answer for what does not exist and for what lies outside the caller's reach: the same words for both.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new("NOT_FOUND", format!("{what} was not found."), format!("Không tìm thấy ({what})."))
    }
}

impl From<CodeError> for Refusal {
    fn from(error: CodeError) -> Self {
        Self::new(error.code, error.message, error.message_vi)
    }
}

/// Why a verb or question of the ledger failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The input cannot be accepted; nothing was written.
    #[error("{}: {}", .0.code, .0.message)]
    Refused(Box<Refusal>),
    /// The database cannot be reached or does not answer in time; the same call may succeed later.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// A concurrent transaction won; running the whole transaction again is right.
    #[error("serialization conflict: {0}")]
    Conflict(String),
    /// A unique key exists already.
    #[error("duplicate key: {0}")]
    Duplicate(String),
    /// A defect of ours or of the stored data.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// An accident described by `cause`, for the log only.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    /// Whether running the same transaction again may succeed at once.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(key)) => return Self::Duplicate(key),
            Some(other) => return Self::internal(other),
            None => {}
        }
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(error.to_string()),
            DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => classify(cause),
            _ => Self::internal(error),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        classify(&error)
    }
}

/// PostgreSQL says why in SQLSTATE classes (appendix A of its manual), SQLite in extended result codes.
fn classify(error: &sqlx::Error) -> Error {
    let sqlx::Error::Database(cause) = error else {
        return match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Error::Unavailable(error.to_string()),
            sqlx::Error::Protocol(_) => Error::Unavailable(error.to_string()),
            _ => Error::internal(error),
        };
    };
    if cause.is_unique_violation() {
        return Error::Duplicate(cause.constraint().unwrap_or(cause.message()).to_owned());
    }
    match cause.code().as_deref() {
        Some("40001" | "40P01" | "5" | "6" | "261" | "517") => Error::Conflict(error.to_string()),
        Some(code)
            if code.len() == 5 && (code.starts_with("08") || code.starts_with("57") || code.starts_with("53")) =>
        {
            Error::Unavailable(error.to_string())
        }
        _ => Error::internal(error),
    }
}
