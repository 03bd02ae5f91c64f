//! A bank that can be asked for its payments: `GET {address}/payments?account=…&from=…&to=…&page=…` with a bearer token, answered
//! with the fields of `/pay` in pages. The address is the bank's own, so it must be given.

use serde::Deserialize;

use super::wire::Pay;
use crate::{
    fault::{ConfigFault, Drift},
    listing::{self, Access, Listing, Question, Span, Told, address},
    time, wire,
};

const PATH: &str = "/payments";

struct Payments {
    authorization: String,
    base_url: String,
}

/// The payments of a bank.
pub(super) fn listing(access: &Access) -> Result<Box<dyn Listing>, ConfigFault> {
    let base_url = access.base_url.clone().ok_or(ConfigFault::MissingExtra("url"))?;
    Ok(Box::new(Payments { authorization: access.authorization("Bearer")?, base_url }))
}

#[derive(Deserialize)]
struct Answer {
    payments: Vec<serde_json::Value>,
    next: Option<String>,
}

impl Listing for Payments {
    fn names_account(&self) -> bool {
        true
    }

    fn question(&self, span: &Span<'_>, page: Option<&str>) -> Result<Question, Drift> {
        let moment = |moment| time::write_rfc3339(moment).ok_or(Drift::Time);
        let (from, to) = (moment(span.from)?, moment(span.to)?);
        let mut query = vec![("account", span.account), ("from", from.as_str()), ("to", &to)];
        query.extend(page.map(|page| ("page", page)));
        Ok(Question {
            url: address(Some(&self.base_url), "", PATH, &query),
            headers: vec![("Authorization", self.authorization.clone())],
            body: None,
        })
    }

    fn read(&self, body: &[u8], _page: Option<&str>) -> Result<Told, Drift> {
        let Answer { payments, next } = wire::json(body).map_err(|reason| reason.drift)?;
        let next = next.filter(|next| !next.is_empty() && !payments.is_empty());
        let read = payments.into_iter().map(|value| Ok(listing::row::<Pay>(value)?.payment()?.notice));
        Ok(Told::of(read, next))
    }
}
