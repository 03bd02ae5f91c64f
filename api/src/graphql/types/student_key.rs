//! By what a row of input names its student.

use async_graphql::{ID, OneofObject};
use entities::Refusal;
use entities::ids::StudentId;
use entities::students::Key;

use crate::graphql::node_id;

/// Names one student (học sinh), by exactly one of these.
#[derive(Clone, Debug, OneofObject)]
pub enum StudentKey {
    /// The global id (mã toàn cục).
    Id(ID),
    /// The ministry's code (mã định danh học sinh trên CSDL ngành).
    MinistryCode(String),
    /// The caller's own id (mã riêng của ứng dụng), which counts within the school.
    ExternalId(String),
}

impl TryFrom<StudentKey> for Key {
    type Error = Refusal;

    fn try_from(key: StudentKey) -> Result<Self, Refusal> {
        Ok(match key {
            StudentKey::Id(id) => {
                Self::Id(StudentId::from_uuid(node_id::row("Student", &id).map_err(|refusal| refusal.at("student"))?))
            }
            StudentKey::MinistryCode(code) => Self::MinistryCode(code),
            StudentKey::ExternalId(id) => Self::External(id),
        })
    }
}
