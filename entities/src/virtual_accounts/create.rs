//! Giving out virtual accounts. The same number for the same student again changes nothing; for another it is refused.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::place;
use crate::audit::{self, Entry};
use crate::bank_accounts::{account_index, number_index, tail};
use crate::batch::{Batch, RowResult, RowStatus, Tally};
use crate::bulk;
use crate::changes::Change;
use crate::codes::{BankBin, VirtualAccountNumber};
use crate::db::{Tx, rows_per_statement};
use crate::enrolled::Enrolled;
use crate::error::{Error, Refusal};
use crate::ids::{BankAccountId, SchoolId, StudentId, VirtualAccountId};
use crate::ledgers::Owner;
use crate::students;
use crate::tables::bank_accounts;
use crate::tables::virtual_accounts::{Column, Entity, Model};

/// A number that shall name a student.
#[derive(Clone, Debug)]
pub struct NewVirtualAccount {
    /// The account in which the money lands; it gives the school and the bank.
    pub account: BankAccountId,
    /// The student, who is or was enrolled at that school.
    pub student: students::Key,
    /// The number.
    pub number: VirtualAccountNumber,
}

/// Creates virtual accounts, one result per row in their order.
///
/// # Errors
/// Rows are refused with `NOT_FOUND` (account, student) or `VIRTUAL_ACCOUNT_TAKEN`; the whole batch with
/// `REAL_DATA_NOT_ENABLED`.
pub async fn create(tx: &Tx, batch: &Batch<'_>, rows: &[NewVirtualAccount]) -> Result<Vec<RowResult>, Error> {
    tx.kind().allow_personal_data()?;
    let accounts = accounts(tx, batch, rows).await?;
    let placed: Vec<_> = rows.iter().map(|row| accounts.get(&row.account).map(|account| (account, row))).collect();
    let named: Vec<_> = placed.iter().flatten().map(|(account, row)| (account.school, &row.student)).collect();
    let enrolled = Enrolled::read(tx, batch.reach, &named).await?;
    let indexes: Vec<_> = placed.iter().flatten().map(|(account, row)| account.index(tx, row)).collect();
    let mut known = existing(tx, &indexes).await?;
    let (mut tally, mut fresh) = (Tally::new("VirtualAccount"), Vec::new());
    for place in placed {
        match judge(tx, place, &enrolled, &known) {
            Err(refusal) => tally.refuse(None, vec![refusal]),
            Ok(Judged { account, row, student, found }) => {
                let id = found.unwrap_or_else(|| VirtualAccountId::new(batch.now).uuid());
                let status = if found.is_some() { RowStatus::Unchanged } else { RowStatus::Created };
                if found.is_none() {
                    let model = account.seal(tx, batch, row, student, id)?;
                    known.insert(model.account_index.clone(), model.clone());
                    fresh.push(model);
                }
                let change = Change::upsert("VirtualAccount", id, id.to_string(), Some(account.school));
                tally.accept(None, status, change, None);
            }
        }
    }
    let entries = fresh.iter().map(|row| entry(row, batch)).collect();
    audit::append(tx, entries, batch.now).await?;
    bulk::insert(tx, fresh.into_iter().map(IntoActiveModel::into_active_model).collect()).await?;
    tally.finish(tx, batch).await
}

fn entry(row: &Model, batch: &Batch<'_>) -> Entry {
    Entry {
        owner: Owner::School(SchoolId::from_uuid(row.school_id)),
        kind: "virtualAccount.created",
        subject: row.id,
        actor: batch.reach.actor().to_owned(),
        payload: json!({ "student": row.student_id, "numberTail": row.number_tail }),
    }
}

/// The bank account behind a virtual one.
struct Behind {
    id: Uuid,
    school: SchoolId,
    bank: BankBin,
}

impl Behind {
    fn index(&self, tx: &Tx, row: &NewVirtualAccount) -> Vec<u8> {
        account_index(tx.vault(), &self.bank, row.number.as_str())
    }

    fn seal(
        &self,
        tx: &Tx,
        batch: &Batch<'_>,
        row: &NewVirtualAccount,
        student: StudentId,
        id: Uuid,
    ) -> Result<Model, Error> {
        let number = row.number.as_str();
        Ok(Model {
            id,
            school_id: self.school.uuid(),
            bank_account_id: self.id,
            student_id: student.uuid(),
            number_sealed: tx.vault().seal(place(id), number.as_bytes())?,
            account_index: self.index(tx, row),
            number_index: number_index(tx.vault(), number),
            number_tail: tail(number),
            created_at: batch.now,
        })
    }
}

/// A row that stands: what it gives out to whom, and the virtual account that does so already.
struct Judged<'r> {
    account: &'r Behind,
    row: &'r NewVirtualAccount,
    student: StudentId,
    found: Option<Uuid>,
}

/// What a row gives out, or why it cannot.
fn judge<'r>(
    tx: &Tx,
    place: Option<(&'r Behind, &'r NewVirtualAccount)>,
    enrolled: &Enrolled,
    known: &HashMap<Vec<u8>, Model>,
) -> Result<Judged<'r>, Refusal> {
    let (account, row) = place.ok_or_else(|| Refusal::not_found("bankAccount").at("bankAccountId"))?;
    let student = enrolled.student(account.school, &row.student)?;
    match known.get(&account.index(tx, row)) {
        None => Ok(Judged { account, row, student, found: None }),
        Some(model) if model.student_id == student.uuid() && model.bank_account_id == account.id => {
            Ok(Judged { account, row, student, found: Some(model.id) })
        }
        Some(_) => Err(Refusal::new(
            "VIRTUAL_ACCOUNT_TAKEN",
            "This number names a student already, and a virtual account is never reassigned.",
            "Số này đã gắn với một học sinh; tài khoản định danh không được gán lại.",
        )
        .at("number")),
    }
}

async fn accounts(
    tx: &Tx,
    batch: &Batch<'_>,
    rows: &[NewVirtualAccount],
) -> Result<HashMap<BankAccountId, Behind>, Error> {
    use bank_accounts::Column;
    let mut ids: Vec<_> = rows.iter().map(|row| row.account.uuid()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::new();
    for some in ids.chunks(rows_per_statement(1)) {
        let select = bank_accounts::Entity::find()
            .filter(Column::Id.is_in(some.iter().copied()))
            .filter(Column::ClosedAt.is_null())
            .filter(batch.reach.of_whole_school(Column::SchoolId));
        for row in select.all(tx.conn()).await? {
            let bank = BankBin::parse(&row.bank_bin).map_err(Error::internal)?;
            let behind = Behind { id: row.id, school: SchoolId::from_uuid(row.school_id), bank };
            found.insert(BankAccountId::from_uuid(row.id), behind);
        }
    }
    Ok(found)
}

async fn existing(tx: &Tx, indexes: &[Vec<u8>]) -> Result<HashMap<Vec<u8>, Model>, Error> {
    let mut found = HashMap::new();
    for some in indexes.chunks(rows_per_statement(1)) {
        let select = Entity::find().filter(Column::AccountIndex.is_in(some.iter().cloned()));
        found.extend(select.all(tx.conn()).await?.into_iter().map(|row| (row.account_index.clone(), row)));
    }
    Ok(found)
}
