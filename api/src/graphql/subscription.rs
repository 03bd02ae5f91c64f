//! The root subscription: streams over the feed of changes, each from a cursor on. Every event is looked at under the reach
//! and the policy of the one who asked; what is none of its business is passed in silence.

use std::time::Duration;

use async_graphql::{Context, ID, Subscription as Streams};
use entities::Refusal;
use entities::changes::{Cursor, Kind, Mark, Told, Wanted};
use entities::ids::{BankTransactionId, InvoiceId, RunId};
use futures_util::stream::{self, Stream};

use super::context::Request;
use super::fault::Fault;
use super::node_id;
use super::query::changes::readable;
use super::query::runs::import_run;
use super::types::bank_transaction::BankTransaction;
use super::types::change::{BankTransactionReceived, Change, ChangeKind, InvoicePaid};
use super::types::run::ImportRun;
use crate::feed::Follower;

/// Everything that can be followed (theo dõi). A stream that breaks goes on from the cursor of the last event that was heard:
/// nothing is missed, and nothing comes twice.
#[derive(Default)]
pub struct Subscription;

/// Everything that can be followed (theo dõi). A stream that breaks goes on from the cursor of the last event that was heard:
/// nothing is missed, and nothing comes twice.
#[Streams]
impl Subscription {
    /// Every change within reach, in order (các thay đổi): the query `changes`, as it happens.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The cursor after which to begin; null means from the event that `Last-Event-ID` names, else from now on."
        )]
        since: Option<String>,
        #[graphql(desc = "Of which kinds; null means of every kind that you may read.")] kinds: Option<Vec<ChangeKind>>,
    ) -> Result<impl Stream<Item = Result<Change, Fault>>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("changes")?;
        let wanted = Wanted { kinds: readable(request, kinds), mark: None };
        let shown = async |request: &Request, told| Ok(Some(Change::shown(request, told)));
        events(request, wanted, since, shown).await
    }

    /// Each credit within reach when the hub hears of it for the first time (báo có mới). Vendors hear of what lies on their
    /// own invoices at once; of what a person allocates later, by `invoicePaid` and `changes`.
    async fn bank_transaction_received(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The cursor after which to begin; null means from the event that `Last-Event-ID` names, else from now on."
        )]
        since: Option<String>,
    ) -> Result<impl Stream<Item = Result<BankTransactionReceived, Fault>>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("bankTransactionReceived")?;
        let wanted = Wanted { kinds: vec![Kind::BankTransaction], mark: Some(Mark::Received) };
        let shown = async |request: &Request, told: Told| {
            let found = request.loaders.load_one(BankTransactionId::from_uuid(told.node)).await?;
            let bank_transaction = found.map(BankTransaction::shown);
            Ok(bank_transaction
                .map(|bank_transaction| BankTransactionReceived { bank_transaction, cursor: told.cursor.to_string() }))
        };
        events(request, wanted, since, shown).await
    }

    /// Each invoice within reach when it becomes paid in full (phiếu báo thu đã nộp đủ), by bank or cash. One whose money was
    /// taken off again is told again when it is paid again.
    async fn invoice_paid(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The cursor after which to begin; null means from the event that `Last-Event-ID` names, else from now on."
        )]
        since: Option<String>,
    ) -> Result<impl Stream<Item = Result<InvoicePaid, Fault>>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("invoicePaid")?;
        let wanted = Wanted { kinds: vec![Kind::Invoice], mark: Some(Mark::Paid) };
        let shown = async |request: &Request, told: Told| {
            let found = request.loaders.load_one(InvoiceId::from_uuid(told.node)).await?;
            Ok(found.map(|invoice| InvoicePaid { invoice: invoice.into(), cursor: told.cursor.to_string() }))
        };
        events(request, wanted, since, shown).await
    }

    /// An import of the caller's own as it moves on (tiến độ nhập dữ liệu): as it stands, each time it has moved, and once it
    /// has ended; then the stream ends too.
    async fn import_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the run (mã lượt nhập).")] id: ID,
    ) -> Result<impl Stream<Item = Result<ImportRun, Fault>>, Fault> {
        let request = Request::of(ctx)?.clone();
        request.allow("importProgress")?;
        let id = RunId::from_uuid(node_id::expect("ImportRun", &id)?);
        if import_run(&request, id).await?.is_none() {
            return Err(Refusal::not_found("run").at("id").into());
        }
        Ok(stream::unfold(Some((request, None)), move |state| async move {
            let (request, mut told) = state?;
            loop {
                let run = match import_run(&request, id).await {
                    Ok(run) => run?,
                    Err(fault) => return Some((Err(fault), None)),
                };
                let now = Some((run.rows_read, run.status));
                if now != told {
                    told = now;
                    let next = run.finished_at.is_none().then_some((request, told));
                    return Some((Ok(run), next));
                }
                tokio::time::sleep(LOOK).await;
            }
        }))
    }
}

/// How often a run is looked at: its workers may be in other processes.
const LOOK: Duration = Duration::from_millis(250);

/// The wanted changes as events. What is gone by the time of looking is passed; after a failure the stream ends.
async fn events<T>(
    request: &Request,
    wanted: Wanted,
    since: Option<String>,
    shown: impl AsyncFn(&Request, Told) -> Result<Option<T>, Fault> + Clone,
) -> Result<impl Stream<Item = Result<T, Fault>>, Fault> {
    let since = since.or_else(|| request.last_event.clone());
    let since = since.map(|since| Cursor::parse(&since)).transpose()?;
    let follower = Follower::new(request.db(), &request.hub.feed, &request.reach, wanted, since).await?;
    let request = request.clone();
    Ok(stream::unfold(Some(follower), move |follower| {
        let (request, shown) = (request.clone(), shown.clone());
        async move {
            let mut follower = follower?;
            loop {
                let event = match follower.next().await {
                    Ok(told) => shown(&request, told).await,
                    Err(error) => Err(error.into()),
                };
                match event {
                    Ok(Some(event)) => return Some((Ok(event), Some(follower))),
                    Ok(None) => {}
                    Err(fault) => return Some((Err(fault), None)),
                }
            }
        }
    }))
}
