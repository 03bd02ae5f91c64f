//! The plan of a synthetic province: which schools there are, who manages them, and what hangs on each. Pure, and the same
//! for the same size.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::draw::Draw;
use super::sorts::{Sort, sort_of};
use super::{NOW, PROVINCE, names};
use crate::administrative_units::{self, Unit};
use crate::catalogues::{FeeCategory, FeeGroup, Ownership};
use crate::codes::{InvoiceCode, Month};
use crate::error::Error;
use crate::ids::{BankAccountId, SchoolId};
use crate::money::Vnd;

/// How much is planted.
#[derive(Clone, Debug)]
pub struct Size {
    /// Two plantings of one seed and size are equal.
    pub seed: u64,
    /// Schools, at most 10,000.
    pub schools: usize,
    /// Students of a school.
    pub students_per_school: usize,
    /// Payments of a school, over all months.
    pub payments_per_school: usize,
    /// How many of the schools have open invoices, a second account and a review queue too.
    pub deep_schools: usize,
    /// Students of such a school.
    pub students_per_deep_school: usize,
    /// The months over which the payments are spread, see [`months`].
    pub months: Vec<Month>,
}

impl Size {
    /// The demo: 1,600 schools with two dozen payments each, twenty of them in full depth.
    #[must_use]
    pub fn demo() -> Self {
        Self {
            seed: 2026,
            schools: 1_600,
            students_per_school: 3,
            payments_per_school: 24,
            deep_schools: 20,
            students_per_deep_school: 216,
            months: months(202_601, 202_611),
        }
    }
}

/// The months of lessons between two months written as 202601; June to August are holidays.
#[must_use]
pub fn months(first: i32, last: i32) -> Vec<Month> {
    let ends = Month::new(first).ok().zip(Month::new(last).ok());
    let all = ends.into_iter().flat_map(|(first, last)| Month::span(first, last));
    all.filter(|month| !matches!(month.get() % 100, 6..=8)).collect()
}

/// One school of the plan.
pub struct School {
    /// Its key.
    pub id: SchoolId,
    /// Its code, of the range that exists only in demos.
    pub code: String,
    /// Its name, ending in "(mẫu)".
    pub name: String,
    /// The code of its commune, a real one.
    pub commune_code: &'static str,
    /// Whether it has open invoices and a review queue.
    pub is_deep: bool,
    /// Its open invoices, those of its first account first.
    pub open_invoices: Vec<OpenInvoice>,
    /// Its accounts; only deep schools have a second one.
    pub(super) accounts: Vec<Account>,
    pub(super) students: Vec<Uuid>,
    pub(super) index: u64,
    pub(super) sort: &'static Sort,
    pub(super) ownership: Ownership,
    /// How many payments in a hundred are not cash.
    pub(super) cashless_percent: u64,
}

/// An invoice that waits to be paid.
#[derive(Clone, Debug)]
pub struct OpenInvoice {
    /// Its code.
    pub code: InvoiceCode,
    /// How much it asks for.
    pub amount: Vnd,
    /// The number of the account that it is to be paid to.
    pub account_number: String,
    pub(super) account: usize,
    pub(super) student: usize,
}

/// An account with the fees that it receives.
pub(super) struct Account {
    pub(super) id: BankAccountId,
    pub(super) number: String,
    pub(super) fund: FeeGroup,
    pub(super) fees: [PlannedFee; 2],
}

/// A fee of both school years: the same price in each.
pub(super) struct PlannedFee {
    pub(super) category: &'static FeeCategory,
    pub(super) amount: i64,
    /// One key for each school year of the plan.
    pub(super) ids: Vec<Uuid>,
}

/// Everything that is to be planted.
pub struct Province {
    /// How much.
    pub size: Size,
    /// Its schools.
    pub schools: Vec<School>,
    pub(super) communes: Vec<&'static Unit>,
    /// The school years of the months, by the calendar year in which they begin.
    pub(super) years: Vec<i32>,
}

impl Province {
    /// Decides everything.
    ///
    /// # Errors
    /// `SIZE_TOO_LARGE` for more schools than there are codes; otherwise only a defect.
    pub fn plan(size: Size) -> Result<Self, Error> {
        let communes = administrative_units::communes(PROVINCE, NOW.vietnam_day());
        let mut years: Vec<i32> = size.months.iter().map(|month| school_year(*month)).collect();
        years.dedup();
        let (mut schools, mut serials) = (Vec::with_capacity(size.schools), HashMap::new());
        for index in 0..size.schools {
            let commune = index % communes.len();
            let sort = sort_of(index, size.schools);
            let serial: &mut usize = serials.entry((commune, sort.digit)).or_default();
            *serial += 1;
            if *serial > 99 {
                let (en, vi) = ("There are not so many demo school codes.", "Không đủ mã trường mẫu.");
                return Err(crate::Refusal::new("SIZE_TOO_LARGE", en, vi).at("schools").into());
            }
            let code = format!("99{:03}{}{serial:02}", commune + 1, sort.digit);
            schools.push(School::plan(&size, &years, index, sort, communes[commune].code, code)?);
        }
        Ok(Self { size, schools, communes, years })
    }

    /// The schools in full depth.
    pub fn deep(&self) -> impl Iterator<Item = &School> {
        self.schools.iter().filter(|school| school.is_deep)
    }

    pub(super) fn year_place(&self, month: Month) -> usize {
        self.years.iter().position(|year| *year == school_year(month)).unwrap_or(0)
    }
}

impl School {
    fn plan(
        size: &Size,
        years: &[i32],
        index: usize,
        sort: &'static Sort,
        commune_code: &'static str,
        code: String,
    ) -> Result<Self, Error> {
        let number = u64::try_from(index).map_err(Error::internal)?;
        let mut draw = stream(size.seed, number, Stream::Plan);
        let is_deep = size.deep_schools > 0 && index.is_multiple_of((size.schools / size.deep_schools).max(1));
        let is_deep = is_deep && index / (size.schools / size.deep_schools).max(1) < size.deep_schools;
        let students = if is_deep { size.students_per_deep_school } else { size.students_per_school };
        let ownership = if draw.happens(2) { Ownership::Private } else { sort.ownership };
        let mut school = Self {
            id: SchoolId::from_uuid(draw.key()),
            name: names::school(sort.noun, index),
            code,
            commune_code,
            is_deep,
            open_invoices: Vec::new(),
            accounts: vec![Account::plan(&mut draw, years.len(), number, 0, sort.fees)?],
            students: (0..students).map(|_| draw.key()).collect(),
            index: number,
            sort,
            ownership,
            cashless_percent: 60 + draw.below(38),
        };
        if is_deep {
            school.accounts.push(Account::plan(&mut draw, years.len(), number, 1, sort.more_fees)?);
            school.open_invoices = school.plan_open_invoices()?;
        }
        Ok(school)
    }

    /// Every student owes this month to the first account, and every third to the second one too.
    fn plan_open_invoices(&self) -> Result<Vec<OpenInvoice>, Error> {
        let first = (0..self.students.len()).map(|student| (0, student));
        let second = (0..self.students.len()).step_by(3).map(|student| (1, student));
        let open = first.chain(second).zip(0..).map(|((account, student), serial)| {
            let planned = &self.accounts[account];
            let amount = planned.fees.iter().map(|fee| fee.amount).sum();
            let account_number = planned.number.clone();
            let code = invoice_code(self.index, serial)?;
            Ok(OpenInvoice { code, amount: Vnd::new(amount), account_number, account, student })
        });
        open.collect()
    }

    /// The number of its first account.
    #[must_use]
    pub fn account_number(&self) -> &str {
        &self.accounts[0].number
    }

    /// Its accounts, the first one first.
    pub fn account_ids(&self) -> impl Iterator<Item = BankAccountId> {
        self.accounts.iter().map(|account| account.id)
    }

    /// The numbers of its accounts, the first one first.
    pub fn account_numbers(&self) -> impl Iterator<Item = &str> {
        self.accounts.iter().map(|account| account.number.as_str())
    }
}

impl Account {
    fn plan(draw: &mut Draw, years: usize, school: u64, place: u64, fees: [&str; 2]) -> Result<Self, Error> {
        let id = BankAccountId::from_uuid(draw.key());
        let [first, second] = fees.map(FeeCategory::parse);
        let (first, second) = (first.map_err(Error::internal)?, second.map_err(Error::internal)?);
        Ok(Self {
            id,
            number: format!("9999{place}{school:08}"),
            fund: first.group,
            fees: [first, second].map(|category| {
                let amount = draw.price(category.code);
                PlannedFee { category, amount, ids: (0..years).map(|_| draw.key()).collect() }
            }),
        })
    }
}

impl Draw {
    /// A month's price of a fee, within the range of synthetic data.
    fn price(&mut self, category: &str) -> i64 {
        match category {
            "BAN_TRU_AN" => self.vnd(20_000, 40_000) * 22,
            "BAN_TRU_CHAM_SOC" => self.vnd(100_000, 350_000),
            "NUOC_UONG" => self.vnd(8_000, 20_000),
            "XE_DUA_DON" => self.vnd(300_000, 1_500_000),
            "GUI_XE" => self.vnd(20_000, 50_000),
            _ => self.vnd(80_000, 400_000),
        }
    }
}

/// What a stream of chance is for; each school has one of each.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    Plan,
    People,
    Money,
    Review,
}

pub(super) fn stream(seed: u64, school: u64, stream: Stream) -> Draw {
    let place = match stream {
        Stream::Plan => 0,
        Stream::People => 1,
        Stream::Money => 2,
        Stream::Review => 3,
    };
    // Stream 0 to 3 are those of the province itself.
    Draw::new(seed, (school + 1) * 4 + place)
}

/// The calendar year in which the school year of a month begins.
pub(super) fn school_year(month: Month) -> i32 {
    let (year, month) = (month.get() / 100, month.get() % 100);
    if month >= 8 { year } else { year - 1 }
}

/// A day of a month; the last one when the month is shorter.
pub(super) fn day(month: Month, day: u64) -> NaiveDate {
    let wanted = month.first_day().checked_add_days(chrono::Days::new(day.saturating_sub(1)));
    wanted.map_or(month.last_day(), |wanted| wanted.min(month.last_day()))
}

/// A code that no other invoice of the plan has: the step has no factor in common with the number of serials.
pub(super) fn invoice_code(school: u64, serial: u64) -> Result<InvoiceCode, Error> {
    const PER_SCHOOL: u128 = 200_000;
    let place = u128::from(school) * PER_SCHOOL + u128::from(serial);
    let mixed = (place * 6_364_136_223 + 1_442_695_041) % 9_000_000_000;
    InvoiceCode::from_serial(crate::codes::DEFAULT_PREFIX, u64::try_from(mixed).map_err(Error::internal)?)
        .map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_repeats_and_keeps_the_shares_of_levels() {
        let (plan, again) = (Province::plan(Size::demo()).unwrap(), Province::plan(Size::demo()).unwrap());
        assert_eq!(plan.schools.len(), 1_600);
        assert_eq!(plan.communes.len(), 129);
        assert_eq!(plan.deep().count(), 20);
        assert!(
            plan.schools.iter().zip(&again.schools).all(|(one, other)| one.id == other.id && one.code == other.code)
        );
        let preschools = plan
            .schools
            .iter()
            .filter(|school| school.sort.levels == [crate::catalogues::EducationLevel::Preschool])
            .count();
        assert!((495..=505).contains(&preschools), "{preschools}");
        assert!(plan.deep().map(|school| school.sort.noun).collect::<std::collections::HashSet<_>>().len() >= 4);
    }

    #[test]
    fn codes_of_invoices_never_meet() {
        let mut codes = std::collections::HashSet::new();
        for school in [0, 1, 2, 1_599] {
            assert!((0..2_000).all(|serial| codes.insert(invoice_code(school, serial).unwrap())));
        }
    }

    #[test]
    fn holidays_have_no_payments() {
        assert_eq!(months(202_601, 202_611).len(), 8);
    }
}
