//! `lienthong user`: makes people with their first role, gives further roles, takes back tokens, lists. The answers are JSON.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use entities::callers::Role;
use entities::grounds::{self, Named};
use entities::time::Timestamp;
use entities::users::{self, NewRoleAssignment, RoleAssignment, User};
use entities::{Db, transaction};
use serde_json::{Value, json};

use super::ground::GroundArguments;
use super::{Failure, print, said, whole};
use crate::clock;
use crate::config::Config;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Make a person with a first role.
    Create {
        /// The name for signing in: a-z, 0-9, dot, underscore, hyphen.
        username: String,
        /// The name for people.
        #[arg(long)]
        display_name: String,
        #[command(flatten)]
        role: Box<RoleArguments>,
    },
    /// Give a person a further role.
    Assign {
        /// Who receives it.
        username: String,
        #[command(flatten)]
        role: Box<RoleArguments>,
    },
    /// Take back every token that a person holds.
    Reset {
        /// Whose tokens.
        username: String,
    },
    /// Shut a person out.
    Disable {
        /// Who.
        username: String,
    },
    /// List the people with their roles.
    List,
}

#[derive(Args)]
pub(super) struct RoleArguments {
    /// The role, as PRINCIPAL.
    #[arg(long, value_parser = role)]
    role: Role,
    #[command(flatten)]
    grounds: GroundArguments,
    /// A purpose that its holder may state, as INSPECTION; repeatable.
    #[arg(long = "purpose")]
    purposes: Vec<String>,
    /// Its first day; today when it is missing.
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// The day on which it no longer holds.
    #[arg(long, value_name = "DAY")]
    to: Option<NaiveDate>,
}

pub(super) async fn run(verb: Verb, config: &Config) -> Result<(), Failure> {
    let db = super::opened(config).await?;
    let now = clock::now();
    match verb {
        Verb::Create { username, display_name, role } => {
            let roles = role.read(&db, now).await?;
            transaction!(db, |tx| {
                let user = users::create(tx, &username, &display_name, now).await?;
                for role in &roles {
                    users::assign(tx, user.id, role, now).await?;
                }
                Ok(())
            })
            .map_err(said)?;
            print(&shown(&found(&db, &username, now).await?));
        }
        Verb::Assign { username, role } => {
            let (user, roles) = (found(&db, &username, now).await?, role.read(&db, now).await?);
            transaction!(db, |tx| {
                for role in &roles {
                    users::assign(tx, user.id, role, now).await?;
                }
                Ok(())
            })
            .map_err(said)?;
            print(&shown(&found(&db, &username, now).await?));
        }
        Verb::Reset { username } => {
            let user = found(&db, &username, now).await?;
            transaction!(db, |tx| users::reset(tx, user.id, now).await).map_err(said)?;
            print(&shown(&found(&db, &username, now).await?));
        }
        Verb::Disable { username } => {
            let user = found(&db, &username, now).await?;
            transaction!(db, |tx| users::disable(tx, user.id, now).await).map_err(said)?;
            print(&shown(&found(&db, &username, now).await?));
        }
        Verb::List => {
            let all = users::visible(&db, &whole(now)).await.map_err(said)?;
            print(&all.iter().map(shown).collect());
        }
    }
    Ok(())
}

impl RoleArguments {
    /// One role for each ground.
    async fn read(&self, db: &Db, now: Timestamp) -> Result<Vec<NewRoleAssignment>, Failure> {
        let mut names = self.grounds.names();
        if names.is_empty() && self.role == Role::PlatformAdmin {
            names.push(Named::Nation);
        }
        if names.is_empty() {
            return Err("Say where the role holds: --school, --organization, --province or --class.".to_owned());
        }
        let grounds = grounds::find(db, &whole(now), &names).await.map_err(said)?;
        let role = |ground| NewRoleAssignment {
            role: self.role,
            ground,
            purposes: self.purposes.clone(),
            valid_from: self.from.unwrap_or(now.vietnam_day()),
            valid_to: self.to,
        };
        Ok(grounds.into_iter().map(role).collect())
    }
}

async fn found(db: &Db, username: &str, now: Timestamp) -> Result<User, Failure> {
    users::by_username(db, &whole(now), username)
        .await
        .map_err(said)?
        .ok_or_else(|| format!("There is no user {username}."))
}

fn role(word: &str) -> Result<Role, String> {
    let people = || Role::ALL.map(Role::as_str).join(", ");
    Role::parse(word).ok_or_else(|| format!("one of {}", people()))
}

fn shown(user: &User) -> Value {
    let role = |role: &RoleAssignment| {
        json!({
            "role": role.role.as_str(),
            "purposes": role.purposes,
            "validFrom": role.valid_from.to_string(),
            "validTo": role.valid_to.map(|day| day.to_string()),
        })
    };
    json!({
        "id": user.id.to_string(),
        "username": user.username,
        "displayName": user.display_name,
        "disabledAt": user.disabled_at.map(Timestamp::rfc3339),
        "roles": user.roles.iter().map(role).collect::<Vec<_>>(),
    })
}
