//! The next rows of an archive through the verbs of their kind, a result for each.

use connectors::oneroster::{Demographics, Org, Role, Row, Table};
use entities::batch::{Batch, RowResult};
use entities::{Error, Tx, classes, enrollments, students};

use super::known::{CLASS, ENROLLMENT, Known, SCHOOL, STUDENT};
use super::outcome::{Outcome, Stop, not_kept};

/// What of a row goes into its verb, and the columns of it that are not kept.
type Planned<T> = Result<(T, Vec<String>), Stop>;

/// Writes at most `most` rows from a place on, all of one file, and says where the next begin.
pub(super) async fn page(
    tx: &Tx,
    batch: &Batch<'_>,
    known: &Known,
    (from, most): (usize, usize),
) -> Result<(Vec<Outcome>, usize), Error> {
    let found = &known.roster.findings;
    if let Some(rest) = found.get(from..).filter(|rest| !rest.is_empty()) {
        let some = &rest[..rest.len().min(most)];
        return Ok((some.iter().cloned().map(Outcome::found).collect(), from + some.len()));
    }
    let mut behind = found.len();
    for table in Table::ALL {
        let rows = known.rows_of(table);
        if from < behind + rows {
            let first = from - behind;
            let last = rows.min(first + most);
            let outcomes = some(tx, batch, known, table, (first, last)).await?;
            return Ok((outcomes, behind + last));
        }
        behind += rows;
    }
    Ok((Vec::new(), behind))
}

async fn some(
    tx: &Tx,
    batch: &Batch<'_>,
    known: &Known,
    table: Table,
    (first, last): (usize, usize),
) -> Result<Vec<Outcome>, Error> {
    let roster = &known.roster;
    Ok(match table {
        Table::AcademicSessions => told(table, &roster.sessions[first..last], |_| (Stop::Unchanged(None), &[])),
        Table::Orgs => told(table, &roster.orgs[first..last], |row| (org(known, row), &[])),
        Table::Courses => told(table, &roster.courses[first..last], |_| (course(), &[])),
        Table::Roles => told(table, &roster.roles[first..last], |row| (known.role_row(row), dates(&row.thing))),
        Table::UserProfiles => told(table, &roster.profiles[first..last], |_| (profile(), &[])),
        Table::Demographics => {
            let rows = &roster.demographics[first..last];
            let (upserts, planned) =
                split(rows.iter().map(|row| known.birth_row(row).map(|upsert| (upsert, Vec::new()))));
            let results = if upserts.is_empty() { Vec::new() } else { students::upsert(tx, batch, &upserts).await? };
            let outcomes = placed((table, STUDENT), rows, planned, results);
            rows.iter().zip(outcomes).map(|(row, outcome)| outcome.without(unkept_sex(known, row))).collect()
        }
        Table::Classes => {
            let rows = &roster.classes[first..last];
            let (upserts, planned) = split(rows.iter().map(|row| known.class_row(row)));
            let results = classes::upsert(tx, batch, &upserts).await?;
            placed((table, CLASS), rows, planned, results)
        }
        Table::Users => {
            let rows = &roster.users[first..last];
            let (upserts, planned) = split(rows.iter().map(|row| known.user_row(row)));
            let results = if upserts.is_empty() { Vec::new() } else { students::upsert(tx, batch, &upserts).await? };
            placed((table, STUDENT), rows, planned, results)
        }
        Table::Enrollments => {
            let rows = &roster.enrollments[first..last];
            let plan = |row| known.enrollment_row(row, batch.now).map(|upsert| (upsert, Vec::new()));
            let (upserts, planned) = split(rows.iter().map(plan));
            let results =
                if upserts.is_empty() { Vec::new() } else { enrollments::upsert(tx, batch, &upserts).await? };
            placed((table, ENROLLMENT), rows, planned, results)
        }
    })
}

/// Rows that go through no verb, each with the columns that are not kept of what it says.
fn told<T>(table: Table, rows: &[Row<T>], judge: impl Fn(&Row<T>) -> (Stop, &'static [&'static str])) -> Vec<Outcome> {
    let outcome = |row| {
        let (stop, unkept) = judge(row);
        Outcome::stopped(table, row, stop).without(unkept)
    };
    rows.iter().map(outcome).collect()
}

/// Another sex than the two that the ministry's database has.
fn unkept_sex(known: &Known, row: &Row<Demographics>) -> &'static [&'static str] {
    match row.thing.sex.as_deref() {
        None | Some("male" | "female") => &[],
        Some(_) if known.is_student(&row.sourced_id) => &["sex"],
        Some(_) => &[],
    }
}

/// The days of a role: the hub keeps those of enrollments.
fn dates(role: &Role) -> &'static [&'static str] {
    match (role.begin, role.end) {
        (None, None) => &[],
        (Some(_), None) => &["beginDate"],
        (None, Some(_)) => &["endDate"],
        (Some(_), Some(_)) => &["beginDate", "endDate"],
    }
}

/// What goes into the verb, and for each row either what is not kept of it or why it goes no further.
fn split<T>(planned: impl Iterator<Item = Planned<T>>) -> (Vec<T>, Vec<Result<Vec<String>, Stop>>) {
    let mut upserts = Vec::new();
    let rows = planned.map(|one| {
        one.map(|(upsert, unkept)| {
            upserts.push(upsert);
            unkept
        })
    });
    let rows = rows.collect();
    (upserts, rows)
}

/// The results of the verb among those that never reached it, in the order of the rows.
fn placed<T>(
    (table, kind): (Table, &'static str),
    rows: &[Row<T>],
    planned: Vec<Result<Vec<String>, Stop>>,
    results: Vec<RowResult>,
) -> Vec<Outcome> {
    let mut results = results.into_iter();
    let outcome = |(row, planned): (&Row<T>, Result<Vec<String>, Stop>)| match planned {
        Err(stop) => Some(Outcome::stopped(table, row, stop)),
        Ok(unkept) => results.next().map(|result| Outcome::written(table, row, unkept, kind, result)),
    };
    rows.iter().zip(planned).filter_map(outcome).collect()
}

fn org(known: &Known, row: &Row<Org>) -> Stop {
    if row.thing.kind != crate::flows::oneroster::SCHOOL {
        return not_kept(
            "Only schools are looked for; what stands above them the hub knows from the ministry's lists.",
            "Chỉ tìm trường; cơ quan quản lý cấp trên lấy từ danh mục của Bộ.",
        );
    }
    match known.school_of_row(row) {
        Some(school) => Stop::Unchanged(Some((SCHOOL, school.id.uuid()))),
        None => Stop::Refused(entities::Refusal::not_found("school").at("identifier")),
    }
}

fn course() -> Stop {
    not_kept("The hub keeps no courses.", "Hệ thống không lưu chương trình, môn học của lớp.")
}

fn profile() -> Stop {
    not_kept(
        "The hub keeps no sign-in names of other products, and reads none of their passwords.",
        "Hệ thống không lưu tên đăng nhập của sản phẩm khác và không đọc mật khẩu.",
    )
}
