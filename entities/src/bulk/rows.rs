//! Rows of values as a table that a statement reads, with columns `column1`, `column2` and so on.

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

use crate::db::Engine;
use crate::error::Error;

/// The table's text in parentheses, and the values that it binds. SQLite takes each value by itself. PostgreSQL takes an array for
/// each column: its statement is as long whatever the number of rows, and is prepared once instead of read anew each time.
pub(super) fn derived(engine: Engine, rows: Vec<Vec<Value>>) -> Result<(String, Vec<Value>), Error> {
    match engine {
        Engine::Postgres => arrays(rows),
        Engine::Sqlite => {
            let columns = rows.first().map_or(0, Vec::len);
            let row = format!("({})", vec!["?"; columns].join(", "));
            let text = format!("(VALUES {})", vec![row.as_str(); rows.len()].join(", "));
            Ok((text, rows.into_iter().flatten().collect()))
        }
    }
}

/// An array for each column, and where some of its values are null another that says of each whether it is there. A column without
/// any value is no array: it stands as NULL in the text.
fn arrays(rows: Vec<Vec<Value>>) -> Result<(String, Vec<Value>), Error> {
    let mut columns: Vec<Vec<Value>> = Vec::new();
    for row in rows {
        columns.resize_with(row.len().max(columns.len()), Vec::new);
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let (mut shown, mut read, mut names, mut bound) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut bind = |kind: ArrayType, values: Vec<Value>, name: String| {
        read.push(format!("${}::{}[]", bound.len() + 1, word(&kind)?));
        bound.push(Value::Array(kind, Some(Box::new(values))));
        names.push(name);
        Ok::<(), Error>(())
    };
    for (number, mut column) in (1..).zip(columns) {
        let kind = column.first().map(Value::array_type).ok_or_else(|| Error::internal("a column without values"))?;
        let there = column.iter().filter(|value| value.is_some()).count();
        // At least one column says how many rows there are.
        if there == 0 && number > 1 {
            shown.push(format!("NULL::{} AS column{number}", word(&kind)?));
            continue;
        }
        let has_null = there < column.len();
        let told = |column: &[Value]| column.iter().map(|value| Value::Bool(Some(value.is_some()))).collect();
        let told: Vec<Value> = if has_null { told(&column) } else { Vec::new() };
        column.iter_mut().filter(|value| !value.is_some()).for_each(|value| *value = value.dummy_value());
        bind(kind, column, format!("c{number}"))?;
        if has_null {
            bind(ArrayType::Bool, told, format!("h{number}"))?;
        }
        let value = if has_null { format!("CASE WHEN h{number} THEN c{number} END") } else { format!("c{number}") };
        shown.push(format!("{value} AS column{number}"));
    }
    let text = format!("(SELECT {} FROM unnest({}) AS u ({}))", shown.join(", "), read.join(", "), names.join(", "));
    Ok((text, bound))
}

/// PostgreSQL's name of the type of an array's elements.
fn word(kind: &ArrayType) -> Result<&'static str, Error> {
    match kind {
        ArrayType::Uuid => Ok("uuid"),
        ArrayType::BigInt => Ok("bigint"),
        ArrayType::Int => Ok("integer"),
        ArrayType::String => Ok("text"),
        ArrayType::Bytes => Ok("bytea"),
        ArrayType::Bool => Ok("boolean"),
        ArrayType::ChronoDate => Ok("date"),
        other => Err(Error::internal(format!("no column holds {other:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<Value>> {
        vec![vec![1_i64.into(), "a".into()], vec![2_i64.into(), Value::String(None)]]
    }

    #[test]
    fn postgresql_takes_an_array_for_each_column_and_says_where_it_has_none() {
        let (text, values) = derived(Engine::Postgres, rows()).unwrap();
        assert_eq!(
            text,
            "(SELECT c1 AS column1, CASE WHEN h2 THEN c2 END AS column2 \
             FROM unnest($1::bigint[], $2::text[], $3::boolean[]) AS u (c1, c2, h2))"
        );
        let array = |kind, values: Vec<Value>| Value::Array(kind, Some(Box::new(values)));
        let expected = [
            array(ArrayType::BigInt, vec![1_i64.into(), 2_i64.into()]),
            array(ArrayType::String, vec!["a".into(), "".into()]),
            array(ArrayType::Bool, vec![true.into(), false.into()]),
        ];
        assert_eq!(values, expected);
    }

    #[test]
    fn a_column_without_any_value_is_not_sent() {
        let rows = vec![vec![1_i64.into(), Value::Uuid(None)], vec![2_i64.into(), Value::Uuid(None)]];
        let (text, values) = derived(Engine::Postgres, rows).unwrap();
        assert_eq!(text, "(SELECT c1 AS column1, NULL::uuid AS column2 FROM unnest($1::bigint[]) AS u (c1))");
        assert_eq!(values.len(), 1);
    }

    #[test]
    fn sqlite_takes_each_value() {
        let (text, values) = derived(Engine::Sqlite, rows()).unwrap();
        assert_eq!(text, "(VALUES (?, ?), (?, ?))");
        assert_eq!(values, rows().concat());
    }
}
