//! What the elements of a statement say, as text, by their path below the statement.

use super::super::{
    Line,
    text::{TEXT_LIMIT_BYTES, append, clean},
};

/// The longest piece of a remittance text: one that long was cut, a shorter one ended by itself.
const USTRD_LENGTH: usize = 140;

/// An amount as written.
pub(super) struct Money {
    pub(super) text: String,
    pub(super) currency: Option<String>,
}

/// One side of a transaction.
#[derive(Default)]
pub(super) struct Party {
    pub(super) name: Option<String>,
    /// The party behind the one that holds the account.
    ultimate_name: Option<String>,
    pub(super) account: Option<String>,
    bic: Option<String>,
    bank_name: Option<String>,
    bank_member: Option<String>,
}

impl Party {
    /// Puts itself to the line as its other side.
    pub(super) fn put(self, line: &mut Line) {
        line.counterparty_name = self.name.or(self.ultimate_name);
        line.counterparty_account = self.account;
        line.counterparty_bank = self.bic.or(self.bank_name).or(self.bank_member);
    }
}

/// One balance (`Bal`).
#[derive(Default)]
pub(super) struct Balance {
    pub(super) kind: Option<String>,
    pub(super) amount: Option<Money>,
    pub(super) side: Option<String>,
}

impl Balance {
    pub(super) fn take(&mut self, path: &str, text: &str, currency: Option<&str>) {
        match path {
            "Tp/CdOrPrtry/Cd" => keep(&mut self.kind, text),
            "Amt" => keep_money(&mut self.amount, text, currency),
            "CdtDbtInd" => keep(&mut self.side, text),
            _ => false,
        };
    }
}

/// One entry (`Ntry`).
#[derive(Default)]
pub(super) struct Entry {
    pub(super) amount: Option<Money>,
    pub(super) side: Option<String>,
    pub(super) is_reversal: bool,
    pub(super) status: Option<String>,
    pub(super) booked: Option<String>,
    pub(super) valued: Option<String>,
    pub(super) bank_reference: Option<String>,
    pub(super) entry_reference: Option<String>,
    pub(super) note: Option<String>,
    pub(super) details: Vec<Detail>,
    pub(super) is_cut: bool,
}

/// One transaction of an entry (`TxDtls`).
#[derive(Default)]
pub(super) struct Detail {
    /// `Amt`, in the account's currency; from version .001.03 on.
    amount: Option<Money>,
    /// `AmtDtls/TxAmt`, the same in older versions.
    older_amount: Option<Money>,
    pub(super) side: Option<String>,
    pub(super) bank_reference: Option<String>,
    pub(super) transaction_id: Option<String>,
    pub(super) end_to_end_id: Option<String>,
    pub(super) debtor: Party,
    pub(super) creditor: Party,
    pub(super) remittance: String,
    /// How long the latest piece of the remittance text was.
    piece_length: usize,
    pub(super) note: Option<String>,
    pub(super) transacted: Option<String>,
    pub(super) accepted: Option<String>,
}

impl Entry {
    /// How many bytes of text each of its details may repeat.
    pub(super) fn shared_bytes(&self) -> usize {
        [&self.bank_reference, &self.entry_reference, &self.note].into_iter().flatten().map(String::len).sum()
    }

    pub(super) fn take(&mut self, path: &str, text: &str, is_cut: bool, currency: Option<&str>) {
        let is_kept = match path {
            "Amt" => keep_money(&mut self.amount, text, currency),
            "CdtDbtInd" => keep(&mut self.side, text),
            // Whatever is not a plain no is looked at as a reversal, which never pays an invoice.
            "RvslInd" => {
                self.is_reversal = !matches!(text.trim(), "false" | "0" | "");
                false
            }
            "Sts" | "Sts/Cd" => keep(&mut self.status, text),
            "BookgDt/Dt" | "BookgDt/DtTm" => keep(&mut self.booked, text),
            "ValDt/Dt" | "ValDt/DtTm" => keep(&mut self.valued, text),
            "AcctSvcrRef" => keep(&mut self.bank_reference, text),
            "NtryRef" => keep(&mut self.entry_reference, text),
            "AddtlNtryInf" => keep(&mut self.note, text),
            _ => match (path.strip_prefix("NtryDtls/TxDtls/"), self.details.last_mut()) {
                (Some(path), Some(detail)) => detail.take(path, text, currency, &mut self.is_cut),
                _ => false,
            },
        };
        self.is_cut |= is_kept && is_cut;
    }
}

impl Detail {
    pub(super) fn amount(&self) -> Option<&Money> {
        self.amount.as_ref().or(self.older_amount.as_ref())
    }

    fn take(&mut self, path: &str, text: &str, currency: Option<&str>, is_cut: &mut bool) -> bool {
        match path {
            "Amt" => keep_money(&mut self.amount, text, currency),
            "AmtDtls/TxAmt/Amt" => keep_money(&mut self.older_amount, text, currency),
            "CdtDbtInd" => keep(&mut self.side, text),
            "Refs/AcctSvcrRef" => keep(&mut self.bank_reference, text),
            "Refs/TxId" => keep(&mut self.transaction_id, text),
            "Refs/EndToEndId" if text.trim() != "NOTPROVIDED" => keep(&mut self.end_to_end_id, text),
            "RmtInf/Ustrd" => {
                *is_cut |= self.remit(text, self.piece_length < USTRD_LENGTH);
                true
            }
            "RmtInf/Strd/CdtrRefInf/Ref" => {
                // A full text is not searched again for each reference of a hostile file.
                if self.remittance.len() >= TEXT_LIMIT_BYTES || !self.remittance.contains(text.trim()) {
                    *is_cut |= self.remit(text, true);
                }
                true
            }
            "AddtlTxInf" => keep(&mut self.note, text),
            "RltdDts/TxDtTm" => keep(&mut self.transacted, text),
            "RltdDts/AccptncDtTm" => keep(&mut self.accepted, text),
            _ => self.take_party(path, text),
        }
    }

    /// Adds a piece to the remittance text: with a blank, unless the piece before was as long as a piece can be.
    fn remit(&mut self, text: &str, with_blank: bool) -> bool {
        let piece = text.trim_end_matches(['\r', '\n']);
        let Some(piece_cleaned) = clean(piece) else { return false };
        self.piece_length = piece.chars().count();
        let is_first = self.remittance.is_empty();
        let glue = if with_blank && !is_first { " " } else { "" };
        append(&mut self.remittance, glue) | append(&mut self.remittance, &piece_cleaned)
    }

    fn take_party(&mut self, path: &str, text: &str) -> bool {
        let (group, rest) = path.split_once('/').unwrap_or((path, ""));
        let (role, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let party = match role {
            "Dbtr" | "DbtrAcct" | "DbtrAgt" | "UltmtDbtr" => &mut self.debtor,
            "Cdtr" | "CdtrAcct" | "CdtrAgt" | "UltmtCdtr" => &mut self.creditor,
            _ => return false,
        };
        match (group, role, rest) {
            // Version .001.08 puts a party between the role and its name.
            ("RltdPties", "Dbtr" | "Cdtr", "Nm" | "Pty/Nm") => keep(&mut party.name, text),
            ("RltdPties", "UltmtDbtr" | "UltmtCdtr", "Nm" | "Pty/Nm") => keep(&mut party.ultimate_name, text),
            ("RltdPties", "DbtrAcct" | "CdtrAcct", "Id/Othr/Id" | "Id/IBAN") => keep(&mut party.account, text),
            ("RltdAgts", _, "FinInstnId/BICFI" | "FinInstnId/BIC") => keep(&mut party.bic, text),
            ("RltdAgts", _, "FinInstnId/Nm") => keep(&mut party.bank_name, text),
            ("RltdAgts", _, "FinInstnId/ClrSysMmbId/MmbId") => keep(&mut party.bank_member, text),
            _ => false,
        }
    }
}

/// The first text that says something stands; whether it was this one.
pub(super) fn keep(slot: &mut Option<String>, text: &str) -> bool {
    if slot.is_some() {
        return false;
    }
    *slot = clean(text);
    slot.is_some()
}

fn keep_money(slot: &mut Option<Money>, text: &str, currency: Option<&str>) -> bool {
    if slot.is_some() {
        return false;
    }
    *slot = Some(Money { text: text.trim().to_owned(), currency: currency.map(str::to_owned) });
    true
}
