//! Senders that ask before they tell.

use connectors::{Inbound, Opened, OrderState, Outcome, TokenQuery, fault::Refusal};

use crate::letters::{accepted, all, is_payable};

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

/// What Viettel Money's answer ends with when nobody signed it.
const UNSIGNED: &str = r#""check_sum":"""#;

#[test]
fn an_unproven_result_gets_no_signature() {
    let mut unproven = 0;
    for letter in all().into_iter().filter(|letter| letter.answer.body.contains(r#""check_sum":"#)) {
        let amount_vnd = letter.order_amount_vnd.unwrap_or(250_000);
        let outcomes = [
            Outcome::Kept,
            Outcome::Order(OrderState::Payable { amount_vnd }),
            Outcome::Refused(Refusal::BadProof),
            Outcome::Unavailable { retry_after_s: 1 },
        ];
        let own = (!letter.is_accepted()).then(|| letter.connect());
        for bank in own.into_iter().chain([letter.connect_with(&[letter.another_key()])]) {
            unproven += 1;
            for outcome in &outcomes {
                let heard = letter.request.answer(&*bank, outcome).body;
                assert!(heard.contains(UNSIGNED), "{}: {outcome:?}: {heard}", letter.name);
            }
        }
    }
    assert!(unproven > 0, "no sender signs its answers");
}

#[test]
fn whoever_proves_nothing_gets_no_signature() {
    for letter in accepted() {
        let Ok(opened @ Opened::OrderCheck(_)) = letter.open() else { continue };
        let (own, stranger) = (letter.connect(), letter.connect_with(&[letter.another_key()]));
        let answer = |bank: &dyn connectors::Bank, outcome| letter.request.answer(bank, &outcome).body;
        assert!(!answer(&*own, letter.outcome(&opened)).contains(UNSIGNED), "{}", letter.name);
        for outcome in [Outcome::Order(OrderState::Unknown), Outcome::Kept] {
            assert!(answer(&*own, outcome).contains(UNSIGNED), "{}", letter.name);
        }
        assert!(answer(&*stranger, letter.outcome(&opened)).contains(UNSIGNED), "{}", letter.name);
    }
}

#[test]
fn a_token_opens_the_line_for_a_while_and_only_who_proved_itself_gets_one() {
    const SECOND_US: i64 = 1_000_000;
    let mut issued = 0;
    for letter in accepted() {
        let (own, stranger) = (letter.connect(), letter.connect_with(&[letter.another_key()]));
        let answer = |bank: &dyn connectors::Bank| {
            letter.request.answer(bank, &Outcome::Token(TokenQuery { at: letter.now() })).body
        };
        let token = |body: String| {
            let body: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
            body["access_token"].as_str().map(str::to_owned)
        };
        assert_eq!(token(answer(&*stranger)), None, "{}", letter.name);
        let Ok(Opened::TokenRequest(query)) = letter.open() else {
            assert_eq!(token(answer(&*own)), None, "{}", letter.name);
            continue;
        };
        assert_eq!(query.at, letter.now(), "{}", letter.name);
        issued += 1;

        let bearer = format!("Bearer {}", token(answer(&*own)).unwrap());
        let headers: [(&str, &[u8]); 1] = [("Authorization", bearer.as_bytes())];
        let sync = Inbound::new("POST", "/bank/api/transaction-sync", "", &headers, b"{}");
        assert!(matches!(own.open(&sync, query.at + 300 * SECOND_US), Ok(Opened::Unreadable(_))), "{}", letter.name);
        assert_eq!(own.open(&sync, query.at + 301 * SECOND_US), Err(Refusal::OutsideWindow), "{}", letter.name);
        assert_eq!(stranger.open(&sync, query.at), Err(Refusal::BadProof), "{}", letter.name);
        let again = Inbound::new("POST", "/api/token_generate", "", &headers, b"");
        assert_eq!(own.open(&again, query.at), Err(Refusal::NoProof), "{}: no token for a token", letter.name);
    }
    assert!(issued > 0, "no letter asks for a token");
}
