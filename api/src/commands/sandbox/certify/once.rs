//! One payment is one booking, however often and in whatever dress it is told.

use entities::invoices::InvoiceStatus;
use futures_util::future::join_all;

use super::ground::Ground;
use super::trial::{Subject, Verdict};
use crate::clock;
use crate::commands::Failure;
use crate::commands::sandbox::bank;

/// Messages at once.
const AT_ONCE: usize = 20;
/// Microseconds by which a second signing is later than the first.
const LATER_MICROS: i64 = 2_000_000;

pub(super) const PAID: Subject = Subject {
    code: "PAYMENT_PAYS",
    promise: "A payment of the exact open amount is acknowledged and pays its invoice.",
    promise_vi: "Thanh toán đúng số tiền được ghi nhận và phiếu báo thu chuyển sang đã trả.",
};

pub(super) async fn paid(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let Some(letter) = ground.letter(&payment, clock::now())? else { return Ok(Verdict::no_words()) };
    let answer = ground.deliver(&letter).await?;
    ground.settled().await?;
    let (status, paid) = ground.stands(&invoice).await?;
    Ok(Verdict::of(&[
        (bank::is_kept(&answer), format!("it was answered with {}", answer.status)),
        (status == InvoiceStatus::Paid, format!("{} is {}, {paid} đồng paid", invoice.code.as_str(), status.as_str())),
    ]))
}

pub(super) const REPEATED: Subject = Subject {
    code: "REPEATED_AT_ONCE",
    promise: "The same message, twenty times at once, is acknowledged each time in the same words and booked once.",
    promise_vi: "Cùng một thông báo gửi hai mươi lần cùng lúc: lần nào cũng được trả lời như nhau, chỉ ghi sổ một lần.",
};

pub(super) async fn repeated(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let Some(letter) = ground.letter(&payment, clock::now())? else { return Ok(Verdict::no_words()) };
    let answers = join_all((0..AT_ONCE).map(|_| ground.deliver(&letter))).await;
    let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    ground.settled().await?;
    let (_, paid) = ground.stands(&invoice).await?;
    let same = answers.iter().all(|answer| (answer.status, &answer.body) == (answers[0].status, &answers[0].body));
    Ok(Verdict::of(&[
        (answers.iter().all(bank::is_kept), "not every one was acknowledged".to_owned()),
        (same, "the answers differ".to_owned()),
        (paid == payment.amount_vnd, format!("{paid} đồng are booked, {} were paid", payment.amount_vnd)),
    ]))
}

pub(super) const RESENT: Subject = Subject {
    code: "SIGNED_ANEW",
    promise: "The same payment, signed anew a moment later, is acknowledged and changes nothing.",
    promise_vi: "Cùng một giao dịch được ký lại sau đó vẫn được ghi nhận và không làm thay đổi sổ.",
};

pub(super) async fn resent(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let now = clock::now();
    let Some(letter) = ground.letter(&payment, now)? else { return Ok(Verdict::no_words()) };
    let later = entities::time::Timestamp::from_micros(now.micros() + LATER_MICROS);
    let Some(anew) = ground.letter(&payment, later)? else { return Ok(Verdict::no_words()) };
    let quarantined = ground.events("QUARANTINED").await?;
    let (first, second) = (ground.deliver(&letter).await?, ground.deliver(&anew).await?);
    ground.settled().await?;
    let (_, paid) = ground.stands(&invoice).await?;
    Ok(Verdict::of(&[
        (bank::is_kept(&first) && bank::is_kept(&second), "not both were acknowledged".to_owned()),
        (paid == payment.amount_vnd, format!("{paid} đồng are booked, {} were paid", payment.amount_vnd)),
        (ground.events("QUARANTINED").await? == quarantined, "it counts as other content".to_owned()),
    ]))
}

pub(super) const CONFLICT: Subject = Subject {
    code: "SAME_EVENT_OTHER_CONTENT",
    promise: "The same event with another amount is acknowledged (a re-send could not mend it), set aside, and books nothing.",
    promise_vi: "Cùng mã sự kiện nhưng khác số tiền: vẫn trả lời đã nhận (gửi lại cũng không sửa được), tách riêng và không ghi sổ.",
};

pub(super) async fn conflict(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let Some(letter) = ground.letter(&payment, clock::now())? else { return Ok(Verdict::no_words()) };
    let mut other = payment.clone();
    other.amount_vnd += 1_000;
    let Some(bent) = ground.letter(&other, clock::now())? else { return Ok(Verdict::no_words()) };
    let before = ground.events("QUARANTINED").await?;
    let (first, second) = (ground.deliver(&letter).await?, ground.deliver(&bent).await?);
    ground.settled().await?;
    let (_, paid) = ground.stands(&invoice).await?;
    Ok(Verdict::of(&[
        (bank::is_kept(&first) && bank::is_kept(&second), "not both were acknowledged".to_owned()),
        (paid == payment.amount_vnd, format!("{paid} đồng are booked, {} were paid first", payment.amount_vnd)),
        (ground.events("QUARANTINED").await? == before + 1, "the second was not set aside".to_owned()),
    ]))
}
