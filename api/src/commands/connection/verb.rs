//! What `lienthong connection` can be told.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use crate::flows::connect::OVERLAP_SECONDS;

#[derive(Subcommand)]
pub(in crate::commands) enum Verb {
    /// Connect a bank or intermediary to known accounts.
    Create {
        /// The short name of the sender; `connection banks` lists them.
        #[arg(long)]
        bank: String,
        /// The connection's name, unique in the hub.
        #[arg(long)]
        name: String,
        /// A file with the key that the provider issued; without it the hub makes one where that is left to us.
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
        /// A setting of the sender as key=value; repeatable.
        #[arg(long, value_parser = pair, value_name = "KEY=VALUE")]
        extra: Vec<(String, String)>,
        /// The full number of a known account that it may speak for; repeatable.
        #[arg(long = "account", value_name = "NUMBER", required = true)]
        accounts: Vec<String>,
        /// The id or name of the bank's client, so that it sees its connection.
        #[arg(long)]
        client: Option<String>,
    },
    /// List the connections and how they fare.
    List {
        /// As JSON, which is how every answer about connections is printed.
        #[arg(long)]
        json: bool,
    },
    /// Say how a connection fares, when each of its keys was used, and why messages were not taken.
    Health {
        /// Its id or its name.
        connection: String,
    },
    /// Give a connection another key; the old ones stay valid for a while.
    Rotate {
        /// Its id or its name.
        connection: String,
        /// A file with the key that the provider issued.
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
        /// Seconds for which the old keys stay valid: 0 to 2592000, which is 30 days.
        #[arg(long, value_name = "SECONDS", default_value_t = OVERLAP_SECONDS)]
        overlap_seconds: i64,
        /// End the old keys at once, as when one has leaked.
        #[arg(long, conflicts_with = "overlap_seconds")]
        now: bool,
    },
    /// End at once every key but the newest.
    Retire {
        /// Its id or its name.
        connection: String,
    },
    /// Let the sender of a connection hear that the hub is unavailable, until it is resumed.
    Pause {
        /// Its id or its name.
        connection: String,
    },
    /// Let a paused connection work again.
    Resume {
        /// Its id or its name.
        connection: String,
    },
    /// Set from where messages may come, how large they may be, and how many in a second; what is not named stays.
    Limit {
        /// Its id or its name.
        connection: String,
        /// A network or address from which messages may come, as 203.0.113.0/24; repeatable, replaces the list.
        #[arg(long = "address", value_name = "CIDR")]
        addresses: Vec<String>,
        /// Take messages from every address again.
        #[arg(long, conflicts_with = "addresses")]
        every_address: bool,
        /// Bytes of a body at most; 0 takes the hub's own limit.
        #[arg(long, value_name = "BYTES")]
        body_bytes: Option<i64>,
        /// Messages in one second at most; 0 takes the hub's own limit.
        #[arg(long, value_name = "NUMBER")]
        messages_per_second: Option<i64>,
    },
    /// Change for which accounts a connection speaks.
    Accounts {
        /// Its id or its name.
        connection: String,
        /// The full number of a known account to speak for as well; repeatable.
        #[arg(long, value_name = "NUMBER")]
        add: Vec<String>,
        /// The full number of an account to speak for no longer; repeatable.
        #[arg(long, value_name = "NUMBER")]
        remove: Vec<String>,
    },
    /// Ask a sender what it knows on a schedule, so that what no message told is found; or ask it no more.
    Ask {
        /// Its id or its name.
        connection: String,
        /// A file with the key of the sender's interface for questions.
        #[arg(long, value_name = "FILE", required_unless_present = "stop")]
        token_file: Option<PathBuf>,
        /// Where the interface is, when that is not where the sender's documentation says.
        #[arg(long, value_name = "URL", requires = "token_file")]
        url: Option<String>,
        /// Ask it no more, and forget the key.
        #[arg(long, conflicts_with = "token_file")]
        stop: bool,
    },
    /// Send parked and refused messages through again, after the cause was mended.
    Replay {
        /// Its id or its name.
        connection: String,
        /// Which messages; repeatable, both without it.
        #[arg(long = "kind", value_enum)]
        kinds: Vec<Kind>,
    },
    /// List the senders that the hub understands and the settings that they need.
    Banks,
}

/// Which messages are replayed.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::commands) enum Kind {
    /// Those that were proven, and could not be read or settled.
    Parked,
    /// Those that were refused and are still kept.
    Refused,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as key=value")?;
    Ok((name.to_owned(), value.to_owned()))
}
