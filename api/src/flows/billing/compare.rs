//! A bank's day against the hub's. The bank signed it: money that it collected and the hub never heard of is taken in, once, under
//! the same event as the call that never came; money that it gave back is gone.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use connectors::bill::{Answer, Compared, FileLine, Finding, No, Payment};
use entities::bills::{self, Discrepancy, Fate, Known, NewReconciliation};
use entities::codes::AccountNumber;
use entities::ids::BankAccountId;
use entities::inbox::{self, Event};
use entities::money::Vnd;
use entities::{Error, Tx, connections, transaction};
use ring::digest::{SHA256, digest};

use super::Counter;
use super::days::MOST_PAYMENTS;
use crate::flows::receive::Raw;

/// Payments that are taken in by one transaction.
const AT_ONCE: usize = 1_000;

/// What the file makes the hub do.
#[derive(Default)]
struct Work<'f> {
    take_in: Vec<&'f Payment>,
    give_back: Vec<bills::Payment>,
}

impl Counter<'_> {
    pub(super) async fn compare(&self, day: NaiveDate, lines: &[FileLine]) -> Result<Answer, Error> {
        if !transaction!(&self.hub.db, |tx| self.is_fresh(tx).await)? {
            return Ok(Answer::No(No::NonceUsed));
        }
        let references: Vec<String> = lines.iter().filter_map(|line| line.bank_reference.clone()).collect();
        let known = bills::known(&self.hub.db, self.connection(), &references).await?;
        let (mut compared, mut work) = (Vec::with_capacity(lines.len()), Work::default());
        let mut seen = HashSet::new();
        for line in lines {
            compared.push(compare(line, day, &known, &mut seen, &mut work));
        }
        let accounts = self.own_accounts(&work).await?;
        let strange =
            |payment: &&Payment| !accounts.contains_key(payment.notice.account.as_deref().unwrap_or_default());
        let strangers: HashSet<&str> =
            work.take_in.iter().filter(|payment| strange(payment)).map(|one| one.bank_reference.as_str()).collect();
        for one in compared.iter_mut().filter(|one| one.finding == Finding::MissingAtHub) {
            if one.bank_reference.as_deref().is_some_and(|reference| strangers.contains(reference)) {
                one.finding = Finding::Unknown;
            }
        }
        work.take_in.retain(|payment| !strange(payment));
        self.act(&work, &accounts).await?;
        let ours = bills::known_on(&self.hub.db, self.connection(), day, MOST_PAYMENTS).await?;
        compared.extend(ours.iter().filter(|known| is_missing(known, &seen)).map(missing_at_bank));
        let new = self.reconciliation(day, lines.len(), &compared)?;
        transaction!(&self.hub.db, |tx| bills::record(tx, &new, self.now()).await)?;
        Ok(Answer::Compared(compared))
    }

    /// The accounts of this connection into which the file says that money went, by their numbers.
    async fn own_accounts(&self, work: &Work<'_>) -> Result<HashMap<String, BankAccountId>, Error> {
        let told: HashSet<&str> = work.take_in.iter().filter_map(|payment| payment.notice.account.as_deref()).collect();
        let mut own = HashMap::new();
        for number in told {
            let Ok(parsed) = AccountNumber::parse(number) else { continue };
            let found =
                connections::accounts_numbered(&self.hub.db, &self.reach(), self.connection(), &[parsed]).await?;
            own.extend(found.unwrap_or_default().into_iter().next().map(|account| (number.to_owned(), account)));
        }
        Ok(own)
    }

    async fn act(&self, work: &Work<'_>, accounts: &HashMap<String, BankAccountId>) -> Result<(), Error> {
        for some in work.take_in.chunks(AT_ONCE) {
            transaction!(&self.hub.db, |tx| {
                let mut events = Vec::new();
                for payment in some {
                    let account = payment.notice.account.as_deref().and_then(|number| accounts.get(number));
                    let account = account.map(|account| (*account, None)).ok_or(No::NotFound);
                    let claimed = bills::claim(tx, self.claim_of(payment, account), self.now()).await?;
                    events.extend(claimed.is_first.then(|| self.paid(payment)));
                }
                self.keep(tx, events).await
            })?;
        }
        for some in work.give_back.chunks(AT_ONCE) {
            transaction!(&self.hub.db, |tx| {
                let mut events = Vec::new();
                for payment in some {
                    let is_first = bills::reverse(tx, payment.id, self.now()).await?;
                    events.extend(is_first.then(|| self.given_back(payment)));
                }
                self.keep(tx, events).await
            })?;
        }
        if !work.take_in.is_empty() || !work.give_back.is_empty() {
            self.hub.tallies.kept(self.connection(), self.now());
            self.hub.settlement.notify_one();
        }
        Ok(())
    }

    /// Keeps what the file told. It has its digest in the log of the connection; its bytes are not kept with every thousand.
    async fn keep(&self, tx: &Tx, events: Vec<Event>) -> Result<(), Error> {
        if events.is_empty() {
            return Ok(());
        }
        let raw = Raw { body: b"", ..self.arrival.raw };
        inbox::keep_within(tx, &[self.message(raw, events)]).await
    }

    fn reconciliation(&self, day: NaiveDate, lines: usize, compared: &[Compared]) -> Result<NewReconciliation, Error> {
        let (matched, differing): (Vec<_>, Vec<_>) = compared.iter().partition(|one| one.finding == Finding::Matched);
        let count = |count: usize| i64::try_from(count).map_err(Error::internal);
        let sum = matched.iter().map(|one| Vnd::new(one.bank_vnd.unwrap_or(0)));
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(digest(&SHA256, self.arrival.raw.body).as_ref());
        Ok(NewReconciliation {
            connection: self.connection(),
            day,
            sha256,
            line_count: count(lines)?,
            matched_count: count(matched.len())?,
            matched_amount: Vnd::checked_sum(sum).map_err(Error::internal)?,
            discrepancies: differing.into_iter().map(discrepancy).collect(),
        })
    }
}

fn compare<'f>(
    line: &'f FileLine,
    day: NaiveDate,
    known: &HashMap<String, Known>,
    seen: &mut HashSet<&'f str>,
    work: &mut Work<'f>,
) -> Compared {
    let told = line.read.as_ref().ok();
    let reference = line.bank_reference.as_deref();
    let ours = reference.and_then(|reference| known.get(reference));
    let is_repeated = reference.is_some_and(|reference| !seen.insert(reference));
    let finding = match told {
        _ if is_repeated => Finding::DuplicateInFile,
        None => Finding::Unreadable,
        Some(told) if told.day != day => Finding::WrongDay,
        Some(told) => match ours {
            // What was taken and given back in one day, and never told, is nothing.
            None if told.is_reversed => Finding::Matched,
            None => match &told.payment {
                Some(payment) => {
                    work.take_in.push(payment);
                    Finding::MissingAtHub
                }
                None => Finding::Unknown,
            },
            Some(ours) if ours.payment.amount.get() != told.amount_vnd => Finding::AmountDiffers,
            Some(ours) => match (ours.fate, told.is_reversed) {
                (Fate::Refused | Fate::Reversed, true) => Finding::Matched,
                (Fate::Refused, false) => Finding::RefusedAtHub,
                (Fate::Reversed, false) => Finding::StatusDiffers,
                (_, false) => Finding::Matched,
                (_, true) => {
                    work.give_back.push(ours.payment.clone());
                    Finding::StatusDiffers
                }
            },
        },
    };
    Compared {
        bank_reference: line.bank_reference.clone(),
        row: Some(line.row),
        finding,
        bank_vnd: told.map(|told| told.amount_vnd),
        hub_vnd: ours.map(|ours| ours.payment.amount.get()),
    }
}

/// Whether the bank's file should have had it.
fn is_missing(known: &Known, seen: &HashSet<&str>) -> bool {
    !matches!(known.fate, Fate::Refused | Fate::Reversed) && !seen.contains(known.payment.bank_reference.as_str())
}

fn missing_at_bank(known: &Known) -> Compared {
    Compared {
        bank_reference: Some(known.payment.bank_reference.clone()),
        row: None,
        finding: Finding::MissingAtBank,
        bank_vnd: None,
        hub_vnd: Some(known.payment.amount.get()),
    }
}

fn discrepancy(compared: &Compared) -> Discrepancy {
    Discrepancy {
        row: compared.row,
        bank_reference: compared.bank_reference.clone(),
        code: compared.finding.code().to_owned(),
        bank_amount: compared.bank_vnd.map(Vnd::new),
        hub_amount: compared.hub_vnd.map(Vnd::new),
    }
}
