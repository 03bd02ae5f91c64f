//! Which invoices money may mean: those that its words name, and those of the student that its virtual account names.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::draft::NewInvoice;
use super::{InvoiceStatus, ReferenceKind};
use crate::codes::InvoiceCode;
use crate::db::{Tx, rows_per_statement};
use crate::error::Error;
use crate::ids::{BankAccountId, InvoiceId, SchoolId, StudentId};
use crate::matching::normalise_reference;
use crate::tables::{invoices, payment_references};

/// An invoice that a word names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Named {
    /// The word, as it was asked for.
    pub(crate) reference: String,
    /// Whether the word is the hub's own code.
    pub(crate) by_hub_code: bool,
    /// The invoice.
    pub(crate) invoice: InvoiceId,
    /// Its school.
    pub(crate) school: SchoolId,
}

/// The invoices that these words name: hub codes and vendors' references, in the form in which they are kept. A word of a
/// vendor may name several, of several schools even; the caller keeps those in the connection's scope.
pub(crate) async fn named_by(tx: &Tx, words: &[String]) -> Result<Vec<Named>, Error> {
    use payment_references::Column;
    let mut named = Vec::new();
    for some in words.chunks(rows_per_statement(1)) {
        let select = payment_references::Entity::find()
            .filter(Column::Reference.is_in(some.iter().cloned()))
            .order_by_asc(Column::Reference)
            .order_by_asc(Column::InvoiceId);
        named.extend(select.all(tx.conn()).await?.into_iter().map(|row| Named {
            by_hub_code: row.kind == ReferenceKind::HubCode.as_str(),
            invoice: InvoiceId::from_uuid(row.invoice_id),
            school: SchoolId::from_uuid(row.school_id),
            reference: row.reference,
        }));
    }
    Ok(named)
}

/// The unpaid invoices of these students, each with its student and the account into which it is paid, by id.
pub(crate) async fn open_of_students(
    tx: &Tx,
    students: &[StudentId],
) -> Result<Vec<(StudentId, BankAccountId, InvoiceId)>, Error> {
    use invoices::Column;
    let mut open = Vec::new();
    let unpaid = [InvoiceStatus::Open.as_str(), InvoiceStatus::PartiallyPaid.as_str()];
    for some in students.chunks(rows_per_statement(1)) {
        let select = invoices::Entity::find()
            .select_only()
            .columns([Column::StudentId, Column::BankAccountId, Column::Id])
            .filter(Column::StudentId.is_in(some.iter().map(|id| id.uuid())))
            .filter(Column::Status.is_in(unpaid))
            .order_by_asc(Column::Id);
        let rows: Vec<(Uuid, Uuid, Uuid)> = select.into_tuple().all(tx.conn()).await?;
        open.extend(rows.into_iter().map(|(student, account, invoice)| {
            (StudentId::from_uuid(student), BankAccountId::from_uuid(account), InvoiceId::from_uuid(invoice))
        }));
    }
    Ok(open)
}

/// The schools of the invoices with these codes.
pub(crate) async fn schools_of(tx: &Tx, codes: &[InvoiceCode]) -> Result<BTreeSet<SchoolId>, Error> {
    use invoices::Column;
    let mut schools = BTreeSet::new();
    for some in codes.chunks(rows_per_statement(1)) {
        let select = invoices::Entity::find()
            .select_only()
            .column(Column::SchoolId)
            .distinct()
            .filter(Column::Code.is_in(some.iter().map(InvoiceCode::as_str)));
        schools.extend(select.into_tuple::<Uuid>().all(tx.conn()).await?.into_iter().map(SchoolId::from_uuid));
    }
    Ok(schools)
}

/// Which students the vendors' references of these rows name already, by school.
pub(super) async fn owners(tx: &Tx, rows: &[NewInvoice]) -> Result<HashMap<(SchoolId, String), StudentId>, Error> {
    use payment_references::Column;
    let words: Vec<String> =
        rows.iter().flat_map(|row| &row.references).filter_map(|text| normalise_reference(text).ok()).collect();
    let mut found = HashMap::new();
    for some in words.chunks(rows_per_statement(1)) {
        let select = payment_references::Entity::find().filter(Column::Reference.is_in(some.iter().cloned()));
        let named = select.all(tx.conn()).await?;
        let students = students_of(tx, named.iter().map(|row| row.invoice_id).collect()).await?;
        found.extend(named.into_iter().filter_map(|row| {
            let student = students.get(&row.invoice_id)?;
            Some(((SchoolId::from_uuid(row.school_id), row.reference), *student))
        }));
    }
    Ok(found)
}

async fn students_of(tx: &Tx, ids: Vec<Uuid>) -> Result<HashMap<Uuid, StudentId>, Error> {
    use invoices::Column;
    let mut students = HashMap::new();
    for some in ids.chunks(rows_per_statement(1)) {
        let select = invoices::Entity::find()
            .select_only()
            .columns([Column::Id, Column::StudentId])
            .filter(Column::Id.is_in(some.iter().copied()));
        let rows: Vec<(Uuid, Uuid)> = select.into_tuple().all(tx.conn()).await?;
        students.extend(rows.into_iter().map(|(invoice, student)| (invoice, StudentId::from_uuid(student))));
    }
    Ok(students)
}
