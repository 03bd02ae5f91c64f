//! Taking up a statement, and the end of it.

use chrono::NaiveDate;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{Finding, Importing, Status};
use crate::audit::{self, Entry};
use crate::bulk;
use crate::changes::{self, Change};
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::ids::{BankAccountId, FileId, SchoolId, StatementId};
use crate::ledgers::{self, Owner};
use crate::reach::Reach;
use crate::tables::bank_accounts;
use crate::tables::statements::{Column, Entity, Model};
use crate::time::Timestamp;

/// A section of a file that is to be imported.
#[derive(Clone, Debug)]
pub struct NewStatement {
    /// The account that it is about.
    pub account: BankAccountId,
    /// The file's name.
    pub file_name: String,
    /// The file as it was sent; none when it came from the operator's own disk.
    pub source: Option<FileId>,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// Its place in the file, from 0.
    pub section: i64,
    /// The first and the last day that it covers: as it says, or those of its lines.
    pub days: (Option<NaiveDate>, Option<NaiveDate>),
    /// The balances before its first and behind its last line, where it says so.
    pub balances: (Option<i64>, Option<i64>),
    /// How many lines it has.
    pub lines: usize,
    /// What could not be read, and what does not add up.
    pub findings: Vec<Finding>,
    /// Whether a person has looked at the findings.
    pub confirmed: bool,
}

impl NewStatement {
    /// Whether it has findings at which nobody has looked.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        !self.findings.is_empty() && !self.confirmed
    }
}

/// A statement that was taken up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Begun {
    /// Which it is.
    pub importing: Importing,
    /// Where it stands: a held one gets no lines.
    pub status: Status,
}

/// Takes up a statement, or goes on with the one that the same section of the same file began. One with findings is held until a
/// person confirms it.
///
/// # Errors
/// `NOT_FOUND` for an account out of reach, `REAL_DATA_NOT_ENABLED`.
pub async fn begin(tx: &Tx, reach: &Reach, new: &NewStatement, now: Timestamp) -> Result<Begun, Error> {
    tx.kind().allow_personal_data()?;
    let account = bank_accounts::Entity::find_by_id(new.account.uuid())
        .filter(reach.of_whole_school(bank_accounts::Column::SchoolId))
        .one(tx.conn())
        .await?;
    let account = account.ok_or_else(|| Refusal::not_found("bankAccount").at("account"))?;
    let school = SchoolId::from_uuid(account.school_id);
    ledgers::lock(tx, [Owner::School(school)]).await?;
    let known = Entity::find()
        .filter(Column::SchoolId.eq(account.school_id))
        .filter(Column::BankAccountId.eq(account.id))
        .filter(Column::Sha256.eq(new.sha256.to_vec()))
        .filter(Column::Section.eq(new.section))
        .one(tx.conn())
        .await?;
    let is_held = new.is_held();
    let status = if is_held { Status::Held } else { Status::Importing };
    if let Some(known) = known {
        let goes_on = known.status == Status::Held.as_str() && !is_held;
        if goes_on {
            set(tx, &known, status, None).await?;
            record(tx, &known, "statement.confirmed", reach.actor(), now).await?;
        } else if let Some(source) = new.source.filter(|_| known.status == Status::Held.as_str()) {
            // The file that it was read from may be gone by now; whoever confirms it needs one.
            lies_in(tx, &known, source).await?;
        }
        let status = match known.status.as_str() {
            "HELD" => status,
            // Whoever let it be kept has not seen what is found in it now.
            "IMPORTED" if is_held && has_more_findings(&known, new)? => Status::Held,
            "IMPORTED" => Status::Imported,
            _ => Status::Importing,
        };
        return Ok(Begun { importing: importing(&known), status });
    }
    let row = row(new, &account, status, reach.actor(), now)?;
    bulk::insert(tx, vec![row.clone().into_active_model()]).await?;
    record(tx, &row, if is_held { "statement.held" } else { "statement.begun" }, reach.actor(), now).await?;
    Ok(Begun { importing: importing(&row), status })
}

/// Says that every line of a statement is kept.
///
/// # Errors
/// The database's.
pub async fn finish(tx: &Tx, importing: &Importing, actor: &str, now: Timestamp) -> Result<(), Error> {
    ledgers::lock(tx, [Owner::School(importing.school)]).await?;
    let Some(row) = Entity::find_by_id(importing.id.uuid()).one(tx.conn()).await? else { return Ok(()) };
    if row.status != Status::Importing.as_str() {
        return Ok(());
    }
    set(tx, &row, Status::Imported, Some(now)).await?;
    record(tx, &row, "statement.imported", actor, now).await
}

fn has_more_findings(known: &Model, new: &NewStatement) -> Result<bool, Error> {
    let seen: Vec<Finding> = serde_json::from_str(&known.findings).map_err(Error::internal)?;
    Ok(new.findings.iter().any(|finding| seen.iter().all(|seen| seen.code != finding.code)))
}

fn importing(row: &Model) -> Importing {
    Importing {
        id: StatementId::from_uuid(row.id),
        school: SchoolId::from_uuid(row.school_id),
        account: BankAccountId::from_uuid(row.bank_account_id),
    }
}

fn row(
    new: &NewStatement,
    account: &bank_accounts::Model,
    status: Status,
    actor: &str,
    now: Timestamp,
) -> Result<Model, Error> {
    Ok(Model {
        id: StatementId::new(now).uuid(),
        school_id: account.school_id,
        bank_account_id: account.id,
        file_name: new.file_name.clone(),
        sha256: new.sha256.to_vec(),
        section: new.section,
        first_day: new.days.0,
        last_day: new.days.1,
        opening: new.balances.0,
        closing: new.balances.1,
        line_count: i64::try_from(new.lines).map_err(Error::internal)?,
        findings: serde_json::to_string(&new.findings).map_err(Error::internal)?,
        status: status.as_str().to_owned(),
        actor: actor.to_owned(),
        created_at: now,
        imported_at: None,
        source_id: new.source.map(FileId::uuid),
    })
}

async fn lies_in(tx: &Tx, row: &Model, source: FileId) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::SourceId, Expr::value(source.uuid()))
        .filter(Column::Id.eq(row.id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn set(tx: &Tx, row: &Model, status: Status, imported_at: Option<Timestamp>) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(status.as_str()))
        .col_expr(Column::ImportedAt, Expr::value(imported_at.map(Timestamp::micros)))
        .filter(Column::Id.eq(row.id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Says in the school's log and to the followers of changes that a statement moved on.
pub(super) async fn record(tx: &Tx, row: &Model, kind: &'static str, actor: &str, now: Timestamp) -> Result<(), Error> {
    let school = Some(SchoolId::from_uuid(row.school_id));
    changes::append(tx, vec![Change::upsert("Statement", row.id, row.id.to_string(), school)], now).await?;
    let entry = Entry {
        owner: Owner::School(SchoolId::from_uuid(row.school_id)),
        kind,
        subject: row.id,
        actor: actor.to_owned(),
        payload: serde_json::json!({ "account": row.bank_account_id, "lines": row.line_count }),
    };
    audit::append(tx, vec![entry], now).await
}
