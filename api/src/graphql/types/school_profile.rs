//! Profiles of schools: their versions, what differs between two, and signatures.

pub mod field;
pub mod proposal;
pub mod result;
pub mod value;

use async_graphql::{ComplexObject, Enum, ID, SimpleObject};
use entities::{profiles, schools};

use self::field::SchoolProfileField;
use self::value::SchoolProfileValue;
use super::school::School;
use crate::graphql::context::Request;
use crate::graphql::node_id;
use crate::graphql::scalars::Moment;
use crate::graphql::shown::Shown;

/// Why a version was made (lý do tạo phiên bản).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "profiles::Cause")]
pub enum SchoolProfileCause {
    /// Values were written (cập nhật).
    Updated,
    /// A proposal was accepted (chấp nhận đề nghị).
    Accepted,
    /// It was signed while the register said something new (xác nhận).
    Signed,
    /// Synthetic data were planted (dữ liệu mẫu).
    Planted,
}

/// A principal's signature under a version for a school year (xác nhận hồ sơ hằng năm).
#[derive(SimpleObject)]
pub struct SchoolProfileSignature {
    /// The calendar year in which the school year began (năm học).
    pub school_year: i32,
    /// The version that was signed; it never changes (phiên bản).
    pub version: i64,
    /// Who signed (người xác nhận): `user:<id>`.
    pub signed_by: String,
    /// When (thời điểm xác nhận).
    pub signed_at: Moment,
    /// Whether the profile says something else by now (đã thay đổi sau khi xác nhận).
    pub is_changed_since: bool,
}

/// A school's profile at one version (hồ sơ trường).
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct SchoolProfile {
    /// The global id (mã toàn cục).
    pub id: ID,
    /// The version (phiên bản); 0 while nobody has written anything.
    pub version: i64,
    /// When the version was made (thời điểm tạo); null for version 0.
    pub made_at: Option<Moment>,
    /// Whether it is the latest version (hiện hành).
    pub is_current: bool,
    /// What it says, people apart, in the order of the fields (nội dung). What nobody said is missing.
    pub values: Vec<SchoolProfileValue>,
    /// The people by their roles (người phụ trách theo vai trò). Null when masked.
    pub contacts: Shown<Vec<SchoolProfileValue>>,
    /// The yearly signatures, the latest first, at most 20 (các lần xác nhận).
    pub signatures: Vec<SchoolProfileSignature>,
    #[graphql(skip)]
    school: schools::School,
}

#[ComplexObject]
impl SchoolProfile {
    /// The school as it is now (trường).
    async fn school(&self) -> School {
        self.school.clone().into()
    }
}

/// A version of a profile, as it is listed (phiên bản hồ sơ).
#[derive(SimpleObject)]
pub struct SchoolProfileVersion {
    /// The version (phiên bản).
    pub version: i64,
    /// Why it was made (lý do).
    pub cause: SchoolProfileCause,
    /// Who made it (người thực hiện): `user:<id>`, `client:<id>` or `hub`.
    pub made_by: String,
    /// When (thời điểm tạo).
    pub made_at: Moment,
    /// The names of the fields whose values it brought (các trường thay đổi); those of people only for who may read them.
    pub changed_fields: Vec<&'static str>,
}

/// A field that two versions say differently (khác biệt giữa hai phiên bản).
#[derive(SimpleObject)]
pub struct SchoolProfileDifference {
    /// Which field (trường thông tin).
    pub field: SchoolProfileField,
    /// What the first version says (trước khi thay đổi); null where it says nothing.
    pub before: Option<SchoolProfileValue>,
    /// What the second version says (sau khi thay đổi); null where it says nothing.
    pub after: Option<SchoolProfileValue>,
}

impl SchoolProfile {
    /// A profile as a request shows it: the only way from the ledger's struct to the schema's.
    #[must_use]
    pub fn shown(request: &Request, profile: profiles::Profile) -> Self {
        let may_read = request.may_read("SchoolProfile", "contacts");
        let (people, open): (Vec<_>, Vec<_>) = profile.values.into_iter().partition(|value| value.field.is_personal());
        Self {
            id: node_id::encode("SchoolProfile", profile.school.id.uuid()),
            version: profile.version,
            made_at: profile.made_at.map(Moment),
            is_current: profile.is_current,
            values: open.into_iter().map(SchoolProfileValue::from).collect(),
            contacts: Shown::when(may_read, people.into_iter().map(SchoolProfileValue::from).collect::<Vec<_>>()),
            signatures: profile.signatures.into_iter().map(SchoolProfileSignature::from).collect(),
            school: profile.school,
        }
    }
}

impl From<profiles::Signature> for SchoolProfileSignature {
    fn from(signature: profiles::Signature) -> Self {
        Self {
            school_year: signature.school_year,
            version: signature.version,
            signed_by: signature.actor,
            signed_at: signature.signed_at.into(),
            is_changed_since: signature.is_changed_since,
        }
    }
}

impl From<profiles::Entry> for SchoolProfileVersion {
    fn from(entry: profiles::Entry) -> Self {
        Self {
            version: entry.version,
            cause: entry.cause.into(),
            made_by: entry.actor,
            made_at: entry.made_at.into(),
            changed_fields: entry.changed.into_iter().map(|field| field.key).collect(),
        }
    }
}

impl From<profiles::Difference> for SchoolProfileDifference {
    fn from(difference: profiles::Difference) -> Self {
        Self {
            field: difference.field.into(),
            before: difference.before.map(SchoolProfileValue::from),
            after: difference.after.map(SchoolProfileValue::from),
        }
    }
}
