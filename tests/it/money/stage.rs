//! One account of which two senders tell, a bank and an intermediary; what they say goes straight into the inbox, so that a test
//! decides what is settled together.

use std::collections::BTreeMap;

use entities::connections::{self, NewConnection};
use entities::ids::ConnectionId;
use entities::inbox::{self, Content, Direction, Event, Message, Notice, TransactionStatus};
use entities::money::Vnd;
use entities::settle::settle_due;
use entities::time::Timestamp;
use entities::transaction;
use ring::digest::{SHA256, digest};

use super::ground::{Ground, now};
use crate::harness::database::Database;

const DAY_SECONDS: i64 = 86_400;

/// The hub's two connections of one account.
pub(super) struct Stage {
    pub(super) ground: Ground,
    pub(super) bank: ConnectionId,
    pub(super) partner: ConnectionId,
}

/// What a sender says of a credit.
#[derive(Clone, Copy)]
pub(super) struct Said<'s> {
    pub(super) name: &'s str,
    pub(super) amount: i64,
    pub(super) text: &'s str,
    pub(super) reference: Option<&'s str>,
    pub(super) status: TransactionStatus,
    /// How many days from today it happened.
    pub(super) days: i64,
}

impl Stage {
    pub(super) async fn plant(database: &Database) -> Self {
        let ground = Ground::plant(database).await;
        let [bank, partner] = [connect(&ground, "bank").await, connect(&ground, "partner").await];
        Self { ground, bank, partner }
    }

    pub(super) fn says(&self, is_bank: bool, said: &Said<'_>) -> Message {
        let notice = Notice {
            transaction_id: said.name.to_owned(),
            status: said.status,
            amount: Vnd::new(said.amount),
            direction: Direction::Credit,
            account: None,
            virtual_account: None,
            reference: None,
            order_reference: None,
            content: Some(said.text.to_owned()),
            payer_name: None,
            method: None,
            bank_reference: said.reference.map(ToOwned::to_owned),
            occurred_at: now().plus_seconds(said.days * DAY_SECONDS).micros(),
            signed: true,
        };
        let words = serde_json::to_vec(&notice).unwrap();
        let event = Event {
            event_id: format!("{} {} {} {}", said.name, said.status.as_str(), said.amount, said.days),
            digest: digest(&SHA256, &words).as_ref().try_into().unwrap(),
            content: Content::Notice(Box::new(notice)),
        };
        let connection = if is_bank { self.bank } else { self.partner };
        let order = i64::try_from(self.ground.next()).unwrap();
        let received_at = Timestamp::from_micros(now().micros() + order);
        Message { connection, raw: words, received_at, events: vec![event] }
    }

    /// Keeps what was said and settles it in one batch, in the order in which it was received.
    pub(super) async fn settle(&self, round: Vec<Message>) {
        self.keep(round).await;
        self.settle_kept().await;
    }

    pub(super) async fn keep(&self, mut round: Vec<Message>) {
        round.sort_by_key(|message| message.received_at);
        for kept in inbox::keep(&self.ground.db, &round).await {
            kept.unwrap();
        }
    }

    pub(super) async fn settle_kept(&self) {
        let later = now().plus_seconds(60);
        while settle_due(&self.ground.db, 5_000, later).await.unwrap() > 0 {}
    }
}

/// A connection that speaks for the northern school's account for meals.
pub(super) async fn connect(ground: &Ground, name: &str) -> ConnectionId {
    let new = NewConnection {
        bank: "standard_webhooks".into(),
        name: name.into(),
        key: b"whsec_unused".to_vec(),
        extra: BTreeMap::new(),
        accounts: vec![ground.north.meals.account],
        client: None,
    };
    transaction!(ground.db, |tx| connections::create(tx, &new, "hub", now()).await).unwrap().id
}
