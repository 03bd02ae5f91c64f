//! How a family pays: the VietQR of what is open, and the words for who types the transfer by hand.

use async_graphql::SimpleObject;
use connectors::vietqr::{self, Payload};
use entities::invoices::Invoice;

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::scalars::Vnd;
use crate::graphql::shown::Shown;
use crate::graphql::types::bank_account::NumberOf;

/// How to pay what is open on an invoice (hướng dẫn thanh toán).
#[derive(Clone, SimpleObject)]
pub struct InvoicePayment {
    /// What to pay: all that is open (số tiền).
    pub amount: Vnd,
    /// What to write into the transfer (nội dung chuyển khoản): the invoice code and nothing that must be typed exactly.
    pub transfer_content: String,
    /// The VietQR text that any bank's app reads (mã VietQR dạng văn bản). It holds the full account number: null without the
    /// right to read that, and when the account's number does not fit a VietQR.
    pub viet_qr_text: Shown<String>,
    /// The same as a picture (mã VietQR dạng ảnh SVG); null whenever the text is.
    pub viet_qr_svg: Shown<String>,
}

impl InvoicePayment {
    /// How to pay this invoice; none when nothing is open.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn of(request: &Request, invoice: &Invoice) -> Result<Option<Self>, Fault> {
        let open = invoice.open();
        if !open.is_positive() {
            return Ok(None);
        }
        let may = request.may_read("BankAccount", "number");
        let text = if may { text(request, invoice).await? } else { None };
        let svg = text.as_deref().and_then(|text| vietqr::svg(text).ok());
        Ok(Some(Self {
            amount: open.into(),
            transfer_content: invoice.code.to_string(),
            viet_qr_text: Shown::when(may, text),
            viet_qr_svg: Shown::when(may, svg),
        }))
    }
}

/// The code names itself twice: statements rarely show the bill number, so it stands first in the purpose too.
async fn text(request: &Request, invoice: &Invoice) -> Result<Option<String>, Fault> {
    let Some(account) = request.loaders.load_one(invoice.account).await? else { return Ok(None) };
    let Some(number) = request.loaders.load_one(NumberOf(invoice.account)).await? else { return Ok(None) };
    let payload = Payload {
        bin: account.bank.as_str().to_owned(),
        account: number,
        amount: Some(invoice.open().get()),
        bill: Some(invoice.code.to_string()),
        purpose: Some(invoice.code.to_string()),
    };
    Ok(payload.text().ok())
}
