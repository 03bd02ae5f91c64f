//! What the read scenarios ask: the documents, and one worded request for each place in the seeded province, for the hub and
//! for its floor alike, so that neither side serves one row only.

use entities::bench::{self, Size, reads};
use entities::{Db, Error};
use serde_json::{Value, json};

use super::wire::{Wire, get, post};
use crate::graphql::node_id;

/// Schools whose second page of payments is asked for.
const PAGES: i64 = 400;

const POINT: &str = "query Point($code: String!) { school(code: $code) { code name locationCommune { fullName } province { fullName } } }";
const NESTED: &str = "query Nested($after: String) { schools(first: 50, after: $after, orderBy: { field: CODE }) { nodes { \
                      code name locationCommune { fullName } bankTransactions(first: 5) { nodes { bookedOn amount method } } \
                      } } }";
const PAGE: &str = "query Page($school: ID!, $after: String) { bankTransactions(filter: { schoolId: $school }, first: 100, \
                    after: $after) { nodes { bookedOn amount method allocations { invoiceCode } } } }";

/// The requests of a scenario to both sides.
pub(super) struct Asked {
    pub(super) hub: Vec<String>,
    pub(super) floor: Vec<String>,
}

impl Asked {
    fn both(pairs: impl Iterator<Item = (Value, String)>, token: &str, query: &str) -> Self {
        let (hub, floor) = pairs
            .map(|(variables, path)| {
                let body = json!({ "query": query, "variables": variables }).to_string();
                (post("/graphql", token, &body), get(&path, &[]))
            })
            .unzip();
        Self { hub, floor }
    }

    /// One school by code, over all schools.
    pub(super) fn point(size: &Size, token: &str) -> Self {
        let codes = bench::school_codes(size, usize::MAX);
        Self::both(codes.iter().map(|code| (json!({ "code": code }), format!("/point?code={code}"))), token, POINT)
    }

    /// The same request again and again; its floor is that of [`Asked::point`].
    pub(super) fn repeat(size: &Size, token: &str) -> Self {
        let Self { mut hub, floor } = Self::point(size, token);
        hub.truncate(1);
        Self { hub, floor }
    }

    /// The question of [`Asked::repeat`] by GET, naming the answer that the caller has already; its floor is that of
    /// [`Asked::point`].
    pub(super) async fn unchanged(size: &Size, token: &str, hub: &str) -> Result<Self, String> {
        let Self { floor, .. } = Self::point(size, token);
        let code = bench::school_codes(size, 1).into_iter().next().unwrap_or_default();
        let asked = [("query", POINT), ("variables", &json!({ "code": code }).to_string())];
        let path = format!("/graphql?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish());
        let bearer = format!("Bearer {token}");
        let caller = ("Authorization", bearer.as_str());
        let mut wire = Wire::connect(hub).await.map_err(|error| error.to_string())?;
        let heard = wire.ask(&get(&path, &[caller])).await.map_err(|error| error.to_string())?;
        if heard.tag.is_empty() {
            return Err(format!("an answer to GET has no tag: {}", heard.status));
        }
        Ok(Self { hub: vec![get(&path, &[caller, ("If-None-Match", &heard.tag)])], floor })
    }

    /// Fifty schools with their latest payments, over all pages of schools.
    pub(super) fn nested(size: &Size, token: &str) -> Self {
        let places = reads::after_schools(size).into_iter();
        Self::both(
            places.map(|(code, after)| (json!({ "after": after }), format!("/nested?code={code}"))),
            token,
            NESTED,
        )
    }

    /// The second hundred of a school's payments, over many schools.
    pub(super) async fn page(db: &Db, size: &Size, token: &str) -> Result<Self, Error> {
        let places = reads::second_pages(db, size, PAGES).await?.into_iter();
        let pair = |place: reads::Place| {
            let school = node_id::encode("School", place.school.uuid());
            let path = format!("/page?school={}&day={}&row={}", place.school, place.day, place.row);
            (json!({ "school": school.as_str(), "after": place.cursor }), path)
        };
        Ok(Self::both(places.map(pair), token, PAGE))
    }
}
