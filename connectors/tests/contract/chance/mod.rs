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

/// How many rounds are played by hand, as in `LIENTHONG_TEST_ROUNDS=1000000 cargo test -p connectors --test contract chance`.
/// Compiled in, which Cargo does anew when it changes: this room asks no environment.
const ROUNDS: Option<&str> = option_env!("LIENTHONG_TEST_ROUNDS");
/// The one round that is played again.
const SEED: Option<&str> = option_env!("LIENTHONG_TEST_SEED");

/// Plays so many rounds, each from a seed of its own that a failure tells; how many it were.
fn play(default: usize, mut round: impl FnMut(&mut Dice)) -> usize {
    let told = SEED.map(|seed| seed.parse::<u64>().expect("LIENTHONG_TEST_SEED is a number"));
    let rounds = ROUNDS.map_or(default, |rounds| rounds.parse().expect("LIENTHONG_TEST_ROUNDS is a number"));
    let first = told.unwrap_or_else(|| RandomState::new().build_hasher().finish());
    let seeds = (0_u64..).map(|number| first.wrapping_add(number));
    let rounds = if told.is_some() { 1 } else { rounds };
    for seed in seeds.take(rounds) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| round(&mut Dice(seed)))) {
            eprintln!("LIENTHONG_TEST_SEED={seed} plays it again");
            std::panic::resume_unwind(panic);
        }
    }
    rounds
}
