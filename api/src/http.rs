//! HTTP: the thin layer between the outside and the house.

pub mod billing;
pub mod files;
pub mod graphiql;
pub mod graphql;
pub mod health;
mod linger;
pub mod listen;
pub mod live;
pub mod log;
pub mod oauth;
pub mod peer;
pub mod problem;
pub mod reference;
pub mod router;
pub mod webhook;
pub mod whole;
