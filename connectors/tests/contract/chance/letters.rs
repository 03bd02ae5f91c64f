//! R36: changed letters. No sender's reader panics, and no letter is proven whose bytes were changed where a proof covers
//! them.

use std::collections::BTreeMap;

use connectors::{Bank, Inbound, Opened, fault::Refusal, notice::Notice};
use serde_json::Value;

use super::change::change;
use super::dice::Dice;
use super::play;
use crate::letters::{Letter, accepted, is_payable, notice, told};

/// Letters in CI.
const LETTERS: usize = 20_000;

/// A request in bytes, as it comes from outside.
#[derive(Clone, PartialEq)]
struct Raw {
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Raw {
    fn of(letter: &Letter) -> Self {
        let headers = letter.request.headers.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes()));
        Self {
            query: letter.request.query.clone(),
            headers: headers.collect(),
            body: letter.request.body.clone().into_bytes(),
        }
    }

    /// Changes one of its parts; whether that was what a key alone stands for.
    fn change(&mut self, other: &Raw, dice: &mut Dice) -> bool {
        let part = dice.below(3);
        if part == 0 && !self.headers.is_empty() {
            let at = dice.below(self.headers.len());
            let value = &mut self.headers[at].1;
            match other.headers.get(dice.below(other.headers.len())) {
                Some((_, other)) => change(value, other, dice),
                None => change(value, b"x", dice),
            }
            return false;
        }
        if part == 1 && !self.query.is_empty() || self.body.is_empty() {
            let mut bytes = std::mem::take(&mut self.query).into_bytes();
            change(&mut bytes, other.query.as_bytes(), dice);
            self.query = String::from_utf8_lossy(&bytes).into_owned();
        } else {
            change(&mut self.body, &other.body, dice);
        }
        true
    }

    /// What becomes of it; none where it is refused. An order check is only proven with the order's amount.
    fn prove(&self, letter: &Letter, bank: &dyn Bank) -> Option<Opened> {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let request = &letter.request;
        let inbound = Inbound::new(&request.method, &request.tail, &self.query, &headers, &self.body);
        let opened = bank.open(&inbound, letter.now()).ok()?;
        let is_check = matches!(opened, Opened::OrderCheck(_));
        let is_proven = !is_check || is_payable(&bank.answer(&inbound, &letter.outcome(&opened)));
        is_proven.then_some(opened)
    }
}

/// A check that no longer names the amount is proven with the order's, which is the same.
fn says_the_same(letter: &Letter, opened: &Result<Opened, Refusal>) -> bool {
    let mut expected = letter.expect.clone();
    if let (Ok(Opened::OrderCheck(query)), Some(fields)) =
        (opened, expected.get_mut("order_check").and_then(Value::as_object_mut))
        && query.amount_vnd.is_none()
    {
        fields.remove("amount_vnd");
    }
    told(opened) == letter.expect || told(opened) == expected
}

/// Whether a part was changed that no proof covers, and every value stands that one does cover.
fn may_say_otherwise(letter: &Letter, raw: &Raw) -> bool {
    let Some(coverage) = letter.coverage.as_ref().filter(|coverage| !coverage.trusted.is_empty()) else { return false };
    let signed = coverage.signed.iter().filter_map(|part| part.strip_prefix("json:"));
    let json = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap_or_default();
    let (whole, changed) = (json(letter.request.body.as_bytes()), json(&raw.body));
    signed
        .into_iter()
        .all(|pointer| changed.pointer(pointer).is_some() && changed.pointer(pointer) == whole.pointer(pointer))
}

fn has_told(letter: &Letter, told: &Notice) -> bool {
    letter.expect["notices"].as_array().is_some_and(|notices| notices.contains(&notice(told)))
}

fn names(letter: &Letter, event: &str) -> bool {
    letter.expect.to_string().contains(event)
}

#[test]
fn changed_letters_are_refused_or_say_the_same() {
    // A letter that says a name twice is the sender's own without the second one.
    let fit = accepted().into_iter().filter(|letter| !letter.name.ends_with("/repeated_field"));
    let letters: Vec<(Box<dyn Bank>, Letter)> = fit.map(|letter| (letter.connect(), letter)).collect();
    // By sender: how many were refused, said the same, were parked, and said something else where only a key vouches for them.
    let mut met: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    let rounds = play(LETTERS, |dice| {
        let (bank, letter) = dice.pick(&letters);
        let whole = Raw::of(letter);
        let mut raw = whole.clone();
        let is_content = raw.change(&Raw::of(&dice.pick(&letters).1), dice);
        let opened = raw.prove(letter, &**bank);
        if let Some(Opened::Notices(notices) | Opened::Several { notices, .. }) = &opened {
            assert!(notices.iter().all(|notice| notice.amount_vnd > 0), "{}: {notices:?}", letter.name);
        }
        let place = match opened.map(Ok) {
            None if raw == whole => panic!("{}: nothing was changed", letter.name),
            None => 0,
            Some(opened) if says_the_same(letter, &opened) => 1,
            // The same name twice in an object: the proof covers one of the values, and nobody reads either as money. It
            // is parked, under no other name than the letter's own.
            Some(Ok(Opened::Unreadable(reason))) if reason.event_id.as_ref().is_none_or(|id| names(letter, id)) => 2,
            // The same in one of several transactions, of which each is parked alone: the others say what they said.
            Some(Ok(Opened::Several { notices, unreadable }))
                if notices.iter().all(|told| has_told(letter, told))
                    && unreadable.iter().all(|reason| reason.event_id.as_ref().is_none_or(|id| names(letter, id))) =>
            {
                2
            }
            Some(opened) => {
                let is_trusted = is_content && may_say_otherwise(letter, &raw);
                let said = told(&opened);
                let body = String::from_utf8_lossy(&raw.body);
                assert!(is_trusted, "{} was proven: {said}\n{}\n{body}", letter.name, raw.query);
                3
            }
        };
        met.entry(letter.slug.clone()).or_default()[place] += 1;
    });
    eprintln!("changed letters (refused, the same, parked, trusted): {met:?}");
    // A run that meets nothing proves nothing.
    let is_met = letters.iter().all(|(_, letter)| met.get(&letter.slug).is_some_and(|[refused, ..]| *refused > 0));
    assert!(rounds < LETTERS || is_met, "{met:?}");
}
