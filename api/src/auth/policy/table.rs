//! The one table of rights: kind, field, and the groups of roles that may read it in full. Verbs stand at its end.
//!
//! Purposes: `SCHOOL_MANAGEMENT` (quản lý nhà trường), `FEE_COLLECTION` (thu các khoản), `INSPECTION` (kiểm tra, giám sát).

use entities::callers::Role::{
    Accountant, BankPartner, Clerk, CommuneOfficer, DataOfficer, PlatformAdmin, Principal, ProvinceOfficer,
    SchoolItLead, Teacher, VendorApp,
};

use super::Needs::{Nothing, Purpose, Scope, ScopeAndPurpose};
use super::{Grant, Line, REST, VERB};

const MANAGE: &str = "SCHOOL_MANAGEMENT";
const COLLECT: &str = "FEE_COLLECTION";
const INSPECT: &[&str] = &["INSPECTION"];

type Group = &'static [Grant];

const EVERYONE: Group = &[
    Grant(ProvinceOfficer, Nothing),
    Grant(CommuneOfficer, Nothing),
    Grant(Principal, Nothing),
    Grant(Accountant, Nothing),
    Grant(SchoolItLead, Nothing),
    Grant(Clerk, Nothing),
    Grant(Teacher, Nothing),
    Grant(VendorApp, Nothing),
    Grant(BankPartner, Nothing),
    Grant(DataOfficer, Nothing),
    Grant(PlatformAdmin, Nothing),
];

const PRINCIPAL: Group = &[Grant(Principal, Nothing)];
const ACCOUNTANT: Group = &[Grant(Accountant, Nothing)];
const IT_LEAD: Group = &[Grant(SchoolItLead, Nothing)];
const CLERK: Group = &[Grant(Clerk, Nothing)];
const TEACHER: Group = &[Grant(Teacher, Nothing)];
const ADMIN: Group = &[Grant(PlatformAdmin, Nothing)];
const BANK: Group = &[Grant(BankPartner, Nothing)];
const DATA_OFFICER: Group = &[Grant(DataOfficer, Nothing)];

/// Offices see schools, classes, accounts without numbers, fees and reports; of people only counts.
const OFFICES: Group = &[Grant(ProvinceOfficer, Nothing), Grant(CommuneOfficer, Nothing)];
/// A single child is looked at only for an inspection, and the look is logged.
const OFFICES_INSPECTING: Group = &[Grant(ProvinceOfficer, Purpose(INSPECT)), Grant(CommuneOfficer, Purpose(INSPECT))];

const VENDOR_ROSTER: Group = &[Grant(VendorApp, Scope("roster:read"))];
const VENDOR_ROSTER_PERSONAL: Group = &[Grant(VendorApp, ScopeAndPurpose("roster:read", &[MANAGE]))];
const VENDOR_ROSTER_WRITE: Group = &[Grant(VendorApp, Scope("roster:write"))];
const VENDOR_INVOICES: Group = &[Grant(VendorApp, Scope("invoices:read"))];
const VENDOR_COLLECTING: Group = &[Grant(VendorApp, ScopeAndPurpose("invoices:read", &[COLLECT]))];
const VENDOR_INVOICES_WRITE: Group = &[Grant(VendorApp, Scope("invoices:write"))];
const VENDOR_MONEY: Group = &[Grant(VendorApp, Scope("money:read"))];
const VENDOR_MONEY_PERSONAL: Group = &[Grant(VendorApp, ScopeAndPurpose("money:read", &[COLLECT]))];
const VENDOR_REPORTS: Group = &[Grant(VendorApp, Scope("reports:read"))];

/// Whoever may write rows of some kind may import them.
const IMPORTING: &[Group] = &[PRINCIPAL, ACCOUNTANT, IT_LEAD, CLERK, ADMIN, VENDOR_ROSTER_WRITE, VENDOR_INVOICES_WRITE];

const fn line(kind: &'static str, field: &'static str, grants: &'static [Group]) -> Line {
    Line { kind, field, grants }
}

const ROSTER: &[Group] = &[PRINCIPAL, ACCOUNTANT, IT_LEAD, CLERK, TEACHER, VENDOR_ROSTER];
const CHILD: &[Group] = &[PRINCIPAL, IT_LEAD, CLERK, TEACHER, OFFICES_INSPECTING, VENDOR_ROSTER_PERSONAL];
/// Who writes for a school, or above it.
const PROFILE_WRITERS: &[Group] = &[PRINCIPAL, IT_LEAD, CLERK, OFFICES, VENDOR_ROSTER_WRITE];
const PROFILE: &[Group] = &[PRINCIPAL, ACCOUNTANT, IT_LEAD, CLERK, OFFICES, VENDOR_ROSTER];
const PROFILE_PEOPLE: &[Group] = &[PRINCIPAL, IT_LEAD, CLERK, OFFICES, VENDOR_ROSTER_PERSONAL];
const PROPOSALS: &[Group] = &[PRINCIPAL, IT_LEAD, CLERK, OFFICES, VENDOR_ROSTER];
const MONEY: &[Group] = &[PRINCIPAL, ACCOUNTANT];
const BILLING: &[Group] = &[PRINCIPAL, ACCOUNTANT, VENDOR_INVOICES];
const BOOKED: &[Group] = &[PRINCIPAL, ACCOUNTANT, VENDOR_MONEY];
const BOOKED_PERSONAL: &[Group] = &[PRINCIPAL, ACCOUNTANT, VENDOR_MONEY_PERSONAL];
const HEARD: &[Group] = &[PRINCIPAL, ACCOUNTANT, BANK];

/// The policy.
pub static TABLE: &[Line] = &[
    // Reference data is nobody's secret.
    line("AdministrativeUnit", REST, &[EVERYONE]),
    line("Organization", REST, &[EVERYONE]),
    line("School", REST, &[EVERYONE]),
    // The profile of a school. Its people are named to those who write it and to those above.
    line("SchoolProfile", REST, PROFILE),
    line("SchoolProfile", "contacts", PROFILE_PEOPLE),
    line("SchoolProfileProposal", REST, PROPOSALS),
    line("SchoolProfileProposal", "persons", PROFILE_PEOPLE),
    // The roster.
    line("SchoolClass", REST, &[PRINCIPAL, ACCOUNTANT, IT_LEAD, CLERK, TEACHER, OFFICES, VENDOR_ROSTER]),
    line("SchoolClass", "students", ROSTER),
    line(
        "Student",
        REST,
        &[PRINCIPAL, ACCOUNTANT, IT_LEAD, CLERK, TEACHER, OFFICES_INSPECTING, VENDOR_ROSTER, VENDOR_INVOICES],
    ),
    line(
        "Student",
        "fullName",
        &[
            PRINCIPAL,
            ACCOUNTANT,
            IT_LEAD,
            CLERK,
            TEACHER,
            OFFICES_INSPECTING,
            VENDOR_ROSTER_PERSONAL,
            VENDOR_COLLECTING,
        ],
    ),
    line("Student", "birthDate", CHILD),
    line("Student", "gender", CHILD),
    line("Student", "ethnicGroup", &[PRINCIPAL, CLERK, VENDOR_ROSTER_PERSONAL]),
    line("Student", "phone", &[PRINCIPAL, CLERK, VENDOR_ROSTER_PERSONAL]),
    line("Student", "phoneMasked", &[PRINCIPAL, IT_LEAD, CLERK, TEACHER, OFFICES_INSPECTING, VENDOR_ROSTER_PERSONAL]),
    line("Student", "personalIdStatus", &[PRINCIPAL, IT_LEAD, CLERK, OFFICES_INSPECTING, VENDOR_ROSTER_PERSONAL]),
    line("Student", "ministryCode", &[PRINCIPAL, IT_LEAD, CLERK, OFFICES_INSPECTING, VENDOR_ROSTER_PERSONAL]),
    line("Student", "invoices", BILLING),
    line(
        "Enrollment",
        REST,
        &[PRINCIPAL, ACCOUNTANT, IT_LEAD, CLERK, TEACHER, OFFICES_INSPECTING, VENDOR_ROSTER, VENDOR_INVOICES],
    ),
    // Accounts, fees and invoices.
    line("BankAccount", REST, &[PRINCIPAL, ACCOUNTANT, OFFICES, VENDOR_INVOICES]),
    line("BankAccount", "number", &[PRINCIPAL, ACCOUNTANT, VENDOR_COLLECTING]),
    line("BankAccount", "numberMasked", BILLING),
    line("BankAccount", "holder", BILLING),
    line("VirtualAccount", REST, BILLING),
    line("VirtualAccount", "number", &[PRINCIPAL, ACCOUNTANT, VENDOR_COLLECTING]),
    line("Fee", REST, &[PRINCIPAL, ACCOUNTANT, OFFICES, VENDOR_INVOICES]),
    line("Invoice", REST, BILLING),
    line("InvoiceLine", REST, BILLING),
    // Money that arrived.
    line("BankTransaction", REST, BOOKED),
    line("BankTransaction", "content", BOOKED_PERSONAL),
    line("BankTransaction", "payerName", BOOKED_PERSONAL),
    line("Allocation", REST, BOOKED),
    line("StudentCredit", REST, MONEY),
    line("Statement", REST, MONEY),
    line("StatementLine", REST, MONEY),
    line("CashPayment", REST, MONEY),
    line("CashClosing", REST, MONEY),
    line("ReviewItem", REST, MONEY),
    line("InboundEvent", REST, &[PRINCIPAL, ACCOUNTANT, BANK, ADMIN]),
    line("InboundEvent", "amount", HEARD),
    line("InboundEvent", "content", HEARD),
    line("InboundEvent", "payerName", HEARD),
    line("InboundEvent", "account", HEARD),
    line("InboundEvent", "reference", HEARD),
    line("Connection", REST, &[PRINCIPAL, ACCOUNTANT, BANK, ADMIN]),
    line("Connection", "accounts", HEARD),
    // What a stranger would want to know before trying: for the sender itself, and for whoever looks after it.
    line("Connection", "allowedAddresses", &[BANK, ADMIN]),
    line("Connection", "keys", &[BANK, ADMIN]),
    line("BillReconciliation", REST, &[PRINCIPAL, ACCOUNTANT, BANK, ADMIN]),
    line("BillReconciliation", "matchedAmount", HEARD),
    line("BillDiscrepancy", REST, &[PRINCIPAL, ACCOUNTANT, BANK, ADMIN]),
    line("BillDiscrepancy", "bankAmount", HEARD),
    line("BillDiscrepancy", "hubAmount", HEARD),
    line("RefusedMessage", REST, &[BANK, ADMIN]),
    line("CashlessReport", REST, &[PRINCIPAL, ACCOUNTANT, OFFICES, VENDOR_REPORTS]),
    // Who may ask.
    line("Client", REST, &[ADMIN, &[Grant(VendorApp, Nothing)], BANK]),
    line("Contract", REST, &[ADMIN, &[Grant(VendorApp, Nothing)], BANK]),
    line("User", REST, &[ADMIN]),
    line("AccessLogEntry", REST, &[DATA_OFFICER, PRINCIPAL]),
    line("ImportRun", REST, IMPORTING),
    line("ExportRun", REST, &[EVERYONE]),
    // Queries.
    line(VERB, "now", &[EVERYONE]),
    line(VERB, "changes", &[EVERYONE]),
    line(VERB, "viewer", &[EVERYONE]),
    line(VERB, "cost", &[EVERYONE]),
    line(VERB, "node", &[EVERYONE]),
    line(VERB, "nodes", &[EVERYONE]),
    line(VERB, "administrativeUnits", &[EVERYONE]),
    line(VERB, "resolveAdministrativeUnit", &[EVERYONE]),
    line(VERB, "organizations", &[EVERYONE]),
    line(VERB, "school", &[EVERYONE]),
    line(VERB, "schools", &[EVERYONE]),
    line(VERB, "schoolProfileFields", &[EVERYONE]),
    line(VERB, "schoolProfile", PROFILE),
    line(VERB, "schoolProfileVersions", PROFILE),
    line(VERB, "schoolProfileDifference", PROFILE),
    line(VERB, "schoolProfileProposals", PROPOSALS),
    line(VERB, "classes", &[PRINCIPAL, ACCOUNTANT, IT_LEAD, CLERK, TEACHER, OFFICES, VENDOR_ROSTER]),
    line(
        VERB,
        "student",
        &[PRINCIPAL, ACCOUNTANT, IT_LEAD, CLERK, TEACHER, OFFICES_INSPECTING, VENDOR_ROSTER, VENDOR_INVOICES],
    ),
    line(VERB, "students", ROSTER),
    line(VERB, "bankAccounts", &[PRINCIPAL, ACCOUNTANT, OFFICES, VENDOR_INVOICES]),
    line(VERB, "virtualAccounts", BILLING),
    line(VERB, "fees", &[PRINCIPAL, ACCOUNTANT, OFFICES, VENDOR_INVOICES]),
    line(VERB, "invoice", BILLING),
    line(VERB, "invoices", BILLING),
    line(VERB, "bankTransactions", BOOKED),
    line(VERB, "inboundEvents", &[PRINCIPAL, ACCOUNTANT, BANK, ADMIN]),
    line(VERB, "refusedMessages", &[BANK, ADMIN]),
    line(VERB, "billReconciliations", &[PRINCIPAL, ACCOUNTANT, BANK, ADMIN]),
    line(VERB, "reviewQueue", MONEY),
    line(VERB, "statements", MONEY),
    line(VERB, "reconciliation", MONEY),
    line(VERB, "cashlessReport", &[PRINCIPAL, ACCOUNTANT, OFFICES, VENDOR_REPORTS]),
    line(VERB, "connections", &[PRINCIPAL, ACCOUNTANT, BANK, ADMIN]),
    line(VERB, "accessLog", &[DATA_OFFICER, PRINCIPAL]),
    line(VERB, "clients", &[ADMIN, &[Grant(VendorApp, Nothing)], BANK]),
    line(VERB, "contracts", &[ADMIN, &[Grant(VendorApp, Nothing)], BANK]),
    line(VERB, "users", &[ADMIN]),
    // Subscriptions; `changes` is one too.
    line(VERB, "bankTransactionReceived", BOOKED),
    line(VERB, "invoicePaid", BILLING),
    // Mutations: reference data and the roster.
    line(VERB, "upsertOrganizations", &[ADMIN]),
    line(VERB, "upsertSchools", &[ADMIN]),
    line(VERB, "upsertClasses", &[PRINCIPAL, IT_LEAD, CLERK, VENDOR_ROSTER_WRITE]),
    line(VERB, "upsertStudents", &[PRINCIPAL, IT_LEAD, CLERK, VENDOR_ROSTER_WRITE]),
    line(VERB, "upsertEnrollments", &[PRINCIPAL, IT_LEAD, CLERK, VENDOR_ROSTER_WRITE]),
    // Mutations: profiles. Who decides a field is asked of the field's authority.
    line(VERB, "updateSchoolProfile", PROFILE_WRITERS),
    line(VERB, "withdrawProfileProposal", PROFILE_WRITERS),
    line(VERB, "acceptProfileProposal", &[PRINCIPAL, OFFICES]),
    line(VERB, "returnProfileProposal", &[PRINCIPAL, OFFICES]),
    line(VERB, "signSchoolProfile", &[PRINCIPAL]),
    // Files: what is imported or exported is asked again under the verb of its kind.
    line(VERB, "startImport", IMPORTING),
    line(VERB, "cancelImport", IMPORTING),
    line(VERB, "importRuns", IMPORTING),
    line(VERB, "importProgress", IMPORTING),
    line(VERB, "startExport", &[EVERYONE]),
    line(VERB, "cancelExport", &[EVERYONE]),
    line(VERB, "exportRuns", &[EVERYONE]),
    // Mutations: money.
    line(VERB, "createBankAccounts", MONEY),
    line(VERB, "createVirtualAccounts", &[PRINCIPAL, ACCOUNTANT, VENDOR_INVOICES_WRITE]),
    line(VERB, "createFees", &[PRINCIPAL, ACCOUNTANT, VENDOR_INVOICES_WRITE]),
    line(VERB, "createInvoices", &[PRINCIPAL, ACCOUNTANT, VENDOR_INVOICES_WRITE]),
    line(VERB, "cancelInvoices", &[PRINCIPAL, ACCOUNTANT, VENDOR_INVOICES_WRITE]),
    line(VERB, "recordCashPayments", MONEY),
    line(VERB, "closeCash", MONEY),
    line(VERB, "allocate", MONEY),
    line(VERB, "undoAllocation", MONEY),
    line(VERB, "classifyBankTransaction", MONEY),
    line(VERB, "markOtherMoney", MONEY),
    line(VERB, "markSameMoney", MONEY),
    line(VERB, "confirmStatement", MONEY),
    // Mutations: the hub itself.
    line(VERB, "createConnection", &[ADMIN]),
    line(VERB, "rotateConnection", &[ADMIN]),
    line(VERB, "retireConnectionKeys", &[ADMIN]),
    line(VERB, "pauseConnection", &[ADMIN]),
    line(VERB, "resumeConnection", &[ADMIN]),
    line(VERB, "updateConnection", &[ADMIN]),
    line(VERB, "setConnectionListing", &[ADMIN]),
    line(VERB, "removeConnectionListing", &[ADMIN]),
    line(VERB, "replayEvents", &[ADMIN]),
    line(VERB, "createClient", &[ADMIN]),
    line(VERB, "revokeClient", &[ADMIN]),
    line(VERB, "trustDocuments", &[ADMIN]),
    line(VERB, "withdrawDocuments", &[ADMIN]),
    line(VERB, "holdClientToTrustedDocuments", &[ADMIN]),
    line(VERB, "createContract", &[ADMIN]),
    line(VERB, "createUser", &[ADMIN]),
    line(VERB, "assignRole", &[ADMIN]),
    line(VERB, "resetUser", &[ADMIN]),
    line(VERB, "disableUser", &[ADMIN]),
    line(VERB, "rotateSigningKeys", &[ADMIN]),
];
