//! What each role may read and ask, said field by field in the oracle's own words.

use super::Person;

const STAFF: [&str; 4] = ["PRINCIPAL", "SCHOOL_IT_LEAD", "CLERK", "TEACHER"];
const OFFICES: [&str; 2] = ["PROVINCE_OFFICER", "COMMUNE_OFFICER"];
const MONEY: [&str; 2] = ["PRINCIPAL", "ACCOUNTANT"];

/// A person's rights.
pub(super) struct Circle<'a>(&'a Person);

/// The questions that may be put about a person.
pub(in super::super) trait Right {
    /// Whether a value of this field may be shown.
    fn may(&self, kind: &str, field: &str) -> bool;
    /// Whether rows of this type are for the person at all.
    fn opens(&self, kind: &str) -> bool;
    /// Whether this question may be asked.
    fn asks(&self, verb: &str) -> bool;
}

/// The field of a row that a filter or an order would tell of, where that field is not for everybody who sees the row.
pub(in super::super) fn hidden_by(input: &str, field: &str) -> Option<(&'static str, &'static str)> {
    match (input, field) {
        ("StudentFilter", "name") | ("StudentOrder", "NAME") | ("InvoiceFilter", "studentName") => {
            Some(("Student", "fullName"))
        }
        ("StudentFilter", "ministryCode") | ("StudentLookup", "ministryCode") => Some(("Student", "ministryCode")),
        ("StudentFilter", "gender") => Some(("Student", "gender")),
        ("StudentFilter", "bornFrom" | "bornTo") => Some(("Student", "birthDate")),
        _ => None,
    }
}

impl Right for Person {
    fn may(&self, kind: &str, field: &str) -> bool {
        let circle = Circle(self);
        self.opens(kind)
            && match (kind, field) {
                ("Student", _) => circle.child(field),
                ("SchoolProfile", "contacts") | ("SchoolProfileProposal", "persons") => self.opens("SchoolPerson"),
                ("SchoolClass", "students") => circle.lists_children(),
                ("BankAccount" | "VirtualAccount", "number") => self.is(&MONEY) || circle.collects(),
                ("BankAccount", "numberMasked" | "holder") => self.is(&MONEY) || self.holds("invoices:read"),
                ("BankTransaction", "content" | "payerName") => {
                    self.is(&MONEY) || self.holds("money:read") && self.states("FEE_COLLECTION")
                }
                // What is told again elsewhere is guarded there too.
                ("Invoice", "payerName") => self.may("BankTransaction", field),
                ("Invoice", "beneficiary") => self.may("BankAccount", "holder"),
                ("InvoicePayment", "vietQrText" | "vietQrSvg") => self.may("BankAccount", "number"),
                ("BankConnection", "allowedAddresses" | "keys") => self.is(&["BANK_PARTNER", "PLATFORM_ADMIN"]),
                ("BillReconciliation", "matchedAmount") | ("BillDiscrepancy", "bankAmount" | "hubAmount") => {
                    self.is(&MONEY) || self.is(&["BANK_PARTNER"])
                }
                ("BankConnection", "accounts") => self.is(&MONEY) || self.is(&["BANK_PARTNER"]),
                _ => true,
            }
    }

    fn opens(&self, kind: &str) -> bool {
        let circle = Circle(self);
        match kind {
            "SchoolClass" => {
                self.is(&STAFF) || self.is(&["ACCOUNTANT"]) || self.is(&OFFICES) || self.holds("roster:read")
            }
            "SchoolProfile"
            | "SchoolProfileValue"
            | "SchoolProfileContent"
            | "SchoolSite"
            | "SchoolProfileVersion"
            | "SchoolProfileSignature"
            | "SchoolProfileDifference" => circle.reads_profiles(),
            "SchoolProfileProposal" => circle.reads_profiles() && !self.is(&["ACCOUNTANT"]),
            "SchoolPerson" => circle.meets_colleagues(),
            "Student" | "Enrollment" => circle.meets_children(),
            "BankAccount" | "Fee" => self.is(&MONEY) || self.is(&OFFICES) || self.holds("invoices:read"),
            "VirtualAccount" | "Invoice" | "InvoiceLine" => self.is(&MONEY) || self.holds("invoices:read"),
            "BankTransaction" | "Allocation" => self.is(&MONEY) || self.holds("money:read"),
            "StudentCredit" | "CashPayment" | "CashClosing" | "ReviewReasonInfo" => self.is(&MONEY),
            "Statement" | "StatementLine" | "Reconciliation" => self.is(&MONEY),
            "BankConnection" | "InboundEvent" => self.is(&MONEY) || self.is(&["BANK_PARTNER", "PLATFORM_ADMIN"]),
            "BillReconciliation" | "BillDiscrepancy" => self.opens("InboundEvent"),
            "RefusedMessage" => self.is(&["BANK_PARTNER", "PLATFORM_ADMIN"]),
            "CashlessReport" | "CashlessRow" => self.is(&MONEY) || self.is(&OFFICES) || self.holds("reports:read"),
            "Client" | "Contract" => self.is(&["PLATFORM_ADMIN", "VENDOR_APP", "BANK_PARTNER"]),
            "User" => self.is(&["PLATFORM_ADMIN"]),
            // Who may write something may bring it in a file.
            "ImportRun" => {
                let writes = self.holds("roster:write") || self.holds("invoices:write");
                writes || self.is(&["PRINCIPAL", "ACCOUNTANT", "SCHOOL_IT_LEAD", "CLERK", "PLATFORM_ADMIN"])
            }
            "AccessLogEntry" => self.is(&["DATA_OFFICER", "PRINCIPAL"]),
            _ => true,
        }
    }

    fn asks(&self, verb: &str) -> bool {
        let circle = Circle(self);
        match verb {
            "classes" => self.opens("SchoolClass"),
            "schoolProfile" | "schoolProfileVersions" | "schoolProfileDifference" => circle.reads_profiles(),
            "schoolProfileProposals" => self.opens("SchoolProfileProposal"),
            "student" => circle.meets_children(),
            "students" => circle.lists_children(),
            "bankAccounts" => self.opens("BankAccount"),
            "virtualAccounts" => self.opens("VirtualAccount"),
            "fees" => self.opens("Fee"),
            "invoice" | "invoices" => self.opens("Invoice"),
            "bankTransaction" | "bankTransactions" => self.opens("BankTransaction"),
            "reviewQueue" | "statements" | "reconciliation" => self.is(&MONEY),
            "inboundEvents" | "connections" => self.opens("BankConnection"),
            "refusedMessages" => self.opens("RefusedMessage"),
            "billReconciliations" => self.opens("BillReconciliation"),
            "cashlessReport" => self.opens("CashlessReport"),
            "clients" | "contracts" => self.opens("Client"),
            "users" => self.opens("User"),
            "importRun" | "importRuns" => self.opens("ImportRun"),
            "accessLog" => self.opens("AccessLogEntry"),
            _ => true,
        }
    }
}

impl Circle<'_> {
    /// Works for the school and knows its pupils, or an office that inspects, or a program under a contract.
    fn meets_children(&self) -> bool {
        let person = self.0;
        let inspects = person.is(&OFFICES) && person.states("INSPECTION");
        self.lists_children() || inspects || person.holds("invoices:read")
    }

    /// Works in the school's office or above it, or keeps its rosters under a contract; a teacher does neither.
    fn reads_profiles(&self) -> bool {
        let person = self.0;
        let office = person.is(&["PRINCIPAL", "ACCOUNTANT", "SCHOOL_IT_LEAD", "CLERK"]);
        office || person.is(&OFFICES) || person.holds("roster:read")
    }

    /// Is told who answers for what at a school, with telephone numbers.
    fn meets_colleagues(&self) -> bool {
        let person = self.0;
        let manages = person.holds("roster:read") && person.states("SCHOOL_MANAGEMENT");
        person.is(&["PRINCIPAL", "SCHOOL_IT_LEAD", "CLERK"]) || person.is(&OFFICES) || manages
    }

    fn lists_children(&self) -> bool {
        self.0.is(&STAFF) || self.0.is(&["ACCOUNTANT"]) || self.0.holds("roster:read")
    }

    fn collects(&self) -> bool {
        self.0.holds("invoices:read") && self.0.states("FEE_COLLECTION")
    }

    fn child(&self, field: &str) -> bool {
        let person = self.0;
        let manages = person.holds("roster:read") && person.states("SCHOOL_MANAGEMENT");
        let inspects = person.is(&OFFICES) && person.states("INSPECTION");
        match field {
            "fullName" => person.is(&STAFF) || person.is(&["ACCOUNTANT"]) || inspects || manages || self.collects(),
            "birthDate" | "gender" | "phoneMasked" => person.is(&STAFF) || inspects || manages,
            "ethnicGroup" | "phone" => person.is(&["PRINCIPAL", "CLERK"]) || manages,
            "personalIdStatus" | "ministryCode" => {
                person.is(&["PRINCIPAL", "SCHOOL_IT_LEAD", "CLERK"]) || inspects || manages
            }
            "invoices" | "virtualAccounts" => person.opens("Invoice"),
            _ => true,
        }
    }
}
