//! R23: role x field x row. Chance asks whatever the schema allows, by aliases, fragments, nesting, global ids, edges, counts,
//! filters and orders; the oracle reads each reply and says what should not be there, or is missing.

mod ask;
mod dice;
mod judge;
mod plant;
mod pools;

use std::collections::HashMap;

use api::graphql::run::{self, Asker};
use serde_json::Value;

use self::ask::Schema;
use self::dice::Dice;
use self::plant::{Ground, Guest};
use super::oracle::{Person, Place};
use crate::harness::database::Database;
use crate::harness::{both_engines, rounds};

/// Questions in CI, on each engine. By hand: `LIENTHONG_TEST_ROUNDS=1000000`.
const QUESTIONS: usize = 1_500;

async fn nobody_sees_what_the_oracle_does_not_grant(database: Database) {
    let ground = Ground::plant(&database).await;
    let schema = Schema::read().await;
    let mut dice = Dice(crate::harness::clock::unix_seconds());
    let (seed, questions) = (dice.0, rounds(QUESTIONS));
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for number in 0..questions {
        let guest = dice.pick(&ground.guests);
        let (text, asked) = ask::question(&schema, &ground.pools, &mut dice);
        let Some(reply) = answer(&ground, guest, &text).await else {
            *seen.entry("too costly").or_default() += 1;
            continue;
        };
        let found = judge::complaints(&ground.world, &guest.person, &asked, &reply, &mut seen);
        let found = found.join("\n");
        assert!(found.is_empty(), "seed {seed}, question {number}, {:?}\n{text}\n{reply:#}\n{found}", guest.person);
    }
    eprintln!("{questions} questions from seed {seed}: {seen:?}");
    // A run that meets nothing proves nothing.
    let met = |what: &str| seen.get(what).copied().unwrap_or_default();
    assert!(["rows", "values", "masks", "refusals", "totals"].iter().all(|what| met(what) > 0), "{seen:?}");
    assert!(met("too costly") < questions / 2, "{seen:?}");
    a_bent_oracle_complains(&ground, &schema, &mut dice).await;
}

both_engines!(nobody_sees_what_the_oracle_does_not_grant);

/// The control: for an oracle that grants less than the hub, what the hub shows is a leak, and it must be seen.
async fn a_bent_oracle_complains(ground: &Ground, schema: &Schema, dice: &mut Dice) {
    let principal = ground.guests.iter().find(|guest| guest.person.role == "PRINCIPAL").unwrap();
    let bent = [
        Person { role: "ACCOUNTANT", ..principal.person.clone() },
        Person { place: Place::Schools(Vec::new()), ..principal.person.clone() },
    ];
    let mut found = [0, 0];
    for _ in 0..300 {
        let (text, asked) = ask::question(schema, &ground.pools, dice);
        let Some(reply) = answer(ground, principal, &text).await else { continue };
        for (person, found) in bent.iter().zip(&mut found) {
            *found += judge::complaints(&ground.world, person, &asked, &reply, &mut HashMap::new()).len();
        }
    }
    assert!(found.iter().all(|found| *found > 0), "{found:?}");
}

/// The reply to a document by the way that every transport takes; none when it costs more than one may.
async fn answer(ground: &Ground, guest: &Guest, text: &str) -> Option<Value> {
    let hub = &ground.hub;
    let document = hub.gate.document(text).ok()?;
    let admitted = hub.gate.admit(document, None, Default::default()).ok()?;
    let (caller, purpose) = (guest.caller.clone(), guest.person.purpose.map(str::to_owned));
    let asker = Asker { caller, purpose, now: plant::now(), request_id: "chance".into(), last_event: None };
    let answer = run::run(hub, &asker, &admitted).await.unwrap();
    Some(serde_json::from_slice(&answer.body(None)).unwrap())
}
