//! What a bank hears. HTTP 200 is an answer, whatever its code says; with any other status nothing was done, and with 429 and 503
//! the bank asks again.

use serde::Serialize;

use super::day_file;
use crate::{
    bill::{Answer, Bill, Bills, No, Standing},
    reply::{Outcome, Reply},
    time,
};

/// Beside the words for machines two sentences for people.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<T: Serialize> {
    code: &'static str,
    reason: &'static str,
    message: &'static str,
    message_vi: &'static str,
    #[serde(flatten)]
    content: T,
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BillsWords<'a> {
    student_name: &'a str,
    amount_rule: &'static str,
    open_amount: i64,
    bills: Vec<BillWords<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BillWords<'a> {
    invoice_code: &'a str,
    school_name: &'a str,
    title: &'a str,
    account: &'a str,
    amount: i64,
    open_amount: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StandingWords<'a> {
    bank_reference: &'a str,
    state: &'static str,
    amount: i64,
    received_at: String,
}

impl<'a> From<&'a Bills> for BillsWords<'a> {
    fn from(bills: &'a Bills) -> Self {
        Self {
            student_name: &bills.student_name,
            amount_rule: bills.amounts.code(),
            open_amount: bills.bills.iter().fold(0, |sum, bill| sum.saturating_add(bill.open_vnd)),
            bills: bills.bills.iter().map(BillWords::from).collect(),
        }
    }
}

impl<'a> From<&'a Bill> for BillWords<'a> {
    fn from(bill: &'a Bill) -> Self {
        Self {
            invoice_code: &bill.invoice_code,
            school_name: &bill.school_name,
            title: &bill.title,
            account: &bill.account,
            amount: bill.amount_vnd,
            open_amount: bill.open_vnd,
            due_on: bill.due_on.map(|day| day.to_string()),
        }
    }
}

impl<'a> From<&'a Standing> for StandingWords<'a> {
    fn from(standing: &'a Standing) -> Self {
        Self {
            bank_reference: &standing.bank_reference,
            state: standing.state.code(),
            amount: standing.amount_vnd,
            received_at: time::write_rfc3339(standing.received_at).unwrap_or_default(),
        }
    }
}

/// Words an outcome.
pub(super) fn word(outcome: &Outcome) -> Reply {
    match outcome {
        Outcome::Bill(answer) => match &**answer {
            Answer::Bills(bills) => ok(BillsWords::from(bills)),
            Answer::Standing(standing) => ok(StandingWords::from(standing)),
            Answer::DayFile(taken) => file(day_file::write_taken(taken)),
            Answer::Compared(compared) => file(day_file::write_compared(compared)),
            Answer::No(no) => refuse(*no),
        },
        Outcome::Refused(refusal) => {
            let code = refusal.code();
            worded("97", code, "The call was not taken.", "Yêu cầu không được tiếp nhận.", Nothing {})
                .with_status_of(outcome)
        }
        Outcome::TooMany { .. } => worded(
            "91",
            "TOO_MANY",
            "Too many calls; come again later.",
            "Quá nhiều yêu cầu; hãy gửi lại sau.",
            Nothing {},
        )
        .with_status_of(outcome),
        // Whatever this bank cannot have asked was not done.
        Outcome::Kept | Outcome::Order(_) | Outcome::Token(_) | Outcome::Unavailable { .. } => {
            let (en, vi) = ("The hub is not available; come again.", "Hệ thống tạm thời gián đoạn; hãy gửi lại.");
            let retry_after_s = if let Outcome::Unavailable { retry_after_s } = outcome { *retry_after_s } else { 60 };
            worded("99", "UNAVAILABLE", en, vi, Nothing {}).with_status_of(&Outcome::Unavailable { retry_after_s })
        }
    }
}

fn ok(content: impl Serialize) -> Reply {
    worded("00", "OK", "Done.", "Thành công.", content)
}

fn file(body: String) -> Reply {
    Reply { content_type: Some("text/csv; charset=utf-8"), ..Reply::json(200, body) }
}

fn worded(
    code: &'static str,
    reason: &'static str,
    message: &'static str,
    message_vi: &'static str,
    content: impl Serialize,
) -> Reply {
    Reply::worded(&Envelope { code, reason, message, message_vi, content })
}

fn refuse(no: No) -> Reply {
    let (code, en, vi) = words(no);
    let reply = worded(code, no.code(), en, vi, Nothing {});
    match no {
        No::Unreadable => Reply { status: 400, ..reply },
        No::NonceUsed => Reply { status: 409, ..reply },
        No::TooManyUnknown { retry_after_s } => reply.with_status_of(&Outcome::TooMany { retry_after_s }),
        _ => reply,
    }
}

fn words(no: No) -> (&'static str, &'static str, &'static str) {
    match no {
        No::NotFound => ("01", "There is nothing to pay under it.", "Không tìm thấy khoản phải thu."),
        No::AlreadyPaid => ("02", "It is paid already.", "Khoản này đã được thanh toán."),
        No::AmountNotAllowed => ("03", "This amount cannot be taken.", "Số tiền không hợp lệ với khoản phải thu."),
        No::WrongAccount => ("04", "It is paid into another account.", "Sai tài khoản thụ hưởng."),
        No::OutsideHours => ("05", "It is not the hour to collect.", "Ngoài giờ thu."),
        No::ReferenceConflict => {
            ("06", "This reference names another payment.", "Số tham chiếu đã dùng cho giao dịch khác.")
        }
        No::UnknownReference => ("07", "No payment has this reference.", "Không có giao dịch với số tham chiếu này."),
        No::Reversed => ("08", "The payment was given back.", "Giao dịch đã được hoàn lại."),
        No::NotReversible => {
            ("09", "It is too late to give it back alone; ask the school.", "Đã quá hạn hủy; hãy liên hệ nhà trường.")
        }
        No::Unreadable => ("30", "The call cannot be read.", "Không đọc được nội dung yêu cầu."),
        No::NonceUsed => ("96", "The nonce was used before.", "Mã nonce đã được sử dụng."),
        No::TooManyUnknown { .. } => {
            ("90", "Too many codes that nobody has; come again later.", "Tra cứu sai quá nhiều; hãy thử lại sau.")
        }
    }
}
