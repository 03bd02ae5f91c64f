//! Every row that can be asked about, read once with plain SQL, and who stands near enough to see it.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{Person, Place};
use crate::harness::database::{Database, Engine};

/// A row: to what it belongs. What is empty belongs to nothing of that sort.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Row {
    school: Option<Uuid>,
    class: Option<Uuid>,
    client: Option<Uuid>,
    /// A word of its own: the province of a school, the direction of money.
    word: String,
}

/// The rows by type.
pub(in super::super) struct World {
    rows: HashMap<&'static str, HashMap<Uuid, Row>>,
    /// Who manages a school today.
    managers: HashMap<Uuid, HashSet<Uuid>>,
    /// Where a student is enrolled today: school and class.
    enrolled: HashMap<Uuid, Vec<(Uuid, Option<Uuid>)>>,
    /// Money that lies, or lay, on invoices that a client made.
    paid_for: HashMap<Uuid, HashSet<Uuid>>,
    /// For whose schools a connection speaks.
    speaks_for: HashMap<Uuid, HashSet<Uuid>>,
}

/// Type, table, and its columns for school, class, client and word; `NULL` where it has none.
const TABLES: [(&str, &str, [&str; 4]); 20] = [
    ("School", "schools", ["id", "NULL", "NULL", "province_code"]),
    ("SchoolProfile", "schools", ["id", "NULL", "NULL", "''"]),
    ("SchoolProfileProposal", "school_profile_proposals", ["school_id", "NULL", "client_id", "''"]),
    ("SchoolClass", "school_classes", ["school_id", "id", "NULL", "''"]),
    ("Enrollment", "enrollments", ["school_id", "class_id", "NULL", "''"]),
    ("BankAccount", "bank_accounts", ["school_id", "NULL", "NULL", "''"]),
    ("VirtualAccount", "virtual_accounts", ["school_id", "NULL", "NULL", "''"]),
    ("Fee", "fees", ["school_id", "NULL", "NULL", "''"]),
    ("Invoice", "invoices", ["school_id", "NULL", "client_id", "''"]),
    ("BankTransaction", "bank_transactions", ["school_id", "NULL", "NULL", "direction"]),
    ("CashPayment", "cash_payments", ["school_id", "NULL", "NULL", "''"]),
    ("CashClosing", "cash_closings", ["school_id", "NULL", "NULL", "''"]),
    ("Statement", "statements", ["school_id", "NULL", "NULL", "''"]),
    ("StatementLine", "statement_lines", ["school_id", "NULL", "NULL", "''"]),
    ("Connection", "connections", ["NULL", "NULL", "client_id", "''"]),
    ("Client", "clients", ["NULL", "NULL", "id", "''"]),
    ("Contract", "contracts", ["NULL", "NULL", "client_id", "''"]),
    ("User", "users", ["NULL", "NULL", "NULL", "''"]),
    ("Student", "students", ["NULL", "NULL", "NULL", "''"]),
    ("Organization", "organizations", ["NULL", "NULL", "NULL", "''"]),
];

impl World {
    pub(in super::super) async fn read(database: &Database) -> Self {
        let mut rows = HashMap::new();
        for (kind, table, [school, class, client, word]) in TABLES {
            let columns = [("id", true), (school, true), (class, true), (client, true), (word, false)];
            let found = lines(database, &columns, table).await.into_iter().map(|line| {
                let of = |place: usize| line[place].parse().ok();
                (of(0).unwrap(), Row { school: of(1), class: of(2), client: of(3), word: line[4].clone() })
            });
            rows.insert(kind, found.collect());
        }
        let today = "CURRENT_DATE BETWEEN valid_from AND COALESCE(valid_to, '9999-12-31')";
        let managers =
            pairs(database, ["school_id", "organization_id"], &format!("school_managements WHERE {today}")).await;
        let paid = "allocations a JOIN invoices i ON i.id = a.invoice_id WHERE i.client_id IS NOT NULL
            AND a.bank_transaction_id IS NOT NULL AND a.undone_at IS NULL";
        let speaks = "connection_accounts c JOIN bank_accounts b ON b.id = c.bank_account_id";
        Self {
            rows,
            managers,
            enrolled: enrolled(database, today).await,
            paid_for: pairs(database, ["a.bank_transaction_id", "i.client_id"], paid).await,
            speaks_for: pairs(database, ["c.connection_id", "b.school_id"], speaks).await,
        }
    }

    /// Ids of a type, in a fixed order, to ask for.
    pub(in super::super) fn ids(&self, kind: &str) -> Vec<Uuid> {
        let mut ids: Vec<_> = self.rows.get(kind).map(|rows| rows.keys().copied().collect()).unwrap_or_default();
        ids.sort();
        ids
    }

    /// How many rows of a type a person can see.
    pub(in super::super) fn count(&self, person: &Person, kind: &str) -> usize {
        self.rows[kind].keys().filter(|id| self.sees(person, kind, **id)).count()
    }

    /// Whether a row stands within a person's circle. Rights to its type are another question.
    pub(in super::super) fn sees(&self, person: &Person, kind: &str, id: Uuid) -> bool {
        let Some(row) = self.rows.get(kind).and_then(|rows| rows.get(&id)) else { return false };
        match kind {
            "Organization" => true,
            "School" => self.near(person, id) || self.class_of(person).is_some_and(|(school, _)| school == id),
            "SchoolClass" | "Enrollment" => {
                self.of_school(person, row) || row.class.is_some() && row.class == self.class_of(person).map(|of| of.1)
            }
            "Student" => self.enrolled.get(&id).is_some_and(|at| {
                at.iter().any(|(school, class)| {
                    self.near(person, *school) || class.is_some() && *class == self.class_of(person).map(|of| of.1)
                })
            }),
            "BankTransaction" if person.role == "VENDOR_APP" => {
                let own = person.client.zip(self.paid_for.get(&id)).is_some_and(|(own, payers)| payers.contains(&own));
                self.of_school(person, row) && own && row.word == "CREDIT"
            }
            "SchoolProfileProposal" if person.role == "VENDOR_APP" => {
                self.of_school(person, row) && row.client.is_some() && row.client == person.client
            }
            "Connection" => self.connection(person, id, row),
            "Client" | "Contract" => matches!(person.place, Place::Hub) || row.client == person.client,
            "User" => matches!(person.place, Place::Hub),
            _ => self.of_school(person, row),
        }
    }

    /// A bank sees its own; a school the one that speaks for it and for nobody else.
    fn connection(&self, person: &Person, id: Uuid, row: &Row) -> bool {
        match person.place {
            Place::Hub => true,
            Place::OwnConnections => row.client.is_some() && row.client == person.client,
            _ => {
                self.speaks_for.get(&id).is_some_and(|schools| schools.iter().all(|school| self.near(person, *school)))
            }
        }
    }

    fn of_school(&self, person: &Person, row: &Row) -> bool {
        row.school.is_some_and(|school| self.near(person, school))
    }

    /// Whether a whole school is the person's business.
    fn near(&self, person: &Person, school: Uuid) -> bool {
        match &person.place {
            Place::Hub => true,
            Place::Province(code) => self.rows["School"].get(&school).is_some_and(|row| row.word == *code),
            Place::ManagedBy(office) => self.managers.get(&school).is_some_and(|offices| offices.contains(office)),
            Place::Schools(own) => own.contains(&school),
            Place::Class(_) | Place::OwnConnections => false,
        }
    }

    /// The school and class of a teacher.
    fn class_of(&self, person: &Person) -> Option<(Uuid, Uuid)> {
        let Place::Class(class) = person.place else { return None };
        self.rows["SchoolClass"].get(&class).and_then(|row| row.school).map(|school| (school, class))
    }
}

async fn enrolled(database: &Database, today: &str) -> HashMap<Uuid, Vec<(Uuid, Option<Uuid>)>> {
    let columns = [("student_id", true), ("school_id", true), ("class_id", true)];
    // An enrollment no longer runs on its last day.
    let running = format!("enrollments WHERE {today} AND (valid_to IS NULL OR valid_to > CURRENT_DATE)");
    let mut found: HashMap<Uuid, Vec<_>> = HashMap::new();
    for line in lines(database, &columns, &running).await {
        let place = (line[1].parse().unwrap(), line[2].parse().ok());
        found.entry(line[0].parse().unwrap()).or_default().push(place);
    }
    found
}

async fn pairs(database: &Database, columns: [&str; 2], from: &str) -> HashMap<Uuid, HashSet<Uuid>> {
    let mut found: HashMap<Uuid, HashSet<Uuid>> = HashMap::new();
    for line in lines(database, &columns.map(|column| (column, true)), from).await {
        found.entry(line[0].parse().unwrap()).or_default().insert(line[1].parse().unwrap());
    }
    found
}

/// Rows of texts; the flag marks columns of ids, which each engine writes in its own way.
async fn lines(database: &Database, columns: &[(&str, bool)], from: &str) -> Vec<Vec<String>> {
    let text = |(column, is_id): &(&str, bool)| match (is_id, database.engine) {
        (_, _) if *column == "NULL" => "''".to_owned(),
        (false, _) => format!("COALESCE({column}, '')"),
        (true, Engine::Sqlite) => format!("COALESCE(lower(hex({column})), '')"),
        (true, Engine::Postgres) => format!("COALESCE({column}::text, '')"),
    };
    let wanted = columns.iter().map(text).collect::<Vec<_>>().join(" || '|' || ");
    let from = match database.engine {
        Engine::Sqlite => from.to_owned(),
        Engine::Postgres => from.replace("'9999-12-31'", "DATE '9999-12-31'"),
    };
    let found = database.texts(&format!("SELECT {wanted} FROM {from}")).await;
    found.into_iter().map(|line| line.split('|').map(str::to_owned).collect()).collect()
}
