//! What a bank may collect: invoices that are paid into the accounts for which its connection speaks. Everything else is as
//! unknown as what is not there.

use std::collections::HashSet;

use connectors::bill::{Amounts, No, Payer, Payment};
use entities::bills::{self, Collectable};
use entities::codes::{AccountNumber, InvoiceCode, VirtualAccountNumber};
use entities::ids::{BankAccountId, ConnectionId, SchoolId, StudentId};
use entities::invoices::{self, Filter, Invoice, InvoiceStatus};
use entities::money::Vnd;
use entities::page::MAX_PAGE_ROWS;
use entities::reach::Reach;
use entities::{Db, Error, Tx, bank_accounts, connections, students, virtual_accounts};

/// What one connection may collect.
pub(super) struct Scope<'s> {
    db: &'s Db,
    reach: &'s Reach,
    accounts: HashSet<BankAccountId>,
}

impl<'s> Scope<'s> {
    pub(super) async fn of(db: &'s Db, reach: &'s Reach, connection: ConnectionId) -> Result<Self, Error> {
        let mut accounts = connections::accounts_of(db, reach, &[connection]).await?;
        let accounts = accounts.remove(&connection).unwrap_or_default().into_iter().collect();
        Ok(Self { db, reach, accounts })
    }

    /// The student for whom money is collected, and the invoices that are meant, the oldest first.
    pub(super) async fn meant(&self, payer: &Payer) -> Result<Result<(StudentId, Vec<Invoice>), No>, Error> {
        match payer {
            Payer::Invoice(code) => Ok(self.invoice(code).await?.map(|invoice| (invoice.student, vec![invoice]))),
            Payer::VirtualAccount(number) => {
                let Some((account, student)) = self.virtual_account(number).await? else {
                    return Ok(Err(No::NotFound));
                };
                let of_account = |invoice: &Invoice| invoice.account == account;
                Ok(open(self.of_student(student).await?, of_account).map(|invoices| (student, invoices)))
            }
            Payer::Student(code) => {
                let Some(student) = students::by_ministry_code(self.db, self.reach, code).await? else {
                    return Ok(Err(No::NotFound));
                };
                Ok(open(self.of_student(student.id).await?, |_| true).map(|invoices| (student.id, invoices)))
            }
        }
    }

    /// What a payment is meant for, when it comes into the account of that. Whether it may be taken [`Wanted::may_take`] says.
    pub(super) async fn wanted(&self, told: &Payment) -> Result<Result<Wanted, No>, Error> {
        let (student, invoices) = match self.meant(&told.payer).await? {
            Ok(meant) => meant,
            Err(no) => return Ok(Err(no)),
        };
        let Some(first) = invoices.first() else { return Ok(Err(No::AlreadyPaid)) };
        let numbers = bank_accounts::numbers(self.db, self.reach, &[first.account]).await?;
        let named = told.notice.account.as_deref().and_then(|number| AccountNumber::parse(number).ok());
        if named.is_none() || numbers.get(&first.account) != named.as_ref() {
            return Ok(Err(No::WrongAccount));
        }
        let code = match told.payer {
            Payer::Invoice(_) => Some(first.code.as_str().to_owned()),
            Payer::VirtualAccount(_) | Payer::Student(_) => None,
        };
        let amount = Vnd::new(told.amount_vnd);
        Ok(Ok(Wanted { account: first.account, school: first.school, student, code, amount }))
    }

    async fn invoice(&self, code: &str) -> Result<Result<Invoice, No>, Error> {
        let Ok(code) = InvoiceCode::parse(code) else { return Ok(Err(No::NotFound)) };
        let invoice = invoices::by_code(self.db, self.reach, &code).await?;
        let own = invoice.filter(|invoice| self.accounts.contains(&invoice.account));
        Ok(match own {
            Some(invoice) if invoice.status == InvoiceStatus::Paid => Err(No::AlreadyPaid),
            Some(invoice) if invoice.status != InvoiceStatus::Cancelled => Ok(invoice),
            _ => Err(No::NotFound),
        })
    }

    async fn virtual_account(&self, number: &str) -> Result<Option<(BankAccountId, StudentId)>, Error> {
        let Ok(number) = VirtualAccountNumber::parse(number) else { return Ok(None) };
        let found = virtual_accounts::of_number(self.db, self.reach, &number).await?;
        let own = found.into_iter().find(|found| self.accounts.contains(&found.account));
        Ok(own.map(|own| (own.account, own.student)))
    }

    /// The student's invoices that this connection may collect, paid and unpaid.
    async fn of_student(&self, student: StudentId) -> Result<Vec<Invoice>, Error> {
        let filter = Filter::default();
        let mut found = invoices::of_students(self.db, self.reach, &[student], &filter, MAX_PAGE_ROWS.into()).await?;
        let rows = found.remove(&student).map(|slice| slice.rows).unwrap_or_default();
        let mut own: Vec<Invoice> = rows
            .into_iter()
            .map(|(_, invoice)| invoice)
            .filter(|invoice| self.accounts.contains(&invoice.account) && invoice.status != InvoiceStatus::Cancelled)
            .collect();
        own.reverse();
        Ok(own)
    }
}

/// Those that are open. A student of whom this connection collects nothing at all is unknown to it.
fn open(invoices: Vec<Invoice>, meant: impl Fn(&Invoice) -> bool) -> Result<Vec<Invoice>, No> {
    if invoices.is_empty() {
        return Err(No::NotFound);
    }
    let open: Vec<Invoice> =
        invoices.into_iter().filter(|invoice| meant(invoice) && invoice.open().is_positive()).collect();
    if open.is_empty() { Err(No::AlreadyPaid) } else { Ok(open) }
}

/// What a payment is meant for.
pub(super) struct Wanted {
    /// The account into which it comes.
    pub(super) account: BankAccountId,
    /// The student for whom it is.
    pub(super) student: StudentId,
    school: SchoolId,
    /// The invoice that it names, if any.
    code: Option<String>,
    amount: Vnd,
}

impl Wanted {
    /// Whether it may be taken by what is open now, in the transaction that takes it: two references never collect one invoice.
    pub(super) async fn may_take(&self, tx: &Tx, amounts: Amounts) -> Result<Result<(), No>, Error> {
        let mut open = bills::collectable(tx, self.school, self.account, self.student).await?;
        open.retain(|one| one.open.is_positive() && self.code.as_ref().is_none_or(|code| *code == one.code));
        if open.is_empty() {
            return Ok(Err(No::AlreadyPaid));
        }
        Ok(if fits(self.amount, &open, amounts) { Ok(()) } else { Err(No::AmountNotAllowed) })
    }
}

/// An exact amount is that of one invoice or of all of them; a chosen one is no more than what is open.
fn fits(amount: Vnd, invoices: &[Collectable], amounts: Amounts) -> bool {
    let total = Vnd::checked_sum(invoices.iter().map(|one| one.open));
    match amounts {
        Amounts::Exact => invoices.iter().any(|one| one.open == amount) || total.is_ok_and(|total| total == amount),
        Amounts::Chosen => total.is_ok_and(|total| amount <= total),
    }
}
