//! What a proof is worth: a changed byte, another key, another time.

use connectors::Bank;

use crate::{
    changes::{changes, parts, without},
    letters::{Coverage, Letter, Request, accepted, told},
};

#[test]
fn every_part_of_a_request_is_declared_once() {
    for letter in accepted() {
        let mut declared: Vec<_> = coverage(&letter).all().cloned().collect();
        declared.sort();
        let mut parts = parts(&letter.request, coverage(&letter).reads_json());
        parts.sort();
        parts.dedup();
        assert_eq!(declared, parts, "{}", letter.name);
    }
}

#[test]
fn a_changed_byte_inside_the_coverage_is_refused() {
    each_changed_byte(
        |coverage| &coverage.signed,
        |letter, changed, bank| {
            let opened = letter.prove(changed, bank, letter.now());
            assert!(opened.is_err(), "{}: {}", letter.name, told(&opened));
        },
    );
}

#[test]
fn a_changed_byte_in_one_of_several_proofs_is_refused_or_without_effect() {
    each_changed_byte(
        |coverage| &coverage.alternatives,
        |letter, changed, bank| {
            let opened = letter.prove(changed, bank, letter.now());
            assert!(opened.is_err() || told(&opened) == letter.expect, "{}", letter.name);
        },
    );
}

#[test]
fn a_changed_byte_that_is_not_read_changes_nothing() {
    each_changed_byte(
        |coverage| &coverage.ignored,
        |letter, changed, bank| {
            assert_eq!(told(&letter.prove(changed, bank, letter.now())), letter.expect, "{}", letter.name);
        },
    );
}

#[test]
fn a_message_without_one_of_its_signed_parts_is_refused() {
    for letter in accepted() {
        let bank = letter.connect();
        for part in &coverage(&letter).signed {
            let bare = without(&letter.request, part);
            assert!(letter.prove(&bare, &*bank, letter.now()).is_err(), "{} without {part}", letter.name);
        }
        let mut bare = letter.request.clone();
        if bare.is_form() || coverage(&letter).reads_json() {
            bare.body.clear();
        }
        bare.headers.clear();
        bare.query.clear();
        assert_eq!(told(&letter.prove(&bare, &*bank, letter.now()))["refused"], "NO_PROOF", "{}", letter.name);
    }
}

#[test]
fn only_the_connections_own_keys_prove() {
    for letter in accepted() {
        let own = letter.keys().to_vec();
        let other = vec![letter.another_key()];
        let stranger = letter.connect_with(&other);
        assert_eq!(
            told(&letter.prove(&letter.request, &*stranger, letter.now()))["refused"],
            "BAD_PROOF",
            "{}",
            letter.name
        );

        let rotating = letter.connect_with(&[other, own].concat());
        assert_eq!(told(&letter.prove(&letter.request, &*rotating, letter.now())), letter.expect, "{}", letter.name);
    }
}

#[test]
fn a_signed_time_opens_a_window_and_nothing_else_looks_at_the_clock() {
    const SECOND_US: i64 = 1_000_000;
    const YEAR_S: i64 = 366 * 86_400;
    for letter in accepted() {
        let bank = letter.connect();
        let at = |seconds: i64| told(&letter.prove(&letter.request, &*bank, seconds * SECOND_US));
        match letter.signed_at_s {
            Some(signed_at_s) => {
                for inside in [-300, 0, 300] {
                    assert_eq!(at(signed_at_s + inside), letter.expect, "{} {inside}", letter.name);
                }
                for outside in [-YEAR_S, -86_400, -301, 301, 86_400, YEAR_S] {
                    assert_eq!(at(signed_at_s + outside)["refused"], "OUTSIDE_WINDOW", "{} {outside}", letter.name);
                }
            }
            None => {
                let now_s = letter.now() / SECOND_US;
                assert_eq!(at(now_s - YEAR_S), letter.expect, "{}", letter.name);
                assert_eq!(at(now_s + YEAR_S), letter.expect, "{}", letter.name);
            }
        }
    }
}

#[test]
fn a_path_behind_the_connection_is_nobodys() {
    for letter in accepted() {
        let mut moved = letter.request.clone();
        moved.tail = "/elsewhere".to_owned();
        assert!(moved.open(&*letter.connect(), letter.now()).is_err(), "{}", letter.name);
    }
}

fn each_changed_byte(part: fn(&Coverage) -> &Vec<String>, check: impl Fn(&Letter, &Request, &dyn Bank)) {
    let mut checked = 0;
    for letter in accepted() {
        let bank = letter.connect();
        for part in part(coverage(&letter)) {
            for changed in changes(&letter.request, part) {
                check(&letter, &changed, &*bank);
                checked += 1;
            }
        }
    }
    assert!(checked > 0, "no letter declares such a part");
}

fn coverage(letter: &Letter) -> &Coverage {
    letter.coverage.as_ref().unwrap_or_else(|| panic!("{}: declare what the proof covers", letter.name))
}

impl Coverage {
    fn all(&self) -> impl Iterator<Item = &String> {
        [&self.signed, &self.alternatives, &self.ignored, &self.trusted].into_iter().flatten()
    }

    /// Whether the body is JSON that carries the proof itself, so that its fields are declared one by one.
    fn reads_json(&self) -> bool {
        self.all().any(|part| part.starts_with("json:"))
    }
}
