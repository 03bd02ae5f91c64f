//! How a profile gets a new version: what held ends there, what is said now begins, and the register is remembered as it is.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::content::Content;
use super::fields::Field;
use super::register::Subject;
use super::{Cause, Source, place};
use crate::audit::{self, Entry};
use crate::batch::Batch;
use crate::bulk;
use crate::changes::{self, Change};
use crate::db::Tx;
use crate::error::{Error, Refusal};
use crate::ids::{SchoolId, uuid_v7};
use crate::ledgers::Owner;
use crate::tables::{school_profile_values as values, school_profile_versions as versions};
use crate::time::Timestamp;

/// What is said of a field, by whom and when.
pub(super) struct Said {
    pub(super) field: &'static Field,
    /// None says that there is nothing.
    pub(super) content: Option<Content>,
    pub(super) source: Source,
    pub(super) actor: String,
    pub(super) decided_by: Option<String>,
    pub(super) stated_on: NaiveDate,
    pub(super) heard_at: Timestamp,
    pub(super) proposal: Option<Uuid>,
}

/// What holds now.
pub(super) struct Held {
    /// The latest version; 0 before the first.
    pub(super) version: i64,
    /// When that was made; none before the first.
    made_at: Option<Timestamp>,
    rows: HashMap<String, values::Model>,
}

impl Held {
    /// Reads what holds in a profile whose ledger is locked.
    pub(super) async fn read(tx: &Tx, school: SchoolId) -> Result<Self, Error> {
        let latest = versions::Entity::find()
            .filter(versions::Column::SchoolId.eq(school.uuid()))
            .order_by_desc(versions::Column::Version)
            .one(tx.conn())
            .await?;
        let rows = values::Entity::find()
            .filter(values::Column::SchoolId.eq(school.uuid()))
            .filter(values::Column::ToVersion.is_null())
            .all(tx.conn())
            .await?;
        let rows = rows.into_iter().map(|row| (row.field.clone(), row)).collect();
        let made_at = latest.as_ref().map(|latest| latest.made_at);
        Ok(Self { version: latest.map_or(0, |latest| latest.version), made_at, rows })
    }

    /// What holds in a field; none where nothing does, or somebody said that there is nothing.
    pub(super) fn content(&self, tx: &Tx, field: &Field) -> Result<Option<Content>, Error> {
        match self.rows.get(field.key) {
            Some(row) => super::opened(tx.vault(), place::VALUES, row.id, row.value.as_deref(), row.sealed.as_deref()),
            None => Ok(None),
        }
    }

    /// Whether a person said, or decided, what holds in a field. What the register holds was always decided by somebody.
    pub(super) fn is_decided(&self, field: &Field) -> bool {
        field.is_registered
            || self
                .rows
                .get(field.key)
                .is_some_and(|row| row.source == Source::Person.as_str() || row.decided_by.is_some())
    }

    /// Refuses a writer who has seen another version.
    pub(super) fn expect(&self, version: i64) -> Result<(), Refusal> {
        if self.version == version {
            return Ok(());
        }
        Err(Refusal::new(
            "VERSION_CONFLICT",
            format!("The profile is at version {} by now; read it again.", self.version),
            format!("Hồ sơ hiện ở phiên bản {}; hãy đọc lại trước khi ghi.", self.version),
        )
        .at("version"))
    }
}

/// Writes what is said as the next version, with what the register says by now. Answers with the version that holds then: the
/// same one when nothing differs and nothing was said.
pub(super) async fn record(
    tx: &Tx,
    batch: &Batch<'_>,
    subject: &Subject,
    held: &Held,
    cause: Cause,
    mut said: Vec<Said>,
) -> Result<i64, Error> {
    for (field, content) in subject.register() {
        let same = held.content(tx, field)?.as_ref() == Some(&content);
        match said.iter_mut().find(|said| said.field == field) {
            Some(said) => said.content = Some(content),
            None if same => {}
            None => said.push(Said::by_register(field, content, batch)),
        }
    }
    if said.is_empty() {
        return Ok(held.version);
    }
    let (school, version) = (subject.school.id.uuid(), held.version + 1);
    let row = versions::Model {
        id: uuid_v7(batch.now),
        school_id: school,
        version,
        cause: cause.as_str().to_owned(),
        actor: batch.reach.actor().to_owned(),
        // Who waited for the lock, or has a slow clock, made it after the one before all the same.
        made_at: held.made_at.map_or(batch.now, |before| before.max(batch.now)),
    };
    bulk::insert(tx, vec![row.into_active_model()]).await?;
    values::Entity::update_many()
        .col_expr(values::Column::ToVersion, Expr::value(version))
        .filter(values::Column::SchoolId.eq(school))
        .filter(values::Column::Field.is_in(said.iter().map(|said| said.field.key)))
        .filter(values::Column::ToVersion.is_null())
        .exec(tx.conn())
        .await?;
    let rows =
        said.into_iter().map(|said| said.row(tx, school, version, batch.now).map(values::Model::into_active_model));
    bulk::insert(tx, rows.collect::<Result<Vec<_>, _>>()?).await?;
    Ok(version)
}

impl Said {
    fn by_register(field: &'static Field, content: Content, batch: &Batch<'_>) -> Self {
        Self {
            field,
            content: Some(content),
            source: Source::Register,
            actor: "hub".to_owned(),
            decided_by: None,
            stated_on: batch.now.vietnam_day(),
            heard_at: batch.now,
            proposal: None,
        }
    }

    fn row(self, tx: &Tx, school: Uuid, version: i64, now: Timestamp) -> Result<values::Model, Error> {
        let id = uuid_v7(now);
        let (value, sealed) = super::stored(tx.vault(), place::VALUES, id, self.field, self.content.as_ref())?;
        Ok(values::Model {
            id,
            school_id: school,
            field: self.field.key.to_owned(),
            from_version: version,
            to_version: None,
            value,
            sealed,
            source: self.source.as_str().to_owned(),
            actor: self.actor,
            decided_by: self.decided_by,
            stated_on: self.stated_on,
            heard_at: self.heard_at,
            proposal_id: self.proposal,
        })
    }
}

/// Tells the outbox and the audit log of a write. The leaf names fields, never what they say.
pub(super) async fn tell(
    tx: &Tx,
    batch: &Batch<'_>,
    school: &crate::schools::School,
    kind: &'static str,
    payload: serde_json::Value,
) -> Result<(), Error> {
    let change = Change::upsert("SchoolProfile", school.id.uuid(), school.code.clone(), Some(school.id));
    changes::append(tx, vec![change], batch.now).await?;
    let entry = Entry {
        owner: Owner::School(school.id),
        kind,
        subject: school.id.uuid(),
        actor: batch.reach.actor().to_owned(),
        payload,
    };
    audit::append(tx, vec![entry], batch.now).await
}
