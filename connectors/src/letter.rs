//! Messages that we write in a sender's stead, for the sandbox, the load generator and the tests.

use crate::{notice::Status, time::Timestamp};

/// What happened at the imagined bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The sender's running number of the transaction, above zero; another number is another transaction.
    pub transaction: u64,
    /// What happened to it.
    pub status: Status,
    /// The amount in whole đồng, above zero.
    pub amount_vnd: i64,
    /// The school's account that was paid; a sender that names none leaves it out.
    pub account: String,
    /// The virtual account that was paid to, if any.
    pub virtual_account: Option<String>,
    /// The invoice code that the sender names apart from the text; required where the sender always has one, as gateways do.
    pub reference: Option<String>,
    /// The transfer text.
    pub content: String,
    /// The payer's name, where the sender tells it.
    pub payer_name: Option<String>,
    /// When it happened; senders write whole seconds, or leave it out.
    pub occurred_at: Timestamp,
}

/// A signed request, ready to be sent to a connection's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path behind the connection: empty, or `/tail`.
    pub path_tail: String,
    /// The raw query string without `?`; empty when there is none.
    pub query: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The raw body.
    pub body: Vec<u8>,
}

impl Letter {
    /// A JSON body, posted to the connection itself with these headers.
    pub(crate) fn posted<const N: usize>(headers: [(&str, String); N], body: impl Into<Vec<u8>>) -> Self {
        let content = ("Content-Type", "application/json".to_owned());
        let headers = std::iter::once(content).chain(headers);
        Self {
            method: "POST",
            path_tail: String::new(),
            query: String::new(),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).collect(),
            body: body.into(),
        }
    }

    /// The headers as [`crate::Inbound::new`] borrows them.
    #[must_use]
    pub fn borrowed_headers(&self) -> Vec<(&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
    }

    /// The letter's address at a hub: the connection's address, the tail, and the query.
    #[must_use]
    pub fn address(&self, connection: &str) -> String {
        let mut address = format!("{connection}{}", self.path_tail);
        if !self.query.is_empty() {
            address.push('?');
            address.push_str(&self.query);
        }
        address
    }
}
