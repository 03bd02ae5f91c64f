//! Bearer tokens (RFC 9068, signed with EdDSA): they name a subject and nothing that the subject may do.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entities::callers::Subject;
use entities::ids::{ClientId, UserId};
use entities::time::Timestamp;
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::Keys;

/// Bytes of a token at most, before anything in it is read. Ours have about 500.
pub const MAX_TOKEN_BYTES: usize = 8 * 1_024;
/// Seconds by which the clocks of two processes of the hub may differ.
pub const LEEWAY_SECONDS: i64 = 5;
/// Seconds that a token lives when nothing else is said.
pub const DEFAULT_TTL_SECONDS: i64 = 15 * 60;
/// Seconds that a token may live: a retired signing key is believed for as long.
pub const MAX_TTL_SECONDS: i64 = entities::signing_keys::GRACE_SECONDS;
/// The type of our tokens, so that no other signed thing is taken for one.
const TYPE: &str = "at+jwt";

/// What a token says. Every field is required, of this type, and stands once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The hub that made it.
    pub iss: String,
    /// `client:<id>` or `user:<id>`.
    pub sub: String,
    /// The hub that it is for; ours are for the hub that made them.
    pub aud: String,
    /// End, in seconds since 1970.
    pub exp: i64,
    /// Begin, in seconds since 1970.
    pub nbf: i64,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// Names the token for its revocation.
    pub jti: Uuid,
    /// The generation of the user's tokens; a reset of the user ends it. 0 for clients.
    pub generation: i64,
}

impl Claims {
    /// Who the token names; none when it names nobody of ours.
    #[must_use]
    pub fn subject(&self) -> Option<Subject> {
        let (kind, id) = self.sub.split_once(':')?;
        match kind {
            "client" => id.parse().ok().map(|id: ClientId| Subject::Client(id)),
            "user" => id.parse().ok().map(|id: UserId| Subject::User(id)),
            _ => None,
        }
    }

    /// Whether the token holds at a moment, by the hub's clock.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        let seconds = now.seconds();
        self.nbf <= seconds.saturating_add(LEEWAY_SECONDS) && seconds < self.exp.saturating_add(LEEWAY_SECONDS)
    }
}

/// A token that was not accepted. Why is nobody's business: every reason looks the same outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unaccepted;

/// The header as we write it. Anything more (`jku`, `x5u`, `jwk`, `crit`, ...) is refused with the token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: String,
    typ: String,
    kid: Uuid,
}

/// What a new token is to say.
#[derive(Clone, Copy, Debug)]
pub struct Grant {
    /// Who it names.
    pub subject: Subject,
    /// The generation of the user's tokens; 0 for clients.
    pub generation: i64,
    /// Seconds that it lives, up to [`MAX_TTL_SECONDS`].
    pub ttl_seconds: i64,
}

/// Makes a token of the hub `issuer` that begins now.
///
/// # Errors
/// When the signing key is broken.
pub fn issue(keys: &Keys, issuer: &str, grant: Grant, now: Timestamp) -> Result<String, entities::Error> {
    let (kid, key) = keys.signing();
    let header = Header { typ: Some(TYPE.to_owned()), kid: Some(kid.to_string()), ..Header::new(Algorithm::EdDSA) };
    let sub = match grant.subject {
        Subject::Client(id) => format!("client:{id}"),
        Subject::User(id) => format!("user:{id}"),
    };
    let claims = Claims {
        iss: issuer.to_owned(),
        sub,
        aud: issuer.to_owned(),
        exp: now.seconds().saturating_add(grant.ttl_seconds.clamp(1, MAX_TTL_SECONDS)),
        nbf: now.seconds(),
        iat: now.seconds(),
        jti: entities::ids::AccessLogId::new(now).uuid(),
        generation: grant.generation,
    };
    encode(&header, &claims, &key).map_err(entities::Error::internal)
}

/// Reads a token, if it is one of ours and holds now. Whether it was taken back is not asked here.
///
/// # Errors
/// [`Unaccepted`], whatever is wrong.
pub fn read(keys: &Keys, issuer: &str, token: &str, now: Timestamp) -> Result<Claims, Unaccepted> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Unaccepted);
    }
    let head = head(token).ok_or(Unaccepted)?;
    if head.alg != "EdDSA" || head.typ != TYPE {
        return Err(Unaccepted);
    }
    let key = keys.believed(head.kid).ok_or(Unaccepted)?;
    let claims = decode::<Claims>(token, key, &rules(issuer)).map_err(|_| Unaccepted)?.claims;
    if claims.aud != issuer || !claims.holds(now) {
        return Err(Unaccepted);
    }
    Ok(claims)
}

fn head(token: &str) -> Option<Head> {
    let (head, _) = token.split_once('.')?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).ok()?).ok()
}

/// The library proves the signature and the names; the times are ours, by our clock.
fn rules(issuer: &str) -> Validation {
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
    rules.set_issuer(&[issuer]);
    rules.set_audience(&[issuer]);
    rules.validate_exp = false;
    rules.validate_nbf = false;
    rules
}

#[cfg(test)]
mod tests;
