//! Writers whose transactions overlap and commit in another order than they began, on connections of their own.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

use crate::harness::database::{Database, Engine};

/// Schools that the writers rename.
const SCHOOLS: u64 = 12;

/// Numbers that look random and are the same every time (Knuth's MMIX generator).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// What the writers have done so far.
#[derive(Default, Debug)]
pub(super) struct Written {
    /// Changes that were committed.
    pub(super) changes: AtomicUsize,
    /// Writers that are still at work.
    pub(super) at_work: AtomicUsize,
}

/// The schools of the test, by code, with their names as they are now.
pub(super) async fn source(database: &Database) -> BTreeMap<String, String> {
    let codes = database.texts("SELECT code FROM schools ORDER BY code").await;
    let names = database.texts("SELECT name FROM schools ORDER BY code").await;
    codes.into_iter().zip(names).collect()
}

/// One writer: so many transactions, each over some schools, held open for a while, and now and then rolled back.
pub(super) async fn write(database: &Database, written: &Written, seed: u64, transactions: usize) {
    let mut dice = Dice(seed);
    let codes: Vec<String> = source(database).await.into_keys().collect();
    assert!(codes.len() as u64 >= SCHOOLS);
    for number in 0..transactions {
        let first = dice.below(SCHOOLS - 3);
        let count = 1 + dice.below(3);
        let of = |at: u64| codes[usize::try_from(first + at).unwrap()].as_str();
        let statements: Vec<String> = (0..count).map(|at| rename(of(at), &format!("{seed}-{number}-{at}"))).collect();
        let hold = Duration::from_millis(dice.below(12));
        let commits = dice.below(8) > 0;
        match database.engine {
            Engine::Postgres => {
                let mut connection = PgConnection::connect(database.url()).await.unwrap();
                run(&mut connection, "BEGIN", &statements, hold, commits).await;
            }
            Engine::Sqlite => {
                let mut connection = SqliteConnection::connect(database.url()).await.unwrap();
                run(&mut connection, "BEGIN IMMEDIATE", &statements, hold / 4, commits).await;
            }
        }
        if commits {
            written.changes.fetch_add(statements.len(), Ordering::SeqCst);
        }
    }
    written.at_work.fetch_sub(1, Ordering::SeqCst);
}

/// One committed change of the first school.
pub(super) async fn touch(database: &Database) {
    let code = source(database).await.into_keys().next().unwrap();
    database.execute(&rename(&code, "Mới")).await;
}

/// What the verb that writes schools does: the row and the change, in one transaction. The change draws its number first, so
/// that writers who wait for the same school commit in another order than they drew.
fn rename(code: &str, name: &str) -> String {
    format!(
        "INSERT INTO changes (kind, op, node_id, natural_key, school_id, recorded_at)
             SELECT 'School', 'UPSERT', id, code, id, 0 FROM schools WHERE code = '{code}';
         UPDATE schools SET name = 'Trường {name} (mẫu)' WHERE code = '{code}';"
    )
}

async fn run<C>(connection: &mut C, begin: &str, statements: &[String], hold: Duration, commits: bool)
where
    for<'a> &'a mut C: Executor<'a>,
{
    let mut script = async |sql: String| {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await.unwrap_or_else(|error| panic!("{error}"));
    };
    script(begin.to_owned()).await;
    for statement in statements {
        script(statement.clone()).await;
        tokio::time::sleep(hold / 3).await;
    }
    tokio::time::sleep(hold).await;
    script(if commits { "COMMIT" } else { "ROLLBACK" }.to_owned()).await;
}
