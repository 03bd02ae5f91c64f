//! What banks do to a memo, and every decision with its reason.

use proptest::prelude::*;

use super::*;
use crate::codes::InvoiceCode;
use crate::money::Vnd;

const LT: &[&str] = &["LT"];

fn code(serial: u64) -> String {
    InvoiceCode::from_serial("LT", serial).unwrap().as_str().to_owned()
}

fn found(memo: &str) -> Vec<String> {
    find_codes(memo, LT).iter().map(|code| code.as_str().to_owned()).collect()
}

/// What banks make of a memo that began with the code.
fn frames(code: &str) -> Vec<String> {
    let (left, right) = code.split_at(7);
    vec![
        code.to_owned(),
        code.to_lowercase(),
        format!("{code} Nộp tiền ăn tháng 9"),
        format!("{code}NOP TIEN AN"),
        format!("NOPTIEN{code}"),
        format!("123456{code}"),
        format!("MBVCB.1234567890.{code}.CT tu 0999888777 NGUYEN VAN MAU toi 0999888666"),
        format!("ND:CT DEN:000111222 {code}; tai Napas"),
        format!("REM Tfr Ac:0999888777 O@L_000111_{code}"),
        format!("0000000001-{code}-CHUYEN TIEN-OQCH000000-MOMO0000000001MOMO"),
        format!("{left} {right} hoc sinh"),
        format!("{left}\r\n{right}"),
        format!("LT {}", &code[2..]),
        format!("L T.{}", &code[2..].chars().map(|c| format!("{c} ")).collect::<String>()),
        format!("{code}-2"),
        format!("{code} 20112026"),
        format!("{code} {code}"),
        format!("phí LT LT{}", &code[2..]),
    ]
}

#[test]
fn a_code_survives_what_banks_do() {
    for serial in [0, 7, 123_456_789, 8_999_999_999] {
        let code = code(serial);
        for memo in frames(&code) {
            assert_eq!(found(&memo), [code.as_str()], "{memo}");
            assert!(!has_mistyped_code(&memo, LT), "{memo}");
        }
    }
}

#[test]
fn what_is_no_code_is_left_alone() {
    let code = code(123_456_789);
    let digits = &code[2..];
    for memo in [
        digits.to_owned(),
        format!("{code}1"),
        format!("LT  {digits}"),
        format!("LT_{digits}"),
        format!("VOLT {digits}"),
        format!("HOTEL T{digits}"),
        format!("LX{digits}"),
        code.replacen('1', "I", 1),
        format!("LT{}", &digits[..10]),
        String::new(),
    ] {
        assert_eq!(found(&memo), Vec::<String>::new(), "{memo}");
    }
}

#[test]
fn a_wrong_check_digit_is_seen_and_not_mended() {
    let mut wrong = code(5);
    let last = wrong.pop().unwrap();
    wrong.push(if last == '9' { '0' } else { '9' });
    assert_eq!(found(&wrong), Vec::<String>::new());
    assert!(has_mistyped_code(&wrong, LT));
    assert!(!has_mistyped_code("LT hoc phi 12345678901", LT));
}

#[test]
fn several_codes_and_several_prefixes() {
    let other = InvoiceCode::from_serial("TS", 9).unwrap();
    let memo = format!("{} {}, {}", other, code(2), code(1));
    assert_eq!(found(&memo), [code(1), code(2)]);
    assert_eq!(find_codes(&memo, &["LT", "TS"]).len(), 3);
}

#[test]
fn vendor_references_are_whole_words() {
    let tokens = candidate_tokens("MBVCB.1234567890.HS-2025-a01.CT tu Trường 6A 0999888777");
    assert!(tokens.contains(&normalise_reference("HS-2025-A01").unwrap()), "{tokens:?}");
    assert!(tokens.iter().all(|token| token.bytes().any(|b| b.is_ascii_digit()) && token.len() >= 6), "{tokens:?}");
    assert!(!tokens.contains(&"TRUONG6A".to_owned()), "nothing is joined across a blank");
    assert!(!tokens.contains(&"0999888777".to_owned()), "bare digits are no reference");
    for wrong in ["ABCDEF", "1234567", "HS1", "HS 2025 A01", "A1234567890123456789012345", ""] {
        assert_eq!(normalise_reference(wrong).unwrap_err().code, "REFERENCE_INVALID", "{wrong}");
    }
}

fn invoice(index: usize, open: i64) -> OpenInvoice {
    OpenInvoice { index, open: Vnd::new(open), cancelled: false, in_scope: true }
}

fn referenced(amount: i64, invoices: &[OpenInvoice]) -> Facts {
    Facts { amount: Vnd::new(amount), referenced: invoices.to_vec(), ..Facts::default() }
}

fn virtual_account(amount: i64, invoices: &[OpenInvoice]) -> Facts {
    Facts { amount: Vnd::new(amount), virtual_account: Some(invoices.to_vec()), ..Facts::default() }
}

fn allocate(parts: &[(usize, i64)], surplus: i64) -> Decision {
    let parts = parts.iter().map(|(index, amount)| Part { index: *index, amount: Vnd::new(*amount) }).collect();
    Decision::Allocate { parts, surplus: Vnd::new(surplus) }
}

#[test]
fn an_exact_reference_pays_in_full_in_part_and_with_surplus() {
    assert_eq!(decide(&referenced(500, &[invoice(3, 500)])), allocate(&[(3, 500)], 0));
    assert_eq!(decide(&referenced(200, &[invoice(3, 500)])), allocate(&[(3, 200)], 0));
    assert_eq!(decide(&referenced(700, &[invoice(3, 500)])), allocate(&[(3, 500)], 200));
    assert_eq!(decide(&referenced(700, &[invoice(9, 400), invoice(3, 300)])), allocate(&[(3, 300), (9, 400)], 0));
}

#[test]
fn a_virtual_account_pays_only_what_fits_exactly() {
    let open = [invoice(0, 300), invoice(1, 400)];
    assert_eq!(decide(&virtual_account(400, &open)), allocate(&[(1, 400)], 0));
    assert_eq!(decide(&virtual_account(700, &open)), allocate(&[(0, 300), (1, 400)], 0));
    let cancelled = OpenInvoice { cancelled: true, ..invoice(2, 700) };
    assert_eq!(decide(&virtual_account(700, &[open[0], open[1], cancelled])), allocate(&[(0, 300), (1, 400)], 0));
    let both = Facts { virtual_account: Some(open.to_vec()), ..referenced(100, &[open[1]]) };
    assert_eq!(decide(&both), allocate(&[(1, 100)], 0));
}

#[test]
fn everything_else_waits_with_its_reason() {
    use ReviewReason as R;
    let elsewhere = OpenInvoice { in_scope: false, ..invoice(0, 500) };
    let cancelled = OpenInvoice { cancelled: true, ..invoice(0, 500) };
    let (a, b) = (invoice(0, 300), invoice(1, 300));
    let mistyped = Facts { unknown_reference: true, ..referenced(500, &[invoice(0, 500)]) };
    let conflict = Facts { virtual_account: Some(vec![b]), ..referenced(300, &[a]) };
    for (facts, reason) in [
        (referenced(0, &[a]), R::NotACredit),
        (referenced(-300, &[a]), R::NotACredit),
        (referenced(500, &[]), R::NoReference),
        (referenced(500, &[elsewhere]), R::WrongAccount),
        (referenced(500, &[cancelled]), R::InvoiceCancelled),
        (referenced(500, &[invoice(0, 0)]), R::InvoiceAlreadyPaid),
        (referenced(500, &[a, b]), R::SeveralInvoices),
        (referenced(700, &[a, b]), R::SeveralInvoices),
        (referenced(300, &[a, invoice(1, 0)]), R::InvoiceAlreadyPaid),
        (virtual_account(300, &[a, b]), R::SeveralInvoices),
        (virtual_account(200, &[a, b]), R::AmountMismatch),
        (virtual_account(900, &[a, b]), R::AmountMismatch),
        (virtual_account(500, &[cancelled, elsewhere, invoice(0, 0)]), R::NothingOpen),
        (mistyped, R::UnknownReference),
        (conflict, R::ReferenceConflict),
        (referenced(i64::MAX, &[invoice(0, i64::MAX), invoice(1, i64::MAX)]), R::SeveralInvoices),
    ] {
        assert_eq!(decide(&facts), Decision::Review(reason), "{facts:?}");
    }
}

#[test]
fn every_reason_has_a_code_of_its_own_and_two_sentences() {
    for reason in ReviewReason::ALL {
        assert_eq!(ReviewReason::from_code(reason.code()), Some(reason));
        assert!(reason.sentence().ends_with('.') && reason.sentence_vi().ends_with('.'));
        assert!(!reason.sentence_vi().is_ascii(), "{reason:?}");
    }
    assert_eq!(ReviewReason::from_code("OTHER"), None);
}

prop_compose! {
    fn any_invoice()(open in prop_oneof![0_i64..5, any::<i64>()], cancelled: bool, in_scope in prop::bool::weighted(0.8)) -> OpenInvoice {
        OpenInvoice { index: 0, open: Vnd::new(open), cancelled: cancelled && !in_scope, in_scope }
    }
}

fn numbered(invoices: Vec<OpenInvoice>) -> Vec<OpenInvoice> {
    invoices.into_iter().enumerate().map(|(index, invoice)| OpenInvoice { index, ..invoice }).collect()
}

proptest! {
    #[test]
    fn money_is_neither_made_nor_lost_and_order_does_not_matter(
        amount in prop_oneof![0_i64..12, any::<i64>()],
        invoices in prop::collection::vec(any_invoice(), 0..5),
        by_account: bool,
    ) {
        let invoices = numbered(invoices);
        let facts = |list: Vec<OpenInvoice>| if by_account { virtual_account(amount, &list) } else { referenced(amount, &list) };
        let decision = decide(&facts(invoices.clone()));
        prop_assert_eq!(&decision, &decide(&facts(invoices.iter().rev().copied().collect())));
        if let Decision::Allocate { parts, surplus } = decision {
            let paid = Vnd::checked_sum(parts.iter().map(|part| part.amount)).unwrap();
            prop_assert_eq!(paid.checked_add(surplus), Ok(Vnd::new(amount)));
            prop_assert!(!parts.is_empty() && surplus >= Vnd::ZERO);
            for part in parts {
                let invoice = invoices[part.index];
                prop_assert!(part.amount.is_positive() && part.amount <= invoice.open);
                prop_assert!(invoice.in_scope && !invoice.cancelled);
            }
        }
    }

    #[test]
    fn no_memo_makes_it_panic(memo in prop_oneof![any::<String>(), "[LT0-9 .\\-#Đâ]{0,80}"]) {
        for code in find_codes(&memo, LT) {
            prop_assert!(InvoiceCode::parse(code.as_str()).is_ok());
        }
        prop_assert!(candidate_tokens(&memo).len() <= 64);
        let _ = (has_mistyped_code(&memo, &["LT", "TS"]), normalise_reference(&memo));
    }

    #[test]
    fn the_words_around_a_code_do_not_matter(serial in 0_u64..9_000_000_000, before in "[A-Zđ ]{0,12}", after in "[A-Zđ ]{0,12}") {
        prop_assert_eq!(found(&format!("{before}{}{after}", code(serial))), [code(serial)]);
    }
}
