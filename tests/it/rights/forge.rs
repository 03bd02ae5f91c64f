//! Tokens made by hand, with the hub's own key: what is refused is refused for what it says, not for its signature.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use entities::Location;
use entities::callers::Subject;
use entities::seal::MasterKey;
use entities::signing_keys::{self, SigningKey};
use entities::time::Timestamp;
use serde_json::{Value, json};

use crate::harness::clock;
use crate::harness::database::Database;

/// The name under which a hub without a public URL signs.
const ISSUER: &str = "http://lienthong.localhost";

/// The hub's signing key and the subject of its tokens.
pub(super) struct Forge {
    key: SigningKey,
    subject: String,
    now: i64,
}

impl Forge {
    /// Takes the key out of the database, as someone with the master key could.
    pub(super) async fn open(database: &Database, subject: Subject) -> Self {
        let settings = database.settings();
        let setting = |name| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        let url = setting("DATABASE_URL");
        let file = database.data_dir().join("master.key");
        let master = setting("LIENTHONG_MASTER_KEY").unwrap_or_else(|| std::fs::read_to_string(file).unwrap());
        let master = MasterKey::new(STANDARD.decode(master.trim()).unwrap().try_into().unwrap());
        let here = format!("sqlite://{}", database.data_dir().join("lienthong.db").display());
        let url = url.unwrap_or(here);
        let location = Location { url, read_url: None, max_connections: 1, acquire_timeout_ms: 5_000 };
        let db = entities::hub::open(&location, &master).await.unwrap();
        let now = Timestamp::from_seconds(clock::unix_seconds().try_into().unwrap());
        let keys = signing_keys::ready(&db, now).await.unwrap();
        let subject = match subject {
            Subject::Client(id) => format!("client:{id}"),
            Subject::User(id) => format!("user:{id}"),
        };
        Self { key: signing_keys::current(&keys, now).unwrap().clone(), subject, now: now.seconds() }
    }

    /// The header of a correct token.
    pub(super) fn header(&self) -> Value {
        json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": self.key.id.to_string() })
    }

    /// The claims of a correct token.
    pub(super) fn claims(&self) -> Value {
        json!({
            "iss": ISSUER, "sub": self.subject, "aud": ISSUER,
            "exp": self.now + 900, "nbf": self.now, "iat": self.now,
            "jti": "00000000-0000-7000-8000-000000000001", "generation": 0
        })
    }

    /// A token that says this, signed by the hub's own key.
    pub(super) fn sign(&self, header: &str, claims: &str) -> String {
        let message = message(header, claims);
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(message.as_bytes()).unwrap());
        format!("{message}.{signature}")
    }

    /// A token that says this, with our published key as the secret of an HMAC.
    pub(super) fn confuse(&self, header: &str, claims: &str) -> String {
        let message = message(header, claims);
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &self.key.public_key);
        let mac = ring::hmac::sign(&key, message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac))
    }

    /// A token that says this and has no signature.
    pub(super) fn bare(header: &str, claims: &str) -> String {
        format!("{}.", message(header, claims))
    }

    /// The second now of the forge.
    pub(super) fn now(&self) -> i64 {
        self.now
    }
}

fn message(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}
