//! Keys: one UUIDv7 column per table, and one Rust type per table, so that a student's id can never ask for a school.

use std::sync::Mutex;

use sea_orm::DeriveValueType;
use uuid::{ContextV7, Uuid};

use crate::time::Timestamp;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, DeriveValueType)]
        pub struct $name(Uuid);

        impl $name {
            /// A new key whose first 48 bits are the milliseconds of `now`.
            #[must_use]
            pub fn new(now: Timestamp) -> Self {
                Self(uuid_v7(now))
            }

            /// The key that these 128 bits name.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The 128 bits of this key.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )*};
}

ids! {
    /// Names an organization: ministry, department, commune committee, vendor or bank.
    OrganizationId
    /// Names a school.
    SchoolId
    /// Names a stretch of time in which an organization manages a school.
    SchoolManagementId
    /// Names a class of a school year.
    ClassId
    /// Names a student, a person without a school.
    StudentId
    /// Names an enrollment of a student at a school.
    EnrollmentId
    /// Names a school's bank account.
    BankAccountId
    /// Names a virtual account.
    VirtualAccountId
    /// Names a connection to a bank or payment intermediary.
    ConnectionId
    /// Names one key of a connection.
    ConnectionKeyId
    /// Names a fee.
    FeeId
    /// Names an invoice.
    InvoiceId
    /// Names a line of an invoice.
    InvoiceLineId
    /// Names a kept message of a bank, as it came.
    InboundMessageId
    /// Names one event read from a message.
    InboundEventId
    /// Names a bank transaction.
    BankTransactionId
    /// Names an allocation of money to an invoice.
    AllocationId
    /// Names a student's credit.
    StudentCreditId
    /// Names a cash payment.
    CashPaymentId
    /// Names the closing of a school's cash for a month.
    CashClosingId
    /// Names an entry of an audit log.
    AuditEntryId
    /// Names a client: a vendor's application or a bank.
    ClientId
    /// Names a contract under which a client works.
    ContractId
    /// Names a user.
    UserId
    /// Names a dated role of a user.
    RoleAssignmentId
    /// Names a signing key of the hub.
    SigningKeyId
    /// Names a data key, itself sealed by the master key.
    DataKeyId
    /// Names an entry of the access log.
    AccessLogId
    /// Names a refused message kept for replay.
    RefusedMessageId
    /// Names a file that a caller sent or may fetch.
    FileId
    /// Names an import or export.
    RunId
    /// Names an account statement.
    StatementId
    /// Names a line of an account statement.
    StatementLineId
    /// Names a payment that a bank told by the bill protocol.
    BillPaymentId
    /// Names the comparison of a bank's day with the hub's.
    BillReconciliationId
    /// Names a proposal for a school's profile.
    ProfileProposalId
}

/// Counts within a millisecond, so that ids made one after the other also sort so.
static WITHIN_MILLISECOND: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A UUIDv7 of the moment `now`: 48 bits of milliseconds, a counter, and random bits (RFC 9562, section 6.2).
pub(crate) fn uuid_v7(now: Timestamp) -> Uuid {
    let micros = now.micros().max(0).unsigned_abs();
    let nanos = u32::try_from(micros % 1_000_000).unwrap_or(0) * 1_000;
    Uuid::new_v7(uuid::Timestamp::from_unix(&WITHIN_MILLISECOND, micros / 1_000_000, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_moment_sort_as_they_were_made() {
        let ids: Vec<SchoolId> = (0..1_000).map(|_| SchoolId::new(Timestamp::from_seconds(1_795_136_400))).collect();
        assert!(ids.is_sorted());
    }
}
