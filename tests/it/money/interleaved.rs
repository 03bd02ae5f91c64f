//! Two senders tell of the same few payments of two children, and that some were taken back, in every order that keeps each one's
//! own and in batches cut anywhere. With the reference in common the end is always the same; else what is booked never exceeds the
//! payments that there must be, and the rest waits.

use std::collections::BTreeMap;

use entities::inbox::{Message, TransactionStatus};
use entities::verify::verify;

use super::ground::now;
use super::stage::{Said, Stage};
use crate::harness::both_engines;
use crate::harness::database::Database;

/// What is told of a payment: by the bank, by the intermediary, or by both. Equal letters are equal amounts.
#[derive(Clone, Copy)]
struct Payment {
    amount: char,
    bank: Option<Told>,
    partner: Option<Told>,
}

#[derive(Clone, Copy)]
struct Told {
    names_reference: bool,
    /// Whose invoice the text names.
    names: Option<usize>,
    takes_back: bool,
}

impl Payment {
    fn names_the_second(&self) -> bool {
        [self.bank, self.partner].into_iter().flatten().any(|told| told.names == Some(1))
    }
}

/// `a:RI/RJ!`: amount, what the bank says, what the partner says: the reference, the invoice of one child or of the other, and
/// that it was taken back; `-` when it says nothing.
fn payments(words: &str) -> Vec<Payment> {
    let told = |word: &str| {
        let names = ['I', 'J'].iter().position(|child| word.contains(*child));
        let (names_reference, takes_back) = (word.contains('R'), word.contains('!'));
        (word != "-").then_some(Told { names_reference, names, takes_back })
    };
    let payment = |word: &str| {
        let (amount, said) = word.split_once(':').unwrap();
        let (bank, partner) = said.split_once('/').unwrap();
        Payment { amount: amount.chars().next().unwrap(), bank: told(bank), partner: told(partner) }
    };
    words.split(' ').map(payment).collect()
}

/// Payments with the reference in common of which only one sender says that they were taken back.
fn disputed(payments: &[Payment]) -> usize {
    let is_disputed = |payment: &&Payment| match (payment.bank, payment.partner) {
        (Some(bank), Some(partner)) => {
            bank.names_reference && partner.names_reference && bank.takes_back != partner.takes_back
        }
        _ => false,
    };
    payments.iter().filter(is_disputed).count()
}

/// What came of a telling: how many settled transactions count, lie on an invoice, wait as possible duplicates, wait for another
/// reason, and how many are doubted.
type End = [i64; 5];

/// Scenes, each with the payments that there are at least for each child, of which no more may be booked without a person; and
/// with the end, where it is the same in every order.
const SCENES: [(&str, [i64; 2], Option<End>); 25] = [
    ("a:RI/RI", [1, 0], Some([1, 1, 0, 0, 0])),
    ("a:R/RI", [1, 0], Some([1, 1, 0, 0, 0])),
    ("a:RI/R", [1, 0], Some([1, 1, 0, 0, 0])),
    ("a:R/R a:RI/RI", [1, 0], Some([2, 1, 0, 1, 0])),
    ("a:I/I a:I/I", [2, 0], None),
    ("a:I/- a:-/I a:-/I", [2, 0], None),
    ("a:RI/RI a:I/I", [2, 0], None),
    ("a:RI/RI a:I/-", [2, 0], None),
    ("a:R/RI a:-/I a:I/-", [2, 0], None),
    ("a:RI/RI a:RI/RI b:I/I", [3, 0], None),
    ("a:RI/RI a:I/I a:RI/RI", [3, 0], None),
    ("a:RI/RI a:RI/RI a:I/I a:-/I", [4, 0], None),
    // Two children pay the same on one day.
    ("a:RI/RI a:RJ/RJ", [1, 1], Some([2, 2, 0, 0, 0])),
    ("a:RI/R a:R/RJ", [1, 1], Some([2, 2, 0, 0, 0])),
    ("a:I/I a:J/J", [1, 1], Some([4, 2, 2, 0, 0])),
    ("a:RI/RI a:J/J", [1, 1], Some([3, 2, 1, 0, 0])),
    ("a:RI/RI a:J/J a:RI/RI", [2, 1], Some([4, 3, 1, 0, 0])),
    ("a:I/I a:J/J a:I/-", [2, 1], None),
    // Money is taken back.
    ("a:RI!/RI!", [0, 0], Some([0, 0, 0, 0, 0])),
    ("a:RI/RI!", [1, 0], None),
    ("a:RI!/R", [1, 0], None),
    ("a:I!/I", [1, 0], None),
    ("a:RI!/RI! a:I/I", [1, 0], None),
    ("a:RI!/RI! a:J/J", [0, 1], Some([2, 1, 1, 0, 0])),
    ("a:RI!/RI! a:RI/RI", [1, 0], Some([1, 1, 0, 0, 0])),
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

/// One word: of which payment, by whom, and whether it was taken back.
#[derive(Clone, Copy)]
struct Word {
    at: usize,
    is_bank: bool,
    takes_back: bool,
}

/// One way to tell a scene, with an invoice of each child that it names and amounts of its own.
struct Telling {
    scene: usize,
    codes: Vec<String>,
    words: Vec<Word>,
    /// After which words the batch is cut, as bits.
    cuts: u64,
    number: usize,
}

impl Stage {
    /// Every order of a scene, each in single words, in one batch, and cut by chance. Partners may tell the other way round.
    async fn tellings(&self) -> Vec<Telling> {
        let mut tellings = Vec::new();
        let mut chance = 20_261_128_u64;
        for (scene, (words, ..)) in SCENES.iter().enumerate() {
            let payments = payments(words);
            let of = |is_bank: bool| -> Vec<Word> {
                let told = |payment: &Payment| if is_bank { payment.bank } else { payment.partner };
                let said = payments.iter().enumerate().filter_map(|(at, payment)| Some((at, told(payment)?)));
                said.flat_map(|(at, told)| {
                    let word = Word { at, is_bank, takes_back: false };
                    [Some(word), told.takes_back.then_some(Word { takes_back: true, ..word })].into_iter().flatten()
                })
                .collect()
            };
            let (banks, straight) = (of(true), of(false));
            // Turned, it is told that money was taken back before it is told that it came.
            let turned: Vec<Word> = straight.iter().rev().copied().collect();
            let orders = if straight.len() > 1 { vec![straight, turned] } else { vec![straight] };
            for (partners, shuffle) in orders
                .iter()
                .flat_map(|order| shuffles(banks.len(), order.len()).into_iter().map(move |turns| (order, turns)))
            {
                let (mut bank, mut partner) = (banks.iter(), partners.iter());
                let words: Vec<Word> = shuffle
                    .iter()
                    .map(|is_bank| *if *is_bank { bank.next() } else { partner.next() }.unwrap())
                    .collect();
                chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                for cuts in [u64::MAX, 0, chance >> 33] {
                    let meals = &self.ground.north.meals;
                    let mut codes = vec![self.ground.bill(meals, self.ground.an, 90_000_000).await.code];
                    if payments.iter().any(Payment::names_the_second) {
                        codes.push(self.ground.bill(meals, self.ground.binh, 90_000_000).await.code);
                    }
                    let number = tellings.len();
                    tellings.push(Telling { scene, codes, words: words.clone(), cuts, number });
                }
            }
        }
        tellings
    }

    fn message(&self, telling: &Telling, word: Word, order: i64) -> Message {
        let payment = payments(SCENES[telling.scene].0)[word.at];
        let told = if word.is_bank { payment.bank } else { payment.partner }.unwrap();
        let number = telling.number;
        // A telling has amounts of its own, so that all can be told at once.
        let base = if payment.amount == 'a' { 100_000 } else { 500_000 };
        let text = told.names.map_or("nop tien".to_owned(), |child| format!("{} nop tien", telling.codes[child]));
        let reference = told.names_reference.then(|| format!("FT9{number:06}X{}", word.at));
        let said = Said {
            name: &format!("{}-{number}-{}", if word.is_bank { "bank" } else { "order" }, word.at),
            amount: base + i64::try_from(number).unwrap(),
            text: &text,
            reference: reference.as_deref(),
            status: if word.takes_back { TransactionStatus::Reversed } else { TransactionStatus::Settled },
            days: 0,
        };
        let received_at = entities::time::Timestamp::from_micros(now().micros() + order);
        Message { received_at, ..self.says(word.is_bank, &said) }
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
}

async fn ends(database: &Database) -> BTreeMap<usize, End> {
    let counts = "same_as IS NULL AND status = 'SETTLED'";
    let sums = [
        counts.to_owned(),
        "allocated_amount = amount".to_owned(),
        "review_reason = 'POSSIBLE_DUPLICATE'".to_owned(),
        format!("review_reason <> 'POSSIBLE_DUPLICATE' AND {counts} AND allocated_amount = 0"),
        "review_reason = 'SUSPICIOUS'".to_owned(),
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

/// How many credits lie on each invoice.
async fn lying(database: &Database) -> BTreeMap<String, i64> {
    let select = "SELECT invoice_code || ' ' || CAST(COUNT(*) AS TEXT) FROM allocations WHERE undone_at IS NULL \
                  GROUP BY invoice_code";
    let read =
        |row: &String| row.split_once(' ').map(|(code, count)| (code.to_owned(), count.parse().unwrap())).unwrap();
    database.texts(select).await.iter().map(read).collect()
}

fn shown(telling: &Telling) -> String {
    let word = |word: &Word| {
        format!("{}{}{}", if word.is_bank { 'b' } else { 'p' }, word.at, if word.takes_back { "!" } else { "" })
    };
    let words = telling.words.iter().map(word).collect::<Vec<_>>().join(" ");
    format!("{}: {words} cut {:b}", SCENES[telling.scene].0, telling.cuts & 0xff)
}

async fn the_order_of_two_senders_books_no_more_and_loses_nothing(database: Database) {
    let stage = Stage::plant(&database).await;
    let tellings = stage.tellings().await;
    stage.tell(&tellings).await;
    let (ends, lying) = (ends(&database).await, lying(&database).await);
    let mut kinds: BTreeMap<&str, BTreeMap<[i64; 3], String>> = BTreeMap::new();
    for telling in &tellings {
        let (words, at_least, always) = SCENES[telling.scene];
        let end @ [count, paid, asked, wait, doubted] = ends[&telling.number];
        let order = shown(telling);
        for (code, least) in telling.codes.iter().zip(at_least) {
            let lies = lying.get(code).copied().unwrap_or_default();
            assert!(lies <= least, "booked unasked: {lies} of {least}; {order}");
        }
        assert_eq!(count, paid + asked + wait, "what counts lies on an invoice or waits: {order}");
        let disputed = i64::try_from(disputed(&payments(words))).unwrap();
        assert_eq!(doubted, disputed, "what one sender takes back and the other does not is looked at: {order}");
        if let Some(always) = always {
            assert_eq!(end, always, "nothing depends on the order: {order}");
        }
        if !words.contains('!') {
            kinds.entry(words).or_default().insert([count, paid + asked, wait], order);
        }
    }
    let differ: Vec<_> = kinds.iter().filter(|(_, kinds)| kinds.len() > 1).collect();
    assert!(differ.is_empty(), "the order changes what is flagged or what waits for itself: {differ:#?}");
    let checked = verify(&stage.ground.db, |_| ()).await.unwrap();
    assert!(checked.iter().all(|checked| checked.differences.is_empty()), "{checked:#?}");
}

both_engines!(the_order_of_two_senders_books_no_more_and_loses_nothing);
