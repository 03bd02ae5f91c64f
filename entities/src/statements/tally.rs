//! How many lines of a statement became what.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Importing, Outcome};
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::ids::StatementId;
use crate::reach::Reach;
use crate::tables::statement_lines::{Column, Entity};

/// Lines of one statement by what became of them.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Outcomes {
    /// A message told of them.
    pub confirmed: u64,
    /// A message told another amount.
    pub differing: u64,
    /// No message told of them.
    pub unheard: u64,
    /// They take back earlier credits.
    pub reversals: u64,
    /// They are no fee.
    pub no_fee: u64,
    /// The account had them from an earlier statement.
    pub known: u64,
}

impl Outcomes {
    /// Counts lines of an outcome.
    pub fn add(&mut self, outcome: Outcome, lines: u64) {
        let count = match outcome {
            Outcome::Confirmed => &mut self.confirmed,
            Outcome::Differs => &mut self.differing,
            Outcome::Unheard => &mut self.unheard,
            Outcome::Reversal => &mut self.reversals,
            Outcome::NoFee => &mut self.no_fee,
        };
        *count += lines;
    }

    /// Adds what became of another page.
    pub const fn join(&mut self, page: &Self) {
        self.confirmed += page.confirmed;
        self.differing += page.differing;
        self.unheard += page.unheard;
        self.reversals += page.reversals;
        self.no_fee += page.no_fee;
        self.known += page.known;
    }

    /// Lines that were new.
    #[must_use]
    pub const fn fresh(&self) -> u64 {
        self.confirmed + self.differing + self.unheard + self.reversals + self.no_fee
    }
}

/// What became of the lines of a statement, of which there are `lines` in its file.
///
/// # Errors
/// The database's.
pub async fn outcomes(tx: &Tx, importing: &Importing, lines: u64) -> Result<Outcomes, Error> {
    let counted: Vec<(String, i64)> = Entity::find()
        .select_only()
        .column(Column::Outcome)
        .column_as(Column::Id.count(), "lines")
        .filter(Column::StatementId.eq(importing.id.uuid()))
        .group_by(Column::Outcome)
        .into_tuple()
        .all(tx.conn())
        .await?;
    let mut outcomes = Outcomes::default();
    for (word, count) in counted {
        if let Some(outcome) = Outcome::parse(&word) {
            outcomes.add(outcome, count.unsigned_abs());
        }
    }
    outcomes.known = lines.saturating_sub(outcomes.fresh());
    Ok(outcomes)
}

/// What became of the lines of these statements, which the caller has by its reach; a statement without lines is absent. Lines
/// that an earlier statement told are not counted here.
///
/// # Errors
/// The database's.
pub async fn counted(
    db: &Db,
    reach: &Reach,
    statements: &[StatementId],
) -> Result<HashMap<StatementId, Outcomes>, Error> {
    let counted: Vec<(Uuid, String, i64)> = Entity::find()
        .select_only()
        .columns([Column::StatementId, Column::Outcome])
        .column_as(Column::Id.count(), "lines")
        .filter(Column::StatementId.is_in(statements.iter().map(|id| id.uuid())))
        .filter(reach.of_whole_school(Column::SchoolId))
        .group_by(Column::StatementId)
        .group_by(Column::Outcome)
        .into_tuple()
        .all(db.read())
        .await?;
    let mut found: HashMap<StatementId, Outcomes> = HashMap::new();
    for (statement, word, count) in counted {
        if let Some(outcome) = Outcome::parse(&word) {
            found.entry(StatementId::from_uuid(statement)).or_default().add(outcome, count.unsigned_abs());
        }
    }
    Ok(found)
}
