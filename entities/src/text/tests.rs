//! Stored text, folds and sort keys: examples from the dictionary, and properties over random text.

use proptest::prelude::*;

use super::*;

/// Letters that Vietnamese data really holds, composed and decomposed, with some strangers.
fn vietnamese() -> impl Strategy<Value = String> {
    "[a-zA-ZăâđêôơưĂÂĐÊÔƠƯàảãáạòóỏõọ\u{300}\u{301}\u{303}\u{309}\u{323}\u{302}ÐƉðñüİ中 0-9.'-]{0,24}"
}

#[test]
fn what_is_stored_is_nfc_with_one_blank_and_a_true_d() {
    assert_eq!(nfc("  Nguye\u{302}\u{303}n \t Va\u{306}n\r\nMa\u{302}\u{303}u ", 40).unwrap(), "Nguyễn Văn Mẫu");
    assert_eq!(nfc("\u{00D0}ào \u{0189}ạt \u{00F0}ỗ", 40).unwrap(), "Đào Đạt đỗ");
    assert_eq!(nfc("Ho\u{200B}a\u{300}", 40).unwrap(), "Hoà");
    assert_eq!(nfc(" \u{00A0} ", 40).unwrap(), "");
    assert_eq!(nfc_required(" \u{00A0} ", 40), Err(TextError::Empty));
}

#[test]
fn control_characters_and_long_texts_are_refused() {
    assert_eq!(nfc("a\0b", 40), Err(TextError::Control(0)));
    assert_eq!(nfc("a\u{7}b", 40), Err(TextError::Control(7)));
    assert_eq!(nfc("abc\u{202E}fdp", 40), Err(TextError::Control(0x202E)));
    assert_eq!(nfc("a\u{323}\u{302}a\u{323}\u{302}", 2).unwrap(), "ậậ", "counted in characters of NFC");
    assert_eq!(nfc("abc", 2), Err(TextError::TooLong { chars: 3, max_chars: 2 }));
}

#[test]
fn the_three_levels_of_search() {
    assert_eq!(fold("  \u{00D0}ặng  Thuỳ TRÂM "), "dang thuy tram");
    assert_eq!(fold_toneless("Đặng Thuỳ Trâm"), "đăng thuy trâm");
    assert_eq!(fold_tone_place("Khánh Hoà"), fold_tone_place("KHÁNH HÒA"));
    assert_eq!(fold_tone_place("Thuỷ"), fold_tone_place("Thu\u{309}y"));
    assert_ne!(fold_tone_place("Hoà"), fold_tone_place("Hoá"), "the tone itself still counts");
    assert_ne!(fold_tone_place("Hoà An"), fold_tone_place("Hoa Àn"), "the tone stays with its syllable");
}

#[test]
fn words_stand_in_the_order_of_the_dictionary() {
    let ordered = [
        "An", "Anh", "Ân", "Bình", "Dung", "Dùng", "Dủng", "Dũng", "Dúng", "Dụng", "Đào", "Đạt", "Hoa", "Hòa", "Hoà",
        "Ơn", "Ưng", "Vy", "Wy", "Xa", "Zy",
    ];
    for pair in ordered.windows(2) {
        assert!(name_sort_key(pair[0]) < name_sort_key(pair[1]), "{pair:?}");
        assert!(sort_key(pair[0]) < sort_key(pair[1]), "{pair:?}");
    }
}

#[test]
fn people_stand_by_given_name_then_family_name_then_middle_name() {
    let ordered = [
        "Nguyễn Văn Mẫu 9",
        "Nguyễn Văn Mẫu 010",
        "An",
        "Lê An",
        "Lê Văn An",
        "Nguyễn Thị An",
        "Nguyễn Văn An",
        "Trần An",
        "Lê Văn Hoà",
        "Nguyễn Văn Hòa",
        "Trần Văn Hoà",
        "Vy",
        "An Vy",
    ];
    for pair in ordered.windows(2) {
        assert!(name_sort_key(pair[0]) < name_sort_key(pair[1]), "{pair:?}");
    }
}

#[test]
fn classes_stand_by_number() {
    let ordered =
        ["Lớp 1A", "Lớp 6A1", "Lớp 6A2", "Lớp 6A10", "Lớp 9A", "Lớp 10A", "Lớp 1234567890", "Lớp 12345678901"];
    for pair in ordered.windows(2) {
        assert!(sort_key(pair[0]) < sort_key(pair[1]), "{pair:?}");
    }
}

proptest! {
    #[test]
    fn folding_twice_changes_nothing(text in prop_oneof![vietnamese(), any::<String>()]) {
        for level in [fold, fold_toneless, fold_tone_place] {
            let once = level(&text);
            prop_assert_eq!(level(&once), once);
        }
    }

    #[test]
    fn storing_twice_changes_nothing(text in prop_oneof![vietnamese(), any::<String>()]) {
        if let Ok(stored) = nfc(&text, 1_000) {
            prop_assert_eq!(nfc(&stored, 1_000), Ok(stored.clone()));
        }
    }

    #[test]
    fn nfd_and_nfc_fold_and_sort_alike(text in vietnamese()) {
        let (composed, decomposed): (String, String) = (text.nfc().collect(), text.nfd().collect());
        for level in [fold, fold_toneless, fold_tone_place, name_sort_key, sort_key] {
            prop_assert_eq!(level(&composed), level(&decomposed));
        }
    }

    #[test]
    fn different_names_have_different_keys(a in vietnamese(), b in vietnamese()) {
        if let (Ok(a), Ok(b)) = (nfc(&a, 100), nfc(&b, 100)) {
            prop_assert_eq!(a == b, name_sort_key(&a) == name_sort_key(&b));
            prop_assert_eq!(a == b, sort_key(&a) == sort_key(&b));
        }
    }

    #[test]
    fn keys_hold_no_nul(text in vietnamese()) {
        prop_assert!(!name_sort_key(&text).contains('\0'));
    }
}
