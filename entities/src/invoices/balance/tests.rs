//! Money fills the lines of an invoice in their order, its sums always balance, and taking it off restores them.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::catalogues::{FeeCategory, FeeGroup};
use crate::codes::SchoolYear;
use crate::ids::{BankAccountId, FeeId, SchoolId, StudentId};

fn balance(amounts: &[i64]) -> Balance {
    let id = |n: usize| Uuid::from_u128(n.try_into().unwrap());
    let invoice = Invoice {
        id: InvoiceId::from_uuid(id(1)),
        school: SchoolId::from_uuid(id(2)),
        code: InvoiceCode::from_serial("LT", 7).unwrap(),
        group: InvoiceId::from_uuid(id(1)),
        student: StudentId::from_uuid(id(3)),
        account: BankAccountId::from_uuid(id(4)),
        fund: FeeGroup::ByAgreement,
        school_year: SchoolYear::starting(2026).unwrap(),
        amount: Vnd::new(amounts.iter().sum()),
        paid: Vnd::ZERO,
        status: InvoiceStatus::Open,
        issued_on: "2026-11-20".parse().unwrap(),
        due_on: None,
        client: None,
        synthetic: true,
        created_at: Timestamp::from_seconds(0),
        updated_at: Timestamp::from_seconds(0),
    };
    let line = |(place, amount): (usize, &i64)| InvoiceLine {
        id: InvoiceLineId::from_uuid(id(100 + place)),
        invoice: invoice.id,
        position: i64::try_from(place).unwrap() + 1,
        fee: FeeId::from_uuid(id(5)),
        category: &FeeCategory::ALL[place % 3],
        description: "dòng".into(),
        amount: Vnd::new(*amount),
        paid: Vnd::ZERO,
        opted_in_on: None,
    };
    let lines = amounts.iter().enumerate().map(line).collect();
    Balance { was: invoice.status, invoice, lines }
}

proptest! {
    #[test]
    fn lines_fill_in_order_and_sums_balance(
        amounts in prop::collection::vec(1i64..5_000_000, 1..12),
        shares in prop::collection::vec(1i64..9_000_000, 1..12),
    ) {
        let fresh = balance(&amounts);
        let mut paid = fresh.clone();
        let mut history = Vec::new();
        for share in shares {
            let share = Vnd::new(share.min(paid.invoice.open().get()));
            if share.is_zero() {
                prop_assert_eq!(paid.invoice.status, InvoiceStatus::Paid);
                prop_assert!(paid.fill(Vnd::new(1)).is_err(), "a paid invoice takes no more");
                break;
            }
            let filled = paid.fill(share).unwrap();
            prop_assert_eq!(Vnd::checked_sum(filled.iter().map(|part| part.amount)).unwrap(), share);
            history.push(filled);
            let sum = Vnd::checked_sum(paid.lines.iter().map(|line| line.paid)).unwrap();
            prop_assert_eq!(sum, paid.invoice.paid);
            let first_open = paid.lines.iter().position(|line| line.paid < line.amount).unwrap_or(paid.lines.len());
            prop_assert!(paid.lines.iter().skip(first_open + 1).all(|line| line.paid.is_zero()));
            prop_assert_eq!(paid.invoice.status == InvoiceStatus::Paid, first_open == paid.lines.len());
        }
        for filled in history.into_iter().rev() {
            paid.drain(&filled).unwrap();
        }
        prop_assert_eq!(paid, fresh);
    }
}
