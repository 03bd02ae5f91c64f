//! Everything that has a global id, and how it is found by it. Each type has one arm in each of the two lists.

use async_graphql::{ID, Interface};
use entities::ids::{
    AccessLogId, BankAccountId, BankTransactionId, CashClosingId, CashPaymentId, ClassId, ClientId, ConnectionId,
    ContractId, EnrollmentId, FeeId, InboundEventId, InvoiceId, OrganizationId, ProfileProposalId, RunId, SchoolId,
    StatementId, StatementLineId, StudentId, UserId, VirtualAccountId,
};
use entities::profiles::Which;
use entities::{access_log, cash, clients, connections, contracts, inbox, users, virtual_accounts};
use uuid::Uuid;

use super::access::{Client, Contract, User};
use super::bank_account::{BankAccount, VirtualAccount};
use super::bank_transaction::BankTransaction;
use super::cash::{CashClosing, CashPayment};
use super::connection::BankConnection;
use super::enrollment::Enrollment;
use super::fee::Fee;
use super::inbound_event::InboundEvent;
use super::invoice::Invoice;
use super::organization::Organization;
use super::run::{ExportRun, ImportRun};
use super::school::School;
use super::school_class::SchoolClass;
use super::school_profile::SchoolProfile;
use super::school_profile::proposal::SchoolProfileProposal;
use super::statement::{Statement, StatementLine};
use super::student::Student;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::node_id;
use crate::graphql::query::access::AccessLogEntry;
use crate::graphql::query::runs::{export_run, import_run};
use crate::graphql::query::school_profiles;

/// A thing with a global id (đối tượng có mã toàn cục).
#[derive(Interface)]
#[graphql(field(name = "id", ty = "&ID", desc = "Global id (mã toàn cục), opaque and stable."))]
pub enum Node {
    /// A look at a record.
    AccessLogEntry(AccessLogEntry),
    /// A bank account of a school.
    BankAccount(BankAccount),
    /// A connection to a bank.
    BankConnection(BankConnection),
    /// Money that moved.
    BankTransaction(BankTransaction),
    /// A month whose cash is counted.
    CashClosing(CashClosing),
    /// Cash taken at the desk.
    CashPayment(CashPayment),
    /// An application of a vendor, or a bank.
    Client(Client),
    /// A contract.
    Contract(Contract),
    /// A student at a school.
    Enrollment(Enrollment),
    /// An export of the caller's own.
    ExportRun(ExportRun),
    /// A fee.
    Fee(Fee),
    /// An event that a bank sent.
    InboundEvent(InboundEvent),
    /// An invoice.
    Invoice(Invoice),
    /// An import of the caller's own.
    ImportRun(ImportRun),
    /// An organization.
    Organization(Organization),
    /// An account statement.
    Statement(Statement),
    /// A line of an account statement.
    StatementLine(StatementLine),
    /// A school.
    School(School),
    /// A class.
    SchoolClass(SchoolClass),
    /// The profile of a school.
    SchoolProfile(SchoolProfile),
    /// A proposal for a profile.
    SchoolProfileProposal(SchoolProfileProposal),
    /// A student.
    Student(Student),
    /// A person with roles.
    User(User),
    /// An account number that names a student.
    VirtualAccount(VirtualAccount),
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
        "BankTransaction" => loaders
            .load_one(BankTransactionId::from_uuid(row))
            .await?
            .map(|found| Node::BankTransaction(BankTransaction::shown(found))),
        kind => return rarely(request, kind, row).await,
    })
}

/// The same for what is seldom asked for by id: a statement each.
async fn rarely(request: &Request, kind: &str, row: Uuid) -> Result<Option<Node>, Fault> {
    let (db, reach) = (request.db(), &request.reach);
    Ok(match kind {
        "AccessLogEntry" => access_log::by_id(db, reach, AccessLogId::from_uuid(row))
            .await?
            .map(|found| Node::AccessLogEntry(found.into())),
        "CashClosing" => {
            cash::closing(db, reach, CashClosingId::from_uuid(row)).await?.map(|found| Node::CashClosing(found.into()))
        }
        "CashPayment" => {
            let id = CashPaymentId::from_uuid(row);
            cash::by_ids(db, reach, &[id]).await?.remove(&id).map(|found| Node::CashPayment(found.into()))
        }
        "Client" => clients::by_id(db, reach, ClientId::from_uuid(row)).await?.map(|found| Node::Client(found.into())),
        "Connection" => connections::by_ids(db, reach, &[ConnectionId::from_uuid(row)])
            .await?
            .pop()
            .map(|found| Node::BankConnection(BankConnection::of(request, found))),
        "Contract" => {
            contracts::by_id(db, reach, ContractId::from_uuid(row)).await?.map(|found| Node::Contract(found.into()))
        }
        "ExportRun" => export_run(request, RunId::from_uuid(row)).await?.map(Node::ExportRun),
        "ImportRun" => import_run(request, RunId::from_uuid(row)).await?.map(Node::ImportRun),
        "InboundEvent" => inbox::by_id(db, reach, InboundEventId::from_uuid(row))
            .await?
            .map(InboundEvent::try_from)
            .transpose()?
            .map(Node::InboundEvent),
        // A profile has the id of its school.
        "SchoolProfile" => match request.loaders.load_one(SchoolId::from_uuid(row)).await? {
            Some(school) => {
                school_profiles::of_school(request, &school.code, Which::Current).await?.map(Node::SchoolProfile)
            }
            None => None,
        },
        "SchoolProfileProposal" => school_profiles::proposal(request, ProfileProposalId::from_uuid(row))
            .await?
            .map(Node::SchoolProfileProposal),
        "Statement" => {
            request.loaders.load_one(StatementId::from_uuid(row)).await?.map(|found| Node::Statement(found.into()))
        }
        "StatementLine" => {
            let id = StatementLineId::from_uuid(row);
            request.loaders.load_one(id).await?.map(|found| Node::StatementLine(found.into()))
        }
        "User" => users::by_id(db, reach, UserId::from_uuid(row)).await?.map(|found| Node::User(found.into())),
        "VirtualAccount" => {
            let id = VirtualAccountId::from_uuid(row);
            virtual_accounts::by_ids(db, reach, &[id])
                .await?
                .remove(&id)
                .map(|found| Node::VirtualAccount(found.into()))
        }
        _ => None,
    })
}
