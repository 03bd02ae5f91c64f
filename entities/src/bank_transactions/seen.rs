//! Whose money a caller sees.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};

use crate::db::Db;
use crate::error::Error;
use crate::ids::SchoolId;
use crate::reach::Reach;
use crate::schools;
use crate::tables::allocations::{Column as Part, Entity as Parts};
use crate::tables::bank_transactions::{Column, Entity};

/// Whose money a caller sees: a school its own, a bank what came through its connections, a vendor what lies on its own
/// invoices, or lay there until the bank took it back. Debits and credits that are no fee are never a vendor's or an office's
/// business.
pub(crate) fn within(reach: &Reach) -> SimpleExpr {
    shown(reach, ground(reach))
}

/// The same on a ground of the reach.
pub(super) fn shown(reach: &Reach, ground: SimpleExpr) -> SimpleExpr {
    let concerning = concerning(reach, ground);
    let Some(own) = own(reach) else { return concerning };
    let of = |column| Expr::col((Parts, column));
    let own = Query::select()
        .expr(Expr::cust("1"))
        .from(Parts)
        .and_where(of(Part::SchoolId).equals((Entity, Column::SchoolId)))
        .and_where(of(Part::BankTransactionId).equals((Entity, Column::Id)))
        .and_where(own)
        // Looked up for each row of a page. Without a limit PostgreSQL turns it into a join of all that the school ever had.
        .limit(1)
        .offset(0)
        .take();
    concerning.and(Expr::exists(own))
}

/// The same without a vendor's own invoices: those are a question about allocations.
pub(super) fn concerning(reach: &Reach, ground: SimpleExpr) -> SimpleExpr {
    let is_own = reach.client().is_none() && (reach.is_school_staff() || reach.is_nation());
    if is_own { ground } else { ground.and(concerns_fees()) }
}

/// Where the money lies: in whole schools, or in a bank's connections.
pub(super) fn ground(reach: &Reach) -> SimpleExpr {
    if is_bank(reach) { reach.of_connection(Column::ConnectionId) } else { reach.of_whole_school(Column::SchoolId) }
}

/// The schools of these whose money may lie in reach, and what their rows must still be asked: nothing where this process
/// remembers the schools. Asked of every row anew, it was a fifth of what a page of schools took.
pub(super) async fn known(db: &Db, reach: &Reach, schools: &[SchoolId]) -> Result<(Vec<SchoolId>, SimpleExpr), Error> {
    if !is_bank(reach)
        && let Some(inside) = schools::whole_from_memory(db, reach, schools).await?
    {
        return Ok((inside, Expr::cust("TRUE")));
    }
    Ok((schools.to_vec(), ground(reach)))
}

fn is_bank(reach: &Reach) -> bool {
    reach.client().is_some() && reach.has_no_ground()
}

/// What an allocation must be so that a vendor sees its transaction; none for callers who are no vendors.
pub(super) fn own(reach: &Reach) -> Option<SimpleExpr> {
    let client = reach.client().filter(|_| !is_bank(reach))?;
    let of = |column| Expr::col((Parts, column));
    let stood = of(Part::UndoneAt).is_null().or(of(Part::UndoneCause).eq(Expr::cust("'REVERSAL'")));
    Some(of(Part::ClientId).eq(client.uuid()).and(stood))
}

/// What is no fee is nobody's business outside the school. The word stands in the statement's text: bound, it is unknown when
/// PostgreSQL plans once for all, which then expects next to no rows and sorts a school's whole history for each page.
fn concerns_fees() -> SimpleExpr {
    Expr::col((Entity, Column::Nature)).ne(Expr::cust("'NO_FEE'"))
}
