//! Chance changes what is sent to us: files of statements, and letters of senders. Nothing panics, and nothing that was
//! changed is taken for proven.

mod change;
mod corpus;
mod dice;
mod files;
mod judge;
mod letters;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};

use self::dice::Dice;

/// Plays so many rounds, each from a seed of its own that a failure tells. By hand: `LIENTHONG_TEST_ROUNDS=1000000`, and
/// `LIENTHONG_TEST_SEED=…` plays one round again.
fn play(default: usize, mut round: impl FnMut(&mut Dice)) {
    let told = given("LIENTHONG_TEST_SEED").map(|seed| seed.parse::<u64>().expect("LIENTHONG_TEST_SEED is a number"));
    let rounds = given("LIENTHONG_TEST_ROUNDS")
        .map_or(default, |rounds| rounds.parse().expect("LIENTHONG_TEST_ROUNDS is a number"));
    let first = told.unwrap_or_else(|| RandomState::new().build_hasher().finish());
    let seeds = (0_u64..).map(|number| first.wrapping_add(number));
    for seed in seeds.take(if told.is_some() { 1 } else { rounds }) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| round(&mut Dice(seed)))) {
            eprintln!("LIENTHONG_TEST_SEED={seed} plays it again");
            std::panic::resume_unwind(panic);
        }
    }
}

/// Whether one round is played again, which need not meet everything.
fn is_again() -> bool {
    given("LIENTHONG_TEST_SEED").is_some()
}

#[expect(clippy::disallowed_methods, reason = "the only place of this crate's tests that reads the environment")]
fn given(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
