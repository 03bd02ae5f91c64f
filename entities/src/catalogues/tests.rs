//! Catalogues are complete and official; unlawful fees are refused.

use std::collections::HashSet;

use super::*;
use crate::codes::SchoolYear;

fn charge(category: &str, ownership: Ownership, year: i32) -> Charge {
    Charge {
        category: FeeCategory::parse(category).unwrap(),
        ownership,
        owed_for: SchoolYear::starting(year).unwrap(),
        opted_in: false,
        has_due_date: false,
    }
}

fn refusal(charge: Charge) -> &'static str {
    may_charge(&charge).err().map_or("allowed", |forbidden| forbidden.code)
}

#[test]
fn catalogues_are_complete_and_read_back() {
    assert_eq!((FeeCategory::ALL.len(), FeeGroup::ALL.len(), PaymentMethod::ALL.len()), (19, 8, 11));
    assert_eq!((EducationLevel::ALL.len(), Ownership::ALL.len(), Grade::ALL.len()), (5, 4, 28));
    assert_eq!((StudentStatus::ALL.len(), Gender::ALL.len()), (12, 2));
    let codes: HashSet<&str> = FeeCategory::ALL.iter().map(|category| category.code).collect();
    assert_eq!(codes.len(), 19);
    for category in FeeCategory::ALL {
        assert_eq!(FeeCategory::parse(category.code), Ok(category));
        assert_eq!(FeeGroup::parse(category.group.code()), Ok(category.group));
    }
    for (number, grade) in Grade::ALL.iter().enumerate() {
        assert_eq!(grade.code, format!("{:02}", number + 1));
        assert_eq!(Grade::parse(grade.code), Ok(grade));
    }
}

#[test]
fn codes_are_the_ministrys() {
    assert_eq!(Ownership::parse("09").unwrap().name_vi(), "Tư thục");
    assert_eq!(EducationLevel::parse("04"), Ok(EducationLevel::UpperSecondary));
    assert_eq!(Grade::parse("13").unwrap().level, EducationLevel::ContinuingEducation);
    assert_eq!(Grade::parse("13").unwrap().name_vi, "Khối 10");
    assert_eq!(Gender::parse("02"), Ok(Gender::Female));
    assert_eq!(StudentStatus::ALL.iter().filter(|status| status.is_enrolled()).count(), 6);
    assert!(!StudentStatus::parse("12").unwrap().is_enrolled());
    assert_eq!(Gender::parse("2").unwrap_err().code, "GENDER_UNKNOWN");
    assert_eq!(FeeCategory::parse("hoc_phi").unwrap_err().code, "FEE_CATEGORY_UNKNOWN");
}

#[test]
fn cash_is_not_cashless_wherever_it_is_paid() {
    let cash = ["COUNTER_CASH_IN", "COLLECT_AGENT", "CASH"];
    for method in PaymentMethod::ALL {
        assert_eq!(method.is_cashless(), !cash.contains(&method.code()), "{method:?}");
    }
}

#[test]
fn public_schools_charge_tuition_only_as_arrears() {
    assert_eq!(refusal(charge("HOC_PHI", Ownership::Public, 2025)), "FEE_NOT_ALLOWED");
    assert_eq!(refusal(charge("HOC_PHI", Ownership::Public, 2026)), "FEE_NOT_ALLOWED");
    assert_eq!(refusal(charge("HOC_PHI", Ownership::Public, 2024)), "allowed");
    for ownership in [Ownership::Private, Ownership::Community, Ownership::NonPublic] {
        assert_eq!(refusal(charge("HOC_PHI", ownership, 2025)), "allowed");
    }
    assert_eq!(refusal(charge("BAN_TRU_AN", Ownership::Public, 2025)), "allowed");
}

#[test]
fn what_is_no_school_fee_is_refused_everywhere() {
    for ownership in Ownership::ALL {
        for category in ["QUY_CMHS", "DAY_THEM"] {
            let forbidden = may_charge(&charge(category, *ownership, 2026)).unwrap_err();
            assert_eq!(forbidden.code, "FEE_NOT_ALLOWED");
            assert!(forbidden.legal_basis.starts_with("Thông tư"));
        }
    }
}

#[test]
fn free_will_needs_consent_and_has_no_due_date() {
    let voluntary = charge("SO_LIEN_LAC", Ownership::Public, 2025);
    assert_eq!(refusal(voluntary), "OPT_IN_MISSING");
    assert_eq!(refusal(Charge { opted_in: true, ..voluntary }), "allowed");
    assert_eq!(refusal(Charge { opted_in: true, has_due_date: true, ..voluntary }), "DUE_DATE_NOT_ALLOWED");
    let sponsorship = charge("TAI_TRO", Ownership::Private, 2025);
    assert_eq!(refusal(sponsorship), "allowed");
    assert_eq!(refusal(Charge { has_due_date: true, ..sponsorship }), "DUE_DATE_NOT_ALLOWED");
    let meals = charge("BAN_TRU_AN", Ownership::Public, 2025);
    assert_eq!(refusal(Charge { has_due_date: true, ..meals }), "allowed");
}
