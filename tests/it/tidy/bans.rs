//! The arrows: what must never mention what, and who alone may ask the environment, the clock or the network.

use super::mentions::{Mention, mentions};
use super::source::Source;
use super::{complaints, hold, places};

/// Who may not mention what.
struct Ban {
    rooms: &'static [&'static str],
    except: &'static [&'static str],
    starts: &'static [&'static str],
    ends: &'static [&'static str],
    instead: &'static str,
}

const EVERYWHERE: &[&str] = &["api", "entities", "connectors", "tests"];

const BANS: &[Ban] = &[
    Ban {
        rooms: &["entities"],
        except: &[],
        starts: &["axum", "async_graphql", "reqwest", "jsonwebtoken", "connectors", "api"],
        ends: &[],
        instead: "entities keeps the ledger and knows no HTTP, no GraphQL and no bank; join them in api",
    },
    Ban {
        rooms: &["connectors"],
        except: &[],
        starts: &["sea_orm", "sea_orm_migration", "sqlx", "axum", "async_graphql", "entities", "api"],
        ends: &[],
        instead: "connectors translate words and know no database and no server; join them in api",
    },
    Ban {
        rooms: &["api", "entities", "connectors"],
        except: &["connectors/src/courier"],
        starts: &["reqwest"],
        ends: &[],
        instead: "connectors::courier is the only HTTP client: word a request and let it send",
    },
    Ban {
        rooms: &["api"],
        except: &[],
        starts: &["sea_orm", "sea_orm_migration", "sqlx"],
        ends: &[],
        instead: "the ORM is sealed in entities: ask a query there, with a reach",
    },
    Ban {
        rooms: &["api/src/flows", "api/src/jobs"],
        except: &[],
        starts: &["axum", "async_graphql", "crate::http", "crate::graphql"],
        ends: &[],
        instead: "flows and jobs know no door they are called through: return a value and let the door word it",
    },
    Ban {
        rooms: EVERYWHERE,
        except: &["api/src/config", "tests/it/harness/environment"],
        starts: &["std::env"],
        ends: &[],
        instead: "read settings in api::config (in tests: harness::environment) and pass them on",
    },
    Ban {
        rooms: EVERYWHERE,
        except: &["api/src/clock", "tests/it/harness/clock"],
        starts: &[],
        ends: &["SystemTime::now", "Utc::now", "Local::now"],
        instead: "take the moment as an argument; api::clock (in tests: harness::clock) is who asks the machine",
    },
];

fn arrows(source: &Source) -> Vec<String> {
    let applies = |ban: &&Ban| {
        ban.rooms.iter().any(|room| source.is_in(room)) && !ban.except.iter().any(|room| source.is_in(room))
    };
    let bans: Vec<_> = BANS.iter().filter(applies).collect();
    let mut complaints = Vec::new();
    for mention in mentions(source) {
        for ban in &bans {
            let broken = ban.starts.iter().any(|start| mention.starts_with(start))
                || ban.ends.iter().any(|end| mention.ends_with(end));
            if broken {
                complaints.push(complaint(source, &mention, ban.instead));
            }
        }
    }
    complaints
}

fn banks_apart(source: &Source) -> Vec<String> {
    apart(source, &places::banks())
}

/// A bank never looks into another bank's folder.
fn apart(source: &Source, banks: &[String]) -> Vec<String> {
    let Some(inside) = source.path.strip_prefix("connectors/src/banks/") else {
        return Vec::new();
    };
    let own = inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs");
    let is_foreign = |mention: &&Mention| {
        let bank = mention.path.get(2).filter(|_| mention.starts_with("crate::banks"));
        bank.is_some_and(|name| name != own && banks.contains(name))
    };
    let instead = "a bank stands alone: move what two banks share into a room of its own beside banks/";
    mentions(source).iter().filter(is_foreign).map(|mention| complaint(source, mention, instead)).collect()
}

fn complaint(source: &Source, mention: &Mention, instead: &str) -> String {
    source.complain(mention.line, &format!("`{}`: {instead}", mention.path.join("::")))
}

#[test]
fn no_room_mentions_what_it_must_not_know() {
    hold(arrows);
}

#[test]
fn no_bank_mentions_another_bank() {
    hold(banks_apart);
}

#[test]
fn the_arrows_fail_when_broken() {
    let broken = [
        ("entities/src/inbox.rs", "use connectors::Notice;"),
        ("entities/src/inbox.rs", "fn f() { let x = vec![api::config::read()]; }"),
        ("connectors/src/vietqr.rs", "use ::sqlx::query;"),
        ("connectors/src/banks/vnpay/mod.rs", "fn f(c: reqwest::Client) {}"),
        ("api/src/graphql/query/school.rs", "use {sea_orm::EntityTrait};"),
        ("api/src/flows/settle.rs", "use crate::{graphql::types, hub};"),
        ("api/src/flows.rs", "use crate::http;"),
        ("api/src/jobs/runner.rs", "fn f() -> axum::Json<u8> { todo() }"),
        ("api/src/flows/settle.rs", "use super::super::http::problem;"),
        ("api/src/hub.rs", "use std::env; fn f() { env::var(\"X\"); }"),
        ("entities/src/audit.rs", "fn f() { let at = chrono::Utc::now(); }"),
        ("api/src/auth/token.rs", "fn f() { assert!(SystemTime::now() > x); }"),
    ];
    for (path, text) in broken {
        assert!(complaints(arrows, path, text) > 0, "{path}: {text}");
    }
}

#[test]
fn the_arrows_leave_the_permitted_alone() {
    let permitted = [
        ("connectors/src/courier.rs", "use reqwest::Client;"),
        ("api/src/config.rs", "fn f() { std::env::var(\"X\"); }"),
        ("api/src/clock.rs", "fn f() { chrono::Utc::now(); }"),
        (
            "api/src/http/router.rs",
            "use axum::Router; use crate::graphql; fn f(now: Timestamp) { now; Instant::now(); }",
        ),
        ("entities/src/inbox.rs", "use sea_orm::EntityTrait; fn f() { let api = 1; api; }"),
    ];
    for (path, text) in permitted {
        assert_eq!(complaints(arrows, path, text), 0, "{path}: {text}");
    }
}

#[test]
fn a_bank_that_looks_next_door_is_found() {
    let banks = ["acme".to_string(), "beta".to_string()];
    let broken = |path: &str, text: &str| apart(&Source::parse(path, text), &banks).len();
    assert_eq!(broken("connectors/src/banks/acme/mod.rs", "use super::beta::wire::Field;"), 1);
    assert_eq!(broken("connectors/src/banks/acme/wire.rs", "use super::super::beta::wire::Field;"), 1);
    assert_eq!(broken("connectors/src/banks/acme/mod.rs", "fn f() { crate::banks::beta::f() }"), 1);
    assert_eq!(
        broken("connectors/src/banks/acme/mod.rs", "use super::Bank; use super::acme::wire; use crate::beta;"),
        0
    );
    assert_eq!(broken("connectors/src/banks.rs", "use crate::banks::beta::Beta;"), 0);
}
