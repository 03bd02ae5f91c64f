//! Making and altering classes.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use entities::batch::Batch;
use entities::catalogues::Grade;
use entities::classes::{self, Key, Upsert};
use entities::codes::SchoolYear;
use entities::ids::ClassId;
use entities::{Refusal, transaction};

use super::attempt;
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, bad_code, or_refused};
use crate::graphql::node_id;
use crate::graphql::types::row::{Parsed, Rows};
use crate::graphql::types::school_class::SchoolClass;

/// Classes as they are to be (cập nhật danh sách lớp).
#[derive(Clone, Debug, InputObject)]
pub struct UpsertClassesInput {
    /// The caller's key for this attempt (khóa chống lặp): the same key with the same input is not applied again, with
    /// another input it is refused. Null applies the rows whenever they come; unchanged rows write nothing.
    pub idempotency_key: Option<String>,
    /// The classes (lớp học), at most 500.
    pub classes: Vec<ClassInput>,
}

/// Names one class (lớp) of a school and year, by exactly one of these.
#[derive(Clone, Debug, OneofObject)]
pub enum ClassKey {
    /// The global id (mã toàn cục); the class must exist.
    Id(ID),
    /// The class's code (mã lớp) within its school and year.
    Code(String),
    /// The caller's own id (mã riêng của ứng dụng). A class that is new under it needs `code` too.
    ExternalId(String),
}

/// The wanted state of a class (lớp). What is null stays as it is; a new class needs code, name and grade.
#[derive(Clone, Debug, InputObject)]
pub struct ClassInput {
    /// The school's code (mã trường).
    pub school_code: String,
    /// The calendar year in which the school year starts (năm học).
    pub school_year: i32,
    /// Which class (lớp).
    pub key: ClassKey,
    /// The caller's own id (mã riêng), kept beside a key of another kind; only for clients.
    pub external_id: Option<String>,
    /// The class's code (mã lớp); it can be given once and never changes.
    pub code: Option<String>,
    /// Its name (tên lớp), at most 100 characters.
    pub name: Option<String>,
    /// Its grade, by the ministry's code of two digits (mã khối).
    pub grade_code: Option<String>,
}

/// What is done with classes.
#[derive(Default)]
pub struct ClassMutation;

#[Object]
impl ClassMutation {
    /// Makes or alters classes in bulk (cập nhật danh sách lớp), with a result per row.
    async fn upsert_classes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The classes.")] input: UpsertClassesInput,
    ) -> Result<Rows<SchoolClass>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("upsertClasses")?;
        let key = input.idempotency_key.as_deref();
        let attempt = key.map(|key| attempt(request, "upsertClasses", key, &input)).transpose()?;
        let parsed = match Parsed::read(input.classes, ClassInput::external_id, ClassInput::read) {
            Ok(parsed) => parsed,
            Err(refusal) => return Ok(Rows::refused(vec![refusal.into()])),
        };
        let batch = Batch { reach: &request.reach, attempt: attempt.as_ref(), now: request.now };
        let written = transaction!(request.db(), |tx| classes::upsert(tx, &batch, &parsed.rows).await);
        let results = match or_refused(written)? {
            Ok(results) => parsed.with(results),
            Err(refused) => return Ok(Rows::refused(refused)),
        };
        let ids: Vec<ClassId> = results.iter().filter_map(|row| row.id).map(ClassId::from_uuid).collect();
        let found = classes::by_ids(request.db(), &request.reach, &ids).await?;
        let nodes = found.into_iter().map(|(id, class)| (id.uuid(), SchoolClass::from(class))).collect();
        Ok(Rows::of(results, &nodes))
    }
}

impl ClassInput {
    /// What the caller calls the row.
    pub(in crate::graphql) fn external_id(&self) -> Option<String> {
        if let ClassKey::ExternalId(id) = &self.key { Some(id.clone()) } else { self.external_id.clone() }
    }

    /// The row in the ledger's words.
    pub(in crate::graphql) fn read(self) -> Result<Upsert, Refusal> {
        let key = match self.key {
            ClassKey::Id(id) => {
                Key::Id(ClassId::from_uuid(node_id::row("SchoolClass", &id).map_err(|refusal| refusal.at("key.id"))?))
            }
            ClassKey::Code(code) => Key::Code(code),
            ClassKey::ExternalId(id) => Key::External(id),
        };
        Ok(Upsert {
            school_code: self.school_code,
            school_year: SchoolYear::starting(self.school_year).map_err(bad_code("schoolYear"))?,
            key,
            external_id: self.external_id,
            code: self.code,
            name: self.name,
            grade: self.grade_code.as_deref().map(Grade::parse).transpose().map_err(bad_code("gradeCode"))?,
        })
    }
}
