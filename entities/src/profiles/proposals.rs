//! Proposals: what somebody said of a field that somebody else decides. They are accepted, returned or withdrawn, once.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use serde_json::json;

use super::content::Content;
use super::fields::Field;
use super::register::Subject;
use super::write::{Held, Said, record, tell};
use super::{Cause, Source, opened, place};
use crate::batch::Batch;
use crate::bulk;
use crate::db::{Db, Tx};
use crate::error::{Error, Refusal};
use crate::ids::{ProfileProposalId, SchoolId};
use crate::page::{self, Key, Page, Slice, Sort};
use crate::reach::Reach;
use crate::seal::Vault;
use crate::tables::school_profile_proposals::{Column, Entity, Model};
use crate::text;
use crate::time::Timestamp;

pub use super::plan::MAX_OPEN_PROPOSALS;

/// Characters of a reason at most.
const MAX_REASON_CHARS: usize = 500;

/// What became of a proposal (trạng thái đề nghị); all but the first are final.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    /// It waits for whoever decides.
    Open,
    /// It was accepted and holds since.
    Accepted,
    /// It was returned with a reason.
    Returned,
    /// Its proposer took it back, or said something else.
    Withdrawn,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Open, Self::Accepted, Self::Returned, Self::Withdrawn];

    /// The stable word in SCREAMING_SNAKE_CASE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Accepted => "ACCEPTED",
            Self::Returned => "RETURNED",
            Self::Withdrawn => "WITHDRAWN",
        }
    }
}

/// A proposal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// Its id.
    pub id: ProfileProposalId,
    /// For which school.
    pub school: SchoolId,
    /// For which field.
    pub field: &'static Field,
    /// What it says; none removes the value, or names people whom the asker may not read.
    pub content: Option<Content>,
    /// Whether it removes the value.
    pub removes: bool,
    /// What became of it.
    pub status: Status,
    /// From whom it was heard.
    pub source: Source,
    /// Who proposed it: `user:<id>` or `client:<id>`.
    pub actor: String,
    /// The day for which it was said.
    pub stated_on: NaiveDate,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// When it was decided or withdrawn; none while it is open.
    pub decided_at: Option<Timestamp>,
    /// Why it was returned; none otherwise.
    pub reason: Option<String>,
}

/// Which proposals are wanted; every condition must hold.
#[derive(Clone, Default, Debug)]
pub struct Filter {
    /// Only those for this school.
    pub school: Option<SchoolId>,
    /// Only those for this field.
    pub field: Option<&'static Field>,
    /// Only those in this status.
    pub status: Option<Status>,
}

/// The proposals in reach, the latest first: all of whole schools for people, its own for a vendor. People are opened only for
/// who may read them.
pub async fn visible(
    db: &Db,
    reach: &Reach,
    filter: &Filter,
    page: &Page,
    may_read_persons: bool,
) -> Result<Slice<Proposal>, Error> {
    let mut select = in_reach(reach);
    if let Some(school) = filter.school {
        select = select.filter(Column::SchoolId.eq(school.uuid()));
    }
    if let Some(field) = filter.field {
        select = select.filter(Column::Field.eq(field.key));
    }
    if let Some(status) = filter.status {
        select = select.filter(Column::Status.eq(status.as_str()));
    }
    let sort = Sort { name: "schoolProfileProposals", column: Column::ProposedAt, id: Column::Id, descending: true };
    let key = |row: &Model| (Key::Number(row.proposed_at.micros()), row.id);
    let rows = page::fetch(db.read(), select, sort, page, key).await?;
    rows.try_map(|row| Proposal::of(db.vault(), row, may_read_persons))
}

/// The proposals with these ids, as far as they lie in reach.
pub async fn by_ids(
    db: &Db,
    reach: &Reach,
    ids: &[ProfileProposalId],
    may_read_persons: bool,
) -> Result<HashMap<ProfileProposalId, Proposal>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let select = in_reach(reach).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    let rows = select.all(db.read()).await?;
    let read = |row| Proposal::of(db.vault(), row, may_read_persons).map(|proposal| (proposal.id, proposal));
    rows.into_iter().map(read).collect()
}

fn in_reach(reach: &Reach) -> Select<Entity> {
    let select = Entity::find().filter(reach.of_whole_school(Column::SchoolId));
    match reach.client() {
        Some(client) => select.filter(Column::ClientId.eq(client.uuid())),
        None => select,
    }
}

/// The open proposals of a school whose ledger is locked.
pub(super) async fn open_ones(tx: &Tx, school: SchoolId) -> Result<Vec<Model>, Error> {
    let select =
        Entity::find().filter(Column::SchoolId.eq(school.uuid())).filter(Column::Status.eq(Status::Open.as_str()));
    Ok(select.all(tx.conn()).await?)
}

/// Accepts a proposal: the profile says so from its next version on, and a person has decided it.
///
/// # Errors
/// `NOT_FOUND` outside the reach, `PROFILE_NOT_AUTHORITY`, `PROPOSAL_DECIDED`, `VERSION_CONFLICT` when the profile is not at the
/// version that was seen, `SCHOOL_ENDED`, and what the register refuses.
pub async fn accept(
    tx: &Tx,
    batch: &Batch<'_>,
    id: ProfileProposalId,
    version: i64,
) -> Result<ProfileProposalId, Error> {
    let case = Case::open(tx, batch, id).await?;
    case.must_decide(batch)?;
    let held = Held::read(tx, case.subject.school.id).await?;
    held.expect(version)?;
    let (value, sealed) = (case.row.value.as_deref(), case.row.sealed.as_deref());
    let content = opened(tx.vault(), place::PROPOSALS, case.row.id, value, sealed)?;
    let changed = match content.clone().filter(|_| case.field.is_registered) {
        Some(content) => Some(case.subject.change(tx, batch, &[(case.field, content)]).await?),
        None => None,
    };
    let said = Said {
        field: case.field,
        content,
        source: Source::parse(&case.row.source)?,
        actor: case.row.actor.clone(),
        decided_by: Some(batch.reach.actor().to_owned()),
        stated_on: case.row.stated_on,
        heard_at: case.row.proposed_at,
        proposal: Some(case.row.id),
    };
    let subject = changed.as_ref().unwrap_or(&case.subject);
    record(tx, batch, subject, &held, Cause::Accepted, vec![said]).await?;
    case.close(tx, batch, Status::Accepted, None).await
}

/// Returns a proposal to its proposer with a reason of 1 to 500 characters.
///
/// # Errors
/// `NOT_FOUND` outside the reach, `PROFILE_NOT_AUTHORITY`, `PROPOSAL_DECIDED`, `SCHOOL_ENDED`, `BAD_TEXT`.
pub async fn give_back(
    tx: &Tx,
    batch: &Batch<'_>,
    id: ProfileProposalId,
    reason: &str,
) -> Result<ProfileProposalId, Error> {
    let reason = text::nfc_required(reason, MAX_REASON_CHARS).map_err(|error| {
        Refusal::new("BAD_TEXT", format!("reason: {error}."), "reason: văn bản không hợp lệ.").at("reason")
    })?;
    let case = Case::open(tx, batch, id).await?;
    case.must_decide(batch)?;
    case.close(tx, batch, Status::Returned, Some(reason)).await
}

/// Takes back a proposal of the caller's own.
///
/// # Errors
/// `NOT_FOUND` outside the reach, `PROPOSAL_OF_ANOTHER`, `PROPOSAL_DECIDED`, `SCHOOL_ENDED`.
pub async fn withdraw(tx: &Tx, batch: &Batch<'_>, id: ProfileProposalId) -> Result<ProfileProposalId, Error> {
    let case = Case::open(tx, batch, id).await?;
    if case.row.actor != batch.reach.actor() {
        let (en, vi) = ("Only its proposer takes a proposal back.", "Chỉ người đề nghị mới được rút đề nghị.");
        return Err(Refusal::new("PROPOSAL_OF_ANOTHER", en, vi).at("proposalId").into());
    }
    case.close(tx, batch, Status::Withdrawn, None).await
}

/// An open proposal under the lock of its school's ledger, so that of two decisions one finds it decided.
struct Case {
    row: Model,
    field: &'static Field,
    subject: Subject,
}

impl Case {
    async fn open(tx: &Tx, batch: &Batch<'_>, id: ProfileProposalId) -> Result<Self, Error> {
        let not_found = || Error::from(Refusal::not_found("proposal").at("proposalId"));
        let find = || in_reach(batch.reach).filter(Column::Id.eq(id.uuid()));
        let school = find().one(tx.conn()).await?.ok_or_else(not_found)?.school_id;
        let subject = Subject::locked(tx, batch, SchoolId::from_uuid(school)).await?;
        let row = find().one(tx.conn()).await?.ok_or_else(not_found)?;
        if row.status != Status::Open.as_str() {
            return Err(Refusal::new(
                "PROPOSAL_DECIDED",
                "This proposal was decided or withdrawn before; that is final.",
                "Đề nghị này đã được xử lý hoặc đã rút; kết quả không thay đổi.",
            )
            .at("proposalId")
            .into());
        }
        let field = Field::find(&row.field).ok_or_else(|| Error::internal(format!("profile field {}", row.field)))?;
        Ok(Self { row, field, subject })
    }

    fn must_decide(&self, batch: &Batch<'_>) -> Result<(), Refusal> {
        if self.subject.is_decided_by(batch.reach, self.field.authority) {
            return Ok(());
        }
        Err(Refusal::new(
            "PROFILE_NOT_AUTHORITY",
            "Somebody else decides what this field says; `schoolProfileFields` tells who.",
            "Cơ quan khác có thẩm quyền với trường này; xem `schoolProfileFields`.",
        )
        .at("proposalId"))
    }

    async fn close(
        self,
        tx: &Tx,
        batch: &Batch<'_>,
        status: Status,
        reason: Option<String>,
    ) -> Result<ProfileProposalId, Error> {
        let id = self.row.id;
        let row = Model {
            status: status.as_str().to_owned(),
            decided_by: Some(batch.reach.actor().to_owned()),
            decided_at: Some(batch.now),
            reason,
            ..self.row
        };
        bulk::save::<Entity>(tx, vec![row]).await?;
        let kind = match status {
            Status::Accepted => "schoolProfile.proposalAccepted",
            Status::Returned => "schoolProfile.proposalReturned",
            Status::Withdrawn | Status::Open => "schoolProfile.proposalWithdrawn",
        };
        let payload = json!({ "proposal": id, "field": self.field.key });
        tell(tx, batch, &self.subject.school, kind, payload).await?;
        Ok(ProfileProposalId::from_uuid(id))
    }
}

impl Proposal {
    fn of(vault: &Vault, row: Model, may_read_persons: bool) -> Result<Self, Error> {
        let unknown = |what: &str| Error::internal(format!("profile proposal with {what}"));
        let field = Field::find(&row.field).ok_or_else(|| unknown(&row.field))?;
        let status = Status::ALL.into_iter().find(|status| status.as_str() == row.status);
        let removes = row.value.is_none() && row.sealed.is_none();
        let content = match !field.is_personal() || may_read_persons {
            true => opened(vault, place::PROPOSALS, row.id, row.value.as_deref(), row.sealed.as_deref())?,
            false => None,
        };
        Ok(Self {
            id: ProfileProposalId::from_uuid(row.id),
            school: SchoolId::from_uuid(row.school_id),
            field,
            content,
            removes,
            status: status.ok_or_else(|| unknown(&row.status))?,
            source: Source::parse(&row.source)?,
            actor: row.actor,
            stated_on: row.stated_on,
            proposed_at: row.proposed_at,
            decided_at: row.decided_at,
            reason: row.reason,
        })
    }
}
