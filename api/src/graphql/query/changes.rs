//! The feed of changes, page by page.

use async_graphql::{Context, Object};
use entities::changes::{self, Cursor, Kind, Wanted};

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::types::change::{Change, ChangeKind, ChangePage};

/// Changes of a page when the caller names no number.
const DEFAULT_FIRST: i32 = 50;

/// Questions about what happened.
#[derive(Default)]
pub struct ChangeQuery;

#[Object]
impl ChangeQuery {
    /// What happened within reach after a cursor, in order (các thay đổi). Without a cursor it answers the present end of the
    /// feed and no change: keep that cursor, load what you need by the other queries, then follow from it. Changes may tell
    /// of what you have loaded already; apply `node` again, and remove what is deleted.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cursor after which to read; null means from now on.")] since: Option<String>,
        #[graphql(desc = "Of which kinds; null means of every kind that you may read.")] kinds: Option<Vec<ChangeKind>>,
        #[graphql(desc = "Changes at most, 1 to 200; 50 when none is given.")] first: Option<i32>,
    ) -> Result<ChangePage, Fault> {
        let request = Request::of(ctx)?;
        request.allow("changes")?;
        let wanted = Wanted { kinds: readable(request, kinds), mark: None };
        let Some(since) = since else {
            let head = changes::head(request.db()).await?;
            return Ok(ChangePage { changes: Vec::new(), end_cursor: head.to_string(), has_more: false });
        };
        let since = Cursor::parse(&since)?;
        let first = u64::try_from(first.unwrap_or(DEFAULT_FIRST)).unwrap_or(0);
        let page = changes::after(request.db(), &request.reach, &wanted, since, first).await?;
        Ok(ChangePage {
            changes: page.changes.into_iter().map(|told| Change::shown(request, told)).collect(),
            end_cursor: page.end.to_string(),
            has_more: page.has_more,
        })
    }
}

/// The kinds that are wanted, as far as the caller may read them: of others nothing is heard.
#[must_use]
pub fn readable(request: &Request, kinds: Option<Vec<ChangeKind>>) -> Vec<Kind> {
    let kinds = kinds.map_or_else(|| Kind::ALL.to_vec(), |kinds| kinds.into_iter().map(Kind::from).collect());
    kinds.into_iter().filter(|kind| request.may_read(kind.as_str(), "id")).collect()
}
