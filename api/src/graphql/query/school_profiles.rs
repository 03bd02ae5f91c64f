//! Questions about the profiles of schools.

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object};
use entities::ids::ProfileProposalId;
use entities::page::Slice;
use entities::profiles::fields::Field;
use entities::profiles::{self, Which, proposals};

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::query::fee::school_of;
use crate::graphql::scalars::Moment;
use crate::graphql::types::school_profile::field::SchoolProfileField;
use crate::graphql::types::school_profile::proposal::{SchoolProfileProposal, SchoolProfileProposalStatus};
use crate::graphql::types::school_profile::{SchoolProfile, SchoolProfileDifference, SchoolProfileVersion};

/// Which proposals are wanted (bộ lọc đề nghị); every condition given must hold.
#[derive(InputObject, Default)]
pub struct SchoolProfileProposalFilter {
    /// Only those for the school with this code (mã trường).
    school_code: Option<String>,
    /// Only those for the field with this name (trường thông tin).
    field: Option<String>,
    /// Only those in this status (trạng thái).
    status: Option<SchoolProfileProposalStatus>,
}

/// Questions about profiles.
#[derive(Default)]
pub struct SchoolProfileQuery;

#[Object]
impl SchoolProfileQuery {
    /// The fields of every profile (các trường thông tin của hồ sơ trường): what each holds, who decides it, and its name in the
    /// ministry's record.
    async fn school_profile_fields(&self, ctx: &Context<'_>) -> Result<Vec<SchoolProfileField>, Fault> {
        Request::of(ctx)?.allow("schoolProfileFields")?;
        Ok(SchoolProfileField::all())
    }

    /// The profile of a school (hồ sơ trường): as it is, or as it was at a version or a moment. Null when there is no such school
    /// in reach.
    async fn school_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school's code.")] code: String,
        #[graphql(desc = "The version; null means the latest, with the register as it is today.")] version: Option<i32>,
        #[graphql(desc = "The moment; null means now. Not beside a version.")] at: Option<Moment>,
    ) -> Result<Option<SchoolProfile>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("schoolProfile")?;
        let which = match (version, at) {
            (Some(_), Some(_)) => {
                let (en, vi) = ("Ask for a version or a moment, not both.", "Chỉ chọn phiên bản hoặc thời điểm.");
                return Err(Fault::refused("BAD_INPUT", en, vi));
            }
            (Some(version), None) => Which::Version(version.into()),
            (None, Some(Moment(moment))) => Which::At(moment),
            (None, None) => Which::Current,
        };
        of_school(request, &code, which).await
    }

    /// The versions of a school's profile, the latest first (các phiên bản hồ sơ); none when there is no such school in reach.
    async fn school_profile_versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school's code.")] code: String,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, SchoolProfileVersion, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("schoolProfileVersions")?;
        let page = Arguments { first, after, last, before }.page_of(ctx)?;
        let found = profiles::versions(request.db(), &request.reach, &code, &page, may_read_persons(request)).await?;
        Ok(connection(found.unwrap_or_else(Slice::empty), Total::default(), SchoolProfileVersion::from))
    }

    /// What two versions of a profile say differently (so sánh hai phiên bản), in the order of the fields. Null when there is no
    /// such school in reach.
    async fn school_profile_difference(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school's code.")] code: String,
        #[graphql(desc = "The first version.")] from: i32,
        #[graphql(desc = "The second version.")] to: i32,
    ) -> Result<Option<Vec<SchoolProfileDifference>>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("schoolProfileDifference")?;
        let versions = (from.into(), to.into());
        let found =
            profiles::difference(request.db(), &request.reach, &code, versions, may_read_persons(request)).await?;
        Ok(found.map(|found| found.into_iter().map(SchoolProfileDifference::from).collect()))
    }

    /// What was proposed for profiles in reach, the latest first (các đề nghị thay đổi hồ sơ); a vendor sees its own only.
    async fn school_profile_proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposals; null means all in reach.")] filter: Option<SchoolProfileProposalFilter>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Cursor, SchoolProfileProposal, Total>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("schoolProfileProposals")?;
        let filter = filter.unwrap_or_default();
        let wanted = proposals::Filter {
            school: school_of(request, filter.school_code).await?,
            field: filter.field.as_deref().map(Field::named).transpose()?,
            status: filter.status.map(Into::into),
        };
        let page = Arguments { first, after, last, before }.page_of(ctx)?;
        let found = proposals::visible(request.db(), &request.reach, &wanted, &page, may_read_persons(request)).await?;
        Ok(connection(found, Total::default(), |proposal| SchoolProfileProposal::shown(request, proposal)))
    }
}

/// Whether people in profiles are opened for this request.
pub(crate) fn may_read_persons(request: &Request) -> bool {
    request.may_read("SchoolProfile", "contacts")
}

/// The profile of the school with this code, as the request may see it.
pub(crate) async fn of_school(request: &Request, code: &str, which: Which) -> Result<Option<SchoolProfile>, Fault> {
    let found = profiles::profile(request.db(), &request.reach, code, which, may_read_persons(request)).await?;
    Ok(found.map(|profile| SchoolProfile::shown(request, profile)))
}

/// The proposal with this id, as the request may see it.
pub(crate) async fn proposal(request: &Request, id: ProfileProposalId) -> Result<Option<SchoolProfileProposal>, Fault> {
    let found = proposals::by_ids(request.db(), &request.reach, &[id], may_read_persons(request)).await?.remove(&id);
    Ok(found.map(|proposal| SchoolProfileProposal::shown(request, proposal)))
}
