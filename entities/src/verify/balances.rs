//! Amounts that are kept beside the rows they sum up: each check is a statement that answers only the rows that differ.

use sea_orm::QueryResult;
use uuid::Uuid;

use crate::error::Error;

/// A statement over one table whose rows are wrong: the row's `id`, what it has (`had`) and what it should have (`due`).
pub(super) struct Check {
    pub(super) what: &'static str,
    pub(super) sql: &'static str,
    /// The row's table and the words around `had` and `due`.
    sentence: (&'static str, &'static str, &'static str),
}

impl Check {
    pub(super) fn sentence(&self, row: &QueryResult) -> Result<String, Error> {
        let (id, had, due): (Uuid, i64, i64) =
            (row.try_get("", "id")?, row.try_get("", "had")?, row.try_get("", "due")?);
        let (table, is, should) = self.sentence;
        Ok(format!("{table} {id}: {is} {had}, {should} {due}."))
    }
}

/// Every check of this kind.
pub(super) const CHECKS: [Check; 12] = [
    Check {
        what: "invoices have been paid what stands allocated",
        sql: "SELECT i.id, i.paid_amount AS had, CAST(COALESCE(a.amount, 0) AS BIGINT) AS due FROM invoices i \
              LEFT JOIN (SELECT invoice_id, SUM(amount) AS amount FROM allocations WHERE undone_at IS NULL \
              GROUP BY invoice_id) a ON a.invoice_id = i.id WHERE i.paid_amount <> COALESCE(a.amount, 0)",
        sentence: ("invoices", "paid_amount is", "its standing allocations add up to"),
    },
    Check {
        what: "invoice lines have been paid what stands allocated",
        sql: "SELECT l.id, l.paid_amount AS had, CAST(COALESCE(a.amount, 0) AS BIGINT) AS due FROM invoice_lines l \
              LEFT JOIN (SELECT al.invoice_line_id, SUM(al.amount) AS amount FROM allocation_lines al \
              JOIN allocations a ON a.id = al.allocation_id WHERE a.undone_at IS NULL GROUP BY al.invoice_line_id) a \
              ON a.invoice_line_id = l.id WHERE l.paid_amount <> COALESCE(a.amount, 0)",
        sentence: ("invoice_lines", "paid_amount is", "its standing allocations add up to"),
    },
    Check {
        what: "invoices are the sum of their lines",
        sql: "SELECT i.id, i.amount AS had, CAST(COALESCE(l.amount, 0) AS BIGINT) AS due FROM invoices i \
              LEFT JOIN (SELECT invoice_id, SUM(amount) AS amount FROM invoice_lines GROUP BY invoice_id) l \
              ON l.invoice_id = i.id WHERE i.amount <> COALESCE(l.amount, 0)",
        sentence: ("invoices", "amount is", "its lines add up to"),
    },
    Check {
        what: "invoices have the status of what was paid",
        sql: "SELECT id, paid_amount AS had, amount AS due FROM invoices WHERE status <> 'CANCELLED' AND status <> \
              CASE WHEN paid_amount = 0 THEN 'OPEN' WHEN paid_amount < amount THEN 'PARTIALLY_PAID' ELSE 'PAID' END",
        sentence: ("invoices", "its status does not say that paid is", "of"),
    },
    Check {
        what: "allocations are the sum of their lines",
        sql: "SELECT a.id, a.amount AS had, CAST(COALESCE(l.amount, 0) AS BIGINT) AS due FROM allocations a \
              LEFT JOIN (SELECT allocation_id, SUM(amount) AS amount FROM allocation_lines GROUP BY allocation_id) l \
              ON l.allocation_id = a.id WHERE a.amount <> COALESCE(l.amount, 0)",
        sentence: ("allocations", "amount is", "its lines add up to"),
    },
    Check {
        what: "bank transactions know what of them is allocated",
        sql: "SELECT t.id, t.allocated_amount AS had, CAST(COALESCE(a.amount, 0) AS BIGINT) AS due \
              FROM bank_transactions t LEFT JOIN (SELECT bank_transaction_id, SUM(amount) AS amount FROM allocations \
              WHERE undone_at IS NULL AND bank_transaction_id IS NOT NULL GROUP BY bank_transaction_id) a \
              ON a.bank_transaction_id = t.id WHERE t.allocated_amount <> COALESCE(a.amount, 0)",
        sentence: ("bank_transactions", "allocated_amount is", "its standing allocations add up to"),
    },
    Check {
        what: "bank transactions know what of them became credit",
        sql: "SELECT t.id, t.credited_amount AS had, CAST(COALESCE(c.amount, 0) AS BIGINT) AS due \
              FROM bank_transactions t LEFT JOIN (SELECT bank_transaction_id, SUM(amount) AS amount \
              FROM student_credits WHERE undone_at IS NULL GROUP BY bank_transaction_id) c \
              ON c.bank_transaction_id = t.id WHERE t.credited_amount <> COALESCE(c.amount, 0)",
        sentence: ("bank_transactions", "credited_amount is", "its standing credits add up to"),
    },
    Check {
        what: "no bank transaction pays more than it brought",
        sql: "SELECT id, allocated_amount + credited_amount AS had, amount AS due FROM bank_transactions \
              WHERE allocated_amount < 0 OR credited_amount < 0 OR allocated_amount + credited_amount > amount",
        sentence: ("bank_transactions", "it pays and credits", "and brought only"),
    },
    Check {
        what: "what is the same money as another pays nothing, and the other counts",
        sql: "SELECT t.id, t.amount AS had, o.amount AS due FROM bank_transactions t \
              JOIN bank_transactions o ON o.id = t.same_as WHERE o.same_as IS NOT NULL OR t.amount <> o.amount \
              OR t.bank_account_id IS NULL OR o.bank_account_id IS NULL OR t.bank_account_id <> o.bank_account_id \
              OR t.connection_id = o.connection_id OR t.allocated_amount <> 0 OR t.credited_amount <> 0",
        sentence: ("bank_transactions", "it is not the same money as the one that counts for it; amount", "on one of"),
    },
    Check {
        what: "lines of statements confirm credits of their account and amount",
        sql: "SELECT l.id, l.amount AS had, t.amount AS due FROM statement_lines l \
              JOIN bank_transactions t ON t.id = l.bank_transaction_id WHERE l.outcome = 'CONFIRMED' \
              AND (l.amount <> t.amount OR t.bank_account_id IS NULL OR l.bank_account_id <> t.bank_account_id)",
        sentence: ("statement_lines", "it confirms another account or amount than its own", "the transaction has"),
    },
    Check {
        what: "money of a school pays that school's invoices, through an account that its connection speaks for",
        sql: "SELECT a.id, a.amount AS had, a.amount AS due FROM allocations a JOIN invoices i ON i.id = a.invoice_id \
              LEFT JOIN bank_transactions t ON t.id = a.bank_transaction_id \
              LEFT JOIN bank_accounts b ON b.id = t.bank_account_id \
              LEFT JOIN connection_accounts ca ON ca.connection_id = t.connection_id \
              AND ca.bank_account_id = t.bank_account_id WHERE a.school_id <> i.school_id OR (t.id IS NOT NULL \
              AND (t.school_id IS NULL OR t.school_id <> a.school_id OR b.id IS NULL OR b.school_id <> a.school_id \
              OR ca.connection_id IS NULL))",
        sentence: (
            "allocations",
            "its invoice, transaction, account and connection are not of one school; amount",
            "of",
        ),
    },
    Check {
        what: "allocations name the code and the client of their invoices",
        sql: "SELECT a.id, a.amount AS had, i.amount AS due FROM allocations a JOIN invoices i ON i.id = a.invoice_id \
              WHERE a.invoice_code <> i.code OR a.client_id <> i.client_id \
              OR (a.client_id IS NULL AND i.client_id IS NOT NULL) OR (a.client_id IS NOT NULL AND i.client_id IS NULL)",
        sentence: ("allocations", "it names another code or client than its invoice; amount", "on one of"),
    },
];
