//! One account of a message: `Stmt`, `Ntfctn` or `Rpt`.

use chrono::NaiveDate;

use super::{
    super::{
        Finding, Statement,
        figures::{order, prove},
        findings, moment, refusals,
        text::{TEXT_LIMIT_BYTES, clean},
    },
    fields::{Balance, Entry, keep},
    lines::{self, Fault},
};

/// The message that the account stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// camt.053: a statement, which its balances prove.
    Statement,
    /// camt.054: entries as they come, without balances.
    Notification,
    /// camt.052: the day so far; its closing balance may not be known yet.
    Report,
}

impl Kind {
    /// The kind that begins where this path ends.
    pub(super) fn of(path: &str) -> Option<Self> {
        [
            ("/BkToCstmrStmt/Stmt", Self::Statement),
            ("/BkToCstmrDbtCdtNtfctn/Ntfctn", Self::Notification),
            ("/BkToCstmrAcctRpt/Rpt", Self::Report),
        ]
        .into_iter()
        .find_map(|(end, kind)| path.ends_with(end).then_some(kind))
    }
}

pub(super) struct Section {
    kind: Kind,
    statement: Statement,
    /// The period as written.
    from: Option<String>,
    to: Option<String>,
    /// `PRCD`, the closing balance of the statement before: the opening one where the file tells no other.
    previous_vnd: Option<i64>,
    entry: Entry,
    entries: u32,
    balance: Balance,
    /// A currency that is not VND: nothing of this account can be read.
    foreign: Option<String>,
    is_cut: bool,
}

impl Section {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            statement: Statement::default(),
            from: None,
            to: None,
            previous_vnd: None,
            entry: Entry::default(),
            entries: 0,
            balance: Balance::default(),
            foreign: None,
            is_cut: false,
        }
    }

    /// An element begins; whether it takes memory that must be counted. The first detail of an entry becomes the same line.
    pub(super) fn open(&mut self, path: &str) -> bool {
        match path {
            "/Ntry" => {
                self.entry = Entry::default();
                self.entries = self.entries.saturating_add(1);
            }
            "/Ntry/NtryDtls/TxDtls" => {
                self.entry.details.push(Default::default());
                return self.entry.details.len() > 1;
            }
            "/Bal" => self.balance = Balance::default(),
            _ => return false,
        }
        true
    }

    /// An element ends, with its text. Copies are the bytes of text that may still be told more than once in the file.
    ///
    /// # Errors
    ///
    /// `STATEMENT_TOO_LARGE` when these do not suffice.
    pub(super) fn close(
        &mut self,
        path: &str,
        text: &str,
        is_cut: bool,
        currency: Option<&str>,
        copies_left: &mut usize,
    ) -> Result<(), Finding> {
        match path {
            "/Ntry" => return self.close_entry(copies_left),
            "/Bal" => self.close_balance(),
            _ => {
                if let Some(path) = path.strip_prefix("/Ntry/") {
                    self.entry.take(path, text, is_cut, currency);
                } else if let Some(path) = path.strip_prefix("/Bal/") {
                    self.balance.take(path, text, currency);
                } else {
                    self.is_cut |= self.take(path, text) && is_cut;
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, path: &str, text: &str) -> bool {
        let statement = &mut self.statement;
        match path {
            "/Acct/Id/Othr/Id" | "/Acct/Id/IBAN" => keep(&mut statement.account, text),
            "/Acct/Ccy" => {
                self.see_currency(text.trim());
                false
            }
            "/FrToDt/FrDtTm" | "/FrToDt/FrDt" => keep(&mut self.from, text),
            "/FrToDt/ToDtTm" | "/FrToDt/ToDt" => keep(&mut self.to, text),
            _ => false,
        }
    }

    fn see_currency(&mut self, currency: &str) {
        if currency == "VND" {
            self.statement.currency.get_or_insert_with(|| currency.to_owned());
        } else if self.foreign.is_none() {
            // Never so short that it could read as another one.
            self.foreign = clean(findings::start(currency));
        }
    }

    fn close_entry(&mut self, copies_left: &mut usize) -> Result<(), Finding> {
        let entry = std::mem::take(&mut self.entry);
        if self.foreign.is_some() {
            return Ok(());
        }
        let copies = entry.shared_bytes().saturating_mul(entry.details.len());
        *copies_left = copies_left.checked_sub(copies).ok_or_else(refusals::too_large)?;
        let is_cut = entry.is_cut;
        match lines::read(entry, self.entries, self.statement.account.as_deref()) {
            Ok((lines, findings)) => {
                self.see_currency("VND");
                self.statement.lines.extend(lines);
                self.statement.findings.extend(findings);
            }
            Err(Fault::Foreign(currency)) => self.see_currency(&currency),
            Err(Fault::Finding(finding)) => self.statement.findings.push(finding),
        }
        if is_cut {
            self.statement.findings.push(findings::text_too_long(Some(self.entries), TEXT_LIMIT_BYTES));
        }
        Ok(())
    }

    /// Only booked balances say what the lines add up to: OPBD or PRCD, and CLBD. Available, expected and interim ones
    /// (OPAV, CLAV, FWAV, XPCD, ITBD, ITAV) are not read.
    fn close_balance(&mut self) {
        let balance = std::mem::take(&mut self.balance);
        let kind = match balance.kind.as_deref() {
            Some(kind @ ("OPBD" | "PRCD" | "CLBD")) => kind,
            _ => return,
        };
        match lines::balance(&balance) {
            Ok(amount) => {
                self.see_currency("VND");
                match kind {
                    // Of several days, the first opening and the last closing balance go with the lines.
                    "OPBD" => _ = self.statement.opening_vnd.get_or_insert(amount),
                    "PRCD" => _ = self.previous_vnd.get_or_insert(amount),
                    _ => self.statement.closing_vnd = Some(amount),
                }
            }
            Err(Fault::Foreign(currency)) => self.see_currency(&currency),
            Err(Fault::Finding(finding)) => self.statement.findings.push(finding),
        }
    }

    pub(super) fn finish(self) -> Statement {
        let mut statement = self.statement;
        statement.from = period(self.from.as_deref(), &mut statement.findings);
        statement.to = period(self.to.as_deref(), &mut statement.findings);
        if let Some(currency) = self.foreign {
            let findings = vec![findings::currency_not_vnd(&currency)];
            let Statement { account, from, to, .. } = statement;
            return Statement { account, from, to, currency: Some(currency), findings, ..Statement::default() };
        }
        statement.opening_vnd = statement.opening_vnd.or(self.previous_vnd);
        order(&mut statement.lines);
        if self.is_cut {
            statement.findings.push(findings::text_too_long(None, TEXT_LIMIT_BYTES));
        }
        if self.kind == Kind::Statement && statement.opening_vnd.is_some() != statement.closing_vnd.is_some() {
            statement.findings.push(findings::balance_missing());
        }
        statement.findings.extend(prove(&statement));
        statement
    }
}

/// The first or the last day of the period.
fn period(text: Option<&str>, told: &mut Vec<Finding>) -> Option<NaiveDate> {
    let text = text?;
    let day = moment::read(text).map(|(day, _)| day);
    if day.is_none() {
        told.push(findings::date_unreadable(None, text));
    }
    day
}
