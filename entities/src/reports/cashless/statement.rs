//! The statements of the report, as text. Each begins with `scope`, the schools of the scope in reach, and `tenure`: for each of them
//! the months `[lo, hi)` in which it counts for a group, those `[born, gone)` among them in which it existed, and how many.

mod by_kind;
mod by_month;
mod by_school;

use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Statement, StatementBuilder};

use super::{Grouping, Scope};
use crate::codes::Month;
use crate::ids::OrganizationId;
use crate::reach::Reach;
use crate::rollups::PERIOD_SUMS as SUMS;
use crate::tables::{school_managements, schools};

/// The sums that shares are made of.
const PARTS: [&str; 4] = ["cashless_count", "cashless_amount", "cash_count", "cash_amount"];

/// One question in the words of one engine.
pub(super) struct Words<'a> {
    pub(super) backend: DbBackend,
    pub(super) reach: &'a Reach,
    pub(super) scope: &'a Scope,
    pub(super) grouping: Grouping,
    pub(super) from: Month,
    pub(super) to: Month,
}

/// The schools of a scope in a reach, as the statement of a `WITH` part.
pub(crate) fn schools_of(reach: &Reach, scope: &Scope, backend: DbBackend) -> Statement {
    StatementBuilder::build(&select_schools(reach, scope), &backend)
}

fn select_schools(reach: &Reach, scope: &Scope) -> SelectStatement {
    use schools::Column;
    let schools = schools::Entity::find().filter(reach.of_whole_school(Column::Id));
    let schools = match scope {
        Scope::School(code) => schools.filter(Column::Code.eq(code.as_str())),
        Scope::Commune(code) => schools.filter(Column::LocationCommuneCode.eq(code.as_str())),
        Scope::Province(code) => schools.filter(Column::ProvinceCode.eq(code.as_str())),
        Scope::ManagingOrganization(id) => {
            let managed = Query::select()
                .column(school_managements::Column::SchoolId)
                .from(school_managements::Entity)
                .and_where(school_managements::Column::OrganizationId.eq(id.uuid()))
                .to_owned();
            schools.filter(Column::Id.in_subquery(managed))
        }
    };
    schools
        .select_only()
        .columns([
            Column::Id,
            Column::Code,
            Column::Name,
            Column::LocationCommuneCode,
            Column::ProvinceCode,
            Column::ValidFrom,
            Column::ValidTo,
        ])
        .into_query()
}

impl Words<'_> {
    /// The statement that answers the question.
    pub(super) fn statement(&self) -> Statement {
        let scope = schools_of(self.reach, self.scope, self.backend);
        let rest = match self.grouping {
            Grouping::Month => self.by_month(),
            Grouping::FeeCategory | Grouping::Method => self.by_kind(),
            _ => self.by_school(),
        };
        let sql = format!("WITH scope AS ({}), {}, {rest}", scope.sql, self.tenure());
        Statement { sql, ..scope }
    }

    fn tenure(&self) -> String {
        let (lo, hi) = (self.from.get(), self.to.next().get());
        let (join, first, last) = if self.is_managed() {
            let join =
                " JOIN school_managements m ON m.school_id = s.id JOIN organizations o ON o.id = m.organization_id";
            (join, self.later(&self.month_of("m.valid_from"), lo), self.earlier(&self.until("m.valid_to", hi), hi))
        } else {
            ("", lo.to_string(), hi.to_string())
        };
        let only =
            self.managed_by().map_or(String::new(), |id| format!(" WHERE m.organization_id = {}", self.uuid(id)));
        let (key, name) = match self.grouping {
            Grouping::School => ("s.code", "s.name"),
            Grouping::ManagingOrganization => ("o.code", "o.name"),
            Grouping::Commune => ("s.location_commune_code", "''"),
            Grouping::Province => ("s.province_code", "''"),
            _ => ("''", "''"),
        };
        let organization = if self.grouping == Grouping::ManagingOrganization { "CAST(o.id AS TEXT)" } else { "''" };
        let organization = match self.backend {
            DbBackend::Sqlite if organization != "''" => "hex(o.id)",
            _ => organization,
        };
        format!(
            "stretch AS (SELECT s.id AS school_id, {key} AS key, {name} AS name, {organization} AS organization, \
             {first} AS lo, {last} AS hi, {} AS founded, {} AS closed FROM scope s{join}{only}), \
             tenure AS (SELECT stretch.*, CASE WHEN founded > lo THEN founded ELSE lo END AS born, \
             CASE WHEN closed < hi THEN closed ELSE hi END AS gone FROM stretch WHERE lo < hi)",
            self.month_of("s.valid_from"),
            self.until("s.valid_to", hi),
        )
    }

    /// The months that each school has closed in its stretch, and what it declared.
    fn closings(&self) -> String {
        format!(
            "closings AS (SELECT t.school_id, t.lo, COUNT(CASE WHEN c.month >= t.born AND c.month < t.gone THEN 1 END) \
             AS months, SUM(c.outside_count) AS outside_count, SUM(c.outside_amount) AS outside_amount FROM tenure t \
             JOIN cash_closings c ON c.school_id = t.school_id AND c.month >= t.lo AND c.month < t.hi AND {} \
             GROUP BY t.school_id, t.lo)",
            self.within("c")
        )
    }

    /// Whether the months in which a school counts hang on who managed it.
    fn is_managed(&self) -> bool {
        self.grouping == Grouping::ManagingOrganization || self.managed_by().is_some()
    }

    /// The period once more as constants, for the planner.
    fn within(&self, table: &str) -> String {
        format!("{table}.month BETWEEN {} AND {}", self.from.get(), self.to.get())
    }

    fn managed_by(&self) -> Option<OrganizationId> {
        if let Scope::ManagingOrganization(id) = self.scope { Some(*id) } else { None }
    }

    /// The number `yyyymm` of a day's month. An organization manages a school for the months at whose end it does.
    fn month_of(&self, day: &str) -> String {
        match self.backend {
            DbBackend::Sqlite => format!("CAST(strftime('%Y%m', {day}) AS INTEGER)"),
            _ => format!("CAST(EXTRACT(YEAR FROM {day}) * 100 + EXTRACT(MONTH FROM {day}) AS BIGINT)"),
        }
    }

    fn until(&self, day: &str, open: i32) -> String {
        format!("COALESCE({}, {open})", self.month_of(day))
    }

    fn later(&self, month: &str, than: i32) -> String {
        format!("CASE WHEN {month} > {than} THEN {month} ELSE {than} END")
    }

    fn earlier(&self, month: &str, than: i32) -> String {
        format!("CASE WHEN {month} < {than} THEN {month} ELSE {than} END")
    }

    fn uuid(&self, id: OrganizationId) -> String {
        match self.backend {
            DbBackend::Sqlite => format!("x'{}'", id.uuid().simple()),
            _ => format!("CAST('{id}' AS uuid)"),
        }
    }
}

/// Months from `born` to `gone`; zero or less when the school did not exist in the stretch.
const NEEDED: &str = "((t.gone / 100 * 12 + t.gone % 100) - (t.born / 100 * 12 + t.born % 100))";

fn list(names: &[&'static str], word: impl Fn(&&'static str) -> String) -> String {
    names.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn total(sum: &str, name: &str) -> String {
    format!("CAST(COALESCE(SUM({sum}), 0) AS BIGINT) AS {name}")
}
