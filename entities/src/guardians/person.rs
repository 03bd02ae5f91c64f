//! The person of a guardian as a row wants it, with what is sealed.

use super::{EMAIL, PERSONAL_ID, PHONE, Upsert, place};
use crate::batch::{self, Batch};
use crate::codes::{Email, Phone};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::GuardianId;
use crate::tables::guardians::Model;
use crate::time::Timestamp;

/// Characters of a full name at most.
const MAX_NAME_CHARS: usize = 100;

/// The person as a row wants it; what the row leaves out stays.
pub(super) fn wanted(tx: &Tx, batch: &Batch<'_>, row: &Upsert, before: Option<&Model>) -> Result<Model, Error> {
    let name = row.full_name.as_deref().map(|name| batch::name("fullName", name, MAX_NAME_CHARS)).transpose()?;
    let name = name.or_else(|| before.map(|b| b.full_name.clone())).ok_or_else(|| batch::required("fullName"))?;
    let id = before.map_or_else(|| GuardianId::new(batch.now).uuid(), |before| before.id);
    let vault = tx.vault();
    let phone = row.phone.as_ref().map(Phone::as_str);
    let email = row.email.as_ref().map(Email::as_str);
    let personal_id = match &row.personal_id {
        // Sealed anew whatever is stored: nobody may read the number, so nothing may tell whether it is the same.
        Some(personal) => Some(vault.seal(place(id, PERSONAL_ID), personal.as_str().as_bytes())?),
        None => before.and_then(|before| before.personal_id_sealed.clone()),
    };
    Ok(Model {
        id,
        full_name: name,
        birth_date: row.birth_date.or(before.and_then(|before| before.birth_date)),
        phone_sealed: vault.reseal(place(id, PHONE), phone, before.and_then(|b| b.phone_sealed.as_ref()))?,
        email_sealed: vault.reseal(place(id, EMAIL), email, before.and_then(|b| b.email_sealed.as_ref()))?,
        personal_id_sealed: personal_id,
        synthetic: before.map_or_else(|| tx.kind() == crate::hub::Kind::Demo, |before| before.synthetic),
        created_at: before.map_or(batch.now, |before| before.created_at),
        updated_at: batch.now,
    })
}

/// The same person under another key: what is sealed opens only in its own place.
pub(super) fn copied(tx: &Tx, of: &Model, now: Timestamp) -> Result<Model, Error> {
    let (vault, id) = (tx.vault(), GuardianId::new(now).uuid());
    let moved = |column, stored: Option<&Vec<u8>>| -> Result<Option<Vec<u8>>, Error> {
        let Some(stored) = stored else { return Ok(None) };
        let text = vault.open_text(place(of.id, column), stored)?;
        vault.seal(place(id, column), text.as_bytes()).map(Some)
    };
    Ok(Model {
        id,
        phone_sealed: moved(PHONE, of.phone_sealed.as_ref())?,
        email_sealed: moved(EMAIL, of.email_sealed.as_ref())?,
        personal_id_sealed: moved(PERSONAL_ID, of.personal_id_sealed.as_ref())?,
        created_at: now,
        updated_at: now,
        ..of.clone()
    })
}
