//! From a request's bearer token to the caller behind it.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use entities::callers::{self, Caller, Role, Subject};
use entities::revoked_tokens;
use entities::time::Timestamp;
use ring::digest::{SHA256, digest};

use super::memory::{Choice, Version};
use super::rate::Standing;
use super::token::{self, Claims, MAX_TOKEN_BYTES};
use crate::http::problem::Problem;
use crate::hub::Hub;

/// The header by which a user of several roles says under which one to act.
pub const ROLE: &str = "lienthong-role";
/// The header by which a client of several contracts says under the terms of which one to act.
pub const CONTRACT: &str = "lienthong-contract";

/// The caller of a request, and what is left of its budget.
///
/// # Errors
/// 401 in one shape, whatever is wrong with the token or the subject; 429 when the budget is empty; 503 when the database
/// does not answer.
pub async fn admit(hub: &Hub, headers: &HeaderMap, now: Timestamp) -> Result<(Arc<Caller>, Standing), Problem> {
    let caller = of_request(hub, headers, now).await?;
    let standing = hub.subject_rates.take(caller.subject, caller.requests_per_minute);
    Ok((caller, standing.map_err(Problem::too_many_requests)?))
}

/// The caller of a request.
///
/// # Errors
/// 401 in one shape, whatever is wrong with the token or the subject; 503 when the database does not answer.
async fn of_request(hub: &Hub, headers: &HeaderMap, now: Timestamp) -> Result<Arc<Caller>, Problem> {
    let token = bearer(headers).ok_or_else(Problem::unauthenticated)?;
    let choice = choice(headers).ok_or_else(Problem::unauthenticated)?;
    let version = hub.memory.version(&hub.db, now).await?;
    let claims = claims(hub, version, token, now).await?;
    load(hub, version, &claims, choice, now).await
}

/// Refuses a stated purpose that neither contract nor role carries.
///
/// # Errors
/// `PURPOSE_NOT_ALLOWED`.
pub fn check_purpose(caller: &Caller, purpose: Option<&str>) -> Result<(), Problem> {
    match purpose {
        Some(purpose) if !caller.purposes.iter().any(|allowed| allowed == purpose) => Err(Problem::new(
            axum::http::StatusCode::FORBIDDEN,
            "PURPOSE_NOT_ALLOWED",
            "Neither your contract nor your role carries this purpose.",
            "Hợp đồng hoặc vai trò của bạn không có mục đích này.",
        )),
        _ => Ok(()),
    }
}

/// The claims of a token that is ours, holds now and was not taken back.
///
/// # Errors
/// 401 in one shape; 503 when the database does not answer.
pub async fn claims(hub: &Hub, version: Version, token: &str, now: Timestamp) -> Result<Arc<Claims>, Problem> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Problem::unauthenticated());
    }
    let mut name = [0; 32];
    name.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    if let Some(claims) = hub.memory.token(&name, now) {
        return Ok(claims);
    }
    let keys = hub.memory.keys(&hub.db, version, now).await?;
    let claims = token::read(&keys, &hub.config.issuer(), token, now).map_err(|_| Problem::unauthenticated())?;
    if revoked_tokens::is_revoked(&hub.db, claims.jti).await? {
        return Err(Problem::unauthenticated());
    }
    let claims = Arc::new(claims);
    hub.memory.keep_token(version, name, claims.clone(), now);
    Ok(claims)
}

pub(super) async fn load(
    hub: &Hub,
    version: Version,
    claims: &Claims,
    choice: Choice,
    now: Timestamp,
) -> Result<Arc<Caller>, Problem> {
    let subject = claims.subject().ok_or_else(Problem::unauthenticated)?;
    let key = (subject, claims.generation, choice);
    if let Some(caller) = hub.memory.caller(&key, now) {
        return Ok(caller);
    }
    let (day, choice) = (now.vietnam_day(), &key.2);
    let found = match subject {
        Subject::Client(id) => callers::of_client(&hub.db, id, choice.contract.as_deref(), day).await?,
        Subject::User(id) => callers::of_user(&hub.db, id, claims.generation, choice.role, day).await?,
    };
    let caller = Arc::new(found.ok_or_else(Problem::unauthenticated)?);
    hub.memory.keep_caller(version, key, caller.clone(), now);
    Ok(caller)
}

/// The one bearer token of a request (RFC 6750, section 2.1).
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (one, none) = (all.next()?, all.next());
    let (scheme, token) = one.to_str().ok()?.split_once(' ')?;
    (none.is_none() && scheme.eq_ignore_ascii_case("bearer")).then_some(token)
}

/// What the headers choose; none when they choose what cannot be.
pub(super) fn choice(headers: &HeaderMap) -> Option<Choice> {
    let role = match headers.get(ROLE) {
        Some(word) => Some(Role::parse(word.to_str().ok()?)?),
        None => None,
    };
    let contract = match headers.get(CONTRACT) {
        Some(number) => Some(String::from_utf8(number.as_bytes().to_vec()).ok().filter(|text| text.len() <= 400)?),
        None => None,
    };
    Some(Choice { role, contract })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_one_bearer_token_is_heard() {
        assert_eq!(bearer(&headers(&["Bearer a.b.c"])), Some("a.b.c"));
        assert_eq!(bearer(&headers(&["bearer a.b.c"])), Some("a.b.c"));
        assert_eq!(bearer(&headers(&[])), None);
        assert_eq!(bearer(&headers(&["Basic a.b.c"])), None);
        assert_eq!(bearer(&headers(&["Bearer a.b.c", "Bearer d.e.f"])), None);
    }

    #[test]
    fn a_role_that_does_not_exist_cannot_be_chosen() {
        let chosen =
            |word: &'static str| choice(&HeaderMap::from_iter([(ROLE.parse().unwrap(), word.parse().unwrap())]));
        assert_eq!(chosen("TEACHER").unwrap().role, Some(Role::Teacher));
        assert_eq!(chosen("GOD"), None);
    }
}
