//! Reach: which schools, people and connections a caller may ask about. Every read takes one, and only a loaded caller
//! or a named system reason gives one, so a question without a reach does not compile.

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, IntoSimpleExpr};

use crate::callers::Caller;
use crate::ids::{ClassId, ClientId, OrganizationId, SchoolId};
use crate::tables::{bank_accounts, connection_accounts, connections, enrollments, school_managements, schools};

/// One piece of ground that a caller stands on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Ground {
    /// Everything.
    Nation,
    /// The schools of a province, by its present two-digit code.
    Province(String),
    /// The schools that an organization manages on the day of asking (not those that merely lie in its area).
    ManagedBy(OrganizationId),
    /// One school.
    School(SchoolId),
    /// One class of a school.
    Class(SchoolId, ClassId),
}

/// Why the system itself asks, without a caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// A command of the operator on the machine.
    Operator,
    /// Money that arrived is being booked, or its sender asks before it comes.
    Settlement,
    /// Planting demo or benchmark data.
    Seeding,
    /// Recounting and other jobs of the hub.
    Job,
}

/// What one caller may ask about, on one day.
#[derive(Clone, Debug)]
pub struct Reach {
    grounds: Vec<Ground>,
    client: Option<ClientId>,
    actor: String,
    on: NaiveDate,
}

/// Where a school stands: what decides whether it lies in a reach.
pub(crate) struct Standing<'a> {
    pub(crate) school: SchoolId,
    /// The code of its province.
    pub(crate) province: &'a str,
    /// Whether an organization manages it on the day of the reach.
    pub(crate) is_managed_by: &'a dyn Fn(OrganizationId) -> bool,
}

impl Reach {
    /// The reach of a caller on a Vietnam day.
    #[must_use]
    pub fn of(caller: &Caller, on: NaiveDate) -> Self {
        Self { grounds: caller.grounds.clone(), client: caller.client, actor: caller.actor(), on }
    }

    /// Everything, for the system itself. Banned outside flows, jobs and the command line.
    #[must_use]
    pub fn system(_why: Reason, on: NaiveDate) -> Self {
        Self { grounds: vec![Ground::Nation], client: None, actor: "hub".to_owned(), on }
    }

    /// The day on which this reach was computed.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.on
    }

    /// The client that asks; none for users and the system.
    #[must_use]
    pub fn client(&self) -> Option<ClientId> {
        self.client
    }

    /// The stable word for who asks, as ledgers keep it: `client:<id>`, `user:<id>`, or `hub` for the system itself.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// Whether this is the reach of a client that owns connections and stands on no ground: a bank.
    #[must_use]
    pub fn has_no_ground(&self) -> bool {
        self.grounds.is_empty()
    }

    /// Whether every ground is a school or class of the caller's own.
    #[must_use]
    pub fn is_school_staff(&self) -> bool {
        !self.grounds.is_empty()
            && self.grounds.iter().all(|ground| matches!(ground, Ground::School(_) | Ground::Class(..)))
    }

    /// Whether nothing limits this reach.
    #[must_use]
    pub fn is_nation(&self) -> bool {
        self.grounds.contains(&Ground::Nation)
    }

    /// Whether a school may lie in this reach: no is certain, yes is only known to the database.
    pub(crate) fn may_hold(&self, school: SchoolId) -> bool {
        self.grounds.iter().any(|ground| match ground {
            Ground::Nation | Ground::Province(_) | Ground::ManagedBy(_) => true,
            Ground::School(id) | Ground::Class(id, _) => *id == school,
        })
    }

    /// Whether schools of this province and managing organization may be made, placed or closed by the caller. A school
    /// itself cannot: it would choose who stands above it.
    pub(crate) fn places_schools(&self, province: &str, manager: Option<OrganizationId>) -> bool {
        self.grounds.iter().any(|ground| match ground {
            Ground::Nation => true,
            Ground::Province(code) => code == province,
            Ground::ManagedBy(organization) => Some(*organization) == manager,
            Ground::School(_) | Ground::Class(..) => false,
        })
    }

    /// Whether the caller is a person who works for this whole school.
    pub(crate) fn works_at(&self, school: SchoolId) -> bool {
        self.client.is_none() && self.grounds.contains(&Ground::School(school))
    }

    /// Whether the caller is a person of the department of this province.
    pub(crate) fn heads_province(&self, province: &str) -> bool {
        let is_own = |ground: &Ground| matches!(ground, Ground::Province(code) if code == province);
        self.client.is_none() && self.grounds.iter().any(is_own)
    }

    /// Whether the caller is a person of this office.
    pub(crate) fn is_office(&self, organization: OrganizationId) -> bool {
        self.client.is_none() && self.grounds.contains(&Ground::ManagedBy(organization))
    }

    /// Whether a school lies in this reach: what [`Reach::of_school`] says in SQL.
    pub(crate) fn covers(&self, standing: &Standing<'_>) -> bool {
        self.grounds.iter().any(|ground| match ground {
            Ground::Nation => true,
            Ground::Province(code) => code == standing.province,
            Ground::ManagedBy(organization) => (standing.is_managed_by)(*organization),
            Ground::School(id) | Ground::Class(id, _) => *id == standing.school,
        })
    }

    /// Rows whose school lies in this reach; `school` is the column with the school's id.
    pub(crate) fn of_school(&self, school: impl ColumnTrait) -> SimpleExpr {
        self.any(|ground| match ground {
            Ground::Nation => Expr::val(true).eq(true),
            Ground::Province(code) => school.into_simple_expr().in_subquery(schools_of_province(code)),
            Ground::ManagedBy(organization) => {
                school.into_simple_expr().in_subquery(self.schools_managed_by(*organization))
            }
            Ground::School(id) | Ground::Class(id, _) => school.into_simple_expr().eq(id.uuid()),
        })
    }

    /// Rows whose school lies in this reach as a whole: a class of it is not enough for its money.
    pub(crate) fn of_whole_school(&self, school: impl ColumnTrait) -> SimpleExpr {
        self.without_classes().of_school(school)
    }

    /// Rows whose class lies in this reach: for a teacher the own classes, for others the classes of their schools.
    pub(crate) fn of_class(&self, school: impl ColumnTrait, class: impl ColumnTrait) -> SimpleExpr {
        let whole = self.of_whole_school(school);
        self.grounds.iter().fold(whole, |any, ground| match ground {
            Ground::Class(_, id) => any.or(class.into_simple_expr().eq(id.uuid())),
            _ => any,
        })
    }

    /// Rows whose student has a running enrollment in this reach: a transfer ends the old school's access.
    pub(crate) fn of_student(&self, student: impl ColumnTrait) -> SimpleExpr {
        if self.is_nation() {
            return Expr::val(true).eq(true);
        }
        let enrolled = enrollments::Entity::running(self.on)
            .column(enrollments::Column::StudentId)
            .and_where(self.of_class(enrollments::Column::SchoolId, enrollments::Column::ClassId))
            .take();
        student.into_simple_expr().in_subquery(enrolled)
    }

    /// Rows of the caller's own connections, for a bank; for others of the connections that speak for schools in reach and
    /// for no other school, because an event does not say whose it is.
    pub(crate) fn of_connection(&self, connection: impl ColumnTrait) -> SimpleExpr {
        if self.is_nation() {
            return Expr::val(true).eq(true);
        }
        if let Some(client) = self.client.filter(|_| self.grounds.is_empty()) {
            let own = Query::select()
                .column(connections::Column::Id)
                .from(connections::Entity)
                .and_where(connections::Column::ClientId.eq(client.uuid()))
                .take();
            return connection.into_simple_expr().in_subquery(own);
        }
        let inside = self.of_school(bank_accounts::Column::SchoolId);
        let column = connection.into_simple_expr();
        column.clone().in_subquery(speaking_for(inside.clone())).and(column.not_in_subquery(speaking_for(inside.not())))
    }

    /// The same reach without single classes: what writes of rosters need.
    pub(crate) fn without_classes(&self) -> Self {
        let grounds = self.grounds.iter().filter(|ground| !matches!(ground, Ground::Class(..))).cloned().collect();
        Self { grounds, ..self.clone() }
    }

    fn any(&self, condition: impl Fn(&Ground) -> SimpleExpr) -> SimpleExpr {
        self.grounds.iter().map(condition).reduce(ExprTrait::or).unwrap_or_else(|| Expr::val(true).eq(false))
    }

    fn schools_managed_by(&self, organization: OrganizationId) -> SelectStatement {
        use school_managements::Column;
        Query::select()
            .column(Column::SchoolId)
            .from(school_managements::Entity)
            .and_where(Column::OrganizationId.eq(organization.uuid()))
            .and_where(Column::ValidFrom.lte(self.on))
            .and_where(Column::ValidTo.is_null().or(Column::ValidTo.gt(self.on)))
            .take()
    }
}

/// The connections that speak for accounts on which `condition` holds.
fn speaking_for(condition: SimpleExpr) -> SelectStatement {
    let accounts =
        Query::select().column(bank_accounts::Column::Id).from(bank_accounts::Entity).and_where(condition).take();
    Query::select()
        .column(connection_accounts::Column::ConnectionId)
        .from(connection_accounts::Entity)
        .and_where(connection_accounts::Column::BankAccountId.in_subquery(accounts))
        .take()
}

fn schools_of_province(code: &str) -> SelectStatement {
    Query::select()
        .column(schools::Column::Id)
        .from(schools::Entity)
        .and_where(schools::Column::ProvinceCode.eq(code))
        .take()
}
