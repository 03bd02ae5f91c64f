//! Nobody else speaks for the sender: forged, bent, unsigned and outdated messages are refused and change nothing.

use connectors::Inbound;
use connectors::letter::Letter;
use entities::invoices::InvoiceStatus;
use entities::time::Timestamp;

use super::ground::Ground;
use super::trial::{Subject, Verdict};
use crate::clock;
use crate::commands::Failure;
use crate::commands::sandbox::bank;
use crate::commands::sandbox::play::other_key;

/// Bytes of a message that are changed, one at a time, spread over all of it.
const BENT_BYTES: usize = 24;
/// Minutes by which a clock is wrong.
const SKEW_MINUTES: i64 = 10;

pub(super) const FORGED: Subject = Subject {
    code: "FORGED",
    promise: "A message under another key is refused and pays nothing.",
    promise_vi: "Thông báo ký bằng khóa khác bị từ chối và không gạch nợ.",
};

pub(super) async fn forged(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let key = ground.keys.first().ok_or("The connection has no valid key.")?;
    let Ok(key) = std::str::from_utf8(key).map(other_key) else {
        return Ok(Verdict::Untried("the key is no text, so the robot cannot write one like it".to_owned()));
    };
    let letter = match ground.signed(&payment, key.as_bytes(), clock::now()) {
        Ok(Some(letter)) => letter,
        Ok(None) => return Ok(Verdict::no_words()),
        Err(_) => return Ok(Verdict::Untried("a key of this kind cannot be guessed by changing one".to_owned())),
    };
    refused(ground, &invoice, &[("another key".to_owned(), letter)]).await
}

pub(super) const BENT: Subject = Subject {
    code: "BENT_BYTES",
    promise: "A message of which one byte under the signature was changed is refused and pays nothing.",
    promise_vi: "Thông báo bị sửa một byte trong phần được ký bị từ chối và không gạch nợ.",
};

pub(super) async fn bent(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let Some(letter) = ground.letter(&payment, clock::now())? else { return Ok(Verdict::no_words()) };
    let mut unproven = Vec::new();
    for (place, bent) in every_bend(&letter) {
        if !proves(ground, &bent)? {
            unproven.push((place, bent));
        }
    }
    if unproven.is_empty() {
        return Ok(Verdict::Untried("a static key covers no content; its assurance is LOW".to_owned()));
    }
    refused(ground, &invoice, &unproven).await
}

pub(super) const UNSIGNED: Subject = Subject {
    code: "UNSIGNED",
    promise: "A message without its proof is refused and pays nothing.",
    promise_vi: "Thông báo không có chữ ký hoặc khóa bị từ chối và không gạch nợ.",
};

pub(super) async fn unsigned(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let Some(letter) = ground.letter(&payment, clock::now())? else { return Ok(Verdict::no_words()) };
    let bare = |header: &(String, String)| header.0.eq_ignore_ascii_case("content-type");
    let stripped = Letter { headers: letter.headers.iter().filter(|header| bare(header)).cloned().collect(), ..letter };
    let emptied = Letter { body: Vec::new(), query: String::new(), ..stripped.clone() };
    let mut tried = vec![("no body and no query".to_owned(), emptied)];
    if !proves(ground, &stripped)? {
        tried.push(("no header".to_owned(), stripped));
    }
    refused(ground, &invoice, &tried).await
}

pub(super) const OVERLAP: Subject = Subject {
    code: "EVERY_VALID_KEY",
    promise: "While old and new key overlap, a message under either is acknowledged.",
    promise_vi: "Trong thời gian hai khóa cùng hiệu lực, thông báo ký bằng khóa nào cũng được ghi nhận.",
};

pub(super) async fn overlap(ground: &mut Ground) -> Result<Verdict, Failure> {
    if ground.keys.len() < 2 {
        return Ok(Verdict::Untried("only one key is valid now; rotate it and certify again".to_owned()));
    }
    let mut facts = Vec::new();
    for (at, key) in ground.keys.clone().iter().enumerate() {
        let (_, payment) = ground.payment()?;
        let Some(letter) = ground.signed(&payment, key, clock::now())? else { return Ok(Verdict::no_words()) };
        let answer = ground.deliver(&letter).await?;
        facts.push((bank::is_kept(&answer), format!("key {} of the list was answered with {}", at + 1, answer.status)));
    }
    Ok(Verdict::of(&facts))
}

pub(super) const SKEWED: Subject = Subject {
    code: "SKEWED_CLOCK",
    promise: "A signature ten minutes from now, before or behind, is refused where the scheme signs the time.",
    promise_vi: "Chữ ký lệch mười phút so với hiện tại bị từ chối nếu chuẩn ký có ghi thời gian.",
};

pub(super) async fn skewed(ground: &mut Ground) -> Result<Verdict, Failure> {
    let (invoice, payment) = ground.payment()?;
    let mut tried = Vec::new();
    for minutes in [-SKEW_MINUTES, SKEW_MINUTES] {
        let at = clock::now().plus_seconds(minutes * 60);
        let Some(letter) = ground.letter(&payment, at)? else { return Ok(Verdict::no_words()) };
        if !proves(ground, &letter)? {
            tried.push((format!("signed {minutes} minutes from now"), letter));
        }
    }
    if tried.is_empty() {
        return Ok(Verdict::Untried(
            "this scheme signs no time; repeats are known by their event id for ever".to_owned(),
        ));
    }
    refused(ground, &invoice, &tried).await
}

/// Hands over what has to be refused; the invoice must be as before.
async fn refused(
    ground: &Ground,
    invoice: &entities::invoices::Invoice,
    tried: &[(String, Letter)],
) -> Result<Verdict, Failure> {
    let mut facts = Vec::new();
    for (what, letter) in tried {
        let answer = ground.deliver(letter).await?;
        facts.push((bank::is_refused(&answer), format!("{what}: answered with {}", answer.status)));
    }
    ground.settled().await?;
    let (status, paid) = ground.stands(invoice).await?;
    let untouched = status == InvoiceStatus::Open && paid == invoice.paid.get();
    facts.push((untouched, format!("{} became {}", invoice.code.as_str(), status.as_str())));
    Ok(Verdict::of(&facts))
}

/// Whether the sender's scheme takes a letter for proven now.
fn proves(ground: &Ground, letter: &Letter) -> Result<bool, Failure> {
    let headers = letter.borrowed_headers();
    let inbound = Inbound::new(letter.method, &letter.path_tail, &letter.query, &headers, &letter.body);
    Ok(ground.bank()?.open(&inbound, Timestamp::micros(clock::now())).is_ok())
}

/// The letter with one byte of its body, or of its query, changed.
fn every_bend(letter: &Letter) -> Vec<(String, Letter)> {
    let (length, in_query) =
        if letter.body.is_empty() { (letter.query.len(), true) } else { (letter.body.len(), false) };
    let step = length.div_ceil(BENT_BYTES).max(1);
    let bend = |at: usize| {
        let mut bent = letter.clone();
        if in_query {
            let mut query = bent.query.into_bytes();
            query[at] = other_byte(query[at]);
            bent.query = String::from_utf8(query).ok()?;
        } else {
            bent.body[at] = other_byte(bent.body[at]);
        }
        Some((format!("byte {at} changed"), bent))
    };
    (0..length).step_by(step).filter_map(bend).collect()
}

/// Another byte of the same kind, so that the message stays readable where it was.
const fn other_byte(byte: u8) -> u8 {
    match byte {
        b'9' | b'z' | b'Z' => byte - 1,
        letter if letter.is_ascii_alphanumeric() => letter + 1,
        other => other,
    }
}
