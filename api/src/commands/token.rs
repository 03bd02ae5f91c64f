//! `lienthong token`: a bearer token for a user or a client, made by the operator on the machine. Every school on which the
//! subject stands sees in its access log that it was made.

use clap::{ArgGroup, Args};
use entities::access_log::{self, Occasion};
use entities::callers::{self, Subject};
use entities::ids::ClientId;
use entities::time::Timestamp;
use entities::{Db, transaction, users};

use super::{Failure, said, whole};
use crate::auth::crypto;
use crate::auth::keys::Keys;
use crate::auth::token::{Grant, MAX_TTL_SECONDS, issue};
use crate::clock;
use crate::config::Config;

#[derive(Args)]
#[command(group(ArgGroup::new("subject").required(true).args(["user", "client"])))]
pub(super) struct Arguments {
    /// The username of a person.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// The id or the name of a client.
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// How long it lives, as 90s, 15m or 8h; a day at most.
    #[arg(long, default_value = "15m", value_parser = seconds)]
    ttl: i64,
}

pub(super) async fn run(arguments: Arguments, config: &Config) -> Result<(), Failure> {
    crypto::install();
    let db = super::opened(config).await?;
    let now = clock::now();
    let names = (arguments.user.as_deref(), arguments.client.as_deref());
    let (subject, generation) = subject(&db, names, now).await?;
    let grounds = callers::grounds_of(&db, subject, now.vietnam_day()).await.map_err(said)?;
    let acts = match subject {
        Subject::Client(id) => callers::of_client(&db, id, None, now.vietnam_day()).await,
        Subject::User(id) => callers::of_user(&db, id, generation, None, now.vietnam_day()).await,
    };
    let caller =
        acts.map_err(said)?.ok_or("It has no running role or contract today, so a token would open nothing.")?;
    let keys = Keys::load(&db, now).await.map_err(said)?;
    let grant = Grant { subject, generation, ttl_seconds: arguments.ttl };
    let token = issue(&keys, &config.issuer(), grant, now).map_err(said)?;
    let occasion = Occasion {
        subject: "operator".to_owned(),
        role: caller.role.as_str().to_owned(),
        purpose: None,
        request: "lienthong token".to_owned(),
    };
    let made = access_log::token_made(subject, &grounds);
    transaction!(db, |tx| access_log::append(tx, &occasion, &made, now).await).map_err(said)?;
    println!("{token}");
    Ok(())
}

/// The person or else the program of these names, and the generation of its tokens.
pub(super) async fn subject(
    db: &Db,
    (user, client): (Option<&str>, Option<&str>),
    now: Timestamp,
) -> Result<(Subject, i64), Failure> {
    if let Some(name) = user {
        let user = users::by_username(db, &whole(now), name)
            .await
            .map_err(said)?
            .ok_or(format!("There is no user {name}."))?;
        return Ok((Subject::User(user.id), user.token_generation));
    }
    let wanted = client.unwrap_or_default();
    if let Ok(id) = wanted.parse::<ClientId>() {
        return Ok((Subject::Client(id), 0));
    }
    let id = super::client::named(db, wanted, now).await?;
    Ok((Subject::Client(id), 0))
}

/// Seconds of a duration such as `15m`.
fn seconds(text: &str) -> Result<i64, String> {
    let wrong = || format!("a number with s, m or h, up to {} h", MAX_TTL_SECONDS / 3_600);
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(wrong()),
    };
    let seconds = number.parse::<i64>().ok().and_then(|number| number.checked_mul(factor)).ok_or_else(wrong)?;
    if (1..=MAX_TTL_SECONDS).contains(&seconds) { Ok(seconds) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_duration_has_a_unit_and_an_end() {
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("15m"), Ok(900));
        assert_eq!(seconds("24h"), Ok(86_400));
        for wrong in ["", "15", "m", "0m", "-1m", "25h", "9999999999999999h", "15p", "1\u{1ef1}"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
