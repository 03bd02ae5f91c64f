//! Uploads and downloads: what comes in goes out byte for byte, to its owner alone, and nothing goes beyond its limit.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use ring::digest::{SHA256, digest};

use super::{packed, planted, refusal, send, sent, stranger};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program::Build;

/// Bytes that do not pack, of several chunks and a piece.
fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..bytes.div_ceil(8)).flat_map(|_| next()).take(bytes).collect()
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

async fn a_file_goes_out_as_it_came_in(database: Database) {
    let client = planted(&database).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string());
    let bytes = noise(1_300_000);
    let claimed = format!("sha-256=:{}:", STANDARD.encode(sha256(&bytes)));
    let name = "attachment; filename*=UTF-8''l%E1%BB%9Bp%201A.ndjson";
    let said = sent(&caller, bytes.clone(), &[("content-digest", &claimed), ("content-disposition", name)]).await;
    assert_eq!((&said["bytes"], &said["sha256"]), (&1_300_000.into(), &hex::encode(sha256(&bytes)).into()));
    let path = format!("/files/{}", said["id"].as_str().unwrap());

    let head = caller.request(Method::HEAD, &path).send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.headers()["content-length"].to_str().unwrap()), (200, "1300000"));
    let whole = caller.request(Method::GET, &path).send().await.unwrap();
    let told = |name: &str| whole.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(told("repr-digest"), claimed);
    assert_eq!((told("x-content-type-options"), told("cache-control")), ("nosniff".into(), "private, no-store".into()));
    let expected = "attachment; filename=\"l_p 1A.ndjson\"; filename*=UTF-8''l%E1%BB%9Bp%201A.ndjson";
    assert_eq!(told("content-disposition"), expected);
    let etag = told("etag");
    assert!(whole.bytes().await.unwrap() == bytes, "other bytes came out");

    let part = async |range: &str| {
        let request = caller.request(Method::GET, &path).header("range", range).header("if-range", &etag);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.bytes().await.unwrap())
    };
    let (status, rest) = part("bytes=524287-").await;
    assert!(status == 206 && rest == bytes[524_287..], "a broken download goes on where it stopped");
    let (status, middle) = part("bytes=524286-1048577").await;
    assert!(status == 206 && middle == bytes[524_286..=1_048_577], "a range over three chunks");
    assert_eq!(part("bytes=1300000-").await.0, 416);

    let same = sent(&caller, packed(&bytes), &[("content-encoding", "gzip")]).await;
    assert_eq!((&same["bytes"], &same["sha256"]), (&said["bytes"], &said["sha256"]));
    let kept = database.number("SELECT CAST(COUNT(*) AS BIGINT) FROM file_chunks").await;
    assert_eq!(kept, 6, "two files in three chunks each");
    hub.finish().await;
}

async fn what_is_not_yours_is_not_there(database: Database) {
    let client = planted(&database).await;
    let other = stranger(&database).await;
    let hub = Hub::start(&database).await;
    let caller = Caller::client(&hub, &database, &client.to_string());
    let stranger = Caller::client(&hub, &database, &other.to_string());
    let said = sent(&caller, "{}\n", &[]).await;
    let path = format!("/files/{}", said["id"].as_str().unwrap());
    let get = async |caller: &Caller<'_>, path: &str| caller.request(Method::GET, path).send().await.unwrap();
    assert_eq!(get(&caller, &path).await.status(), 200);
    let not_mine = refusal(get(&stranger, &path).await).await;
    assert_eq!(not_mine, (404, "NOT_FOUND".to_owned()));
    assert_eq!(not_mine, refusal(get(&caller, "/files/01900000-0000-7000-8000-000000000000").await).await);
    assert_eq!(not_mine, refusal(get(&caller, "/files/x").await).await);
    let forged = Caller::with_token(&hub, "a.b.c");
    assert_eq!(refusal(get(&forged, &path).await).await, (401, "UNAUTHENTICATED".to_owned()));
    assert_eq!(refusal(send(&forged, b"{}".to_vec(), &[]).await).await.0, 401);
    database.execute("UPDATE files SET expires_at = 0").await;
    assert_eq!(refusal(get(&caller, &path).await).await, not_mine, "an expired file is not there");
    hub.finish().await;
}

async fn nothing_goes_beyond_its_limit(database: Database) {
    let client = planted(&database).await;
    let limits = [("LIENTHONG_FILE_BYTES", "1000000"), ("LIENTHONG_FILE_BYTES_PER_DAY", "2500000")];
    let hub = Hub::start_as(Build::Normal, &database, &limits).await;
    let caller = Caller::client(&hub, &database, &client.to_string());
    let said = async |body: Vec<u8>, headers: &[(&str, &str)]| refusal(send(&caller, body, headers).await).await;
    let too_large = (413, "FILE_TOO_LARGE".to_owned());
    assert_eq!(said(noise(1_000_001), &[]).await, too_large);
    let bomb = packed(&vec![b' '; 200_000_000]);
    assert!(bomb.len() < 1_000_000, "{} bytes that become 200 million", bomb.len());
    assert_eq!(said(bomb, &[("content-encoding", "gzip")]).await, too_large);
    assert_eq!(said(b"not gzip at all".to_vec(), &[("content-encoding", "gzip")]).await.1, "BAD_ENCODING");
    let mut half = packed(&noise(1_000));
    half.truncate(500);
    assert_eq!(said(half, &[("content-encoding", "gzip")]).await, (400, "BAD_ENCODING".to_owned()));
    let unsupported = (415, "UNSUPPORTED_MEDIA_TYPE".to_owned());
    assert_eq!(said(b"{}".to_vec(), &[("content-encoding", "br")]).await, unsupported);
    for kind in ["text/css", "application/json", "multipart/form-data; boundary=x", "image/png"] {
        assert_eq!(said(b"{}".to_vec(), &[("content-type", kind)]).await, unsupported, "{kind}");
    }
    let statement = said(b"a,b".to_vec(), &[("content-type", "text/csv")]).await;
    assert_eq!(statement, (403, "FORBIDDEN".to_owned()), "a vendor sends no account statements");
    let claimed = format!("sha-256=:{}:", STANDARD.encode([7; 32]));
    assert_eq!(said(b"{}".to_vec(), &[("content-digest", &claimed)]).await, (422, "DIGEST_MISMATCH".to_owned()));
    assert_eq!(
        said(b"{}".to_vec(), &[("content-disposition", "attachment; filename=\"../a\"")]).await.1,
        "BAD_FILE_NAME"
    );
    let left = "SELECT CAST(COUNT(*) AS BIGINT) FROM file_chunks";
    assert_eq!(database.number(left).await, 0, "nothing of what was refused is kept");
    sent(&caller, noise(1_000_000), &[]).await;
    let quota = send(&caller, noise(1_000_000), &[]).await;
    assert!(quota.headers().contains_key("retry-after"));
    assert_eq!(refusal(quota).await, (429, "FILE_QUOTA_USED".to_owned()), "refused files count for the day");
    hub.finish().await;
}

both_engines!(a_file_goes_out_as_it_came_in, what_is_not_yours_is_not_there, nothing_goes_beyond_its_limit);
