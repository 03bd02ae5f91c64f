//! Issuing invoices in bulk: one statement per table for the whole batch, however many rows it has.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::draft::{Draft, Ground, NewInvoice, draw_up};
use super::repeat::{Earlier, earlier};
use super::{lookup, numbering};
use crate::audit::{self, Entry};
use crate::batch::{self, Batch, RowResult, RowStatus, Tally};
use crate::bulk;
use crate::changes::Change;
use crate::db::{Tx, rows_per_statement};
use crate::enrolled::Enrolled;
use crate::error::{Error, Refusal};
use crate::external_ids::{self, Link};
use crate::fees::Fee;
use crate::idempotency;
use crate::ids::{FeeId, SchoolId, StudentId};
use crate::ledgers::Owner;
use crate::school_facts::{self, SchoolFacts};
use crate::tables::{fees, invoices};

const KIND: &str = "Invoice";

/// How invoices are issued.
#[derive(Clone, Copy, Debug)]
pub struct Issue<'a> {
    /// In whose name, under which key and when.
    pub batch: Batch<'a>,
    /// The two letters of the hub's invoice codes; [`crate::codes::DEFAULT_PREFIX`] unless configured.
    pub prefix: &'a str,
}

/// Issues invoices, one result per row in their order; its id is the group's, see [`super::by_groups`].
///
/// The same external id with the same row changes nothing. Lines of several accounts become one invoice per account.
///
/// # Errors
/// Rows are refused with `NOT_FOUND` (school, student, fee), the codes of [`crate::catalogues::may_charge`], those of their
/// values, `REFERENCE_TAKEN` or `EXTERNAL_ID_TAKEN` (with the field that differs); the whole batch with
/// `REAL_DATA_NOT_ENABLED` or `IDEMPOTENCY_KEY_REUSED`.
pub async fn create(tx: &Tx, issue: &Issue<'_>, rows: &[NewInvoice]) -> Result<Vec<RowResult>, Error> {
    tx.kind().allow_personal_data()?;
    let batch = &issue.batch;
    if let Some(attempt) = batch.attempt
        && let Some(made) = idempotency::recall(tx, attempt).await?
    {
        let visible = visible(tx, batch, &made).await?;
        let external_ids: Vec<_> = rows.iter().map(|row| row.external_id.as_deref()).collect();
        return Ok(batch::repeated(&made, &external_ids, &visible));
    }
    let known = Known::read(tx, batch, rows).await?;
    let (mut tally, mut drafts) = (Tally::new(KIND), Vec::new());
    let mut claimed = known.references.clone();
    for row in rows {
        match judge(row, batch, &known, &mut claimed, &mut tally) {
            Err(refusal) => tally.refuse(row.external_id.as_deref(), vec![refusal]),
            Ok(Judged::Earlier(group)) => {
                let change = Change::upsert(KIND, group, "", Some(row.school));
                tally.accept(row.external_id.as_deref(), RowStatus::Unchanged, change, None);
            }
            Ok(Judged::Fresh(fresh, external)) => {
                drafts.push((tally.reserve(row.external_id.as_deref()), fresh, external))
            }
        }
    }
    write(tx, issue, drafts, &mut tally).await?;
    tally.finish(tx, batch).await
}

enum Judged {
    /// Issued before under the same external id.
    Earlier(Uuid),
    /// To be issued, and linked to the caller's own id.
    Fresh(Vec<Draft>, Option<String>),
}

/// Which student of a school a vendor's payment reference names.
type References = HashMap<(SchoolId, String), StudentId>;

/// What the database knows of a batch.
struct Known {
    schools: HashMap<SchoolId, SchoolFacts>,
    enrolled: Enrolled,
    fees: HashMap<FeeId, Fee>,
    earlier: Earlier,
    references: References,
}

impl Known {
    async fn read(tx: &Tx, batch: &Batch<'_>, rows: &[NewInvoice]) -> Result<Self, Error> {
        let external_ids: Vec<&str> = rows.iter().filter_map(|row| row.external_id.as_deref()).collect();
        let named: Vec<_> = rows.iter().map(|row| (row.school, &row.student)).collect();
        let links = external_ids::find(tx, batch.reach, KIND, &external_ids).await?;
        Ok(Self {
            schools: school_facts::in_reach(tx, batch.reach, rows.iter().map(|row| row.school)).await?,
            enrolled: Enrolled::read(tx, batch.reach, &named).await?,
            fees: fees_of(tx, rows).await?,
            earlier: earlier(tx, links).await?,
            references: lookup::owners(tx, rows).await?,
        })
    }
}

fn judge(
    row: &NewInvoice,
    batch: &Batch<'_>,
    known: &Known,
    claimed: &mut References,
    tally: &mut Tally,
) -> Result<Judged, Refusal> {
    let school = known.schools.get(&row.school).ok_or_else(|| Refusal::not_found("school"))?;
    let student = known.enrolled.student(row.school, &row.student)?;
    let external = row.external_id.as_deref().map(|id| external_ids::check(batch.reach, id)).transpose()?;
    if let Some(external) = &external {
        tally.claim(format!("{}/{external}", row.school))?;
    }
    let (ownership, client) = (school.ownership, batch.reach.client());
    let ground = Ground { student, fees: &known.fees, ownership, client, now: batch.now };
    let drafts = draw_up(row, &ground)?;
    if let Some(external) = &external
        && let Some(group) = known.earlier.same(row, external, &drafts)?
    {
        return Ok(Judged::Earlier(group));
    }
    claim_references(row.school, student, &drafts, claimed)?;
    Ok(Judged::Fresh(drafts, external))
}

/// A payment reference names one student of a school, or money that carries it could be anybody's.
fn claim_references(
    school: SchoolId,
    named: StudentId,
    drafts: &[Draft],
    claimed: &mut References,
) -> Result<(), Refusal> {
    let words = || drafts.iter().flat_map(|draft| &draft.references).map(|word| (school, word.reference.clone()));
    if words().any(|word| claimed.get(&word).is_some_and(|student| *student != named)) {
        return Err(Refusal::new(
            "REFERENCE_TAKEN",
            "This payment reference names another student of the school.",
            "Mã thanh toán này đã gắn với học sinh khác của trường.",
        )
        .at("paymentReferences"));
    }
    claimed.extend(words().map(|word| (word, named)));
    Ok(())
}

async fn write(
    tx: &Tx,
    issue: &Issue<'_>,
    mut rows: Vec<(usize, Vec<Draft>, Option<String>)>,
    tally: &mut Tally,
) -> Result<(), Error> {
    let count = rows.iter().map(|(_, drafts, _)| drafts.len()).sum();
    let mut codes = numbering::draw(tx, issue.prefix, count).await?.into_iter();
    for (index, drafts, external) in &mut rows {
        let mut changes = Vec::with_capacity(drafts.len());
        for (draft, code) in drafts.iter_mut().zip(codes.by_ref()) {
            draft.number(&code);
            let school = Some(SchoolId::from_uuid(draft.invoice.school_id));
            changes.push(Change::upsert(KIND, draft.invoice.id, code.as_str(), school));
        }
        let Some(first) = drafts.first() else { continue };
        let (school, node) = (first.invoice.school_id, first.invoice.group_id);
        let link = external.take().map(|external_id| Link { school, external_id, node });
        tally.fulfil(*index, node, changes, link);
    }
    let (mut invoices, mut lines, mut references, mut entries) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for draft in rows.into_iter().flat_map(|(_, drafts, _)| drafts) {
        entries.push(entry(&draft, &issue.batch));
        invoices.push(draft.invoice.into_active_model());
        lines.extend(draft.lines.into_iter().map(IntoActiveModel::into_active_model));
        references.extend(draft.references.into_iter().map(IntoActiveModel::into_active_model));
    }
    bulk::insert(tx, invoices).await?;
    bulk::insert(tx, lines).await?;
    bulk::insert(tx, references).await?;
    audit::append(tx, entries, issue.batch.now).await
}

fn entry(Draft { invoice, .. }: &Draft, batch: &Batch<'_>) -> Entry {
    Entry {
        owner: Owner::School(SchoolId::from_uuid(invoice.school_id)),
        kind: "invoice.issued",
        subject: invoice.id,
        actor: batch.reach.actor().to_owned(),
        payload: json!({ "code": invoice.code, "student": invoice.student_id, "amount": invoice.amount }),
    }
}

async fn fees_of(tx: &Tx, rows: &[NewInvoice]) -> Result<HashMap<FeeId, Fee>, Error> {
    let wanted: HashSet<Uuid> = rows.iter().flat_map(|row| &row.lines).map(|line| line.fee.uuid()).collect();
    let wanted: Vec<Uuid> = wanted.into_iter().collect();
    let mut found = HashMap::new();
    for some in wanted.chunks(rows_per_statement(1)) {
        let select = fees::Entity::find().filter(fees::Column::Id.is_in(some.iter().copied()));
        for row in select.all(tx.conn()).await? {
            let fee = Fee::try_from(row)?;
            found.insert(fee.id, fee);
        }
    }
    Ok(found)
}

async fn visible(tx: &Tx, batch: &Batch<'_>, groups: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    use invoices::Column;
    let mut visible = HashSet::new();
    for some in groups.chunks(rows_per_statement(1)) {
        let select = invoices::Entity::find()
            .filter(Column::Id.is_in(some.iter().copied()))
            .filter(batch.reach.of_whole_school(Column::SchoolId));
        visible.extend(select.all(tx.conn()).await?.into_iter().map(|row| row.id));
    }
    Ok(visible)
}
