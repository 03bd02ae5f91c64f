//! A place in the feed. It is opaque to the outside, and belongs to the history in which it was given out.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::db::{Engine, Tx};
use crate::error::{Error, Refusal};
use crate::tables::{changes, hub};

/// Characters of a cursor at most, before anything in it is read.
const MAX_CHARS: usize = 120;

/// A place between two changes. Of two places of one history the later one is greater.
///
/// On PostgreSQL a change's place is its writer's transaction id, then its sequence number; on SQLite, where one writes at a
/// time, the transaction id is 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cursor {
    pub(super) epoch: i64,
    pub(super) xid: u64,
    pub(super) seq: i64,
}

impl Cursor {
    /// The cursor that a caller sends back.
    ///
    /// # Errors
    /// `BAD_CURSOR` for text that the hub never gave.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let plain = (text.len() <= MAX_CHARS).then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten();
        let plain = plain.and_then(|bytes| String::from_utf8(bytes).ok());
        let read = |plain: &str| {
            let mut parts = plain.strip_prefix("changes:")?.split('.');
            let epoch = parts.next()?.parse().ok()?;
            let xid = parts.next()?.parse().ok()?;
            let seq = parts.next()?.parse().ok()?;
            parts.next().is_none().then_some(Self { epoch, xid, seq })
        };
        plain.as_deref().and_then(read).ok_or_else(|| {
            Refusal::new("BAD_CURSOR", "This cursor is not one of this list.", "Con trỏ không thuộc danh sách này.")
                .at("since")
        })
    }

    /// The condition that a row lies after this place.
    pub(super) fn before_row(self, engine: Engine) -> String {
        match engine {
            Engine::Postgres => format!("(xid, seq) > ('{}'::xid8, {})", self.xid, self.seq),
            Engine::Sqlite => format!("seq > {}", self.seq),
        }
    }

    /// The condition that a row lies at this place or before it.
    pub(super) fn not_before_row(self, engine: Engine) -> String {
        match engine {
            Engine::Postgres => format!("(xid, seq) <= ('{}'::xid8, {})", self.xid, self.seq),
            Engine::Sqlite => format!("seq <= {}", self.seq),
        }
    }

    /// The condition that a row is the one at this place.
    pub(super) fn at_row(self, engine: Engine) -> String {
        match engine {
            Engine::Postgres => format!("xid = '{}'::xid8 AND seq = {}", self.xid, self.seq),
            Engine::Sqlite => format!("seq = {}", self.seq),
        }
    }

    /// Whether this is the place before the first change.
    pub(super) fn is_beginning(self) -> bool {
        self.xid == 0 && self.seq == 0
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&URL_SAFE_NO_PAD.encode(format!("changes:{}.{}.{}", self.epoch, self.xid, self.seq)))
    }
}

/// The refusal of a cursor of another history.
pub(super) fn expired() -> Refusal {
    Refusal::new(
        "CURSOR_EXPIRED",
        "This cursor is of another history of the hub: take a new one without `since`, and load everything again.",
        "Con trỏ thuộc về lịch sử khác của hệ thống: hãy lấy con trỏ mới không có `since` rồi tải lại toàn bộ.",
    )
    .at("since")
}

/// Begins a new history after the database was restored from a backup: what readers have heard since the backup never was.
/// Every cursor is refused from here on, so the changes of the old history are of no use to anyone and go.
///
/// # Errors
/// The database's.
pub async fn restored(tx: &Tx) -> Result<(), Error> {
    changes::Entity::delete_many().exec(tx.conn()).await?;
    hub::Entity::update_many()
        .col_expr(hub::Column::Epoch, Expr::col(hub::Column::Epoch).add(1))
        .filter(hub::Column::Id.eq(1))
        .exec(tx.conn())
        .await?;
    Ok(())
}
