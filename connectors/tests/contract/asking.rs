//! Senders that ask before they tell.

use connectors::{Opened, OrderState, Outcome};

use crate::letters::{accepted, is_payable};

#[test]
fn an_order_is_payable_at_its_own_amount_and_nothing_else_is() {
    let mut asked = 0;
    for letter in accepted() {
        let bank = letter.connect();
        let answer = |state| letter.request.answer(&*bank, &Outcome::Order(state));
        let Ok(Opened::OrderCheck(_)) = letter.open() else {
            assert!(!is_payable(&answer(OrderState::Payable { amount_vnd: 250_000 })), "{}", letter.name);
            continue;
        };
        asked += 1;
        let amount_vnd = letter.order_amount_vnd.unwrap();
        let payable = answer(OrderState::Payable { amount_vnd });
        let no = answer(OrderState::Unknown);
        assert!(is_payable(&payable) && !is_payable(&no), "{}", letter.name);
        for other in [0, 1, -amount_vnd, amount_vnd - 1, amount_vnd + 1, amount_vnd * 10, i64::MAX] {
            let other = OrderState::Payable { amount_vnd: other };
            assert_eq!(answer(other), no, "{}: nobody learns what an order costs", letter.name);
        }
        for other in [OrderState::WrongAmount, OrderState::AlreadyPaid] {
            assert_eq!(answer(other), no, "{}: nobody learns which orders there are", letter.name);
        }
    }
    assert!(asked > 0, "no letter asks about an order");
}

#[test]
fn whoever_proves_nothing_gets_no_signature() {
    const UNSIGNED: &str = r#""check_sum":"""#;
    for letter in accepted() {
        let Ok(Opened::OrderCheck(_)) = letter.open() else { continue };
        let (own, stranger) = (letter.connect(), letter.connect_with(&["another key".to_owned()]));
        let answer = |bank: &dyn connectors::Bank, outcome| letter.request.answer(bank, &outcome).body;
        assert!(!answer(&*own, letter.outcome()).contains(UNSIGNED), "{}", letter.name);
        for outcome in [Outcome::Order(OrderState::Unknown), Outcome::Kept] {
            assert!(answer(&*own, outcome).contains(UNSIGNED), "{}", letter.name);
        }
        assert!(answer(&*stranger, letter.outcome()).contains(UNSIGNED), "{}", letter.name);
    }
}
