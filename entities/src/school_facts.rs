//! What the verbs of money need to know of a school before they write: that it is in reach, and what the law asks of it.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::catalogues::Ownership;
use crate::db::{Tx, rows_per_statement};
use crate::error::Error;
use crate::ids::SchoolId;
use crate::reach::Reach;
use crate::tables::schools::{Column, Entity};

/// A school in reach.
pub(crate) struct SchoolFacts {
    pub(crate) code: String,
    pub(crate) ownership: Ownership,
}

/// These schools, as far as they lie in reach as a whole.
pub(crate) async fn in_reach(
    tx: &Tx,
    reach: &Reach,
    schools: impl IntoIterator<Item = SchoolId>,
) -> Result<HashMap<SchoolId, SchoolFacts>, Error> {
    let mut ids: Vec<_> = schools.into_iter().map(SchoolId::uuid).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::new();
    for some in ids.chunks(rows_per_statement(1)) {
        let select =
            Entity::find().filter(Column::Id.is_in(some.iter().copied())).filter(reach.of_whole_school(Column::Id));
        for row in select.all(tx.conn()).await? {
            let ownership = Ownership::parse(&row.ownership).map_err(Error::internal)?;
            found.insert(SchoolId::from_uuid(row.id), SchoolFacts { code: row.code, ownership });
        }
    }
    Ok(found)
}
