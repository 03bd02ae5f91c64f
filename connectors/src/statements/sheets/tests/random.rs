//! Any lines, printed in any of the styles, are read back as they were.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::sample::{clean, csv, html, xlsx};
use crate::notice::Direction;

/// How a bank prints.
#[derive(Debug, Clone)]
struct Print {
    separator: char,
    has_decimals: bool,
    is_numeric: bool,
    date: &'static str,
    is_newest_first: bool,
    has_balance: bool,
    /// 0: two columns; 1: negative debits in two columns; 2: one signed column; 3: a column for the sign.
    sides: u8,
    container: u8,
    blank_rows: usize,
    /// The order of the columns.
    shuffle: Vec<usize>,
}

fn print() -> impl Strategy<Value = Print> {
    let style = (
        prop_oneof![Just(','), Just('.')],
        any::<bool>(),
        any::<bool>(),
        prop_oneof![Just("%d/%m/%Y"), Just("%d-%m-%Y"), Just("%-d.%-m.%Y"), Just("%Y-%m-%d")],
    );
    let layout = (any::<bool>(), any::<bool>(), 0_u8..4, 0_u8..4, 0_usize..20);
    (style, layout, Just((0..7).collect::<Vec<usize>>()).prop_shuffle()).prop_map(
        |(
            (separator, has_decimals, is_numeric, date),
            (is_newest_first, has_balance, sides, container, blank_rows),
            shuffle,
        )| {
            Print {
                separator,
                has_decimals,
                is_numeric,
                date,
                is_newest_first,
                has_balance,
                sides,
                container,
                blank_rows,
                shuffle,
            }
        },
    )
}

/// A line: how many days after the one before, the amount with its sign, the text.
fn line() -> impl Strategy<Value = (u64, i64, String)> {
    let amount = prop_oneof![1_i64..999, 1_000_i64..999_999, 1_000_000_i64..900_000_000_000];
    (1_u64..4, amount, any::<bool>(), "[A-Za-zđếộ]{1,10}( [0-9]{1,4})?( \\(mẫu\\))?")
        .prop_map(|(days, amount, is_in, text)| (days, if is_in { amount } else { -amount }, format!("x{text}")))
}

impl Print {
    fn amount(&self, amount: i64) -> String {
        if self.is_numeric {
            return format!("#{amount}");
        }
        let digits = amount.unsigned_abs().to_string();
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(self.separator);
            }
            grouped.push(digit);
        }
        if self.has_decimals {
            grouped.push(if self.separator == ',' { '.' } else { ',' });
            grouped.push_str("00");
        }
        if amount < 0 { format!("-{grouped}") } else { grouped }
    }

    fn row(&self, date: NaiveDate, reference: &str, amount: i64, balance: i64, text: &str) -> Vec<String> {
        let sides = match (self.sides, amount > 0) {
            (0 | 1, true) => [String::new(), self.amount(amount)],
            (0, false) => [self.amount(-amount), String::new()],
            (1, false) => [self.amount(amount), String::new()],
            (2, _) => [self.amount(amount), String::new()],
            (_, true) => ["+".to_owned(), self.amount(amount)],
            (_, false) => ["-".to_owned(), self.amount(-amount)],
        };
        let [first, second] = sides;
        let balance = if self.has_balance { self.amount(balance) } else { String::new() };
        vec![
            "1".to_owned(),
            date.format(self.date).to_string(),
            reference.to_owned(),
            first,
            second,
            balance,
            text.to_owned(),
        ]
    }

    fn header(&self) -> Vec<String> {
        let [first, second] = match self.sides {
            0 | 1 => ["Ghi nợ/ Debit", "Ghi có/ Credit"],
            2 => ["Số tiền", ""],
            _ => ["Thay đổi", "Số tiền"],
        };
        ["STT", "Ngày giao\ndịch", "Số tham chiếu", first, second, "Số dư", "Nội dung"].map(str::to_owned).to_vec()
    }

    fn file(&self, rows: Vec<Vec<String>>) -> Vec<u8> {
        let shuffled: Vec<Vec<&str>> =
            rows.iter().map(|row| self.shuffle.iter().map(|column| row[*column].as_str()).collect()).collect();
        let blank: &[&str] = &["x"];
        let mut table = vec![blank; self.blank_rows];
        table.extend(shuffled.iter().map(Vec::as_slice));
        match self.container {
            0 => xlsx(&table),
            1 => html(&table).into_bytes(),
            2 => csv(&table, b';').into_bytes(),
            _ => csv(&table, b'\t').into_bytes(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn printed_lines_are_read_back(print in print(), lines in proptest::collection::vec(line(), 2..20)) {
        // A column without any sign says nothing, and is told as such elsewhere.
        prop_assume!(print.sides != 2 || print.has_balance || lines.iter().any(|(_, amount, _)| *amount < 0));
        let mut date = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let mut balance = 1_000_000_000_000_000_i64;
        let mut expected = Vec::new();
        let mut rows = Vec::new();
        for (index, (days, amount, text)) in lines.iter().enumerate() {
            date = date + Days::new(*days);
            balance += amount;
            let reference = format!("R{index}");
            rows.push(print.row(date, &reference, *amount, balance, text));
            expected.push((date, *amount, reference, text.clone(), print.has_balance.then_some(balance)));
        }
        if print.is_newest_first {
            rows.reverse();
        }
        rows.insert(0, print.header());
        let statement = clean(&print.file(rows));
        let read: Vec<_> = statement
            .lines
            .into_iter()
            .map(|line| {
                let sign = if line.direction == Direction::In { 1 } else { -1 };
                (line.booked_on, sign * line.amount_vnd, line.reference.unwrap(), line.content.unwrap(), line.balance_vnd)
            })
            .collect();
        prop_assert_eq!(read, expected);
    }
}
