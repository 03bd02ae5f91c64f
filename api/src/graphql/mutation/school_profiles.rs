//! Writing the profiles of schools, deciding what was proposed for them, and signing them.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use entities::batch::Batch;
use entities::codes::SchoolYear;
use entities::ids::ProfileProposalId;
use entities::profiles::{self, Content, Statement, Update, Which, proposals};
use entities::{Refusal, transaction};

use super::attempt;
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, bad_code, or_refused};
use crate::graphql::node_id;
use crate::graphql::query::school_profiles::{may_read_persons, of_school, proposal};
use crate::graphql::scalars::Day;
use crate::graphql::types::school_profile::proposal::ProfileProposalPayload;
use crate::graphql::types::school_profile::result::{
    SchoolProfileResult, SignSchoolProfilePayload, UpdateSchoolProfilePayload,
};

/// What is said of a school (cập nhật hồ sơ trường).
#[derive(Clone, Debug, InputObject)]
pub struct UpdateSchoolProfileInput {
    /// The caller's key for this attempt (khóa chống lặp): the same key with the same input is not applied again, with
    /// another input it is refused. Null applies the fields whenever they come.
    pub idempotency_key: Option<String>,
    /// The school's code (mã trường).
    pub school_code: String,
    /// The version that the writer has seen (phiên bản đã đọc): another one by now refuses the whole input.
    pub version: i32,
    /// Whether the values were read from a file (nhập từ tệp): such never overwrite what a person said, and become proposals
    /// there. A vendor's never do in any case.
    #[graphql(default)]
    pub is_from_file: bool,
    /// The day for which it is said (ngày khai); null means today.
    pub stated_on: Option<Day>,
    /// The fields, each once (các trường thông tin).
    pub values: Vec<SchoolProfileValueInput>,
}

/// What is said of one field (giá trị của một trường thông tin).
#[derive(Clone, Debug, InputObject)]
pub struct SchoolProfileValueInput {
    /// The field's name, as `schoolProfileFields` tells it (tên trường thông tin).
    pub field: String,
    /// What it says (nội dung).
    pub content: SchoolProfileContentInput,
}

/// What a value says, by exactly one of these, as the kind of its field asks (nội dung).
#[derive(Clone, Debug, OneofObject)]
pub enum SchoolProfileContentInput {
    /// A text (văn bản).
    Text(String),
    /// Yes or no (có hoặc không).
    Flag(bool),
    /// A whole number (số nguyên).
    Number(i64),
    /// A calendar day (ngày).
    Day(Day),
    /// Codes of a catalogue (mã danh mục).
    Codes(Vec<String>),
    /// The whole list of sites, at most 40 (danh sách điểm trường); those that are left out are gone.
    Sites(Vec<SchoolSiteInput>),
    /// The whole list of people, at most 5 (danh sách người phụ trách); those that are left out are gone.
    Persons(Vec<SchoolPersonInput>),
    /// True: there is nothing to say any more (xóa giá trị). False is refused: what is to stay is left out.
    Removed(bool),
}

/// A site of a school beside the main one (điểm trường).
#[derive(Clone, Debug, InputObject)]
pub struct SchoolSiteInput {
    /// Its code, unique within the school (mã điểm trường).
    pub code: String,
    /// Its name (tên điểm trường).
    pub name: String,
    /// Its address (địa chỉ).
    pub address: Option<String>,
    /// The present code of its commune (mã xã, phường).
    pub commune_code: Option<String>,
    /// Its telephone (điện thoại).
    pub phone: Option<String>,
    /// How far it is from the main site, in metres (khoảng cách đến điểm trường chính).
    pub distance_metres: Option<i64>,
    /// How it can be reached (phương tiện đi lại).
    pub transport: Option<String>,
    /// Its land in whole square metres (diện tích).
    pub land_square_metres: Option<i64>,
}

/// A person of a role (người phụ trách).
#[derive(Clone, Debug, InputObject)]
pub struct SchoolPersonInput {
    /// The full name (họ và tên).
    pub name: String,
    /// The telephone number (số điện thoại).
    pub phone: Option<String>,
    /// The e-mail address (địa chỉ email).
    pub email: Option<String>,
}

/// A proposal that is accepted (chấp nhận đề nghị).
#[derive(Clone, Debug, InputObject)]
pub struct AcceptProfileProposalInput {
    /// The proposal's global id (mã đề nghị).
    pub proposal_id: ID,
    /// The profile's version that was seen with it (phiên bản đã xem): another one by now refuses, so that nobody overwrites
    /// what was said since.
    pub version: i32,
}

/// A proposal that is returned (trả lại đề nghị).
#[derive(Clone, Debug, InputObject)]
pub struct ReturnProfileProposalInput {
    /// The proposal's global id (mã đề nghị).
    pub proposal_id: ID,
    /// Why, 1 to 500 characters, for its proposer to read (lý do).
    pub reason: String,
}

/// A proposal that its proposer takes back (rút đề nghị).
#[derive(Clone, Debug, InputObject)]
pub struct WithdrawProfileProposalInput {
    /// The proposal's global id (mã đề nghị).
    pub proposal_id: ID,
}

/// A profile that its principal has reviewed (xác nhận hồ sơ trường).
#[derive(Clone, Debug, InputObject)]
pub struct SignSchoolProfileInput {
    /// The school's code (mã trường).
    pub school_code: String,
    /// The calendar year in which the school year began (năm học).
    pub school_year: i32,
    /// The version that was reviewed (phiên bản đã xem).
    pub version: i32,
}

/// What is done with profiles.
#[derive(Default)]
pub struct SchoolProfileMutation;

#[Object]
impl SchoolProfileMutation {
    /// Says what a school's profile says (cập nhật hồ sơ trường), with a result per field: it holds at once where the caller
    /// decides, and becomes a proposal where somebody else does.
    async fn update_school_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school and what is said of it.")] input: UpdateSchoolProfileInput,
    ) -> Result<UpdateSchoolProfilePayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("updateSchoolProfile")?;
        // Results compare with what stands there, so that only who may read may write.
        request.allow("schoolProfile")?;
        let key = input.idempotency_key.as_deref();
        let attempt = key.map(|key| attempt(request, "updateSchoolProfile", key, &input)).transpose()?;
        let code = input.school_code.clone();
        let update = match input.read(may_read_persons(request)) {
            Ok(update) => update,
            Err(refusal) => return Ok(UpdateSchoolProfilePayload::refused(vec![refusal.into()])),
        };
        let batch = Batch { reach: &request.reach, attempt: attempt.as_ref(), now: request.now };
        let written = transaction!(request.db(), |tx| profiles::update(tx, &batch, &update).await);
        let updated = match or_refused(written)? {
            Ok(updated) => updated,
            Err(user_errors) => return Ok(UpdateSchoolProfilePayload::refused(user_errors)),
        };
        let waiting: Vec<_> = updated.results.iter().filter_map(|result| result.proposal).collect();
        let (db, reach) = (request.db(), &request.reach);
        let mut found = proposals::by_ids(db, reach, &waiting, may_read_persons(request)).await?;
        let result = |result: profiles::FieldResult| {
            let proposal = result.proposal.and_then(|id| found.remove(&id));
            SchoolProfileResult::of(request, result, proposal)
        };
        Ok(UpdateSchoolProfilePayload {
            results: updated.results.into_iter().map(result).collect(),
            school_profile: of_school(request, &code, Which::Current).await?,
            user_errors: Vec::new(),
        })
    }

    /// Accepts a proposal (chấp nhận đề nghị): its field says so from the profile's next version on.
    async fn accept_profile_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] input: AcceptProfileProposalInput,
    ) -> Result<ProfileProposalPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("acceptProfileProposal")?;
        let (id, version, batch) = (named(&input.proposal_id)?, input.version.into(), batch(request));
        let done = transaction!(request.db(), |tx| proposals::accept(tx, &batch, id, version).await);
        decided(request, done).await
    }

    /// Returns a proposal to its proposer with a reason (trả lại đề nghị).
    async fn return_profile_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal, and why.")] input: ReturnProfileProposalInput,
    ) -> Result<ProfileProposalPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("returnProfileProposal")?;
        let (id, batch) = (named(&input.proposal_id)?, batch(request));
        let done = transaction!(request.db(), |tx| proposals::give_back(tx, &batch, id, &input.reason).await);
        decided(request, done).await
    }

    /// Takes back a proposal of the caller's own (rút đề nghị).
    async fn withdraw_profile_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] input: WithdrawProfileProposalInput,
    ) -> Result<ProfileProposalPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("withdrawProfileProposal")?;
        let (id, batch) = (named(&input.proposal_id)?, batch(request));
        let done = transaction!(request.db(), |tx| proposals::withdraw(tx, &batch, id).await);
        decided(request, done).await
    }

    /// Signs a profile for a school year (xác nhận hồ sơ hằng năm): the version stands so for ever, and a later change shows.
    async fn sign_school_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school, the year and the version.")] input: SignSchoolProfileInput,
    ) -> Result<SignSchoolProfilePayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("signSchoolProfile")?;
        let year = SchoolYear::starting(input.school_year).map_err(bad_code("schoolYear"));
        let year = match year {
            Ok(year) => year,
            Err(refusal) => {
                return Ok(SignSchoolProfilePayload { school_profile: None, user_errors: vec![refusal.into()] });
            }
        };
        let (batch, version) = (batch(request), input.version.into());
        let done = transaction!(request.db(), |tx| profiles::sign(tx, &batch, &input.school_code, year, version).await);
        Ok(match or_refused(done)? {
            Err(user_errors) => SignSchoolProfilePayload { school_profile: None, user_errors },
            Ok(_) => {
                let school_profile = of_school(request, &input.school_code, Which::Current).await?;
                SignSchoolProfilePayload { school_profile, user_errors: Vec::new() }
            }
        })
    }
}

fn batch(request: &Request) -> Batch<'_> {
    Batch { reach: &request.reach, attempt: None, now: request.now }
}

fn named(id: &ID) -> Result<ProfileProposalId, Fault> {
    node_id::expect("SchoolProfileProposal", id).map(ProfileProposalId::from_uuid)
}

async fn decided(
    request: &Request,
    done: Result<ProfileProposalId, entities::Error>,
) -> Result<ProfileProposalPayload, Fault> {
    Ok(match or_refused(done)? {
        Err(user_errors) => ProfileProposalPayload { proposal: None, user_errors },
        Ok(id) => ProfileProposalPayload { proposal: proposal(request, id).await?, user_errors: Vec::new() },
    })
}

impl UpdateSchoolProfileInput {
    /// The update in the ledger's words.
    fn read(self, may_read_persons: bool) -> Result<Update, Refusal> {
        let statement = |value: SchoolProfileValueInput| {
            value.content.read().map(|content| Statement { key: value.field, content })
        };
        Ok(Update {
            school_code: self.school_code,
            version: self.version.into(),
            is_from_file: self.is_from_file,
            stated_on: self.stated_on.map(|day| day.0),
            statements: self.values.into_iter().map(statement).collect::<Result<_, _>>()?,
            may_read_persons,
        })
    }
}

impl SchoolProfileContentInput {
    /// None removes the value.
    fn read(self) -> Result<Option<Content>, Refusal> {
        Ok(Some(match self {
            Self::Text(text) => Content::Text(text),
            Self::Flag(flag) => Content::Flag(flag),
            Self::Number(number) => Content::Number(number),
            Self::Day(day) => Content::Day(day.0),
            Self::Codes(codes) => Content::Codes(codes),
            Self::Sites(sites) => Content::Sites(sites.into_iter().map(SchoolSiteInput::read).collect()),
            Self::Persons(persons) => Content::Persons(persons.into_iter().map(SchoolPersonInput::read).collect()),
            Self::Removed(true) => return Ok(None),
            Self::Removed(false) => {
                let (en, vi) = ("Leave out what is to stay.", "Hãy bỏ qua trường cần giữ nguyên.");
                return Err(Refusal::new("PROFILE_VALUE_INVALID", en, vi).at("values"));
            }
        }))
    }
}

impl SchoolSiteInput {
    fn read(self) -> profiles::Site {
        let Self { code, name, address, commune_code, phone, distance_metres, transport, land_square_metres } = self;
        profiles::Site { code, name, address, commune_code, phone, distance_metres, transport, land_square_metres }
    }
}

impl SchoolPersonInput {
    fn read(self) -> profiles::Person {
        profiles::Person { name: self.name, phone: self.phone, email: self.email }
    }
}
