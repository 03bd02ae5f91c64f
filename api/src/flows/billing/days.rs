//! The hub's day, for the bank to compare.

use chrono::NaiveDate;
use connectors::bill::{Answer, No, Taken};
use entities::{Error, bills, transaction};

use super::Counter;
use super::status::standing;

/// Payments of one bank on one day, and more than any has.
pub(super) const MOST_PAYMENTS: u64 = 200_000;

impl Counter<'_> {
    pub(super) async fn day_file(&self, day: NaiveDate) -> Result<Answer, Error> {
        let known = bills::known_on(&self.hub.db, self.connection(), day, MOST_PAYMENTS).await?;
        let is_fresh = transaction!(&self.hub.db, |tx| self.is_fresh(tx).await)?;
        if !is_fresh {
            return Ok(Answer::No(No::NonceUsed));
        }
        let taken = known
            .into_iter()
            .map(|known| Taken { standing: standing(&known), invoice_code: known.payment.invoice_code });
        Ok(Answer::DayFile(taken.collect()))
    }
}
