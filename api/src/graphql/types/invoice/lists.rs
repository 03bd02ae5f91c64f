//! The invoices of schools and students: the first pages of many parents in one statement, further pages one by one.

use std::collections::HashMap;

use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use entities::ids::{SchoolId, StudentId};
use entities::invoices::{self, Filter, Order, Query};
use entities::page::{Page, Rows, Slice};

use super::Invoice;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::paging::{Arguments, Cursor, Total, connection};
use crate::graphql::query::invoice::{InvoiceFilter, wanted};

/// A question for the first page of the invoices of a parent.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct InvoicesOf<P> {
    parent: P,
    filter: Filter,
    rows: Rows,
}

/// The parents of each distinct filter and size of page; a document has few of them, whatever the number of parents.
fn questions<P: Copy>(keys: &[InvoicesOf<P>]) -> HashMap<(&Filter, Rows), Vec<P>> {
    let mut questions: HashMap<(&Filter, Rows), Vec<P>> = HashMap::new();
    for key in keys {
        questions.entry((&key.filter, key.rows)).or_default().push(key.parent);
    }
    questions
}

impl Loader<InvoicesOf<SchoolId>> for Ledger {
    type Value = Slice<invoices::Invoice>;
    type Error = Failed;

    async fn load(&self, keys: &[InvoicesOf<SchoolId>]) -> Result<HashMap<InvoicesOf<SchoolId>, Self::Value>, Failed> {
        let mut found = HashMap::new();
        for ((filter, rows), schools) in questions(keys) {
            let pages = invoices::of_schools(&self.db, &self.reach, &schools, filter, rows).await?;
            let key = |parent| InvoicesOf { parent, filter: filter.clone(), rows };
            found.extend(pages.into_iter().map(|(school, page)| (key(school), page)));
        }
        Ok(found)
    }
}

impl Loader<InvoicesOf<StudentId>> for Ledger {
    type Value = Slice<invoices::Invoice>;
    type Error = Failed;

    async fn load(
        &self,
        keys: &[InvoicesOf<StudentId>],
    ) -> Result<HashMap<InvoicesOf<StudentId>, Self::Value>, Failed> {
        let mut found = HashMap::new();
        for ((filter, rows), students) in questions(keys) {
            let pages = invoices::of_students(&self.db, &self.reach, &students, filter, rows).await?;
            let key = |parent| InvoicesOf { parent, filter: filter.clone(), rows };
            found.extend(pages.into_iter().map(|(student, page)| (key(student), page)));
        }
        Ok(found)
    }
}

/// The invoices of a school, as its type answers them.
pub(in crate::graphql::types) async fn of_school(
    request: &Request,
    school: SchoolId,
    filter: Option<InvoiceFilter>,
    arguments: Arguments,
) -> Result<Connection<Cursor, Invoice, Total>, Fault> {
    request.allow("invoices")?;
    let (filter, page) = (wanted(request, filter.unwrap_or_default()).await?, arguments.page()?);
    let slice = if is_first(&page) {
        let key = InvoicesOf { parent: school, filter, rows: page.rows };
        request.loaders.load_one(key).await?.unwrap_or_else(Slice::empty)
    } else {
        further(request, Filter { school: Some(school), ..filter }, page).await?
    };
    Ok(connection(slice, Total::default(), Invoice::from))
}

/// The invoices for a student, as its type answers them.
pub(in crate::graphql::types) async fn of_student(
    request: &Request,
    student: StudentId,
    filter: Option<InvoiceFilter>,
    arguments: Arguments,
) -> Result<Connection<Cursor, Invoice, Total>, Fault> {
    request.allow("invoices")?;
    let (filter, page) = (wanted(request, filter.unwrap_or_default()).await?, arguments.page()?);
    let slice = if is_first(&page) {
        let key = InvoicesOf { parent: student, filter, rows: page.rows };
        request.loaders.load_one(key).await?.unwrap_or_else(Slice::empty)
    } else {
        further(request, Filter { student: Some(student), ..filter }, page).await?
    };
    Ok(connection(slice, Total::default(), Invoice::from))
}

fn is_first(page: &Page) -> bool {
    page.beyond.is_none() && !page.backward
}

async fn further(request: &Request, filter: Filter, page: Page) -> Result<Slice<invoices::Invoice>, Fault> {
    let query = Query { filter, order: Order::IssuedOn, descending: true, page };
    Ok(invoices::visible(request.db(), &request.reach, &query).await?)
}
