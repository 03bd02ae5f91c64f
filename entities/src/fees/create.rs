//! Creating fees: what may not be collected does not come to exist, and each fee goes to an account of its own fund.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::audit::{self, Entry};
use crate::batch::{self, Batch, RowResult, RowStatus, Tally};
use crate::bulk;
use crate::catalogues::{Charge, FeeCategory, FeeGroup, may_charge};
use crate::changes::Change;
use crate::codes::SchoolYear;
use crate::db::{Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::external_ids::{self, Link};
use crate::idempotency;
use crate::ids::{BankAccountId, ClientId, FeeId, SchoolId};
use crate::ledgers::Owner;
use crate::money::Vnd;
use crate::school_facts::{self, SchoolFacts};
use crate::tables::bank_accounts;
use crate::tables::fees::{Column, Entity, Model};

const KIND: &str = "Fee";
const MAX_NAME_CHARS: usize = 200;
const MAX_BASIS_CHARS: usize = 500;

/// A fee that a school wants to collect.
#[derive(Clone, Debug)]
pub struct NewFee {
    /// The caller's own id, by which a repeat is known; only for clients.
    pub external_id: Option<String>,
    /// Who collects it.
    pub school: SchoolId,
    /// The school year in which it is collected.
    pub school_year: SchoolYear,
    /// What kind of money it is.
    pub category: &'static FeeCategory,
    /// The name that families read; none takes the name of the category.
    pub name: Option<String>,
    /// Where it is written that it may be collected.
    pub legal_basis: Option<String>,
    /// The account into which it is paid: one of the school, of the fund of the category's group.
    pub account: BankAccountId,
    /// What one pays; none when each invoice names its amount. Sponsorship never has one.
    pub amount: Option<Vnd>,
    /// The earlier school year for which it is still owed.
    pub arrears_of: Option<SchoolYear>,
}

/// Creates fees, one result per row in their order. The same external id with the same fee changes nothing.
///
/// # Errors
/// Rows are refused with `NOT_FOUND` (school, account), `FEE_NOT_ALLOWED` (with the legal basis), `FUND_MISMATCH`,
/// `ARREARS_YEAR_INVALID`, `AMOUNT_INVALID` or `EXTERNAL_ID_TAKEN`; the whole batch with `REAL_DATA_NOT_ENABLED`.
pub async fn create(tx: &Tx, batch: &Batch<'_>, rows: &[NewFee]) -> Result<Vec<RowResult>, Error> {
    tx.kind().allow_personal_data()?;
    if let Some(attempt) = batch.attempt
        && let Some(made) = idempotency::recall(tx, attempt).await?
    {
        let visible = visible(tx, batch, &made).await?;
        let external_ids: Vec<_> = rows.iter().map(|row| row.external_id.as_deref()).collect();
        return Ok(batch::repeated(&made, &external_ids, &visible));
    }
    let schools = school_facts::in_reach(tx, batch.reach, rows.iter().map(|row| row.school)).await?;
    let accounts = funds(tx, rows).await?;
    let mut known = known(tx, batch, rows).await?;
    let (mut tally, mut fresh) = (Tally::new(KIND), Vec::new());
    for row in rows {
        let external_id = row.external_id.as_deref();
        let drawn = draw(row, schools.get(&row.school), &accounts, batch)
            .and_then(|(model, external)| repeat(model, external, &known));
        match drawn {
            Err(refusal) => tally.refuse(external_id, vec![refusal]),
            Ok(Drawn { model, external, is_new }) => {
                let change = Change::upsert(KIND, model.id, model.id.to_string(), Some(row.school));
                let status = if is_new { RowStatus::Created } else { RowStatus::Unchanged };
                let link = external.filter(|_| is_new).map(|external_id| {
                    known.insert((model.school_id, external_id.clone()), model.clone());
                    Link { school: model.school_id, external_id, node: model.id }
                });
                tally.accept(external_id, status, change, link);
                fresh.extend(is_new.then_some(model));
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
        kind: "fee.created",
        subject: row.id,
        actor: batch.reach.actor().to_owned(),
        payload: json!({ "category": row.category, "name": row.name, "amount": row.amount }),
    }
}

struct Drawn {
    model: Model,
    external: Option<String>,
    is_new: bool,
}

/// The row as it would lie in the database, or why it may not.
fn draw(
    row: &NewFee,
    school: Option<&SchoolFacts>,
    accounts: &HashMap<BankAccountId, (SchoolId, FeeGroup)>,
    batch: &Batch<'_>,
) -> Result<(Model, Option<String>), Refusal> {
    let school = school.ok_or_else(|| Refusal::not_found("school"))?;
    let external = row.external_id.as_deref().map(|id| external_ids::check(batch.reach, id)).transpose()?;
    check_law(row, school)?;
    check_account(row, accounts.get(&row.account))?;
    check_amount(row)?;
    let name = row.name.as_deref().unwrap_or(row.category.name_vi);
    let model = Model {
        id: FeeId::new(batch.now).uuid(),
        school_id: row.school.uuid(),
        school_year: row.school_year.start_year().into(),
        category: row.category.code.to_owned(),
        name: batch::name("name", name, MAX_NAME_CHARS)?,
        legal_basis: row
            .legal_basis
            .as_deref()
            .map(|basis| batch::name("legalBasis", basis, MAX_BASIS_CHARS))
            .transpose()?,
        bank_account_id: row.account.uuid(),
        amount: row.amount.map(Vnd::get),
        arrears_of: row.arrears_of.map(|year| year.start_year().into()),
        client_id: batch.reach.client().map(ClientId::uuid),
        closed_at: None,
        synthetic: true,
        created_at: batch.now,
    };
    Ok((model, external))
}

/// A fee is judged as if the family had opted in and no day were set: those belong to its invoices.
fn check_law(row: &NewFee, school: &SchoolFacts) -> Result<(), Refusal> {
    if row.arrears_of.is_some_and(|year| year >= row.school_year) {
        return Err(Refusal::new(
            "ARREARS_YEAR_INVALID",
            "Arrears are owed for a school year before the one in which they are collected.",
            "Khoản nợ phải thuộc năm học trước năm học thu.",
        )
        .at("arrearsOf"));
    }
    let charge = Charge {
        category: row.category,
        ownership: school.ownership,
        owed_for: row.arrears_of.unwrap_or(row.school_year),
        opted_in: true,
        has_due_date: false,
    };
    may_charge(&charge).map_err(|forbidden| {
        Refusal::new(
            forbidden.code,
            format!("{} Legal basis: {}.", forbidden.reason, forbidden.legal_basis),
            format!("{} Căn cứ: {}.", forbidden.reason_vi, forbidden.legal_basis),
        )
        .at("category")
    })
}

fn check_account(row: &NewFee, account: Option<&(SchoolId, FeeGroup)>) -> Result<(), Refusal> {
    let (_, fund) = account
        .filter(|(school, _)| *school == row.school)
        .ok_or_else(|| Refusal::not_found("bankAccount").at("bankAccountId"))?;
    if *fund == row.category.group {
        return Ok(());
    }
    Err(Refusal::new(
        "FUND_MISMATCH",
        format!("This account is for {}, and the fee belongs to {}.", fund.code(), row.category.group.code()),
        format!("Tài khoản này dành cho {}, khoản thu thuộc {}.", fund.name_vi(), row.category.group.name_vi()),
    )
    .at("bankAccountId"))
}

fn check_amount(row: &NewFee) -> Result<(), Refusal> {
    if row.amount.is_some_and(|amount| !amount.is_positive()) {
        return Err(
            Refusal::new("AMOUNT_INVALID", "An amount is greater than zero.", "Số tiền phải lớn hơn 0.").at("amount")
        );
    }
    if row.category.group == FeeGroup::Sponsorship && row.amount.is_some() {
        return Err(Refusal::new(
            "FEE_NOT_ALLOWED",
            "No amount may be set for sponsorship. Legal basis: Thông tư 16/2018/TT-BGDĐT.",
            "Không được ấn định mức tài trợ. Căn cứ: Thông tư 16/2018/TT-BGDĐT.",
        )
        .at("amount"));
    }
    Ok(())
}

/// Whether the caller's own id names this very fee already.
fn repeat(model: Model, external: Option<String>, known: &HashMap<(Uuid, String), Model>) -> Result<Drawn, Refusal> {
    let earlier = external.as_ref().and_then(|id| known.get(&(model.school_id, id.clone())));
    match earlier {
        None => Ok(Drawn { model, external, is_new: true }),
        Some(earlier) => match difference(earlier, &model) {
            None => Ok(Drawn { model: earlier.clone(), external, is_new: false }),
            Some(field) => Err(Refusal::new(
                "EXTERNAL_ID_TAKEN",
                format!("This external id names a fee of yours with another `{field}`."),
                format!("Mã riêng này đã gắn với một khoản thu khác của bạn (khác `{field}`)."),
            )
            .at(field)),
        },
    }
}

fn difference(earlier: &Model, model: &Model) -> Option<&'static str> {
    let fields = [
        ("schoolYear", earlier.school_year == model.school_year),
        ("category", earlier.category == model.category),
        ("name", earlier.name == model.name),
        ("legalBasis", earlier.legal_basis == model.legal_basis),
        ("bankAccountId", earlier.bank_account_id == model.bank_account_id),
        ("amount", earlier.amount == model.amount),
        ("arrearsOf", earlier.arrears_of == model.arrears_of),
    ];
    fields.into_iter().find(|(_, same)| !same).map(|(field, _)| field)
}

async fn known(tx: &Tx, batch: &Batch<'_>, rows: &[NewFee]) -> Result<HashMap<(Uuid, String), Model>, Error> {
    let wanted: Vec<&str> = rows.iter().filter_map(|row| row.external_id.as_deref()).collect();
    let links = external_ids::find(tx, batch.reach, KIND, &wanted).await?;
    let ids: Vec<Uuid> = links.values().copied().collect();
    let mut fees = HashMap::new();
    for some in ids.chunks(rows_per_statement(1)) {
        let select = Entity::find().filter(Column::Id.is_in(some.iter().copied()));
        fees.extend(select.all(tx.conn()).await?.into_iter().map(|fee| (fee.id, fee)));
    }
    Ok(links.into_iter().filter_map(|(name, id)| fees.get(&id).map(|fee| (name, fee.clone()))).collect())
}

async fn funds(tx: &Tx, rows: &[NewFee]) -> Result<HashMap<BankAccountId, (SchoolId, FeeGroup)>, Error> {
    use bank_accounts::Column;
    let mut ids: Vec<_> = rows.iter().map(|row| row.account.uuid()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::new();
    for some in ids.chunks(rows_per_statement(1)) {
        let select = bank_accounts::Entity::find()
            .filter(Column::Id.is_in(some.iter().copied()))
            .filter(Column::ClosedAt.is_null());
        for row in select.all(tx.conn()).await? {
            let fund = FeeGroup::parse(&row.fund).map_err(Error::internal)?;
            found.insert(BankAccountId::from_uuid(row.id), (SchoolId::from_uuid(row.school_id), fund));
        }
    }
    Ok(found)
}

async fn visible(tx: &Tx, batch: &Batch<'_>, ids: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    let select = Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(batch.reach.of_whole_school(Column::SchoolId));
    Ok(select.all(tx.conn()).await?.into_iter().map(|row| row.id).collect())
}
