//! Verification: recounts what the ledger keeps beside the money, from the money itself and in other words than those that
//! wrote it, and names every row that differs.

mod audit;
mod balances;
pub(crate) mod recount;

use sea_orm::{ConnectionTrait, QueryResult, Statement};

use crate::db::Db;
use crate::error::Error;

/// Differences of one check that are named; the rest are counted.
const MAX_NAMED_ROWS: usize = 20;

/// What one check found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    /// What was checked, as `roll-ups equal the ledger`.
    pub what: &'static str,
    /// A sentence for each row that differs, at most 20; the last one says how many more there are.
    pub differences: Vec<String>,
}

impl Checked {
    fn new(what: &'static str, mut differences: Vec<String>) -> Self {
        if let Some(more) = differences.len().checked_sub(MAX_NAMED_ROWS).filter(|more| *more > 0) {
            differences.truncate(MAX_NAMED_ROWS);
            differences.push(format!("... and {more} more."));
        }
        Self { what, differences }
    }
}

/// Runs every check, telling of each as it ends. It writes nothing and takes no locks.
///
/// # Errors
/// Only when the database does not answer; what is wrong with the rows is in the result.
pub async fn verify(db: &Db, mut told: impl FnMut(&Checked)) -> Result<Vec<Checked>, Error> {
    let mut all = Vec::new();
    for check in balances::CHECKS {
        let rows = ask(db, check.sql.to_owned()).await?;
        let differences = rows.iter().map(|row| check.sentence(row)).collect::<Result<_, _>>()?;
        tell(&mut all, &mut told, Checked::new(check.what, differences));
    }
    tell(&mut all, &mut told, Checked::new("roll-ups equal the ledger", recount::rollups(db).await?));
    tell(
        &mut all,
        &mut told,
        Checked::new("monthly sums equal the roll-ups and the closings", recount::monthly(db).await?),
    );
    tell(&mut all, &mut told, Checked::new("yearly sums equal the monthly ones", recount::yearly(db).await?));
    tell(&mut all, &mut told, Checked::new("audit logs hold", audit::differences(db).await?));
    Ok(all)
}

fn tell(all: &mut Vec<Checked>, told: &mut impl FnMut(&Checked), checked: Checked) {
    told(&checked);
    all.push(checked);
}

async fn ask(db: &Db, sql: String) -> Result<Vec<QueryResult>, Error> {
    let conn = db.read();
    Ok(conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql)).await?)
}
