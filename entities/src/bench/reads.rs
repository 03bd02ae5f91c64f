//! What reads are measured against: one hand-written statement for each scenario, the database making the JSON, under the
//! same WHERE as the hub's for the same vendor. Both engines run the same words.

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, Statement, Value};
use uuid::Uuid;

use super::PROVINCE;
use crate::administrative_units::{self, Level};
use crate::bank_transactions;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::ids::{ClientId, SchoolId};
use crate::page::{Cursor, Key, Sort};
use crate::tables::{invoices, schools};

/// Rows of `page`, and schools of `nested`.
pub const PAGE_ROWS: usize = 100;
/// Schools on a page of `nested`.
pub const NESTED_SCHOOLS: usize = 50;
/// Payments of each of them.
pub const NESTED_PAYMENTS: usize = 5;

/// Requests in a minute that nobody can send.
const UNBOUNDED: u32 = 1_000_000_000;

/// A place in a school's payments: where a page begins, as the hub's cursor names it and as a statement does.
#[derive(Clone, Debug)]
pub struct Place {
    /// Whose payments.
    pub school: SchoolId,
    /// The hub's cursor of the row before the page.
    pub cursor: String,
    /// The day of that row.
    pub day: NaiveDate,
    /// The id of that row.
    pub row: Uuid,
}

/// Makes what the floor needs: the names of today's units in a table, and every seeded invoice in the hands of one vendor,
/// who then may read what pays it.
///
/// # Errors
/// The database's.
pub async fn prepare(tx: &Tx, vendor: ClientId, on: NaiveDate) -> Result<(), Error> {
    super::run(tx, "CREATE TABLE IF NOT EXISTS bench_units (code VARCHAR(5) PRIMARY KEY, full_name TEXT NOT NULL)")
        .await?;
    super::run(tx, "DELETE FROM bench_units").await?;
    let communes = administrative_units::communes(PROVINCE, on);
    for unit in administrative_units::provinces(on).into_iter().chain(communes) {
        debug_assert!(unit.level != Level::District, "districts are of the past");
        let name = unit.full_name.replace('\'', "''");
        super::run(tx, &format!("INSERT INTO bench_units VALUES ('{}', '{name}')", unit.code)).await?;
    }
    let backend = tx.conn().get_database_backend();
    for table in ["invoices", "allocations"] {
        let sql = format!("UPDATE {table} SET client_id = {} WHERE client_id IS NULL", mark(backend, 1));
        tx.conn().execute_raw(Statement::from_sql_and_values(backend, sql, [vendor.uuid().into()])).await?;
    }
    // More than any contract gives: a measurement asks as fast as it is answered.
    let sql = format!("UPDATE clients SET requests_per_minute = {UNBOUNDED} WHERE id = {}", mark(backend, 1));
    tx.conn().execute_raw(Statement::from_sql_and_values(backend, sql, [vendor.uuid().into()])).await?;
    Ok(())
}

/// Whether the seeded invoices belong to this vendor already.
///
/// # Errors
/// The database's.
pub async fn is_prepared(db: &Db, vendor: ClientId) -> Result<bool, Error> {
    use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter};
    let orphans = invoices::Entity::find().filter(invoices::Column::ClientId.is_null()).count(db.read()).await?;
    let own = invoices::Entity::find().filter(invoices::Column::ClientId.eq(vendor.uuid())).count(db.read()).await?;
    Ok(orphans == 0 && own > 0)
}

/// Lets the engine count what it holds, so that plans are those of a settled database.
///
/// # Errors
/// The database's.
pub async fn settle_plans(db: &Db) -> Result<(), Error> {
    let postgres = db.read().get_database_backend() == DbBackend::Postgres;
    db.writer().execute_unprepared(if postgres { "VACUUM ANALYZE" } else { "ANALYZE" }).await?;
    Ok(())
}

/// The cursor after which the page behind each of these schools begins, in the order of their codes.
#[must_use]
pub fn after_schools(size: &super::Size) -> Vec<(String, String)> {
    let mut codes: Vec<(String, Uuid)> = (0..size.schools)
        .map(|school| (super::roster::school_code(school), super::id(super::Kind::School, school)))
        .collect();
    codes.sort();
    let sort = Sort { name: "CODE", column: schools::Column::Code, id: schools::Column::Id, descending: false };
    let last = codes.chunks_exact(NESTED_SCHOOLS).filter_map(|page| page.last());
    let places = last.map(|(code, id)| (code.clone(), Cursor::of(&sort, (Key::Text(code.clone()), *id)).to_string()));
    let (mut places, wanted): (Vec<_>, _) = (places.collect(), codes.len() / NESTED_SCHOOLS);
    // After the last page there is nothing.
    places.truncate(wanted.saturating_sub(1));
    places
}

/// The start of the second page of each of the first schools.
///
/// # Errors
/// The database's.
pub async fn second_pages(db: &Db, size: &super::Size, schools: i64) -> Result<Vec<Place>, Error> {
    let backend = db.read().get_database_backend();
    let sql = format!(
        "SELECT booked_on, id FROM bank_transactions WHERE school_id = {} AND nature <> 'NO_FEE' AND allocated_amount > 0 \
         ORDER BY booked_on DESC, id DESC LIMIT 1 OFFSET {}",
        mark(backend, 1),
        PAGE_ROWS - 1
    );
    let mut places = Vec::new();
    for school in (0..size.schools).take(usize::try_from(schools).unwrap_or(0)) {
        let school = super::id(super::Kind::School, school);
        let statement = Statement::from_sql_and_values(backend, &sql, [school.into()]);
        let Some(row) = db.read().query_one_raw(statement).await? else { continue };
        let (day, row): (NaiveDate, Uuid) = (row.try_get("", "booked_on")?, row.try_get("", "id")?);
        let school = SchoolId::from_uuid(school);
        let cursor = Cursor::of(&bank_transactions::NEWEST_FIRST, (Key::Day(day), row)).to_string();
        places.push(Place { school, cursor, day, row });
    }
    Ok(places)
}

/// The floors of one database and one vendor: statements that were worded once.
pub struct Floor {
    db: Db,
    vendor: Uuid,
    point: String,
    nested: String,
    page: String,
}

#[derive(FromQueryResult)]
struct Answer {
    answer: Option<String>,
}

impl Floor {
    /// Words the statements for the vendor of the seeded invoices.
    #[must_use]
    pub fn new(db: Db, vendor: ClientId) -> Self {
        let backend = db.read().get_database_backend();
        let words = Words(backend);
        Self { point: words.point(), nested: words.nested(), page: words.page(), vendor: vendor.uuid(), db }
    }

    /// One school by code with the names of its commune and province, as JSON text.
    ///
    /// # Errors
    /// The database's.
    pub async fn point(&self, code: &str) -> Result<String, Error> {
        self.ask(&self.point, vec![PROVINCE.into(), code.into()]).await
    }

    /// The schools after a code, each with the name of its commune and its latest payments.
    ///
    /// # Errors
    /// The database's.
    pub async fn nested(&self, after: &str) -> Result<String, Error> {
        self.ask(&self.nested, vec![self.vendor.into(), PROVINCE.into(), after.into()]).await
    }

    /// A page of a school's payments by date with the codes of their invoices.
    ///
    /// # Errors
    /// The database's.
    pub async fn page(&self, school: SchoolId, day: NaiveDate, row: Uuid) -> Result<String, Error> {
        let values = vec![self.vendor.into(), PROVINCE.into(), school.uuid().into(), day.into(), row.into()];
        self.ask(&self.page, values).await
    }

    async fn ask(&self, sql: &str, values: Vec<Value>) -> Result<String, Error> {
        let backend = self.db.read().get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        // All rows of one: asking for one takes the driver a second message.
        let rows = Answer::find_by_statement(statement).all(self.db.read()).await?;
        Ok(rows.into_iter().next().and_then(|row| row.answer).unwrap_or_else(|| "null".to_owned()))
    }
}

/// How one engine says it.
struct Words(DbBackend);

impl Words {
    fn object(&self, fields: &str) -> String {
        format!("{}({fields})", if self.0 == DbBackend::Sqlite { "json_object" } else { "json_build_object" })
    }

    fn list(&self, item: &str) -> String {
        format!("{}({item})", if self.0 == DbBackend::Sqlite { "json_group_array" } else { "json_agg" })
    }

    fn mark(&self, place: usize) -> String {
        mark(self.0, place)
    }

    /// Money that a vendor sees: what lies on its invoices, or lay there until the bank took it back.
    fn own(&self) -> String {
        format!(
            "t.nature <> 'NO_FEE' AND EXISTS (SELECT 1 FROM allocations a WHERE a.school_id = t.school_id \
             AND a.bank_transaction_id = t.id AND (a.undone_at IS NULL OR a.undone_cause = 'REVERSAL') \
             AND a.client_id = {} LIMIT 1 OFFSET 0)",
            self.mark(1)
        )
    }

    fn point(&self) -> String {
        let commune = self.object("'fullName', c.full_name");
        let province = self.object("'fullName', p.full_name");
        let school = self
            .object(&format!("'code', s.code, 'name', s.name, 'locationCommune', {commune}, 'province', {province}"));
        format!(
            "SELECT CAST({school} AS TEXT) AS answer FROM schools s LEFT JOIN bench_units c ON c.code = s.location_commune_code \
             LEFT JOIN bench_units p ON p.code = s.province_code WHERE s.province_code = {} AND s.code = {}",
            self.mark(1),
            self.mark(2)
        )
    }

    fn nested(&self) -> String {
        let payment = self.object("'bookedOn', t.booked_on, 'amount', t.amount, 'method', t.method");
        let payments = format!(
            "SELECT {} FROM (SELECT t.booked_on, t.amount, t.method FROM bank_transactions t WHERE t.school_id = s.id \
             AND {} ORDER BY t.booked_on DESC, t.id DESC LIMIT {NESTED_PAYMENTS}) t",
            self.list(&payment),
            self.own()
        );
        let commune = self.object("'fullName', c.full_name");
        let school = self.object(&format!(
            "'code', s.code, 'name', s.name, 'locationCommune', {commune}, 'bankTransactions', ({payments})"
        ));
        format!(
            "SELECT CAST({} AS TEXT) AS answer FROM (SELECT s.id, s.code, s.name, s.location_commune_code FROM schools s \
             WHERE s.province_code = {} AND s.code > {} ORDER BY s.code LIMIT {NESTED_SCHOOLS}) s \
             LEFT JOIN bench_units c ON c.code = s.location_commune_code",
            self.list(&school),
            self.mark(2),
            self.mark(3)
        )
    }

    fn page(&self) -> String {
        let invoices = format!(
            "SELECT {} FROM allocations a WHERE a.school_id = t.school_id AND a.bank_transaction_id = t.id",
            self.list(&self.object("'invoiceCode', a.invoice_code"))
        );
        let payment = self.object(&format!(
            "'bookedOn', t.booked_on, 'amount', t.amount, 'method', t.method, 'allocations', ({invoices})"
        ));
        format!(
            "SELECT CAST({} AS TEXT) AS answer FROM (SELECT t.id, t.school_id, t.booked_on, t.amount, t.method FROM bank_transactions t \
             WHERE t.school_id = {3} AND EXISTS (SELECT 1 FROM schools s WHERE s.id = t.school_id AND s.province_code = {2}) \
             AND {1} AND (t.booked_on, t.id) < ({4}, {5}) ORDER BY t.booked_on DESC, t.id DESC LIMIT {PAGE_ROWS}) t",
            self.list(&payment),
            self.own(),
            self.mark(2),
            self.mark(3),
            self.mark(4),
            self.mark(5)
        )
    }
}

/// The place of a bound value: SQLite numbers them too.
fn mark(backend: DbBackend, place: usize) -> String {
    format!("{}{place}", if backend == DbBackend::Sqlite { "?" } else { "$" })
}
