//! Asking senders that list nothing about each order that waits for their last word. What they answer goes the way of a message:
//! proven, kept once, merged by rank.

use std::time::{Duration, Instant};

use connectors::Secret;
use connectors::banks::{self, Credentials};
use connectors::listing::{Access, MESSAGE_EVENTS};
use connectors::orders::{Order, Orders};
use entities::Error;
use entities::connections::{self, Asked, Due};
use entities::ids::InboundEventId;
use entities::inbox::{self, Content, Event, Notice, Said, WaitingOrder};
use entities::time::Timestamp;

use super::super::receive::event;
use super::{Asking, PAUSE, answered, failure, keep};
use crate::hub::Hub;

/// Seconds for which an order is asked about: a week. What waits longer needs a person, or the statement.
const WAITING_SECONDS: i64 = 7 * 86_400;
/// Orders that are looked at in one round, at most; the newest are first.
const MAX_LOOKED_AT: u64 = 1_000;
/// Orders that are asked about in one round, at most: two minutes of questions that are answered at once.
const MAX_ASKED: usize = 200;
/// For this long a round goes on asking a sender that answers slowly; the lease of a round is longer.
const MAX_ROUND: Duration = Duration::from_secs(600);

/// Why an answer about an order was not had.
enum Unanswered {
    /// The sender answers nobody just now: the next question would fare no better.
    Sender(&'static str),
    /// What it says of this order cannot be taken up.
    Order(&'static str),
}

/// Every question of one round about orders.
pub(super) async fn round(hub: &Hub, asking: &Asking, due: &Due, now: Timestamp) -> Result<Asked, Error> {
    let Some(orders) = made(hub, due, now).await? else { return Ok(Asked::Failed("CANNOT_BE_ASKED")) };
    let to = now.plus_seconds(-asking.grace_seconds);
    let heard = (now.plus_seconds(-WAITING_SECONDS), to);
    let mut waiting = inbox::waiting_orders(&hub.db, due.connection.id, heard, MAX_LOOKED_AT).await?;
    waiting.retain(|order| is_due(order.received_at, due.asked_until, to, asking.interval_seconds));
    let mut failure = (waiting.len() > MAX_ASKED).then_some("TOO_MANY_ORDERS");
    let begun = Instant::now();
    for order in waiting.iter().take(MAX_ASKED) {
        if *asking.stopping.borrow() {
            return Ok(Asked::Failed("INTERRUPTED"));
        }
        if begun.elapsed() > MAX_ROUND {
            return Ok(Asked::Failed("TOO_SLOW"));
        }
        match ask(hub, asking, (due, orders.as_ref()), order, now).await? {
            Ok(()) => {}
            Err(Unanswered::Sender(code)) => return Ok(Asked::Failed(code)),
            Err(Unanswered::Order(code)) => {
                tracing::warn!(connection = %due.connection.id, reason = code, "an answer about an order is not taken up");
                failure = Some(code);
            }
        }
    }
    Ok(failure.map_or(Asked::Until(to), Asked::Failed))
}

/// The connector that words the questions, with the connection's own keys; none when it can word none.
async fn made(hub: &Hub, due: &Due, now: Timestamp) -> Result<Option<Box<dyn Orders>>, Error> {
    let make = banks::info(&due.connection.bank).ok().and_then(|info| info.orders);
    let Some((connection, keys)) = connections::with_keys(&hub.db, due.connection.id, now).await? else {
        return Ok(None);
    };
    let credentials = Credentials {
        connection: connection.id.to_string(),
        keys: keys.into_iter().map(|key| Secret::new(key.bytes)).collect(),
        extra: connection.extra,
    };
    let access = Access { token: Secret::new(due.token.clone()), base_url: due.base_url.clone() };
    Ok(make.and_then(|make| make(&credentials, &access).ok()))
}

/// Whether an order is asked about in a round: again and again, each time after a longer while. The moments are one interval after
/// it was heard of, four, nine and so on: a sender that forgets an order hears of it a hundred times in a week, not ten thousand.
fn is_due(received_at: Timestamp, asked_until: Option<Timestamp>, to: Timestamp, interval_seconds: i64) -> bool {
    let Some(from) = asked_until.filter(|from| *from >= received_at) else { return true };
    let passed = |until: Timestamp| {
        let intervals = (until.micros() - received_at.micros()) / 1_000_000 / interval_seconds.max(1);
        intervals.max(0).isqrt()
    };
    passed(to) > passed(from)
}

/// One question about one order, and what comes of its answer.
async fn ask(
    hub: &Hub,
    asking: &Asking,
    (due, orders): (&Due, &dyn Orders),
    waiting: &WaitingOrder,
    now: Timestamp,
) -> Result<Result<(), Unanswered>, Error> {
    let question = InboundEventId::new(now).uuid().simple().to_string();
    let order =
        Order { reference: &waiting.reference, transaction_id: &waiting.notice.transaction_id, question: &question };
    let worded = match orders.question(&order) {
        Ok(worded) => worded,
        Err(drift) => return Ok(Err(Unanswered::Order(drift.code()))),
    };
    let answer = match answered(asking, worded).await {
        Ok(answer) => answer,
        Err(code) => return Ok(Err(Unanswered::Sender(code))),
    };
    tokio::time::sleep(PAUSE).await;
    if let Some(code) = failure(answer.status) {
        // What a sender does not know of this order, it may know of the next.
        let is_of_order = matches!(answer.status, 400 | 404 | 409 | 422);
        return Ok(Err(if is_of_order { Unanswered::Order(code) } else { Unanswered::Sender(code) }));
    }
    let notices = match orders.read(&order, &answer.body) {
        Ok(notices) => notices,
        Err(doubt) => return Ok(Err(Unanswered::Order(doubt.code()))),
    };
    let told: Vec<(Vec<u8>, Event)> = notices
        .into_iter()
        .map(|notice| {
            let text = notice.canonical();
            (text, complete(event(notice, now), &waiting.notice))
        })
        .collect();
    take_up(hub, due, told, now).await?;
    Ok(Ok(()))
}

/// An answer says less than the message before it. What that told of the same transaction still holds.
fn complete(mut event: Event, heard: &Notice) -> Event {
    let Content::Notice(told) = &mut event.content else { return event };
    if told.transaction_id == heard.transaction_id {
        let fill = |told: &mut Option<String>, heard: &Option<String>| {
            if told.is_none() {
                told.clone_from(heard);
            }
        };
        fill(&mut told.account, &heard.account);
        fill(&mut told.virtual_account, &heard.virtual_account);
        fill(&mut told.reference, &heard.reference);
        fill(&mut told.content, &heard.content);
        fill(&mut told.payer_name, &heard.payer_name);
        fill(&mut told.method, &heard.method);
        fill(&mut told.bank_reference, &heard.bank_reference);
    }
    event
}

/// Keeps what of an answer nobody had said.
async fn take_up(hub: &Hub, due: &Due, told: Vec<(Vec<u8>, Event)>, now: Timestamp) -> Result<(), Error> {
    let said = told.iter().filter_map(|(_, event)| {
        let Content::Notice(notice) = &event.content else { return None };
        let message_event_id = event.event_id.strip_prefix(MESSAGE_EVENTS).unwrap_or(&event.event_id);
        let (transaction_id, status) = (notice.transaction_id.as_str(), notice.status);
        Some(Said { event_id: &event.event_id, message_event_id, transaction_id, status })
    });
    let said: Vec<Said<'_>> = said.collect();
    let unsaid = inbox::unsaid(&hub.db, due.connection.id, &said).await?;
    let found = told.into_iter().filter(|(_, event)| unsaid.contains(&event.event_id)).collect();
    keep(hub, due.connection.id, found, now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_asked_about_after_ever_longer_whiles() {
        let heard = Timestamp::from_seconds(1_000_000);
        let is_due = |from: i64, to: i64| is_due(heard, Some(heard.plus_seconds(from)), heard.plus_seconds(to), 60);
        let mut asked = 0;
        for round in 0..(WAITING_SECONDS / 60) {
            asked += i64::from(is_due(round * 60, round * 60 + 60));
        }
        assert_eq!(asked, 100, "in a week of rounds by the minute");
        assert!(is_due(0, 60) && !is_due(60, 120) && is_due(180, 240) && !is_due(240, 240));
        assert!(super::is_due(heard, None, heard, 60), "nobody was asked before");
        assert!(is_due(-60, 0), "it was not there when the sender was asked last");
    }

    #[test]
    fn an_answer_keeps_what_the_message_had_told_of_the_same_transaction_alone() {
        let heard = Notice {
            transaction_id: "1".into(),
            status: inbox::TransactionStatus::Waiting,
            amount: entities::money::Vnd::new(1),
            direction: inbox::Direction::Credit,
            account: None,
            virtual_account: None,
            reference: None,
            order_reference: None,
            content: Some("tien an".into()),
            payer_name: None,
            method: Some("QR".into()),
            bank_reference: None,
            occurred_at: 1,
            signed: true,
        };
        let completed = |told: Notice| {
            let event = Event { event_id: String::new(), digest: [0; 32], content: Content::Notice(Box::new(told)) };
            match complete(event, &heard).content {
                Content::Notice(told) => (told.content, told.method),
                Content::Unreadable { .. } => (None, None),
            }
        };
        let told = Notice { content: None, method: Some("APP".into()), ..heard.clone() };
        assert_eq!(completed(told.clone()), (Some("tien an".into()), Some("APP".into())));
        assert_eq!(completed(Notice { transaction_id: "2".into(), ..told }), (None, Some("APP".into())));
    }
}
