//! Every parser: what it takes, what it refuses and with which code.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;

fn refusal<T>(result: Result<T, CodeError>) -> &'static str {
    result.err().map_or("accepted", |error| error.code)
}

#[test]
fn a_school_code_is_kept_as_given_and_hints() {
    let code = SchoolCode::parse(" 99001402 ").unwrap();
    assert_eq!(code.as_str(), "99001402");
    let hint = code.hint().unwrap();
    assert_eq!((hint.old_province.as_str(), hint.old_district.as_deref()), ("99", Some("001")));
    assert_eq!((hint.level_digit, hint.serial.as_str()), ('4', "02"));
    assert_eq!(SchoolCode::parse("99000701").unwrap().hint().unwrap().old_district, None);
    assert_eq!(SchoolCode::parse("Trường-A/1").unwrap().hint(), None);
    assert_eq!(refusal(SchoolCode::parse("  ")), "SCHOOL_CODE_INVALID");
    assert_eq!(refusal(SchoolCode::parse("a\0b")), "SCHOOL_CODE_INVALID");
    assert_eq!(refusal(SchoolCode::parse(&"9".repeat(33))), "SCHOOL_CODE_INVALID");
}

#[test]
fn codes_of_digits_keep_their_zeros_and_refuse_everything_else() {
    assert_eq!(ProvinceCode::parse("01").unwrap().as_str(), "01");
    assert_eq!(CommuneCode::parse("00553").unwrap().to_string(), "00553");
    for wrong in ["1", "001", "1a", "١٢", "", "-1"] {
        assert_eq!(refusal(ProvinceCode::parse(wrong)), "PROVINCE_CODE_INVALID", "{wrong}");
    }
    assert_eq!(refusal(CommuneCode::parse("553")), "COMMUNE_CODE_INVALID");
    assert_eq!(refusal(MinistryCode::parse("370000001")), "MINISTRY_CODE_INVALID");
    assert_eq!(refusal(BankBin::parse("97043")), "BANK_BIN_INVALID");
}

#[test]
fn demonstration_values_stay_in_demonstration_databases() {
    let school = SchoolCode::parse("99001402").unwrap();
    assert_eq!(refusal(school.clone().allowed_in(Kind::Real)), "DEMO_VALUE");
    assert!(school.allowed_in(Kind::Demo).is_ok());
    assert!(SchoolCode::parse("37001402").unwrap().allowed_in(Kind::Real).is_ok());
    assert_eq!(refusal(MinistryCode::parse("9900000001").unwrap().allowed_in(Kind::Real)), "DEMO_VALUE");
    assert_eq!(refusal(BankBin::parse("999999").unwrap().allowed_in(Kind::Real)), "DEMO_VALUE");
    assert_eq!(refusal(Phone::parse("01900000123", Kind::Real)), "DEMO_VALUE");
    assert_eq!(Phone::parse("01900000123", Kind::Demo).unwrap().as_str(), "+841900000123");
    assert_eq!(refusal(PersonalId::parse("099215000001", Kind::Real)), "DEMO_VALUE");
    assert!(PersonalId::parse("099215000001", Kind::Demo).is_ok());
}

#[test]
fn an_account_number_shows_three_digits_and_refuses_a_mask() {
    let account = AccountNumber::parse("0999 888-777.123").unwrap();
    assert_eq!(account.as_str(), "0999888777123");
    assert_eq!(account.masked(), "**********123");
    assert_eq!(format!("{account:?}"), "AccountNumber(**********123)");
    assert_eq!(AccountNumber::parse("1234").unwrap().masked(), "****");
    assert_eq!(VirtualAccountNumber::parse("vqrmau0001").unwrap().as_str(), "VQRMAU0001");
    for wrong in ["**********123", "123", "số 12345", &"9".repeat(33)] {
        assert_eq!(refusal(AccountNumber::parse(wrong)), "ACCOUNT_NUMBER_INVALID", "{wrong}");
    }
}

#[test]
fn phones_become_e164() {
    for (given, stored) in [
        ("0912 345 678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("+84 (0)912", ""),
        ("024.3869.5144", "+842438695144"),
        ("0212345678", "+84212345678"),
        ("0112345678", ""),
        ("*********678", ""),
        ("912345678", ""),
        ("", ""),
    ] {
        let phone = Phone::parse(given, Kind::Real);
        assert_eq!(phone.as_ref().map_or("", Phone::as_str), stored, "{given}");
    }
    let shown = format!("{:?}", Phone::parse("01900000123", Kind::Demo).unwrap());
    assert_eq!(shown, "Phone(**********123)");
}

#[test]
fn a_personal_id_names_a_province_and_shows_nothing() {
    let id = PersonalId::parse("037215000001", Kind::Real).unwrap();
    assert_eq!(id.stated_birth_year(), 2015);
    assert_eq!(format!("{id:?}"), "PersonalId(************)");
    for wrong in ["037215", "097215000001", "000215000001", "03721500000a"] {
        assert_eq!(refusal(PersonalId::parse(wrong, Kind::Demo)), "PERSONAL_ID_INVALID", "{wrong}");
    }
}

#[test]
fn the_check_digit_is_that_of_the_standard() {
    assert_eq!(invoice::check_digit(b"0794"), b'5', "the example of ISO 7064 for MOD 11,10");
    let first = InvoiceCode::from_serial(DEFAULT_PREFIX, 0).unwrap();
    assert_eq!(InvoiceCode::parse(&first.as_str().to_lowercase()).unwrap(), first);
    assert_eq!(refusal(InvoiceCode::from_serial("LT", 9_000_000_000)), "INVOICE_SERIAL_TOO_LARGE");
    assert!(InvoiceCode::from_serial("LT", 8_999_999_999).unwrap().digits().starts_with("9999999999"));
}

#[test]
fn misleading_prefixes_and_guesses_are_refused() {
    for prefix in ["HP", "HD", "BL", "FT", "lt", "L1", "L", "LTX", "Đ"] {
        assert_eq!(refusal(InvoiceCode::from_serial(prefix, 1)), "INVOICE_PREFIX_NOT_ALLOWED", "{prefix}");
    }
    let good = InvoiceCode::from_serial("LT", 0).unwrap();
    let with_letter_o = good.as_str().replacen('0', "O", 1);
    assert_eq!(refusal(InvoiceCode::parse(&with_letter_o)), "INVOICE_CODE_INVALID");
    assert_eq!(refusal(InvoiceCode::parse("LT01234567890")), "INVOICE_CODE_INVALID");
    assert_eq!(refusal(InvoiceCode::parse("LTđ234567890")), "INVOICE_CODE_INVALID");
}

#[test]
fn school_years_and_months() {
    assert_eq!(SchoolYear::parse("2025-2026").unwrap(), SchoolYear::starting(2025).unwrap());
    assert_eq!(SchoolYear::parse(" 2025 ").unwrap().to_string(), "2025-2026");
    for wrong in ["2025-2027", "1999", "2101", "25", "2025-", "năm"] {
        assert_eq!(refusal(SchoolYear::parse(wrong)), "SCHOOL_YEAR_INVALID", "{wrong}");
    }
    let december = Month::of(NaiveDate::from_ymd_opt(2025, 12, 31).unwrap()).unwrap();
    assert_eq!((december.get(), december.next().get()), (202_512, 202_601));
    let february = Month::parse("2028-02").unwrap();
    assert_eq!(february.last_day(), NaiveDate::from_ymd_opt(2028, 2, 29).unwrap());
    let year: Vec<String> =
        Month::span(Month::new(202_509).unwrap(), Month::new(202_605).unwrap()).map(|m| m.to_string()).collect();
    assert_eq!((year.len(), year[0].as_str(), year[8].as_str()), (9, "2025-09", "2026-05"));
    assert_eq!(Month::span(december, february.min(Month::new(202_001).unwrap())).count(), 0);
    for wrong in ["2025-13", "2025-00", "2025-9", "202509", ""] {
        assert_eq!(refusal(Month::parse(wrong)), "MONTH_INVALID", "{wrong}");
    }
}

#[test]
fn json_goes_through_the_same_door() {
    assert_eq!(serde_json::to_string(&ProvinceCode::parse("01").unwrap()).unwrap(), "\"01\"");
    assert!(serde_json::from_str::<ProvinceCode>("\"1\"").is_err());
    assert_eq!(serde_json::from_str::<Month>("202509").unwrap().get(), 202_509);
    assert!(serde_json::from_str::<Month>("202513").is_err());
}

proptest! {
    #[test]
    fn one_wrong_digit_never_passes(serial in 0_u64..9_000_000_000, place in 2_usize..13, digit in 0_u8..10) {
        let code = InvoiceCode::from_serial("LT", serial).unwrap();
        prop_assert_eq!(InvoiceCode::parse(code.as_str()), Ok(code.clone()));
        let mut typed = code.as_str().as_bytes().to_vec();
        if typed[place] != b'0' + digit {
            typed[place] = b'0' + digit;
            prop_assert!(InvoiceCode::parse(std::str::from_utf8(&typed).unwrap()).is_err());
        }
    }

    #[test]
    fn no_parser_panics(text: String) {
        let _ = (SchoolCode::parse(&text), ProvinceCode::parse(&text), CommuneCode::parse(&text), MinistryCode::parse(&text));
        let _ = (BankBin::parse(&text), AccountNumber::parse(&text), InvoiceCode::parse(&text), SchoolYear::parse(&text));
        let _ = (Month::parse(&text), Phone::parse(&text, Kind::Demo), PersonalId::parse(&text, Kind::Demo));
    }
}

#[test]
fn a_school_year_runs_from_july_to_june() {
    let running = |year, month, day| SchoolYear::running_on(NaiveDate::from_ymd_opt(year, month, day).unwrap());
    let starts = [running(2026, 6, 30), running(2026, 7, 1), running(2027, 1, 1)].map(SchoolYear::start_year);
    assert_eq!(starts, [2025, 2026, 2026]);
}
