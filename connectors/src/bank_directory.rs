//! Which bank a BIN belongs to, from a list that ships with the crate (`data/banks.csv`, see `data/NOTICE.md`).

use std::sync::LazyLock;

use serde::Deserialize;

/// A bank or wallet that takes part in VietQR.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BankEntry {
    /// The bank identification number: six digits, empty for the one bank that has none.
    pub bin: String,
    /// The list's short code, such as `MBB`.
    pub code: String,
    /// The name that people use.
    pub short_name: String,
    /// The registered name.
    pub full_name: String,
    /// The SWIFT code; empty where the list has none. One of them (970414) looks wrong at its source.
    pub swift: String,
    /// 1: transfers by VietQR; 0: receives only; -1: not supported.
    pub vietqr_status: i8,
    /// Whether the holder's name can be looked up before a transfer.
    #[serde(deserialize_with = "flag")]
    pub lookup_supported: bool,
    /// Whether a newer row has taken this BIN over.
    #[serde(deserialize_with = "flag")]
    pub deprecated: bool,
}

/// Every row, as the list has it.
static BANKS: LazyLock<Vec<BankEntry>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("../data/banks.csv").as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("the list ships with the crate and a test reads all of it")
});

/// Every bank of the list.
#[must_use]
pub fn all() -> &'static [BankEntry] {
    &BANKS
}

/// The bank that a BIN belongs to now: where an old and a new name share it, the one that can transfer, not the
/// deprecated one. `None` for a BIN that is not in the list, such as the demo's 999999.
#[must_use]
pub fn by_bin(bin: &str) -> Option<&'static BankEntry> {
    BANKS
        .iter()
        .filter(|bank| !bin.is_empty() && bank.bin == bin)
        .max_by_key(|bank| (!bank.deprecated, bank.vietqr_status))
}

/// The list leaves a flag empty where its source says nothing; that is no yes.
fn flag<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Option::<u8>::deserialize(deserializer).map(|flag| flag == Some(1))
}

#[cfg(test)]
mod tests {
    use super::{all, by_bin};

    #[test]
    fn the_whole_list_is_read() {
        assert_eq!(all().len(), 62);
    }

    #[test]
    fn a_shared_bin_means_the_bank_of_today() {
        for (bin, code) in [("970422", "MBB"), ("970406", "VIKKI"), ("970414", "MBV")] {
            assert_eq!(by_bin(bin).unwrap().code, code);
        }
        assert_eq!(by_bin("970449").unwrap().short_name, "LPBank");
    }

    #[test]
    fn an_unknown_bin_is_nobody() {
        assert_eq!(by_bin("999999"), None);
        assert_eq!(by_bin(""), None);
    }
}
