#![doc = include_str!("../README.md")]

mod archive;
pub mod bank_directory;
pub mod banks;
pub mod bill;
mod bytes;
pub mod courier;
pub mod fault;
mod form;
pub mod inbound;
pub mod letter;
pub mod listing;
pub mod ministry;
pub mod notice;
mod object;
pub mod oneroster;
pub mod orders;
mod proof;
pub mod query;
pub mod reply;
mod secret;
mod sheets;
pub mod statements;
mod text;
pub mod time;
pub mod vietqr;
mod wire;

pub use banks::{Bank, BankInfo, Credentials, Opened, Reason};
pub use inbound::Inbound;
pub use letter::{Letter, Payment};
pub use notice::{Assurance, Direction, Notice, Status};
pub use query::{OrderQuery, OrderState, TokenQuery};
pub use reply::{Outcome, Reply};
pub use secret::Secret;
pub use time::Timestamp;
