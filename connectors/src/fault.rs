//! Everything that can go wrong in this crate: a stable code for the caller, a sentence without secrets for the log.

use thiserror::Error;

/// Why a message was not opened. It says nothing about the content, which nobody has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The header or field that carries the proof is missing, repeated or not text.
    #[error("the message carries no proof of its sender")]
    NoProof,
    /// The proof is there and does not fit any key of the connection.
    #[error("the proof fits no key of this connection")]
    BadProof,
    /// The proof is right and its signed time is too far from now.
    #[error("the signed time is outside the window")]
    OutsideWindow,
    /// The sender proved itself, but speaks to another merchant than this connection's.
    #[error("the message is for another merchant than this connection's")]
    WrongMerchant,
    /// The sender never uses this HTTP method.
    #[error("this sender does not use this HTTP method")]
    WrongMethod,
    /// The proof cannot be read: a signature that is not hex, a time that is not a number.
    #[error("the proof or its envelope cannot be read")]
    Malformed,
    /// It came from an address from which this connection takes nothing.
    #[error("this connection takes nothing from this address")]
    WrongAddress,
    /// Its body has more bytes than this connection takes.
    #[error("the body is larger than this connection takes")]
    TooLarge,
}

impl Refusal {
    /// The stable code, for callers and counters.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoProof => "NO_PROOF",
            Self::BadProof => "BAD_PROOF",
            Self::OutsideWindow => "OUTSIDE_WINDOW",
            Self::WrongMerchant => "WRONG_MERCHANT",
            Self::WrongMethod => "WRONG_METHOD",
            Self::Malformed => "MALFORMED",
            Self::WrongAddress => "ADDRESS_NOT_ALLOWED",
            Self::TooLarge => "BODY_TOO_LARGE",
        }
    }
}

/// How a proven message differs from what its sender documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Drift {
    /// The body is not JSON in UTF-8, or nests too deeply.
    #[error("the body is not JSON")]
    NotJson,
    /// A documented field is missing, repeated or of another type.
    #[error("a documented field is missing, repeated or of another type")]
    Shape,
    /// The sender's word for what happened is not among the documented ones.
    #[error("the kind of event is not a documented one")]
    UnknownEvent,
    /// The amount is not a whole number of đồng above zero.
    #[error("the amount is not a whole number of đồng above zero")]
    Amount,
    /// The time is not written as documented.
    #[error("the time is not written as documented")]
    Time,
    /// A text holds NUL, broken characters, or is too long.
    #[error("a text holds NUL or broken characters, or is too long")]
    Text,
    /// Nothing in the message tells this transaction from another one.
    #[error("nothing names the transaction")]
    NoIdentity,
}

impl Drift {
    /// The stable code, for review and counters.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotJson => "NOT_JSON",
            Self::Shape => "SHAPE",
            Self::UnknownEvent => "UNKNOWN_EVENT",
            Self::Amount => "AMOUNT",
            Self::Time => "TIME",
            Self::Text => "TEXT",
            Self::NoIdentity => "NO_IDENTITY",
        }
    }
}

/// Why a connection cannot be built, or a sender cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigFault {
    /// No connector has this slug.
    #[error("no connector is named {0:?}")]
    UnknownBank(String),
    /// The list of keys is empty.
    #[error("the connection has no key")]
    NoKey,
    /// A key is empty or not written as the scheme wants it; the key itself is not repeated here.
    #[error("a key is not usable: {0}")]
    BadKey(&'static str),
    /// A setting that this sender needs is missing.
    #[error("the setting {0:?} is missing")]
    MissingExtra(&'static str),
    /// A setting has a value that this sender does not know.
    #[error("the setting {name:?} must be {expected}")]
    BadExtra {
        /// The setting.
        name: &'static str,
        /// What it may be.
        expected: &'static str,
    },
    /// The sender has no words for such a payment, so the sandbox cannot play it.
    #[error("this sender never says that: {0}")]
    NoWords(&'static str),
    /// The operating system gave no randomness.
    #[error("the system gave no randomness")]
    NoRandomness,
}

impl ConfigFault {
    /// Why no sender could word a payment of an impossible moment.
    pub(crate) const OUTSIDE_CALENDAR: Self = Self::NoWords("the moment is outside the calendar");
    /// The same of an amount that has no hundredths.
    pub(crate) const TOO_LARGE: Self = Self::NoWords("the amount is too large");
    /// The same of what has no place in JSON.
    pub(crate) const NOT_JSON: Self = Self::NoWords("the payment cannot be written as JSON");
}

/// Why a VietQR text could not be written or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VietQrFault {
    /// The bank identification number is not six digits.
    #[error("the BIN is not six digits")]
    Bin,
    /// The account number is not 1 to 19 ASCII letters and digits.
    #[error("the account is not 1 to 19 letters and digits")]
    Account,
    /// The amount is not between 1 and 13 digits of whole đồng above zero.
    #[error("the amount is not a whole number of đồng of at most 13 digits")]
    Amount,
    /// The bill number is not 1 to 25 letters, digits, `-` or `_`.
    #[error("the bill number is not 1 to 25 letters, digits, '-' or '_'")]
    Bill,
    /// The purpose is empty, longer than 25 characters after its diacritics are gone, or holds other scripts.
    #[error("the purpose is not 1 to 25 printable ASCII characters once diacritics are gone")]
    Purpose,
    /// The text is not a list of tag, length and value, or a mandatory field is missing.
    #[error("the text is not an EMVCo payment code")]
    Grammar,
    /// The checksum at the end does not fit.
    #[error("the checksum does not fit the text")]
    Checksum,
    /// A valid code of VNPAY-QR, which names a merchant of VNPAY and no bank account.
    #[error("this is a VNPAY-QR code, not a VietQR code: it names a merchant of VNPAY and no account")]
    VnpayQr,
    /// A valid code of some other scheme, currency or country, or a transfer to a card.
    #[error("this code is not a transfer in đồng to a Vietnamese bank account")]
    OtherScheme,
    /// The text does not fit into a QR code.
    #[error("the text does not fit into a QR code")]
    TooLong,
}
