//! What the ledger holds, in one short line for each thing, so that a test can say all that it expects at once.

use super::ground::Bill;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

/// Looks behind the hub's back.
pub(super) struct Look<'a>(pub(super) &'a Database);

impl Look<'_> {
    /// Status, amount on invoices, amount of credit, review with its reason: `SETTLED 100000+0 NONE`.
    pub(super) async fn money(&self, transaction: impl std::fmt::Display) -> String {
        let select = "SELECT status || ' ' || CAST(allocated_amount AS TEXT) || '+' || CAST(credited_amount AS TEXT) \
                      || ' ' || review || COALESCE(' ' || review_reason, '') FROM bank_transactions";
        self.one(&format!("{select} WHERE transaction_id = '{transaction}'")).await
    }

    /// Status and what came in: `PAID 100000`.
    pub(super) async fn bill(&self, bill: &Bill) -> String {
        let select = "SELECT status || ' ' || CAST(paid_amount AS TEXT) FROM invoices";
        self.one(&format!("{select} WHERE code = '{}'", bill.code)).await
    }

    /// How many of something there are: `bank_transactions`, `allocations WHERE ...`.
    pub(super) async fn count(&self, what: &str) -> i64 {
        self.0.number(&format!("SELECT COUNT(*) FROM {what}")).await
    }

    /// What became of an event, with the reason: `PARKED SHAPE`; one for each content that it came with, in order.
    pub(super) async fn events(&self, event: &str) -> Vec<String> {
        let select = "SELECT status || COALESCE(' ' || reason, '') FROM inbound_events";
        self.0.texts(&format!("{select} WHERE event_id = '{event}' ORDER BY received_at, id")).await
    }

    pub(super) async fn one(&self, query: &str) -> String {
        let mut found = self.0.texts(query).await;
        assert_eq!(found.len(), 1, "{query}: {found:?}");
        found.remove(0)
    }
}

/// The end of every test of money: all jobs are done, the hub drains, and everything adds up.
pub(super) async fn adds_up(hub: Hub<'_>, database: &Database) {
    hub.finish().await;
    program::run(database, &["verify"]);
}
