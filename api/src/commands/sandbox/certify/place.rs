//! Money is never guessed: what does not fit its account or its invoice waits for a person with a reason.

use connectors::letter::Payment;
use entities::invoices::{Invoice, InvoiceStatus};

use super::ground::Ground;
use super::trial::{Subject, Verdict};
use crate::clock;
use crate::commands::Failure;
use crate::commands::sandbox::bank;

/// Bytes of a body that no connection takes.
const TOO_MANY_BYTES: usize = 32 * 1_024 * 1_024;

pub(super) const CROSSED: Subject = Subject {
    code: "CROSSED_ACCOUNTS",
    promise: "A true message that names another school's invoice or account pays nothing there; the money waits with a reason.",
    promise_vi: "Thông báo hợp lệ nhưng nêu phiếu hoặc tài khoản của trường khác không gạch nợ ở đó; khoản tiền chờ đối soát kèm lý do.",
};

pub(super) async fn crossed(ground: &mut Ground) -> Result<Verdict, Failure> {
    let Some((foreign, account)) = ground.elsewhere.clone() else {
        return Ok(Verdict::Untried("the hub knows no open invoice of another school".to_owned()));
    };
    let (_, own) = ground.payment()?;
    let code_only = Payment { account: own.account, ..ground.of(&foreign, &account) };
    let both = ground.of(&foreign, &account);
    let mut verdict = waits(ground, &foreign, &code_only, &["WRONG_ACCOUNT"]).await?;
    if verdict == Verdict::Held && ground.info.names_account {
        verdict = waits(ground, &foreign, &both, &["WRONG_ACCOUNT", "UNKNOWN_ACCOUNT"]).await?;
    }
    Ok(verdict)
}

pub(super) const UNKNOWN_CODE: Subject = Subject {
    code: "UNKNOWN_CODE",
    promise: "Money with a mistyped code, or with none, waits for a person with the reason.",
    promise_vi: "Tiền có mã gõ sai hoặc không có mã sẽ chờ đối soát kèm lý do.",
};

pub(super) async fn unknown_code(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let mistyped = mistype(invoice.code.as_str());
    let wrong =
        Payment { reference: Some(mistyped.clone()), content: format!("{mistyped} nop tien"), ..payment.clone() };
    waits(ground, &invoice, &wrong, &["UNKNOWN_REFERENCE", "NO_REFERENCE"]).await
}

pub(super) const UNREADABLE: Subject = Subject {
    code: "UNREADABLE",
    promise: "A body that is too long is refused before it is read; the connection goes on.",
    promise_vi: "Nội dung quá dài bị từ chối trước khi đọc; kết nối vẫn hoạt động bình thường.",
};

pub(super) async fn unreadable(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let Some(letter) = ground.letter(&payment, clock::now())? else { return Ok(Verdict::no_words()) };
    let mut long = letter.clone();
    long.method = "POST";
    long.body = vec![b' '; TOO_MANY_BYTES];
    // Who sends to the end may hear the line close instead of the answer.
    let answer = ground.deliver(&long).await;
    let refused = answer.as_ref().map_or(true, |answer| answer.status == 413);
    let after = ground.deliver(&letter).await?;
    ground.settled().await?;
    let (status, _) = ground.stands(&invoice).await?;
    Ok(Verdict::of(&[
        (refused, format!("{TOO_MANY_BYTES} bytes were answered with {:?}", answer.map(|answer| answer.status))),
        (bank::is_kept(&after), format!("the message behind it was answered with {}", after.status)),
        (status == InvoiceStatus::Paid, format!("{} is {}", invoice.code.as_str(), status.as_str())),
    ]))
}

/// Tells of a payment that must not be booked by itself: it is acknowledged, the invoice is as before, and the money waits with
/// one of these reasons.
async fn waits(ground: &Ground, invoice: &Invoice, payment: &Payment, reasons: &[&str]) -> Result<Verdict, Failure> {
    let Some(letter) = ground.letter(payment, clock::now())? else { return Ok(Verdict::no_words()) };
    let named = ground.transaction_of(&letter)?;
    let answer = ground.deliver(&letter).await?;
    ground.settled().await?;
    let (_, paid) = ground.stands(invoice).await?;
    let found = ground.transaction(&named).await?;
    let reason = found.as_ref().and_then(|row| row.details().ok()?.review_reason).map(|reason| reason.code());
    Ok(Verdict::of(&[
        (bank::is_kept(&answer), format!("it was answered with {}", answer.status)),
        (paid == invoice.paid.get(), format!("{paid} đồng lie on {}", invoice.code.as_str())),
        (reason.is_some_and(|reason| reasons.contains(&reason)), format!("it waits for {reason:?}, not {reasons:?}")),
    ]))
}

/// The code with two neighbouring digits exchanged, which its check digit finds.
pub(super) fn mistype(code: &str) -> String {
    let mut bytes = code.as_bytes().to_vec();
    let pair = (2..bytes.len().saturating_sub(1)).find(|at| bytes[*at] != bytes[*at + 1]);
    if let Some(at) = pair {
        bytes.swap(at, at + 1);
    }
    String::from_utf8(bytes).unwrap_or_else(|_| code.to_owned())
}

#[cfg(test)]
mod tests {
    use entities::codes::InvoiceCode;

    use super::mistype;

    #[test]
    fn a_mistyped_code_is_no_code() {
        assert!(InvoiceCode::parse("LT30840572717").is_ok());
        assert!(InvoiceCode::parse(&mistype("LT30840572717")).is_err());
    }
}
