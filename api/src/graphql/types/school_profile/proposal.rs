//! Proposals for profiles: what somebody said of a field that somebody else decides.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use entities::ids::SchoolId;
use entities::profiles::proposals::{self, Status};

use super::field::SchoolProfileField;
use super::value::{SchoolPerson, SchoolProfileContent, SchoolProfileSource};
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, UserError};
use crate::graphql::node_id;
use crate::graphql::scalars::{Day, Moment};
use crate::graphql::shown::Shown;
use crate::graphql::types::school::School;

/// What became of a proposal (trạng thái đề nghị); all but the first are final.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "Status")]
pub enum SchoolProfileProposalStatus {
    /// It waits for whoever decides (đang chờ).
    Open,
    /// It was accepted (đã chấp nhận).
    Accepted,
    /// It was returned with a reason (đã trả lại).
    Returned,
    /// Its proposer took it back, or said something else (đã rút).
    Withdrawn,
}

/// What somebody said of a field that somebody else decides (đề nghị thay đổi hồ sơ). A vendor sees its own only.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct SchoolProfileProposal {
    /// The global id (mã toàn cục).
    pub id: ID,
    /// For which field (trường thông tin).
    pub field: SchoolProfileField,
    /// What it says, people apart (nội dung); null when it removes the value, or names people.
    pub content: Option<SchoolProfileContent>,
    /// The people whom it names (người phụ trách); empty when it names none, null when masked.
    pub persons: Shown<Vec<SchoolPerson>>,
    /// Whether it removes the value (xóa giá trị).
    pub removes: bool,
    /// What became of it (trạng thái).
    pub status: SchoolProfileProposalStatus,
    /// From whom it was heard (nguồn).
    pub source: SchoolProfileSource,
    /// Who proposed it (người đề nghị): `user:<id>` or `client:<id>`.
    pub proposed_by: String,
    /// The day for which it was said (ngày khai).
    pub stated_on: Day,
    /// When it was proposed (thời điểm đề nghị).
    pub proposed_at: Moment,
    /// When it was decided or withdrawn (thời điểm xử lý); null while it is open.
    pub decided_at: Option<Moment>,
    /// Why it was returned (lý do trả lại); null when it was not.
    pub reason: Option<String>,
    #[graphql(skip)]
    school: SchoolId,
}

#[ComplexObject]
impl SchoolProfileProposal {
    /// For which school (trường). Null when it has left the reach meanwhile.
    async fn school(&self, ctx: &Context<'_>) -> Result<Option<School>, Fault> {
        Ok(Request::of(ctx)?.loaders.load_one(self.school).await?.map(School::from))
    }
}

/// What became of a proposal (kết quả xử lý đề nghị).
#[derive(SimpleObject)]
pub struct ProfileProposalPayload {
    /// The proposal as it stands (đề nghị); null when nothing was done.
    pub proposal: Option<SchoolProfileProposal>,
    /// Why nothing was done (lỗi dữ liệu nhập); empty otherwise.
    pub user_errors: Vec<UserError>,
}

impl SchoolProfileProposal {
    /// A proposal as a request shows it: the only way from the ledger's struct to the schema's.
    #[must_use]
    pub fn shown(request: &Request, proposal: proposals::Proposal) -> Self {
        let may_read = request.may_read("SchoolProfileProposal", "persons");
        let content = proposal.content.map(SchoolProfileContent::from);
        let (content, persons) = match proposal.field.is_personal() {
            true => (None, content.map(|content| content.persons).unwrap_or_default()),
            false => (content, Vec::new()),
        };
        Self {
            id: node_id::encode("SchoolProfileProposal", proposal.id.uuid()),
            field: proposal.field.into(),
            content,
            persons: Shown::when(may_read, persons),
            removes: proposal.removes,
            status: proposal.status.into(),
            source: proposal.source.into(),
            proposed_by: proposal.actor,
            stated_on: proposal.stated_on.into(),
            proposed_at: proposal.proposed_at.into(),
            decided_at: proposal.decided_at.map(Moment),
            reason: proposal.reason,
            school: proposal.school,
        }
    }
}
