//! SePay's list of transactions: `GET /userapi/transactions/list` with `Authorization: Bearer`, newest first, 5,000 at most in
//! an answer (developer.sepay.vn, "Transaction API", read in 2026).

use serde::Deserialize;

use crate::{
    banks::Reason,
    fault::{ConfigFault, Drift},
    listing::{self, Access, Listing, Question, Span, Told, address},
    notice::{Assurance, Direction, Notice, Status},
    time::Vietnam,
    wire::{self, Decimal, Whole},
};

const STANDARD_URL: &str = "https://my.sepay.vn";
const PATH: &str = "/userapi/transactions/list";
/// Transactions in an answer at most; an answer that is full may have left some out.
const PAGE_ROWS: usize = 5_000;

struct SePay {
    authorization: String,
    base_url: Option<String>,
}

/// The list of a SePay account.
pub(super) fn listing(access: &Access) -> Result<Box<dyn Listing>, ConfigFault> {
    Ok(Box::new(SePay { authorization: access.authorization("Bearer")?, base_url: access.base_url.clone() }))
}

/// An answer; `messages` and what else it has say nothing about money.
#[derive(Deserialize)]
struct Answer {
    status: Whole,
    transactions: Vec<serde_json::Value>,
}

/// A transaction by SePay's names. Amounts are texts with a point: `"18067000.00"`.
#[derive(Deserialize)]
struct Transaction {
    id: Whole,
    account_number: Option<String>,
    sub_account: Option<String>,
    transaction_date: String,
    amount_in: Decimal,
    amount_out: Decimal,
    transaction_content: Option<String>,
    reference_number: Option<String>,
    code: Option<String>,
}

impl Listing for SePay {
    fn names_account(&self) -> bool {
        true
    }

    fn question(&self, span: &Span<'_>, page: Option<&str>) -> Result<Question, Drift> {
        let written = |moment| Vietnam::Spaced.write(moment).ok_or(Drift::Time);
        let (from, to) = (written(span.from)?, page.map_or_else(|| written(span.to), |page| Ok(page.to_owned()))?);
        let limit = PAGE_ROWS.to_string();
        let query = [
            ("account_number", span.account),
            ("transaction_date_min", &from),
            ("transaction_date_max", &to),
            ("limit", &limit),
        ];
        Ok(Question {
            url: address(self.base_url.as_deref(), STANDARD_URL, PATH, &query),
            headers: vec![("Authorization", self.authorization.clone())],
            body: None,
        })
    }

    /// The next page ends where this one did: at its oldest moment, which is asked again.
    fn read(&self, body: &[u8], page: Option<&str>) -> Result<Told, Drift> {
        let answer: Answer = wire::json(body).map_err(|reason| reason.drift)?;
        if answer.status.0 != 200 {
            return Err(Drift::UnknownEvent);
        }
        let is_full = answer.transactions.len() >= PAGE_ROWS;
        let mut oldest: Option<String> = None;
        let told = Told::of(&answer.transactions, None, |row| {
            let transaction = listing::row::<Transaction>(row)?;
            if oldest.as_ref().is_none_or(|oldest| transaction.transaction_date < *oldest) {
                oldest = Some(transaction.transaction_date.clone());
            }
            notice(transaction)
        });
        // A second that fills a whole answer cannot be asked further.
        let next = oldest.filter(|oldest| is_full && page != Some(oldest.as_str()));
        Ok(Told { next, ..told })
    }
}

fn notice(transaction: Transaction) -> Result<Notice, Reason> {
    let id = transaction.id.0.to_string();
    let read = || {
        if transaction.id.0 < 1 {
            return Err(Reason::new(Drift::NoIdentity, "id"));
        }
        let (direction, field, amount_vnd) = match (transaction.amount_in.0, transaction.amount_out.0) {
            (amount, 0) => (Direction::In, "amount_in", amount),
            (0, amount) => (Direction::Out, "amount_out", amount),
            _ => return Err(Reason::new(Drift::Amount, "amount_in")),
        };
        let reference = wire::text("code", transaction.code.clone())?;
        let occurred_at = Vietnam::Spaced.read(&transaction.transaction_date);
        Ok(Notice {
            event_id: id.clone(),
            transaction_id: id.clone(),
            status: Status::Settled,
            amount_vnd: wire::amount(field, amount_vnd)?,
            direction,
            account: wire::text("account_number", transaction.account_number.clone())?,
            virtual_account: wire::text("sub_account", transaction.sub_account.clone())?,
            order_reference: reference.clone(),
            reference,
            content: wire::text("transaction_content", transaction.transaction_content.clone())?,
            payer_name: None,
            payer_account: None,
            method: None,
            bank_reference: wire::text("reference_number", transaction.reference_number.clone())?,
            occurred_at: Some(wire::moment("transaction_date", occurred_at)?),
            // The answer comes over TLS from the sender's own host, asked with our key.
            assurance: Assurance::High,
        })
    };
    let named = (transaction.id.0 > 0).then(|| id.clone());
    read().map_err(|reason| reason.named(named.clone(), named))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn sepay() -> Box<dyn Listing> {
        listing(&Access { token: Secret::new("synthetic-token"), base_url: None }).unwrap()
    }

    fn answer(transactions: &str) -> Vec<u8> {
        format!(r#"{{"status":200,"error":null,"messages":{{"success":true}},"transactions":[{transactions}]}}"#).into()
    }

    fn transaction(id: &str, date: &str) -> String {
        format!(
            r#"{{"id":"{id}","bank_brand_name":"MBBank","account_number":"0011000000009","transaction_date":"{date}",
            "amount_out":"0.00","amount_in":"250000.00","accumulated":"0.00","transaction_content":"LT10000000018 nop",
            "reference_number":"FT25227000001","code":null,"sub_account":null,"bank_account_id":"19"}}"#
        )
    }

    #[test]
    fn a_question_names_account_and_span() {
        let span = Span { account: "0011000000009", from: 1_755_225_000_000_000, to: 1_755_228_600_000_000 };
        let question = sepay().question(&span, None).unwrap();
        assert_eq!(
            question.url,
            "https://my.sepay.vn/userapi/transactions/list?account_number=0011000000009&transaction_date_min=\
             2025-08-15+09%3A30%3A00&transaction_date_max=2025-08-15+10%3A30%3A00&limit=5000"
        );
        assert_eq!(question.headers, [("Authorization", "Bearer synthetic-token".to_owned())]);
        let next = sepay().question(&span, Some("2025-08-15 10:00:00")).unwrap();
        assert!(next.url.contains("transaction_date_max=2025-08-15+10%3A00%3A00&"), "{}", next.url);
    }

    #[test]
    fn what_is_listed_is_the_transaction_of_the_message() {
        let told = sepay().read(&answer(&transaction("5001", "2025-08-15 09:30:00")), None).unwrap();
        let [notice] = &told.notices[..] else { panic!("{told:?}") };
        assert_eq!((notice.event_id.as_str(), notice.transaction_id.as_str()), ("listed:5001", "5001"));
        assert_eq!((notice.amount_vnd, notice.direction), (250_000, Direction::In));
        assert_eq!(notice.occurred_at, Some(1_755_225_000_000_000));
        assert_eq!(notice.bank_reference.as_deref(), Some("FT25227000001"));
        assert_eq!(told.next, None);
    }

    #[test]
    fn one_that_cannot_be_read_hides_no_other() {
        let odd = transaction("5002", "2025-08-15").replace("250000.00", "250000.50");
        let told = sepay().read(&answer(&[odd, transaction("5003", "2025-08-15 09:30:00")].join(",")), None).unwrap();
        assert_eq!((told.notices.len(), told.unreadable.len()), (1, 1));
        assert_eq!(told.unreadable[0].transaction_id.as_deref(), Some("5002"));
        let late = transaction("5004", "2025-08-15");
        let told = sepay().read(&answer(&late), None).unwrap();
        assert_eq!(told.unreadable[0].transaction_id.as_deref(), Some("5004"));
    }

    #[test]
    fn a_full_answer_is_asked_further_and_comes_to_an_end() {
        let rows: Vec<_> = (1..=PAGE_ROWS)
            .map(|id| transaction(&id.to_string(), if id > 9 { "2025-08-15 09:30:00" } else { "2025-08-15 09:29:59" }))
            .collect();
        let full = answer(&rows.join(","));
        assert_eq!(sepay().read(&full, None).unwrap().next.as_deref(), Some("2025-08-15 09:29:59"));
        assert_eq!(sepay().read(&full, Some("2025-08-15 09:29:59")).unwrap().next, None);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for body in ["", "[]", r#"{"status":401,"transactions":[]}"#, r#"{"status":200}"#] {
            assert!(sepay().read(body.as_bytes(), None).is_err(), "{body}");
        }
        assert!(listing(&Access { token: Secret::new("a b"), base_url: None }).is_err());
    }
}
