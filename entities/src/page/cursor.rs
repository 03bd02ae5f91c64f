//! Cursors: where a row lies in the order in which it was asked for.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Key, Sort};
use crate::error::{Error, Refusal};

/// The place of a row in an order. It becomes text when somebody asks for it: most rows of most replies are asked for none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cursor {
    order: &'static str,
    descending: bool,
    key: Key,
    id: Uuid,
}

/// What the text says: the order's name and direction, then the place in it.
#[derive(Serialize, Deserialize)]
struct Words<S, K>(S, bool, K, Uuid);

impl Cursor {
    /// The place of the row with this key.
    pub(crate) fn of<C>(sort: &Sort<C>, (key, id): (Key, Uuid)) -> Self {
        Self { order: sort.name, descending: sort.descending, key, id }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = Words(self.order, self.descending, &self.key, self.id);
        f.write_str(&URL_SAFE_NO_PAD.encode(serde_json::to_vec(&words).map_err(|_| fmt::Error)?))
    }
}

/// The key that a cursor of this order names.
///
/// # Errors
/// `BAD_CURSOR`.
pub(super) fn read<C>(text: &str, sort: &Sort<C>) -> Result<(Key, Uuid), Error> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad_cursor())?;
    let Words(order, descending, key, id): Words<String, Key> =
        serde_json::from_slice(&bytes).map_err(|_| bad_cursor())?;
    if order != sort.name || descending != sort.descending {
        return Err(bad_cursor());
    }
    Ok((key, id))
}

pub(super) fn bad_cursor() -> Error {
    Refusal::new("BAD_CURSOR", "This cursor is not one of this list.", "Con trỏ trang không thuộc danh sách này.")
        .into()
}
