//! A bank as the sandbox plays it: a connection's key and the words of its sender.

use connectors::Secret;
use connectors::banks::{self, Credentials};
use connectors::letter::{Letter, Payment};
use connectors::notice::Status;
use entities::time::Timestamp;

use crate::commands::Failure;
use crate::demo::credentials::{Connection, Invoice};

/// Signs and words what happened, as this connection's sender would.
pub(super) fn letter(connection: &Connection, payment: &Payment, now: Timestamp) -> Result<Letter, Failure> {
    let credentials =
        Credentials { keys: vec![Secret::new(connection.secret.as_str())], extra: connection.extra.clone() };
    banks::compose(&connection.bank, &credentials, payment, now.micros()).map_err(|fault| format!("{fault}."))
}

/// The payment of an invoice. The bank's running number comes from the moment, so that no two payments share one.
pub(super) fn payment(invoice: &Invoice, number: u64, now: Timestamp) -> Payment {
    Payment {
        transaction: number,
        status: Status::Settled,
        amount_vnd: invoice.amount,
        account: invoice.account.clone(),
        virtual_account: None,
        reference: Some(invoice.code.clone()),
        content: format!("{} nop tien", invoice.code),
        payer_name: Some("NGUYEN VAN MAU".to_owned()),
        occurred_at: Timestamp::from_seconds(now.seconds()).micros(),
    }
}

/// The connections that may speak for an account, those with signatures first.
pub(super) fn speaking_for<'c>(connections: &'c [Connection], account: &str) -> Vec<&'c Connection> {
    let mut speaking: Vec<&Connection> =
        connections.iter().filter(|connection| connection.accounts.iter().any(|own| own == account)).collect();
    speaking.sort_by_key(|connection| connection.extra.get("auth").is_some_and(|auth| auth == "apikey"));
    speaking
}

/// A first running number for the payments of this moment.
pub(super) fn first_number(now: Timestamp) -> u64 {
    now.micros().unsigned_abs()
}

/// The letter as a shell command that sends it again: the same event, so it is kept and not counted twice.
pub(super) fn curl(url: &str, letter: &Letter) -> String {
    let mut command = format!("curl -sS -X {}", letter.method);
    for (name, value) in &letter.headers {
        command.push_str(&format!(" \\\n  -H {}", quoted(&format!("{name}: {value}"))));
    }
    if letter.method != "GET" {
        command.push_str(&format!(" \\\n  --data-raw {}", quoted(&String::from_utf8_lossy(&letter.body))));
    }
    format!("{command} \\\n  {}", quoted(&letter.address(url)))
}

/// A word as a POSIX shell takes it unchanged.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn quotes_survive_the_shell() {
        assert_eq!(quoted("a'b"), r"'a'\''b'");
    }
}
