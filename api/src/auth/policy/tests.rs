//! The table is held against what each role is told it may do, written down role by role and by nobody's tables. Bending
//! any one line of the table must break the agreement.

use std::collections::BTreeSet;

use super::*;

/// One sentence of a role: `scope + PURPOSE | Kind field field`. The conditions may be missing.
type Narrative = &'static str;

const EVERYBODY: Narrative = "
    | AdministrativeUnit *
    | Organization *
    | School *
    | Verb now viewer cost node nodes administrativeUnits resolveAdministrativeUnit organizations school schools
    | Verb schoolProfileFields
    | ExportRun *
    | Verb startExport cancelExport exportRuns
    | Verb changes
";

const OFFICER: Narrative = "
    | SchoolProfile * contacts
    | SchoolProfileProposal * persons
    | Verb schoolProfile schoolProfileVersions schoolProfileDifference schoolProfileProposals
    | Verb updateSchoolProfile withdrawProfileProposal acceptProfileProposal returnProfileProposal
    | SchoolClass *
    | BankAccount *
    | Fee *
    | CashlessReport *
    | Verb classes bankAccounts fees cashlessReport
    INSPECTION | Student * fullName birthDate gender phoneMasked personalIdStatus ministryCode
    INSPECTION | Enrollment *
    INSPECTION | Verb student
";

const SEES_ALL_MONEY: Narrative = "
    | Student invoices
    | BankAccount * number numberMasked holder
    | VirtualAccount * number
    | Fee *
    | Invoice *
    | InvoiceLine *
    | BankTransaction * content payerName
    | Allocation *
    | StudentCredit *
    | CashPayment *
    | CashClosing *
    | ReviewItem *
    | Statement *
    | StatementLine *
    | InboundEvent * amount content payerName account reference
    | BillReconciliation * matchedAmount
    | BillDiscrepancy * bankAmount hubAmount
    | Connection * accounts
    | CashlessReport *
    | Verb bankAccounts virtualAccounts fees invoice invoices bankTransactions inboundEvents reviewQueue cashlessReport
    | Verb connections billReconciliations createBankAccounts createVirtualAccounts createFees createInvoices cancelInvoices
    | Verb recordCashPayments closeCash allocate undoAllocation classifyBankTransaction markSameMoney markOtherMoney
    | Verb statements reconciliation confirmStatement
    | Verb startImport cancelImport importRuns importProgress
    | ImportRun *
    | Verb bankTransactionReceived invoicePaid
";

const PRINCIPAL: Narrative = "
    | SchoolProfile * contacts
    | SchoolProfileProposal * persons
    | Verb schoolProfile schoolProfileVersions schoolProfileDifference schoolProfileProposals
    | Verb updateSchoolProfile withdrawProfileProposal acceptProfileProposal returnProfileProposal signSchoolProfile
    | SchoolClass * students
    | Student * fullName birthDate gender ethnicGroup phone phoneMasked personalIdStatus ministryCode
    | Enrollment *
    | AccessLogEntry *
    | Verb classes student students accessLog upsertClasses upsertStudents upsertEnrollments
";

const ACCOUNTANT: Narrative = "
    | SchoolProfile *
    | Verb schoolProfile schoolProfileVersions schoolProfileDifference
    | SchoolClass * students
    | Student * fullName
    | Enrollment *
    | Verb classes student students
";

const IT_LEAD: Narrative = "
    | SchoolProfile * contacts
    | SchoolProfileProposal * persons
    | Verb schoolProfile schoolProfileVersions schoolProfileDifference schoolProfileProposals
    | Verb updateSchoolProfile withdrawProfileProposal
    | SchoolClass * students
    | Student * fullName birthDate gender phoneMasked personalIdStatus ministryCode
    | Enrollment *
    | Verb classes student students upsertClasses upsertStudents upsertEnrollments
    | Verb startImport cancelImport importRuns importProgress
    | ImportRun *
";

const CLERK: Narrative = "
    | SchoolProfile * contacts
    | SchoolProfileProposal * persons
    | Verb schoolProfile schoolProfileVersions schoolProfileDifference schoolProfileProposals
    | Verb updateSchoolProfile withdrawProfileProposal
    | SchoolClass * students
    | Student * fullName birthDate gender ethnicGroup phone phoneMasked personalIdStatus ministryCode
    | Enrollment *
    | Verb classes student students upsertClasses upsertStudents upsertEnrollments
    | Verb startImport cancelImport importRuns importProgress
    | ImportRun *
";

const TEACHER: Narrative = "
    | SchoolClass * students
    | Student * fullName birthDate gender phoneMasked
    | Enrollment *
    | Verb classes student students
";

const VENDOR: Narrative = "
    | Client *
    | Contract *
    | Verb clients contracts
    roster:read | SchoolClass * students
    roster:read | Student *
    roster:read | Enrollment *
    roster:read | Verb classes student students
    roster:read + SCHOOL_MANAGEMENT | Student fullName birthDate gender ethnicGroup phone phoneMasked
    roster:read + SCHOOL_MANAGEMENT | Student personalIdStatus ministryCode
    roster:read | SchoolProfile *
    roster:read | SchoolProfileProposal *
    roster:read | Verb schoolProfile schoolProfileVersions schoolProfileDifference schoolProfileProposals
    roster:read + SCHOOL_MANAGEMENT | SchoolProfile contacts
    roster:read + SCHOOL_MANAGEMENT | SchoolProfileProposal persons
    roster:write | Verb updateSchoolProfile withdrawProfileProposal
    roster:write | Verb upsertClasses upsertStudents upsertEnrollments
    roster:write | Verb startImport cancelImport importRuns importProgress
    roster:write | ImportRun *
    invoices:read | Student * invoices
    invoices:read | Enrollment *
    invoices:read | BankAccount * numberMasked holder
    invoices:read | VirtualAccount *
    invoices:read | Fee *
    invoices:read | Invoice *
    invoices:read | InvoiceLine *
    invoices:read | Verb student bankAccounts virtualAccounts fees invoice invoices invoicePaid
    invoices:read + FEE_COLLECTION | Student fullName
    invoices:read + FEE_COLLECTION | BankAccount number
    invoices:read + FEE_COLLECTION | VirtualAccount number
    invoices:write | Verb createVirtualAccounts createFees createInvoices cancelInvoices
    invoices:write | Verb startImport cancelImport importRuns importProgress
    invoices:write | ImportRun *
    money:read | BankTransaction *
    money:read | Allocation *
    money:read | Verb bankTransactions bankTransactionReceived
    money:read + FEE_COLLECTION | BankTransaction content payerName
    reports:read | CashlessReport *
    reports:read | Verb cashlessReport
";

const BANK: Narrative = "
    | InboundEvent * amount content payerName account reference
    | BillReconciliation * matchedAmount
    | BillDiscrepancy * bankAmount hubAmount
    | Connection * accounts allowedAddresses keys
    | RefusedMessage *
    | Client *
    | Contract *
    | Verb inboundEvents refusedMessages billReconciliations connections clients contracts
";

const DATA_OFFICER: Narrative = "
    | AccessLogEntry *
    | Verb accessLog
";

const ADMIN: Narrative = "
    | InboundEvent *
    | BillReconciliation *
    | BillDiscrepancy *
    | Connection * allowedAddresses keys
    | RefusedMessage *
    | Client *
    | Contract *
    | User *
    | Verb inboundEvents refusedMessages billReconciliations connections clients contracts users
    | Verb upsertOrganizations upsertSchools createConnection rotateConnection replayEvents
    | Verb retireConnectionKeys pauseConnection resumeConnection updateConnection setConnectionListing removeConnectionListing
    | Verb trustDocuments withdrawDocuments holdClientToTrustedDocuments
    | Verb createClient revokeClient createContract createUser assignRole resetUser disableUser rotateSigningKeys
    | Verb startImport cancelImport importRuns importProgress
    | ImportRun *
";

fn told(role: Role) -> Vec<Narrative> {
    let own: &[Narrative] = match role {
        Role::ProvinceOfficer | Role::CommuneOfficer => &[OFFICER],
        Role::Principal => &[SEES_ALL_MONEY, PRINCIPAL],
        Role::Accountant => &[SEES_ALL_MONEY, ACCOUNTANT],
        Role::SchoolItLead => &[IT_LEAD],
        Role::Clerk => &[CLERK],
        Role::Teacher => &[TEACHER],
        Role::VendorApp => &[VENDOR],
        Role::BankPartner => &[BANK],
        Role::DataOfficer => &[DATA_OFFICER],
        Role::PlatformAdmin => &[ADMIN],
    };
    [&[EVERYBODY], own].concat()
}

/// The circumstances in which every cell is compared: no scope, each scope, and all of them; no purpose and each purpose.
fn circumstances() -> Vec<(Vec<String>, Option<&'static str>)> {
    let all: Vec<String> = entities::contracts::SCOPES.iter().map(|&scope| scope.to_owned()).collect();
    let mut held: Vec<Vec<String>> = all.iter().map(|scope| vec![scope.clone()]).collect();
    held.extend([Vec::new(), all]);
    let purposes = [None, Some("SCHOOL_MANAGEMENT"), Some("FEE_COLLECTION"), Some("INSPECTION"), Some("CURIOSITY")];
    held.into_iter().flat_map(|scopes| purposes.map(|purpose| (scopes.clone(), purpose))).collect()
}

fn narrated(role: Role, scopes: &[String], purpose: Option<&str>, kind: &str, field: &str) -> bool {
    told(role).iter().flat_map(|narrative| narrative.lines()).any(|sentence| {
        let Some((conditions, what)) = sentence.split_once('|') else { return false };
        let met = |condition: &str| match condition.trim() {
            "" => true,
            scope if scope.contains(':') => scopes.iter().any(|held| held == scope),
            stated => purpose == Some(stated),
        };
        let mut words = what.split_whitespace();
        words.next() == Some(kind) && words.any(|word| word == field) && conditions.split('+').all(met)
    })
}

/// The circumstances in which a policy and the narrative disagree about a cell.
fn quarrels(policy: &Policy, kind: &str, field: &str) -> usize {
    let circumstances = circumstances();
    let cells = Role::ALL.iter().flat_map(|role| circumstances.iter().map(move |circumstance| (*role, circumstance)));
    cells
        .filter(|(role, (scopes, purpose))| {
            let asked = if field == REST { "aFieldWithoutALine" } else { field };
            policy.allows(*role, scopes, *purpose, kind, asked) != narrated(*role, scopes, *purpose, kind, field)
        })
        .count()
}

#[test]
fn the_table_says_what_the_roles_are_told() {
    for (kind, field, _) in lines() {
        assert_eq!(quarrels(&POLICY, kind, field), 0, "{kind}.{field}");
    }
    let in_table: BTreeSet<_> = lines().map(|(kind, field, _)| (kind, field)).collect();
    for sentence in Role::ALL.into_iter().flat_map(told).flat_map(str::lines) {
        let Some((_, what)) = sentence.split_once('|') else { continue };
        let (kind, fields) = what.trim().split_once(' ').unwrap();
        for field in fields.split_whitespace() {
            assert!(in_table.contains(&(kind, field)), "told, but without a line: {kind}.{field}");
        }
    }
}

#[test]
fn every_line_has_a_killing_mutation() {
    let all: Vec<_> = lines().collect();
    let mut killed = 0;
    for (at, (kind, field, grants)) in all.iter().enumerate() {
        let mut bent: Vec<Vec<Grant>> = (0..grants.len())
            .map(|gone| {
                grants.iter().enumerate().filter(|(index, _)| *index != gone).map(|(_, grant)| *grant).collect()
            })
            .collect();
        for (index, grant) in grants.iter().enumerate().filter(|(_, grant)| grant.1 != Needs::Nothing) {
            let mut loose = grants.clone();
            loose[index] = Grant(grant.0, Needs::Nothing);
            bent.push(loose);
        }
        let strangers = Role::ALL.into_iter().filter(|role| grants.iter().all(|grant| grant.0 != *role));
        bent.extend(strangers.map(|role| [grants.clone(), vec![Grant(role, Needs::Nothing)]].concat()));
        for grants in bent {
            let mut mutated = all.clone();
            mutated[at].2 = grants.clone();
            assert_ne!(quarrels(&Policy::new(mutated), kind, field), 0, "{kind}.{field} as {grants:?} was not noticed");
            killed += 1;
        }
        let mut mutated = all.clone();
        mutated.remove(at);
        assert_ne!(quarrels(&Policy::new(mutated), kind, field), 0, "nobody misses the line {kind}.{field}");
    }
    assert!(killed > all.len() * 10, "only {killed} mutations were tried");
}

#[test]
fn a_field_stands_once() {
    let mut seen = BTreeSet::new();
    for (kind, field, _) in lines() {
        assert!(seen.insert((kind, field)), "{kind}.{field} has two lines");
    }
}

#[test]
fn what_nobody_has_written_down_is_denied() {
    for role in Role::ALL {
        for (scopes, purpose) in circumstances() {
            assert!(!POLICY.allows(role, &scopes, purpose, "Secret", "value"), "{role:?}");
            assert!(!POLICY.allows(role, &scopes, purpose, VERB, "dropEverything"), "{role:?}");
        }
    }
}

#[test]
fn every_root_field_has_a_line() {
    let sdl = crate::graphql::schema::sdl();
    let known: BTreeSet<_> = lines().filter(|(kind, ..)| *kind == VERB).map(|(_, verb, _)| verb).collect();
    let mut found = 0;
    for root in ["type Query {", "type Mutation {", "type Subscription {"] {
        let (_, rest) = sdl.split_once(root).unwrap();
        let (block, _) = rest.split_once("\n}").unwrap();
        for field in block.lines().filter_map(|line| line.strip_prefix('\t')) {
            let name: String = field.chars().take_while(char::is_ascii_alphanumeric).collect();
            let declares = field[name.len()..].starts_with(['(', ':']);
            if !name.is_empty() && declares {
                // A look-up by key shares the line of its list.
                let has_line = ["", "s", "es"].iter().any(|end| known.contains(format!("{name}{end}").as_str()));
                assert!(has_line, "{name} has no line in the policy");
                found += 1;
            }
        }
    }
    assert!(found > 20, "only {found} root fields were read");
}
