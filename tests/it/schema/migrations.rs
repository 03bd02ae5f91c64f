//! One list of migrations gives the same tables on both engines: columns, nullability, primary keys, uniques, foreign keys.

use std::collections::BTreeSet;

use super::super::harness::database::{Database, Engine};

/// What only one engine has: the writer's transaction id, which is never null where there are several writers.
const EXCEPTIONS: [&str; 1] = ["changes.xid"];

const SQLITE_COLUMNS: &str = "
    SELECT t.name || '.' || c.name || CASE WHEN c.\"notnull\" OR c.pk THEN ' not null' ELSE '' END
    FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
const POSTGRES_COLUMNS: &str = "
    SELECT (table_name || '.' || column_name || CASE WHEN is_nullable = 'NO' THEN ' not null' ELSE '' END)::text
    FROM information_schema.columns WHERE table_schema = 'public'";

const SQLITE_UNIQUES: &str = "
    SELECT t.name || ' (' || (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ')'
    FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table' AND i.\"unique\"";
const POSTGRES_UNIQUES: &str = "
    SELECT (c.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n)
        FROM unnest(i.indkey) WITH ORDINALITY k (attnum, n) JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum) || ')')::text
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace s ON s.oid = c.relnamespace
    WHERE i.indisunique AND s.nspname = 'public'";

const SQLITE_REFERENCES: &str = "
    SELECT t.name || '.' || f.\"from\" || ' -> ' || f.\"table\"
    FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'";
const POSTGRES_REFERENCES: &str = "
    SELECT (c.relname || '.' || a.attname || ' -> ' || r.relname)::text
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(k.conkey) WHERE k.contype = 'f'";

async fn compare(sqlite: &str, postgres: &str) {
    let words = async |engine, query| -> BTreeSet<String> {
        let listed = Database::fresh(engine).await.texts(query).await;
        listed
            .into_iter()
            .filter(|word| !word.starts_with("seaql_") && !EXCEPTIONS.iter().any(|known| word.starts_with(known)))
            .collect()
    };
    let (left, right) = (words(Engine::Sqlite, sqlite).await, words(Engine::Postgres, postgres).await);
    assert!(left.len() > 10, "the question finds nothing");
    let only =
        |these: &BTreeSet<String>, those: &BTreeSet<String>| these.difference(those).cloned().collect::<Vec<_>>();
    assert_eq!((only(&left, &right), only(&right, &left)), (vec![], vec![]), "only in SQLite, only in PostgreSQL");
}

#[tokio::test]
async fn both_engines_have_the_same_columns() {
    compare(SQLITE_COLUMNS, POSTGRES_COLUMNS).await;
}

#[tokio::test]
async fn both_engines_have_the_same_references() {
    compare(SQLITE_REFERENCES, POSTGRES_REFERENCES).await;
}

/// A primary key over one integer is SQLite's row id and has no index of its own.
#[tokio::test]
async fn both_engines_have_the_same_uniques() {
    let postgres = format!("{POSTGRES_UNIQUES} AND c.relname NOT IN ('changes', 'hub')");
    compare(SQLITE_UNIQUES, &postgres).await;
}
