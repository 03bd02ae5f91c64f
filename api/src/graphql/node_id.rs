//! Global ids (Relay): the type's name and the row's UUID, opaque to the outside.

use async_graphql::ID;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entities::Refusal;
use uuid::Uuid;

use super::fault::Fault;

/// The global id of a row of a type.
#[must_use]
pub fn encode(kind: &str, row: Uuid) -> ID {
    ID(URL_SAFE_NO_PAD.encode(format!("{kind}:{row}")))
}

/// The type and row of a global id; none when it is no id of the hub.
#[must_use]
pub fn decode(id: &ID) -> Option<(String, Uuid)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_bytes()).ok()?).ok()?;
    let (kind, row) = text.split_once(':')?;
    Some((kind.to_owned(), row.parse().ok()?))
}

/// The row of a global id that must be of `kind`.
///
/// # Errors
/// `BAD_ID` for anything else; it tells nothing of what exists.
pub fn expect(kind: &str, id: &ID) -> Result<Uuid, Fault> {
    row(kind, id).map_err(Fault::from)
}

/// The row of a global id that must be of `kind`, or the refusal for a row of input.
///
/// # Errors
/// `BAD_ID` for anything else; it tells nothing of what exists.
pub fn row(kind: &str, id: &ID) -> Result<Uuid, Refusal> {
    match decode(id) {
        Some((found, row)) if found == kind => Ok(row),
        _ => Err(Refusal::new(
            "BAD_ID",
            format!("This is not the id of a {kind}."),
            format!("Mã không phải của {kind}."),
        )),
    }
}
