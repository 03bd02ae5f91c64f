//! The root mutation, one part per subject. A mutation takes one `input` and returns a payload with `userErrors`.

pub mod access;
pub mod bank_account;
pub mod cash;
pub mod classes;
pub mod connection;
pub mod enrollments;
pub mod fee;
pub mod invoice;
pub mod listing;
pub mod money;
pub mod runs;
pub mod school_profiles;
pub mod schools;
pub mod statement;
pub mod students;
pub mod trusted_documents;

use async_graphql::{InputType, MergedObject};
use entities::idempotency::Attempt;

use self::access::AccessMutation;
use self::money::MoneyMutation;
use super::context::Request;
use super::fault::Fault;

/// Everything that can be done (thao tác).
#[derive(MergedObject, Default)]
pub struct Mutation(
    AccessMutation,
    bank_account::BankAccountMutation,
    cash::CashMutation,
    fee::FeeMutation,
    invoice::InvoiceMutation,
    classes::ClassMutation,
    connection::ConnectionMutation,
    enrollments::EnrollmentMutation,
    listing::ListingMutation,
    MoneyMutation,
    runs::RunMutation,
    school_profiles::SchoolProfileMutation,
    schools::SchoolMutation,
    statement::StatementMutation,
    students::StudentMutation,
    trusted_documents::TrustedDocumentMutation,
);

/// The caller's attempt at a mutation under its own key, with the whole input by which a repeat is known.
///
/// # Errors
/// When the input has no JSON form, which is a defect.
pub(crate) fn attempt(
    request: &Request,
    verb: &'static str,
    key: &str,
    input: &impl InputType,
) -> Result<Attempt, Fault> {
    let input = input.to_value().into_json().map_err(entities::Error::internal)?;
    Ok(Attempt { subject: request.caller.actor(), key: key.to_owned(), verb, input })
}
