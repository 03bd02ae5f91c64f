//! Settings: environment variables, or the same names in `lienthong.toml`; the environment wins. Unknown names are
//! refused at start, so that a typing error never silently means a default.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use entities::Location;
use entities::networks::Networks;

/// The file beside the working directory that may hold settings.
const FILE: &str = "lienthong.toml";

/// Every setting with its default and what it is for; a limit carries its unit in its name.
pub const SETTINGS: [(&str, &str, &str); 42] = [
    ("DATABASE_URL", "", "`sqlite://<file>` or `postgres://...`; empty means `<data dir>/lienthong.db`"),
    ("DATABASE_READ_URL", "", "a read replica on PostgreSQL; empty reads from the primary"),
    ("LIENTHONG_DATA_DIR", "./data", "where the embedded database, its key file and the demo credentials lie"),
    ("LIENTHONG_LISTEN", "127.0.0.1:8080", "address and port of the HTTP server"),
    ("LIENTHONG_PUBLIC_URL", "", "the URL under which the outside reaches the hub; empty means `http://<listen>`"),
    (
        "LIENTHONG_ALLOWED_ORIGINS",
        "",
        "other sites whose pages may call the hub, as `https://a.vn,https://b.vn`; empty allows none",
    ),
    (
        "LIENTHONG_TRUSTED_PROXIES",
        "",
        "networks of proxies, as `10.0.0.0/8,2001:db8::/32`, whose `X-Forwarded-For` is believed; empty believes none",
    ),
    ("LIENTHONG_LOG", "info", "log filter, as `info` or `api=debug,info`"),
    ("LIENTHONG_MASTER_KEY", "", "base64 of 32 bytes; must be given with PostgreSQL, made as a 0600 file with SQLite"),
    ("LIENTHONG_DATABASE_CONNECTIONS", "8", "connections kept open; about four for each core serves best"),
    ("LIENTHONG_DATABASE_ACQUIRE_TIMEOUT_MS", "5000", "wait for a free connection before a caller hears 503"),
    ("LIENTHONG_HTTP_CONNECTIONS", "15000", "connections held at once; more wait to be taken"),
    ("LIENTHONG_HTTP_HEAD_TIMEOUT_MS", "15000", "time for the head of a request, and of rest between two"),
    ("LIENTHONG_HTTP_BODY_TIMEOUT_MS", "15000", "time for the whole body of a request, files apart"),
    ("LIENTHONG_HTTP_WRITE_TIMEOUT_MS", "30000", "time in which a caller takes no byte of its reply"),
    ("LIENTHONG_GRAPHQL_BODY_BYTES", "1048576", "body of /graphql; larger input goes by file"),
    ("LIENTHONG_GRAPHQL_QUERY_BYTES", "262144", "text of one GraphQL document"),
    ("LIENTHONG_GRAPHQL_QUERY_TOKENS", "2000", "lexical tokens of one GraphQL document"),
    ("LIENTHONG_GRAPHQL_DOCUMENTS_BYTES", "33554432", "memory for documents that were parsed before"),
    (
        "LIENTHONG_TRUSTED_DOCUMENTS_FILE",
        "",
        "documents that every client may name by hash: JSON, `{hash: text}` or Apollo's manifest",
    ),
    ("LIENTHONG_GRAPHQL_DEPTH_LEVELS", "10", "nesting of a query; introspection has 20 of its own"),
    ("LIENTHONG_GRAPHQL_COST_POINTS", "2000", "price of one operation: objects, multiplied through their pages"),
    ("LIENTHONG_GRAPHQL_POINTS_PER_REQUEST", "100", "points a minute for each request a minute that a caller may send"),
    ("LIENTHONG_GRAPHQL_CACHE_BYTES", "33554432", "replies remembered for who asks them again; 0 remembers none"),
    ("LIENTHONG_GRAPHQL_TIMEOUT_MS", "5000", "time for one GraphQL request"),
    ("LIENTHONG_FILE_BYTES", "1073741824", "bytes of one file as it is kept, unpacked"),
    ("LIENTHONG_FILE_BYTES_PER_DAY", "4294967296", "bytes of files that one caller may send on one day"),
    ("LIENTHONG_FILE_HOURS", "72", "hours for which files are kept"),
    ("LIENTHONG_STREAMS", "2000", "sockets and streams of events open at once; more hear 429"),
    ("LIENTHONG_STREAMS_PER_CALLER", "20", "of them for one caller"),
    ("LIENTHONG_SOCKET_OPERATIONS", "20", "operations running on one socket at once"),
    ("LIENTHONG_WEBHOOK_BODY_BYTES", "262144", "body of one bank message"),
    (
        "LIENTHONG_BILLING_FILE_BYTES",
        "16777216",
        "a bank's day in the bill protocol; its other calls are as long as messages",
    ),
    ("LIENTHONG_BILLING_UNKNOWN_PER_MINUTE", "60", "codes that nobody has, asked for by one bank; then it hears 429"),
    ("LIENTHONG_WEBHOOK_REQUESTS_PER_SECOND", "5000", "messages of one connection; more hear 429"),
    ("LIENTHONG_LISTING_INTERVAL_SECONDS", "60", "between two rounds of questions to a sender that can be asked"),
    ("LIENTHONG_LISTING_GRACE_SECONDS", "120", "time that a message has before its transaction counts as never told"),
    ("LIENTHONG_INBOX_QUEUE_MESSAGES", "4096", "messages waiting for their commit; more hear 503"),
    ("LIENTHONG_INBOX_GROUP_MESSAGES", "512", "messages that share one commit"),
    ("LIENTHONG_SETTLEMENT_BATCH_EVENTS", "256", "events settled in one transaction; 0 pauses settlement"),
    ("LIENTHONG_TOKEN_REQUESTS_PER_MINUTE", "60", "token requests of one address"),
    ("LIENTHONG_DRAIN_TIMEOUT_MS", "20000", "time for requests in flight after SIGTERM"),
];

/// Settings as they are in force.
#[derive(Clone, Debug)]
pub struct Config {
    values: BTreeMap<&'static str, String>,
}

/// A setting that cannot be used, in a plain sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadSetting(String);

impl Config {
    /// Reads the environment and `lienthong.toml`.
    ///
    /// # Errors
    /// Unknown names, unreadable files and values that do not parse.
    pub fn load() -> Result<Self, BadSetting> {
        let file = std::fs::read_to_string(FILE).ok();
        #[expect(clippy::disallowed_methods, reason = "this is the configuration")]
        let environment = std::env::vars();
        Self::read(file.as_deref(), environment)
    }

    /// Settings out of a file's text and the environment's pairs.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn read(file: Option<&str>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, BadSetting> {
        let mut values: BTreeMap<&'static str, String> =
            SETTINGS.iter().map(|(name, default, _)| (*name, (*default).to_owned())).collect();
        let table: toml::Table =
            toml::from_str(file.unwrap_or("")).map_err(|error| BadSetting(format!("{FILE}: {error}")))?;
        for (name, value) in table {
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                _ => return Err(BadSetting(format!("{FILE}: {name} must be a text or a whole number."))),
            };
            set(&mut values, &name, text)?;
        }
        for (name, value) in environment {
            if name.starts_with("LIENTHONG_") || name.starts_with("DATABASE_") {
                set(&mut values, &name, value)?;
            }
        }
        let config = Self { values };
        config.check()?;
        Ok(config)
    }

    /// Puts one setting over what was read, as a flag of the command line does.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn with(mut self, name: &str, value: &str) -> Result<Self, BadSetting> {
        set(&mut self.values, name, value.to_owned())?;
        self.check()?;
        Ok(self)
    }

    fn check(&self) -> Result<(), BadSetting> {
        for (name, default, _) in SETTINGS {
            if !default.is_empty() && default.bytes().all(|byte| byte.is_ascii_digit()) {
                self.values[name].parse::<u64>().map_err(|_| BadSetting(format!("{name} must be a whole number.")))?;
            }
        }
        let listen = self.text("LIENTHONG_LISTEN");
        listen
            .parse::<SocketAddr>()
            .map_err(|_| BadSetting(format!("LIENTHONG_LISTEN: `{listen}` is no address:port.")))?;
        Networks::split(self.text("LIENTHONG_TRUSTED_PROXIES"))
            .map_err(|refusal| BadSetting(format!("LIENTHONG_TRUSTED_PROXIES: {}", refusal.message)))?;
        let url = self.text("DATABASE_URL");
        if !url.is_empty() && !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(BadSetting("DATABASE_URL must begin with sqlite: or postgres:.".to_owned()));
        }
        Ok(())
    }

    /// The text of a setting.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// The number of a setting; its unit stands in its name.
    #[must_use]
    pub fn number(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or(0)
    }

    /// The number of a setting as a length or count in memory.
    #[must_use]
    pub fn size(&self, name: &str) -> usize {
        usize::try_from(self.number(name)).unwrap_or(usize::MAX)
    }

    /// The directory for files of the hub's own.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        Path::new(self.text("LIENTHONG_DATA_DIR")).to_path_buf()
    }

    /// The address to listen on.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        self.text("LIENTHONG_LISTEN").parse().unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], 8080)))
    }

    /// The proxies that are believed when they tell whose request they pass on.
    #[must_use]
    pub fn trusted_proxies(&self) -> Networks {
        // Settings that do not parse were refused when they were read.
        Networks::split(self.text("LIENTHONG_TRUSTED_PROXIES")).unwrap_or_default()
    }

    /// The URL under which the outside reaches the hub, without a slash at its end.
    #[must_use]
    pub fn public_url(&self) -> String {
        match self.text("LIENTHONG_PUBLIC_URL") {
            "" => format!("http://{}", self.listen()),
            url => url.trim_end_matches('/').to_owned(),
        }
    }

    /// The name under which the hub signs tokens (`iss` and `aud`): its public URL. Without one it is a fixed name, so that
    /// a token made on the command line holds whatever address `serve` listens on.
    #[must_use]
    pub fn issuer(&self) -> String {
        match self.text("LIENTHONG_PUBLIC_URL") {
            "" => "http://lienthong.localhost".to_owned(),
            url => url.trim_end_matches('/').to_owned(),
        }
    }

    /// Where the database is.
    #[must_use]
    pub fn location(&self) -> Location {
        let url = match self.text("DATABASE_URL") {
            "" => format!("sqlite://{}", self.data_dir().join("lienthong.db").display()),
            url => url.to_owned(),
        };
        let replica = self.text("DATABASE_READ_URL");
        Location {
            url,
            read_url: (!replica.is_empty()).then(|| replica.to_owned()),
            max_connections: u32::try_from(self.number("LIENTHONG_DATABASE_CONNECTIONS")).unwrap_or(8).max(1),
            acquire_timeout_ms: self.number("LIENTHONG_DATABASE_ACQUIRE_TIMEOUT_MS"),
        }
    }
}

/// The running program, to be started again as a process of its own.
///
/// # Errors
/// When the system does not tell where it lies.
pub fn program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}

fn set(values: &mut BTreeMap<&'static str, String>, name: &str, value: String) -> Result<(), BadSetting> {
    let known = SETTINGS.iter().find(|(known, _, _)| *known == name);
    let (name, _, _) = known.ok_or_else(|| BadSetting(format!("{name} is not a setting of Liên Thông.")))?;
    values.insert(name, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(name: &str, value: &str) -> std::vec::IntoIter<(String, String)> {
        vec![(name.to_owned(), value.to_owned())].into_iter()
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = "LIENTHONG_LISTEN = \"127.0.0.1:9000\"\nLIENTHONG_DATABASE_CONNECTIONS = 4";
        let config = Config::read(Some(file), pair("LIENTHONG_LISTEN", "127.0.0.1:9001")).unwrap();
        assert_eq!(config.listen().port(), 9001);
        assert_eq!(config.location().max_connections, 4);
        assert_eq!(config.public_url(), "http://127.0.0.1:9001");
    }

    #[test]
    fn every_setting_stands_in_the_readme() {
        let readme = include_str!("../README.md");
        for (name, default, what) in SETTINGS {
            let default = if default.is_empty() { "–".to_owned() } else { format!("`{default}`") };
            assert!(readme.contains(&format!("| `{name}` | {default} | {what} |")), "{name}");
        }
    }

    #[test]
    fn unknown_names_and_wrong_values_are_refused() {
        for (name, value) in [
            ("LIENTHONG_LISTNE", "x"),
            ("LIENTHONG_LISTEN", "x"),
            ("LIENTHONG_DRAIN_TIMEOUT_MS", "1s"),
            ("LIENTHONG_TRUSTED_PROXIES", "10.0.0.0/8,proxy.example"),
            ("DATABASE_URL", "mysql://x"),
        ] {
            assert!(Config::read(None, pair(name, value)).is_err(), "{name}={value}");
        }
    }
}
