//! Everything that has a global id, and how it is found by it. Each type has one arm in each of the two lists.

use async_graphql::{ID, Interface};
use entities::ids::{BankAccountId, ClassId, EnrollmentId, FeeId, InvoiceId, OrganizationId, SchoolId, StudentId};

use super::bank_account::BankAccount;
use super::enrollment::Enrollment;
use super::fee::Fee;
use super::invoice::Invoice;
use super::organization::Organization;
use super::school::School;
use super::school_class::SchoolClass;
use super::student::Student;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;

/// A thing with a global id (đối tượng có mã toàn cục).
#[derive(Interface)]
#[graphql(field(name = "id", ty = "&ID", desc = "Global id (mã toàn cục), opaque and stable."))]
pub enum Node {
    /// A bank account of a school.
    BankAccount(BankAccount),
    /// A student at a school.
    Enrollment(Enrollment),
    /// A fee.
    Fee(Fee),
    /// An invoice.
    Invoice(Invoice),
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
        "BankAccount" => loaders
            .load_one(BankAccountId::from_uuid(row))
            .await?
            .map(|found| Node::BankAccount(BankAccount::of(request, found))),
        "Enrollment" => {
            loaders.load_one(EnrollmentId::from_uuid(row)).await?.map(|found| Node::Enrollment(found.into()))
        }
        "Fee" => loaders.load_one(FeeId::from_uuid(row)).await?.map(|found| Node::Fee(found.into())),
        "Invoice" => loaders.load_one(InvoiceId::from_uuid(row)).await?.map(|found| Node::Invoice(found.into())),
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
