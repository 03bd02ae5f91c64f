//! What arguments are made of: ids and codes of every row of the world, whoever may see it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::super::oracle::World;
use super::dice::Dice;
use crate::harness::database::Database;

const KINDS: [&str; 20] = [
    "School",
    "SchoolProfile",
    "SchoolProfileProposal",
    "SchoolClass",
    "Student",
    "Enrollment",
    "BankAccount",
    "VirtualAccount",
    "Fee",
    "Invoice",
    "BankTransaction",
    "CashPayment",
    "CashClosing",
    "Statement",
    "StatementLine",
    "Connection",
    "Client",
    "Contract",
    "User",
    "Organization",
];

const MINISTRY_CODES: &str =
    "SELECT ministry_code FROM students WHERE ministry_code IS NOT NULL ORDER BY ministry_code";

pub(super) struct Pools {
    schools: Vec<String>,
    invoices: Vec<String>,
    ministry_codes: Vec<String>,
    nodes: Vec<(&'static str, Vec<Uuid>)>,
}

impl Pools {
    pub(super) async fn of(database: &Database, world: &World) -> Self {
        let nodes = KINDS.into_iter().map(|kind| (kind, world.ids(kind))).filter(|(_, ids)| !ids.is_empty()).collect();
        Self {
            schools: database.texts("SELECT code FROM schools ORDER BY code").await,
            invoices: database.texts("SELECT code FROM invoices ORDER BY code").await,
            ministry_codes: database.texts(MINISTRY_CODES).await,
            nodes,
        }
    }

    /// A global id for an argument: of the type that it means, or of any.
    pub(super) fn id(&self, word: &str, of: &str, dice: &mut Dice) -> String {
        let wanted = match (word, of) {
            ("schoolId", _) => "School",
            ("classId", _) => "SchoolClass",
            ("connectionId", _) => "Connection",
            ("managingOrganization" | "managingOrganizationId", _) => "Organization",
            ("studentId", _) | ("id", "StudentLookup") => "Student",
            ("id", "bankTransaction") => "BankTransaction",
            _ => "",
        };
        let fitting: Vec<_> = self.nodes.iter().filter(|(kind, _)| wanted.is_empty() || *kind == wanted).collect();
        let Some((kind, rows)) = (!fitting.is_empty()).then(|| *dice.pick(&fitting)) else {
            return URL_SAFE_NO_PAD.encode(format!("{wanted}:{}", Uuid::nil()));
        };
        URL_SAFE_NO_PAD.encode(format!("{kind}:{}", dice.pick(rows)))
    }

    /// A text for an argument.
    pub(super) fn text(&self, word: &str, of: &str, dice: &mut Dice) -> String {
        match (word, of) {
            ("code", "invoice" | "InvoiceFilter") => dice.pick(&self.invoices).clone(),
            ("ministryCode", _) if !self.ministry_codes.is_empty() => dice.pick(&self.ministry_codes).clone(),
            ("field", "SchoolProfileProposalFilter") => dice.pick(&["phone", "principals", "mau"]).to_string(),
            ("code", "school" | "schoolProfile" | "schoolProfileVersions" | "schoolProfileDifference")
            | ("schoolCode", _) => dice.pick(&self.schools).clone(),
            ("provinceCode" | "parentCode", _) => "37".into(),
            ("oldCode" | "code", _) => "15".into(),
            ("from", _) => "2025-09".into(),
            ("to", _) => "2026-10".into(),
            _ => "mau".into(),
        }
    }
}
