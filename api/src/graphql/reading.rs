//! Lines of imported files as rows of the bulk mutations: one description, the schema's, for both ways in.

use async_graphql::{InputType, Pos, Value};
use entities::Refusal;
use entities::batch::{RowResult, RowStatus};
use entities::codes::Kind as DatabaseKind;
use entities::ids::SchoolId;
use serde_json::Value as Json;

use super::mutation::classes::ClassInput;
use super::mutation::enrollments::EnrollmentInput;
use super::mutation::fee::{self, FeeInput};
use super::mutation::invoice::{self, InvoiceInput};
use super::mutation::schools::SchoolInput;
use super::mutation::students::StudentInput;
use super::node_id;
use crate::flows::imports::{Kind, Read, Reading, Rows};

/// Characters of the engine's own sentence about a row at most: it may repeat the value that does not fit.
const MAX_SENTENCE_CHARS: usize = 200;

/// How this schema reads lines.
pub const READING: Reading = Reading {
    rows,
    id: |kind, row| node_id::encode(kind, row).to_string(),
    node: |id| node_id::decode(&async_graphql::ID::from(id)),
};

fn rows(kind: Kind, database: DatabaseKind, school: Option<SchoolId>, lines: Vec<Json>) -> Read {
    let mut read = Lines::default();
    let rows = match kind {
        Kind::Schools => Rows::Schools(read.all(lines, SchoolInput::external_id, SchoolInput::read)),
        Kind::Classes => Rows::Classes(read.all(lines, ClassInput::external_id, ClassInput::read)),
        Kind::Students => Rows::Students(read.all(lines, StudentInput::external_id, |row| row.read(database))),
        Kind::Enrollments => Rows::Enrollments(read.all(lines, EnrollmentInput::external_id, EnrollmentInput::read)),
        Kind::Fees => {
            Rows::Fees(read.all(lines, |row: &FeeInput| row.external_id.clone(), |row| fee::fee(of(school)?, row)))
        }
        Kind::Invoices => Rows::Invoices(read.all(
            lines,
            |row: &InvoiceInput| row.external_id.clone(),
            |row| invoice::invoice(of(school)?, row),
        )),
        Kind::Statements | Kind::OneRoster => Rows::Invoices(read.none(&lines)),
    };
    Read { rows, places: read.places, refused: read.refused }
}

fn of(school: Option<SchoolId>) -> Result<SchoolId, Refusal> {
    school.ok_or_else(|| Refusal::not_found("school").at("schoolCode"))
}

/// The places of the lines that could be read, and why the others could not.
#[derive(Default)]
struct Lines {
    places: Vec<usize>,
    refused: Vec<RowResult>,
}

impl Lines {
    /// What a bank or a roster product writes is no list of rows.
    fn none<T>(&mut self, lines: &[Json]) -> Vec<T> {
        let refusal = || {
            Refusal::new(
                "BAD_ROW",
                "A statement or roster is read as its sender wrote it, not as lines of JSON.",
                "Sao kê và danh sách OneRoster được đọc theo tệp gốc, không theo từng dòng JSON.",
            )
        };
        let refused = |index| RowResult {
            index,
            external_id: None,
            status: RowStatus::Refused,
            id: None,
            errors: vec![refusal()],
        };
        self.refused.extend((0..lines.len()).map(refused));
        Vec::new()
    }

    fn all<I: InputType, T>(
        &mut self,
        lines: Vec<Json>,
        external_id: impl Fn(&I) -> Option<String>,
        read: impl Fn(I) -> Result<T, Refusal>,
    ) -> Vec<T> {
        let mut rows = Vec::with_capacity(lines.len());
        for (index, line) in lines.into_iter().enumerate() {
            let mut called = None;
            let row = input::<I>(line).and_then(|input| {
                called = external_id(&input);
                read(input)
            });
            match row {
                Ok(row) => {
                    rows.push(row);
                    self.places.push(index);
                }
                Err(refusal) => self.refused.push(RowResult {
                    index,
                    external_id: called,
                    status: RowStatus::Refused,
                    id: None,
                    errors: vec![refusal],
                }),
            }
        }
        rows
    }
}

/// A line as the input type that describes it. What the type does not name is refused: a misspelt field would otherwise
/// mean "leave it as it is".
fn input<I: InputType>(line: Json) -> Result<I, Refusal> {
    let bad = |sentence: String| {
        let kind = I::type_name();
        Refusal::new(
            "BAD_ROW",
            format!("This line is no {kind}: {sentence}"),
            format!("Dòng này không đúng cấu trúc {kind}."),
        )
    };
    let value = Value::from_json(line).map_err(|error| bad(error.to_string()))?;
    if let Some(path) = with_nul(&value, "") {
        return Err(Refusal::new(
            "BAD_TEXT",
            "A text holds the character NUL, which cannot be stored.",
            "Văn bản chứa ký tự NUL, không thể lưu trữ.",
        )
        .at(path));
    }
    let read = I::parse(Some(value.clone())).map_err(|error| {
        let sentence = error.into_server_error(Pos::default()).message;
        bad(sentence.chars().take(MAX_SENTENCE_CHARS).collect())
    })?;
    match unknown(&value, &read.to_value(), "") {
        None => Ok(read),
        Some(path) => Err(Refusal::new(
            "UNKNOWN_FIELD",
            format!("{} has no field of this name.", I::type_name()),
            format!("{} không có trường này.", I::type_name()),
        )
        .at(path)),
    }
}

/// The path of the first field that was given and not read.
fn unknown(given: &Value, read: &Value, path: &str) -> Option<String> {
    match (given, read) {
        (Value::Object(given), Value::Object(read)) => given.iter().find_map(|(name, value)| {
            let path = joined(path, name);
            match read.get(name) {
                None => Some(path),
                Some(read) => unknown(value, read, &path),
            }
        }),
        (Value::List(given), Value::List(read)) => given
            .iter()
            .zip(read)
            .enumerate()
            .find_map(|(at, (given, read))| unknown(given, read, &joined(path, &at.to_string()))),
        _ => None,
    }
}

/// The path of the first text with a NUL in it.
fn with_nul(value: &Value, path: &str) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(|| path.to_owned()),
        Value::List(items) => {
            items.iter().enumerate().find_map(|(at, item)| with_nul(item, &joined(path, &at.to_string())))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, value)| with_nul(value, &joined(path, name))),
        _ => None,
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn codes(lines: Vec<Json>) -> Vec<(usize, &'static str, Option<String>)> {
        let read = rows(Kind::Students, DatabaseKind::Demo, None, lines);
        let told = |row: &RowResult| (row.index, row.errors[0].code, row.errors[0].field.clone());
        read.refused.iter().map(told).collect()
    }

    #[test]
    fn a_line_is_read_as_the_mutation_reads_a_row() {
        let good = json!({"schoolCode": "99001401", "key": {"externalId": "a"}, "fullName": "Trần Thị Mẫu",
            "gender": "FEMALE", "birthDate": "2019-03-02", "enrollment": {"schoolYear": 2026, "classCode": "1A"}});
        let read = rows(Kind::Students, DatabaseKind::Demo, None, vec![good.clone()]);
        assert!(read.refused.is_empty(), "{:?}", read.refused);
        let Rows::Students(students) = read.rows else { panic!("other rows") };
        assert_eq!(students[0].full_name.as_deref(), Some("Trần Thị Mẫu"));
        let with = |name: &str, value: Json| {
            let mut line = good.clone();
            line[name] = value;
            line
        };
        let refused = codes(vec![
            with("fullname", json!("x")),
            good.clone(),
            with("enrollment", json!({"schoolYear": 2026, "clasCode": "1A"})),
            with("birthDate", json!("02/03/2019")),
            with("key", json!({"externalId": "a", "ministryCode": "b"})),
            with("fullName", json!("a\u{0}b")),
            with("phone", json!("•••678")),
            json!({}),
        ]);
        let at = |path: &str| Some(path.to_owned());
        assert_eq!(
            refused,
            [
                (0, "UNKNOWN_FIELD", at("fullname")),
                (2, "UNKNOWN_FIELD", at("enrollment.clasCode")),
                (3, "BAD_ROW", None),
                (4, "BAD_ROW", None),
                (5, "BAD_TEXT", at("fullName")),
                (6, "MASKED_INPUT", at("phone")),
                (7, "BAD_ROW", None),
            ]
        );
    }
}
