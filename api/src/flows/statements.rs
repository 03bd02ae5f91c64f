//! Account statements: a file is read by the connectors, its lines become the ledger's own values, and the ledger holds them
//! against what it heard.

mod accounts;

use std::collections::HashMap;

use accounts::{accounts, unknown_account};
use connectors::notice;
use connectors::statements::{self as files, Finding, Line, Statement};
use entities::error::Refusal;
use entities::ids::{BankAccountId, FileId, StatementId};
use entities::inbox::Direction;
use entities::money::Vnd;
use entities::reach::Reach;
use entities::statements::{self, Importing, Keyed, Keys, NewStatement, Outcomes, PAGE_LINES, Spoken, Status};
use entities::text;
use entities::time::Timestamp;
use entities::{Db, Error, bank_accounts, transaction};
use ring::digest::{SHA256, digest};

/// Bytes of a file at most; a year of a large school takes a tenth.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;
/// Findings of a section that are kept; whoever has more needs another file, not a longer list.
const MAX_FINDINGS: usize = 1_000;
/// Characters of a text that are kept: more than any bank prints.
const MAX_TEXT_CHARS: usize = 1_000;

/// A file that is to be imported.
pub struct Asked {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// The file as it was sent; none when it came from the operator's own disk.
    pub source: Option<FileId>,
    /// The school whose account it is about.
    pub school_code: String,
    /// The account, where the file does not say.
    pub account: Option<String>,
    /// Whether it only shows what it would do.
    pub dry_run: bool,
    /// Whether a person has looked at what does not add up.
    pub confirmed: bool,
}

/// What became of one section of a file.
#[derive(Debug)]
pub struct Imported {
    /// The statement; none in a dry run.
    pub id: Option<StatementId>,
    /// The account.
    pub account: BankAccountId,
    /// Whether it was imported or is held for a person.
    pub status: Status,
    /// How many lines the section has.
    pub lines: u64,
    /// What became of them; nothing while it is held.
    pub outcomes: Outcomes,
    /// What could not be read, and what does not add up.
    pub findings: Vec<statements::Finding>,
}

/// A section of a file, ready to be imported.
pub type Ready = (NewStatement, Vec<Keyed>);

/// A section of a file that is passed over: it is of another account than the stated one, or of none that the school has, or
/// of none that can be told, in another currency, or of amounts that no account holds.
#[derive(Clone, Debug)]
pub struct PassedOver {
    /// Why.
    pub finding: statements::Finding,
    /// How many lines it has.
    pub lines: usize,
}

/// A section of a file as it was judged.
pub type Judged = Result<Ready, PassedOver>;

/// Imports a file: every section is judged before the first is written, and one that is passed over keeps no other from being
/// imported. A file that broke off goes on when it is given again. `shown` hears how many lines of how many were seen.
///
/// # Errors
/// The reader's code for a file that it cannot read; `NOT_FOUND`, `REAL_DATA_NOT_ENABLED`; and where every section is passed
/// over, the reason of the first: `ACCOUNT_NEEDED`, `ACCOUNT_DIFFERS`, `UNKNOWN_ACCOUNT`, `CURRENCY_NOT_VND`,
/// `AMOUNT_TOO_LARGE`.
pub async fn import(
    db: &Db,
    reach: &Reach,
    asked: Asked,
    shown: &(dyn Fn(u64, u64) + Sync),
    now: Timestamp,
) -> Result<Vec<Result<Imported, PassedOver>>, Error> {
    let dry_run = asked.dry_run;
    let ready = ready(db, reach, asked).await?;
    import_ready(db, reach, ready, dry_run, shown, now).await
}

/// Imports the sections of a file that was read.
///
/// # Errors
/// The database's.
pub async fn import_ready(
    db: &Db,
    reach: &Reach,
    ready: Vec<Judged>,
    dry_run: bool,
    shown: &(dyn Fn(u64, u64) + Sync),
    now: Timestamp,
) -> Result<Vec<Result<Imported, PassedOver>>, Error> {
    let total = ready.iter().flatten().map(|(_, lines)| count(lines)).sum();
    let mut seen = 0;
    let mut done = Vec::with_capacity(ready.len());
    for judged in ready {
        let (new, lines) = match judged {
            Ok(ready) => ready,
            Err(passed_over) => {
                done.push(Err(passed_over));
                continue;
            }
        };
        done.push(Ok(section(db, reach, (&new, &lines), dry_run, &|lines| shown(seen + lines, total), now).await?));
        seen += count(&lines);
    }
    Ok(done)
}

/// Reads a file, beside the threads that answer others, and makes its sections ready.
///
/// # Errors
/// Those of [`import`].
pub async fn ready(db: &Db, reach: &Reach, mut asked: Asked) -> Result<Vec<Judged>, Error> {
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest(&SHA256, &asked.bytes).as_ref());
    let bytes = std::mem::take(&mut asked.bytes);
    let read = tokio::task::spawn_blocking(move || files::read(&bytes)).await.map_err(Error::internal)?;
    let sections = read.map_err(unreadable)?;
    let accounts = accounts(db, reach, &asked, &sections).await?;
    let mut judged = Vec::with_capacity(sections.len());
    let mut keys: HashMap<BankAccountId, Keys> = HashMap::new();
    let mut refused = None;
    for ((section, account), place) in sections.into_iter().zip(accounts).zip(0..) {
        let lines = section.lines.len();
        let ready = account
            .and_then(|account| prepared(&asked, section, keys.entry(account).or_default(), (account, sha256, place)));
        judged.push(ready.map_err(|refusal| {
            let finding = passed_over(&refusal);
            refused.get_or_insert(refusal);
            PassedOver { finding, lines }
        }));
    }
    match refused {
        Some(refusal) if judged.iter().all(Result::is_err) => Err(refusal.into()),
        _ => Ok(judged),
    }
}

fn passed_over(refusal: &Refusal) -> statements::Finding {
    statements::Finding {
        row: None,
        column: None,
        column_header: None,
        code: refusal.code.to_owned(),
        message: refusal.message.clone(),
        message_vi: refusal.message_vi.clone(),
    }
}

fn unreadable(finding: Finding) -> Error {
    let row = finding.row.map(|row| format!(" ({row})")).unwrap_or_default();
    Refusal::new(finding.code, format!("{}{row}", finding.message), format!("{}{row}", finding.message_vi))
        .at("file")
        .into()
}

fn prepared(
    asked: &Asked,
    section: Statement,
    keys: &mut Keys,
    (account, sha256, place): (BankAccountId, [u8; 32], i64),
) -> Result<Ready, Refusal> {
    let beyond = section.findings.len().saturating_sub(MAX_FINDINGS);
    let mut findings: Vec<_> = section.findings.into_iter().take(MAX_FINDINGS).map(finding).collect();
    findings.extend((beyond > 0).then(|| more_findings(beyond)));
    let balances = (section.opening_vnd, section.closing_vnd);
    let days = (
        section.from.or_else(|| section.lines.iter().map(|line| line.booked_on).min()),
        section.to.or_else(|| section.lines.iter().map(|line| line.booked_on).max()),
    );
    let lines = section.lines.into_iter().map(line).collect::<Result<_, _>>()?;
    let (lines, doubtful) = keys.section(lines, balances);
    findings.extend((doubtful > 0).then(|| lines_repeated(doubtful)));
    let new = NewStatement {
        account,
        file_name: asked.name.clone(),
        source: asked.source,
        sha256,
        section: place,
        days,
        balances,
        lines: lines.len(),
        findings,
        confirmed: asked.confirmed,
    };
    Ok((new, lines))
}

fn finding(finding: Finding) -> statements::Finding {
    let (column, column_header) = finding.column.map(|column| (column.letters, column.header)).unzip();
    statements::Finding {
        row: finding.row,
        column,
        column_header,
        code: finding.code.to_owned(),
        message: finding.message,
        message_vi: finding.message_vi,
    }
}

fn more_findings(beyond: usize) -> statements::Finding {
    statements::Finding {
        row: None,
        column: None,
        column_header: None,
        code: "MORE_FINDINGS".to_owned(),
        message: format!("There are {beyond} more findings."),
        message_vi: format!("Còn {beyond} điểm cần xem khác."),
    }
}

fn lines_repeated(doubtful: usize) -> statements::Finding {
    statements::Finding {
        row: None,
        column: None,
        column_header: None,
        code: "LINES_REPEATED".to_owned(),
        message: format!(
            "{doubtful} lines equal lines of an earlier part of the file, and no balance tells whether they are other money: \
             confirm this part only if they are."
        ),
        message_vi: format!(
            "{doubtful} dòng giống hệt các dòng ở phần trước của tệp và không có số dư để phân biệt: chỉ xác nhận phần này nếu \
             đó là các khoản tiền khác."
        ),
    }
}

/// The join: a line's values become the ledger's.
fn line(line: Line) -> Result<statements::Line, Refusal> {
    let amount = Vnd::new(line.amount_vnd);
    if amount > Vnd::LARGEST || amount.get() < 1 {
        let (en, vi) =
            ("The amount of a line is more than an account can hold.", "Số tiền của một dòng vượt giới hạn.");
        return Err(Refusal::new("AMOUNT_TOO_LARGE", format!("{en} ({})", line.row), format!("{vi} ({})", line.row)));
    }
    let tidy = |text: Option<String>| {
        let text = text?.split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = text.chars().filter(|c| !c.is_control()).take(MAX_TEXT_CHARS).collect();
        Some(text::nfc(&short, MAX_TEXT_CHARS).unwrap_or(short)).filter(|text| !text.is_empty())
    };
    Ok(statements::Line {
        row: line.row,
        booked_on: line.booked_on,
        occurred_at: line.occurred_at.map(Timestamp::from_micros),
        direction: match line.direction {
            notice::Direction::In => Direction::Credit,
            notice::Direction::Out => Direction::Debit,
        },
        amount,
        is_reversal: line.is_reversal,
        reference: tidy(line.reference),
        content: tidy(line.content),
        counterparty: tidy(line.counterparty_name),
        virtual_account: tidy(line.virtual_account),
        balance: line.balance_vnd,
    })
}

async fn section(
    db: &Db,
    reach: &Reach,
    (new, lines): (&NewStatement, &[Keyed]),
    dry_run: bool,
    shown: &(dyn Fn(u64) + Sync),
    now: Timestamp,
) -> Result<Imported, Error> {
    let (id, status, outcomes) = if dry_run {
        let (status, outcomes) = rehearse(db, reach, new, lines, now).await?;
        (None, status, outcomes)
    } else {
        let begun = transaction!(db, |tx| statements::begin(tx, reach, new, now).await)?;
        let (status, outcomes) = match begun.status {
            Status::Held => (Status::Held, Outcomes::default()),
            _ => (Status::Imported, keep(db, reach, &begun.importing, lines, shown, now).await?),
        };
        (Some(begun.importing.id), status, outcomes)
    };
    Ok(Imported { id, account: new.account, status, lines: count(lines), outcomes, findings: new.findings.clone() })
}

async fn keep(
    db: &Db,
    reach: &Reach,
    importing: &Importing,
    lines: &[Keyed],
    shown: &(dyn Fn(u64) + Sync),
    now: Timestamp,
) -> Result<Outcomes, Error> {
    let mut seen = 0;
    for some in lines.chunks(PAGE_LINES) {
        transaction!(db, |tx| statements::page(tx, importing, some, None, now).await)?;
        seen += count(some);
        shown(seen);
    }
    transaction!(db, |tx| {
        statements::finish(tx, importing, reach.actor(), now).await?;
        statements::outcomes(tx, importing, count(lines)).await
    })
}

/// What an import would do. Each page knows what the ones before it spoke for.
async fn rehearse(
    db: &Db,
    reach: &Reach,
    new: &NewStatement,
    lines: &[Keyed],
    now: Timestamp,
) -> Result<(Status, Outcomes), Error> {
    let mut outcomes = Outcomes::default();
    if new.is_held() {
        return Ok((Status::Held, outcomes));
    }
    let importing = rehearsed(db, reach, new, now).await?;
    let mut spoken = Spoken::default();
    for some in lines.chunks(PAGE_LINES) {
        let before = &spoken;
        let kept = transaction!(db, |tx| statements::page(tx, &importing, some, Some(before), now).await)?;
        outcomes.join(&kept.outcomes);
        spoken = kept.spoken;
    }
    Ok((Status::Imported, outcomes))
}

/// What a statement would be, were it imported.
pub(super) async fn rehearsed(db: &Db, reach: &Reach, new: &NewStatement, now: Timestamp) -> Result<Importing, Error> {
    let accounts = bank_accounts::by_ids(db, reach, &[new.account]).await?;
    let account = accounts.get(&new.account).ok_or_else(unknown_account)?;
    Ok(Importing { id: StatementId::new(now), school: account.school, account: account.id })
}

fn count<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}
