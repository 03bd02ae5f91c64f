//! Two senders tell of the same few payments, in every order that keeps each one's own and in batches cut anywhere. With the
//! reference in common the end is always the same; else what is booked never exceeds the payments that there must be, and the
//! rest waits.

use std::collections::{BTreeMap, BTreeSet};

use entities::connections::{self, NewConnection};
use entities::ids::ConnectionId;
use entities::inbox::{self, Content, Direction, Event, Message, Notice, TransactionStatus};
use entities::money::Vnd;
use entities::settle::settle_due;
use entities::transaction;
use entities::verify::verify;
use ring::digest::{SHA256, digest};

use super::ground::{Ground, now};
use crate::harness::both_engines;
use crate::harness::database::Database;

/// What is told of a payment: by the bank, by the intermediary, or by both; with the bank's reference in common or without; and
/// whose text names the invoice. Equal letters are equal amounts.
#[derive(Clone, Copy)]
struct Payment {
    amount: char,
    bank: Option<Told>,
    partner: Option<Told>,
}

#[derive(Clone, Copy)]
struct Told {
    names_reference: bool,
    names_invoice: bool,
}

/// `a:RI/RI`: amount, what the bank says, what the partner says: the reference, the invoice; `-` when it says nothing.
fn payments(words: &str) -> Vec<Payment> {
    let told = |word: &str| {
        (word != "-").then(|| Told { names_reference: word.contains('R'), names_invoice: word.contains('I') })
    };
    let payment = |word: &str| {
        let (amount, said) = word.split_once(':').unwrap();
        let (bank, partner) = said.split_once('/').unwrap();
        Payment { amount: amount.chars().next().unwrap(), bank: told(bank), partner: told(partner) }
    };
    words.split(' ').map(payment).collect()
}

/// Scenes, each with the payments that there are at least: no more may be booked without a person.
const SCENES: [(&str, i64); 12] = [
    ("a:RI/RI", 1),
    ("a:R/RI", 1),
    ("a:RI/R", 1),
    ("a:R/R a:RI/RI", 1),
    ("a:I/I a:I/I", 2),
    ("a:I/- a:-/I a:-/I", 2),
    ("a:RI/RI a:I/I", 2),
    ("a:RI/RI a:I/-", 2),
    ("a:R/RI a:-/I a:I/-", 2),
    ("a:RI/RI a:RI/RI b:I/I", 3),
    ("a:RI/RI a:I/I a:RI/RI", 3),
    ("a:RI/RI a:RI/RI a:I/I a:-/I", 4),
];

/// Every way to shuffle the bank's words and the partner's into each other: true is the bank's turn.
fn shuffles(bank: usize, partner: usize) -> Vec<Vec<bool>> {
    if bank + partner == 0 {
        return vec![Vec::new()];
    }
    let begin = |turn: bool, rest: Vec<Vec<bool>>| rest.into_iter().map(move |rest| [vec![turn], rest].concat());
    let banks = if bank > 0 { shuffles(bank - 1, partner) } else { Vec::new() };
    let partners = if partner > 0 { shuffles(bank, partner - 1) } else { Vec::new() };
    begin(true, banks).chain(begin(false, partners)).collect()
}

/// One way to tell a scene, with an invoice and amounts of its own.
struct Telling {
    scene: usize,
    code: String,
    words: Vec<(usize, bool)>,
    /// After which words the batch is cut, as bits.
    cuts: u64,
    number: usize,
}

/// The hub's two connections of one account.
struct Stage {
    ground: Ground,
    bank: ConnectionId,
    partner: ConnectionId,
}

impl Stage {
    async fn plant(database: &Database) -> Self {
        let ground = Ground::plant(database).await;
        let [bank, partner] = [connect(&ground, "bank").await, connect(&ground, "partner").await];
        Self { ground, bank, partner }
    }

    /// Every order of a scene, each in single words, in one batch, and cut by chance. Partners may tell the other way round.
    async fn tellings(&self) -> Vec<Telling> {
        let mut tellings = Vec::new();
        let mut chance = 20_261_128_u64;
        for (scene, (words, _)) in SCENES.iter().enumerate() {
            let payments = payments(words);
            let of = |told: fn(&Payment) -> bool| -> Vec<usize> {
                payments.iter().enumerate().filter(|(_, payment)| told(payment)).map(|(at, _)| at).collect()
            };
            let banks = of(|payment| payment.bank.is_some());
            let straight = of(|payment| payment.partner.is_some());
            let turned: Vec<usize> = straight.iter().rev().copied().collect();
            let orders = BTreeSet::from([straight, turned]);
            for (partners, shuffle) in orders
                .iter()
                .flat_map(|order| shuffles(banks.len(), order.len()).into_iter().map(move |turns| (order, turns)))
            {
                let (mut bank, mut partner) = (banks.iter(), partners.iter());
                let words: Vec<(usize, bool)> = shuffle
                    .iter()
                    .map(|is_bank| (*if *is_bank { bank.next() } else { partner.next() }.unwrap(), *is_bank))
                    .collect();
                chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                for cuts in [u64::MAX, 0, chance >> 33] {
                    let bill = self.ground.bill(&self.ground.north.meals, self.ground.an, 90_000_000).await;
                    let number = tellings.len();
                    tellings.push(Telling { scene, code: bill.code, words: words.clone(), cuts, number });
                }
            }
        }
        tellings
    }

    fn message(&self, telling: &Telling, (at, is_bank): (usize, bool), order: i64) -> Message {
        let payment = payments(SCENES[telling.scene].0)[at];
        let told = if is_bank { payment.bank } else { payment.partner }.unwrap();
        let number = telling.number;
        // A telling has amounts of its own, so that all can be told at once.
        let base = if payment.amount == 'a' { 100_000 } else { 500_000 };
        let notice = Notice {
            transaction_id: format!("{}-{number}-{at}", if is_bank { "bank" } else { "order" }),
            status: TransactionStatus::Settled,
            amount: Vnd::new(base + i64::try_from(number).unwrap()),
            direction: Direction::Credit,
            account: None,
            virtual_account: None,
            reference: None,
            content: Some(if told.names_invoice { format!("{} nop tien", telling.code) } else { "nop tien".into() }),
            payer_name: None,
            method: None,
            bank_reference: told.names_reference.then(|| format!("FT9{number:06}X{at}")),
            occurred_at: now().micros(),
            signed: true,
        };
        let words = serde_json::to_vec(&notice).unwrap();
        let event = Event {
            event_id: notice.transaction_id.clone(),
            digest: digest(&SHA256, &words).as_ref().try_into().unwrap(),
            content: Content::Notice(Box::new(notice)),
        };
        let received_at = entities::time::Timestamp::from_micros(now().micros() + order);
        let connection = if is_bank { self.bank } else { self.partner };
        Message { connection, raw: words, received_at, events: vec![event] }
    }

    /// Tells all, side by side: the first batch of each, then the second of each. What is told in single words is settled for each
    /// sender apart: what the other one told is then only what the database knows.
    async fn tell(&self, tellings: &[Telling]) {
        let (single, cut): (Vec<_>, Vec<_>) = tellings.iter().partition(|telling| telling.cuts == u64::MAX);
        for round in self.rounds(&single) {
            let (bank, partner) = round.into_iter().partition(|message| message.connection == self.bank);
            self.settle(bank).await;
            self.settle(partner).await;
        }
        for round in self.rounds(&cut) {
            self.settle(round).await;
        }
    }

    fn rounds(&self, tellings: &[&Telling]) -> Vec<Vec<Message>> {
        let mut rounds: Vec<Vec<Message>> = Vec::new();
        for telling in tellings {
            let mut round = 0;
            for (place, word) in telling.words.iter().enumerate() {
                if rounds.len() <= round {
                    rounds.push(Vec::new());
                }
                let order = i64::try_from(place * 10_000 + telling.number).unwrap();
                rounds[round].push(self.message(telling, *word, order));
                round += usize::from(telling.cuts >> place & 1 == 1);
            }
        }
        rounds
    }

    async fn settle(&self, mut round: Vec<Message>) {
        round.sort_by_key(|message| message.received_at);
        for kept in inbox::keep(&self.ground.db, &round).await {
            kept.unwrap();
        }
        let later = now().plus_seconds(60);
        while settle_due(&self.ground.db, 5_000, later).await.unwrap() > 0 {}
    }
}

async fn connect(ground: &Ground, name: &str) -> ConnectionId {
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

/// What came of a telling: how many transactions count, lie on the invoice, wait as possible duplicates, wait for another reason.
type End = [i64; 4];

async fn ends(database: &Database) -> BTreeMap<usize, End> {
    let sums = [
        "same_as IS NULL",
        "allocated_amount = amount",
        "review_reason = 'POSSIBLE_DUPLICATE'",
        "review_reason <> 'POSSIBLE_DUPLICATE'",
    ];
    let sums = sums.map(|what| format!("CAST(SUM(CASE WHEN {what} THEN 1 ELSE 0 END) AS TEXT)")).join(" || ' ' || ");
    let select = format!(
        "SELECT CAST(amount % 100000 AS TEXT) || ' ' || {sums} FROM bank_transactions GROUP BY amount % 100000"
    );
    let read = |row: &String| {
        let mut figures = row.split(' ').map(|figure| figure.parse::<i64>().unwrap());
        let number = usize::try_from(figures.next().unwrap()).unwrap();
        (number, figures.collect::<Vec<_>>().try_into().unwrap())
    };
    database.texts(&select).await.iter().map(read).collect()
}

async fn the_order_of_two_senders_books_no_more_and_loses_nothing(database: Database) {
    let stage = Stage::plant(&database).await;
    let tellings = stage.tellings().await;
    stage.tell(&tellings).await;
    let ends = ends(&database).await;
    let mut kinds: BTreeMap<&str, BTreeMap<End, String>> = BTreeMap::new();
    for telling in &tellings {
        let (words, at_least) = SCENES[telling.scene];
        let [count, paid, asked, wait] = ends[&telling.number];
        let order = telling.words.iter().map(|(at, bank)| format!("{}{at}", if *bank { 'b' } else { 'p' }));
        let order = format!("{words}: {} cut {:b}", order.collect::<Vec<_>>().join(" "), telling.cuts & 0xff);
        assert!(paid <= at_least, "booked unasked: {paid} of {at_least}; {order}");
        assert_eq!(count, paid + asked + wait, "what counts lies on an invoice or waits: {order}");
        kinds.entry(words).or_default().insert([count, paid + asked, wait, 0], order);
    }
    let differ: Vec<_> = kinds.iter().filter(|(_, kinds)| kinds.len() > 1).collect();
    assert!(differ.is_empty(), "the order changes what is flagged or what waits for itself: {differ:#?}");
    // With the reference in common nothing depends on the order at all.
    for telling in tellings.iter().filter(|telling| telling.scene < 4) {
        let end = if telling.scene < 3 { [1, 1, 0, 0] } else { [2, 1, 0, 1] };
        assert_eq!(ends[&telling.number], end, "{}", SCENES[telling.scene].0);
    }
    let checked = verify(&stage.ground.db, |_| ()).await.unwrap();
    assert!(checked.iter().all(|checked| checked.differences.is_empty()), "{checked:#?}");
}

both_engines!(the_order_of_two_senders_books_no_more_and_loses_nothing);
