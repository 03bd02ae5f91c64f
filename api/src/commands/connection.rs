//! `lienthong connection`: connections to banks. A key that the hub makes is printed once; a given one never. The answers are
//! JSON.

mod verb;

use std::path::Path;

use connectors::banks;
use entities::connections::{self, Connection, Health};
use entities::ids::ConnectionId;
use entities::page::{MAX_PAGE_ROWS, Page};
use entities::time::Timestamp;
use entities::{Db, Error};
use serde_json::{Value, json};

pub(super) use self::verb::Verb;
use super::{Failure, client, print, said, whole};
use crate::clock;
use crate::config::Config;
use crate::flows::care::{self, Caps, Wanted};
use crate::flows::connect::{self, Asked, Made};
use crate::flows::receive::Door;
use crate::flows::replay::{Kinds, replay};

pub(super) async fn run(verb: Verb, config: &Config) -> Result<(), Failure> {
    if let Verb::Banks = verb {
        print(&banks::all().iter().map(bank).collect());
        return Ok(());
    }
    let (db, now) = (super::opened(config).await?, clock::now());
    print(&carry_out(verb, &db, config, now).await?);
    Ok(())
}

async fn carry_out(verb: Verb, db: &Db, config: &Config, now: Timestamp) -> Result<Value, Failure> {
    let reach = whole(now);
    match verb {
        Verb::Create { bank, name, secret_file, extra, accounts, client } => {
            let client = match client {
                Some(word) => Some(client::named(db, &word, now).await?),
                None => None,
            };
            let secret = secret(secret_file.as_deref())?;
            let asked = Asked { bank, name, secret, extra: extra.into_iter().collect(), client };
            Ok(made(connect::create(db, &reach, &asked, &accounts, now).await.map_err(said)?, config))
        }
        Verb::List { json: _ } => {
            let all = all(db, now).await?;
            let ids: Vec<ConnectionId> = all.iter().map(|connection| connection.id).collect();
            let mut health = std::collections::HashMap::new();
            for some in ids.chunks(usize::try_from(MAX_PAGE_ROWS).unwrap_or(1)) {
                health.extend(connections::health(db, &reach, some).await.map_err(said)?);
            }
            let with_health = |connection: &Connection| {
                let health = health.get(&connection.id).copied().unwrap_or_default();
                let mut shown = shown(connection, config);
                shown["health"] = faring(connection, &health, now);
                shown
            };
            Ok(all.iter().map(with_health).collect())
        }
        Verb::Health { connection } => faring_of(db, &named(db, &connection, now).await?, now).await,
        Verb::Rotate { connection, secret_file, overlap_seconds, now: at_once } => {
            let id = named(db, &connection, now).await?.id;
            let (secret, overlap) = (secret(secret_file.as_deref())?, if at_once { 0 } else { overlap_seconds });
            let rotated = connect::rotate(db, &reach, id, secret.as_deref(), overlap, now).await;
            Ok(made(rotated.map_err(said)?, config))
        }
        Verb::Retire { connection } => {
            let id = named(db, &connection, now).await?.id;
            changed(care::retire_keys(db, &reach, id, now).await, config)
        }
        Verb::Pause { connection } => {
            let id = named(db, &connection, now).await?.id;
            changed(care::pause(db, &reach, id, true, now).await, config)
        }
        Verb::Resume { connection } => {
            let id = named(db, &connection, now).await?.id;
            changed(care::pause(db, &reach, id, false, now).await, config)
        }
        Verb::Limit { connection, addresses, every_address, body_bytes, messages_per_second } => {
            let addresses = if every_address || !addresses.is_empty() { Some(addresses) } else { None };
            let wanted = Wanted { addresses, body_bytes, messages_per_second, ..Wanted::default() };
            update(db, &connection, &wanted, config, now).await
        }
        Verb::Accounts { connection, add, remove } => {
            update(db, &connection, &Wanted { add, remove, ..Wanted::default() }, config, now).await
        }
        Verb::Ask { connection, token_file, url, stop: _ } => {
            ask(db, &connection, (token_file.as_deref(), url.as_deref()), config, now).await
        }
        Verb::Replay { connection, kinds } => {
            let id = named(db, &connection, now).await?.id;
            let has = |kind| kinds.is_empty() || kinds.contains(&kind);
            let kinds = Kinds { parked: has(verb::Kind::Parked), refused: has(verb::Kind::Refused) };
            let done = replay(db, &reach, id, kinds, now).await.map_err(said)?.unwrap_or_default();
            Ok(json!({ "revived": done.revived, "left": done.left }))
        }
        Verb::Banks => Ok(Value::Null),
    }
}

/// Lets the hub ask a sender with the key in a file; without one it asks no more.
async fn ask(
    db: &Db,
    word: &str,
    (token_file, url): (Option<&Path>, Option<&str>),
    config: &Config,
    now: Timestamp,
) -> Result<Value, Failure> {
    let (reach, id) = (whole(now), named(db, word, now).await?.id);
    let done = match secret(token_file)? {
        Some(token) => care::set_listing(db, &reach, id, &token, url, now).await,
        None => care::drop_listing(db, &reach, id, now).await,
    };
    changed(done, config)
}

async fn update(db: &Db, word: &str, wanted: &Wanted, config: &Config, now: Timestamp) -> Result<Value, Failure> {
    let id = named(db, word, now).await?.id;
    changed(care::update(db, &whole(now), id, wanted, Caps::of(config), now).await, config)
}

fn changed(done: Result<Connection, Error>, config: &Config) -> Result<Value, Failure> {
    done.map(|connection| shown(&connection, config)).map_err(said)
}

async fn all(db: &Db, now: Timestamp) -> Result<Vec<Connection>, Failure> {
    let (mut all, mut beyond) = (Vec::new(), None);
    loop {
        let page = Page { rows: MAX_PAGE_ROWS.into(), beyond, backward: false };
        let slice = connections::visible(db, &whole(now), &page).await.map_err(said)?;
        beyond = slice.rows.last().map(|(cursor, _)| cursor.to_string());
        all.extend(slice.rows.into_iter().map(|(_, connection)| connection));
        if !slice.has_next {
            return Ok(all);
        }
    }
}

async fn named(db: &Db, word: &str, now: Timestamp) -> Result<Connection, Failure> {
    let found = connections::by_word(db, &whole(now), word).await.map_err(said)?;
    found.ok_or_else(|| format!("There is no connection {word}."))
}

/// How a connection fares, with its keys and the last days' refusals.
async fn faring_of(db: &Db, connection: &Connection, now: Timestamp) -> Result<Value, Failure> {
    let (reach, id) = (whole(now), connection.id);
    let health = connections::health(db, &reach, &[id]).await.map_err(said)?.remove(&id).unwrap_or_default();
    let keys = connections::keys_of(db, &reach, &[id]).await.map_err(said)?.remove(&id).unwrap_or_default();
    let refusals = connections::refusals(db, &reach, id, &Page::first(MAX_PAGE_ROWS)).await.map_err(said)?;
    let mut shown = faring(connection, &health, now);
    shown["keys"] = keys
        .iter()
        .map(|key| {
            json!({
                "createdAt": key.created_at.rfc3339(),
                "validUntil": key.valid_until.map(Timestamp::rfc3339),
                "lastUsedAt": key.last_used_at.map(Timestamp::rfc3339),
            })
        })
        .collect();
    let told = refusals
        .rows
        .iter()
        .map(|(_, row)| json!({ "day": row.day.to_string(), "code": row.code, "messages": row.messages }));
    shown["refusals"] = told.collect();
    Ok(shown)
}

fn faring(connection: &Connection, health: &Health, now: Timestamp) -> Value {
    let assurance = banks::info(&connection.bank).map(|info| info.assurance_with(&connection.extra).code());
    json!({
        "lastHeardAt": health.last_heard_at.map(Timestamp::rfc3339),
        "lastKeptAt": health.last_kept_at.map(Timestamp::rfc3339),
        "lastRefusedAt": health.last_refused_at.map(Timestamp::rfc3339),
        "keptToday": health.kept_today,
        "refusedToday": health.refused_today,
        "waiting": health.waiting,
        "oldestWaitingAt": health.oldest_waiting_at.map(Timestamp::rfc3339),
        "lagSeconds": health.lag_seconds(now),
        "parked": health.parked,
        "quarantined": health.quarantined,
        "assurance": assurance.ok(),
    })
}

/// The key in a file, without the line's end that editors add.
fn secret(file: Option<&Path>) -> Result<Option<String>, Failure> {
    let Some(file) = file else { return Ok(None) };
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn made(made: Made, config: &Config) -> Value {
    let mut shown = shown(&made.connection, config);
    if let Some(secret) = made.secret {
        shown["secret"] = secret.into();
    }
    shown
}

fn shown(connection: &Connection, config: &Config) -> Value {
    let path = Door::of(&connection.bank).path(connection.id);
    let (body_bytes, messages_per_second) = Caps::of(config).for_limits(&connection.limits);
    json!({
        "id": connection.id.to_string(),
        "bank": connection.bank,
        "name": connection.name,
        "extra": connection.extra,
        "path": path,
        "url": config.public_url() + &path,
        "clientId": connection.client.map(|id| id.to_string()),
        "pausedAt": connection.paused_at.map(Timestamp::rfc3339),
        "createdAt": connection.created_at.rfc3339(),
        "allowedAddresses": connection.limits.addresses.written(),
        "bodyBytes": body_bytes,
        "messagesPerSecond": messages_per_second,
    })
}

fn bank(info: &banks::BankInfo) -> Value {
    let extras = info.extras.iter().map(|extra| json!({ "name": extra.name, "description": extra.description }));
    json!({
        "bank": info.slug,
        "name": info.name,
        "namesAccount": info.names_account,
        "hubMakesKey": info.generate_key.is_some(),
        "assurance": info.assurance.code(),
        "extra": extras.collect::<Value>(),
    })
}
