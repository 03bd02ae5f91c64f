//! VNPAY's own field names, and what they mean.

use crate::{
    banks::{Opened, Reason},
    fault::Drift,
    form::Form,
    notice::{Assurance, Direction, Notice, Status},
    time::Vietnam,
    wire,
};

/// Reads proven fields.
pub(super) fn open(fields: &Form<'_>) -> Opened {
    match notice(fields) {
        Ok(notice) => Opened::Notices(vec![notice]),
        Err(reason) => {
            let transaction_id = identity(fields).ok();
            let event_id = transaction_id.as_deref().map(|id| wire::event_id(id, status(fields)));
            Opened::Unreadable(reason.named(event_id, transaction_id))
        }
    }
}

fn notice(fields: &Form<'_>) -> Result<Notice, Reason> {
    if fields.repeats(|name| name.starts_with("vnp_")) {
        return Err(Reason::whole(Drift::Shape));
    }
    let transaction_id = identity(fields)?;
    let status = status(fields);
    let order_reference = fields.kept("vnp_TxnRef")?;
    Ok(Notice {
        event_id: wire::event_id(&transaction_id, status),
        transaction_id,
        status,
        amount_vnd: wire::hundredths("vnp_Amount", fields.text("vnp_Amount"))?,
        direction: Direction::In,
        account: None,
        virtual_account: None,
        reference: wire::code_of(order_reference.as_deref()),
        order_reference,
        content: fields.kept("vnp_OrderInfo")?,
        payer_name: None,
        payer_account: None,
        method: method(fields),
        bank_reference: fields.kept("vnp_BankTranNo")?,
        occurred_at: Some(wire::moment(
            "vnp_PayDate",
            fields.text("vnp_PayDate").and_then(|text| Vietnam::Compact.read(text)),
        )?),
        assurance: Assurance::High,
    })
}

/// VNPAY's number; 0 or none means that no transaction was made, and order and time stand in.
fn identity(fields: &Form<'_>) -> Result<String, Reason> {
    match wire::stated(fields.text("vnp_TransactionNo")) {
        Some(number) => wire::identifier("vnp_TransactionNo", number),
        None => {
            let order = wire::identifier("vnp_TxnRef", fields.text("vnp_TxnRef").unwrap_or_default())?;
            let time = wire::identifier("vnp_PayDate", fields.text("vnp_PayDate").unwrap_or_default())?;
            Ok(format!("{order}@{time}"))
        }
    }
}

/// The status map of the README. Paid needs both codes to say so; what is not listed or contradicts itself waits.
fn status(fields: &Form<'_>) -> Status {
    let response = fields.text("vnp_ResponseCode").unwrap_or_default();
    let transaction = fields.text("vnp_TransactionStatus").unwrap_or_default();
    match (response, transaction) {
        ("00", "00") => Status::Settled,
        // Before the suspicion, which would leave standing what was settled.
        (_, "04") => Status::Reversed,
        ("07", _) | (_, "07") => Status::Suspicious,
        ("09" | "10" | "11" | "12" | "13" | "24" | "51" | "65" | "75" | "79", "" | "01" | "02") => Status::Failed,
        _ => Status::Waiting,
    }
}

/// What VNPAY names; a bank code alone does not tell a card from an app.
fn method(fields: &Form<'_>) -> Option<&'static str> {
    let card = fields.text("vnp_CardType").unwrap_or_default();
    let bank = fields.text("vnp_BankCode").unwrap_or_default();
    match (card, bank) {
        ("QRCODE", _) | (_, "VNPAYQR") => Some("QR"),
        ("ATM" | "INTCARD" | "VISA" | "MASTERCARD" | "JCB" | "AMEX", _)
        | (_, "INTCARD" | "VISA" | "MASTERCARD" | "JCB" | "AMEX") => Some("CARD"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{method, status};
    use crate::{form::Form, notice::Status};

    #[test]
    fn only_two_explicit_codes_are_money() {
        let codes = || (0..100).map(|code| format!("{code:02}")).chain([String::new()]);
        for response in codes() {
            for transaction in codes() {
                let query = format!("vnp_ResponseCode={response}&vnp_TransactionStatus={transaction}");
                let settled = status(&Form::read(query.as_bytes())) == Status::Settled;
                assert_eq!(settled, response == "00" && transaction == "00", "{query}");
            }
        }
    }

    #[test]
    fn a_method_is_stated_or_unknown() {
        for (query, code) in [
            ("vnp_CardType=QRCODE&vnp_BankCode=NCB", Some("QR")),
            ("vnp_BankCode=VNPAYQR", Some("QR")),
            ("vnp_CardType=ATM&vnp_BankCode=NCB", Some("CARD")),
            ("vnp_BankCode=VISA", Some("CARD")),
            ("vnp_BankCode=NCB", None),
        ] {
            assert_eq!(method(&Form::read(query.as_bytes())), code, "{query}");
        }
    }
}
