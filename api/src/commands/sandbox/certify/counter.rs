//! A bank of the bill protocol asks before it keeps its customer's money, so that the hub may say no: what other senders hear as
//! kept and see in review is refused here, and the bank gives the money back.

use connectors::letter::Payment;
use connectors::notice::Status;
use entities::invoices::{Invoice, InvoiceStatus};
use futures_util::future::join_all;

use super::ground::Ground;
use super::place::mistype;
use super::trial::{Subject, Verdict};
use crate::clock;
use crate::commands::Failure;
use crate::commands::sandbox::bank;

/// Calls at once.
const AT_ONCE: usize = 20;

pub(super) const CALLED_AGAIN: Subject = Subject {
    code: "CALL_REPEATED_AT_ONCE",
    promise: "The same call, twenty times at once, is taken once; the others hear that its nonce was used.",
    promise_vi: "Cùng một yêu cầu gửi hai mươi lần cùng lúc: chỉ một lần được nhận, các lần khác bị từ chối vì nonce đã dùng.",
};

pub(super) async fn called_again(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let Some(letter) = ground.letter(&payment, clock::now())? else { return Ok(Verdict::no_words()) };
    let answers = join_all((0..AT_ONCE).map(|_| ground.deliver(&letter))).await;
    let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    ground.settled().await?;
    let (_, paid) = ground.stands(&invoice).await?;
    let kept = answers.iter().filter(|answer| bank::is_kept(answer)).count();
    let refused = answers.iter().filter(|answer| answer.status == 409).count();
    Ok(Verdict::of(&[
        (kept == 1, format!("{kept} calls were taken")),
        (kept + refused == AT_ONCE, format!("{refused} of the others heard 409")),
        (paid == payment.amount_vnd, format!("{paid} đồng are booked, {} were paid", payment.amount_vnd)),
    ]))
}

pub(super) const ANOTHER_PAYMENT: Subject = Subject {
    code: "SAME_REFERENCE_OTHER_PAYMENT",
    promise: "Another payment under the same reference is refused, set aside for a person, and books nothing.",
    promise_vi: "Giao dịch khác dùng lại số tham chiếu cũ bị từ chối, được tách riêng và không ghi sổ.",
};

pub(super) async fn another_payment(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (first_invoice, payment) = ground.payment()?;
    let (second_invoice, other) = ground.payment()?;
    let other = Payment { transaction: payment.transaction, ..other };
    let before = ground.events("QUARANTINED").await?;
    let mut answers = Vec::new();
    for told in [&payment, &other] {
        let Some(letter) = ground.letter(told, clock::now())? else { return Ok(Verdict::no_words()) };
        answers.push(ground.deliver(&letter).await?);
    }
    ground.settled().await?;
    let (_, first) = ground.stands(&first_invoice).await?;
    let (_, second) = ground.stands(&second_invoice).await?;
    Ok(Verdict::of(&[
        (bank::is_kept(&answers[0]), format!("the first was answered with {}", answers[0].status)),
        (bank::is_refused(&answers[1]), "the second was not refused".to_owned()),
        (
            first == payment.amount_vnd && second == second_invoice.paid.get(),
            format!("{first} and {second} đồng lie there"),
        ),
        (ground.events("QUARANTINED").await? == before + 1, "the second was not set aside".to_owned()),
    ]))
}

pub(super) const BACK_FIRST: Subject = Subject {
    code: "GIVEN_BACK_BEFORE_TOLD",
    promise: "A payment that is given back before it is told is refused when it comes, and its invoice stays open.",
    promise_vi: "Giao dịch bị hủy trước khi được báo sẽ bị từ chối khi đến sau; phiếu báo thu vẫn chưa trả.",
};

pub(super) async fn back_first(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let back = Payment { status: Status::Reversed, ..payment.clone() };
    let Some(back) = ground.letter(&back, clock::now())? else { return Ok(Verdict::no_words()) };
    let answer = ground.deliver(&back).await?;
    let facts = vec![(bank::is_kept(&answer), format!("giving it back was answered with {}", answer.status))];
    refused(ground, &invoice, &[payment], facts).await
}

pub(super) const CROSSED: Subject = Subject {
    code: "CROSSED_ACCOUNTS",
    promise: "A true payment of another school's invoice, or into another account than the invoice's, is refused.",
    promise_vi: "Giao dịch hợp lệ nhưng trả cho phiếu của trường khác hoặc vào sai tài khoản bị từ chối.",
};

pub(super) async fn crossed(ground: &mut Ground) -> Result<Verdict, Failure> {
    let Some((foreign, account)) = ground.elsewhere.clone() else {
        return Ok(Verdict::Untried("the hub knows no open invoice of another school".to_owned()));
    };
    let (invoice, own) = ground.payment()?;
    let into_ours = Payment { account: own.account.clone(), ..ground.of(&foreign, &account) };
    let into_theirs = ground.of(&foreign, &account);
    let ours_into_theirs = Payment { account, ..own };
    let verdict = refused(ground, &foreign, &[into_ours, into_theirs], Vec::new()).await?;
    if verdict == Verdict::Held {
        refused(ground, &invoice, &[ours_into_theirs], Vec::new()).await
    } else {
        Ok(verdict)
    }
}

pub(super) const UNKNOWN_CODE: Subject = Subject {
    code: "UNKNOWN_CODE",
    promise: "A payment with a mistyped code, or of another amount than is open, is refused.",
    promise_vi: "Giao dịch có mã gõ sai hoặc sai số tiền bị từ chối.",
};

pub(super) async fn unknown_code(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let mistyped = Payment { reference: Some(mistype(invoice.code.as_str())), ..payment.clone() };
    let too_much = Payment {
        transaction: ground.of(&invoice, &payment.account).transaction,
        amount_vnd: payment.amount_vnd + 1,
        ..payment
    };
    refused(ground, &invoice, &[mistyped, too_much], Vec::new()).await
}

/// Each of these payments must be refused, and the invoice must be as before.
async fn refused(
    ground: &Ground,
    invoice: &Invoice,
    payments: &[Payment],
    mut facts: Vec<(bool, String)>,
) -> Result<Verdict, Failure> {
    for (at, payment) in payments.iter().enumerate() {
        let Some(letter) = ground.letter(payment, clock::now())? else { return Ok(Verdict::no_words()) };
        let answer = ground.deliver(&letter).await?;
        facts.push((bank::is_refused(&answer), format!("payment {} was answered with {}", at + 1, answer.status)));
    }
    ground.settled().await?;
    let (status, paid) = ground.stands(invoice).await?;
    let untouched = status == InvoiceStatus::Open && paid == invoice.paid.get();
    facts.push((untouched, format!("{} became {}", invoice.code.as_str(), status.as_str())));
    Ok(Verdict::of(&facts))
}
