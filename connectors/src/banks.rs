//! Banks and payment intermediaries: who sends, how they prove themselves, and the one door through which they enter.

use std::{collections::BTreeMap, fmt};

use ring::digest;

use crate::{
    bill::Call,
    fault::{ConfigFault, Drift, Refusal},
    inbound::Inbound,
    letter::{Letter, Payment},
    listing::{Access, Listing},
    notice::{Assurance, Notice},
    orders::Orders,
    query::{OrderQuery, TokenQuery},
    reply::{Outcome, Reply},
    secret::Secret,
    time::Timestamp,
};

pub mod bill;
pub mod casso;
pub mod momo;
pub mod onepay;
pub mod payos;
pub mod sepay;
pub mod sepay_bankhub;
pub mod sepay_gateway;
pub mod standard_webhooks;
pub mod vietqr;
pub mod viettel_money;
pub mod vnpay;
pub mod zalopay;

/// Every sender that the hub understands. A new one is its folder, its `mod` line above and its line here.
static ALL: [BankInfo; 13] = [
    bill::INFO,
    casso::INFO,
    momo::INFO,
    onepay::INFO,
    payos::INFO,
    sepay::INFO,
    sepay_bankhub::INFO,
    sepay_gateway::INFO,
    standard_webhooks::INFO,
    vietqr::INFO,
    viettel_money::INFO,
    vnpay::INFO,
    zalopay::INFO,
];

/// A bank connector translates. It never opens a socket and never sees the ledger.
pub trait Bank: Send + Sync {
    /// Proves that the sender wrote this, then reads it. Content exists only after proof; the default is no.
    ///
    /// # Errors
    /// A [`Refusal`] when there is no proof, or not a good one.
    fn open(&self, inbound: &Inbound<'_>, now: Timestamp) -> Result<Opened, Refusal>;

    /// Words our answer as this sender expects it. Kept, seen before and conflicting are one outcome.
    fn answer(&self, inbound: &Inbound<'_>, outcome: &Outcome) -> Reply;
}

/// What a proven message can be. Not every message is money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// Statements about transactions, at least one.
    Notices(Vec<Notice>),
    /// Several transactions of which at least one cannot be read: each has a fate of its own.
    Several {
        /// Those that can be read; perhaps none.
        notices: Vec<Notice>,
        /// Those that cannot: keep and park them, they may be real money. Each has the digest of its row.
        unreadable: Vec<Reason>,
    },
    /// The sender wrote it and we cannot read it: keep it and park it, it may be real money.
    Unreadable(Reason),
    /// The sender asks whether an order may be paid: answer with [`Outcome::Order`], there is nothing to keep. How much of
    /// it is proven by then, [`OrderQuery`] says.
    OrderCheck(OrderQuery),
    /// The sender may have a token to send with: answer with [`Outcome::Token`], there is nothing to keep.
    TokenRequest(TokenQuery),
    /// The sender speaks the bill protocol: answer with [`Outcome::Bill`], after the hub decided.
    Bill(Box<Call>),
    /// The sender tries the line; answer as kept, there is nothing to book.
    Probe,
}

/// Why a proven message could not be read, and what it could still tell about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What differs from the sender's documentation.
    pub drift: Drift,
    /// The field that differs, by the sender's name for it, when it can be told.
    pub field: Option<&'static str>,
    /// The event id, when it could be read: a re-send has the same.
    pub event_id: Option<String>,
    /// The transaction id, when it could be read.
    pub transaction_id: Option<String>,
    /// SHA-256 of the one transaction of a message or list that it is about: it names what has no other name. None when it is
    /// about the whole.
    pub row_sha256: Option<[u8; 32]>,
}

impl Reason {
    /// One field has drifted.
    pub(crate) fn new(drift: Drift, field: &'static str) -> Self {
        Self { field: Some(field), ..Self::whole(drift) }
    }

    /// The message as a whole has drifted.
    pub(crate) fn whole(drift: Drift) -> Self {
        Self { drift, field: None, event_id: None, transaction_id: None, row_sha256: None }
    }

    /// The same of a message that could still tell what it is about.
    pub(crate) fn named(self, event_id: impl Into<Option<String>>, transaction_id: impl Into<Option<String>>) -> Self {
        Self { event_id: event_id.into(), transaction_id: transaction_id.into(), ..self }
    }

    /// The same of one transaction of several, with its text.
    pub(crate) fn of_row(self, row: &str) -> Self {
        let mut sum = [0; 32];
        sum.copy_from_slice(digest::digest(&digest::SHA256, row.as_bytes()).as_ref());
        Self { row_sha256: Some(sum), ..self }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(formatter, "{}: {field}", self.drift),
            None => self.drift.fmt(formatter),
        }
    }
}

/// What a connection was configured with.
#[derive(Clone)]
pub struct Credentials {
    /// The connection's id, as its address has it: some senders sign their address.
    pub connection: String,
    /// The keys, all of them valid: old and new overlap during a rotation.
    pub keys: Vec<Secret>,
    /// Settings that are no secret, by the names of [`BankInfo::extras`].
    pub extra: BTreeMap<String, String>,
}

impl Credentials {
    pub(crate) fn setting(&self, name: &'static str) -> Result<&str, ConfigFault> {
        match self.extra.get(name) {
            Some(value) if !value.is_empty() => Ok(value),
            _ => Err(ConfigFault::MissingExtra(name)),
        }
    }

    /// The key that a sender signs with: the first.
    pub(crate) fn first_key(&self) -> Result<&Secret, ConfigFault> {
        self.keys.first().ok_or(ConfigFault::NoKey)
    }

    /// The same for a sender that repeats the key in a header.
    pub(crate) fn first_key_text(&self) -> Result<&str, ConfigFault> {
        std::str::from_utf8(self.first_key()?.bytes()).map_err(|_| ConfigFault::BadKey("it is not text"))
    }
}

/// Makes the listing of a sender, with a key for questions.
pub type MakeListing = fn(&Access) -> Result<Box<dyn Listing>, ConfigFault>;

/// Makes the questions about orders of a sender: with what its connection has, and a key for questions.
pub type MakeOrders = fn(&Credentials, &Access) -> Result<Box<dyn Orders>, ConfigFault>;

/// What an operator must know about a sender before connecting it.
pub struct BankInfo {
    /// The short name in settings and addresses.
    pub slug: &'static str,
    /// The name for people.
    pub name: &'static str,
    /// Whether its messages name the account that was paid. If not, a connection must have exactly one account.
    pub names_account: bool,
    /// The weakest proof that a connection of this kind may accept; each notice carries its own.
    pub assurance: Assurance,
    /// The setting, and its value, under which a connection accepts signatures alone, where that is a choice.
    pub signed_by: Option<(&'static str, &'static str)>,
    /// The settings that it needs besides keys, all required.
    pub extras: &'static [Extra],
    /// Makes a key when the sender leaves that to us; `None` when the sender issues it. Show the text once, then seal it.
    pub generate_key: Option<fn() -> Result<String, ConfigFault>>,
    /// Asks the sender what it knows, where it can be asked: with a key of its own.
    pub listing: Option<MakeListing>,
    /// Asks the sender about one order, where it lists nothing and can be asked so: with a key of its own.
    pub orders: Option<MakeOrders>,
    connect: fn(&Credentials) -> Result<Box<dyn Bank>, ConfigFault>,
    compose: fn(&Credentials, &Payment, Timestamp) -> Result<Letter, ConfigFault>,
}

impl BankInfo {
    /// The weakest proof that a connection with these settings accepts.
    #[must_use]
    pub fn assurance_with(&self, extra: &BTreeMap<String, String>) -> Assurance {
        match self.signed_by {
            Some((name, value)) if extra.get(name).is_some_and(|set| set == value) => Assurance::High,
            _ => self.assurance,
        }
    }
}

/// A setting that a sender needs and that is no secret.
pub struct Extra {
    /// Its name in [`Credentials::extra`].
    pub name: &'static str,
    /// What it is and where to find it.
    pub description: &'static str,
    /// The values it may have; empty means any text.
    pub choices: &'static [&'static str],
}

/// Every sender that the hub understands, by slug.
#[must_use]
pub fn all() -> &'static [BankInfo] {
    &ALL
}

/// Looks a sender up.
///
/// # Errors
/// [`ConfigFault::UnknownBank`] when no sender has this slug.
pub fn info(slug: &str) -> Result<&'static BankInfo, ConfigFault> {
    ALL.iter().find(|info| info.slug == slug).ok_or_else(|| ConfigFault::UnknownBank(slug.to_owned()))
}

/// Builds the connector of a connection.
///
/// # Errors
/// A [`ConfigFault`] when the sender is unknown, or a key or setting is missing or unusable.
pub fn connect(slug: &str, credentials: &Credentials) -> Result<Box<dyn Bank>, ConfigFault> {
    (info(slug)?.connect)(credentials)
}

/// Plays the sender: words a payment as the sender would at this moment, and signs it with the connection's first key.
///
/// # Errors
/// A [`ConfigFault`] as from [`connect`], or [`ConfigFault::NoWords`] when the sender never says such a thing.
pub fn compose(
    slug: &str,
    credentials: &Credentials,
    payment: &Payment,
    now: Timestamp,
) -> Result<Letter, ConfigFault> {
    (info(slug)?.compose)(credentials, payment, now)
}
