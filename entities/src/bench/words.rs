//! The words in which the two engines differ, and numbers that look random.

use super::Kind;
use crate::db::Engine;

/// A prime below 2^31: products of numbers below it fit 64 bits.
const PRIME: i64 = 2_147_483_647;

/// How one engine says it.
#[derive(Clone, Copy)]
pub(super) struct Words {
    pub(super) engine: Engine,
    pub(super) seed: i64,
}

impl Words {
    /// The id of the thing of a kind whose number is `n`, as [`super::id`] makes it.
    pub(super) fn id(self, kind: Kind, n: &str) -> String {
        let digits = kind.digits();
        match self.engine {
            Engine::Sqlite => format!("unhex('01941f297c0070{digits}8000' || printf('%012x', {n}))"),
            Engine::Postgres => {
                format!("CAST('01941f29-7c00-70{digits}-8000-' || lpad(to_hex({n}), 12, '0') AS uuid)")
            }
        }
    }

    /// The numbers `from` to `to`, the last left out, as table `g(n)`.
    pub(super) fn numbers(self, from: i64, to: i64) -> String {
        match self.engine {
            Engine::Postgres => {
                format!("generate_series(CAST({from} AS BIGINT), CAST({} AS BIGINT)) AS g(n)", to - 1)
            }
            Engine::Sqlite => format!(
                "(WITH RECURSIVE s(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM s WHERE n + 1 < {to}) SELECT n FROM s) g"
            ),
        }
    }

    /// A number below `below` that looks random and is the same for the same `n`, seed and `salt`.
    pub(super) fn random(self, n: &str, salt: i64, below: i64) -> String {
        let factor = 1_103_515_245 + salt * 214_013 + self.seed % 1_000 * 2_531_011;
        format!("((({n}) % 1000003 * {factor} + ({n}) / 7 * {salt}) % {PRIME} / 97 % {below})")
    }

    /// The day of a month counted from September 2024.
    pub(super) fn day(self, month: &str, day: &str) -> String {
        let (year, month) = (format!("(2024 + (8 + {month}) / 12)"), format!("((8 + {month}) % 12 + 1)"));
        match self.engine {
            Engine::Sqlite => format!("printf('%04d-%02d-%02d', {year}, {month}, {day})"),
            Engine::Postgres => {
                format!("make_date(CAST({year} AS int), CAST({month} AS int), CAST({day} AS int))")
            }
        }
    }

    /// Ten o'clock of a day in Vietnam, in microseconds.
    pub(super) fn morning(self, day: &str) -> String {
        match self.engine {
            Engine::Sqlite => format!("((CAST(strftime('%s', {day}) AS INTEGER) + 10800) * 1000000)"),
            Engine::Postgres => format!("((CAST(EXTRACT(EPOCH FROM {day}) AS BIGINT) + 10800) * 1000000)"),
        }
    }

    /// The invoice code of a serial number, as `InvoiceCode::from_serial` makes it: ISO 7064 MOD 11,10 in one expression.
    pub(super) fn invoice_code(self, serial: &str) -> String {
        let digits = format!("(1000000000 + {serial})");
        let product = (0..10).rev().fold("10".to_owned(), |product, place| {
            let digit = format!("{digits} / {} % 10", 10_i64.pow(place));
            format!("(((({product}) + {digit}) % 10 + 9) % 10 + 1) * 2 % 11")
        });
        format!("('LT' || CAST({digits} AS TEXT) || CAST((11 - {product}) % 10 AS TEXT))")
    }
}
