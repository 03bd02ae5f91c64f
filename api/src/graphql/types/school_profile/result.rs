//! What became of writing and signing a profile.

use async_graphql::{Enum, SimpleObject};
use entities::profiles::{self, Outcome, proposals};

use super::SchoolProfile;
use super::proposal::SchoolProfileProposal;
use crate::graphql::context::Request;
use crate::graphql::fault::UserError;

/// What became of one field (kết quả của một trường thông tin).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "Outcome")]
pub enum SchoolProfileOutcome {
    /// It says so from the new version on (đã ghi).
    Applied,
    /// It said so before; nothing was written (không thay đổi).
    Unchanged,
    /// Somebody else decides: a proposal waits for them (đã gửi đề nghị).
    Proposed,
    /// It cannot be accepted; nothing was written (bị từ chối).
    Refused,
}

/// The result of one field (kết quả của một trường thông tin).
#[derive(SimpleObject)]
pub struct SchoolProfileResult {
    /// The field's name, as it was given (tên trường thông tin).
    pub field: String,
    /// What became of it (kết quả).
    pub outcome: SchoolProfileOutcome,
    /// The proposal that waits (đề nghị); null otherwise.
    pub proposal: Option<SchoolProfileProposal>,
    /// Why it was refused (lý do từ chối); empty otherwise.
    pub errors: Vec<UserError>,
}

/// What became of writing a profile (kết quả cập nhật hồ sơ).
#[derive(SimpleObject)]
pub struct UpdateSchoolProfilePayload {
    /// One result for each field, in the order of the input (kết quả từng trường); empty when the whole input was refused.
    pub results: Vec<SchoolProfileResult>,
    /// The profile as it is now (hồ sơ sau khi ghi); null when the whole input was refused.
    pub school_profile: Option<SchoolProfile>,
    /// Why the whole input was refused (lỗi của cả yêu cầu); empty otherwise, also when single fields were.
    pub user_errors: Vec<UserError>,
}

/// What became of signing a profile (kết quả xác nhận hồ sơ).
#[derive(SimpleObject)]
pub struct SignSchoolProfilePayload {
    /// The profile with its signatures (hồ sơ đã xác nhận); null when it was refused.
    pub school_profile: Option<SchoolProfile>,
    /// Why it was refused (lỗi dữ liệu nhập); empty otherwise.
    pub user_errors: Vec<UserError>,
}

impl UpdateSchoolProfilePayload {
    /// The payload when nothing of the input was taken up.
    #[must_use]
    pub fn refused(user_errors: Vec<UserError>) -> Self {
        Self { results: Vec::new(), school_profile: None, user_errors }
    }
}

impl SchoolProfileResult {
    /// The result as a request shows it.
    #[must_use]
    pub fn of(request: &Request, result: profiles::FieldResult, proposal: Option<proposals::Proposal>) -> Self {
        Self {
            field: result.key,
            outcome: result.outcome.into(),
            proposal: proposal.map(|proposal| SchoolProfileProposal::shown(request, proposal)),
            errors: result.error.into_iter().map(UserError::from).collect(),
        }
    }
}
