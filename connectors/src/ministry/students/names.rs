//! Values that a catalogue sheet names: cells hold the names, and numbers are never read, since several orders of them are in
//! use (of ethnic groups two official ones, in which 04 is Hoa or Mường).

use unicode_normalization::UnicodeNormalization;

use crate::sheets::fold::fold;

/// The ministry's code of a gender (`DM_GIOI_TINH`): `01` Nam, `02` Nữ. With its marks: `Năm` is a year.
pub(super) fn gender(text: &str) -> Option<&'static str> {
    match marked(text).as_str() {
        "nam" => Some("01"),
        "nữ" => Some("02"),
        _ => None,
    }
}

/// The ministry's code of a status (`DM_TRANG_THAI_HOC_SINH`), `01` to `12`, by its name.
pub(super) fn status(text: &str) -> Option<&'static str> {
    let folded = format!("{} ", fold(text)).replace(" ki ", " ky ").replace(" hoc ky ", " ky ");
    let folded = folded.trim_end();
    STATUSES.iter().find(|(_, name)| *name == folded).map(|(code, _)| *code)
}

/// The code of an ethnic group in the order of 2008 (Quyết định 1019/QĐ-TCTK), by its name in either order's spelling. With
/// its marks: `Có` is no ethnic group, and Co is one.
pub(super) fn ethnic_group(text: &str) -> Option<&'static str> {
    let name = marked(text);
    ETHNIC_GROUPS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(code, _)| *code)
}

/// One spelling for `Khơ-me`, `KHƠ ME` and the same in decomposed letters.
fn marked(text: &str) -> String {
    let lower: String = text.nfc().flat_map(char::to_lowercase).collect();
    let letters: String = lower.chars().map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

const STATUSES: [(&str, &str); 12] = [
    ("01", "dang hoc"),
    ("02", "chuyen den ky 1"),
    ("03", "nghi hoc xin hoc lai ky 1"),
    ("04", "chuyen di ky 1"),
    ("05", "thoi hoc ky 1"),
    ("06", "chuyen den ky 2"),
    ("07", "nghi hoc xin hoc lai ky 2"),
    ("08", "chuyen di ky 2"),
    ("09", "thoi hoc ky 2"),
    ("10", "chuyen den trong he"),
    ("11", "chuyen di trong he"),
    ("12", "thoi hoc trong he"),
];

#[rustfmt::skip] // one line for each group, to be read as a table
const ETHNIC_GROUPS: [(&str, &[&str]); 56] = [
    ("01", &["kinh", "việt"]),
    ("02", &["tày"]),
    ("03", &["thái"]),
    ("04", &["mường"]),
    ("05", &["khmer", "khơ me"]),
    ("06", &["hoa", "hán"]),
    ("07", &["nùng"]),
    ("08", &["mông", "h mông", "hmông", "mèo"]),
    ("09", &["dao"]),
    ("10", &["gia rai"]),
    ("11", &["ê đê"]),
    ("12", &["ba na"]),
    ("13", &["sán chay", "cao lan", "sán chỉ", "cao lan sán chỉ"]),
    ("14", &["chăm", "chàm"]),
    ("15", &["cơ ho", "kơ ho"]),
    ("16", &["xơ đăng"]),
    ("17", &["sán dìu"]),
    ("18", &["hrê"]),
    ("19", &["ra glai"]),
    ("20", &["mnông", "m nông"]),
    ("21", &["thổ"]),
    ("22", &["xtiêng", "stiêng"]),
    ("23", &["khơ mú"]),
    ("24", &["bru vân kiều"]),
    ("25", &["cơ tu"]),
    ("26", &["giáy"]),
    ("27", &["tà ôi", "ta ôi"]),
    ("28", &["mạ"]),
    ("29", &["gié triêng", "giẻ triêng"]),
    ("30", &["co", "cor", "kor"]),
    ("31", &["chơ ro"]),
    ("32", &["xinh mun"]),
    ("33", &["hà nhì"]),
    ("34", &["chu ru"]),
    ("35", &["lào"]),
    ("36", &["la chí", "la chi"]),
    ("37", &["kháng"]),
    ("38", &["phù lá"]),
    ("39", &["la hủ"]),
    ("40", &["la ha"]),
    ("41", &["pà thẻn"]),
    ("42", &["lự"]),
    ("43", &["ngái"]),
    ("44", &["chứt"]),
    ("45", &["lô lô"]),
    ("46", &["mảng"]),
    ("47", &["cơ lao", "cờ lao", "co lao"]),
    ("48", &["bố y"]),
    ("49", &["cống"]),
    ("50", &["si la"]),
    ("51", &["pu péo"]),
    ("52", &["rơ măm"]),
    ("53", &["brâu", "brao"]),
    ("54", &["ơ đu"]),
    ("55", &["người nước ngoài"]),
    ("56", &["không rõ"]),
];

#[cfg(test)]
mod tests {
    use super::{ETHNIC_GROUPS, STATUSES, ethnic_group, gender, marked, status};

    #[test]
    fn names_are_read_in_every_spelling_and_numbers_in_none() {
        assert_eq!(gender(" NAM"), Some("01"));
        assert_eq!(gender("Nu\u{31b}\u{303}"), Some("02"));
        assert_eq!(status("Chuyển đến học kì 1"), Some("02"));
        assert_eq!(status("Đang  học"), Some("01"));
        assert_eq!(ethnic_group("Khơ-me"), Some("05"));
        assert_eq!(ethnic_group("H'Mông"), Some("08"));
        assert_eq!(ethnic_group("Mường"), Some("04"));
        assert_eq!(ethnic_group("La Chi"), ethnic_group("La Chí"));
        assert_eq!(ethnic_group("BRU-VÂN KIỀU"), Some("24"));
        for wrong in ["", "1", "01", "04", "Năm", "Có", "Mương", "Đang", "Khác", "Chuyển đi"] {
            assert_eq!((gender(wrong), status(wrong), ethnic_group(wrong)), (None, None, None), "{wrong}");
        }
    }

    #[test]
    fn no_name_means_two_things() {
        let mut names: Vec<&str> = ETHNIC_GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        assert!(names.iter().all(|name| *name == marked(name)));
        names.extend(STATUSES.iter().map(|(_, name)| *name));
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        for ((code, _), number) in ETHNIC_GROUPS.iter().zip(1..) {
            assert_eq!(*code, format!("{number:02}"));
        }
    }
}
