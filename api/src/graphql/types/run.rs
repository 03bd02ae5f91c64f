//! Imports and exports as their owners see them.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{
    ComplexObject, Context, Enum, ID, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value,
};
use entities::files;
use entities::ids::FileId;
use entities::runs::{self, Run, Status};

use crate::flows::{exports, imports};
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, UserError};
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::node_id;
use crate::graphql::scalars::Moment;

/// A length in bytes (dung lượng, byte) as a JSON integer of up to 64 bits; `Int` is 32 bits and too small.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bytes(pub i64);

/// A length in bytes (dung lượng, byte) as a JSON integer of up to 64 bits; `Int` is 32 bits and too small.
#[Scalar(name = "Bytes")]
impl ScalarType for Bytes {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => {
                number.as_i64().map(Self).ok_or_else(|| InputValueError::custom("Bytes is a whole number."))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        self.0.into()
    }
}

/// Where an import or export stands (trạng thái).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "Status")]
pub enum RunStatus {
    /// No worker has taken it up yet (đang chờ).
    Queued,
    /// It is being worked on, page by page (đang chạy).
    Running,
    /// Every row was seen (hoàn thành).
    Done,
    /// It stopped before its end; `failure` says why, and what was written stays (thất bại).
    Failed,
    /// Somebody stopped it; what was written stays (đã hủy).
    Cancelled,
}

/// What the rows of an import are (loại dữ liệu nhập). A line of the file is a row of the mutation that is named; statements
/// and rosters are read as their senders write them.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "imports::Kind")]
pub enum ImportKind {
    /// Schools, each line a `SchoolInput` of `upsertSchools` (trường).
    Schools,
    /// Classes, each line a `ClassInput` of `upsertClasses` (lớp).
    Classes,
    /// Students, each line a `StudentInput` of `upsertStudents` (học sinh).
    Students,
    /// Enrollments, each line an `EnrollmentInput` of `upsertEnrollments` (quá trình học).
    Enrollments,
    /// Fees of one school, each line a `FeeInput` of `createFees` (khoản thu).
    Fees,
    /// Invoices of one school, each line an `InvoiceInput` of `createInvoices` (phiếu báo thu).
    Invoices,
    /// Account statements of one school as the bank wrote them, each line a `StatementLine` (sao kê tài khoản).
    Statements,
    /// Classes, students and enrollments as OneRoster 1.2 writes them: a zip of CSV files (danh sách lớp theo chuẩn OneRoster).
    #[graphql(name = "ONEROSTER")]
    OneRoster,
}

/// What the rows of an export are (loại dữ liệu xuất). A line of the file is one of them, in the words of its type; a roster is
/// written in the words of its standard.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "exports::Kind")]
pub enum ExportKind {
    /// Schools (trường).
    Schools,
    /// Classes (lớp).
    Classes,
    /// Students with an enrollment that runs (học sinh đang học).
    Students,
    /// Enrollments, those that ended too (quá trình học).
    Enrollments,
    /// Invoices (phiếu báo thu).
    Invoices,
    /// Schools, classes, students and enrollments of one school year as OneRoster 1.2 writes them, a zip of CSV files (danh sách
    /// lớp theo chuẩn OneRoster). What the caller may not read is left blank there.
    #[graphql(name = "ONEROSTER")]
    OneRoster,
}

/// A file that can be fetched (tệp tải về), with the caller's own token and as long as its rights are what they were.
#[derive(SimpleObject, Clone, Debug)]
pub struct RunFile {
    /// Its id, as it stands in the URL (mã tệp).
    pub id: String,
    /// Where it is fetched (địa chỉ tải về); a download that broke off goes on with `Range`.
    pub url: String,
    /// Its name (tên tệp).
    pub name: String,
    /// Its length (dung lượng).
    pub bytes: Bytes,
    /// The SHA-256 of its bytes in hex (mã băm).
    pub sha256: String,
    /// When its bytes are erased (thời hạn lưu).
    pub expires_at: Moment,
}

/// The import of a file (lượt nhập dữ liệu): its rows go through the same verbs as the bulk mutations, page by page.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(complex)]
pub struct ImportRun {
    /// Global id (mã toàn cục).
    pub id: ID,
    /// What its rows are (loại dữ liệu).
    pub kind: ImportKind,
    /// Where it stands (trạng thái).
    pub status: RunStatus,
    /// Whether it writes nothing and only shows what it would do (chạy thử). Each page is judged without the one before, a
    /// roster as a whole.
    pub dry_run: bool,
    /// The school of every row (mã trường); null when each row names its own.
    pub school_code: Option<String>,
    /// Rows read so far (số dòng đã đọc); blank lines are none. Rows of a roster that the hub has no place for are among them
    /// and in none of the figures below.
    pub rows_read: i64,
    /// Bytes of the file read so far (số byte đã đọc).
    pub bytes_read: Bytes,
    /// Bytes of the whole file (tổng số byte).
    pub bytes: Bytes,
    /// Rows that made something new (đã tạo).
    pub created: i64,
    /// Rows that altered something (đã cập nhật).
    pub updated: i64,
    /// Rows that found everything so already (không thay đổi).
    pub unchanged: i64,
    /// Rows that could not be accepted; the result file says why (bị từ chối).
    pub refused: i64,
    /// Why it stopped before its end (lý do dừng); null unless it failed.
    pub failure: Option<UserError>,
    /// When it was asked for (thời điểm yêu cầu).
    pub created_at: Moment,
    /// When a worker took it up (thời điểm bắt đầu); null while it waits.
    pub started_at: Option<Moment>,
    /// When it ended (thời điểm kết thúc); null while it waits or runs.
    pub finished_at: Option<Moment>,
    #[graphql(skip)]
    output: FileId,
}

impl TryFrom<Run> for ImportRun {
    type Error = Fault;

    fn try_from(run: Run) -> Result<Self, Fault> {
        let kind = imports::Kind::parse(&run.kind).ok_or_else(|| entities::Error::internal("an unknown import"))?;
        Ok(Self {
            id: node_id::encode("ImportRun", run.id.uuid()),
            kind: kind.into(),
            status: run.status.into(),
            dry_run: run.dry_run,
            school_code: run.school_code,
            rows_read: run.figures.rows,
            bytes_read: Bytes(run.figures.bytes_read),
            bytes: Bytes(run.bytes.unwrap_or(0)),
            created: run.figures.created,
            updated: run.figures.updated,
            unchanged: run.figures.unchanged,
            refused: run.figures.refused,
            failure: run.failure.map(UserError::from),
            created_at: run.created_at.into(),
            started_at: run.started_at.map(Into::into),
            finished_at: run.finished_at.map(Into::into),
            output: run.file,
        })
    }
}

impl From<runs::Failure> for UserError {
    fn from(failure: runs::Failure) -> Self {
        Self { code: failure.code, field: None, message: failure.message, message_vi: failure.message_vi }
    }
}

#[ComplexObject]
impl ImportRun {
    /// The results (tệp kết quả): one line of JSON for each row with `line`, `externalId`, `status`, `id` and `errors`; of a
    /// roster with `file` and `notKept` too, and `NOT_KEPT` for rows that the hub has no place for. Null until the run has ended, and after the file has expired.
    async fn file(&self, ctx: &Context<'_>) -> Result<Option<RunFile>, Fault> {
        // Read later than the run: a file that is complete by now belongs to a run that was still shown running.
        match self.finished_at {
            Some(_) => RunFile::of(Request::of(ctx)?, self.output).await,
            None => Ok(None),
        }
    }
}

/// An export into a file (lượt xuất dữ liệu): the rows in the caller's reach, in the order in which they were made.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(complex)]
pub struct ExportRun {
    /// Global id (mã toàn cục).
    pub id: ID,
    /// What its rows are (loại dữ liệu).
    pub kind: ExportKind,
    /// Where it stands (trạng thái).
    pub status: RunStatus,
    /// The school of every row (mã trường); null for all in reach.
    pub school_code: Option<String>,
    /// The school year of every row by the year in which it starts (năm học); null for all.
    pub school_year: Option<i32>,
    /// Rows written so far (số dòng đã ghi).
    pub rows_written: i64,
    /// Fields that the caller may not read and that no line has or fills (trường bị che), as `Student.birthDate`.
    pub masked_fields: Vec<String>,
    /// The cursor of `changes` from before the first row (con trỏ thay đổi): whoever follows on from it after loading the
    /// file misses nothing. Null for a run of before changes could be followed.
    pub changes_cursor: Option<String>,
    /// Why it stopped before its end (lý do dừng); null unless it failed.
    pub failure: Option<UserError>,
    /// When it was asked for (thời điểm yêu cầu).
    pub created_at: Moment,
    /// When a worker took it up (thời điểm bắt đầu); null while it waits.
    pub started_at: Option<Moment>,
    /// When it ended (thời điểm kết thúc); null while it waits or runs.
    pub finished_at: Option<Moment>,
    #[graphql(skip)]
    output: FileId,
}

impl TryFrom<Run> for ExportRun {
    type Error = Fault;

    fn try_from(run: Run) -> Result<Self, Fault> {
        let kind = exports::Kind::parse(&run.kind).ok_or_else(|| entities::Error::internal("an unknown export"))?;
        Ok(Self {
            id: node_id::encode("ExportRun", run.id.uuid()),
            kind: kind.into(),
            status: run.status.into(),
            school_code: run.school_code,
            school_year: run.school_year.map(|year| year.start_year()),
            rows_written: run.figures.rows,
            masked_fields: run.masked,
            changes_cursor: run.changes_cursor,
            failure: run.failure.map(UserError::from),
            created_at: run.created_at.into(),
            started_at: run.started_at.map(Into::into),
            finished_at: run.finished_at.map(Into::into),
            output: run.file,
        })
    }
}

#[ComplexObject]
impl ExportRun {
    /// The rows (tệp dữ liệu): one line of JSON each, or the zip of a roster. Null until the run has ended, and after the file has expired.
    async fn file(&self, ctx: &Context<'_>) -> Result<Option<RunFile>, Fault> {
        // Read later than the run: a file that is complete by now belongs to a run that was still shown running.
        match self.finished_at {
            Some(_) => RunFile::of(Request::of(ctx)?, self.output).await,
            None => Ok(None),
        }
    }
}

impl RunFile {
    pub(in crate::graphql) async fn of(request: &Request, id: FileId) -> Result<Option<Self>, Fault> {
        Ok(request.loaders.load_one(RunFileOf(id)).await?.map(|file| Self {
            id: file.id.to_string(),
            url: format!("{}/files/{}", request.hub.config.public_url(), file.id),
            name: file.name,
            bytes: Bytes(i64::try_from(file.bytes).unwrap_or(i64::MAX)),
            sha256: file.sha256.map(hex::encode).unwrap_or_default(),
            expires_at: file.expires_at.into(),
        }))
    }
}

/// The complete file of a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RunFileOf(FileId);

impl Loader<RunFileOf> for Ledger {
    type Value = files::File;
    type Error = Failed;

    async fn load(&self, keys: &[RunFileOf]) -> Result<HashMap<RunFileOf, Self::Value>, Failed> {
        let ids: Vec<FileId> = keys.iter().map(|key| key.0).collect();
        let found = files::owned(&self.db, &self.reach, &ids).await?;
        Ok(found.into_iter().map(|file| (RunFileOf(file.id), file)).collect())
    }
}
