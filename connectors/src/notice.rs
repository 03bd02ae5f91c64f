//! What a proven message says about money, in one language for all senders.

use ring::digest;

use crate::time::Timestamp;

/// One statement of a sender about one bank transaction, proven and translated.
///
/// Texts are kept as received; `None` means that the sender did not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Names this statement, unique per connection for ever: the sender's message id, else transaction and status.
    pub event_id: String,
    /// Names the bank transaction; all statements about one transaction share it.
    pub transaction_id: String,
    /// What happened to the transaction.
    pub status: Status,
    /// The amount of the transaction in whole đồng, above zero whatever the direction.
    pub amount_vnd: i64,
    /// Into the account or out of it.
    pub direction: Direction,
    /// The school's account number (số tài khoản).
    pub account: Option<String>,
    /// The virtual account that was paid to (tài khoản định danh), when it differs from the account.
    pub virtual_account: Option<String>,
    /// A code that the sender names apart from the text: the invoice code, without an attempt suffix.
    pub reference: Option<String>,
    /// The same code exactly as the sender wrote it, with its attempt suffix such as `-2`.
    pub order_reference: Option<String>,
    /// The transfer text (nội dung chuyển khoản).
    pub content: Option<String>,
    /// The payer's name (người nộp tiền).
    pub payer_name: Option<String>,
    /// The payer's account number.
    pub payer_account: Option<String>,
    /// How it was paid, one of [`METHODS`], only when the sender says so.
    pub method: Option<&'static str>,
    /// The bank's own number of the transaction (mã giao dịch ngân hàng).
    pub bank_reference: Option<String>,
    /// When it happened, as the sender tells it. Where it tells no time, the moment of receipt must stand in outside of
    /// the notice: inside, an honest re-send would have another digest.
    pub occurred_at: Option<Timestamp>,
    /// How much the proof is worth.
    pub assurance: Assurance,
}

/// What happened to a transaction. Statements may arrive in any order: the one with the highest [`Status::rank`] stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Nothing is decided, or the sender used a word that is not documented.
    Waiting,
    /// The payment did not happen.
    Failed,
    /// Money was taken and the sender suspects fraud: a person must look.
    Suspicious,
    /// The money arrived.
    Settled,
    /// The transaction was undone.
    Reversed,
    /// The whole amount was given back.
    Refunded,
}

impl Status {
    /// Every status, by rank.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Failed, Self::Suspicious, Self::Settled, Self::Reversed, Self::Refunded];

    /// The place in the merge: settled clears a suspicion or an earlier failure, and only money that came back
    /// overrules settled.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Waiting => 0,
            Self::Failed => 1,
            Self::Suspicious => 2,
            Self::Settled => 3,
            Self::Reversed => 4,
            Self::Refunded => 5,
        }
    }

    /// What stands after both statements, in whichever order they came.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Failed => "FAILED",
            Self::Suspicious => "SUSPICIOUS",
            Self::Settled => "SETTLED",
            Self::Reversed => "REVERSED",
            Self::Refunded => "REFUNDED",
        }
    }
}

/// The way the money went, seen from the school's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// A credit (ghi có).
    In,
    /// A debit (ghi nợ).
    Out,
}

impl Direction {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::In => "IN",
            Self::Out => "OUT",
        }
    }
}

/// How much a proof is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Assurance {
    /// A static key: whoever has seen one message can write another. It needs a second control.
    Low,
    /// A signature over the content.
    High,
}

impl Assurance {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Low => "LOW",
            Self::High => "HIGH",
        }
    }
}

/// The payment methods that a sender may state, by the hub's codes.
pub const METHODS: [&str; 10] =
    ["QR", "APP", "IB", "VA", "CARD", "AUTO", "COUNTER_CASH_IN", "COUNTER_TRANSFER", "COLLECT_AGENT", "CASH"];

/// Finds the code among [`METHODS`]; a word that is not there is unknown, never a guess.
#[must_use]
pub fn method(code: &str) -> Option<&'static str> {
    METHODS.into_iter().find(|known| *known == code)
}

impl Notice {
    /// The notice as bytes, the same for every honest re-send: a version, then each field as `length:text,` in a fixed
    /// order, `-` for one that is not there. The assurance is left out: it is the connection's, and a connection that
    /// moves from a static key to signatures must still know its old messages.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let amount_vnd = self.amount_vnd.to_string();
        let occurred_at = self.occurred_at.map(|moment| moment.to_string());
        let fields = [
            Some(self.event_id.as_str()),
            Some(&self.transaction_id),
            Some(self.status.code()),
            Some(&amount_vnd),
            Some(self.direction.code()),
            self.account.as_deref(),
            self.virtual_account.as_deref(),
            self.reference.as_deref(),
            self.order_reference.as_deref(),
            self.content.as_deref(),
            self.payer_name.as_deref(),
            self.payer_account.as_deref(),
            self.method,
            self.bank_reference.as_deref(),
            occurred_at.as_deref(),
        ];
        let mut canonical = String::from("notice.v1,");
        for field in fields {
            match field {
                Some(text) => {
                    canonical.push_str(&text.len().to_string());
                    canonical.push(':');
                    canonical.push_str(text);
                    canonical.push(',');
                }
                None => canonical.push('-'),
            }
        }
        canonical.into_bytes()
    }

    /// SHA-256 over [`Notice::canonical`]: the same event id with another digest is a conflict.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest::digest(&digest::SHA256, &self.canonical()).as_ref());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::{Assurance, Direction, METHODS, Notice, Status, method};

    fn notice() -> Notice {
        Notice {
            event_id: "1".to_owned(),
            transaction_id: "1".to_owned(),
            status: Status::Settled,
            amount_vnd: 250_000,
            direction: Direction::In,
            account: Some("0011000000009".to_owned()),
            virtual_account: None,
            reference: None,
            order_reference: None,
            content: Some("học phí".to_owned()),
            payer_name: None,
            payer_account: None,
            method: None,
            bank_reference: None,
            occurred_at: Some(1_755_225_000_000_000),
            assurance: Assurance::High,
        }
    }

    #[test]
    fn the_canonical_form_is_fixed_for_ever() {
        let expected =
            "notice.v1,1:1,1:1,7:SETTLED,6:250000,2:IN,13:0011000000009,---10:học phí,----16:1755225000000000,";
        assert_eq!(String::from_utf8(notice().canonical()).unwrap(), expected);
    }

    #[test]
    fn every_field_but_the_assurance_changes_the_digest() {
        let word = || Some("x".to_owned());
        let changes: [fn(&mut Notice, Option<String>); 15] = [
            |notice, word| notice.event_id = word.unwrap(),
            |notice, word| notice.transaction_id = word.unwrap(),
            |notice, _| notice.status = Status::Reversed,
            |notice, _| notice.amount_vnd += 1,
            |notice, _| notice.direction = Direction::Out,
            |notice, word| notice.account = word,
            |notice, word| notice.virtual_account = word,
            |notice, word| notice.reference = word,
            |notice, word| notice.order_reference = word,
            |notice, word| notice.content = word,
            |notice, word| notice.payer_name = word,
            |notice, word| notice.payer_account = word,
            |notice, _| notice.method = method("QR"),
            |notice, word| notice.bank_reference = word,
            |notice, _| notice.occurred_at = None,
        ];
        let mut digests = vec![notice().digest()];
        for change in changes {
            let mut changed = notice();
            change(&mut changed, word());
            digests.push(changed.digest());
        }
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), 16);

        let mut weaker = notice();
        weaker.assurance = Assurance::Low;
        assert_eq!(weaker.digest(), notice().digest());
    }

    #[test]
    fn statuses_merge_to_the_same_in_every_order() {
        for (index, one) in Status::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(one.rank()), index);
            for other in Status::ALL {
                assert_eq!(one.merge(other), other.merge(one));
            }
        }
        assert_eq!(Status::Waiting.merge(Status::Settled), Status::Settled);
        assert_eq!(Status::Reversed.merge(Status::Settled), Status::Reversed);
    }

    #[test]
    fn a_method_is_known_or_unknown() {
        assert!(METHODS.into_iter().all(|code| method(code) == Some(code)));
        assert_eq!(method("qr"), None);
    }
}
