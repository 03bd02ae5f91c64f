//! Chance as a tester: random statements, repeats, contradictions and decisions by hand, settled in batches of random
//! sizes. Whatever comes, everything adds up: allocated is at most the amount, invoices are paid what stands allocated, and
//! the sums equal their recount. A failure names its seed.

use entities::Error;
use entities::bank_transactions::{self, Extent, Filter, HandAllocation, HandAllocations, Nature};
use entities::connections::{self, NewConnection};
use entities::idempotency::Attempt;
use entities::ids::{BankTransactionId, ConnectionId};
use entities::inbox::{self, Content, Direction, Event, Message, Notice, TransactionStatus};
use entities::money::Vnd;
use entities::page::Page;
use entities::settle::settle_due;
use entities::transaction;
use entities::verify::verify;
use ring::digest::{SHA256, digest};
use serde_json::json;

use super::ground::{Bill, Ground, everything, now};
use super::look::Look;
use crate::harness::both_engines;
use crate::harness::database::Database;

const SEEDS: [u64; 3] = [20_261_120, 7, 99_000_701];
const ACTS: usize = 120;
/// After how many acts everything is recounted.
const RECOUNT: usize = 30;
const TRANSACTIONS: u64 = 24;

/// A sequence that is the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'t, T>(&mut self, things: &'t [T]) -> &'t T {
        &things[usize::try_from(self.roll(things.len().try_into().unwrap())).unwrap()]
    }
}

/// A school, a bank and an accountant who do whatever the dice say.
struct Play {
    ground: Ground,
    connection: ConnectionId,
    bills: Vec<Bill>,
    dice: Dice,
    acts: u64,
}

impl Play {
    async fn act(&mut self) {
        self.acts += 1;
        match self.dice.roll(20) {
            0 | 1 => {
                let (student, amount) = (*self.dice.pick(&[self.ground.an, self.ground.binh]), 50_000);
                let amount = amount * i64::try_from(1 + self.dice.roll(3)).unwrap();
                let bill = self.ground.bill(&self.ground.north.meals, student, amount).await;
                self.bills.push(bill);
            }
            2 | 3 => self.undo().await,
            4 | 5 => self.allocate().await,
            6 => self.classify().await,
            _ => self.hear().await,
        }
        let batch = *self.dice.pick(&[0, 0, 1, 3, 256]);
        settle_due(&self.ground.db, batch, now()).await.unwrap();
    }

    /// Several statements at once, about a few transactions.
    async fn hear(&mut self) {
        let messages: Vec<Message> = (0..=self.dice.roll(4)).map(|_| self.message()).collect();
        for kept in inbox::keep(&self.ground.db, &messages).await {
            kept.unwrap();
        }
    }

    fn message(&mut self) -> Message {
        let number = self.dice.roll(TRANSACTIONS);
        // Two thirds of the money stays.
        let heard = if number.is_multiple_of(3) { &TransactionStatus::ALL[..] } else { &TransactionStatus::ALL[..4] };
        let status = *self.dice.pick(heard);
        let contradicts = self.dice.roll(20) == 0;
        let amount = 50_000 * i64::try_from(1 + number % 5).unwrap() + i64::from(contradicts);
        let (first, second) = (self.dice.pick(&self.bills).code.clone(), self.dice.pick(&self.bills).code.clone());
        let text = match self.dice.roll(5) {
            0 => "tien an".to_owned(),
            1 => format!("{first} {second}"),
            _ => first,
        };
        let day = i64::try_from(self.dice.roll(70)).unwrap();
        let virtual_account = (self.dice.roll(4) == 0).then(|| self.ground.virtual_number.clone());
        let notice = Notice {
            transaction_id: format!("T{number}"),
            status,
            amount: Vnd::new(amount),
            direction: if number == 0 { Direction::Debit } else { Direction::Credit },
            account: self
                .dice
                .pick(&[None, Some(self.ground.south.meals.number.clone())])
                .clone()
                .filter(|_| number == 1),
            virtual_account,
            reference: None,
            order_reference: None,
            content: Some(text),
            payer_name: None,
            method: self.dice.pick(&[None, Some("QR".to_owned())]).clone(),
            bank_reference: None,
            occurred_at: now().plus_seconds(-day * 86_400).micros(),
            signed: true,
        };
        let words = serde_json::to_vec(&notice).unwrap();
        // Some ids come twice, with the same content or another.
        let event_id =
            if self.dice.roll(6) == 0 { format!("E{number}") } else { format!("E{number}/{}", self.ground.next()) };
        let event = Event {
            event_id,
            digest: digest(&SHA256, &words).as_ref().try_into().unwrap(),
            content: Content::Notice(Box::new(notice)),
        };
        Message { connection: self.connection, raw: words, received_at: now(), events: vec![event] }
    }

    async fn some_transaction(&mut self) -> Option<(BankTransactionId, Vnd)> {
        let page = Page::first(100);
        let (reach, filter) = (everything(), Filter::default());
        let slice =
            bank_transactions::visible(&self.ground.db, &reach, &filter, &page, Extent::Whole, None).await.unwrap();
        let mut all: Vec<_> = slice
            .rows
            .into_iter()
            .map(|(_, row)| (row.details().unwrap().transaction_id.clone(), row.id, row.amount))
            .collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        if all.is_empty() {
            return None;
        }
        let (_, id, amount) = self.dice.pick(&all);
        Some((*id, *amount))
    }

    async fn undo(&mut self) {
        let Some((id, _)) = self.some_transaction().await else { return };
        let reach = everything();
        let work = transaction!(self.ground.db, |tx| {
            bank_transactions::unallocate(tx, &reach, id, "user:chance", "Gạch nhầm", now()).await
        });
        refused_or_done(work);
    }

    async fn allocate(&mut self) {
        let Some((id, amount)) = self.some_transaction().await else { return };
        let bill = self.dice.pick(&self.bills).id;
        let wanted = HandAllocations {
            transaction: id,
            parts: vec![HandAllocation { invoice: bill, amount: amount.min(Vnd::new(50_000)) }],
            surplus_to_credit: true,
            reason: "Theo sổ".into(),
        };
        let key = format!("K{}", self.acts);
        let (reach, input) = (everything(), json!(self.acts));
        let attempt = Attempt { subject: "user:chance".into(), key, verb: "allocate", input };
        let work = transaction!(self.ground.db, |tx| {
            bank_transactions::allocate(tx, &reach, &wanted, &attempt, now()).await
        });
        refused_or_done(work);
    }

    async fn classify(&mut self) {
        let Some((id, _)) = self.some_transaction().await else { return };
        let (nature, reach) = (*self.dice.pick(&Nature::ALL), everything());
        let by = ("user:chance", "Đối chiếu");
        let work =
            transaction!(self.ground.db, |tx| bank_transactions::classify(tx, &reach, id, nature, by, now()).await);
        refused_or_done(work);
    }
}

fn refused_or_done(work: Result<(), Error>) {
    assert!(matches!(work, Ok(()) | Err(Error::Refused(_))), "{work:?}");
}

async fn whatever_comes_everything_adds_up(database: Database) {
    let ground = Ground::plant(&database).await;
    let new = NewConnection {
        bank: "standard_webhooks".into(),
        name: "chance".into(),
        key: b"whsec_unused".to_vec(),
        extra: std::collections::BTreeMap::new(),
        accounts: vec![ground.north.meals.account],
        client: None,
    };
    let connection = transaction!(ground.db, |tx| connections::create(tx, &new, "hub", now()).await).unwrap().id;
    let bills = vec![ground.bill(&ground.north.meals, ground.an, 100_000).await];
    let look = Look(&database);
    let mut play = Play { ground, connection, bills, dice: Dice(0), acts: 0 };
    for seed in SEEDS {
        play.dice = Dice(seed);
        for act in 1..=ACTS {
            play.act().await;
            if act % RECOUNT > 0 {
                continue;
            }
            for checked in verify(&play.ground.db, |_| ()).await.unwrap() {
                assert!(checked.differences.is_empty(), "seed {seed}, act {act}: {checked:#?}");
            }
        }
    }
    while settle_due(&play.ground.db, 256, now()).await.unwrap() > 0 {}
    for impossible in [
        "bank_transactions WHERE allocated_amount + credited_amount > amount OR allocated_amount < 0",
        "bank_transactions WHERE direction = 'DEBIT' AND (review = 'WAITING' OR allocated_amount > 0)",
        "bank_transactions WHERE status IN ('REVERSED', 'REFUNDED') AND (allocated_amount > 0 OR review = 'WAITING' AND \
         review_reason <> 'SUSPICIOUS')",
        "inbound_events WHERE status IN ('PENDING', 'PARKED')",
    ] {
        assert_eq!(look.count(impossible).await, 0, "{impossible}");
    }
    assert!(look.count("allocations WHERE undone_at IS NULL").await > 3, "too little happened to prove anything");
    assert!(look.count("allocations WHERE undone_cause = 'REVERSAL'").await > 3, "too little was taken back");
}

both_engines!(whatever_comes_everything_adds_up);
