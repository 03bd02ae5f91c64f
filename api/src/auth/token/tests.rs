//! Every way known to us of passing off a token is refused, and a real one is read.

use entities::hub::Kind;
use ring::hmac;
use serde_json::{Value, json};

use super::*;
use crate::auth::crypto;

const ISSUER: &str = "http://hub.example";
const NOW: Timestamp = Timestamp::from_seconds(1_795_136_400);

async fn keys() -> (Keys, tempfile::TempDir) {
    crypto::install();
    let directory = tempfile::tempdir().unwrap();
    let location = entities::Location {
        url: format!("sqlite://{}", directory.path().join("hub.db").display()),
        read_url: None,
        max_connections: 1,
        acquire_timeout_ms: 5_000,
    };
    let master = entities::seal::MasterKey::new([7; 32]);
    let db = entities::hub::migrate(&location, &master, Kind::Demo, NOW).await.unwrap();
    (Keys::load(&db, NOW).await.unwrap(), directory)
}

fn claims() -> Value {
    let now = NOW.seconds();
    json!({
        "iss": ISSUER, "sub": format!("user:{}", Uuid::nil()), "aud": ISSUER,
        "exp": now + 900, "nbf": now, "iat": now, "jti": Uuid::nil(), "generation": 0
    })
}

fn sealed(keys: &Keys, head: &str, body: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(body));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &keys.signing().1, Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

fn header(keys: &Keys) -> Value {
    json!({ "alg": "EdDSA", "typ": TYPE, "kid": keys.signing().0 })
}

fn with(mut value: Value, name: &str, field: impl Into<Value>) -> String {
    value[name] = field.into();
    value.to_string()
}

#[tokio::test]
async fn a_token_is_read_as_it_was_issued() {
    let (keys, _directory) = keys().await;
    let subject = Subject::User(UserId::from_uuid(Uuid::from_u128(5)));
    let grant = Grant { subject, generation: 3, ttl_seconds: 60 };
    let token = issue(&keys, ISSUER, grant, NOW).unwrap();
    let read_at = |seconds| read(&keys, ISSUER, &token, NOW.plus_seconds(seconds));
    let claims = read_at(0).unwrap();
    assert_eq!((claims.subject(), claims.generation), (Some(subject), 3));
    assert!(read_at(60 + LEEWAY_SECONDS - 1).is_ok());
    assert!(read_at(60 + LEEWAY_SECONDS).is_err(), "expired");
    assert!(read_at(-LEEWAY_SECONDS).is_ok());
    assert!(read_at(-LEEWAY_SECONDS - 1).is_err(), "not yet");
    assert!(read(&keys, "http://other.example", &token, NOW).is_err(), "of another hub");
}

#[tokio::test]
async fn claims_that_are_not_ours_are_refused() {
    let (keys, _directory) = keys().await;
    let head = header(&keys).to_string();
    let accepts = |body: &str| read(&keys, ISSUER, &sealed(&keys, &head, body), NOW).is_ok();
    assert!(accepts(&claims().to_string()), "the control: a correct token made by hand is read");
    let now = NOW.seconds();
    let bent = [
        with(claims(), "exp", (now + 900).to_string()),
        with(claims(), "exp", 1e300),
        with(claims(), "exp", now - 60),
        with(claims(), "nbf", now + 60),
        with(claims(), "nbf", Value::Null),
        with(claims(), "aud", "http://other.example"),
        with(claims(), "aud", json!([ISSUER, "http://other.example"])),
        with(claims(), "iss", "http://other.example"),
        with(claims(), "admin", true),
    ];
    for body in bent {
        assert!(!accepts(&body), "{body}");
    }
    for name in ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "generation"] {
        let mut body = claims();
        body.as_object_mut().unwrap().remove(name);
        assert!(!accepts(&body.to_string()), "without {name}");
    }
    let twice = claims().to_string().replacen('{', &format!("{{\"sub\":\"user:{}\",", Uuid::max()), 1);
    assert!(!accepts(&twice), "a claim that stands twice");
    let escaped = claims().to_string().replacen('{', "{\"\\u0065xp\":99999999999,", 1);
    assert!(!accepts(&escaped), "a claim that stands twice in other letters");
}

#[tokio::test]
async fn headers_that_are_not_ours_are_refused() {
    let (keys, _directory) = keys().await;
    let body = claims().to_string();
    let accepts = |head: &str| read(&keys, ISSUER, &sealed(&keys, head, &body), NOW).is_ok();
    let bent = [
        with(header(&keys), "alg", "none"),
        with(header(&keys), "alg", "HS256"),
        with(header(&keys), "alg", "RS256"),
        with(header(&keys), "typ", "JWT"),
        with(header(&keys), "kid", "../../etc/passwd"),
        with(header(&keys), "kid", "' OR 1=1 --"),
        with(header(&keys), "kid", "https://evil.example/jwks.json"),
        with(header(&keys), "kid", Uuid::max().to_string()),
        with(header(&keys), "jku", "https://evil.example/jwks.json"),
        with(header(&keys), "x5u", "https://evil.example/cert.pem"),
        with(header(&keys), "jwk", keys.jwks()["keys"][0].clone()),
        with(header(&keys), "crit", json!(["exp"])),
        json!({ "alg": "EdDSA", "typ": TYPE }).to_string(),
    ];
    for head in bent {
        assert!(!accepts(&head), "{head}");
    }
}

#[tokio::test]
async fn signatures_that_are_not_ours_are_refused() {
    let (keys, _directory) = keys().await;
    let good = sealed(&keys, &header(&keys).to_string(), &claims().to_string());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let refused = |token: &str| read(&keys, ISSUER, token, NOW).is_err();
    assert!(refused(&format!("{message}.")), "no signature");
    assert!(refused(message), "two parts");
    assert!(refused(&format!("{good}.{signature}")), "four parts");
    let x = URL_SAFE_NO_PAD.decode(keys.jwks()["keys"][0]["x"].as_str().unwrap()).unwrap();
    let head = with(header(&keys), "alg", "HS256");
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims().to_string()));
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &x), message.as_bytes());
    assert!(refused(&format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac))), "our public key as an HMAC secret");
    assert!(refused(&"a".repeat(1_024 * 1_024)), "a megabyte");
    for at in [0, good.len() / 2, good.len() - 10] {
        let mut bent = good.clone().into_bytes();
        bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
        assert!(refused(&String::from_utf8(bent).unwrap()), "byte {at}");
    }
}
