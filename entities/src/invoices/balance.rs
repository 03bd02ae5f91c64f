//! An invoice under the hand of money: locked, filled line by line, and written back with its status.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Invoice, InvoiceLine, InvoiceStatus};
use crate::bulk;
use crate::changes::{Change, Mark};
use crate::codes::InvoiceCode;
use crate::db::{Tx, rows_per_statement};
use crate::error::Error;
use crate::ids::{InvoiceId, InvoiceLineId};
use crate::money::Vnd;
use crate::tables::{invoice_lines, invoices};
use crate::time::Timestamp;

/// An invoice with its lines, as this transaction alone may change them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Balance {
    pub(crate) invoice: Invoice,
    pub(crate) lines: Vec<InvoiceLine>,
    /// The status with which it was read.
    pub(crate) was: InvoiceStatus,
}

/// Money that lies on a line: what `allocation_lines` keep.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Filled {
    pub(crate) line: InvoiceLineId,
    pub(crate) category: &'static str,
    pub(crate) amount: Vnd,
}

impl Balance {
    /// What readers are told of it.
    pub(crate) fn change(&self) -> Change {
        let invoice = &self.invoice;
        let is_paid = invoice.status == InvoiceStatus::Paid && self.was != InvoiceStatus::Paid;
        Change::upsert("Invoice", invoice.id.uuid(), invoice.code.as_str(), Some(invoice.school))
            .marked(is_paid.then_some(Mark::Paid))
    }

    /// Fills the lines in their order and says how much went where.
    ///
    /// # Errors
    /// An internal error when there is less open than `amount`: whoever books money looks at [`Invoice::open`] first.
    pub(crate) fn fill(&mut self, amount: Vnd) -> Result<Vec<Filled>, Error> {
        if !amount.is_positive() || amount > self.invoice.open() {
            return Err(Error::internal("more money than the invoice is open for"));
        }
        let (mut left, mut filled) = (amount, Vec::new());
        for line in &mut self.lines {
            let part = left.min(line.amount.checked_sub(line.paid).map_err(Error::internal)?);
            if part.is_positive() {
                line.paid = line.paid.checked_add(part).map_err(Error::internal)?;
                left = left.checked_sub(part).map_err(Error::internal)?;
                filled.push(Filled { line: line.id, category: line.category.code, amount: part });
            }
        }
        if !left.is_zero() {
            return Err(Error::internal("the lines of an invoice do not add up to it"));
        }
        self.reckon()?;
        Ok(filled)
    }

    /// Takes money off the lines again, as it was put there.
    ///
    /// # Errors
    /// An internal error when a line holds less than is taken.
    pub(crate) fn drain(&mut self, filled: &[Filled]) -> Result<(), Error> {
        for part in filled {
            let line = self.lines.iter_mut().find(|line| line.id == part.line);
            let line = line.ok_or_else(|| Error::internal("an allocation names a line of another invoice"))?;
            line.paid = line.paid.checked_sub(part.amount).map_err(Error::internal)?;
            if line.paid < Vnd::ZERO {
                return Err(Error::internal("an invoice line holds less than was allocated to it"));
            }
        }
        self.reckon()
    }

    fn reckon(&mut self) -> Result<(), Error> {
        self.invoice.paid = Vnd::checked_sum(self.lines.iter().map(|line| line.paid)).map_err(Error::internal)?;
        self.invoice.status = match self.invoice.status {
            InvoiceStatus::Cancelled => return Err(Error::internal("a cancelled invoice takes no money")),
            _ if self.invoice.paid.is_zero() => InvoiceStatus::Open,
            _ if self.invoice.paid == self.invoice.amount => InvoiceStatus::Paid,
            _ => InvoiceStatus::PartiallyPaid,
        };
        Ok(())
    }
}

/// Locks these invoices in the order of their ids and reads them with their lines. Lock the school's ledger row first.
pub(crate) async fn lock(tx: &Tx, ids: &[InvoiceId]) -> Result<Vec<Balance>, Error> {
    let mut ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut balances = Vec::with_capacity(ids.len());
    for some in ids.chunks(rows_per_statement(1)) {
        let rows = invoices::Entity::find()
            .filter(invoices::Column::Id.is_in(some.iter().copied()))
            .order_by_asc(invoices::Column::Id)
            .lock_exclusive()
            .all(tx.conn())
            .await?;
        let lines = invoice_lines::Entity::find()
            .filter(invoice_lines::Column::InvoiceId.is_in(some.iter().copied()))
            .order_by_asc(invoice_lines::Column::Position);
        let mut of: HashMap<InvoiceId, Vec<InvoiceLine>> =
            crate::page::gathered(lines.all(tx.conn()).await?, |line: &InvoiceLine| line.invoice)?;
        for row in rows {
            let invoice = Invoice::try_from(row)?;
            let lines = of.remove(&invoice.id).unwrap_or_default();
            balances.push(Balance { was: invoice.status, invoice, lines });
        }
    }
    Ok(balances)
}

/// Locks the invoices with these codes; codes that name none are left out. Lock the school's ledger row first.
pub(crate) async fn lock_by_codes(tx: &Tx, codes: &[InvoiceCode]) -> Result<Vec<Balance>, Error> {
    use invoices::Column;
    let mut ids = Vec::with_capacity(codes.len());
    for some in codes.chunks(rows_per_statement(1)) {
        let select = invoices::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Code.is_in(some.iter().map(InvoiceCode::as_str)));
        ids.extend(select.into_tuple::<Uuid>().all(tx.conn()).await?.into_iter().map(InvoiceId::from_uuid));
    }
    lock(tx, &ids).await
}

/// Writes back what changed: amounts, statuses and lines, in two statements for any number of invoices.
pub(crate) async fn store(tx: &Tx, changed: &[Balance], now: Timestamp) -> Result<(), Error> {
    let row = |Invoice { id, paid, status, .. }: &Invoice| {
        vec![id.uuid().into(), paid.get().into(), status.as_str().into(), now.micros().into()]
    };
    let columns = ["id", "paid_amount", "status", "updated_at"];
    bulk::update(tx, "invoices", &columns, changed.iter().map(|balance| row(&balance.invoice)).collect()).await?;
    let lines = changed.iter().flat_map(|balance| &balance.lines);
    let rows = lines.map(|line| vec![line.id.uuid().into(), line.paid.get().into()]).collect();
    bulk::update(tx, "invoice_lines", &["id", "paid_amount"], rows).await
}

#[cfg(test)]
mod tests;
