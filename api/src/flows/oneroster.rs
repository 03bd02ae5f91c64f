//! What both ways of a roster in OneRoster share: the ids that the hub gives to what it has no row for, and grades in the words
//! of CEDS.

use entities::catalogues::{EducationLevel, Grade};
use entities::codes::SchoolYear;

/// The type under which an id of the ministry's database stands in `userIds`.
pub(super) const MOET: &str = "MOET";
/// The role of a person that the hub holds.
pub(super) const STUDENT: &str = "student";
/// The kind of a class that the hub holds.
pub(super) const HOMEROOM: &str = "homeroom";
/// The kind of an organization that the hub finds.
pub(super) const SCHOOL: &str = "school";

/// The id of a school year, and of the one term that is the whole of it. Both are natural keys: the hub has no row for a year.
pub(super) fn session_ids(year: SchoolYear) -> [String; 2] {
    [format!("school-year-{}", year.start_year()), format!("term-{}", year.start_year())]
}

/// The school year of one of those ids.
pub(super) fn year_of(id: &str) -> Option<SchoolYear> {
    let year = id.strip_prefix("school-year-").or_else(|| id.strip_prefix("term-"))?;
    (year.len() == 4).then(|| year.parse().ok()).flatten().and_then(|year| SchoolYear::starting(year).ok())
}

/// A grade in the words of CEDS. Continuing education has the number of its grade; the ministry's own code stands beside it.
pub(super) fn ceds(grade: &Grade) -> &'static str {
    match grade.code {
        "13" | "14" | "15" => ["10", "11", "12"][usize::from(grade.code.as_bytes()[1] - b'3')],
        "20" | "21" | "22" | "23" => ["06", "07", "08", "09"][usize::from(grade.code.as_bytes()[1] - b'0')],
        "24" | "25" | "26" | "27" | "28" => {
            ["01", "02", "03", "04", "05"][usize::from(grade.code.as_bytes()[1] - b'4')]
        }
        "16" => "IT",
        "17" => "PK",
        code if grade.level != EducationLevel::ContinuingEducation => code,
        _ => "UG",
    }
}

/// The ministry's code of a grade in the words of CEDS; a word that it does not know stays as it is, to be refused by name.
pub(super) fn grade_code(word: &str) -> String {
    match word.trim().to_ascii_uppercase().as_str() {
        "IT" => "16".to_owned(),
        "PR" | "PK" | "TK" | "KG" => "17".to_owned(),
        number if number.len() == 1 && number.as_bytes()[0].is_ascii_digit() => format!("0{number}"),
        // Grade 13 of CEDS comes after school; the ministry's 13 is grade 10 of continuing education.
        number if number.len() == 2 && number > "12" => word.to_owned() + "?",
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grade_has_a_word_and_schools_grades_come_back() {
        let words = ["01", "02", "12", "13", "15", "16", "17", "18", "20", "23", "24", "28"];
        let told = words.map(|code| ceds(Grade::parse(code).unwrap()));
        assert_eq!(told, ["01", "02", "12", "10", "12", "IT", "PK", "UG", "06", "09", "01", "05"]);
        let back =
            |code: &str| Grade::parse(&grade_code(ceds(Grade::parse(code).unwrap()))).ok().map(|grade| grade.code);
        for grade in Grade::ALL.iter().filter(|grade| grade.level != EducationLevel::ContinuingEducation) {
            assert_eq!(back(grade.code), Some(grade.code));
        }
        assert_eq!((grade_code("3"), grade_code("kg")), ("03".into(), "17".into()));
        for word in ["13", "UG", "PS", "OTHER", "", "éé"] {
            assert!(Grade::parse(&grade_code(word)).is_err(), "{word}");
        }
    }

    #[test]
    fn a_year_is_found_by_its_ids() {
        let year = SchoolYear::starting(2026).unwrap();
        assert_eq!(session_ids(year).map(|id| year_of(&id)), [Some(year), Some(year)]);
        for other in ["", "term-", "term-26", "term-99999", "school-year-1066", "y26"] {
            assert_eq!(year_of(other), None, "{other}");
        }
    }
}
