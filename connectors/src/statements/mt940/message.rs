//! One message: the fields between `:20:` and its end.

use chrono::NaiveDate;

use super::{
    super::{
        Finding, Line, Statement,
        figures::{order, prove, whole_dong},
        findings,
        text::{TEXT_LIMIT_BYTES, clean},
    },
    Field,
    entry::{self, date},
    narrative,
};

/// A message as far as it was read.
#[derive(Default)]
pub(super) struct Message {
    statement: Statement,
    /// A currency that is not VND: nothing of this account can be read.
    foreign: Option<String>,
    /// The line that the next `:86:` speaks of; another field in between ends that.
    open: Option<(Line, String, bool)>,
    /// What stands when the currency turns out to be đồng.
    findings: Vec<Finding>,
    has_opening: bool,
    has_closing: bool,
}

impl Message {
    /// Fields that say nothing about booked money (`:20:`, `:21:`, `:28C:`, `:13D:`, `:64:`, `:65:`, `:90C:`, `:90D:`)
    /// are not read, nor is an `:86:` that stands behind no `:61:`: it speaks of the message.
    pub(super) fn take(&mut self, field: &Field<'_>) {
        let Field { tag, row, ref lines, is_cut: is_field_cut } = *field;
        let value = lines.first().map_or("", |line| line.trim());
        if tag == "86" {
            if let Some((_, text, is_cut)) = &mut self.open {
                *is_cut |= narrative::join(text, lines) | is_field_cut;
            }
            return;
        }
        self.close_line();
        match tag {
            "25" | "25P" => {
                self.statement.account = account(value);
                if is_field_cut {
                    self.findings.push(findings::text_too_long(Some(row), TEXT_LIMIT_BYTES));
                }
            }
            "60F" | "60M" => {
                self.has_opening = true;
                // The day of an opening balance may be the day before, so that it is no first day.
                let opening = self.balance(row, value).map(|(_, amount)| amount);
                self.statement.opening_vnd = self.statement.opening_vnd.or(opening);
            }
            "62F" | "62M" => {
                self.has_closing = true;
                if let Some((day, amount)) = self.balance(row, value) {
                    self.statement.closing_vnd = Some(amount);
                    self.statement.to = Some(day);
                }
            }
            // The floor of an interim report, which has no balance, names the currency.
            "34F" => {
                if let Some(currency) = value.get(..3).filter(|code| is_code(code)) {
                    self.see_currency(currency);
                }
            }
            "61" => match entry::read(row, lines) {
                Ok(line) => self.open = Some((line, String::new(), is_field_cut)),
                Err(finding) => self.findings.push(finding),
            },
            _ => {}
        }
    }

    fn see_currency(&mut self, currency: &str) {
        if currency == "VND" {
            self.statement.currency.get_or_insert_with(|| currency.to_owned());
        } else if self.foreign.is_none() {
            self.foreign = Some(currency.to_owned());
        }
    }

    /// `C250815VND1000000,00`: the day and the signed amount.
    fn balance(&mut self, row: u32, text: &str) -> Option<(NaiveDate, i64)> {
        let parts = || {
            let (mark, rest) = text.split_at_checked(1)?;
            let (day, rest) = rest.split_at_checked(6)?;
            let (currency, amount) = rest.split_at_checked(3)?;
            is_code(currency).then_some((mark, date(day)?, currency, amount))
        };
        let parts = parts();
        if let Some((_, _, currency, _)) = parts {
            self.see_currency(currency);
        }
        let signed = parts.and_then(|(mark, day, _, amount)| match (mark, whole_dong(amount, ',')?) {
            ("C", amount) => Some((day, amount)),
            ("D", amount) => Some((day, -amount)),
            _ => None,
        });
        if signed.is_none() {
            self.findings.push(findings::balance_unreadable(Some(row), text));
        }
        signed
    }

    fn close_line(&mut self) {
        let Some((mut line, text, is_cut)) = self.open.take() else { return };
        narrative::put(&mut line, &text);
        if is_cut {
            self.findings.push(findings::text_too_long(Some(line.row), TEXT_LIMIT_BYTES));
        }
        self.statement.lines.push(line);
    }

    pub(super) fn finish(mut self) -> Statement {
        self.close_line();
        let mut statement = self.statement;
        let refusal = match (self.foreign, &statement.currency) {
            (Some(currency), _) => Some((findings::currency_not_vnd(&currency), Some(currency))),
            (None, None) => Some((findings::currency_missing(), None)),
            (None, Some(_)) => None,
        };
        if let Some((finding, currency)) = refusal {
            let Statement { account, to, .. } = statement;
            return Statement { account, to, currency, findings: vec![finding], ..Statement::default() };
        }
        order(&mut statement.lines);
        statement.findings = self.findings;
        if self.has_opening != self.has_closing {
            statement.findings.push(findings::balance_missing());
        }
        statement.findings.extend(prove(&statement));
        statement
    }
}

/// Whether this looks like the code of a currency.
fn is_code(text: &str) -> bool {
    text.bytes().all(|letter| letter.is_ascii_uppercase())
}

/// `BANKVNVX/9999000000001VND`: without the bank before the slash and the currency behind the digits.
fn account(text: &str) -> Option<String> {
    let account = text.rsplit('/').next().unwrap_or(text).trim();
    let bare = account.strip_suffix("VND").filter(|bare| bare.ends_with(|last: char| last.is_ascii_digit()));
    clean(bare.unwrap_or(account))
}

#[cfg(test)]
mod tests {
    use super::account;

    #[test]
    fn an_account_is_bare() {
        for text in ["9999000000001", "BANKVNVX/9999000000001", "BANKVNVX/9999000000001VND", " 9999000000001 "] {
            assert_eq!(account(text).as_deref(), Some("9999000000001"), "{text}");
        }
        assert_eq!(account("V2MSVND").as_deref(), Some("V2MSVND"));
        assert_eq!(account("BANKVNVX/"), None);
    }
}
