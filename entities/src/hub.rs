//! The hub's own row: whether its database is `demo` or `real`, for ever, and under which master key it lies.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

use crate::db::{Connections, Db, Engine, Location};
use crate::error::{Error, Refusal};
use crate::ids::uuid_v7;
use crate::migration::Migrator;
use crate::seal::{MasterKey, Vault, open_key, random, seal_key};
use crate::tables::{data_keys, hub};
use crate::time::Timestamp;

/// What a database may hold. It is chosen by the first start and never changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Synthetic rows only: demonstrations, benchmarks, tests.
    Demo,
    /// Real people's data.
    Real,
}

impl Kind {
    /// The word that the database and the messages use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Real => "real",
        }
    }

    /// Refuses writes of people and money in a `real` database until consents, contracts and erasure exist.
    ///
    /// # Errors
    /// `REAL_DATA_NOT_ENABLED` for [`Kind::Real`].
    pub fn allow_personal_data(self) -> Result<(), Error> {
        match self {
            Self::Demo => Ok(()),
            Self::Real => Err(Refusal::new(
                "REAL_DATA_NOT_ENABLED",
                "This database is for real data, and writing people, accounts, invoices and payments is not enabled yet.",
                "Cơ sở dữ liệu này dành cho dữ liệu thật; việc ghi dữ liệu cá nhân, tài khoản, phiếu thu và thanh toán chưa được bật.",
            )
            .into()),
        }
    }
}

/// The number under which processes queue to migrate: "lienthon" in ASCII.
const MIGRATION_LOCK: i64 = 0x6c69_656e_7468_6f6e;

/// Applies the migrations that are missing, makes the hub's row and keys on first use, and opens the database.
///
/// # Errors
/// Refused when the database is of the other kind (`DATABASE_KIND_MISMATCH`) or lies under another master key
/// (`MASTER_KEY_MISMATCH`).
pub async fn migrate(location: &Location, master: &MasterKey, kind: Kind, now: Timestamp) -> Result<Db, Error> {
    let connections = Connections::open(location).await?;
    let tx = connections.write.begin().await?;
    if connections.engine == Engine::Postgres {
        // Two processes that start together must not migrate together; the lock goes with the transaction.
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
    }
    match connections.engine {
        Engine::Postgres => Migrator::up(&connections.write, None).await?,
        Engine::Sqlite => Migrator::up(&tx, None).await?,
    }
    if stored(&tx).await?.is_none() {
        found(&tx, master, kind, now).await?;
    }
    tx.commit().await?;
    unlock(connections, master, Some(kind)).await
}

/// Opens a database that was migrated before, whatever its kind.
///
/// # Errors
/// Refused when it was never migrated (`NOT_MIGRATED`) or lies under another master key.
pub async fn open(location: &Location, master: &MasterKey) -> Result<Db, Error> {
    let connections = Connections::open(location).await?;
    let pending = Migrator::get_pending_migrations(&connections.write).await?;
    if !pending.is_empty() {
        return Err(not_migrated());
    }
    unlock(connections, master, None).await
}

/// The kind of an existing database; none when it was never migrated.
pub async fn kind_of(location: &Location) -> Result<Option<Kind>, Error> {
    let connections = Connections::open(location).await?;
    if Migrator::get_applied_migrations(&connections.write).await.map_or(true, |applied| applied.is_empty()) {
        return Ok(None);
    }
    Ok(stored(&connections.write).await?.map(|row| row.0))
}

async fn unlock(connections: Connections, master: &MasterKey, wanted: Option<Kind>) -> Result<Db, Error> {
    let (kind, fingerprint) = stored(&connections.write).await?.ok_or_else(not_migrated)?;
    if fingerprint != master.fingerprint() {
        return Err(Refusal::new(
            "MASTER_KEY_MISMATCH",
            "This database was made under another master key; start with that key.",
            "Cơ sở dữ liệu này được tạo với khóa chủ khác; hãy khởi động bằng khóa đó.",
        )
        .into());
    }
    if let Some(wanted) = wanted.filter(|wanted| *wanted != kind) {
        let (kind, wanted) = (kind.as_str(), wanted.as_str());
        return Err(Refusal::new(
            "DATABASE_KIND_MISMATCH",
            format!("This database is {kind} for ever; it cannot be started as {wanted}."),
            format!("Cơ sở dữ liệu này thuộc loại {kind} và không thể khởi động như loại {wanted}."),
        )
        .into());
    }
    let sealing = data_key(&connections.write, master, "SEAL").await?;
    let index = data_key(&connections.write, master, "INDEX").await?;
    Ok(Db::new(connections, kind, Vault::new(sealing, index)))
}

async fn stored(conn: &impl ConnectionTrait) -> Result<Option<(Kind, Vec<u8>)>, Error> {
    let row = hub::Entity::find_by_id(1).one(conn).await?;
    let kind = |word: &str| if word == Kind::Demo.as_str() { Kind::Demo } else { Kind::Real };
    Ok(row.map(|row| (kind(&row.kind), row.key_fingerprint)))
}

async fn found(tx: &DatabaseTransaction, master: &MasterKey, kind: Kind, now: Timestamp) -> Result<(), Error> {
    let row = hub::ActiveModel {
        id: Set(1),
        kind: Set(kind.as_str().to_owned()),
        key_fingerprint: Set(master.fingerprint()),
        epoch: Set(1),
        access_version: Set(0),
        planted_at: Set(None),
        created_at: Set(now),
    };
    hub::Entity::insert(row).exec_without_returning(tx).await?;
    for purpose in ["SEAL", "INDEX"] {
        let id = uuid_v7(now);
        let key = data_keys::ActiveModel {
            id: Set(id),
            purpose: Set(purpose.to_owned()),
            sealed: Set(seal_key(master, id, &random()?)?),
            created_at: Set(now),
        };
        data_keys::Entity::insert(key).exec_without_returning(tx).await?;
    }
    Ok(())
}

async fn data_key(conn: &impl ConnectionTrait, master: &MasterKey, purpose: &str) -> Result<[u8; 32], Error> {
    let newest = data_keys::Entity::find()
        .filter(data_keys::Column::Purpose.eq(purpose))
        .order_by_desc(data_keys::Column::CreatedAt)
        .one(conn)
        .await?;
    let key = newest.ok_or_else(|| Error::internal("a data key is missing"))?;
    open_key(master, key.id, &key.sealed)
}

fn not_migrated() -> Error {
    Refusal::new(
        "NOT_MIGRATED",
        "This database has not been migrated; run `lienthong migrate`.",
        "Cơ sở dữ liệu chưa được khởi tạo; hãy chạy `lienthong migrate`.",
    )
    .into()
}
