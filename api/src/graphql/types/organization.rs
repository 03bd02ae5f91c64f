//! The ministry, departments, commune committees, vendors and banks.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use entities::administrative_units;
use entities::ids::OrganizationId;
use entities::organizations;

use super::administrative_unit::AdministrativeUnit;
use super::code_lists::OrganizationKind;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::scalars::Day;

/// An organization (cơ quan, tổ chức).
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Organization {
    /// Global id (mã toàn cục).
    pub id: ID,
    /// Its code in the hub (mã cơ quan), unique.
    pub code: String,
    /// What it is (loại cơ quan).
    pub kind: OrganizationKind,
    /// Its name (tên cơ quan).
    pub name: String,
    /// The day it began (ngày thành lập).
    pub valid_from: Day,
    /// The day it ended (ngày kết thúc); null while it lives.
    pub valid_to: Option<Day>,
    #[graphql(skip)]
    province_code: Option<String>,
    #[graphql(skip)]
    commune_code: Option<String>,
}

#[ComplexObject]
impl Organization {
    /// The province it works in, as of today (tỉnh); null for the ministry, vendors and banks.
    async fn province(&self, ctx: &Context<'_>) -> Result<Option<AdministrativeUnit>, Fault> {
        unit_today(ctx, self.province_code.as_deref())
    }

    /// The commune it governs, as of today (xã, phường); null unless it is a commune committee.
    async fn commune(&self, ctx: &Context<'_>) -> Result<Option<AdministrativeUnit>, Fault> {
        unit_today(ctx, self.commune_code.as_deref())
    }
}

impl From<organizations::Organization> for Organization {
    fn from(organization: organizations::Organization) -> Self {
        Self {
            id: node_id::encode("Organization", organization.id.uuid()),
            code: organization.code,
            kind: organization.kind.into(),
            name: organization.name,
            valid_from: organization.valid_from.into(),
            valid_to: organization.valid_to.map(Day),
            province_code: organization.province_code,
            commune_code: organization.commune_code,
        }
    }
}

/// The unit that a code names today.
pub(super) fn unit_today(ctx: &Context<'_>, code: Option<&str>) -> Result<Option<AdministrativeUnit>, Fault> {
    let today = Request::of(ctx)?.now.vietnam_day();
    Ok(code.and_then(|code| administrative_units::unit(code, today)).map(AdministrativeUnit))
}

/// Asks for an organization by its key.
impl async_graphql::dataloader::Loader<OrganizationId> for Ledger {
    type Value = organizations::Organization;
    type Error = Failed;

    async fn load(
        &self,
        keys: &[OrganizationId],
    ) -> Result<std::collections::HashMap<OrganizationId, Self::Value>, Failed> {
        Ok(organizations::by_ids(&self.db, &self.reach, keys).await?)
    }
}
