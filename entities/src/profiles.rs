//! School profiles (hồ sơ trường): sections 1.1 and 1.2 of the ministry's school record, field by field, version by version.
//!
//! Each field has somebody who decides what it says ([`fields::Authority`]). Whoever may write but does not decide makes a
//! proposal; so does a vendor or a file that would overwrite what a person said. Name, levels, place and management lie in the
//! register of schools and nowhere else: a profile shows them as they are and changes them by the register's own rules. People
//! lie sealed, are opened only for who may read them, and leave no digest that could be tried.

mod catalogue;
mod content;
pub mod fields;
mod plan;
pub mod proposals;
mod read;
mod register;
mod sign;
mod update;
mod write;

use chrono::NaiveDate;
use uuid::Uuid;

pub use catalogue::Choice;
pub use content::{Content, MAX_PERSONS, MAX_SITES, Person, Site};
pub use read::{Difference, Entry, MAX_SIGNATURES, Which, difference, profile, versions};
pub(crate) use register::register;
pub use sign::{Signed, sign};
pub use update::{FieldResult, Outcome, Statement, Update, Updated, update};

use crate::error::Error;
use crate::schools::School;
use crate::seal::{Place, Vault};
use crate::time::Timestamp;
use fields::Field;

/// From whom a value was heard (nguồn).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// A person said it.
    Person,
    /// A vendor's application said it.
    Vendor,
    /// It was read from a file.
    Import,
    /// The hub's register of schools says it.
    Register,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 4] = [Self::Person, Self::Vendor, Self::Import, Self::Register];

    /// The stable word in SCREAMING_SNAKE_CASE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "PERSON",
            Self::Vendor => "VENDOR",
            Self::Import => "IMPORT",
            Self::Register => "REGISTER",
        }
    }

    fn parse(word: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|source| source.as_str() == word);
        found.ok_or_else(|| Error::internal(format!("profile source {word}")))
    }
}

/// Why a version was made (lý do tạo phiên bản).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cause {
    /// Values were written.
    Updated,
    /// A proposal was accepted.
    Accepted,
    /// The profile was signed while the register said something new.
    Signed,
    /// Synthetic data were planted.
    Planted,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 4] = [Self::Updated, Self::Accepted, Self::Signed, Self::Planted];

    /// The stable word in SCREAMING_SNAKE_CASE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Updated => "UPDATED",
            Self::Accepted => "ACCEPTED",
            Self::Signed => "SIGNED",
            Self::Planted => "PLANTED",
        }
    }
}

/// A value of a profile, with where it comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Value {
    /// Of which field.
    pub field: &'static Field,
    /// What it says.
    pub content: Content,
    /// From whom it was heard.
    pub source: Source,
    /// Who said it: `user:<id>`, `client:<id>`, or `hub` for the register.
    pub actor: String,
    /// Who accepted it as a proposal; none when nobody had to.
    pub decided_by: Option<String>,
    /// The day for which it was said.
    pub stated_on: NaiveDate,
    /// When the hub heard it; none for what the register says now and no version has remembered.
    pub heard_at: Option<Timestamp>,
}

/// A principal's signature under a version (xác nhận hồ sơ).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// The calendar year in which the school year began.
    pub school_year: i32,
    /// The version that was signed.
    pub version: i64,
    /// Who signed.
    pub actor: String,
    /// When.
    pub signed_at: Timestamp,
    /// Whether the profile says something else by now.
    pub is_changed_since: bool,
}

/// A school's profile at one version.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The school as it is now.
    pub school: School,
    /// The version; 0 while nobody has written anything.
    pub version: i64,
    /// When the version was made; none for version 0.
    pub made_at: Option<Timestamp>,
    /// Whether it is the latest one.
    pub is_current: bool,
    /// What it says, in the order of the fields. People are missing for who may not read them.
    pub values: Vec<Value>,
    /// The signatures, the latest first, at most [`MAX_SIGNATURES`].
    pub signatures: Vec<Signature>,
}

/// The tables in which values lie; a sealed value opens only in its place.
mod place {
    pub(super) const VALUES: &str = "school_profile_values";
    pub(super) const PROPOSALS: &str = "school_profile_proposals";
}

/// A value's columns: text for what everyone in reach may read, a seal for people.
fn stored(
    vault: &Vault,
    table: &'static str,
    row: Uuid,
    field: &Field,
    content: Option<&Content>,
) -> Result<(Option<String>, Option<Vec<u8>>), Error> {
    let Some(content) = content else { return Ok((None, None)) };
    let text = content.to_json()?;
    if !field.is_personal() {
        return Ok((Some(text), None));
    }
    let sealed = vault.seal(Place { table, row, column: "sealed" }, text.as_bytes())?;
    Ok((None, Some(sealed)))
}

/// What a value's columns hold; none where somebody said that there is nothing.
fn opened(
    vault: &Vault,
    table: &'static str,
    row: Uuid,
    value: Option<&str>,
    sealed: Option<&[u8]>,
) -> Result<Option<Content>, Error> {
    match (value, sealed) {
        (Some(text), _) => Content::of_json(text).map(Some),
        (None, Some(sealed)) => {
            let text = vault.open_text(Place { table, row, column: "sealed" }, sealed)?;
            Content::of_json(&text).map(Some)
        }
        (None, None) => Ok(None),
    }
}

/// The columns of a planted value.
pub(crate) fn planted(
    vault: &Vault,
    row: Uuid,
    field: &Field,
    content: &Content,
) -> Result<(Option<String>, Option<Vec<u8>>), Error> {
    stored(vault, place::VALUES, row, field, Some(content))
}
