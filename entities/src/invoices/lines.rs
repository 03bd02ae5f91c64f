//! What an invoice consists of, and the words by which a transfer may name it.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::catalogues::FeeCategory;
use crate::db::Db;
use crate::error::Error;
use crate::ids::{FeeId, InvoiceId, InvoiceLineId};
use crate::money::Vnd;
use crate::page;
use crate::reach::Reach;
use crate::tables::{invoice_lines, payment_references};

/// A line of an invoice. Money fills the lines in their order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvoiceLine {
    /// Its key.
    pub id: InvoiceLineId,
    /// The invoice.
    pub invoice: InvoiceId,
    /// Its place on the invoice, from 1.
    pub position: i64,
    /// What it is for.
    pub fee: FeeId,
    /// The category of that fee.
    pub category: &'static FeeCategory,
    /// The words that families read.
    pub description: String,
    /// What is asked for.
    pub amount: Vnd,
    /// What came in so far.
    pub paid: Vnd,
    /// The day on which the family agreed to pay; none where no consent is asked for.
    pub opted_in_on: Option<NaiveDate>,
}

impl TryFrom<invoice_lines::Model> for InvoiceLine {
    type Error = Error;

    fn try_from(row: invoice_lines::Model) -> Result<Self, Error> {
        Ok(Self {
            id: InvoiceLineId::from_uuid(row.id),
            invoice: InvoiceId::from_uuid(row.invoice_id),
            position: row.position,
            fee: FeeId::from_uuid(row.fee_id),
            category: FeeCategory::parse(&row.category).map_err(Error::internal)?,
            description: row.description,
            amount: Vnd::new(row.amount),
            paid: Vnd::new(row.paid_amount),
            opted_in_on: row.opted_in_on,
        })
    }
}

/// Whose word a payment reference is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReferenceKind {
    /// The hub's invoice code.
    HubCode,
    /// A vendor's own payment code, which a family may have used for years.
    VendorCode,
}

impl ReferenceKind {
    /// The stable word in SCREAMING_SNAKE_CASE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HubCode => "HUB_CODE",
            Self::VendorCode => "VENDOR_CODE",
        }
    }
}

/// A word by which a transfer may name an invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaymentReference {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose word it is.
    pub kind: ReferenceKind,
    /// The word: capital letters and digits.
    pub reference: String,
}

impl TryFrom<payment_references::Model> for PaymentReference {
    type Error = Error;

    fn try_from(row: payment_references::Model) -> Result<Self, Error> {
        let is_hub = row.kind == ReferenceKind::HubCode.as_str();
        Ok(Self {
            invoice: InvoiceId::from_uuid(row.invoice_id),
            kind: if is_hub { ReferenceKind::HubCode } else { ReferenceKind::VendorCode },
            reference: row.reference,
        })
    }
}

/// The lines of each of these invoices in their order, as far as they lie in reach.
pub async fn lines_of(
    db: &Db,
    reach: &Reach,
    invoices: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Vec<InvoiceLine>>, Error> {
    use invoice_lines::Column;
    let select = invoice_lines::Entity::find()
        .filter(Column::InvoiceId.is_in(invoices.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId))
        .order_by_asc(Column::InvoiceId)
        .order_by_asc(Column::Position);
    page::gathered(select.all(db.read()).await?, |line: &InvoiceLine| line.invoice)
}

/// The payment references of each of these invoices, the hub's own first, as far as they lie in reach.
pub async fn references_of(
    db: &Db,
    reach: &Reach,
    invoices: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Vec<PaymentReference>>, Error> {
    use payment_references::Column;
    let select = payment_references::Entity::find()
        .filter(Column::InvoiceId.is_in(invoices.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId))
        .order_by_asc(Column::Kind)
        .order_by_asc(Column::Reference);
    page::gathered(select.all(db.read()).await?, |reference: &PaymentReference| reference.invoice)
}
