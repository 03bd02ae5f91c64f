//! What a resolver answers when it cannot answer: a stable code and two sentences for the caller, the cause for the log.

use async_graphql::{Error, ErrorExtensions, SimpleObject};
use entities::Refusal;
use entities::codes::CodeError;

/// A failure of a query or of a whole mutation; becomes an entry of `errors` with `extensions.code`.
#[derive(Clone, Debug)]
pub struct Fault(entities::Error);

impl Fault {
    /// The caller's role or contract does not carry this verb.
    #[must_use]
    pub fn forbidden(verb: &str) -> Self {
        Refusal::new(
            "FORBIDDEN",
            format!("Your role, contract or stated purpose does not allow `{verb}`."),
            format!("Vai trò, hợp đồng hoặc mục đích đã nêu không cho phép `{verb}`."),
        )
        .into()
    }

    /// An input that cannot be accepted.
    #[must_use]
    pub fn refused(code: &'static str, message: impl Into<String>, message_vi: impl Into<String>) -> Self {
        Refusal::new(code, message, message_vi).into()
    }
}

impl From<entities::Error> for Fault {
    fn from(error: entities::Error) -> Self {
        Self(error)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self(refusal.into())
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let (code, message, message_vi, field) = match fault.0 {
            entities::Error::Refused(refusal) => (refusal.code, refusal.message, refusal.message_vi, refusal.field),
            entities::Error::Unavailable(cause) => {
                tracing::warn!(%cause, "database unavailable");
                (
                    "UNAVAILABLE",
                    "The hub cannot reach its database; try again.".into(),
                    "Hệ thống tạm thời gián đoạn; hãy thử lại.".into(),
                    None,
                )
            }
            entities::Error::Conflict(cause) | entities::Error::Duplicate(cause) => {
                tracing::warn!(%cause, "write conflict");
                (
                    "CONFLICT",
                    "Another write came first; try again.".into(),
                    "Có thao tác khác vừa ghi trước; hãy thử lại.".into(),
                    None,
                )
            }
            entities::Error::Internal(cause) => {
                tracing::error!(%cause, "internal error");
                (
                    "INTERNAL",
                    "The hub failed to answer; the cause is in its log.".into(),
                    "Hệ thống gặp lỗi; nguyên nhân nằm trong nhật ký.".into(),
                    None,
                )
            }
        };
        Error::new(message).extend_with(|_, extensions| {
            extensions.set("code", code);
            extensions.set("messageVi", message_vi);
            if let Some(field) = field {
                extensions.set("field", field);
            }
        })
    }
}

/// Why an input was not accepted (lỗi dữ liệu nhập). A refusal is data; only accidents become `errors`.
#[derive(Clone, Debug, SimpleObject)]
pub struct UserError {
    /// Stable code in SCREAMING_SNAKE_CASE (mã lỗi).
    pub code: String,
    /// Dotted path of the input field that is to be mended (trường dữ liệu cần sửa); null when the whole input is
    /// meant.
    pub field: Option<String>,
    /// The sentence in English (thông báo bằng tiếng Anh).
    pub message: String,
    /// The sentence in Vietnamese (thông báo bằng tiếng Việt).
    pub message_vi: String,
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: refusal.code.to_owned(),
            field: refusal.field,
            message: refusal.message,
            message_vi: refusal.message_vi,
        }
    }
}

/// A code's refusal, pointing at its input field.
pub fn bad_code(field: &'static str) -> impl Fn(CodeError) -> Refusal {
    move |error| Refusal::new(error.code, error.message, error.message_vi).at(field)
}

/// Splits what a verb of the ledger returned into its value or the refusals for the payload; accidents stay faults.
///
/// # Errors
/// Everything but a refusal.
pub fn or_refused<T>(result: Result<T, entities::Error>) -> Result<Result<T, Vec<UserError>>, Fault> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(entities::Error::Refused(refusal)) => Ok(Err(vec![(*refusal).into()])),
        Err(other) => Err(other.into()),
    }
}
