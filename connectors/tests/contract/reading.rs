//! What a letter says, and that it says the same every time.

use std::collections::BTreeSet;

use connectors::{Opened, OrderState, Outcome, Status, TokenQuery, banks, fault::Refusal};

use crate::billing;
use crate::letters::{accepted, all, banks_folder, notices, told};

#[test]
fn every_letter_becomes_what_it_declares() {
    for letter in all() {
        assert!(letter.about.ends_with('.'), "{}: say what the letter shows", letter.name);
        assert_eq!(told(&letter.open()), letter.expect, "{}", letter.name);
    }
}

#[test]
fn every_letter_is_answered_in_the_senders_own_words() {
    for letter in all() {
        let bank = letter.connect();
        let outcome = match letter.open() {
            Ok(opened) => letter.outcome(&opened),
            Err(refusal) => Outcome::Refused(refusal),
        };
        let reply = letter.request.answer(&*bank, &outcome);
        assert_eq!((reply.status, reply.body), (letter.answer.status, letter.answer.body.clone()), "{}", letter.name);
    }
}

#[test]
fn a_message_that_was_not_kept_is_sent_again() {
    for letter in accepted() {
        let bank = letter.connect();
        let kept = letter.request.answer(&*bank, &letter.outcome(&letter.open().unwrap()));
        for outcome in [Outcome::Unavailable { retry_after_s: 7 }, Outcome::TooMany { retry_after_s: 7 }] {
            let reply = letter.request.answer(&*bank, &outcome);
            assert_ne!((reply.status, &reply.body), (kept.status, &kept.body), "{}", letter.name);
            let asks_by_status = reply.status >= 429 && reply.headers.contains(&("Retry-After", "7".to_owned()));
            let asks_by_code =
                [r#""RspCode":"99""#, r#""return_code":0,"#].iter().any(|code| reply.body.contains(code));
            assert!(asks_by_status || asks_by_code, "{}", letter.name);
        }
    }
}

/// Whoever hears that its proof is wrong looks for another key, and may never send again.
#[test]
fn a_proof_is_called_wrong_only_where_it_is() {
    let said = |slug: &str, refusal| {
        let letter = all().into_iter().find(|letter| letter.name == format!("{slug}/vector")).unwrap();
        let reply = letter.request.answer(&*letter.connect(), &Outcome::Refused(refusal));
        assert_eq!(reply.status, 200, "{slug}");
        serde_json::from_str::<serde_json::Value>(&reply.body).unwrap()
    };
    for refusal in [Refusal::NoProof, Refusal::BadProof, Refusal::Malformed] {
        assert_eq!(said("zalopay", refusal)["return_code"], -1, "{refusal}");
        assert_eq!(said("vnpay", refusal)["RspCode"], "97", "{refusal}");
    }
    for refusal in [Refusal::WrongAddress, Refusal::TooLarge, Refusal::WrongMerchant, Refusal::WrongMethod] {
        assert_eq!(said("zalopay", refusal)["return_code"], 0, "{refusal}");
    }
    assert_eq!(said("vnpay", Refusal::WrongAddress)["RspCode"], "03");
}

#[test]
fn the_same_letter_twice_is_the_same_event() {
    for letter in accepted() {
        let (first, again) = (letter.open().unwrap(), letter.open().unwrap());
        assert_eq!(first, again, "{}", letter.name);
        assert!(!matches!(&first, Opened::Notices(notices) if notices.is_empty()), "{}", letter.name);
        for (first, again) in notices(first).iter().zip(&notices(again)) {
            assert_eq!(first.digest(), again.digest(), "{}", letter.name);
        }
    }
}

#[test]
fn every_sender_has_its_folder_and_the_letters_that_matter() {
    let letters = all();
    let folders: BTreeSet<_> = letters.iter().map(|letter| letter.slug.as_str()).collect();
    assert_eq!(folders, banks::all().iter().map(|info| info.slug).collect());
    for slug in folders {
        let readme = std::fs::read_to_string(banks_folder().join(slug).join("README.md")).unwrap();
        let named = |name: &str| {
            let name = format!("{slug}/{name}");
            letters.iter().find(|letter| letter.name == name).unwrap_or_else(|| panic!("{name} is missing"))
        };
        assert!(!notices(named("unknown_field").open().unwrap()).is_empty(), "{slug}");
        match named("unknown_status").open().unwrap() {
            Opened::Notices(notices) => {
                assert!(notices.iter().all(|notice| notice.status == Status::Waiting), "{slug}")
            }
            Opened::Unreadable(_) => {}
            Opened::Bill(call) => assert!(billing::notices(&call).is_empty(), "{slug}"),
            _ => panic!("{slug}: an unknown status may be money"),
        }
        let trusts = |letter: &&crate::letters::Letter| {
            letter.slug == slug && letter.coverage.as_ref().is_some_and(|coverage| !coverage.trusted.is_empty())
        };
        let explains = readme.contains("## What the proof does not cover");
        assert_eq!(letters.iter().any(|letter| trusts(&letter)), explains, "{slug}: say why in the README");
    }
}

#[test]
fn the_table_of_senders_knows_every_sender_and_real_letters() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let letters = all();
    for info in banks::all() {
        let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with(&format!("| `{}`", info.slug))).collect();
        // The other table, of what a letter costs, has fewer cells.
        let (senders, costs): (Vec<&str>, Vec<&str>) = rows.into_iter().partition(|row| row.split(" | ").count() == 7);
        assert!(!senders.is_empty() && !costs.is_empty(), "{} is missing in a table of the README", info.slug);
        let weakest = senders.iter().any(|row| row.contains(&format!("| {} |", info.assurance.code())));
        assert!(weakest, "{}: the table tells another assurance", info.slug);
        let named = senders.iter().filter_map(|row| row.rsplit(" | ").next());
        let named = named.chain(costs.iter().filter_map(|row| row.split(" | ").nth(1)));
        for name in named.flat_map(|cell| cell.split('`').skip(1).step_by(2)).filter(|name| !name.contains('@')) {
            let letter = format!("{}/{name}", info.slug);
            assert!(letters.iter().any(|known| known.name == letter), "the README names {letter}, and there is none");
        }
    }
}

#[test]
fn no_key_in_any_debug_or_answer() {
    let refusals = [
        Refusal::NoProof,
        Refusal::BadProof,
        Refusal::OutsideWindow,
        Refusal::WrongMerchant,
        Refusal::WrongMethod,
        Refusal::Malformed,
        Refusal::WrongAddress,
        Refusal::TooLarge,
    ];
    for letter in all() {
        let bank = letter.connect();
        let mut heard = format!("{:?}", letter.open());
        let outcomes = refusals.map(Outcome::Refused).into_iter().chain([
            Outcome::Kept,
            Outcome::Unavailable { retry_after_s: 1 },
            Outcome::TooMany { retry_after_s: 1 },
            Outcome::Order(OrderState::Payable { amount_vnd: 250_000 }),
            Outcome::Order(OrderState::Unknown),
            Outcome::Token(TokenQuery { at: 0 }),
        ]);
        for outcome in outcomes {
            heard += &format!("{:?}", letter.request.answer(&*bank, &outcome));
        }
        for key in letter.keys() {
            assert!(!heard.contains(key.trim_start_matches("whsec_")), "{}", letter.name);
        }
    }
}
