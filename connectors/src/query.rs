//! What a sender asks before it tells anything, and what we say to it.

use crate::time::Timestamp;

/// A sender asks whether an order may be paid, before its customer pays.
///
/// Looking the order up is all that may be done with it. Some senders sign the order's amount and do not send it, so that
/// their proof is complete only when the answer is worded: see [`OrderState::Payable`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderQuery {
    /// The order's invoice code, without an attempt suffix.
    pub reference: String,
    /// The order exactly as the sender wrote it, with its attempt suffix such as `-2`.
    pub order_reference: String,
    /// The amount in whole đồng, when the sender names it; then it is proven, and another one is
    /// [`OrderState::WrongAmount`].
    pub amount_vnd: Option<i64>,
}

/// A sender proved its name and password, and asks for a token to send with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenQuery {
    /// When it asked: the token is good from then on, for as long as the sender's README says.
    pub at: Timestamp,
}

/// What we say of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    /// It waits for its money. A sender that signed another amount, or did not sign with the connection's key, hears no.
    Payable {
        /// What it costs, in whole đồng.
        amount_vnd: i64,
    },
    /// There is no such order, or it was withdrawn.
    Unknown,
    /// It costs another amount than the sender names.
    WrongAmount,
    /// It needs no more money.
    AlreadyPaid,
}
