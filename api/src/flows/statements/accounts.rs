//! Whose a section of a file is: each is judged alone, so that one of another account keeps none of the others out.

use std::collections::HashMap;

use connectors::statements::Statement;
use entities::bank_accounts::{self, BankAccount};
use entities::codes::AccountNumber;
use entities::error::Refusal;
use entities::ids::BankAccountId;
use entities::reach::Reach;
use entities::{Db, Error, schools};

use super::Asked;

/// The account of each section: the one it names, which must be the stated one where one is stated; or why it is passed over.
pub(super) async fn accounts(
    db: &Db,
    reach: &Reach,
    asked: &Asked,
    sections: &[Statement],
) -> Result<Vec<Result<BankAccountId, Refusal>>, Error> {
    let school = schools::by_code(db, reach, &asked.school_code).await?;
    let school = school.ok_or_else(|| Refusal::not_found("School").at("schoolCode"))?.id;
    let stated = asked.account.as_deref().map(|stated| number(stated).ok_or_else(unknown_account)).transpose()?;
    let numbers: Vec<Result<AccountNumber, Refusal>> =
        sections.iter().map(|section| account_of(section, stated.as_ref())).collect();
    let told: Vec<AccountNumber> = numbers.iter().flatten().cloned().collect();
    let found: HashMap<AccountNumber, Vec<BankAccount>> = bank_accounts::of_numbers(db, reach, &told).await?;
    let own = |number: AccountNumber| {
        let of_school =
            found.get(&number).and_then(|accounts| accounts.iter().find(|account| account.school == school));
        of_school.map(|account| account.id).ok_or_else(unknown_account)
    };
    Ok(numbers.into_iter().map(|number| number.and_then(&own)).collect())
}

fn account_of(section: &Statement, stated: Option<&AccountNumber>) -> Result<AccountNumber, Refusal> {
    if section.currency.as_deref().is_some_and(|currency| currency != "VND") {
        return Err(not_vnd());
    }
    let named = section.account.as_deref().map(|named| number(named).ok_or_else(unknown_account)).transpose()?;
    match (named, stated) {
        (Some(named), Some(stated)) if named != *stated => Err(account_differs()),
        (Some(named), _) => Ok(named),
        (None, Some(stated)) => Ok(stated.clone()),
        (None, None) => Err(account_needed()),
    }
}

fn number(text: &str) -> Option<AccountNumber> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    AccountNumber::parse(&compact).ok()
}

fn account_needed() -> Refusal {
    let (en, vi) =
        ("The statement names no account: state its number.", "Sao kê không nêu số tài khoản: hãy nêu số tài khoản.");
    Refusal::new("ACCOUNT_NEEDED", en, vi).at("account")
}

fn account_differs() -> Refusal {
    let (en, vi) = (
        "The statement is of another account than the stated one.",
        "Sao kê thuộc tài khoản khác với tài khoản đã nêu.",
    );
    Refusal::new("ACCOUNT_DIFFERS", en, vi).at("account")
}

pub(super) fn unknown_account() -> Refusal {
    let (en, vi) = ("This is no open account of the school.", "Đây không phải tài khoản đang mở của trường.");
    Refusal::new("UNKNOWN_ACCOUNT", en, vi).at("account")
}

fn not_vnd() -> Refusal {
    let (en, vi) = ("Only statements in Vietnamese đồng are read.", "Chỉ đọc sao kê bằng đồng Việt Nam.");
    Refusal::new("CURRENCY_NOT_VND", en, vi).at("file")
}
