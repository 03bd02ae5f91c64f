//! Statements about one transaction come in any order, and the last word is not the last that was heard.

use connectors::notice::Status;
use entities::invoices::InvoiceStatus;

use super::ground::Ground;
use super::trial::{Subject, Verdict};
use crate::clock;
use crate::commands::Failure;
use crate::commands::sandbox::bank;

pub(super) const REVERSED: Subject = Subject {
    code: "REVERSED",
    promise: "A payment that is taken back leaves its invoice open again.",
    promise_vi: "Giao dịch bị đảo thì phiếu báo thu trở lại trạng thái chưa trả.",
};

pub(super) async fn reversed(ground: &mut Ground) -> Result<Verdict, Failure> {
    end(ground, &[Status::Settled, Status::Reversed], InvoiceStatus::Open).await
}

pub(super) const REVERSED_FIRST: Subject = Subject {
    code: "REVERSED_BEFORE_SETTLED",
    promise: "When the reversal is heard before the payment, the invoice ends open all the same.",
    promise_vi: "Tin đảo giao dịch đến trước tin thanh toán: kết quả cuối vẫn là chưa trả.",
};

pub(super) async fn reversed_first(ground: &mut Ground) -> Result<Verdict, Failure> {
    end(ground, &[Status::Reversed, Status::Settled], InvoiceStatus::Open).await
}

pub(super) const FAILED: Subject = Subject {
    code: "FAILED_PAYS_NOTHING",
    promise: "A payment that failed is acknowledged and pays nothing.",
    promise_vi: "Giao dịch thất bại được ghi nhận nhưng không gạch nợ.",
};

pub(super) async fn failed(ground: &mut Ground) -> Result<Verdict, Failure> {
    end(ground, &[Status::Failed], InvoiceStatus::Open).await
}

pub(super) const WAITING: Subject = Subject {
    code: "WAITING_THEN_SETTLED",
    promise: "An undecided payment pays nothing until it is settled; then it pays, also when the two are heard in the wrong order.",
    promise_vi: "Giao dịch đang chờ chưa gạch nợ cho đến khi thành công, kể cả khi hai tin đến sai thứ tự.",
};

pub(super) async fn waiting(ground: &mut Ground) -> Result<Verdict, Failure> {
    let verdicts = [
        end(ground, &[Status::Waiting], InvoiceStatus::Open).await?,
        end(ground, &[Status::Waiting, Status::Settled], InvoiceStatus::Paid).await?,
        end(ground, &[Status::Settled, Status::Waiting], InvoiceStatus::Paid).await?,
    ];
    Ok(verdicts.into_iter().find(|verdict| *verdict != Verdict::Held).unwrap_or(Verdict::Held))
}

/// Tells these statements about one payment, and looks how its invoice stands in the end.
async fn end(ground: &mut Ground, told: &[Status], wanted: InvoiceStatus) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let mut letters = Vec::new();
    for status in told {
        let mut payment = payment.clone();
        payment.status = *status;
        let Some(letter) = ground.letter(&payment, clock::now())? else { return Ok(Verdict::no_words()) };
        letters.push(letter);
    }
    let mut facts = Vec::new();
    for (letter, status) in letters.iter().zip(told) {
        let answer = ground.deliver(letter).await?;
        facts.push((bank::is_kept(&answer), format!("{} was answered with {}", status.code(), answer.status)));
        ground.settled().await?;
    }
    let (status, _) = ground.stands(&invoice).await?;
    facts.push((
        status == wanted,
        format!("{} ends {}, not {}", invoice.code.as_str(), status.as_str(), wanted.as_str()),
    ));
    Ok(Verdict::of(&facts))
}
