//! A bank that can be asked for its payments: `GET {address}/payments?account=…&from=…&to=…&page=…` with a bearer token, answered
//! with the fields of `/pay` in pages. The address is the bank's own, so it must be given.

use serde::Deserialize;
use serde_json::Value;

use super::wire::Pay;
use crate::{
    banks::Reason,
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
    payments: Vec<Value>,
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
        Ok(Told::of(&payments, next, |row| {
            let read = || Ok(listing::row::<Pay>(row)?.payment()?.notice);
            read().map_err(|reason: Reason| {
                let named = reference(row);
                reason.named(named.clone(), named)
            })
        }))
    }
}

/// The bank's reference of a row, whatever else it has.
fn reference(row: &Value) -> Option<String> {
    super::wire::reference(row.get("bankReference")?.as_str()?.to_owned()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn told(payments: &str) -> Told {
        let access = Access { token: Secret::new("synthetic"), base_url: Some("https://bank.example".to_owned()) };
        let body = format!(r#"{{"payments":[{payments}],"next":null}}"#);
        listing(&access).unwrap().read(body.as_bytes(), None).unwrap()
    }

    #[test]
    fn a_row_that_cannot_be_read_is_named_by_its_reference_or_its_content() {
        let row = |reference: &str, amount: &str| {
            format!(
                r#"{{"id":7,"bankReference":"{reference}","account":"9999000000001","invoiceCode":"LT10000000018",
                "amount":{amount},"paidAt":"2025-08-15T09:30:00+07:00"}}"#
            )
        };
        let rows = [row("R1", "250000"), row("R2", "0"), row("R3", "1.5"), row("=R4", "250000"), row("=R5", "250000")];
        let told = told(&rows.join(","));
        assert_eq!(told.notices.iter().map(|notice| notice.event_id.as_str()).collect::<Vec<_>>(), ["listed:R1"]);
        let named: Vec<_> = told.unreadable.iter().map(|reason| reason.transaction_id.as_deref()).collect();
        assert_eq!(named, [Some("R2"), Some("R3"), None, None], "and never by another field");
        assert_ne!(told.unreadable[2].row_sha256, told.unreadable[3].row_sha256);
        assert_eq!(told.unreadable[2].row_sha256, self::told(&rows[3].replace("\n", "")).unreadable[0].row_sha256);
    }
}
