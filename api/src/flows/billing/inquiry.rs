//! What may be paid for a student: the payer at the counter sees for whom and for what, and no more.

use connectors::bill::{Answer, Bill, Bills, No, Payer};
use entities::access_log::{self, Access, Occasion};
use entities::ids::StudentId;
use entities::invoices::{self, Invoice, InvoiceLine};
use entities::reach::Reach;
use entities::{Error, bank_accounts, schools, students, transaction};

use super::Counter;
use super::payable::Scope;

/// Characters of what a bill is for.
const TITLE_CHARS: usize = 200;

impl Counter<'_> {
    pub(super) async fn inquiry(&self, payer: &Payer) -> Result<Answer, Error> {
        if let Some(no) = self.tried_too_many() {
            return Ok(Answer::No(no));
        }
        let reach = self.reach();
        let meant = Scope::of(&self.hub.db, &reach, self.connection()).await?.meant(payer).await?;
        let (answer, looked_at) = match meant {
            Ok((student, invoices)) => {
                let access =
                    Access { kind: "Student", node: student.uuid(), school: invoices.first().map(|one| one.school) };
                (Answer::Bills(self.bills(&reach, student, &invoices).await?), vec![access])
            }
            Err(no) => {
                self.count_unknown(no);
                (Answer::No(no), Vec::new())
            }
        };
        let occasion = self.occasion();
        let is_fresh = transaction!(&self.hub.db, |tx| {
            let is_fresh = self.is_fresh(tx).await?;
            if is_fresh {
                access_log::append(tx, &occasion, &looked_at, self.now()).await?;
            }
            Ok(is_fresh)
        })?;
        Ok(if is_fresh { answer } else { Answer::No(No::NonceUsed) })
    }

    async fn bills(&self, reach: &Reach, student: StudentId, invoices: &[Invoice]) -> Result<Bills, Error> {
        let db = &self.hub.db;
        let ids: Vec<_> = invoices.iter().map(|invoice| invoice.id).collect();
        let accounts: Vec<_> = invoices.iter().map(|invoice| invoice.account).collect();
        let of: Vec<_> = invoices.iter().map(|invoice| invoice.school).collect();
        let lines = invoices::lines_of(db, reach, &ids).await?;
        let numbers = bank_accounts::numbers(db, reach, &accounts).await?;
        let schools = schools::by_ids(db, reach, &of).await?;
        let student = students::by_ids(db, reach, &[student]).await?.remove(&student);
        let missing = || Error::internal("an invoice names what is not there");
        let bill = |invoice: &Invoice| {
            Ok(Bill {
                invoice_code: invoice.code.as_str().to_owned(),
                school_name: schools.get(&invoice.school).ok_or_else(missing)?.name.clone(),
                title: title(lines.get(&invoice.id).map_or(&[][..], Vec::as_slice)),
                account: numbers.get(&invoice.account).ok_or_else(missing)?.as_str().to_owned(),
                amount_vnd: invoice.amount.get(),
                open_vnd: invoice.open().get(),
                due_on: invoice.due_on,
            })
        };
        Ok(Bills {
            student_name: initials(&student.ok_or_else(missing)?.full_name),
            amounts: self.call.amounts,
            bills: invoices.iter().map(bill).collect::<Result<_, Error>>()?,
        })
    }

    fn occasion(&self) -> Occasion {
        Occasion {
            subject: format!("connection:{}", self.connection()),
            role: "BANK_PARTNER".to_owned(),
            purpose: None,
            request: self.call.nonce.clone(),
        }
    }
}

/// What the lines are for, in the words that families read.
fn title(lines: &[InvoiceLine]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for line in lines {
        if !words.contains(&line.description.as_str()) {
            words.push(&line.description);
        }
    }
    words.join("; ").chars().take(TITLE_CHARS).collect()
}

/// The last word in full, each before it cut to its first letter: `Nguyễn Văn Mẫu` is `N. V. Mẫu`.
fn initials(full_name: &str) -> String {
    let words: Vec<&str> = full_name.split_whitespace().collect();
    let Some((given, before)) = words.split_last() else { return String::new() };
    let first = |word: &&str| word.chars().next().map(|letter| format!("{letter}. ")).unwrap_or_default();
    before.iter().map(first).collect::<String>() + given
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn a_name_keeps_its_last_word_alone() {
        assert_eq!(initials("Nguyễn Văn Mẫu"), "N. V. Mẫu");
        assert_eq!(initials("  Đỗ   Mẫu "), "Đ. Mẫu");
        assert_eq!(initials("Mẫu"), "Mẫu");
        assert_eq!(initials(""), "");
    }
}
