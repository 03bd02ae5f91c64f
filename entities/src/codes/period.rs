//! School years and months, the two periods that money and rosters are kept by.

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::CodeError;

const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

/// A school year (năm học), named by the year in which it starts, as the ministry's `MA_NAM_HOC` is: 2025 is 2025-2026.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct SchoolYear(i32);

impl SchoolYear {
    /// The school year that starts in this calendar year, 2000 to 2100.
    ///
    /// # Errors
    /// `SCHOOL_YEAR_INVALID`.
    pub fn starting(year: i32) -> Result<Self, CodeError> {
        if YEARS.contains(&year) {
            return Ok(Self(year));
        }
        Err(CodeError::new(
            "SCHOOL_YEAR_INVALID",
            "a school year is written 2025 or 2025-2026, from 2000 to 2100",
            "năm học viết 2025 hoặc 2025-2026, từ 2000 đến 2100",
        ))
    }

    /// The school year that runs on a day, of those from 1 July to 30 June.
    #[must_use]
    pub fn running_on(day: NaiveDate) -> Self {
        Self(if day.month() >= 7 { day.year() } else { day.year() - 1 })
    }

    /// Reads `2025` or `2025-2026`.
    ///
    /// # Errors
    /// `SCHOOL_YEAR_INVALID`, also when the two years do not follow each other.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let (start, end) = text.trim().split_once('-').map_or((text.trim(), None), |(s, e)| (s.trim(), Some(e.trim())));
        let year = |text: &str| {
            if super::is_digits(text, 4) { text.parse().unwrap_or(0) } else { 0 }
        };
        let follows = end.is_none_or(|end| year(end) == year(start) + 1);
        Self::starting(if follows { year(start) } else { 0 })
    }

    /// The calendar year in which it starts.
    #[must_use]
    pub const fn start_year(self) -> i32 {
        self.0
    }
}

/// `2025-2026`.
impl fmt::Display for SchoolYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0, self.0 + 1)
    }
}

impl TryFrom<i32> for SchoolYear {
    type Error = CodeError;

    fn try_from(year: i32) -> Result<Self, Self::Error> {
        Self::starting(year)
    }
}

impl From<SchoolYear> for i32 {
    fn from(year: SchoolYear) -> Self {
        year.0
    }
}

/// A month of a Vietnamese calendar year, kept as the number `yyyymm` (September 2025 is 202509).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct Month(i32);

impl Month {
    /// The month with the number `yyyymm`, from 200001 to 210012.
    ///
    /// # Errors
    /// `MONTH_INVALID`.
    pub fn new(yyyymm: i32) -> Result<Self, CodeError> {
        if YEARS.contains(&(yyyymm / 100)) && (1..=12).contains(&(yyyymm % 100)) {
            return Ok(Self(yyyymm));
        }
        Err(CodeError::new(
            "MONTH_INVALID",
            "a month is written 2025-09, from 2000-01 to 2100-12",
            "tháng viết 2025-09, từ 2000-01 đến 2100-12",
        ))
    }

    /// Reads `2025-09`.
    ///
    /// # Errors
    /// `MONTH_INVALID`.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let number = match text.trim().split_once('-') {
            Some((year, month)) if super::is_digits(year, 4) && super::is_digits(month, 2) => {
                format!("{year}{month}").parse().unwrap_or(0)
            }
            _ => 0,
        };
        Self::new(number)
    }

    /// The month of a day; take the day in Vietnam (+07:00).
    ///
    /// # Errors
    /// `MONTH_INVALID` for a day before 2000 or after 2100.
    pub fn of(day: NaiveDate) -> Result<Self, CodeError> {
        let month = i32::try_from(day.month()).unwrap_or(0);
        Self::new(day.year().saturating_mul(100).saturating_add(month))
    }

    /// The number `yyyymm`, as it is stored.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }

    /// The month after this one; December is followed by January.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(if self.0 % 100 == 12 { self.0 + 89 } else { self.0 + 1 })
    }

    /// The first day of the month.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        u32::try_from(self.0 % 100)
            .ok()
            .and_then(|month| NaiveDate::from_ymd_opt(self.0 / 100, month, 1))
            .expect("every month that exists has a first day")
    }

    /// The last day of the month.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        self.first_day() + Months::new(1) - Days::new(1)
    }

    /// Every month from the first to the last, both included; none when the last comes before the first.
    pub fn span(first: Self, last: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(first), |month| Some(month.next())).take_while(move |month| *month <= last)
    }
}

/// `2025-09`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 100, self.0 % 100)
    }
}

impl TryFrom<i32> for Month {
    type Error = CodeError;

    fn try_from(yyyymm: i32) -> Result<Self, Self::Error> {
        Self::new(yyyymm)
    }
}

impl From<Month> for i32 {
    fn from(month: Month) -> Self {
        month.0
    }
}
