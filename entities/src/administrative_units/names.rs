//! Types of units, and the ways in which people write them before a name.

use super::Unit;
use super::catalogue::CATALOGUE;
use crate::text;

/// The type of a unit (loại đơn vị hành chính).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitType {
    /// Tỉnh.
    Province,
    /// Thành phố: under the central government, or, until 30 June 2025, under a province.
    City,
    /// Quận, until 30 June 2025.
    UrbanDistrict,
    /// Huyện, until 30 June 2025.
    RuralDistrict,
    /// Thị xã, until 30 June 2025.
    Town,
    /// Thị trấn, until 30 June 2025.
    Township,
    /// Xã.
    Commune,
    /// Phường.
    Ward,
    /// Đặc khu.
    SpecialZone,
}

impl UnitType {
    const ALL: [Self; 9] = [
        Self::Province,
        Self::City,
        Self::UrbanDistrict,
        Self::RuralDistrict,
        Self::Town,
        Self::Township,
        Self::Commune,
        Self::Ward,
        Self::SpecialZone,
    ];

    /// The Vietnamese word as it stands before a name.
    #[must_use]
    pub const fn name_vi(self) -> &'static str {
        match self {
            Self::Province => "Tỉnh",
            Self::City => "Thành phố",
            Self::UrbanDistrict => "Quận",
            Self::RuralDistrict => "Huyện",
            Self::Town => "Thị xã",
            Self::Township => "Thị trấn",
            Self::Commune => "Xã",
            Self::Ward => "Phường",
            Self::SpecialZone => "Đặc khu",
        }
    }

    /// Type and name of a full name; `None` when it begins with no known type.
    pub(super) fn split(full_name: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|unit_type| {
            let name = full_name.strip_prefix(unit_type.name_vi())?.strip_prefix(' ')?;
            Some((unit_type, name))
        })
    }

    /// How people shorten it, folded.
    const fn abbreviation(self) -> &'static str {
        match self {
            Self::Province => "t.",
            Self::City => "tp",
            Self::UrbanDistrict => "q.",
            Self::RuralDistrict => "h.",
            Self::Town => "tx",
            Self::Township => "tt",
            Self::Commune => "x.",
            Self::Ward => "p.",
            Self::SpecialZone => "dk",
        }
    }

    /// What follows the type in a folded text, if it begins with this one.
    fn name_after(self, folded: &str) -> Option<&str> {
        let word = text::fold(self.name_vi());
        let rest = folded.strip_prefix(&word).and_then(|rest| rest.strip_prefix(' '));
        rest.or_else(|| folded.strip_prefix(self.abbreviation()).map(|rest| rest.trim_start_matches(['.', ' '])))
    }
}

/// One part of an address as somebody wrote it: the name of a unit, with or without its type and its diacritics.
pub(super) struct Part {
    folded: String,
    tone_place: String,
}

impl Part {
    /// The parts between commas and line breaks, the smallest unit first.
    pub(super) fn all(address: &str) -> Vec<Self> {
        let parts = address.split([',', ';', '\n']).filter(|part| !part.trim().is_empty());
        parts.map(|part| Self { folded: text::fold(part), tone_place: text::fold_tone_place(part) }).collect()
    }

    /// The units of any time that it may name: by the whole text, and by what follows a type.
    pub(super) fn candidates(&self) -> impl Iterator<Item = &'static Unit> {
        let after_type = UnitType::ALL.into_iter().filter_map(|unit_type| unit_type.name_after(&self.folded));
        let names = std::iter::once(self.folded.as_str()).chain(after_type);
        names.flat_map(|name| CATALOGUE.named(name)).filter(|unit| self.names(unit))
    }

    /// Whether it names this unit, diacritics aside. The whole text may be the name: *Tịnh Bắc* is no province *Bắc*.
    pub(super) fn names(&self, unit: &Unit) -> bool {
        self.folded == unit.folded || unit.unit_type.name_after(&self.folded) == Some(unit.folded.as_str())
    }

    /// Whether the writer used diacritics, so that they can tell names apart.
    pub(super) fn has_diacritics(&self) -> bool {
        self.folded != self.tone_place
    }

    /// Whether the diacritics are those of the unit's name too, wherever in the syllable the tone stands.
    pub(super) fn spells(&self, unit: &Unit) -> bool {
        self.tone_place
            .strip_suffix(unit.tone_place.as_str())
            .is_some_and(|before| !before.ends_with(char::is_alphanumeric))
    }
}
