//! Administrative units (đơn vị hành chính) and what became of them: a dated reference catalogue, part of the program.
//!
//! A code means a unit only together with a day: 15 was Yên Bái until 30 June 2025 and is Lào Cai since. Districts (huyện)
//! ended on that day. An old unit may be split among several new ones; then one is marked as the default and a person must
//! choose. The tables and their licences are in `entities/data/administrative_units`.

mod catalogue;
mod names;
mod resolve;

use std::cmp::Reverse;

use chrono::NaiveDate;

use catalogue::{CATALOGUE, Catalogue};
pub use names::UnitType;
pub use resolve::{Old, Resolution, Successor, SuccessorKind, resolve};

use crate::text;

/// The tier of a unit, which is also the length of its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Province or city under the central government (cấp tỉnh): two digits.
    Province,
    /// District (cấp huyện), until 30 June 2025: three digits.
    District,
    /// Commune, ward, township or special zone (cấp xã): five digits.
    Commune,
}

/// A unit under one name, in the days when it was so.
#[derive(Debug, PartialEq, Eq)]
pub struct Unit {
    /// Official code, with leading zeros; names the unit only within the days below.
    pub code: &'static str,
    /// The tier.
    pub level: Level,
    /// What kind of unit it is (loại hình đơn vị): tỉnh, thành phố, xã, phường, đặc khu and the old ones.
    pub unit_type: UnitType,
    /// Name with its type, such as *Phường Phúc Lợi*.
    pub full_name: &'static str,
    /// Name without its type, such as *Phúc Lợi*.
    pub name: &'static str,
    /// Code of the unit above, of the same days: a district for old communes, else a province; `None` for provinces.
    pub parent_code: Option<&'static str>,
    /// Code of the province, of the same days; a province's own code.
    pub province_code: &'static str,
    /// First day; `None` when it lies before what the catalogue knows.
    pub valid_from: Option<NaiveDate>,
    /// Last day; `None` while it lasts.
    pub valid_to: Option<NaiveDate>,
    folded: String,
    tone_place: String,
}

impl Unit {
    /// Whether the unit was so on this day.
    #[must_use]
    pub fn is_valid_on(&self, on: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= on) && self.valid_to.is_none_or(|to| on <= to)
    }

    /// The unit above, of the same days; `None` for provinces.
    #[must_use]
    pub fn parent(&self) -> Option<&'static Self> {
        let day = self.valid_to.or(self.valid_from)?;
        unit(self.parent_code?, day)
    }
}

/// Reads the tables now, which takes a tenth of a second, instead of when first asked.
pub fn warm() {
    std::sync::LazyLock::force(&CATALOGUE);
}

/// The unit that this code named on this day. Codes of two, three and five digits never meet, so the tier is in the code.
#[must_use]
pub fn unit(code: &str, on: NaiveDate) -> Option<&'static Unit> {
    CATALOGUE.versions(code).find(|unit| unit.is_valid_on(on))
}

/// The provinces of a day, by code: 34 since 1 July 2025, 63 before.
#[must_use]
pub fn provinces(on: NaiveDate) -> Vec<&'static Unit> {
    CATALOGUE.of_level(Level::Province, on).collect()
}

/// The districts of a province on a day, by code; none since 1 July 2025.
#[must_use]
pub fn districts(province_code: &str, on: NaiveDate) -> Vec<&'static Unit> {
    CATALOGUE.of_level(Level::District, on).filter(|unit| unit.province_code == province_code).collect()
}

/// The communes of a province on a day, by code.
#[must_use]
pub fn communes(province_code: &str, on: NaiveDate) -> Vec<&'static Unit> {
    CATALOGUE.of_level(Level::Commune, on).filter(|unit| unit.province_code == province_code).collect()
}

/// What to search for.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// A name or a part of it, with or without diacritics; *Hoà* and *Hòa* are one.
    pub text: &'a str,
    /// Only this tier.
    pub level: Option<Level>,
    /// Only this province, by its code on the day.
    pub province_code: Option<&'a str>,
    /// The day on which the units were so.
    pub on: NaiveDate,
    /// At most this many.
    pub first: usize,
}

/// The units whose name holds the text, the closest first: the name itself with its diacritics, the name without, a name
/// that begins so, any other. Nothing for an empty text.
#[must_use]
pub fn search(search: &Search<'_>) -> Vec<&'static Unit> {
    let (folded, tone_place) = (text::fold(search.text), text::fold_tone_place(search.text));
    if folded.is_empty() {
        return Vec::new();
    }
    let in_reach = |unit: &&Unit| {
        search.level.is_none_or(|level| unit.level == level)
            && search.province_code.is_none_or(|code| unit.province_code == code)
    };
    let closeness = |unit: &Unit| {
        let name = unit.folded.as_str();
        let full = format!("{} {name}", text::fold(unit.unit_type.name_vi()));
        [
            unit.tone_place == tone_place,
            name == folded || full == folded,
            name.starts_with(&folded),
            full.contains(&folded),
        ]
    };
    let mut found: Vec<_> = CATALOGUE
        .on(search.on)
        .filter(in_reach)
        .map(|unit| (closeness(unit), unit))
        .filter(|(closeness, _)| closeness.contains(&true))
        .collect();
    found.sort_by_key(|(closeness, unit)| (Reverse(*closeness), unit.level, unit.code));
    found.into_iter().take(search.first).map(|(_, unit)| unit).collect()
}

impl Catalogue {
    fn on(&'static self, on: NaiveDate) -> impl Iterator<Item = &'static Unit> {
        self.units.iter().filter(move |unit| unit.is_valid_on(on))
    }

    fn of_level(&'static self, level: Level, on: NaiveDate) -> impl Iterator<Item = &'static Unit> {
        self.on(on).filter(move |unit| unit.level == level)
    }
}

#[cfg(test)]
mod tests;
