//! The bill protocol: what its calls say, as JSON, and an answer to each.

use chrono::NaiveDate;
use connectors::bill::{
    Amounts, Answer, Asked, Bill, Bills, Call, Compared, FileLine, Finding, No, Payer, Payment, Standing, State, Taken,
};
use connectors::{Notice, Secret, Status, banks, fault::ConfigFault};
use serde_json::{Value, json};

use crate::connections::{BILL, BILL_ED25519, BILL_KEY, BILL_RSA, credentials};
use crate::letters::{self, accepted, without_nulls};

/// What a call asks, as letters write it.
pub(crate) fn told(call: &Call) -> Value {
    match &call.asked {
        Asked::Inquiry(payer) => json!({ "inquiry": match payer {
            Payer::Invoice(code) => json!({ "invoice": code }),
            Payer::VirtualAccount(number) => json!({ "virtual_account": number }),
            Payer::Student(code) => json!({ "student": code }),
        } }),
        Asked::Pay(payment) => json!({ "pay": letters::notice(&payment.notice) }),
        Asked::Status { bank_reference } => json!({ "status": bank_reference }),
        Asked::Reverse { bank_reference, amount_vnd } => {
            json!({ "reverse": { "bank_reference": bank_reference, "amount_vnd": amount_vnd } })
        }
        Asked::DayFile(day) => json!({ "day_file": day.to_string() }),
        Asked::Compare(day, lines) => {
            json!({ "compare": { "day": day.to_string(), "lines": lines.iter().map(line).collect::<Vec<_>>() } })
        }
        Asked::Unreadable(reason) => json!({ "unreadable": letters::reason(reason) }),
    }
}

fn line(line: &FileLine) -> Value {
    let FileLine { row, bank_reference, read } = line;
    without_nulls(match read {
        Ok(read) => json!({
            "row": row,
            "bank_reference": bank_reference,
            "amount_vnd": read.amount_vnd,
            "day": read.day.to_string(),
            "is_reversed": read.is_reversed,
            "pay": read.payment.as_ref().map(|payment| letters::notice(&payment.notice)),
        }),
        Err(reason) => {
            json!({ "row": row, "bank_reference": bank_reference, "unreadable": letters::reason(reason) })
        }
    })
}

/// What money a call tells of.
pub(crate) fn notices(call: &Call) -> Vec<Notice> {
    match &call.asked {
        Asked::Pay(payment) => vec![payment.notice.clone()],
        _ => Vec::new(),
    }
}

/// A hub that knows what the letters are about.
pub(crate) fn answer(call: &Call) -> Answer {
    let day = |day| NaiveDate::from_ymd_opt(2025, 8, day).unwrap();
    let standing = Standing {
        bank_reference: "FT25227000001".to_owned(),
        state: State::Received,
        amount_vnd: 250_000,
        received_at: 1_755_225_005_000_000,
    };
    match &call.asked {
        Asked::Inquiry(_) => Answer::Bills(Bills {
            student_name: "N. V. Mẫu".to_owned(),
            amounts: Amounts::Exact,
            bills: vec![Bill {
                invoice_code: "LT10000000018".to_owned(),
                school_name: "Trường Tiểu học Mẫu".to_owned(),
                title: "Bán trú".to_owned(),
                account: "9999000000001".to_owned(),
                amount_vnd: 300_000,
                open_vnd: 250_000,
                due_on: Some(day(31)),
            }],
        }),
        Asked::Pay(_) | Asked::Status { .. } | Asked::Reverse { .. } => Answer::Standing(standing),
        Asked::DayFile(_) => Answer::DayFile(vec![Taken { standing, invoice_code: Some("LT10000000018".to_owned()) }]),
        Asked::Compare(_, lines) => Answer::Compared(lines.iter().map(agreed).collect()),
        Asked::Unreadable(_) => Answer::No(No::Unreadable),
    }
}

fn agreed(line: &FileLine) -> Compared {
    let read = line.read.as_ref().ok();
    Compared {
        bank_reference: line.bank_reference.clone(),
        row: Some(line.row),
        finding: if read.is_some() { Finding::Matched } else { Finding::Unreadable },
        bank_vnd: read.map(|read| read.amount_vnd),
        hub_vnd: read.map(|read| read.amount_vnd),
    }
}

#[test]
fn a_payment_told_in_other_words_is_the_same_and_another_amount_is_not() {
    let digests = |change: fn(&mut Payment)| {
        let letter = accepted().into_iter().find(|letter| letter.name == "bill/pay").unwrap();
        let Ok(connectors::Opened::Bill(call)) = letter.open() else { panic!("no call") };
        let Asked::Pay(mut payment) = call.asked else { panic!("no payment") };
        change(&mut payment);
        payment.digest()
    };
    let told = digests(|_| {});
    let same: [fn(&mut Payment); 4] = [
        |payment| payment.notice.content = None,
        |payment| payment.notice.payer_name = Some("another".to_owned()),
        |payment| payment.notice.method = None,
        |payment| payment.notice.occurred_at = Some(0),
    ];
    assert!(same.into_iter().all(|change| digests(change) == told));
    let others: [fn(&mut Payment); 4] = [
        |payment| payment.notice.amount_vnd += 1,
        |payment| payment.notice.account = None,
        |payment| payment.notice.reference = None,
        |payment| payment.notice.virtual_account = Some("1".to_owned()),
    ];
    assert!(others.into_iter().all(|change| digests(change) != told));
}

#[test]
fn a_key_is_long_enough_and_the_half_that_belongs_here() {
    let fault = |key: &str| banks::connect("bill", &credentials(key, &BILL)).err();
    for good in [BILL_KEY, BILL_RSA.1, BILL_ED25519.1, format!("\n{}\n", BILL_RSA.1).trim_start()] {
        assert_eq!(fault(good), None);
    }
    let broken = BILL_RSA.1.replace("MII", "MIJ");
    let short = include_str!("keys/bill_rsa_1024.pub.pem");
    for bad in [BILL_RSA.0, BILL_ED25519.0, short, &broken, "-----BEGIN ", "a key that is too short"] {
        assert!(matches!(fault(bad), Some(ConfigFault::BadKey(_))), "{bad}");
    }
}

#[test]
fn nobody_signs_with_a_public_key() {
    for public in [BILL_RSA.1, BILL_ED25519.1] {
        assert!(matches!(banks::bill::sign(&Secret::new(public), b"text"), Err(ConfigFault::BadKey(_))));
    }
}

#[test]
fn settings_are_checked() {
    let fault = |name: &str, value: &str| {
        let extra = BILL.map(|(known, set)| (known, if known == name { value } else { set }));
        banks::connect("bill", &credentials(BILL_KEY, &extra)).err()
    };
    for (name, value) in [("amounts", "some"), ("hours", "25:00-26:00"), ("certificate", "abc"), ("certificate", "")] {
        assert!(fault(name, value).is_some(), "{name} {value}");
    }
    assert_eq!(fault("certificate", "AB:".repeat(32).trim_end_matches(':')), None);
}

#[test]
fn a_payment_without_a_payee_is_never_worded() {
    let mut payment = crate::playing::payment(Status::Settled);
    payment.reference = None;
    let sender = credentials(BILL_KEY, &BILL);
    let worded = banks::compose("bill", &sender, &payment, payment.occurred_at);
    assert!(matches!(worded, Err(ConfigFault::NoWords(_))));
    payment.virtual_account = Some("9999MAU00001".to_owned());
    assert!(banks::compose("bill", &sender, &payment, payment.occurred_at).is_ok());
}
