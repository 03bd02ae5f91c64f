//! The one answer that a bank's reference has for ever. Whoever comes first decides it; whoever comes later reads it.

use chrono::NaiveDate;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::db::Tx;
use crate::error::Error;
use crate::ids::{BankAccountId, BillPaymentId, ConnectionId, StudentId};
use crate::money::Vnd;
use crate::tables::bill_payments::{ActiveModel, Column, Entity, Model};
use crate::time::Timestamp;

/// A payment that a bank tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPayment {
    /// The connection of the bank.
    pub connection: ConnectionId,
    /// The bank's reference.
    pub bank_reference: String,
    /// What makes it this payment; none for one that was given back before anybody told of it.
    pub digest: Option<[u8; 32]>,
    /// The stable code under which the hub says no to it; none when it takes it.
    pub refusal: Option<&'static str>,
    /// The account into which it was paid, where it is one of the connection's.
    pub account: Option<BankAccountId>,
    /// The student for whom it was taken; none when it was refused, or the bank's day told of it after the event.
    pub student: Option<StudentId>,
    /// The invoice that the bank named, if any.
    pub invoice_code: Option<String>,
    /// The amount.
    pub amount: Vnd,
    /// The Vietnam day of the payment, as the bank tells it.
    pub day: NaiveDate,
}

/// What stands under a reference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payment {
    /// Its key.
    pub id: BillPaymentId,
    /// The bank's reference.
    pub bank_reference: String,
    /// What makes it this payment; none for one that was given back before anybody told of it.
    pub digest: Option<Vec<u8>>,
    /// The stable code under which the hub said no; none when it took it.
    pub refusal: Option<String>,
    /// The account into which it was paid.
    pub account: Option<BankAccountId>,
    /// The invoice that the bank named, if any.
    pub invoice_code: Option<String>,
    /// The amount.
    pub amount: Vnd,
    /// The Vietnam day of the payment.
    pub day: NaiveDate,
    /// When the hub answered.
    pub received_at: Timestamp,
    /// When the bank gave it back; none while it did not.
    pub reversed_at: Option<Timestamp>,
}

/// What a claim found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claimed {
    /// What stands under the reference.
    pub payment: Payment,
    /// Whether this claim put it there.
    pub is_first: bool,
}

impl From<Model> for Payment {
    fn from(row: Model) -> Self {
        Self {
            id: BillPaymentId::from_uuid(row.id),
            bank_reference: row.bank_reference,
            digest: row.digest,
            refusal: row.refusal,
            account: row.bank_account_id.map(BankAccountId::from_uuid),
            invoice_code: row.invoice_code,
            amount: Vnd::new(row.amount),
            day: row.day,
            received_at: row.created_at,
            reversed_at: row.reversed_at,
        }
    }
}

/// Claims a reference and gives what stands under it: this payment, or the one that came first. Its row is held until the
/// transaction ends.
///
/// # Errors
/// The database's.
pub async fn claim(tx: &Tx, new: NewPayment, now: Timestamp) -> Result<Claimed, Error> {
    let (connection, reference) = (new.connection, new.bank_reference.clone());
    let row = Model {
        id: BillPaymentId::new(now).uuid(),
        connection_id: connection.uuid(),
        bank_reference: new.bank_reference,
        digest: new.digest.map(|digest| digest.to_vec()),
        refusal: new.refusal.map(ToOwned::to_owned),
        bank_account_id: new.account.map(BankAccountId::uuid),
        invoice_code: new.invoice_code,
        amount: new.amount.get(),
        day: new.day,
        created_at: now,
        reversed_at: None,
        student_id: new.student.map(StudentId::uuid),
    };
    let once = OnConflict::columns([Column::ConnectionId, Column::BankReference]).do_nothing().to_owned();
    let insert = Entity::insert(ActiveModel::from(row).reset_all()).on_conflict(once);
    let is_first = insert.exec_without_returning(tx.conn()).await? == 1;
    let standing = Entity::find()
        .filter(Column::ConnectionId.eq(connection.uuid()))
        .filter(Column::BankReference.eq(reference))
        .lock_exclusive();
    let standing = standing.one(tx.conn()).await?;
    let standing = standing.ok_or_else(|| Error::internal("a claimed reference is not there"))?;
    Ok(Claimed { payment: standing.into(), is_first })
}

/// Notes that the bank gave a payment back; says no when that was noted before.
///
/// # Errors
/// The database's.
pub async fn reverse(tx: &Tx, id: BillPaymentId, now: Timestamp) -> Result<bool, Error> {
    let note = Entity::update_many()
        .col_expr(Column::ReversedAt, now.micros().into())
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::ReversedAt.is_null());
    Ok(note.exec(tx.conn()).await?.rows_affected == 1)
}
