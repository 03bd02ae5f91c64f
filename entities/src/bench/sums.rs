//! What hangs on the payments: the sums beside them, and months whose cash is closed.

use sea_orm::ConnectionTrait;

use super::words::Words;
use super::{FIRST_MONTH, Kind, MONTHS, Size, run};
use crate::codes::Month;
use crate::db::{Engine, Tx};
use crate::error::Error;
use crate::rollups::PERIOD_SUMS;
use crate::time::Timestamp;
use crate::verify::recount::{SCHOOL_YEAR, SUMS, ledger_sums, monthly_sums};

/// One school in this many has not closed its last months.
const LATE_SCHOOLS: i64 = 20;
const LATE_MONTHS: i64 = 2;

/// Counts the sums anew and closes what is not closed yet.
pub(super) async fn write(tx: &Tx, size: &Size, now: Timestamp) -> Result<(), Error> {
    let add = |names: &[&str]| {
        let sums: Vec<String> = names.iter().map(|sum| format!("CAST(SUM({sum}) AS BIGINT)")).collect();
        sums.join(", ")
    };
    let (with, select) = ledger_sums(tx.conn().get_database_backend());
    let grain = "school_id, month, category, method";
    run(tx, "DELETE FROM rollups").await?;
    run(
        tx,
        &format!(
            "INSERT INTO rollups ({grain}, {}) WITH {with} SELECT {grain}, {} FROM ({select}) ledger GROUP BY {grain} \
         ORDER BY {grain}",
            SUMS.join(", "),
            add(&SUMS)
        ),
    )
    .await?;
    run(tx, "DELETE FROM monthly_rollups").await?;
    run(
        tx,
        &format!(
            "INSERT INTO monthly_rollups (school_id, month, {}) SELECT school_id, month, {} FROM ({}) total \
         GROUP BY school_id, month ORDER BY school_id, month",
            PERIOD_SUMS.join(", "),
            add(&PERIOD_SUMS),
            monthly_sums()
        ),
    )
    .await?;
    close(tx, size, now).await?;
    run(
        tx,
        "INSERT INTO monthly_rollups (school_id, month, closed, outside_count, outside_amount) \
         SELECT school_id, month, 1, outside_count, outside_amount FROM cash_closings WHERE TRUE \
         ON CONFLICT (school_id, month) DO UPDATE SET closed = 1, outside_count = excluded.outside_count, \
         outside_amount = excluded.outside_amount",
    )
    .await?;
    let all: Vec<&str> = PERIOD_SUMS.into_iter().chain(["closed", "outside_count", "outside_amount"]).collect();
    run(tx, "DELETE FROM yearly_rollups").await?;
    run(
        tx,
        &format!(
            "INSERT INTO yearly_rollups (school_id, school_year, {}) SELECT school_id, {SCHOOL_YEAR}, {} \
             FROM monthly_rollups GROUP BY 1, 2 ORDER BY 1, 2",
            all.join(", "),
            add(&all)
        ),
    )
    .await?;
    if tx.engine() == Engine::Postgres { run(tx, "ANALYZE").await } else { Ok(()) }
}

async fn close(tx: &Tx, size: &Size, now: Timestamp) -> Result<(), Error> {
    let words = Words { engine: tx.engine(), seed: size.seed };
    let first = Month::new(FIRST_MONTH).map_err(Error::internal)?;
    let months = std::iter::successors(Some(first), |month| Some(month.next()));
    for (at, month) in (0..MONTHS).zip(months) {
        let number = format!("n + {}", at * 1_000_000);
        let late =
            if at >= MONTHS - LATE_MONTHS { format!("WHERE n % {LATE_SCHOOLS} <> 0") } else { "WHERE TRUE".to_owned() };
        run(
            tx,
            &format!(
                "INSERT INTO cash_closings (id, school_id, month, outside_count, outside_amount, actor, closed_at) \
             SELECT {}, {}, {}, CASE {outside} WHEN 0 THEN 1 ELSE 0 END, CASE {outside} WHEN 0 THEN 200000 ELSE 0 END, \
             'bench', {} FROM {} {late} ON CONFLICT DO NOTHING",
                words.id(Kind::Closing, &number),
                words.id(Kind::School, "n"),
                month.get(),
                now.micros(),
                words.numbers(0, size.schools),
                outside = words.random(&number, 13, 3),
            ),
        )
        .await?;
    }
    Ok(())
}
