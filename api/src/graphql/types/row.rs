//! What bulk mutations answer: a result for each row in the order of the input, and one bad row fails no other.

use std::borrow::Cow;
use std::collections::HashMap;

use async_graphql::{Enum, OutputType, SimpleObject, TypeName};
use entities::{Refusal, batch};
use uuid::Uuid;

use crate::graphql::fault::UserError;

/// What became of a row (kết quả xử lý dòng).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Enum)]
pub enum RowStatus {
    /// The thing is new (đã tạo).
    Created,
    /// The thing existed and was altered (đã cập nhật).
    Updated,
    /// The thing existed just so; nothing was written (không thay đổi).
    Unchanged,
    /// The row cannot be accepted; nothing was written for it (bị từ chối).
    Refused,
}

impl From<batch::RowStatus> for RowStatus {
    fn from(status: batch::RowStatus) -> Self {
        match status {
            batch::RowStatus::Created => Self::Created,
            batch::RowStatus::Updated => Self::Updated,
            batch::RowStatus::Unchanged => Self::Unchanged,
            batch::RowStatus::Refused => Self::Refused,
        }
    }
}

/// The result of one row of a bulk mutation (kết quả của một dòng).
#[derive(SimpleObject)]
#[graphql(name_type)]
pub struct Row<T: OutputType> {
    /// The row's place in the input, from 0 (số thứ tự).
    pub index: usize,
    /// The caller's own id, as the row gave it (mã riêng); null when it gave none.
    pub external_id: Option<String>,
    /// What became of the row (kết quả của dòng).
    pub status: RowStatus,
    /// The thing as it is now (đối tượng sau khi xử lý); null when the row was refused.
    pub node: Option<T>,
    /// Why the row was refused (lý do từ chối); empty otherwise.
    pub errors: Vec<UserError>,
}

impl<T: OutputType> TypeName for Row<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Row", T::type_name()).into()
    }
}

/// The payload of a bulk mutation (kết quả thao tác hàng loạt).
#[derive(SimpleObject)]
#[graphql(name_type)]
pub struct Rows<T: OutputType> {
    /// One result for each row (kết quả từng dòng), in the order of the input; empty when the whole input was
    /// refused.
    pub rows: Vec<Row<T>>,
    /// Why the whole input was refused (lỗi của cả yêu cầu); empty otherwise, also when single rows were.
    pub user_errors: Vec<UserError>,
}

impl<T: OutputType> TypeName for Rows<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}RowsPayload", T::type_name()).into()
    }
}

impl<T: OutputType + Clone> Rows<T> {
    /// The payload for what the ledger answered, with the things as they were read again under the caller's reach.
    pub fn of(results: Vec<batch::RowResult>, nodes: &HashMap<Uuid, T>) -> Self {
        let row = |result: batch::RowResult| Row {
            index: result.index,
            external_id: result.external_id,
            status: result.status.into(),
            node: result.id.and_then(|id| nodes.get(&id).cloned()),
            errors: result.errors.into_iter().map(UserError::from).collect(),
        };
        Self { rows: results.into_iter().map(row).collect(), user_errors: Vec::new() }
    }

    /// The payload when nothing of the input was taken up.
    #[must_use]
    pub fn refused(user_errors: Vec<UserError>) -> Self {
        Self { rows: Vec::new(), user_errors }
    }
}

/// Rows that could be read, and the refusals of those that could not, until the ledger has answered.
pub(crate) struct Parsed<T> {
    pub(crate) rows: Vec<T>,
    places: Vec<usize>,
    refused: Vec<batch::RowResult>,
}

impl<T> Parsed<T> {
    /// Reads each row; `external_id` is what the caller calls it.
    ///
    /// # Errors
    /// `TOO_MANY_ROWS`.
    pub(crate) fn read<I>(
        input: Vec<I>,
        external_id: impl Fn(&I) -> Option<String>,
        read: impl Fn(I) -> Result<T, Refusal>,
    ) -> Result<Self, Refusal> {
        if input.len() > batch::MAX_ITEMS {
            let en = format!("At most {} rows are taken at once.", batch::MAX_ITEMS);
            let vi = format!("Mỗi lần gửi tối đa {} dòng.", batch::MAX_ITEMS);
            return Err(Refusal::new("TOO_MANY_ROWS", en, vi));
        }
        let mut parsed = Self { rows: Vec::new(), places: Vec::new(), refused: Vec::new() };
        for (index, row) in input.into_iter().enumerate() {
            let external_id = external_id(&row);
            match read(row) {
                Ok(row) => {
                    parsed.rows.push(row);
                    parsed.places.push(index);
                }
                Err(refusal) => {
                    let (status, errors) = (batch::RowStatus::Refused, vec![refusal]);
                    parsed.refused.push(batch::RowResult { index, external_id, status, id: None, errors });
                }
            }
        }
        Ok(parsed)
    }

    /// All results in the order of the input.
    pub(crate) fn with(self, results: Vec<batch::RowResult>) -> Vec<batch::RowResult> {
        let placed = results.into_iter().zip(self.places).map(|(row, index)| batch::RowResult { index, ..row });
        let mut all: Vec<_> = placed.chain(self.refused).collect();
        all.sort_by_key(|row| row.index);
        all
    }
}
