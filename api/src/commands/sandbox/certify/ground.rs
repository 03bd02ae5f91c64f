//! What the robot stands on: the connection with its keys, open invoices that it may pay, and the ledger to look at.

use std::time::Duration;

use connectors::banks::{self, Bank, BankInfo, Credentials, Opened};
use connectors::courier::{Answer, Courier, Limits};
use connectors::fault::ConfigFault;
use connectors::letter::{Letter, Payment};
use connectors::notice::Status;
use connectors::{Inbound, Secret};
use entities::bank_transactions::{self, BankTransaction, Extent};
use entities::codes::Kind;
use entities::connections::{self, Connection};
use entities::ids::BankAccountId;
use entities::inbox::{self, EventFilter};
use entities::invoices::{self, Filter, Invoice, InvoiceStatus};
use entities::page::Page;
use entities::time::Timestamp;
use entities::{Db, bank_accounts};

use crate::clock;
use crate::commands::sandbox::bank;
use crate::commands::{Failure, opened, said, whole};
use crate::config::Config;
use crate::demo::credentials;
use crate::flows::receive::Door;

/// How often the robot looks whether something has happened, and how long it waits between: 15 seconds in all.
const LOOKS: u32 = 150;
const PAUSE: Duration = Duration::from_millis(100);
/// How often a message is sent again that the hub could not take at once, as an honest sender would.
const PATIENCE: u32 = 20;
/// Invoices looked through for open ones.
const SEARCHED_INVOICES: u64 = 5_000;

/// The ground of one certification.
pub(super) struct Ground {
    pub(super) connection: Connection,
    pub(super) info: &'static BankInfo,
    /// Every key that is valid now, the newest first.
    pub(super) keys: Vec<Vec<u8>>,
    pub(super) hub_url: String,
    open: Vec<(Invoice, String)>,
    /// An open invoice of another school, with the number of its account.
    pub(super) elsewhere: Option<(Invoice, String)>,
    db: Db,
    courier: Courier,
    number: u64,
}

impl Ground {
    /// Finds the connection and what may be paid through it. The hub must be a demo: what the robot does is booked.
    pub(super) async fn find(word: &str, hub: Option<String>, config: &Config) -> Result<Self, Failure> {
        let kind = entities::hub::kind_of(&config.location()).await.map_err(said)?;
        if kind != Some(Kind::Demo) {
            return Err("A certification makes payments up, so it runs against a demo database only.".to_owned());
        }
        let db = opened(config).await?;
        let now = clock::now();
        let found = connections::by_word(&db, &whole(now), word).await.map_err(said)?;
        let connection = found.ok_or_else(|| format!("There is no connection {word}."))?;
        let keys = connections::with_keys(&db, connection.id, now).await.map_err(said)?;
        let keys = keys.map(|(_, keys)| keys.into_iter().map(|key| key.bytes).collect()).unwrap_or_default();
        let info = banks::info(&connection.bank).map_err(|fault| format!("{fault}."))?;
        let own = connections::accounts_of(&db, &whole(now), &[connection.id]).await.map_err(said)?;
        let (open, elsewhere) = invoices(&db, own.get(&connection.id).map_or(&[][..], Vec::as_slice), now).await?;
        let courier = Courier::new(Limits::default()).map_err(|error| error.to_string())?;
        let hub_url = hub.map_or_else(|| served_at(config), |url| url.trim_end_matches('/').to_owned());
        let ready = courier.get(&format!("{hub_url}/health/ready"), &[]).await;
        if !ready.is_ok_and(|answer| answer.status == 204) {
            return Err(format!("No hub answers at {hub_url}. Start it in another terminal: lienthong serve"));
        }
        let number = bank::first_number(now);
        Ok(Self { connection, info, keys, hub_url, open, elsewhere, db, courier, number })
    }

    /// How many invoices may still be paid.
    pub(super) fn left(&self) -> usize {
        self.open.len()
    }

    /// A payment of an invoice that was not touched yet.
    pub(super) fn payment(&mut self) -> Result<(Invoice, Payment), Failure> {
        let (invoice, account) = self.open.pop().ok_or("The connection's accounts have too few open invoices.")?;
        let payment = self.of(&invoice, &account);
        Ok((invoice, payment))
    }

    /// A payment of this invoice to this account.
    pub(super) fn of(&mut self, invoice: &Invoice, account: &str) -> Payment {
        self.number += 1;
        let now = clock::now();
        Payment {
            transaction: self.number,
            status: Status::Settled,
            amount_vnd: invoice.open().get(),
            account: account.to_owned(),
            virtual_account: None,
            reference: Some(invoice.code.as_str().to_owned()),
            content: format!("{} nop tien", invoice.code.as_str()),
            payer_name: Some("NGUYEN VAN MAU".to_owned()),
            occurred_at: Timestamp::from_seconds(now.seconds()).micros(),
        }
    }

    /// The sender's letter about a payment, signed with the newest key at a moment; none when the sender has no words for it.
    pub(super) fn letter(&self, payment: &Payment, at: Timestamp) -> Result<Option<Letter>, Failure> {
        let key = self.keys.first().ok_or("The connection has no valid key.")?;
        self.signed(payment, key, at)
    }

    /// The same, signed with this key.
    pub(super) fn signed(&self, payment: &Payment, key: &[u8], at: Timestamp) -> Result<Option<Letter>, Failure> {
        let credentials = self.credentials(&[key.to_vec()]);
        match banks::compose(self.info.slug, &credentials, payment, at.micros()) {
            Ok(letter) => Ok(Some(letter)),
            Err(ConfigFault::NoWords(_)) => Ok(None),
            Err(fault) => Err(format!("{fault}.")),
        }
    }

    /// The connector with the keys of the connection, to know what a letter says.
    pub(super) fn bank(&self) -> Result<Box<dyn Bank>, Failure> {
        banks::connect(self.info.slug, &self.credentials(&self.keys)).map_err(|fault| format!("{fault}."))
    }

    /// Whether the sender asks before it keeps its customer's money, so that the hub may refuse a true payment.
    pub(super) fn hears_no(&self) -> bool {
        Door::of(&self.connection.bank) == Door::Billing
    }

    /// The path of the connection at the hub.
    pub(super) fn path(&self) -> String {
        Door::of(&self.connection.bank).path(self.connection.id)
    }

    fn credentials(&self, keys: &[Vec<u8>]) -> Credentials {
        let keys = keys.iter().cloned().map(Secret::new).collect();
        Credentials { connection: self.connection.id.to_string(), keys, extra: self.connection.extra.clone() }
    }

    /// The sender's name for the transaction that a letter tells of.
    pub(super) fn transaction_of(&self, letter: &Letter) -> Result<String, Failure> {
        let headers = letter.borrowed_headers();
        let inbound = Inbound::new(letter.method, &letter.path_tail, &letter.query, &headers, &letter.body);
        match self.bank()?.open(&inbound, clock::now().micros()) {
            Ok(Opened::Notices(notices)) if !notices.is_empty() => Ok(notices[0].transaction_id.clone()),
            other => Err(format!("The robot's own letter is not read as a payment: {other:?}")),
        }
    }

    /// Hands a letter to the hub; what it could not take at once is sent again, as its sender would.
    pub(super) async fn deliver(&self, letter: &Letter) -> Result<Answer, Failure> {
        let url = format!("{}{}", self.hub_url, self.path());
        for _ in 0..PATIENCE {
            let answer = self.courier.deliver(&url, letter).await.map_err(|error| format!("{url}: {error}"))?;
            if !matches!(answer.status, 429 | 503) {
                return Ok(answer);
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Err(format!("{url} could not take a message within {PATIENCE} attempts."))
    }

    /// How an invoice stands.
    pub(super) async fn stands(&self, invoice: &Invoice) -> Result<(InvoiceStatus, i64), Failure> {
        let found = invoices::by_code(&self.db, &whole(clock::now()), &invoice.code).await.map_err(said)?;
        let found = found.ok_or_else(|| format!("{} is gone.", invoice.code.as_str()))?;
        Ok((found.status, found.paid.get()))
    }

    /// Waits until everything that came through the connection is settled.
    pub(super) async fn settled(&self) -> Result<(), Failure> {
        for _ in 0..LOOKS {
            if self.events("PENDING").await? == 0 {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err("The hub does not settle what it keeps; ask `lienthong doctor` why.".to_owned())
    }

    /// How many of the connection's events have this status, counted to 10,000.
    pub(super) async fn events(&self, status: &str) -> Result<u64, Failure> {
        let filter =
            EventFilter { connection: Some(self.connection.id), status: Some(status.to_owned()), listed: None };
        Ok(inbox::count(&self.db, &whole(clock::now()), &filter).await.map_err(said)?.0)
    }

    /// What the ledger has made of a transaction of this connection; none when it is not among the last of today.
    pub(super) async fn transaction(&self, named: &str) -> Result<Option<BankTransaction>, Failure> {
        let filter = bank_transactions::Filter { connection: Some(self.connection.id), ..Default::default() };
        let (reach, page) = (whole(clock::now()), Page::first(200));
        let found = bank_transactions::visible(&self.db, &reach, &filter, &page, Extent::Whole, None).await;
        let rows = found.map_err(said)?.rows.into_iter().map(|(_, row)| row);
        Ok(rows.into_iter().find(|row| row.details().is_ok_and(|details| details.transaction_id == named)))
    }
}

/// Where the hub is served: where the demo's credentials say, else where the settings say.
fn served_at(config: &Config) -> String {
    match credentials::Credentials::read(&config.data_dir()) {
        Ok(credentials) => credentials.graphql_url.trim_end_matches("/graphql").to_owned(),
        Err(_) => config.public_url(),
    }
}

type Payable = (Vec<(Invoice, String)>, Option<(Invoice, String)>);

/// Open invoices of these accounts with the accounts' numbers, and one that is to be paid elsewhere.
async fn invoices(db: &Db, own: &[BankAccountId], now: Timestamp) -> Result<Payable, Failure> {
    let reach = whole(now);
    let filter = Filter { statuses: Some(vec![InvoiceStatus::Open]), ..Filter::default() };
    let found = invoices::behind(db, &reach, &filter, None, SEARCHED_INVOICES).await.map_err(said)?;
    let (mut open, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|invoice| own.contains(&invoice.account));
    let foreign = others.into_iter().find(|other| open.iter().all(|invoice| invoice.school != other.school));
    open.truncate(200);
    let accounts: Vec<_> = open.iter().chain(&foreign).map(|invoice| invoice.account).collect();
    let numbers = bank_accounts::numbers(db, &reach, &accounts).await.map_err(said)?;
    let numbered = |invoice: Invoice| {
        let number = numbers.get(&invoice.account)?.as_str().to_owned();
        Some((invoice, number))
    };
    Ok((open.into_iter().filter_map(numbered).collect(), foreign.and_then(numbered)))
}
