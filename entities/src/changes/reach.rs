//! Whose business a change is: the thing must lie in the reader's reach now, or must have left it by this very change.

use std::collections::HashSet;

use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Kind, Op};
use crate::bank_transactions;
use crate::db::Db;
use crate::error::Error;
use crate::organizations;
use crate::reach::Reach;
use crate::tables;

/// The rows of the outbox that may concern a reach, by the school that they name.
pub(super) fn near(reach: &Reach) -> SimpleExpr {
    use tables::changes::Column;
    let is_departure = Column::Op.eq(Op::Delete.as_str());
    let here = Column::SchoolId.is_null().or(reach.of_school(Column::SchoolId));
    is_departure.clone().not().and(here).or(is_departure.and(reach.of_class(Column::SchoolId, Column::ClassId)))
}

/// Those of the things of a kind that lie in a reach now: the condition of each is the one of its own reads.
pub(super) async fn visible(db: &Db, reach: &Reach, kind: Kind, ids: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    macro_rules! of {
        ($table:ident, $column:ident => $inside:expr) => {{
            use tables::$table::{Column as $column, Entity};
            let select = Entity::find().filter($column::Id.is_in(ids.iter().copied())).filter($inside);
            select.select_only().column($column::Id).into_tuple().all(db.read()).await?
        }};
    }
    let own = reach.client().map_or_else(Uuid::nil, |client| client.uuid());
    let hub = || Expr::val(reach.is_nation()).eq(true);
    let found: Vec<Uuid> = match kind {
        Kind::Organization => of!(organizations, C => organizations::seen_by(reach)),
        Kind::School => of!(schools, C => reach.of_school(C::Id)),
        // A profile has the id of its school.
        Kind::SchoolProfile => of!(schools, C => reach.of_whole_school(C::Id)),
        Kind::SchoolClass => of!(school_classes, C => reach.of_class(C::SchoolId, C::Id)),
        Kind::Student => of!(students, C => reach.of_student(C::Id)),
        Kind::Enrollment => of!(enrollments, C => reach.of_class(C::SchoolId, C::ClassId)),
        Kind::BankAccount => of!(bank_accounts, C => reach.of_whole_school(C::SchoolId)),
        Kind::VirtualAccount => of!(virtual_accounts, C => reach.of_whole_school(C::SchoolId)),
        Kind::Fee => of!(fees, C => reach.of_whole_school(C::SchoolId)),
        Kind::Invoice => of!(invoices, C => reach.of_whole_school(C::SchoolId)),
        Kind::BankTransaction => of!(bank_transactions, C => bank_transactions::within(reach)),
        Kind::CashPayment => of!(cash_payments, C => reach.of_whole_school(C::SchoolId)),
        Kind::CashClosing => of!(cash_closings, C => reach.of_whole_school(C::SchoolId)),
        Kind::Statement => of!(statements, C => reach.of_whole_school(C::SchoolId)),
        Kind::Connection => of!(connections, C => reach.of_connection(C::Id)),
        Kind::Client => of!(clients, C => hub().or(C::Id.eq(own))),
        Kind::Contract => of!(contracts, C => hub().or(C::ClientId.eq(own))),
        Kind::User => of!(users, C => hub()),
    };
    Ok(found.into_iter().collect())
}

/// Those of the departed things that the reader may have seen before. The school decided already; a vendor has seen of the
/// school's money only what lay on its own invoices.
pub(super) async fn seen_before(db: &Db, reach: &Reach, kind: Kind, ids: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    let Some(client) = reach.client().filter(|_| kind == Kind::BankTransaction) else {
        return Ok(ids.iter().copied().collect());
    };
    use tables::allocations;
    let select = allocations::Entity::find()
        .filter(allocations::Column::BankTransactionId.is_in(ids.iter().copied()))
        .filter(allocations::Column::ClientId.eq(client.uuid()));
    let found: Vec<Uuid> =
        select.select_only().column(allocations::Column::BankTransactionId).into_tuple().all(db.read()).await?;
    Ok(found.into_iter().collect())
}
