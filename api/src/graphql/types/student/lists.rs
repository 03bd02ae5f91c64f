//! The students of schools and classes: the first pages of many parents in one statement, further pages one by one.

use std::collections::HashMap;

use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use entities::ids::{ClassId, SchoolId};
use entities::page::{Page, Rows, Slice};
use entities::students::{self, Filter, Order, Query};

use super::Student;
use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::loaders::{Failed, Ledger};
use crate::graphql::paging::{Cursor, Total, connection};
use crate::graphql::query::students::{StudentFilter, StudentOrder};

/// A question for the first page of the students of a parent.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct StudentsOf<P> {
    parent: P,
    asked: Asked,
}

/// What is asked of each parent.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Asked {
    filter: Filter,
    order: Order,
    descending: bool,
    rows: Rows,
}

impl Asked {
    fn query(&self) -> Query {
        let (filter, page) = (self.filter.clone(), Page::first(self.rows));
        Query { filter, order: self.order, descending: self.descending, page }
    }
}

/// The parents of each distinct question; a document has few of them, whatever the number of parents.
fn questions<P: Copy>(keys: &[StudentsOf<P>]) -> HashMap<&Asked, Vec<P>> {
    let mut questions: HashMap<&Asked, Vec<P>> = HashMap::new();
    for key in keys {
        questions.entry(&key.asked).or_default().push(key.parent);
    }
    questions
}

impl Loader<StudentsOf<SchoolId>> for Ledger {
    type Value = Slice<students::Student>;
    type Error = Failed;

    async fn load(&self, keys: &[StudentsOf<SchoolId>]) -> Result<HashMap<StudentsOf<SchoolId>, Self::Value>, Failed> {
        let mut found = HashMap::new();
        for (asked, schools) in questions(keys) {
            let pages = students::of_schools(&self.db, &self.reach, &schools, &asked.query()).await?;
            let key = |parent| StudentsOf { parent, asked: asked.clone() };
            found.extend(pages.into_iter().map(|(school, page)| (key(school), page)));
        }
        Ok(found)
    }
}

impl Loader<StudentsOf<ClassId>> for Ledger {
    type Value = Slice<students::Student>;
    type Error = Failed;

    async fn load(&self, keys: &[StudentsOf<ClassId>]) -> Result<HashMap<StudentsOf<ClassId>, Self::Value>, Failed> {
        let mut found = HashMap::new();
        for (asked, classes) in questions(keys) {
            let pages = students::of_classes(&self.db, &self.reach, &classes, &asked.query()).await?;
            let key = |parent| StudentsOf { parent, asked: asked.clone() };
            found.extend(pages.into_iter().map(|(class, page)| (key(class), page)));
        }
        Ok(found)
    }
}

type Students = Connection<Cursor, Student, Total>;

/// The students of a school, as its type answers them.
pub(in crate::graphql::types) async fn of_school(
    request: &Request,
    school: SchoolId,
    filter: Option<StudentFilter>,
    order_by: Option<StudentOrder>,
    page: Page,
) -> Result<Students, Fault> {
    let Query { filter, order, descending, page } = StudentFilter::query(request, filter, order_by, page).await?;
    let slice = if is_first(&page) {
        let asked = Asked { filter: Filter { school: None, ..filter }, order, descending, rows: page.rows };
        request.loaders.load_one(StudentsOf { parent: school, asked }).await?.unwrap_or_else(Slice::empty)
    } else {
        let filter = Filter { school: Some(school), ..filter };
        students::visible(request.db(), &request.reach, &Query { filter, order, descending, page }).await?
    };
    Ok(connection(slice, Total::default(), |student| Student::shown(request, student)))
}

/// The students of a class, as its type answers them.
pub(in crate::graphql::types) async fn of_class(
    request: &Request,
    class: ClassId,
    filter: Option<StudentFilter>,
    order_by: Option<StudentOrder>,
    page: Page,
) -> Result<Students, Fault> {
    let Query { filter, order, descending, page } = StudentFilter::query(request, filter, order_by, page).await?;
    let slice = if is_first(&page) {
        let asked = Asked { filter: Filter { class: None, ..filter }, order, descending, rows: page.rows };
        request.loaders.load_one(StudentsOf { parent: class, asked }).await?.unwrap_or_else(Slice::empty)
    } else {
        let filter = Filter { class: Some(class), ..filter };
        students::visible(request.db(), &request.reach, &Query { filter, order, descending, page }).await?
    };
    Ok(connection(slice, Total::default(), |student| Student::shown(request, student)))
}

fn is_first(page: &Page) -> bool {
    page.beyond.is_none() && !page.backward
}
