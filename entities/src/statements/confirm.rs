//! A person has looked at the findings of a held statement: its lines may be kept.

use sea_orm::{EntityTrait, QueryFilter};

use super::begin::{record, set};
use super::{Statement, Status};
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::files::{self, File};
use crate::ids::{FileId, SchoolId, StatementId};
use crate::ledgers::{self, Owner};
use crate::reach::Reach;
use crate::tables::schools;
use crate::tables::statements::{Column, Entity, Model};
use crate::time::Timestamp;

/// A statement that was confirmed, and where its lines are read from.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// The statement.
    pub statement: Statement,
    /// The code of its school.
    pub school_code: String,
    /// The file as it was sent.
    pub source: File,
}

/// Lets the lines of a held statement be kept.
///
/// # Errors
/// `NOT_FOUND` for a statement out of reach, `STATEMENT_NOT_HELD`, `FILE_GONE` when its file has expired or never was sent.
pub async fn confirm(tx: &Tx, reach: &Reach, id: StatementId, now: Timestamp) -> Result<Confirmed, Error> {
    tx.kind().allow_personal_data()?;
    let found = near(tx, reach, id).await?;
    ledgers::lock(tx, [Owner::School(SchoolId::from_uuid(found.school_id))]).await?;
    // Another person may have been faster.
    let row = near(tx, reach, id).await?;
    if row.status != Status::Held.as_str() {
        return Err(not_held().into());
    }
    let source = match row.source_id {
        Some(source) => files::kept(tx, FileId::from_uuid(source), now).await?,
        None => None,
    };
    let source = source.ok_or_else(gone)?;
    let school = schools::Entity::find_by_id(row.school_id).one(tx.conn()).await?;
    let school_code = school.ok_or_else(|| Error::internal("a statement is of no school"))?.code;
    set(tx, &row, Status::Importing, None).await?;
    record(tx, &row, "statement.confirmed", reach.actor(), now).await?;
    let statement = Statement { status: Status::Importing, ..Statement::try_from(row)? };
    Ok(Confirmed { statement, school_code, source })
}

async fn near(tx: &Tx, reach: &Reach, id: StatementId) -> Result<Model, Error> {
    let select = Entity::find_by_id(id.uuid()).filter(reach.of_whole_school(Column::SchoolId));
    let found = select.one(tx.conn()).await?;
    found.ok_or_else(|| Refusal::not_found("Statement").at("statementId").into())
}

fn not_held() -> Refusal {
    Refusal::new(
        "STATEMENT_NOT_HELD",
        "This statement does not wait for anybody: it is imported, or being imported.",
        "Sao kê này không chờ xác nhận: đã nhập hoặc đang nhập.",
    )
    .at("statementId")
}

fn gone() -> Refusal {
    Refusal::new(
        "FILE_GONE",
        "The file of this statement has expired; send it again, then confirm.",
        "Tệp của sao kê này đã hết hạn; hãy gửi lại tệp rồi xác nhận.",
    )
    .at("statementId")
}
