//! Casso's list of transactions: `GET /v2/transactions` with `Authorization: Apikey`, in pages by number (developer.casso.vn,
//! "API lấy giao dịch", read in 2026). It lists every account of the key; the fields have the names of v1.

use serde::Deserialize;

use super::wire::{self as casso, Listed};
use crate::{
    fault::{ConfigFault, Drift},
    listing::{self, Access, Listing, Question, Span, Told, address},
    time::Vietnam,
    wire::{self, Whole},
};

const STANDARD_URL: &str = "https://oauth.casso.vn";
const PATH: &str = "/v2/transactions";
/// Transactions in a page: more of them make fewer questions.
const PAGE_ROWS: &str = "100";

struct Casso {
    authorization: String,
    base_url: Option<String>,
}

/// The list of a Casso key.
pub(super) fn listing(access: &Access) -> Result<Box<dyn Listing>, ConfigFault> {
    Ok(Box::new(Casso { authorization: access.authorization("Apikey")?, base_url: access.base_url.clone() }))
}

#[derive(Deserialize)]
struct Answer {
    error: Whole,
    data: Page,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    page: Whole,
    total_pages: Whole,
    records: Vec<serde_json::Value>,
}

impl Listing for Casso {
    fn names_account(&self) -> bool {
        false
    }

    /// Days only: Casso knows no hours here.
    fn question(&self, span: &Span<'_>, page: Option<&str>) -> Result<Question, Drift> {
        let day = |moment| {
            let written = Vietnam::Spaced.write(moment).ok_or(Drift::Time)?;
            Ok(written.split(' ').next().unwrap_or_default().to_owned())
        };
        let (from, to) = (day(span.from)?, day(span.to)?);
        let query = [
            ("fromDate", from.as_str()),
            ("toDate", &to),
            ("page", page.unwrap_or("1")),
            ("pageSize", PAGE_ROWS),
            ("sort", "ASC"),
        ];
        Ok(Question {
            url: address(self.base_url.as_deref(), STANDARD_URL, PATH, &query),
            headers: vec![("Authorization", self.authorization.clone())],
            body: None,
        })
    }

    fn read(&self, body: &[u8], _page: Option<&str>) -> Result<Told, Drift> {
        let answer: Answer = wire::json(body).map_err(|reason| reason.drift)?;
        if answer.error.0 != 0 {
            return Err(Drift::UnknownEvent);
        }
        let Page { page, total_pages, records } = answer.data;
        let next = (page.0 < total_pages.0 && !records.is_empty()).then(|| (page.0 + 1).to_string());
        Ok(Told::of(&records, next, |row| casso::listed(listing::row::<Listed>(row)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::Direction;
    use crate::secret::Secret;

    fn casso() -> Box<dyn Listing> {
        listing(&Access { token: Secret::new("AK_CS.synthetic"), base_url: Some("http://127.0.0.1:9".to_owned()) })
            .unwrap()
    }

    fn answer(page: u32, pages: u32, records: &str) -> Vec<u8> {
        format!(
            r#"{{"error":0,"message":"success","data":{{"page":{page},"pageSize":100,"totalPages":{pages},
            "totalRecords":3,"records":[{records}]}}}}"#
        )
        .into()
    }

    fn record(when: &str, amount: i64) -> String {
        format!(
            r#"{{"id":5789,"tid":"TF2108150001","description":"LT10000000018 nop","amount":{amount},"cusum_balance":0,
            "when":"{when}","bankSubAccId":"0011000000009","virtualAccount":"","corresponsiveName":"NGUYEN VAN MAU"}}"#
        )
    }

    #[test]
    fn a_question_names_days_and_page() {
        let span = Span { account: "0011000000009", from: 1_755_225_000_000_000, to: 1_755_311_400_000_000 };
        assert_eq!(
            casso().question(&span, Some("2")).unwrap().url,
            "http://127.0.0.1:9/v2/transactions?fromDate=2025-08-15&toDate=2025-08-16&page=2&pageSize=100&sort=ASC"
        );
        assert_eq!(casso().question(&span, None).unwrap().headers[0].1, "Apikey AK_CS.synthetic");
    }

    #[test]
    fn days_are_read_with_and_without_an_hour() {
        for (when, moment) in [
            ("2025-08-15", 1_755_190_800_000_000),
            ("2025-08-15T09:30:00", 1_755_225_000_000_000),
            ("2025-08-15 09:30:00", 1_755_225_000_000_000),
        ] {
            let told = casso().read(&answer(1, 1, &record(when, 250_000)), None).unwrap();
            assert_eq!(told.notices[0].occurred_at, Some(moment), "{when}");
            assert_eq!(told.notices[0].event_id, "listed:5789");
        }
        let told = casso().read(&answer(1, 1, &record("2025-08-15", -193_000)), None).unwrap();
        assert_eq!((told.notices[0].amount_vnd, told.notices[0].direction), (193_000, Direction::Out));
    }

    #[test]
    fn pages_come_to_an_end() {
        let page = |page, pages, records: &str| casso().read(&answer(page, pages, records), None).unwrap().next;
        assert_eq!(page(1, 2, &record("2025-08-15", 1_000)).as_deref(), Some("2"));
        assert_eq!(page(2, 2, &record("2025-08-15", 1_000)), None);
        assert_eq!(page(1, 2, ""), None);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let told = casso().read(&answer(1, 1, &record("15/08/2025", 1_000)), None).unwrap();
        assert_eq!(told.unreadable[0].transaction_id.as_deref(), Some("5789"));
        // Zero names nothing: several of them would be taken for one.
        let nameless = record("2025-08-15", 0).replace(r#""id":5789"#, r#""id":0"#);
        let told = casso().read(&answer(1, 1, &nameless), None).unwrap();
        assert_eq!(told.unreadable[0].transaction_id, None);
        assert!(told.unreadable[0].row_sha256.is_some());
        for body in ["", "{}", r#"{"error":401,"data":{"page":1,"totalPages":1,"records":[]}}"#] {
            assert!(casso().read(body.as_bytes(), None).is_err(), "{body}");
        }
    }
}
