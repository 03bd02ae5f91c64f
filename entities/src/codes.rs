//! Codes: a value that exists is valid. Each is parsed at the door, or the refusal is explained in two languages.
//!
//! Codes are text and keep their leading zeros. Numbers that name a person or an account show only their last three digits
//! in `Debug` and have no `Display`.

mod bank;
mod invoice;
mod period;
mod person;
mod place;
mod school;

pub use crate::hub::Kind;
pub use bank::{AccountNumber, BankBin, VirtualAccountNumber};
pub use invoice::{DEFAULT_PREFIX, InvoiceCode, check_prefix};
pub use period::{Month, SchoolYear};
pub use person::{PersonalId, Phone};
pub use place::{CommuneCode, ProvinceCode};
pub use school::{MinistryCode, SchoolCode, SchoolCodeHint};

/// Why a code is refused. The sentences never repeat the value: it may be personal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CodeError {
    /// A stable name for programs, such as `INVOICE_CODE_CHECK_DIGIT`.
    pub code: &'static str,
    /// A sentence for a person, in English.
    pub message: String,
    /// The same sentence in Vietnamese.
    pub message_vi: String,
}

impl CodeError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>, message_vi: impl Into<String>) -> Self {
        Self { code, message: message.into(), message_vi: message_vi.into() }
    }
}

/// Refuses an obviously false value where real ones are kept.
fn admit(is_demo: bool, kind: Kind) -> Result<(), CodeError> {
    if is_demo && kind == Kind::Real {
        return Err(CodeError::new(
            "DEMO_VALUE",
            "this value is reserved for demonstration data and cannot be real",
            "giá trị này chỉ dành cho dữ liệu mẫu, không thể là dữ liệu thật",
        ));
    }
    Ok(())
}

/// Whether the text is exactly this many ASCII digits.
fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|b| b.is_ascii_digit())
}

/// Stars and the last three characters; only stars when so few would give most of it away.
fn masked(text: &str) -> String {
    let shown = if text.len() >= 6 { 3 } else { 0 };
    let (hidden, tail) = text.split_at(text.len() - shown);
    format!("{}{tail}", "*".repeat(hidden.len()))
}

/// What every code kept as ASCII text has in common.
macro_rules! text_code {
    ($type:ident) => {
        impl $type {
            /// The code as it is stored and compared.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $type {
            type Error = crate::codes::CodeError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$type> for String {
            fn from(code: $type) -> Self {
                code.0
            }
        }
    };
}

/// Codes that anybody may read.
macro_rules! public_code {
    ($type:ident) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self.0)
            }
        }
    };
}

/// Codes that name a person or an account: no `Display`, and a `Debug` that shows the last three characters.
macro_rules! private_code {
    ($type:ident) => {
        impl $type {
            /// The display form: stars and the last three characters.
            #[must_use]
            pub fn masked(&self) -> String {
                crate::codes::masked(&self.0)
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self.masked())
            }
        }
    };
}

use {private_code, public_code, text_code};

#[cfg(test)]
mod tests;
