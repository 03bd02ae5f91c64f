//! Grounds by the names that people use for them: the code of a school, an organization or a province.

use sea_orm::EntityTrait;

use crate::db::Db;
use crate::error::{Error, Refusal};
use crate::ids::{ClassId, SchoolId};
use crate::reach::{Ground, Reach};
use crate::tables::school_classes;
use crate::{organizations, schools};

/// A ground as it is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Named {
    /// The whole hub.
    Nation,
    /// A province by its present code.
    Province(String),
    /// The schools that the organization with this code manages.
    Organization(String),
    /// The school with this code.
    School(String),
    /// A class.
    Class(ClassId),
}

/// The grounds behind their names, in the order of the names.
///
/// # Errors
/// `NOT_FOUND` for a school, organization or class that does not exist or lies outside the reach.
pub async fn find(db: &Db, reach: &Reach, names: &[Named]) -> Result<Vec<Ground>, Error> {
    let codes: Vec<_> = names
        .iter()
        .filter_map(|name| if let Named::School(code) = name { Some(code.clone()) } else { None })
        .collect();
    let known = schools::by_codes(db, reach, &codes).await?;
    let mut grounds = Vec::with_capacity(names.len());
    for name in names {
        grounds.push(match name {
            Named::Nation => Ground::Nation,
            Named::Province(code) => Ground::Province(code.clone()),
            Named::School(code) => {
                Ground::School(known.get(code).ok_or_else(|| Refusal::not_found(&format!("School {code}")))?.id)
            }
            Named::Organization(code) => {
                let found = organizations::by_code(db, reach, code).await?;
                Ground::ManagedBy(found.ok_or_else(|| Refusal::not_found(&format!("Organization {code}")))?.id)
            }
            Named::Class(id) => {
                let found = school_classes::Entity::find_by_id(id.uuid()).one(db.read()).await?;
                let class = found.ok_or_else(|| Refusal::not_found(&format!("Class {id}")))?;
                Ground::Class(SchoolId::from_uuid(class.school_id), *id)
            }
        });
    }
    Ok(grounds)
}
