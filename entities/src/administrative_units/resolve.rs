//! From an old unit to the new ones: every answer that fits, never a silent choice.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::catalogue::CATALOGUE;
use super::names::Part;
use super::{Level, Unit, unit};

/// A unit as an old record names it.
#[derive(Debug, Clone, Copy)]
pub enum Old<'a> {
    /// By code: two digits a province, three a district, five a commune.
    Code(&'a str),
    /// By name, alone or as an address: *Xã Cổ Bi, Huyện Gia Lâm, Hà Nội*.
    Text(&'a str),
}

/// How much of the old unit a new one took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SuccessorKind {
    /// All of it (nhập toàn bộ).
    Whole,
    /// A part of it (nhập một phần): a person must say which.
    Part,
}

/// A unit of today that took land of an old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Successor {
    /// The unit under its present name.
    pub unit: &'static Unit,
    /// Whether it took all.
    pub kind: SuccessorKind,
    /// Whether to offer it first. Exactly one successor of a commune or province is the default; a district that went to
    /// several communes has none.
    pub is_default: bool,
}

/// One unit that the old code or text may mean, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// The unit as it was on the day asked for.
    pub old: &'static Unit,
    /// The units of today, the default first, then by code; the unit itself when it still lasts.
    pub new: Vec<Successor>,
}

/// What a code or text of this day means, and what became of it. Empty when it means nothing; a name that several units bore
/// gives each of them, the larger first. Diacritics that the writer used tell names apart; missing ones never do.
#[must_use]
pub fn resolve(old: Old<'_>, on: NaiveDate) -> Vec<Resolution> {
    let units = match old {
        Old::Code(code) => unit(code.trim(), on).into_iter().collect(),
        Old::Text(text) => named(text, on),
    };
    units.into_iter().map(|old| Resolution { old, new: successors(old) }).collect()
}

fn named(text: &str, on: NaiveDate) -> Vec<&'static Unit> {
    let parts = Part::all(text);
    let Some((smallest, around)) = parts.split_first() else { return Vec::new() };
    let lies_within = |unit: &&Unit| around.iter().all(|part| ancestors(unit).any(|above| part.names(above)));
    let mut units: Vec<&'static Unit> =
        smallest.candidates().filter(|unit| unit.is_valid_on(on)).filter(lies_within).collect();
    if smallest.has_diacritics() && units.iter().any(|unit| smallest.spells(unit)) {
        units.retain(|unit| smallest.spells(unit));
    }
    units.sort_by_key(|unit| (unit.level, unit.code));
    units.dedup_by_key(|unit| unit.code);
    units
}

fn ancestors(unit: &Unit) -> impl Iterator<Item = &'static Unit> {
    std::iter::successors(unit.parent(), |above| above.parent())
}

fn successors(old: &'static Unit) -> Vec<Successor> {
    if old.valid_to.is_none() {
        return vec![Successor { unit: old, kind: SuccessorKind::Whole, is_default: true }];
    }
    let links = CATALOGUE.links(old.code);
    let ended_with_the_reform = old.valid_from.is_none();
    let mut new: Vec<Successor> = if !ended_with_the_reform {
        // Only renamed: the same code still names it.
        let kind = SuccessorKind::Whole;
        today(old.code).map(|unit| Successor { unit, kind, is_default: true }).into_iter().collect()
    } else if old.level == Level::District && links.is_empty() {
        of_district(old)
    } else {
        let successor = |link: &super::catalogue::Link| {
            today(link.new_code).map(|unit| Successor { unit, kind: link.kind, is_default: link.is_default })
        };
        links.iter().filter_map(successor).collect()
    };
    new.sort_by_key(|successor| (!successor.is_default, successor.unit.code));
    new
}

/// A district was dissolved: every commune of today that took land of one of its communes.
fn of_district(district: &Unit) -> Vec<Successor> {
    let communes = CATALOGUE.units.iter().filter(|unit| unit.parent_code == Some(district.code));
    let codes: BTreeSet<&str> =
        communes.flat_map(|commune| CATALOGUE.links(commune.code)).map(|link| link.new_code).collect();
    let only_one = codes.len() == 1;
    let kind = if only_one { SuccessorKind::Whole } else { SuccessorKind::Part };
    codes.into_iter().filter_map(today).map(|unit| Successor { unit, kind, is_default: only_one }).collect()
}

fn today(code: &str) -> Option<&'static Unit> {
    CATALOGUE.versions(code).next_back().filter(|unit| unit.valid_to.is_none())
}
