//! What a sender hears that asks whether an order may be paid, before its customer pays.

use connectors::query::{OrderQuery, OrderState};
use entities::codes::InvoiceCode;
use entities::ids::ConnectionId;
use entities::invoices::{self, Invoice, InvoiceStatus};
use entities::reach::{Reach, Reason};
use entities::time::Timestamp;
use entities::{Db, Error, connections};

/// The state of an order as this connection may know it: an invoice of an account for which it does not speak is as unknown
/// as one that is not there.
///
/// # Errors
/// The database's.
pub(super) async fn state(
    db: &Db,
    connection: ConnectionId,
    query: &OrderQuery,
    now: Timestamp,
) -> Result<OrderState, Error> {
    let Ok(code) = InvoiceCode::parse(&query.reference) else { return Ok(OrderState::Unknown) };
    #[expect(clippy::disallowed_methods, reason = "the sender is no caller; its connection's accounts are its reach")]
    let reach = Reach::system(Reason::Settlement, now.vietnam_day());
    let accounts = connections::accounts_of(db, &reach, &[connection]).await?;
    let invoice = invoices::by_code(db, &reach, &code).await?;
    let is_own = |invoice: &Invoice| accounts.get(&connection).is_some_and(|own| own.contains(&invoice.account));
    let invoice = invoice.filter(is_own);
    Ok(invoice.map_or(OrderState::Unknown, |invoice| said(invoice.status, invoice.open().get(), query.amount_vnd)))
}

/// What is left to pay is what an order costs.
fn said(status: InvoiceStatus, open_vnd: i64, asked_vnd: Option<i64>) -> OrderState {
    match status {
        InvoiceStatus::Cancelled => OrderState::Unknown,
        InvoiceStatus::Paid => OrderState::AlreadyPaid,
        InvoiceStatus::Open | InvoiceStatus::PartiallyPaid => match asked_vnd {
            Some(other) if other != open_vnd => OrderState::WrongAmount,
            _ => OrderState::Payable { amount_vnd: open_vnd },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_waits_for_this_much_is_payable() {
        let payable = OrderState::Payable { amount_vnd: 7 };
        for status in [InvoiceStatus::Open, InvoiceStatus::PartiallyPaid] {
            assert_eq!(said(status, 7, None), payable);
            assert_eq!(said(status, 7, Some(7)), payable);
            assert_eq!(said(status, 7, Some(8)), OrderState::WrongAmount);
        }
        for asked in [None, Some(0), Some(7)] {
            assert_eq!(said(InvoiceStatus::Paid, 0, asked), OrderState::AlreadyPaid);
            assert_eq!(said(InvoiceStatus::Cancelled, 0, asked), OrderState::Unknown);
        }
    }
}
