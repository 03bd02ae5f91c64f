//! The words by which a notice can name invoices: the hub's codes and vendors' references.

use crate::codes::{AccountNumber, DEFAULT_PREFIX, InvoiceCode};
use crate::inbox::Notice;
use crate::matching::{candidate_tokens, find_codes, has_mistyped_code, normalise_reference};

/// What a notice names.
#[derive(Clone, Default, Debug)]
pub(crate) struct Words {
    /// Codes of the hub, check digits right.
    pub(crate) codes: Vec<InvoiceCode>,
    /// What may be a vendor's reference.
    pub(crate) tokens: Vec<String>,
    /// Whether something looks like a code of the hub and its check digit is wrong.
    pub(crate) mistyped: bool,
    /// Whether the sender named an order or bill apart from the transfer text.
    pub(crate) explicit: bool,
}

impl Words {
    pub(crate) fn of(notice: &Notice) -> Self {
        Self::of_texts(notice.reference.as_deref(), notice.content.as_deref())
    }

    /// The words of an order or bill code that is told apart, and of a transfer text.
    pub(crate) fn of_texts(reference: Option<&str>, content: Option<&str>) -> Self {
        let prefixes = &[DEFAULT_PREFIX];
        let mut words = Self { explicit: reference.is_some(), ..Self::default() };
        for text in [reference, content].into_iter().flatten() {
            words.codes.extend(find_codes(text, prefixes));
            words.tokens.extend(candidate_tokens(text));
            words.mistyped |= has_mistyped_code(text, prefixes);
        }
        words.tokens.extend(reference.and_then(|text| normalise_reference(text).ok()));
        words.codes.sort_unstable();
        words.codes.dedup();
        words.tokens.sort_unstable();
        words.tokens.dedup();
        words
    }

    /// Every word, as the ledger keeps references.
    pub(crate) fn all(&self) -> impl Iterator<Item = String> {
        self.codes.iter().map(|code| code.as_str().to_owned()).chain(self.tokens.iter().cloned())
    }
}

/// The account numbers that a notice names, in the form in which they are looked up.
pub(crate) fn numbers(notice: &Notice) -> impl Iterator<Item = String> {
    [&notice.virtual_account, &notice.account].into_iter().flatten().filter_map(|number| plain_number(number))
}

/// A number without the blanks that some senders write; none when it is no account number.
pub(crate) fn plain_number(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    AccountNumber::parse(&compact).ok().map(|number| number.as_str().to_owned())
}
