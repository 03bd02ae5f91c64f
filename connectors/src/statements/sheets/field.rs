//! What a column may hold, and the words by which banks name it.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::sheets::fold::{begins, fold, has};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Field {
    ValueDate,
    VirtualAccount,
    CounterpartyBank,
    CounterpartyName,
    CounterpartyAccount,
    Balance,
    Debit,
    Credit,
    Fee,
    Vat,
    Sign,
    Amount,
    Memo,
    Date,
    Reference,
    Currency,
    /// The account of the statement itself, told on every line.
    Account,
}

/// In this order: a cell is the first field that fits. Of several columns for one field, the earlier word wins.
const WORDS: [(Field, &[&str]); 18] = [
    (
        Field::ValueDate,
        &[
            "ngay hieu luc",
            "ngay hl",
            "ngay gia tri",
            "value date",
            "effective date",
            "ngay hach toan",
            "accounting date",
            "posting date",
        ],
    ),
    (
        Field::VirtualAccount,
        &[
            "ma dinh danh tk",
            "to virtual account",
            "tai khoan ao",
            "so tk ao",
            "virtual account",
            "tai khoan dinh danh",
        ],
    ),
    (
        Field::CounterpartyAccount,
        &[
            "so tai khoan thu huong",
            "so tai khoan nguoi chuyen",
            "so tai khoan nguoi huong",
            "so tk thu huong",
            "so tk nguoi chuyen",
            "so tk nguoi huong",
            "stk nguoi chuyen",
            "stk nguoi huong",
            "beneficiary account",
        ],
    ),
    (
        Field::CounterpartyBank,
        &[
            "ngan hang doi ung",
            "ngan hang doi tac",
            "nh doi ung",
            "nh doi tac",
            "ngan hang thu huong",
            "remitter bank",
            "remitter s bank",
            "beneficiary bank",
            "corr bank",
        ],
    ),
    (
        Field::CounterpartyName,
        &[
            "ten tai khoan doi ung",
            "ten tk doi ung",
            "ten doi ung",
            "ten doi tac",
            "don vi thu huong",
            "don vi chuyen",
            "nguoi chuyen",
            "nguoi huong",
            "payee",
            "beneficiary",
            "applicant",
            "corresponsive name",
            "remitter s account name",
            "doi tac",
        ],
    ),
    (
        Field::CounterpartyAccount,
        &[
            "so tai khoan doi ung",
            "tai khoan doi ung",
            "tk doi ung",
            "stk doi ung",
            "tai khoan dich",
            "tk chuyen",
            "remitter s account number",
            "corresponsive account",
            "=tai khoan account",
            "toacctno",
        ],
    ),
    (Field::Balance, &["so du", "balance", "aftrbal", "=ton"]),
    (
        Field::Debit,
        &[
            "phat sinh no",
            "so tien ghi no",
            "ghi no",
            "so tien rut",
            "rut ra",
            "tien ra",
            "no debit",
            "debit",
            "withdrawal",
            "=chi",
            "=no",
        ],
    ),
    (
        Field::Credit,
        &[
            "phat sinh co",
            "so tien ghi co",
            "ghi co",
            "so tien gui",
            "gui vao",
            "tien vao",
            "co credit",
            "credit",
            "deposit",
            "=thu",
            "=co",
        ],
    ),
    (Field::Fee, &["phi lai", "fee interest"]),
    (Field::Vat, &["thue", "transaction vat"]),
    (Field::Sign, &["thay doi", "=loai", "=d c", "=c d", "=dr cr", "=cr dr", "=no co"]),
    (Field::Amount, &["so tien", "amount", "gia tri giao dich", "acctccyamt"]),
    (
        Field::Memo,
        &[
            "noi dung",
            "dien giai",
            "mo ta",
            "chi tiet",
            "transactions in detail",
            "description",
            "details",
            "explanation",
            "remark",
            "narrative",
            "=rem",
        ],
    ),
    (
        Field::Date,
        &[
            "ngay giao dich",
            "ngay phat sinh",
            "ngay gd",
            "transaction date",
            "trans date",
            "tnx date",
            "ngay thuc hien",
            "ngay ghi so",
            "trdt",
            "requesting date",
            "booking date",
            "txn date",
            "ngay",
            "=date",
        ],
    ),
    (
        Field::Reference,
        &[
            "so tham chieu",
            "so but toan",
            "so giao dich",
            "transaction number",
            "ma gd",
            "so gd",
            "so ct",
            "doc no",
            "so chung tu",
            "reference number",
            "reference no",
            "reference",
            "=ref",
            "ma giao dich",
            "thrref",
        ],
    ),
    (Field::Currency, &["loai tien", "tien te", "currency"]),
    (Field::Account, &["so tai khoan", "so tk", "account number", "account no"]),
];

/// Columns that say nothing about money; some hold a word of a field.
const IGNORED: [&str; 14] = [
    "stt",
    "ma gdv",
    "teller",
    "ma cn",
    "branch",
    "mtid",
    "citad",
    "loai giao dich",
    // Labels and sums above a table, which may stand side by side as headers do.
    "so du dau",
    "so du cuoi",
    "tong",
    "total",
    "tu ngay",
    "den ngay",
];

/// The field of a header cell, and the rank of the word that told it, 0 for the best.
pub(super) fn of(text: &str) -> Option<(Field, usize)> {
    // A header is short: what is long is a text that happens to speak of money.
    if text.len() > 300 {
        return None;
    }
    if text.trim() == "+/-" {
        return Some((Field::Sign, 0));
    }
    let folded = fold(text);
    if folded.is_empty() || IGNORED.iter().any(|words| has(&folded, words)) {
        return None;
    }
    let starts = folded.split(' ').scan(0, |at, word| {
        let start = *at;
        *at += word.len() + 1;
        Some((start, word))
    });
    let mut best: Option<(usize, usize)> = None;
    for (start, word) in starts {
        for entry in INDEX.get(word).into_iter().flatten() {
            let fits = if entry.is_alone { folded == entry.words } else { begins(&folded[start..], entry.words) };
            if fits && best.is_none_or(|best| entry.place < best) {
                best = Some(entry.place);
            }
        }
    }
    best.map(|(order, rank)| (WORDS[order].0, rank))
}

/// Words by the first of them: a header is looked up word by word, since a file may have rows of words without end.
static INDEX: LazyLock<HashMap<&str, Vec<Entry>>> = LazyLock::new(|| {
    let mut index: HashMap<&str, Vec<Entry>> = HashMap::new();
    for (order, (_, words)) in WORDS.iter().enumerate() {
        for (rank, word) in words.iter().enumerate() {
            // Short words only fit alone.
            let (words, is_alone) = word.strip_prefix('=').map_or((*word, false), |word| (word, true));
            let first = words.split(' ').next().unwrap_or(words);
            index.entry(first).or_default().push(Entry { words, is_alone, place: (order, rank) });
        }
    }
    index
});

struct Entry {
    words: &'static str,
    is_alone: bool,
    /// The place of its field, and its own among the words of the field.
    place: (usize, usize),
}

impl Field {
    /// The name in a sentence, in English and Vietnamese.
    pub(super) fn names(self) -> [&'static str; 2] {
        match self {
            Self::ValueDate => ["value date", "ngày hiệu lực"],
            Self::VirtualAccount => ["virtual account", "tài khoản định danh"],
            Self::CounterpartyBank => ["bank of the other side", "ngân hàng đối ứng"],
            Self::CounterpartyName => ["name of the other side", "tên đối ứng"],
            Self::CounterpartyAccount => ["account of the other side", "tài khoản đối ứng"],
            Self::Balance => ["balance", "số dư"],
            Self::Debit => ["debit", "ghi nợ"],
            Self::Credit => ["credit", "ghi có"],
            Self::Fee => ["fee", "phí"],
            Self::Vat => ["VAT", "thuế"],
            Self::Sign => ["sign", "dấu tăng giảm"],
            Self::Amount => ["amount", "số tiền"],
            Self::Memo => ["text", "nội dung"],
            Self::Date => ["date", "ngày giao dịch"],
            Self::Reference => ["reference", "số tham chiếu"],
            Self::Currency => ["currency", "loại tiền"],
            Self::Account => ["account number", "số tài khoản"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, of};

    #[test]
    fn the_headers_of_the_banks_are_known() {
        let cases = [
            ("STT\nNo.", None),
            ("Ngày/\nTNX Date/ Số CT/ Doc No", Some(Field::Date)),
            ("Ngày1/ TNX Date/ Số CT", Some(Field::Date)),
            ("Số tiền ghi nợ/\nDebit", Some(Field::Debit)),
            ("Nội dung chi tiết/\nTransactions in detail", Some(Field::Memo)),
            ("Số dư/\nBalance", Some(Field::Balance)),
            ("Mã GDV", None),
            ("Ngày hạch\ntoán\nAccounting Date", Some(Field::ValueDate)),
            ("Đơn vị thụ hưởng/Đơn vị chuyển\nBeneficiary/Applicant", Some(Field::CounterpartyName)),
            ("Tài khoản\nAccount", Some(Field::CounterpartyAccount)),
            ("Ngân hàng đối tác\nRemitter Bank", Some(Field::CounterpartyBank)),
            ("Mã định danh TK thụ hưởng/ To virtual account", Some(Field::VirtualAccount)),
            ("Số tài khoản đối ứng/ Corresponsive account", Some(Field::CounterpartyAccount)),
            ("Tên tài khoản đối ứng/ Corresponsive name", Some(Field::CounterpartyName)),
            ("Số dư TK/ Account Balance", Some(Field::Balance)),
            ("Phí/Lãi / Fee/Interest", Some(Field::Fee)),
            ("Thuế/Transaction VAT", Some(Field::Vat)),
            ("Thay đổi", Some(Field::Sign)),
            ("+/-", Some(Field::Sign)),
            ("Số tiền", Some(Field::Amount)),
            ("Loại tiền", Some(Field::Currency)),
            ("Loại giao dịch", None),
            ("NO", Some(Field::Debit)),
            ("No.", Some(Field::Debit)),
            ("Notes", None),
            ("Số tài khoản người chuyển", Some(Field::CounterpartyAccount)),
            ("Tổng phát sinh nợ", None),
            ("Số tham chiếu", Some(Field::Reference)),
            ("Date", Some(Field::Date)),
            ("Booking Date", Some(Field::Date)),
            ("Txn Date", Some(Field::Date)),
            ("Value Date", Some(Field::ValueDate)),
            ("Date of birth", None),
            ("C/D", Some(Field::Sign)),
            ("Cr/Dr", Some(Field::Sign)),
            ("Nợ/Có", Some(Field::Sign)),
        ];
        for (text, field) in cases {
            assert_eq!(of(text).map(|(field, _)| field), field, "{text}");
        }
    }
}
