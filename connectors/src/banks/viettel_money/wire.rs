//! Viettel's own field names, and what they mean.

use crate::{
    banks::{Opened, Reason},
    fault::Drift,
    form::Form,
    notice::{Assurance, Direction, Notice, Status},
    query::OrderQuery,
    wire,
};

/// The fields that only a result has.
const RESULT_ALONE: [&str; 4] = ["cust_msisdn", "error_code", "payment_status", "vt_transaction_id"];

/// Whether the message tells a result; otherwise it asks about an order. Both may come to one address.
pub(super) fn is_result(form: &Form<'_>) -> bool {
    form.pairs().iter().any(|(name, _)| RESULT_ALONE.contains(&name.as_ref()))
}

/// Reads an order check; a result is none.
pub(super) fn order_query(form: &Form<'_>) -> Result<OrderQuery, Reason> {
    if is_result(form) {
        return Err(Reason::whole(Drift::UnknownEvent));
    }
    let order_reference = wire::identifier("order_id", form.text("order_id").unwrap_or_default())?;
    Ok(OrderQuery {
        reference: wire::without_attempt(&order_reference).to_owned(),
        order_reference,
        amount_vnd: form.text("trans_amount").map(|_| amount(form)).transpose()?,
    })
}

/// Whether the message asks about an order at this amount, which it need not name.
pub(super) fn asks_at(form: &Form<'_>, amount_vnd: i64) -> bool {
    order_query(form).is_ok_and(|query| query.amount_vnd.is_none_or(|asked_vnd| asked_vnd == amount_vnd))
}

/// Reads a proven result.
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
    let transaction_id = identity(form)?;
    let status = status(form);
    let order_reference = form.kept("order_id")?;
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
        content: None,
        payer_name: None,
        payer_account: None,
        method: None,
        bank_reference: None,
        occurred_at: None,
        assurance: Assurance::Low,
    })
}

/// Viettel's number; 0 or none means that no transaction was made, and the order stands in, which is new for each attempt.
fn identity(form: &Form<'_>) -> Result<String, Reason> {
    match number(form) {
        Some(number) => wire::identifier("vt_transaction_id", number),
        None => wire::identifier("order_id", form.text("order_id").unwrap_or_default()),
    }
}

fn number<'f>(form: &'f Form<'_>) -> Option<&'f str> {
    wire::stated(form.text("vt_transaction_id"))
}

/// Whole đồng without a leading zero: it could be the digit that tells another status.
fn amount(form: &Form<'_>) -> Result<i64, Reason> {
    match form.text("trans_amount") {
        Some(text) if !text.starts_with('0') => {
            wire::amount("trans_amount", wire::digits(text).ok_or(Reason::new(Drift::Amount, "trans_amount"))?)
        }
        _ => Err(Reason::new(Drift::Amount, "trans_amount")),
    }
}

/// The status map of the README. Paid needs both words, and the fields of a real payment: without them the same sum could
/// belong to another kind of message.
fn status(form: &Form<'_>) -> Status {
    let error = form.text("error_code").unwrap_or_default();
    let payment = form.text("payment_status").unwrap_or_default();
    let is_complete = form.text("billcode").is_some() && form.text("cust_msisdn").is_some() && number(form).is_some();
    match (error, payment) {
        ("00", "1") if is_complete => Status::Settled,
        ("00", _) => Status::Waiting,
        (_, "2" | "5") => Status::Failed,
        _ => Status::Waiting,
    }
}

#[cfg(test)]
mod tests {
    use super::status;
    use crate::{form::Form, notice::Status};

    #[test]
    fn only_two_explicit_words_and_a_whole_payment_are_money() {
        let told = |fields: &str| status(&Form::read(fields.as_bytes()));
        for error in ["", "0", "00", "000", "01", "22", "99", "V06"] {
            for payment in ["", "-1", "0", "1", "01", "2", "3", "4", "5", "11"] {
                let fields =
                    format!("error_code={error}&payment_status={payment}&billcode=B&cust_msisdn=C&vt_transaction_id=7");
                assert_eq!(told(&fields) == Status::Settled, error == "00" && payment == "1", "{fields}");
            }
        }
        for part in ["billcode=B", "cust_msisdn=C", "vt_transaction_id=7"] {
            let whole = "error_code=00&payment_status=1&billcode=B&cust_msisdn=C&vt_transaction_id=7";
            assert_eq!(told(&whole.replace(part, "x=y")), Status::Waiting, "{part}");
        }
    }
}
