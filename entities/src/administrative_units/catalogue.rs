//! The tables, read once when first asked for. They are part of the program and checked by its tests, so reading cannot fail
//! on a running hub.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::NaiveDate;

use super::{Level, SuccessorKind, Unit, UnitType};
use crate::text;

macro_rules! table {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/administrative_units/", $name))
    };
}

const PROVINCES: &str = table!("provinces.csv");
const COMMUNES: &str = table!("communes.csv");
const FORMER_NAMES: &str = table!("former_names.csv");
const OLD_PROVINCES: &str = table!("provinces_until_2025.csv");
const OLD_DISTRICTS: &str = table!("districts_until_2025.csv");
const OLD_COMMUNES: &str = table!("communes_until_2025.csv");
const SUCCESSORS: &str = table!("successors.csv");

/// Everything the tables say.
pub(super) struct Catalogue {
    /// Every unit under every name, by code and then by time.
    pub(super) units: Vec<Unit>,
    by_code: HashMap<&'static str, Vec<usize>>,
    by_fold: HashMap<String, Vec<usize>>,
    successors: HashMap<&'static str, Vec<Link>>,
}

/// Where land of an old unit went.
pub(super) struct Link {
    pub(super) new_code: &'static str,
    pub(super) kind: SuccessorKind,
    pub(super) is_default: bool,
}

pub(super) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::read);

impl Catalogue {
    /// The units that the code named, the earliest first.
    pub(super) fn versions(&'static self, code: &str) -> impl DoubleEndedIterator<Item = &'static Unit> {
        self.by_code.get(code).into_iter().flatten().map(|place| &self.units[*place])
    }

    /// The units of this folded name, at any time.
    pub(super) fn named(&'static self, folded: &str) -> impl Iterator<Item = &'static Unit> {
        self.by_fold.get(folded).into_iter().flatten().map(|place| &self.units[*place])
    }

    /// Where the land of an old unit went; empty for units that still last and for districts with communes.
    pub(super) fn links(&'static self, old_code: &str) -> &'static [Link] {
        self.successors.get(old_code).map_or(&[], Vec::as_slice)
    }

    fn read() -> Self {
        let reform = day(2025, 7, 1);
        let mut units = Vec::with_capacity(14_200);
        for [code, full_name, _] in rows(OLD_PROVINCES) {
            units.push(read_unit(code, full_name, None, code).until(reform));
        }
        let mut province_of = HashMap::new();
        for [code, full_name, province] in rows(OLD_DISTRICTS) {
            province_of.insert(code, province);
            units.push(read_unit(code, full_name, Some(province), province).until(reform));
        }
        for [code, full_name, district] in rows(OLD_COMMUNES) {
            units.push(read_unit(code, full_name, Some(district), province_of[district]).until(reform));
        }
        let former: HashMap<_, _> =
            rows(FORMER_NAMES).map(|[code, full_name, last]| (code, (full_name, last))).collect();
        let provinces = rows(PROVINCES).map(|[code, full_name]| (code, full_name, None, code));
        let communes = rows(COMMUNES).map(|[code, full_name, province]| (code, full_name, Some(province), province));
        for (code, full_name, parent, province) in provinces.chain(communes) {
            let mut from = reform;
            if let Some((former_name, last)) = former.get(code) {
                let renamed = last.parse::<NaiveDate>().expect("the table holds ISO days").succ_opt().unwrap_or(reform);
                units.push(read_unit(code, former_name, parent, province).from(reform).until(renamed));
                from = renamed;
            }
            units.push(read_unit(code, full_name, parent, province).from(from));
        }
        units.sort_by_key(|unit| (unit.code, unit.valid_from));
        let (mut by_code, mut by_fold) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for (place, unit) in units.iter().enumerate() {
            by_code.entry(unit.code).or_default().push(place);
            by_fold.entry(unit.folded.clone()).or_default().push(place);
        }
        Self { units, by_code, by_fold, successors: read_successors() }
    }
}

fn read_successors() -> HashMap<&'static str, Vec<Link>> {
    let mut successors = HashMap::<_, Vec<_>>::new();
    for [code, _, new_code] in rows(OLD_PROVINCES) {
        successors.entry(code).or_default().push(Link { new_code, kind: SuccessorKind::Whole, is_default: true });
    }
    for [old_code, new_code, kind, is_default] in rows(SUCCESSORS) {
        let kind = if kind == "whole" { SuccessorKind::Whole } else { SuccessorKind::Part };
        successors.entry(old_code).or_default().push(Link { new_code, kind, is_default: is_default == "1" });
    }
    successors
}

fn read_unit(
    code: &'static str,
    full_name: &'static str,
    parent_code: Option<&'static str>,
    province_code: &'static str,
) -> Unit {
    let (unit_type, name) = UnitType::split(full_name).expect("every name in the tables begins with its type");
    let level = match code.len() {
        2 => Level::Province,
        3 => Level::District,
        _ => Level::Commune,
    };
    let (folded, tone_place) = (text::fold(name), text::fold_tone_place(name));
    Unit {
        code,
        level,
        unit_type,
        full_name,
        name,
        parent_code,
        province_code,
        valid_from: None,
        valid_to: None,
        folded,
        tone_place,
    }
}

impl Unit {
    fn from(self, first: NaiveDate) -> Self {
        Self { valid_from: Some(first), ..self }
    }

    /// Lasting until the day before.
    fn until(self, end: NaiveDate) -> Self {
        Self { valid_to: end.pred_opt(), ..self }
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day written in this file exists")
}

/// The rows of a table without its heading; no cell holds a comma or a quote.
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().skip(1).map(|line| {
        let mut cells = line.split(',');
        std::array::from_fn(|_| cells.next().expect("every row has all its cells"))
    })
}
