//! A vendor's nightly synchronisation sends the same rows again: the same row is found, another one under the same
//! external id is refused with the field that differs.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::ReferenceKind;
use super::draft::{Draft, NewInvoice};
use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::tables::{invoice_lines, invoices, payment_references};

/// The groups that the caller's external ids name already, by school and id.
pub(super) struct Earlier {
    links: HashMap<(Uuid, String), Uuid>,
    groups: HashMap<Uuid, Vec<Draft>>,
}

impl Earlier {
    /// The group that this external id names, when it says the same as the row; none when it names nothing yet.
    pub(super) fn same(&self, row: &NewInvoice, external: &str, drafts: &[Draft]) -> Result<Option<Uuid>, Refusal> {
        let Some(group) = self.links.get(&(row.school.uuid(), external.to_owned())) else { return Ok(None) };
        let issued = self.groups.get(group).map_or(&[][..], Vec::as_slice);
        match difference(issued, drafts, row.issued_on.is_some()) {
            None => Ok(Some(*group)),
            Some(field) => Err(Refusal::new(
                "EXTERNAL_ID_TAKEN",
                format!("This external id names an invoice of yours with another `{field}`."),
                format!("Mã riêng này đã gắn với một phiếu báo thu khác của bạn (khác `{field}`)."),
            )
            .at(field)),
        }
    }
}

/// Reads the groups behind these links, as they were asked for.
pub(super) async fn earlier(tx: &Tx, links: HashMap<(Uuid, String), Uuid>) -> Result<Earlier, Error> {
    let wanted: Vec<Uuid> = links.values().copied().collect();
    let mut drafts: HashMap<Uuid, Draft> = HashMap::new();
    for some in wanted.chunks(rows_per_statement(1)) {
        let select = invoices::Entity::find().filter(invoices::Column::GroupId.is_in(some.iter().copied()));
        let read = select.all(tx.conn()).await?;
        let empty = |invoice| Draft { invoice, lines: Vec::new(), references: Vec::new() };
        drafts.extend(read.into_iter().map(|invoice| (invoice.id, empty(invoice))));
    }
    let ids: Vec<Uuid> = drafts.keys().copied().collect();
    for some in ids.chunks(rows_per_statement(1)) {
        let lines = invoice_lines::Entity::find()
            .filter(invoice_lines::Column::InvoiceId.is_in(some.iter().copied()))
            .order_by_asc(invoice_lines::Column::Position);
        for line in lines.all(tx.conn()).await? {
            drafts.entry(line.invoice_id).and_modify(|draft| draft.lines.push(line));
        }
        let words = payment_references::Entity::find()
            .filter(payment_references::Column::InvoiceId.is_in(some.iter().copied()))
            .filter(payment_references::Column::Kind.eq(ReferenceKind::VendorCode.as_str()));
        for word in words.all(tx.conn()).await? {
            drafts.entry(word.invoice_id).and_modify(|draft| draft.references.push(word));
        }
    }
    let mut groups: HashMap<Uuid, Vec<Draft>> = HashMap::new();
    for draft in drafts.into_values() {
        groups.entry(draft.invoice.group_id).or_default().push(draft);
    }
    Ok(Earlier { links, groups })
}

/// The first field in which a row differs from what was issued. A row that names no day of issue means the earlier one.
fn difference(issued: &[Draft], drafts: &[Draft], day_matters: bool) -> Option<&'static str> {
    if issued.len() != drafts.len() {
        return Some("lines");
    }
    drafts.iter().find_map(|draft| {
        let same_account = |other: &&Draft| other.invoice.bank_account_id == draft.invoice.bank_account_id;
        let Some(other) = issued.iter().find(same_account) else { return Some("lines") };
        let (one, two) = (&draft.invoice, &other.invoice);
        let fields = [
            ("student", one.student_id == two.student_id),
            ("issuedOn", !day_matters || one.issued_on == two.issued_on),
            ("dueOn", one.due_on == two.due_on),
            ("lines", lines(draft) == lines(other)),
            ("paymentReferences", words(draft) == words(other)),
        ];
        fields.into_iter().find(|(_, same)| !same).map(|(field, _)| field)
    })
}

fn lines(draft: &Draft) -> Vec<(Uuid, i64, &str, Option<chrono::NaiveDate>)> {
    draft.lines.iter().map(|line| (line.fee_id, line.amount, line.description.as_str(), line.opted_in_on)).collect()
}

fn words(draft: &Draft) -> Vec<&str> {
    let mut words: Vec<&str> = draft.references.iter().map(|word| word.reference.as_str()).collect();
    words.sort_unstable();
    words
}
