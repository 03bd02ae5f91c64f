//! The kinds of things whose changes are recorded: the GraphQL types that have a row of their own.

/// A kind of thing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// An organization.
    Organization,
    /// A school.
    School,
    /// The profile of a school, with what is proposed for it.
    SchoolProfile,
    /// A class of a school year.
    SchoolClass,
    /// A student.
    Student,
    /// A student at a school.
    Enrollment,
    /// A bank account of a school.
    BankAccount,
    /// A number that names one student.
    VirtualAccount,
    /// A fee.
    Fee,
    /// An invoice, with its lines and what is paid of it.
    Invoice,
    /// A bank transaction, with its allocations.
    BankTransaction,
    /// Cash taken at the desk.
    CashPayment,
    /// The closing of a month's cash.
    CashClosing,
    /// An account statement, with its lines.
    Statement,
    /// A connection to a bank or intermediary.
    Connection,
    /// A client of the hub.
    Client,
    /// A client's contract.
    Contract,
    /// A person who signs in.
    User,
}

impl Kind {
    /// Every kind, what others refer to first.
    pub const ALL: [Self; 18] = [
        Self::Organization,
        Self::School,
        Self::SchoolProfile,
        Self::SchoolClass,
        Self::Student,
        Self::Enrollment,
        Self::BankAccount,
        Self::VirtualAccount,
        Self::Fee,
        Self::Invoice,
        Self::BankTransaction,
        Self::CashPayment,
        Self::CashClosing,
        Self::Statement,
        Self::Connection,
        Self::Client,
        Self::Contract,
        Self::User,
    ];

    /// The name of the GraphQL type, as changes keep it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "Organization",
            Self::School => "School",
            Self::SchoolProfile => "SchoolProfile",
            Self::SchoolClass => "SchoolClass",
            Self::Student => "Student",
            Self::Enrollment => "Enrollment",
            Self::BankAccount => "BankAccount",
            Self::VirtualAccount => "VirtualAccount",
            Self::Fee => "Fee",
            Self::Invoice => "Invoice",
            Self::BankTransaction => "BankTransaction",
            Self::CashPayment => "CashPayment",
            Self::CashClosing => "CashClosing",
            Self::Statement => "Statement",
            Self::Connection => "Connection",
            Self::Client => "Client",
            Self::Contract => "Contract",
            Self::User => "User",
        }
    }

    /// The kind of a GraphQL type's name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}
