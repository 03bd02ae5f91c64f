//! The vendors' own ids: unique per client, school and kind, so that a vendor may speak of things in its own words.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::db::{Db, Tx, rows_per_statement};
use crate::error::{Error, Refusal};
use crate::ids::{ClientId, SchoolId};
use crate::reach::Reach;
use crate::tables::external_ids::{Column, Entity, Model};
use crate::text;

/// Characters of a vendor's id at most.
pub const MAX_CHARS: usize = 128;

/// A vendor's id of a thing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExternalId {
    /// The vendor.
    pub client: ClientId,
    /// The vendor's own id.
    pub id: String,
}

/// A vendor's id that is to be kept: the school it counts in (nil for schools themselves) and what it names.
pub(crate) struct Link {
    pub(crate) school: Uuid,
    pub(crate) external_id: String,
    pub(crate) node: Uuid,
}

/// The external ids of things that the caller has already read: a client sees its own, users see all.
/// One statement; ids of things without external ids are absent.
pub async fn of_nodes(db: &Db, reach: &Reach, nodes: &[Uuid]) -> Result<HashMap<Uuid, Vec<ExternalId>>, Error> {
    let own = reach.client().map(|client| Column::ClientId.eq(client.uuid()));
    let select = Entity::find()
        .filter(Column::NodeId.is_in(nodes.iter().copied()))
        .filter(Condition::all().add_option(own))
        .order_by_asc(Column::ExternalId);
    let mut found: HashMap<Uuid, Vec<ExternalId>> = HashMap::new();
    for Model { client_id, external_id, node_id, .. } in select.all(db.read()).await? {
        let external = ExternalId { client: ClientId::from_uuid(client_id), id: external_id };
        found.entry(node_id).or_default().push(external);
    }
    Ok(found)
}

/// What the caller's own ids name among things of a GraphQL type, by id, each with the school in which it counts. There is
/// nothing without a client. Whether a thing still lies in reach is not asked here: who reads or writes it finds out.
///
/// # Errors
/// Those of the database.
pub async fn named(
    db: &Db,
    reach: &Reach,
    kind: &str,
    ids: &[&str],
) -> Result<HashMap<String, Vec<(SchoolId, Uuid)>>, Error> {
    let mut found: HashMap<String, Vec<(SchoolId, Uuid)>> = HashMap::new();
    let Some(client) = reach.client() else { return Ok(found) };
    for some in ids.chunks(rows_per_statement(1) / 2) {
        let select = Entity::find()
            .filter(Column::ClientId.eq(client.uuid()))
            .filter(Column::Kind.eq(kind))
            .filter(Column::ExternalId.is_in(some.iter().copied()))
            .order_by_asc(Column::NodeId);
        for Model { school_id, external_id, node_id, .. } in select.all(db.primary()).await? {
            found.entry(external_id).or_default().push((SchoolId::from_uuid(school_id), node_id));
        }
    }
    Ok(found)
}

/// What the caller's own ids name, by school and id.
pub(crate) async fn find(
    tx: &Tx,
    reach: &Reach,
    kind: &str,
    ids: &[&str],
) -> Result<HashMap<(Uuid, String), Uuid>, Error> {
    let mut found = HashMap::new();
    let Some(client) = reach.client() else { return Ok(found) };
    for some in ids.chunks(rows_per_statement(1)) {
        let select = Entity::find()
            .filter(Column::ClientId.eq(client.uuid()))
            .filter(Column::Kind.eq(kind))
            .filter(Column::ExternalId.is_in(some.iter().copied()));
        for row in select.all(tx.conn()).await? {
            found.insert((row.school_id, row.external_id), row.node_id);
        }
    }
    Ok(found)
}

/// Keeps new ids of the caller. There are none without a client: see [`check`].
pub(crate) async fn link(tx: &Tx, reach: &Reach, kind: &str, links: &[Link]) -> Result<(), Error> {
    let Some(client) = reach.client() else { return Ok(()) };
    let rows = links.iter().map(|link| Model {
        client_id: client.uuid(),
        school_id: link.school,
        kind: kind.to_owned(),
        external_id: link.external_id.clone(),
        node_id: link.node,
    });
    crate::bulk::insert(tx, rows.map(sea_orm::IntoActiveModel::into_active_model).collect()).await
}

/// A vendor's id as it is stored, or why it cannot be.
pub(crate) fn check(reach: &Reach, external_id: &str) -> Result<String, Refusal> {
    if reach.client().is_none() {
        return Err(Refusal::new(
            "EXTERNAL_ID_NEEDS_CLIENT",
            "Only clients have external ids; name the object by its code or node id.",
            "Chỉ ứng dụng mới có mã riêng; hãy dùng mã chính thức hoặc id.",
        )
        .at("externalId"));
    }
    crate::batch::unmasked("externalId", external_id)?;
    text::nfc_required(external_id, MAX_CHARS).map_err(|_| {
        Refusal::new(
            "BAD_EXTERNAL_ID",
            format!("An external id has 1 to {MAX_CHARS} characters, none of them a control character."),
            format!("Mã riêng có từ 1 đến {MAX_CHARS} ký tự và không chứa ký tự điều khiển."),
        )
        .at("externalId")
    })
}

/// The vendor's id names another thing already.
pub(crate) fn taken() -> Refusal {
    Refusal::new(
        "EXTERNAL_ID_TAKEN",
        "This external id names another object of yours.",
        "Mã riêng này đã gắn với một đối tượng khác của bạn.",
    )
    .at("externalId")
}
