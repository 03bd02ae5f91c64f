//! R29: writers commit out of order, a reader follows with cursors over two processes of the hub, and its copy becomes equal
//! to the source, every change heard exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::socket::{Heard, Socket};
use super::writers::{Dice, Written, source, write};
use crate::harness::both_engines;
use crate::harness::caller::Caller;
use crate::harness::database::Database;
use crate::harness::hub::Hub;
use crate::harness::program;

const WRITERS: usize = 6;
const TRANSACTIONS: usize = 20;
/// How long the end of the feed may lag behind the last commit: other databases of the same server have transactions too.
const PATIENCE: Duration = Duration::from_secs(20);

const CHANGES: &str = "query ($since: String, $first: Int) { changes(since: $since, kinds: [SCHOOL], first: $first) {
    endCursor hasMore changes { op kind naturalKey cursor node { id ... on School { code name } } } } }";
const STREAM: &str = "subscription ($since: String) { changes(since: $since, kinds: [SCHOOL]) {
    op kind naturalKey cursor node { id ... on School { code name } } } }";
const SCHOOLS: &str = "query ($after: String) { schools(first: 5, after: $after) {
    nodes { code name } pageInfo { hasNextPage endCursor } } }";

/// Thirteen schools of a province, and an officer over it.
pub(super) fn plant(database: &Database) {
    program::run(database, &["bench", "seed", "--schools", "13", "--students", "13", "--payments", "0"]);
    let officer = ["user", "create", "officer", "--display-name", "Cán bộ Mẫu", "--role", "PROVINCE_OFFICER"];
    program::run(database, &[&officer[..], &["--province", "37"]].concat());
}

/// A copy of the schools as a reader keeps it.
#[derive(Default)]
pub(super) struct Copy {
    pub(super) names: BTreeMap<String, String>,
    pub(super) cursors: BTreeSet<String>,
}

impl Copy {
    /// Everything by queries, page by page.
    pub(super) async fn load(caller: &Caller<'_>) -> Self {
        let (mut copy, mut after) = (Self::default(), Value::Null);
        loop {
            let page = caller.data(SCHOOLS, json!({ "after": after })).await["schools"].take();
            for school in page["nodes"].as_array().unwrap() {
                copy.keep(school);
            }
            if page["pageInfo"]["hasNextPage"] == false {
                return copy;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// One change, which must not have been heard before.
    pub(super) fn apply(&mut self, change: &Value) {
        let cursor = change["cursor"].as_str().unwrap();
        assert!(self.cursors.insert(cursor.to_owned()), "heard twice: {change}");
        assert_eq!((&change["op"], &change["kind"]), (&json!("UPSERT"), &json!("SCHOOL")));
        assert_eq!(change["naturalKey"], change["node"]["code"]);
        self.keep(&change["node"]);
    }

    fn keep(&mut self, school: &Value) {
        let text = |field: &str| school[field].as_str().unwrap_or_else(|| panic!("{school}")).to_owned();
        self.names.insert(text("code"), text("name"));
    }
}

async fn a_copy_becomes_equal_to_its_source(database: Database) {
    plant(&database);
    let hubs = [Hub::start(&database).await, Hub::start(&database).await];
    let callers = hubs.each_ref().map(|hub| Caller::user(hub, &database, "officer"));
    let written = Written::default();
    written.at_work.store(WRITERS, Ordering::SeqCst);
    // Taken before the first write: every change comes after this cursor.
    let head = callers[0].data(CHANGES, json!({ "since": null })).await["changes"].take();
    assert_eq!((&head["changes"], &head["hasMore"]), (&json!([]), &json!(false)));
    let writers =
        futures_util::future::join_all((1..).take(WRITERS).map(|seed| write(&database, &written, seed, TRANSACTIONS)));
    let (_, copy) = tokio::join!(writers, follow(&callers, &written, head["endCursor"].clone()));
    assert_eq!(copy.names, source(&database).await);
    assert_eq!(copy.cursors.len(), written.changes.load(Ordering::SeqCst));
    for hub in hubs {
        hub.finish().await;
    }
}

/// A consistent first load while others write, then small pages from whichever process.
async fn follow(callers: &[Caller<'_>; 2], written: &Written, mut since: Value) -> Copy {
    let mut copy = Copy::load(&callers[1]).await;
    let (mut dice, mut idle_since) = (Dice(99), Instant::now());
    loop {
        let is_over = written.at_work.load(Ordering::SeqCst) == 0;
        let which = usize::try_from(dice.below(2)).unwrap();
        let first = 1 + dice.below(7);
        let page = callers[which].data(CHANGES, json!({ "since": since, "first": first })).await["changes"].take();
        let changes = page["changes"].as_array().unwrap();
        changes.iter().for_each(|change| copy.apply(change));
        since = page["endCursor"].clone();
        if changes.is_empty() {
            tokio::time::sleep(Duration::from_millis(30)).await;
        } else {
            idle_since = Instant::now();
        }
        let all = written.changes.load(Ordering::SeqCst);
        if is_over && (copy.cursors.len() >= all || idle_since.elapsed() > PATIENCE) && page["hasMore"] == false {
            return copy;
        }
    }
}

/// The same over sockets that break again and again, each time to whichever process, each time from the last cursor.
async fn a_stream_that_breaks_goes_on_where_it_broke(database: Database) {
    plant(&database);
    let hubs = [Hub::start(&database).await, Hub::start(&database).await];
    let token = program::run(&database, &["token", "--user", "officer"]).trim().to_owned();
    let officer = Caller::user(&hubs[0], &database, "officer");
    let since = officer.data(CHANGES, json!({ "since": null })).await["changes"]["endCursor"].take();
    let written = Written::default();
    written.at_work.store(WRITERS, Ordering::SeqCst);
    let writers =
        futures_util::future::join_all((11..).take(WRITERS).map(|seed| write(&database, &written, seed, TRANSACTIONS)));
    let (_, copy) = tokio::join!(writers, listen(&hubs, &token, since, &written));
    assert_eq!(copy.cursors.len(), written.changes.load(Ordering::SeqCst));
    let source = source(&database).await;
    assert!(copy.names.iter().all(|(code, name)| source[code] == *name));
    for hub in hubs {
        hub.finish().await;
    }
}

async fn listen(hubs: &[Hub<'_>; 2], token: &str, mut since: Value, written: &Written) -> Copy {
    let (mut copy, mut dice) = (Copy::default(), Dice(7));
    loop {
        let hub = &hubs[usize::try_from(dice.below(2)).unwrap()];
        let mut socket = Socket::known(hub, token).await;
        socket.subscribe("1", STREAM, json!({ "since": since })).await;
        for _ in 0..=dice.below(25) {
            let is_over = written.at_work.load(Ordering::SeqCst) == 0;
            if is_over && copy.cursors.len() >= written.changes.load(Ordering::SeqCst) {
                assert_eq!(socket.hear_within(Duration::from_millis(500)).await, None, "more than was written");
                return copy;
            }
            let Some(heard) = socket.hear_within(if is_over { PATIENCE } else { Duration::from_millis(300) }).await
            else {
                assert!(!is_over, "{} of {:?} were heard", copy.cursors.len(), written.changes);
                break;
            };
            let Heard::Said(message) = heard else { panic!("{heard:?}") };
            let change = &message["payload"]["data"]["changes"];
            copy.apply(change);
            since = change["cursor"].clone();
        }
    }
}

async fn cursors_are_refused_after_a_restore(database: Database) {
    plant(&database);
    let hub = Hub::start(&database).await;
    let officer = Caller::user(&hub, &database, "officer");
    let head = officer.data(CHANGES, json!({ "since": null })).await["changes"]["endCursor"].take();
    officer.data(CHANGES, json!({ "since": head })).await;
    program::run(&database, &["migrate", "--kind", "demo", "--restored"]);
    assert_eq!(officer.ask(CHANGES, json!({ "since": head })).await.codes(), ["CURSOR_EXPIRED"]);
    let new = officer.data(CHANGES, json!({ "since": null })).await["changes"]["endCursor"].take();
    officer.data(CHANGES, json!({ "since": new })).await;
    for rubbish in ["", "abc", "Y2hhbmdlczo"] {
        assert_eq!(officer.ask(CHANGES, json!({ "since": rubbish })).await.codes(), ["BAD_CURSOR"], "{rubbish}");
    }
    for first in [0, -1] {
        assert_eq!(officer.ask(CHANGES, json!({ "since": new, "first": first })).await.codes(), ["BAD_PAGE"]);
    }
    hub.finish().await;
}

both_engines!(
    a_copy_becomes_equal_to_its_source,
    a_stream_that_breaks_goes_on_where_it_broke,
    cursors_are_refused_after_a_restore,
);
