//! The tables hold what the law says, and every old unit finds its way.

use std::collections::HashSet;

use super::*;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn before() -> NaiveDate {
    day(2025, 6, 30)
}

fn now() -> NaiveDate {
    day(2026, 11, 20)
}

fn found(text: &str, on: NaiveDate) -> Vec<String> {
    let describe = |old: &Unit| format!("{} {}", old.code, old.full_name);
    resolve(Old::Text(text), on).iter().map(|resolution| describe(resolution.old)).collect()
}

#[test]
fn the_counts_are_those_of_the_law() {
    assert_eq!((provinces(before()).len(), provinces(day(2025, 7, 1)).len(), provinces(now()).len()), (63, 34, 34));
    let communes_on = |on| CATALOGUE.of_level(Level::Commune, on).count();
    assert_eq!((communes_on(before()), communes_on(day(2025, 7, 1)), communes_on(now())), (10_035, 3_321, 3_321));
    assert_eq!(CATALOGUE.of_level(Level::District, before()).count(), 696);
    assert_eq!(CATALOGUE.of_level(Level::District, now()).count(), 0);
    assert_eq!((communes("37", now()).len(), communes("15", now()).len()), (129, 99));
    assert_eq!(districts("01", before()).len(), 30);
    let of_type =
        |unit_type, on| CATALOGUE.of_level(Level::Commune, on).filter(|unit| unit.unit_type == unit_type).count();
    for (on, figures) in [(day(2025, 7, 1), (2_621, 687, 13)), (now(), (2_611, 697, 13))] {
        let types = (UnitType::Commune, UnitType::Ward, UnitType::SpecialZone);
        assert_eq!((of_type(types.0, on), of_type(types.1, on), of_type(types.2, on)), figures);
    }
}

#[test]
fn every_unit_hangs_under_one_of_its_own_days() {
    for unit in &CATALOGUE.units {
        assert_eq!(unit.parent().is_none(), unit.level == Level::Province, "{unit:?}");
        assert_eq!(unit.full_name, format!("{} {}", unit.unit_type.name_vi(), unit.name));
    }
    for versions in CATALOGUE.units.windows(2).filter(|pair| pair[0].code == pair[1].code) {
        assert!(versions[0].valid_to < versions[1].valid_from, "{versions:?}");
    }
}

#[test]
fn every_old_unit_has_exactly_one_default_and_reaches_every_new_one() {
    let mut reached = HashSet::new();
    let (mut old_units, mut parts) = (0, 0);
    for old in CATALOGUE.on(before()).filter(|unit| !CATALOGUE.links(unit.code).is_empty()) {
        let new = resolve(Old::Code(old.code), before()).remove(0).new;
        assert_eq!(new.iter().filter(|successor| successor.is_default).count(), 1, "{old:?}");
        assert!(new[0].is_default);
        if old.level != Level::Province {
            old_units += 1;
            parts += new.iter().filter(|successor| successor.kind == SuccessorKind::Part).count();
            reached.extend(new.iter().map(|successor| successor.unit.code));
        }
    }
    assert_eq!((old_units, parts, reached.len()), (10_040, 969, 3_321));
}

#[test]
fn code_15_means_two_provinces() {
    let old = resolve(Old::Code("15"), before()).remove(0);
    assert_eq!((old.old.name, old.new[0].unit.name, old.new.len()), ("Yên Bái", "Lào Cai", 1));
    let new = resolve(Old::Code("15"), day(2025, 7, 1)).remove(0);
    assert_eq!((new.old.name, new.new[0].unit.name), ("Lào Cai", "Lào Cai"));
    assert_eq!(resolve(Old::Code("10"), before()).remove(0).new[0].unit.code, "15");
    assert_eq!(resolve(Old::Code("10"), now()), []);
    assert_eq!(resolve(Old::Code("1"), now()), []);
}

#[test]
fn a_split_commune_gives_all_with_the_default_marked() {
    let resolution = resolve(Old::Code("00553"), before()).remove(0);
    assert_eq!(resolution.old.full_name, "Xã Cổ Bi");
    assert_eq!(resolution.old.parent().unwrap().full_name, "Huyện Gia Lâm");
    let new: Vec<_> = resolution.new.iter().map(|new| (new.unit.code, new.kind, new.is_default)).collect();
    let part = SuccessorKind::Part;
    assert_eq!(new, [("00136", part, true), ("00541", part, false), ("00562", part, false), ("00565", part, false)]);
}

#[test]
fn a_district_gives_the_communes_of_its_land() {
    let gia_lam = resolve(Old::Code("018"), before()).remove(0);
    assert_eq!(gia_lam.old.full_name, "Huyện Gia Lâm");
    assert!(gia_lam.new.len() > 3 && gia_lam.new.iter().all(|new| new.unit.province_code == "01" && !new.is_default));
    let island = resolve(Old::Code("755"), before()).remove(0);
    assert_eq!((island.new.len(), island.new[0].unit.full_name), (1, "Đặc khu Côn Đảo"));
}

#[test]
fn dong_nai_changed_its_name_and_not_its_code() {
    let (last, first) = (day(2026, 4, 29), day(2026, 4, 30));
    assert_eq!(unit("75", last).unwrap().full_name, "Tỉnh Đồng Nai");
    assert_eq!(unit("75", first).unwrap().full_name, "Thành phố Đồng Nai");
    assert_eq!(unit("26368", last).unwrap().unit_type, UnitType::Commune);
    assert_eq!(unit("26368", first).unwrap().unit_type, UnitType::Ward);
    assert_eq!(resolve(Old::Code("26368"), last)[0].new[0].unit.full_name, "Phường Long Thành");
    assert_eq!(communes("75", last).len(), communes("75", first).len());
}

#[test]
fn a_name_is_read_as_people_write_it() {
    let co_bi = ["00553 Xã Cổ Bi"];
    for text in [
        "Xã Cổ Bi, Huyện Gia Lâm, Hà Nội",
        "xã cổ bi, gia lâm, TP. Hà Nội",
        "X. Co Bi, H.Gia Lam, tp ha noi",
        "Cổ Bi, Gia Lâm, Thành phố Hà Nội",
        "Co\u{302}\u{309} Bi, Gia La\u{302}m",
    ] {
        assert_eq!(found(text, before()), co_bi, "{text}");
    }
    assert_eq!(found("Cổ Bi", before()), co_bi);
    assert!(found("Tân Tiến", before()).len() > 10, "a common name gives every unit that bore it");
    assert_eq!(found("Tân Tiến, Văn Giang, Hưng Yên", before()), ["12043 Xã Tân Tiến"]);
    assert_eq!(found("Xã Cổ Bi, Huyện Gia Lâm, Tỉnh Yên Bái", before()), Vec::<String>::new());
    assert_eq!(found("Xã Cổ Bi, Huyện Gia Lâm, Hà Nội", now()), Vec::<String>::new());
    assert_eq!(found("Yên Bái", before())[0], "15 Tỉnh Yên Bái");
    assert_eq!(found(" , ", now()), Vec::<String>::new());
}

#[test]
fn diacritics_tell_names_apart_but_the_place_of_the_tone_does_not() {
    assert_eq!(found("Tỉnh Khánh Hòa", now()), ["56 Tỉnh Khánh Hoà"]);
    assert_eq!(found("Tỉnh Khánh Hoà", before()), ["56 Tỉnh Khánh Hòa"]);
    assert!(found("Tịnh Bắc", before()).iter().all(|name| name.ends_with("Tịnh Bắc")));
    let thanh_hoa = found("Thanh Hóa", before());
    assert!(thanh_hoa.contains(&"38 Tỉnh Thanh Hóa".to_owned()), "{thanh_hoa:?}");
    assert!(thanh_hoa.iter().all(|name| name.ends_with("Thanh Hóa")), "{thanh_hoa:?}");
    assert!(found("thanh hoa", before()).len() > thanh_hoa.len());
}

#[test]
fn search_finds_a_name_however_it_is_spelt() {
    let names = |text, level, province_code, first| -> Vec<&str> {
        search(&Search { text, level, province_code, on: now(), first }).iter().map(|unit| unit.full_name).collect()
    };
    assert_eq!(names("Khánh Hòa", Some(Level::Province), None, 9), ["Tỉnh Khánh Hoà"]);
    assert_eq!(names("Yên Hòa", None, Some("01"), 1), ["Phường Yên Hoà"]);
    assert_eq!(names("phuong yen hoa", None, Some("01"), 1), ["Phường Yên Hoà"]);
    assert_eq!(names("lao cai", None, None, 1), ["Tỉnh Lào Cai"]);
    assert_eq!(names("a", None, None, 7).len(), 7);
    assert_eq!(names("  ", None, None, 7), Vec::<&str>::new());
    assert_eq!(names("không có nơi này", None, None, 7), Vec::<&str>::new());
}
