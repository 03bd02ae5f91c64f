//! What is to become of each field that somebody writes: it is applied, it waits for whoever decides it, or it is refused.

use std::collections::HashSet;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::content::{self, Content, Ground};
use super::fields::{Authority, Field};
use super::proposals::Status;
use super::register::Subject;
use super::update::{FieldResult, Outcome, Statement, Update};
use super::write::{Held, Said};
use super::{Source, opened, place, stored};
use crate::batch::Batch;
use crate::bulk;
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::ids::{ClientId, ProfileProposalId};
use crate::tables::school_profile_proposals::{Column, Entity, Model};

/// Open proposals for one school at most, of each vendor and of all people together: one never takes another's room, and deciding
/// or withdrawing makes room.
pub const MAX_OPEN_PROPOSALS: usize = 200;

/// Everything that a decision about a field hangs on.
pub(super) struct Desk<'a> {
    pub(super) tx: &'a Tx,
    pub(super) batch: &'a Batch<'a>,
    pub(super) update: &'a Update,
    pub(super) subject: &'a Subject,
    pub(super) held: &'a Held,
}

/// One field and what is to become of it.
pub(super) struct Plan {
    key: String,
    /// None for a name that no field has, which is refused.
    field: Option<&'static Field>,
    content: Option<Content>,
    step: Step,
}

enum Step {
    Apply,
    Leave,
    Propose,
    Waits(Uuid),
    Refuse(Refusal),
}

impl Desk<'_> {
    /// What is to become of each statement, in their order.
    pub(super) fn plan(&self) -> Result<Vec<Plan>, Error> {
        let mut seen = HashSet::new();
        let mut plans = Vec::with_capacity(self.update.statements.len());
        for statement in &self.update.statements {
            let read = self.read(statement, seen.insert(statement.key.as_str()));
            let (field, content, step) = match read {
                Err(refusal) => (Field::find(&statement.key), None, Step::Refuse(refusal)),
                Ok((field, content)) => {
                    let step = self.step(field, content.as_ref())?;
                    (Some(field), content, step)
                }
            };
            plans.push(Plan { key: statement.key.clone(), field, content, step });
        }
        Ok(plans)
    }

    /// The field, and the content as it would be kept.
    fn read(&self, statement: &Statement, is_first: bool) -> Result<(&'static Field, Option<Content>), Refusal> {
        let field = Field::named(&statement.key)?;
        if !is_first {
            let (en, vi) = ("This field stands twice in the input.", "Trường này xuất hiện hai lần trong dữ liệu gửi.");
            return Err(Refusal::new("DUPLICATE_IN_BATCH", en, vi).at("field"));
        }
        if field.authority == Authority::Hub {
            let (en, vi) = ("The hub keeps this field itself.", "Trường này do hệ thống tự quản lý.");
            return Err(Refusal::new("PROFILE_FIELD_KEPT", en, vi).at("field"));
        }
        if field.is_personal() && !self.update.may_read_persons {
            return Err(Refusal::new(
                "FIELD_NOT_ALLOWED",
                "Who may not read these people may not write them.",
                "Không được ghi thông tin liên hệ mà mình không được xem.",
            )
            .at("field"));
        }
        let ground = Ground { kind: self.tx.kind(), today: self.batch.now.vietnam_day() };
        let content = match statement.content.clone() {
            Some(given) => content::read(field, given, ground)?,
            None => None,
        };
        if content.is_none() && field.is_registered {
            let (en, vi) = ("This field is never empty.", "Trường này không được để trống.");
            return Err(Refusal::new("PROFILE_VALUE_INVALID", en, vi).at("value"));
        }
        Ok((field, content))
    }

    fn step(&self, field: &'static Field, content: Option<&Content>) -> Result<Step, Error> {
        let source = self.update.source(self.batch);
        let is_person = source == Source::Person;
        let decides = self.subject.is_decided_by(self.batch.reach, field.authority)
            || source == Source::Vendor && field.authority == Authority::School;
        let was_decided = self.held.is_decided(field);
        let is_direct = decides && (is_person || !was_decided);
        let now = match field.is_registered {
            true => self.subject.register().into_iter().find(|(of, _)| *of == field).map(|(_, content)| content),
            false => self.held.content(self.tx, field)?,
        };
        // A person who says what a program said, or that there is nothing, makes it a person's word.
        let confirms = is_person && decides && !was_decided;
        Ok(match (now.as_ref() == content && !confirms, is_direct) {
            (true, _) => Step::Leave,
            (false, true) => Step::Apply,
            (false, false) => Step::Propose,
        })
    }

    /// Lets the register change what it holds of the fields that are applied. The school as it stands then; none where nothing
    /// of it was written. What the register refuses is refused as one: its fields hang together.
    pub(super) async fn change_register(&self, plans: &mut [Plan]) -> Result<Option<Subject>, Error> {
        let wanted: Vec<(&'static Field, Content)> = plans
            .iter()
            .filter(|plan| plan.is_of_register())
            .filter_map(|plan| plan.field.zip(plan.content.clone()))
            .collect();
        if wanted.is_empty() {
            return Ok(None);
        }
        match self.subject.change(self.tx, self.batch, &wanted).await {
            Ok(after) => Ok(Some(after)),
            Err(Error::Refused(refusal)) => {
                for plan in plans.iter_mut().filter(|plan| plan.is_of_register()) {
                    plan.step = Step::Refuse((*refusal).clone());
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// What an applied plan says.
    pub(super) fn said(&self, plan: &Plan) -> Option<Said> {
        let field = plan.field.filter(|_| matches!(plan.step, Step::Apply))?;
        Some(Said {
            field,
            content: plan.content.clone(),
            source: self.update.source(self.batch),
            actor: self.batch.reach.actor().to_owned(),
            decided_by: None,
            stated_on: self.update.day(self.batch),
            heard_at: self.batch.now,
            proposal: None,
        })
    }

    /// Lays proposals before whoever decides; a new one of the same proposer for the same field takes the place of the older.
    /// Answers with the fields for which something new waits.
    pub(super) async fn propose(&self, plans: &mut [Plan], open: Vec<Model>) -> Result<Vec<&'static str>, Error> {
        let actor = self.batch.reach.actor();
        let (mut replaced, mut fresh, mut fields) = (Vec::new(), Vec::new(), Vec::new());
        let client = self.batch.reach.client().map(ClientId::uuid);
        let taken = open.iter().filter(|row| row.client_id == client).count();
        let mut room = MAX_OPEN_PROPOSALS.saturating_sub(taken);
        for plan in plans.iter_mut().filter(|plan| matches!(plan.step, Step::Propose)) {
            let Some(field) = plan.field else { continue };
            let earlier = open.iter().find(|row| row.field == field.key && row.actor == actor);
            if let Some(row) = earlier {
                let (value, sealed) = (row.value.as_deref(), row.sealed.as_deref());
                if opened(self.tx.vault(), place::PROPOSALS, row.id, value, sealed)? == plan.content {
                    plan.step = Step::Waits(row.id);
                    continue;
                }
                replaced.push(row.id);
            } else if room == 0 {
                plan.step = Step::Refuse(no_room());
                continue;
            } else {
                room -= 1;
            }
            let row = self.row(field, plan.content.as_ref())?;
            plan.step = Step::Waits(row.id);
            fields.push(field.key);
            fresh.push(row.into_active_model());
        }
        if !replaced.is_empty() {
            Entity::update_many()
                .col_expr(Column::Status, Expr::value(Status::Withdrawn.as_str()))
                .col_expr(Column::DecidedAt, Expr::value(self.batch.now))
                .col_expr(Column::DecidedBy, Expr::value(actor))
                .filter(Column::Id.is_in(replaced))
                .exec(self.tx.conn())
                .await?;
        }
        bulk::insert(self.tx, fresh).await?;
        Ok(fields)
    }

    fn row(&self, field: &'static Field, content: Option<&Content>) -> Result<Model, Error> {
        let id = ProfileProposalId::new(self.batch.now).uuid();
        let (value, sealed) = stored(self.tx.vault(), place::PROPOSALS, id, field, content)?;
        Ok(Model {
            id,
            school_id: self.subject.school.id.uuid(),
            field: field.key.to_owned(),
            value,
            sealed,
            source: self.update.source(self.batch).as_str().to_owned(),
            actor: self.batch.reach.actor().to_owned(),
            client_id: self.batch.reach.client().map(ClientId::uuid),
            stated_on: self.update.day(self.batch),
            proposed_at: self.batch.now,
            status: Status::Open.as_str().to_owned(),
            decided_by: None,
            decided_at: None,
            reason: None,
        })
    }
}

impl Plan {
    fn is_of_register(&self) -> bool {
        matches!(self.step, Step::Apply) && self.field.is_some_and(|field| field.is_registered)
    }

    /// What became of it.
    pub(super) fn result(self) -> FieldResult {
        let (outcome, proposal, error) = match self.step {
            Step::Apply => (Outcome::Applied, None, None),
            Step::Leave => (Outcome::Unchanged, None, None),
            // Every plan that proposes was laid before somebody, or refused.
            Step::Propose => (Outcome::Proposed, None, None),
            Step::Waits(id) => (Outcome::Proposed, Some(ProfileProposalId::from_uuid(id)), None),
            Step::Refuse(refusal) => (Outcome::Refused, None, Some(refusal)),
        };
        FieldResult { key: self.key, outcome, proposal, error }
    }
}

fn no_room() -> Refusal {
    Refusal::new(
        "PROFILE_TOO_MANY_PROPOSALS",
        format!("At most {MAX_OPEN_PROPOSALS} proposals wait for a school, of each vendor and of people; decide or withdraw some."),
        format!("Mỗi trường có tối đa {MAX_OPEN_PROPOSALS} đề nghị chờ của mỗi phần mềm và của người dùng; hãy xử lý hoặc rút bớt."),
    )
    .at("field")
}
