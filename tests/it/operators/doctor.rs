//! `lienthong doctor`: plain sentences, and exit 1 when something is wrong.

use crate::harness::both_engines;
use crate::harness::database::Database;
use crate::harness::program::{self, Build};

async fn a_sound_installation_is_well(database: Database) {
    let said = program::try_run(&database, &["doctor"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.out.contains("demo database") && !said.out.contains("WRONG"), "{}", said.out);
}

async fn another_master_key_and_waiting_events_are_told(database: Database) {
    let mut command = program::command(Build::Normal, &database);
    let other = "b3RoZXItc3ludGhldGljLW1hc3Rlci1rZXktb2YtdGU=";
    let said = program::say(command.env("LIENTHONG_MASTER_KEY", other).args(["doctor"]));
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    assert!(said.out.contains("another master key"), "{}", said.out);
    let mut command = program::command(Build::Normal, &database);
    let said = program::say(command.env("LIENTHONG_SETTLEMENT_BATCH_EVENTS", "0").args(["doctor"]));
    assert!(said.code == Some(1) && said.out.contains("none is settled"), "{}{}", said.out, said.err);
}

both_engines!(a_sound_installation_is_well, another_master_key_and_waiting_events_are_told);

#[test]
fn an_empty_place_is_told() {
    let said = program::try_run(&Database::empty_sqlite(), &["doctor"]);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    assert!(said.out.contains("lienthong migrate"), "it says what to do: {}", said.out);
}
