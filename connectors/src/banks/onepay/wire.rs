//! OnePay's own field names, and what they mean.

use super::signature::is_theirs;
use crate::{
    banks::{Opened, Reason},
    fault::Drift,
    form::Form,
    notice::{Assurance, Direction, Notice, Status},
    time::{self, Timestamp},
    wire,
};

/// Reads a proven form.
pub(super) fn open(form: &Form<'_>) -> Opened {
    match notice(form) {
        Ok(notice) => Opened::Notices(vec![notice]),
        Err(reason) => {
            let transaction_id = identity(form).ok();
            let event_id = transaction_id.as_deref().map(|id| wire::event_id(id, status(form)));
            Opened::Unreadable(reason.named(event_id, transaction_id))
        }
    }
}

fn notice(form: &Form<'_>) -> Result<Notice, Reason> {
    if form.repeats(is_theirs) {
        return Err(Reason::whole(Drift::Shape));
    }
    let transaction_id = identity(form)?;
    let status = status(form);
    let order_reference = form.kept("vpc_MerchTxnRef")?;
    Ok(Notice {
        event_id: wire::event_id(&transaction_id, status),
        transaction_id,
        status,
        amount_vnd: amount(form)?,
        direction: Direction::In,
        account: None,
        virtual_account: None,
        reference: wire::code_of(order_reference.as_deref()),
        order_reference,
        content: form.kept("vpc_OrderInfo")?,
        payer_name: None,
        payer_account: None,
        method: None,
        bank_reference: None,
        occurred_at: occurred_at(form)?,
        assurance: Assurance::High,
    })
}

/// OnePay's number; 0 or none means that no transaction was made, and the order stands in, which is new for each attempt.
fn identity(form: &Form<'_>) -> Result<String, Reason> {
    match wire::stated(form.text("vpc_TransactionNo")) {
        Some(number) => wire::identifier("vpc_TransactionNo", number),
        None => {
            let order = wire::identifier("vpc_MerchTxnRef", form.text("vpc_MerchTxnRef").unwrap_or_default())?;
            let time =
                form.text("vpc_PaymentTime").map(|time| wire::identifier("vpc_PaymentTime", time)).transpose()?;
            Ok(time.map_or_else(|| order.clone(), |time| format!("{order}@{time}")))
        }
    }
}

/// Hundredths of a đồng. A merchant may also have an account in dollars, and its cents are no đồng.
fn amount(form: &Form<'_>) -> Result<i64, Reason> {
    for field in ["vpc_Currency", "vpc_CurrencyCode"] {
        if form.text(field).is_some_and(|currency| currency != "VND") {
            return Err(Reason::new(Drift::Amount, field));
        }
    }
    wire::hundredths("vpc_Amount", form.text("vpc_Amount"))
}

/// Not every kind of payment tells its time.
fn occurred_at(form: &Form<'_>) -> Result<Option<Timestamp>, Reason> {
    let read = |text: &str| wire::moment("vpc_PaymentTime", time::read_basic_utc(text));
    form.text("vpc_PaymentTime").map(read).transpose()
}

/// The status map of the README. Codes are texts: `F` or `00` must never pass for 0. Other commands are signed with the
/// same key, so only the answer to a payment can say that it was paid.
fn status(form: &Form<'_>) -> Status {
    let command = form.text("vpc_Command").unwrap_or("pay");
    match (command, form.text("vpc_TxnResponseCode").unwrap_or_default()) {
        ("pay", "0") => Status::Settled,
        (
            "pay",
            "1" | "2" | "4" | "5" | "8" | "9" | "10" | "11" | "12" | "13" | "21" | "22" | "23" | "24" | "25" | "99"
            | "253" | "B" | "E" | "F" | "Z",
        ) => Status::Failed,
        _ => Status::Waiting,
    }
}

#[cfg(test)]
mod tests {
    use super::status;
    use crate::{form::Form, notice::Status};

    #[test]
    fn only_the_text_0_of_a_payment_is_money() {
        let numbers = (0..1_000).map(|code| code.to_string());
        let letters = ('A'..='z').map(String::from);
        let others = ["", "00", "0 ", "+0", "0.0", "No Value Returned"].map(str::to_owned);
        for code in numbers.chain(letters).chain(others) {
            for (command, is_payment) in [("", true), ("pay", true), ("refund", false), ("queryDR", false)] {
                let code = code.replace(['+', ' '], "%20");
                let query = format!("vpc_Command={command}&vpc_TxnResponseCode={code}");
                let settled = status(&Form::read(query.as_bytes())) == Status::Settled;
                assert_eq!(settled, is_payment && code == "0", "{query}");
            }
        }
    }
}
