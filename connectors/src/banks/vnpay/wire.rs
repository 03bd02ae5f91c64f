//! VNPAY's own field names, and what they mean.

use std::borrow::Cow;

use crate::{
    banks::{Opened, Reason},
    fault::Drift,
    notice::{Assurance, Direction, Notice, Status},
    time::Vietnam,
    wire,
};

/// VNPAY writes amounts in hundredths of a đồng, although there is no such coin.
pub(super) const HUNDREDTHS: i64 = 100;

/// The decoded fields of a query, sorted by name.
pub(super) struct Fields<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Fields<'a> {
    pub(super) fn read(query: &'a str) -> Self {
        let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        pairs.sort();
        Self(pairs)
    }

    pub(super) fn pairs(&self) -> &[(Cow<'a, str>, Cow<'a, str>)] {
        &self.0
    }

    /// The value of a field that is there once and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// A text to keep. Bytes that are not UTF-8 were replaced while decoding: such a text is broken.
    fn kept(&self, name: &'static str) -> Result<Option<String>, Reason> {
        match self.text(name) {
            Some(text) if text.contains('\u{fffd}') => Err(Reason::new(Drift::Text, name)),
            text => wire::text(name, text.map(str::to_owned)),
        }
    }

    fn repeats_a_field(&self) -> bool {
        self.0.windows(2).any(|pair| pair[0].0 == pair[1].0 && pair[0].0.starts_with("vnp_"))
    }
}

/// Reads proven fields.
pub(super) fn open(fields: &Fields<'_>) -> Opened {
    match notice(fields) {
        Ok(notice) => Opened::Notices(vec![notice]),
        Err(reason) => {
            let transaction_id = identity(fields).ok();
            let event_id = transaction_id.as_deref().map(|id| event_id(id, status(fields)));
            Opened::Unreadable(Reason { event_id, transaction_id, ..reason })
        }
    }
}

fn notice(fields: &Fields<'_>) -> Result<Notice, Reason> {
    if fields.repeats_a_field() {
        return Err(Reason::whole(Drift::Shape));
    }
    let transaction_id = identity(fields)?;
    let status = status(fields);
    let order_reference = fields.kept("vnp_TxnRef")?;
    Ok(Notice {
        event_id: event_id(&transaction_id, status),
        transaction_id,
        status,
        amount_vnd: amount(fields)?,
        direction: Direction::In,
        account: None,
        virtual_account: None,
        reference: order_reference.as_deref().map(wire::without_attempt).map(str::to_owned),
        order_reference,
        content: fields.kept("vnp_OrderInfo")?,
        payer_name: None,
        payer_account: None,
        method: method(fields),
        bank_reference: fields.kept("vnp_BankTranNo")?,
        occurred_at: fields
            .text("vnp_PayDate")
            .and_then(|text| Vietnam::Compact.read(text))
            .ok_or_else(|| Reason::new(Drift::Time, "vnp_PayDate"))?,
        assurance: Assurance::High,
    })
}

/// One transaction tells each of its states once.
fn event_id(transaction_id: &str, status: Status) -> String {
    format!("{transaction_id}:{}", status.code())
}

/// VNPAY's number; 0 or none means that no transaction was made, and order and time stand in.
fn identity(fields: &Fields<'_>) -> Result<String, Reason> {
    match fields.text("vnp_TransactionNo") {
        Some(number) if number.bytes().any(|byte| byte != b'0') => wire::identifier("vnp_TransactionNo", number),
        _ => {
            let order = wire::identifier("vnp_TxnRef", fields.text("vnp_TxnRef").unwrap_or_default())?;
            let time = wire::identifier("vnp_PayDate", fields.text("vnp_PayDate").unwrap_or_default())?;
            Ok(format!("{order}@{time}"))
        }
    }
}

fn amount(fields: &Fields<'_>) -> Result<i64, Reason> {
    let fault = || Reason::new(Drift::Amount, "vnp_Amount");
    let hundredths = fields.text("vnp_Amount").and_then(wire::digits).ok_or_else(fault)?;
    if hundredths % HUNDREDTHS != 0 {
        return Err(fault());
    }
    wire::amount("vnp_Amount", hundredths / HUNDREDTHS)
}

/// The status map of the README. Paid needs both codes to say so; what is not listed or contradicts itself waits.
fn status(fields: &Fields<'_>) -> Status {
    let response = fields.text("vnp_ResponseCode").unwrap_or_default();
    let transaction = fields.text("vnp_TransactionStatus").unwrap_or_default();
    match (response, transaction) {
        ("00", "00") => Status::Settled,
        ("07", _) | (_, "07") => Status::Suspicious,
        (_, "04") => Status::Reversed,
        ("09" | "10" | "11" | "12" | "13" | "24" | "51" | "65" | "75" | "79", "" | "01" | "02") => Status::Failed,
        _ => Status::Waiting,
    }
}

/// What VNPAY names; a bank code alone does not tell a card from an app.
fn method(fields: &Fields<'_>) -> Option<&'static str> {
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
    use super::{Fields, method, status};
    use crate::notice::Status;

    #[test]
    fn only_two_explicit_codes_are_money() {
        let codes = || (0..100).map(|code| format!("{code:02}")).chain([String::new()]);
        for response in codes() {
            for transaction in codes() {
                let query = format!("vnp_ResponseCode={response}&vnp_TransactionStatus={transaction}");
                let settled = status(&Fields::read(&query)) == Status::Settled;
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
            assert_eq!(method(&Fields::read(query)), code, "{query}");
        }
    }
}
