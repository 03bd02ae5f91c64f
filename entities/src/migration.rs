//! The one list of migrations, applied to both engines. A step is plain SQL with the type names of this table:
//!
//! | word | PostgreSQL | SQLite (STRICT) |
//! | --- | --- | --- |
//! | `KEY` | `text COLLATE "C"` | `TEXT` |
//! | `TEXT` | `text` | `TEXT` |
//! | `BYTES` | `bytea` | `BLOB` |
//! | `UUID` | `uuid` | `BLOB` |
//! | `INT8` | `bigint` | `INTEGER` |
//! | `BOOL` | `boolean` | `INTEGER` |
//! | `DATE` | `date` | `TEXT` |
//! | `SERIAL8` | identity `bigint` | `INTEGER`, never reused |
//! | `XID` | `xid8`, the writer's transaction | `INTEGER`, always null |

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};

use crate::db::{Engine, engine_of};

/// Every step in order. A released step never changes; a new one expands before a later one contracts.
const STEPS: [(&str, &str); 20] = [
    ("m0001_hub", include_str!("migration/m0001_hub.sql")),
    ("m0002_access", include_str!("migration/m0002_access.sql")),
    ("m0003_roster", include_str!("migration/m0003_roster.sql")),
    ("m0004_money", include_str!("migration/m0004_money.sql")),
    ("m0005_inbox", include_str!("migration/m0005_inbox.sql")),
    ("m0006_trusted_documents", include_str!("migration/m0006_trusted_documents.sql")),
    ("m0007_files", include_str!("migration/m0007_files.sql")),
    ("m0008_feed", include_str!("migration/m0008_feed.sql")),
    ("m0009_listed_money", include_str!("migration/m0009_listed_money.sql")),
    ("m0010_connection_care", include_str!("migration/m0010_connection_care.sql")),
    ("m0011_same_money", include_str!("migration/m0011_same_money.sql")),
    ("m0013_listings", include_str!("migration/m0013_listings.sql")),
    ("m0014_statements", include_str!("migration/m0014_statements.sql")),
    ("m0015_bills", include_str!("migration/m0015_bills.sql")),
    ("m0016_statement_files", include_str!("migration/m0016_statement_files.sql")),
    ("m0017_told_apart", include_str!("migration/m0017_told_apart.sql")),
    ("m0018_waiting_orders", include_str!("migration/m0018_waiting_orders.sql")),
    ("m0020_lean_lines", include_str!("migration/m0020_lean_lines.sql")),
    ("m0023_school_profiles", include_str!("migration/m0023_school_profiles.sql")),
    ("m0032_collected_bills", include_str!("migration/m0032_collected_bills.sql")),
];

/// Applies the steps that a database has not seen yet.
pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        STEPS.iter().map(|&(name, sql)| Box::new(Step { name, sql }) as Box<dyn MigrationTrait>).collect()
    }
}

struct Step {
    name: &'static str,
    sql: &'static str,
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let conn = manager.get_connection();
        let engine = engine_of(conn);
        for statement in self.sql.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
            conn.execute_unprepared(&translate(statement, engine)).await?;
        }
        Ok(())
    }
}

/// Replaces the type words of the table above by those of the engine.
fn translate(statement: &str, engine: Engine) -> String {
    let mut sql = String::with_capacity(statement.len() + 64);
    for line in statement.lines().filter(|line| !line.trim_start().starts_with("--")) {
        let mut previous = "";
        for (at, word) in line.split(' ').enumerate() {
            if at > 0 {
                sql.push(' ');
            }
            let (name, comma) = word.strip_suffix(',').map_or((word, ""), |name| (name, ","));
            let is_constraint = matches!(previous, "PRIMARY" | "FOREIGN");
            sql.push_str(type_word(name, engine).filter(|_| !is_constraint).unwrap_or(name));
            sql.push_str(comma);
            previous = word;
        }
        sql.push('\n');
    }
    let sql = sql.trim_end();
    let strict = engine == Engine::Sqlite && sql.starts_with("CREATE TABLE");
    format!("{sql}{}", if strict { " STRICT" } else { "" })
}

fn type_word(word: &str, engine: Engine) -> Option<&'static str> {
    let (postgres, sqlite) = match word {
        "KEY" => ("text COLLATE \"C\"", "TEXT"),
        "TEXT" => ("text", "TEXT"),
        "BYTES" => ("bytea", "BLOB"),
        "UUID" => ("uuid", "BLOB"),
        "INT8" => ("bigint", "INTEGER"),
        "BOOL" => ("boolean", "INTEGER"),
        "DATE" => ("date", "TEXT"),
        "SERIAL8" => ("bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"),
        "XID" => ("xid8 NOT NULL DEFAULT pg_current_xact_id()", "INTEGER"),
        _ => return None,
    };
    Some(if engine == Engine::Postgres { postgres } else { sqlite })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_words_become_those_of_the_engine() {
        let step = "CREATE TABLE a (\n    id UUID PRIMARY KEY,\n    code KEY NOT NULL\n)";
        assert_eq!(
            translate(step, Engine::Postgres),
            "CREATE TABLE a (\n    id uuid PRIMARY KEY,\n    code text COLLATE \"C\" NOT NULL\n)"
        );
        assert_eq!(
            translate(step, Engine::Sqlite),
            "CREATE TABLE a (\n    id BLOB PRIMARY KEY,\n    code TEXT NOT NULL\n) STRICT"
        );
    }
}
