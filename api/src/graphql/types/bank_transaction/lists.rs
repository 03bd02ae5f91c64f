//! The transactions of schools: the first pages of many schools in one statement, further pages one by one.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Value};
use entities::bank_transactions::{self, Extent, Filter};
use entities::ids::SchoolId;
use entities::page::{Page, Rows, Slice};

use super::{BankTransaction, extent};
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::paging::{Arguments, Total, connection, nodes};
use crate::graphql::query::money::BankTransactionFilter;
use crate::graphql::quick::{Quick, QuickPage};

/// A question for the first page of the transactions of a school.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct TransactionsOf {
    school: SchoolId,
    filter: Filter,
    rows: Rows,
    extent: Extent,
}

impl Loader<TransactionsOf> for Ledger {
    type Value = Slice<bank_transactions::BankTransaction>;
    type Error = Failed;

    /// One statement for each distinct filter; a document has few of them, whatever the number of schools.
    async fn load(&self, keys: &[TransactionsOf]) -> Result<HashMap<TransactionsOf, Self::Value>, Failed> {
        let mut questions: HashMap<(&Filter, Rows, Extent), Vec<SchoolId>> = HashMap::new();
        for key in keys {
            questions.entry((&key.filter, key.rows, key.extent)).or_default().push(key.school);
        }
        let mut found = HashMap::new();
        for ((filter, rows, extent), schools) in questions {
            let pages = bank_transactions::of_schools(&self.db, &self.reach, &schools, filter, rows, extent).await?;
            let key = |school| TransactionsOf { school, filter: filter.clone(), rows, extent };
            found.extend(pages.into_iter().map(|(school, page)| (key(school), page)));
        }
        Ok(found)
    }
}

/// The transactions of a school, as its type answers them.
pub(in crate::graphql::types) async fn of_school(
    ctx: &Context<'_>,
    school: SchoolId,
    filter: Option<BankTransactionFilter>,
    arguments: Arguments,
) -> Result<QuickPage<BankTransaction>, Fault> {
    let request = Request::of(ctx)?;
    request.allow("bankTransactions")?;
    let (extent, allocations) = extent([ctx.field()]);
    let (filter, page) = (filter.unwrap_or_default().read()?, arguments.page_of(ctx)?);
    let slice = if page.beyond.is_none() && !page.backward {
        let key = TransactionsOf { school, filter: Filter { school: None, ..filter }, rows: page.rows, extent };
        request.loaders.load_one(key).await?.unwrap_or_else(Slice::empty)
    } else {
        let filter = Filter { school: Some(school), ..filter };
        bank_transactions::visible(request.db(), &request.reach, &filter, &page, extent, allocations).await?
    };
    Ok(Quick(connection(slice, Total::default(), |row| Quick(BankTransaction::shown(row)))))
}

/// The first transactions of many schools, read with the schools where the list of them is asked for by nothing but its
/// length: then a page of schools is wholly at hand.
pub(in crate::graphql) struct Ahead {
    pages: HashMap<SchoolId, QuickPage<BankTransaction>>,
    none: QuickPage<BankTransaction>,
}

impl Ahead {
    /// The page of a school.
    pub(in crate::graphql) fn of(&self, school: SchoolId) -> &QuickPage<BankTransaction> {
        self.pages.get(&school).unwrap_or(&self.none)
    }
}

/// Reads ahead for the schools of a page that is being resolved; none where the schools' own resolvers must ask.
///
/// # Errors
/// The database's.
pub(in crate::graphql) async fn ahead(ctx: &Context<'_>, schools: &[SchoolId]) -> Result<Option<Ahead>, Fault> {
    let request = Request::of(ctx)?;
    let lists: Vec<_> = nodes([ctx.field()]).into_iter().filter(|field| field.name() == "bankTransactions").collect();
    let [list] = &lists[..] else { return Ok(None) };
    let (Ok(arguments), (extent, None)) = (list.arguments(), extent([*list])) else { return Ok(None) };
    let first = match &arguments[..] {
        [(name, Value::Number(first))] if name == "first" => first.as_i64().and_then(|first| i32::try_from(first).ok()),
        _ => None,
    };
    let page = first.and_then(|first| Arguments { first: Some(first), ..Arguments::default() }.page().ok());
    let Some(Page { rows, .. }) = page.filter(|_| request.allow("bankTransactions").is_ok()) else { return Ok(None) };
    let rows = Rows { and_more: list.selection_set().any(|field| field.name() == "pageInfo"), ..rows };
    let all = Filter::default();
    let found = bank_transactions::of_schools(request.db(), &request.reach, schools, &all, rows, extent).await?;
    let shown = |slice| Quick(connection(slice, Total::default(), |row| Quick(BankTransaction::shown(row))));
    let pages = found.into_iter().map(|(school, slice)| (school, shown(slice))).collect();
    Ok(Some(Ahead { pages, none: shown(Slice::empty()) }))
}
