//! A bank as the sandbox plays it: a connection's key and the words of its sender.

use connectors::Secret;
use connectors::banks::{self, Credentials};
use connectors::courier::Answer;
use connectors::letter::{Letter, Payment};
use connectors::notice::{Assurance, Status};
use entities::time::Timestamp;

use crate::commands::Failure;
use crate::demo::credentials::{Connection, Invoice};

/// The codes with which VNPAY, ZaloPay and Viettel Money are refused, beside HTTP 200.
const REFUSED: [&str; 3] = [r#""RspCode":"97""#, r#""return_code":-1,"#, r#""error_code":"02""#];
/// The codes with which VNPAY and ZaloPay are asked to come again, beside HTTP 200.
const LATER: [&str; 2] = [r#""RspCode":"99""#, r#""return_code":0,"#];

/// Signs and words what happened, as this connection's sender would.
pub(super) fn letter(connection: &Connection, payment: &Payment, now: Timestamp) -> Result<Letter, Failure> {
    let credentials = Credentials {
        connection: connection.id.clone(),
        keys: vec![Secret::new(connection.secret.as_str())],
        extra: connection.extra.clone(),
    };
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

/// The connections that may speak for an account, those whose sender always signs first.
pub(super) fn speaking_for<'c>(connections: &'c [Connection], account: &str) -> Vec<&'c Connection> {
    let mut speaking: Vec<&Connection> =
        connections.iter().filter(|connection| connection.accounts.iter().any(|own| own == account)).collect();
    let is_weak = |bank: &str| banks::info(bank).is_ok_and(|info| info.assurance == Assurance::Low);
    speaking.sort_by_key(|connection| is_weak(&connection.bank));
    speaking
}

/// Whether the hub refused a message: with 4xx, or with 200 and a code where the sender reads nothing else.
pub(super) fn is_refused(answer: &Answer) -> bool {
    (400..500).contains(&answer.status) || says(answer, &REFUSED) || is_no_bill(answer)
}

/// Whether the hub kept a message.
pub(super) fn is_kept(answer: &Answer) -> bool {
    (200..300).contains(&answer.status) && !is_refused(answer) && !says(answer, &LATER)
}

/// Whether a bank of the bill protocol hears no: with 200 and a code that is not 00.
fn is_no_bill(answer: &Answer) -> bool {
    answer.body.starts_with(br#"{"code":""#) && !answer.body.starts_with(br#"{"code":"00""#)
}

fn says(answer: &Answer, codes: &[&str]) -> bool {
    let body = String::from_utf8_lossy(&answer.body);
    codes.iter().any(|code| body.contains(code))
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
    use connectors::courier::Answer;

    use super::{is_kept, is_refused, quoted};

    #[test]
    fn quotes_survive_the_shell() {
        assert_eq!(quoted("a'b"), r"'a'\''b'");
    }

    #[test]
    fn a_refusal_beside_200_is_a_refusal() {
        let answer = |status, body: &str| Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
        for kept in [
            answer(204, ""),
            answer(200, r#"{"RspCode":"00","Message":"Confirm Success"}"#),
            answer(200, r#"{"return_code":1,"return_message":"success"}"#),
            answer(200, r#"{"code":"00","reason":"OK"}"#),
        ] {
            assert!(is_kept(&kept) && !is_refused(&kept), "{kept:?}");
        }
        for refused in [
            answer(401, ""),
            answer(200, r#"{"RspCode":"97","Message":"Fail checksum"}"#),
            answer(200, r#"{"return_code":-1,"return_message":"mac not equal"}"#),
            answer(200, r#"{"code":"02","reason":"ALREADY_PAID"}"#),
            answer(200, r#"{"error_code":"02","merchant_code":"","order_id":""}"#),
        ] {
            assert!(is_refused(&refused) && !is_kept(&refused), "{refused:?}");
        }
        let later = answer(200, r#"{"return_code":0,"return_message":"try again"}"#);
        assert!(!is_kept(&later) && !is_refused(&later));
    }
}
