//! Asking for imports and exports, and stopping them.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entities::codes::SchoolYear;
use entities::ids::{BankAccountId, FileId, RunId};
use entities::runs::{self, Direction};
use entities::{Error, Refusal, transaction};

use super::attempt;
use crate::flows::exports;
use crate::flows::imports::{self, Asked};
use crate::graphql::context::Request;
use crate::graphql::fault::{Fault, UserError, bad_code, or_refused};
use crate::graphql::node_id;
use crate::graphql::query::runs::{export_run, import_run};
use crate::graphql::types::run::{ExportKind, ExportRun, ImportKind, ImportRun};

/// A file that is to be imported (nhập dữ liệu từ tệp).
#[derive(Clone, Debug, InputObject)]
pub struct StartImportInput {
    /// The caller's key for this attempt (khóa chống lặp): the same key with the same input answers with the same run, with
    /// another input it is refused. Null starts a run each time.
    pub idempotency_key: Option<String>,
    /// What the lines of the file are (loại dữ liệu).
    pub kind: ImportKind,
    /// The id that `POST /files` answered with (mã tệp).
    pub file_id: String,
    /// The school of every row (mã trường), so that lines need not name it; fees and invoices need it. Null when each line
    /// names its own.
    pub school_code: Option<String>,
    /// The global id of the account that a statement is about (tài khoản), for a file that does not name it; null when it does,
    /// and for every other kind.
    pub bank_account_id: Option<ID>,
    /// Whether nothing is written and the results only say what would be (chạy thử).
    #[graphql(default)]
    pub dry_run: bool,
}

/// An import that is to stop (dừng nhập dữ liệu).
#[derive(Clone, Debug, InputObject)]
pub struct CancelImportInput {
    /// The global id of the run (mã lượt nhập).
    pub id: ID,
}

/// The payload of what is done with an import (kết quả thao tác).
#[derive(SimpleObject)]
pub struct ImportRunPayload {
    /// The run as it stands (lượt chạy); null when the input was refused.
    pub import_run: Option<ImportRun>,
    /// Why the input was refused (lý do từ chối); empty otherwise.
    pub user_errors: Vec<UserError>,
}

/// Rows that are wanted as a file (xuất dữ liệu ra tệp).
#[derive(Clone, Debug, InputObject)]
pub struct StartExportInput {
    /// The caller's key for this attempt (khóa chống lặp): the same key with the same input answers with the same run, with
    /// another input it is refused. Null starts a run each time.
    pub idempotency_key: Option<String>,
    /// What the rows are (loại dữ liệu).
    pub kind: ExportKind,
    /// Only rows of this school (mã trường); null means all in reach.
    pub school_code: Option<String>,
    /// Only rows of the school year that starts in this year (năm học); null means all. A roster needs it.
    pub school_year: Option<i32>,
    /// Of a roster only what changed since this cursor of `changes`, such as the `changesCursor` of the export before (chỉ xuất
    /// phần thay đổi); null means everything.
    pub since: Option<String>,
}

/// An export that is to stop (dừng xuất dữ liệu).
#[derive(Clone, Debug, InputObject)]
pub struct CancelExportInput {
    /// The global id of the run (mã lượt xuất).
    pub id: ID,
}

/// The payload of what is done with an export (kết quả thao tác).
#[derive(SimpleObject)]
pub struct ExportRunPayload {
    /// The run as it stands (lượt chạy); null when the input was refused.
    pub export_run: Option<ExportRun>,
    /// Why the input was refused (lý do từ chối); empty otherwise.
    pub user_errors: Vec<UserError>,
}

/// What is done with imports and exports.
#[derive(Default)]
pub struct RunMutation;

#[Object]
impl RunMutation {
    /// Imports a file that was sent to `/files` (nhập dữ liệu từ tệp). Workers take it up; `importRun` shows how far it is.
    async fn start_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which file, and what its lines are.")] input: StartImportInput,
    ) -> Result<ImportRunPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("startImport")?;
        let key = input.idempotency_key.as_deref();
        let attempt = key.map(|key| attempt(request, "startImport", key, &input)).transpose()?;
        let asked = async {
            let account = input.bank_account_id.map(|id| node_id::row("BankAccount", &id)).transpose()?;
            let file: Result<FileId, _> = input.file_id.parse();
            let asked = Asked {
                kind: input.kind.into(),
                file: file.map_err(|_| Refusal::not_found("file").at("fileId"))?,
                school_code: input.school_code,
                account: account.map(BankAccountId::from_uuid),
                dry_run: input.dry_run,
                purpose: request.purpose.clone(),
            };
            let asker = (&request.reach, Some(&*request.caller));
            imports::start(request.db(), &request.hub.config, asker, asked, attempt.as_ref(), request.now).await
        };
        let started = asked.await;
        request.hub.runs.notify_one();
        imported(request, started).await
    }

    /// Stops an import of the caller's own before its next page (dừng nhập dữ liệu). What was written stays, and so do the
    /// results; a run that has ended stays as it is.
    async fn cancel_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which import.")] input: CancelImportInput,
    ) -> Result<ImportRunPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("cancelImport")?;
        let stopped = stop(request, Direction::Import, "ImportRun", &input.id).await;
        imported(request, stopped).await
    }

    /// Writes the rows in reach into a file (xuất dữ liệu ra tệp), under the field policy. Workers take it up; `exportRun`
    /// shows how far it is.
    async fn start_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which rows.")] input: StartExportInput,
    ) -> Result<ExportRunPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("startExport")?;
        let key = input.idempotency_key.as_deref();
        let attempt = key.map(|key| attempt(request, "startExport", key, &input)).transpose()?;
        let year = input.school_year.map(SchoolYear::starting).transpose();
        let asked = exports::Asked {
            kind: input.kind.into(),
            school_code: input.school_code,
            school_year: year.map_err(bad_code("schoolYear"))?,
            since: input.since,
            purpose: request.purpose.clone(),
        };
        let (hub, asker) = (&request.hub, (&request.reach, Some(&*request.caller)));
        let started =
            exports::start(&hub.db, &hub.config, &hub.writing, asker, asked, attempt.as_ref(), request.now).await;
        hub.runs.notify_one();
        exported(request, started).await
    }

    /// Stops an export of the caller's own before its next page (dừng xuất dữ liệu); the rows written so far stay.
    async fn cancel_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which export.")] input: CancelExportInput,
    ) -> Result<ExportRunPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("cancelExport")?;
        let stopped = stop(request, Direction::Export, "ExportRun", &input.id).await;
        exported(request, stopped).await
    }
}

async fn exported(request: &Request, done: Result<RunId, Error>) -> Result<ExportRunPayload, Fault> {
    Ok(match or_refused(done)? {
        Err(user_errors) => ExportRunPayload { export_run: None, user_errors },
        Ok(id) => ExportRunPayload { export_run: export_run(request, id).await?, user_errors: Vec::new() },
    })
}

async fn imported(request: &Request, done: Result<RunId, Error>) -> Result<ImportRunPayload, Fault> {
    Ok(match or_refused(done)? {
        Err(user_errors) => ImportRunPayload { import_run: None, user_errors },
        Ok(id) => ImportRunPayload { import_run: import_run(request, id).await?, user_errors: Vec::new() },
    })
}

async fn stop(request: &Request, direction: Direction, kind: &str, id: &ID) -> Result<RunId, Error> {
    let id = RunId::from_uuid(node_id::row(kind, id)?);
    let (reach, now) = (&request.reach, request.now);
    let run = transaction!(request.db(), |tx| runs::cancel(tx, reach, direction, id, now).await)?;
    request.hub.runs.notify_one();
    Ok(run.id)
}
