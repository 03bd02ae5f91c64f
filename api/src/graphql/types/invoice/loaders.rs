//! The questions that invoices ask about their children.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use entities::cash::{self, CashPayment};
use entities::ids::InvoiceId;
use entities::invoices::{self, Invoice, InvoiceLine, PaymentReference};

use crate::graphql::loaders::{Failed, Ledger};

impl Loader<InvoiceId> for Ledger {
    type Value = Invoice;
    type Error = Failed;

    async fn load(&self, keys: &[InvoiceId]) -> Result<HashMap<InvoiceId, Invoice>, Failed> {
        Ok(invoices::by_ids(&self.db, &self.reach, keys).await?)
    }
}

/// Which cash was taken for this invoice?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CashOf(pub InvoiceId);

impl Loader<CashOf> for Ledger {
    type Value = Vec<CashPayment>;
    type Error = Failed;

    async fn load(&self, keys: &[CashOf]) -> Result<HashMap<CashOf, Vec<CashPayment>>, Failed> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = cash::of_invoices(&self.db, &self.reach, &ids).await?;
        Ok(found.into_iter().map(|(id, payments)| (CashOf(id), payments)).collect())
    }
}

/// Which lines has this invoice?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LinesOf(pub InvoiceId);

impl Loader<LinesOf> for Ledger {
    type Value = Vec<InvoiceLine>;
    type Error = Failed;

    async fn load(&self, keys: &[LinesOf]) -> Result<HashMap<LinesOf, Vec<InvoiceLine>>, Failed> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = invoices::lines_of(&self.db, &self.reach, &ids).await?;
        Ok(found.into_iter().map(|(id, lines)| (LinesOf(id), lines)).collect())
    }
}

/// By which words may a transfer name this invoice?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ReferencesOf(pub InvoiceId);

impl Loader<ReferencesOf> for Ledger {
    type Value = Vec<PaymentReference>;
    type Error = Failed;

    async fn load(&self, keys: &[ReferencesOf]) -> Result<HashMap<ReferencesOf, Vec<PaymentReference>>, Failed> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = invoices::references_of(&self.db, &self.reach, &ids).await?;
        Ok(found.into_iter().map(|(id, references)| (ReferencesOf(id), references)).collect())
    }
}

/// Which invoices were asked for at once, under the name of this first one?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GroupOf(pub InvoiceId);

impl Loader<GroupOf> for Ledger {
    type Value = Vec<Invoice>;
    type Error = Failed;

    async fn load(&self, keys: &[GroupOf]) -> Result<HashMap<GroupOf, Vec<Invoice>>, Failed> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = invoices::by_groups(&self.db, &self.reach, &ids).await?;
        Ok(found.into_iter().map(|(id, group)| (GroupOf(id), group)).collect())
    }
}
