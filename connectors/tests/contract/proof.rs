//! What a proof is worth: a changed byte, another key, another time.

use connectors::Bank;

use crate::letters::{Coverage, Letter, Request, accepted, told};

#[test]
fn every_part_of_a_request_is_declared_once() {
    for letter in accepted() {
        let mut declared: Vec<_> = coverage(&letter).all().cloned().collect();
        declared.sort();
        let mut parts = parts(&letter.request);
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
            let mut bare = letter.request.clone();
            match part.split_once(':') {
                Some(("header", name)) => drop(bare.headers.remove(name)),
                Some(("form", name)) => bare.body = without(&letter.request.body, name),
                Some((_, name)) => bare.query = without(&letter.request.query, name),
                None => bare.body.clear(),
            }
            assert!(letter.prove(&bare, &*bank, letter.now()).is_err(), "{} without {part}", letter.name);
        }
        let mut bare = letter.request.clone();
        if bare.is_form() {
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
}

fn parts(request: &Request) -> Vec<String> {
    let headers = request.headers.keys().map(|name| format!("header:{name}"));
    let fields = pairs(&request.query).map(|(name, _)| format!("query:{name}"));
    let body = if request.is_form() {
        pairs(&request.body).map(|(name, _)| format!("form:{name}")).collect()
    } else if request.body.is_empty() {
        Vec::new()
    } else {
        vec!["body".to_owned()]
    };
    headers.chain(fields).chain(body).collect()
}

/// The request with one character in the value of this part changed, for every character of it.
fn changes(request: &Request, part: &str) -> Vec<Request> {
    if part == "body" {
        return each_change(&request.body).map(|body| Request { body, ..request.clone() }).collect();
    }
    if let Some(name) = part.strip_prefix("header:") {
        let change = |value| {
            let mut changed = request.clone();
            changed.headers.insert(name.to_owned(), value);
            changed
        };
        return each_change(&request.headers[name]).map(change).collect();
    }
    if let Some(name) = part.strip_prefix("form:") {
        return form_changes(&request.body, name).map(|body| Request { body, ..request.clone() }).collect();
    }
    let name = part.strip_prefix("query:").unwrap();
    form_changes(&request.query, name).map(|query| Request { query, ..request.clone() }).collect()
}

/// The form with one character in the value of this field changed, for every character of it.
fn form_changes(form: &str, name: &str) -> impl Iterator<Item = String> {
    let pairs: Vec<(&str, &str)> = pairs(form).collect();
    let change = |index: usize, value: &str| {
        let written = pairs.iter().enumerate().map(|(at, (name, old))| {
            let value = if at == index { value } else { old };
            format!("{name}={value}")
        });
        written.collect::<Vec<_>>().join("&")
    };
    let named = (0..pairs.len()).filter(|index| pairs[*index].0 == name);
    named
        .flat_map(|index| each_change(pairs[index].1).map(move |value| (index, value)))
        .map(|(index, value)| change(index, &value))
        .collect::<Vec<_>>()
        .into_iter()
}

fn without(form: &str, name: &str) -> String {
    let kept = pairs(form).filter(|(known, _)| *known != name);
    kept.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter_map(|pair| pair.split_once('='))
}

/// Every text that differs in one character; never in its case alone, which hex does not see.
fn each_change(text: &str) -> impl Iterator<Item = String> {
    text.char_indices().map(|(at, old)| {
        let new = match old {
            '0'..='8' | 'a'..='y' | 'A'..='Y' => char::from_u32(u32::from(old) + 1).unwrap(),
            '9' => '0',
            'z' => 'a',
            'Z' => 'A',
            _ => 'x',
        };
        format!("{}{new}{}", &text[..at], &text[at + old.len_utf8()..])
    })
}
