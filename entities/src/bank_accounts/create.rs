//! Opening accounts. The same account again changes nothing; an account belongs to one school for ever.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use super::place;
use crate::audit::{self, Entry};
use crate::batch::{self, Batch, RowResult, RowStatus, Tally};
use crate::bulk;
use crate::catalogues::FeeGroup;
use crate::changes::Change;
use crate::codes::{AccountNumber, BankBin};
use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::ids::{BankAccountId, SchoolId};
use crate::ledgers::Owner;
use crate::school_facts;
use crate::seal::Vault;
use crate::tables::bank_accounts::{Column, Entity, Model};

/// Characters of a holder's name at most, as banks print it.
const MAX_HOLDER_CHARS: usize = 140;

/// An account that a school wants to collect with.
#[derive(Clone, Debug)]
pub struct NewBankAccount {
    /// Whose account it is.
    pub school: SchoolId,
    /// The bank.
    pub bank: BankBin,
    /// The number.
    pub number: AccountNumber,
    /// The name of the holder.
    pub holder: String,
    /// The fund: the group of fees that it may receive.
    pub fund: FeeGroup,
}

/// Creates accounts, one result per row in their order.
///
/// # Errors
/// Rows are refused with `NOT_FOUND` (school), `FUND_NOT_ALLOWED`, `BAD_TEXT`, `MASKED_INPUT` or `BANK_ACCOUNT_TAKEN`; the
/// whole batch with `REAL_DATA_NOT_ENABLED`.
pub async fn create(tx: &Tx, batch: &Batch<'_>, rows: &[NewBankAccount]) -> Result<Vec<RowResult>, Error> {
    tx.kind().allow_personal_data()?;
    let schools = school_facts::in_reach(tx, batch.reach, rows.iter().map(|row| row.school)).await?;
    let mut known = existing(tx, rows).await?;
    let (mut tally, mut fresh) = (Tally::new("BankAccount"), Vec::new());
    for row in rows {
        let index = account_index(tx.vault(), &row.bank, row.number.as_str());
        let checked = if schools.contains_key(&row.school) { check(row) } else { Err(Refusal::not_found("school")) };
        let settled = checked.and_then(|holder| match known.get(&index) {
            Some(account) if is_same(account, row, &holder) => Ok((account.id, RowStatus::Unchanged, holder)),
            Some(_) => Err(taken()),
            None => Ok((BankAccountId::new(batch.now).uuid(), RowStatus::Created, holder)),
        });
        match settled {
            Err(refusal) => tally.refuse(None, vec![refusal]),
            Ok((id, status, holder)) => {
                if status == RowStatus::Created {
                    let account = seal(tx, batch, row, id, holder)?;
                    known.insert(index, account.clone());
                    fresh.push(account);
                }
                tally.accept(None, status, Change::upsert("BankAccount", id, id.to_string(), Some(row.school)), None);
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
        kind: "bankAccount.created",
        subject: row.id,
        actor: batch.reach.actor().to_owned(),
        payload: json!({ "bank": row.bank_bin, "numberTail": row.number_tail, "fund": row.fund }),
    }
}

/// The blind index by which an account is unique: two banks may use the same number.
pub(crate) fn account_index(vault: &Vault, bank: &BankBin, number: &str) -> Vec<u8> {
    vault.index("account", &format!("{bank}:{number}"))
}

/// The blind index by which a message of a bank finds an account: messages name the number alone.
pub(crate) fn number_index(vault: &Vault, number: &str) -> Vec<u8> {
    vault.index("number", number)
}

async fn existing(tx: &Tx, rows: &[NewBankAccount]) -> Result<HashMap<Vec<u8>, Model>, Error> {
    let wanted: Vec<_> = rows.iter().map(|row| account_index(tx.vault(), &row.bank, row.number.as_str())).collect();
    let mut found = HashMap::new();
    for some in wanted.chunks(rows_per_statement(1)) {
        let select = Entity::find().filter(Column::AccountIndex.is_in(some.iter().cloned()));
        found.extend(select.all(tx.conn()).await?.into_iter().map(|row| (row.account_index.clone(), row)));
    }
    Ok(found)
}

fn check(row: &NewBankAccount) -> Result<String, Refusal> {
    if matches!(row.fund, FeeGroup::OutsideSchool | FeeGroup::Forbidden) {
        return Err(Refusal::new(
            "FUND_NOT_ALLOWED",
            "A school keeps no account for money that is not its own or must not be collected.",
            "Trường không có tài khoản cho khoản không phải của trường hoặc không được thu.",
        )
        .at("fund"));
    }
    batch::name("holder", &row.holder, MAX_HOLDER_CHARS)
}

fn is_same(account: &Model, row: &NewBankAccount, holder: &str) -> bool {
    account.school_id == row.school.uuid() && account.fund == row.fund.code() && account.holder == holder
}

fn seal(tx: &Tx, batch: &Batch<'_>, row: &NewBankAccount, id: uuid::Uuid, holder: String) -> Result<Model, Error> {
    let number = row.number.as_str();
    Ok(Model {
        id,
        school_id: row.school.uuid(),
        bank_bin: row.bank.as_str().to_owned(),
        number_sealed: tx.vault().seal(place(id), number.as_bytes())?,
        account_index: account_index(tx.vault(), &row.bank, number),
        number_index: number_index(tx.vault(), number),
        number_tail: tail(number),
        holder,
        fund: row.fund.code().to_owned(),
        closed_at: None,
        synthetic: true,
        created_at: batch.now,
    })
}

/// The last three characters, all that a display form shows.
pub(crate) fn tail(number: &str) -> String {
    number.get(number.len().saturating_sub(3)..).unwrap_or_default().to_owned()
}

fn taken() -> Refusal {
    Refusal::new(
        "BANK_ACCOUNT_TAKEN",
        "This account is registered already, with another school, holder or fund.",
        "Tài khoản này đã được đăng ký với trường, chủ tài khoản hoặc nhóm khoản thu khác.",
    )
    .at("number")
}
