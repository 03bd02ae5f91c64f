//! Codes that a sheet kept as numbers.

use super::sample::{brief, list, told};

fn person(code: &str, born: &str, id: &str) -> (String, Vec<String>) {
    let students = list(&[&["1", "6A1", code, "Nguyễn Văn Mẫu 001", born, "Nam", "Đang học", "Kinh", id]]);
    (brief(&students.rows[0]), told(&students))
}

#[test]
fn one_lost_zero_of_a_ministry_code_is_certain() {
    let (row, told) = person("#=112345678", "14/08/2014", "");
    assert_eq!(row, "2 6A1 0112345678 Nguyễn Văn Mẫu 001 2014-08-14 01 01 01 -");
    assert_eq!(told, ["C2 ZEROS_RESTORED"]);
    // A text has lost nothing, and two zeros belong to no province.
    for code in ["112345678", "#=11234567", "#=99000000011", "99 0000 0001", "9900000001x", "#=99000000.5"] {
        let (row, told) = person(code, "14/08/2014", "");
        assert_eq!(
            (told.as_slice(), row.contains("A1 - ")),
            (&["C2 MINISTRY_CODE_INVALID".to_owned()][..], true),
            "{code}"
        );
    }
}

#[test]
fn zeros_of_a_personal_id_are_put_back_where_the_birth_proves_them() {
    let (row, told) = person("9900000001", "14/08/2014", "#=99214000001");
    assert_eq!(row, "2 6A1 9900000001 Nguyễn Văn Mẫu 001 2014-08-14 01 01 01 099214000001");
    assert_eq!(told, ["I2 ZEROS_RESTORED"]);
    assert!(person("9900000001", "14/08/2014", "#=1214000001").0.ends_with(" 001214000001"));
    // Another year of birth, none at all, an identity card of nine digits, a text.
    let wrong = [
        ("14/08/2015", "#=99214000001"),
        ("", "#=99214000001"),
        ("14/08/2014", "#=214000001"),
        ("14/08/2014", "99214000001"),
    ];
    for (born, id) in wrong {
        assert_eq!(person("9900000001", born, id).1, ["I2 PERSONAL_ID_INVALID"], "{born} {id}");
    }
    // The ministry's code in the wrong column.
    assert_eq!(person("9900000001", "14/08/2014", "#=9900000001").1, ["I2 PERSONAL_ID_INVALID"]);
}
