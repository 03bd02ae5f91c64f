//! Codes of new invoices: drawn at random, so that nobody can count a school's invoices or guess a neighbour's code.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::codes::InvoiceCode;
use crate::db::{Tx, rows_per_statement};
use crate::error::Error;
use crate::seal::random;
use crate::tables::invoices::{Column, Entity};

/// How many serial numbers there are: ten digits, the first never 0.
const SERIALS: u64 = 9_000_000_000;
/// Rounds of drawing before giving up; with a million invoices one code in nine thousand is drawn again.
const MAX_ROUNDS: u32 = 16;

/// `count` codes that no invoice has. Another transaction may take one meanwhile; the unique key then says so.
pub(super) async fn draw(tx: &Tx, prefix: &str, count: usize) -> Result<Vec<InvoiceCode>, Error> {
    let mut free: HashSet<InvoiceCode> = HashSet::with_capacity(count);
    for _ in 0..MAX_ROUNDS {
        let mut drawn = HashSet::new();
        while free.len() + drawn.len() < count {
            let code = InvoiceCode::from_serial(prefix, serial()?).map_err(Error::internal)?;
            if !free.contains(&code) {
                drawn.insert(code);
            }
        }
        let taken = taken(tx, &drawn).await?;
        free.extend(drawn.into_iter().filter(|code| !taken.contains(code.as_str())));
        if free.len() == count {
            return Ok(free.into_iter().collect());
        }
    }
    Err(Error::internal("no free invoice code was found"))
}

/// A serial number, each as likely as any other: draws beyond the last full round are thrown away.
fn serial() -> Result<u64, Error> {
    loop {
        let drawn = u64::from_be_bytes(random()?);
        if drawn < u64::MAX - u64::MAX % SERIALS {
            return Ok(drawn % SERIALS);
        }
    }
}

async fn taken(tx: &Tx, codes: &HashSet<InvoiceCode>) -> Result<HashSet<String>, Error> {
    let codes: Vec<&str> = codes.iter().map(InvoiceCode::as_str).collect();
    let mut taken = HashSet::new();
    for some in codes.chunks(rows_per_statement(1)) {
        let select = Entity::find().select_only().column(Column::Code).filter(Column::Code.is_in(some.iter().copied()));
        taken.extend(select.into_tuple::<String>().all(tx.conn()).await?);
    }
    Ok(taken)
}
