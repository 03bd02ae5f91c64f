//! Everything that has a global id, and how it is found by it. Each type has one arm in each of the two lists.

use async_graphql::{ID, Interface};
use entities::ids::{ClassId, EnrollmentId, OrganizationId, SchoolId, StudentId};

use super::enrollment::Enrollment;
use super::organization::Organization;
use super::school::School;
use super::school_class::SchoolClass;
use super::student::Student;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;

/// A thing with a global id (đối tượng có mã toàn cục).
#[derive(Interface)]
#[graphql(field(name = "id", ty = "&ID", desc = "Global id, opaque and stable."))]
#[expect(clippy::large_enum_variant, reason = "it lives for one answer, and one at a time")]
pub enum Node {
    /// A student at a school.
    Enrollment(Enrollment),
    /// An organization.
    Organization(Organization),
    /// A school.
    School(School),
    /// A class.
    SchoolClass(SchoolClass),
    /// A student.
    Student(Student),
}

/// The thing behind a global id. None for what does not exist, lies outside the reach, or is of a type of which the caller
/// may read nothing: the three are told apart by nobody.
pub async fn find(request: &Request, id: &ID) -> Result<Option<Node>, Fault> {
    let Some((kind, row)) = node_id::decode(id) else { return Ok(None) };
    if !request.may_read(&kind, "id") {
        return Ok(None);
    }
    let loaders = &request.loaders;
    Ok(match kind.as_str() {
        "Enrollment" => {
            loaders.load_one(EnrollmentId::from_uuid(row)).await?.map(|found| Node::Enrollment(found.into()))
        }
        "Organization" => {
            loaders.load_one(OrganizationId::from_uuid(row)).await?.map(|found| Node::Organization(found.into()))
        }
        "School" => loaders.load_one(SchoolId::from_uuid(row)).await?.map(|found| Node::School(found.into())),
        "SchoolClass" => loaders.load_one(ClassId::from_uuid(row)).await?.map(|found| Node::SchoolClass(found.into())),
        "Student" => loaders
            .load_one(StudentId::from_uuid(row))
            .await?
            .map(|found| Node::Student(Student::shown(request, found))),
        _ => None,
    })
}
