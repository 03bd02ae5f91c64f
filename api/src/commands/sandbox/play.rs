//! `lienthong sandbox`: banks at play for a while: payments, repeats, messages in the wrong order, money without a code, and
//! forgeries; then a report of what became of them.

use std::collections::BTreeMap;
use std::time::Duration;

use connectors::letter::Letter;
use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::bank;
use super::hub::Hub;
use crate::clock;
use crate::commands::Failure;
use crate::config::Config;
use crate::demo::credentials::{Connection, Invoice};

/// How long the report waits for settlement.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(250);

pub(super) async fn run(rate: u32, seconds: u32, config: &Config) -> Result<(), Failure> {
    let hub = Hub::find(config).await?;
    let mut play = Play::begin(&hub).await?;
    let waiting = play.waiting().await?;
    let mut beat = interval(Duration::from_secs(1) / rate);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let end = Instant::now() + Duration::from_secs(seconds.into());
    while Instant::now() < end {
        beat.tick().await;
        play.act().await?;
    }
    play.report(waiting).await
}

/// What was sent and how it was answered.
struct Play<'h> {
    hub: &'h Hub,
    tokens: BTreeMap<String, String>,
    open: Vec<&'h Invoice>,
    paid: Vec<&'h Invoice>,
    sent: Vec<(&'h Connection, Letter)>,
    number: u64,
    acts: usize,
    acknowledged: usize,
    repeats: usize,
    nameless: usize,
    forged: usize,
    forged_refused: usize,
}

impl<'h> Play<'h> {
    async fn begin(hub: &'h Hub) -> Result<Self, Failure> {
        let now = clock::now();
        let mut tokens = BTreeMap::new();
        for invoice in &hub.credentials.invoices {
            if !tokens.contains_key(&invoice.school_code) {
                let token = hub.accountant_token(&invoice.school_code, now).await?;
                tokens.insert(invoice.school_code.clone(), token);
            }
        }
        let mut play = Self {
            hub,
            tokens,
            open: Vec::new(),
            paid: Vec::new(),
            sent: Vec::new(),
            number: bank::first_number(now),
            acts: 0,
            acknowledged: 0,
            repeats: 0,
            nameless: 0,
            forged: 0,
            forged_refused: 0,
        };
        for invoice in &hub.credentials.invoices {
            if play.status(invoice).await?.as_deref() == Some("OPEN") {
                play.open.push(invoice);
            }
        }
        Ok(play)
    }

    /// One act of ten; when every invoice is paid, money comes without a code.
    async fn act(&mut self) -> Result<(), Failure> {
        self.acts += 1;
        match self.acts % 10 {
            5 | 6 if !self.sent.is_empty() => {
                let (connection, letter) = self.sent[self.acts * 7 % self.sent.len()].clone();
                self.repeats += 1;
                self.acknowledge(connection, &letter).await
            }
            7 => self.forge().await,
            8 => self.nameless().await,
            9 => {
                let pair: Vec<_> = self.open.drain(..self.open.len().min(2)).collect();
                for invoice in pair.into_iter().rev() {
                    self.pay(invoice).await?;
                }
                Ok(())
            }
            _ => match self.open.pop() {
                Some(invoice) => self.pay(invoice).await,
                None => self.nameless().await,
            },
        }
    }

    async fn pay(&mut self, invoice: &'h Invoice) -> Result<(), Failure> {
        let (connection, letter) = self.word(invoice, |_| {})?;
        self.paid.push(invoice);
        self.sent.push((connection, letter.clone()));
        self.acknowledge(connection, &letter).await
    }

    /// Money that says nothing of what it is for.
    async fn nameless(&mut self) -> Result<(), Failure> {
        let Some(invoice) = self.hub.credentials.invoices.get(self.acts % self.hub.credentials.invoices.len().max(1))
        else {
            return Ok(());
        };
        let signed = bank::speaking_for(&self.hub.credentials.connections, &invoice.account);
        let Some(connection) = signed.into_iter().find(|connection| connection.bank == "sepay") else { return Ok(()) };
        self.number += 1;
        let now = clock::now();
        let mut payment = bank::payment(invoice, self.number, now);
        payment.reference = None;
        payment.content = "nop tien an".to_owned();
        let letter = bank::letter(connection, &payment, now)?;
        self.nameless += 1;
        self.acknowledge(connection, &letter).await
    }

    /// The same words under a key that is not the connection's.
    async fn forge(&mut self) -> Result<(), Failure> {
        let Some(invoice) = self.hub.credentials.invoices.first() else { return Ok(()) };
        let (connection, letter) =
            self.word(invoice, |connection| connection.secret = other_key(&connection.secret))?;
        self.forged += 1;
        let answer = self.hub.deliver(connection, &letter).await?;
        self.forged_refused += usize::from(bank::is_refused(&answer));
        Ok(())
    }

    fn word(
        &mut self,
        invoice: &Invoice,
        bend: impl FnOnce(&mut Connection),
    ) -> Result<(&'h Connection, Letter), Failure> {
        let speaking = bank::speaking_for(&self.hub.credentials.connections, &invoice.account);
        let connection = *speaking.first().ok_or_else(|| format!("No connection speaks for {}.", invoice.code))?;
        self.number += 1;
        let now = clock::now();
        let mut sender = connection.clone();
        bend(&mut sender);
        Ok((connection, bank::letter(&sender, &bank::payment(invoice, self.number, now), now)?))
    }

    async fn acknowledge(&mut self, connection: &Connection, letter: &Letter) -> Result<(), Failure> {
        let answer = self.hub.deliver(connection, letter).await?;
        self.acknowledged += usize::from(bank::is_kept(&answer));
        Ok(())
    }

    async fn status(&self, invoice: &Invoice) -> Result<Option<String>, Failure> {
        let token = self.tokens.get(&invoice.school_code).map_or("", String::as_str);
        self.hub.status(token, &invoice.code).await
    }

    /// How much waits in the review queues of the schools that the demo tells of.
    async fn waiting(&self) -> Result<i64, Failure> {
        let mut total = 0;
        for token in self.tokens.values() {
            let data = self.hub.ask(token, "{ reviewQueue(first: 1) { totalCount } }", json!({})).await?;
            total += data["reviewQueue"]["totalCount"].as_i64().unwrap_or(0);
        }
        Ok(total)
    }

    async fn report(&self, waiting_before: i64) -> Result<(), Failure> {
        let begun = Instant::now();
        let nameless = i64::try_from(self.nameless).unwrap_or(i64::MAX);
        let (mut settled, mut reviewed) = (0, 0);
        while begun.elapsed() < PATIENCE {
            settled = 0;
            for invoice in &self.paid {
                settled += usize::from(self.status(invoice).await?.as_deref() == Some("PAID"));
            }
            reviewed = self.waiting().await? - waiting_before;
            if settled == self.paid.len() && reviewed >= nameless {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        let honest = self.paid.len() + self.repeats + self.nameless;
        println!("sent            {:>6}", honest + self.forged);
        println!(
            "acknowledged    {:>6} of {honest} honest ones, {} of them sent twice",
            self.acknowledged, self.repeats
        );
        println!("forged, refused {:>6} of {}", self.forged_refused, self.forged);
        println!("settled         {settled:>6} of {} invoices", self.paid.len());
        println!("review          {reviewed:>6} of {} without a code", self.nameless);
        let right = self.acknowledged == honest
            && self.forged_refused == self.forged
            && settled == self.paid.len()
            && reviewed == nameless;
        if right { Ok(()) } else { Err("Not everything became of it what should have; see the report.".to_owned()) }
    }
}

/// Another key of the same form: its first character behind a prefix such as `whsec_` is changed.
pub(super) fn other_key(key: &str) -> String {
    let at = key.find('_').map_or(0, |at| at + 1);
    let other = if key[at..].starts_with('A') { 'B' } else { 'A' };
    key.char_indices().map(|(place, own)| if place == at { other } else { own }).collect()
}

#[cfg(test)]
mod tests {
    use super::other_key;

    #[test]
    fn a_forged_key_keeps_its_form() {
        assert_eq!(other_key("whsec_Abc"), "whsec_Bbc");
        assert_eq!(other_key("mau_xy_z"), "mau_Ay_z");
        assert_eq!(other_key("Zz"), "Az");
    }
}
