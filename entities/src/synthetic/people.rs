//! Plants classes, students and enrollments.

use chrono::NaiveDate;
use uuid::Uuid;

use super::draw::Draw;
use super::plan::{Province, School, Stream, stream};
use super::rows::insert;
use super::{NOW, names};
use crate::catalogues::{Gender, Grade, StudentStatus};
use crate::codes::{PersonalId, Phone};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::ClassId;
use crate::students::{index, place};
use crate::tables::{enrollments, school_classes, students};
use crate::text;

#[derive(Default)]
struct People {
    classes: Vec<school_classes::Model>,
    students: Vec<students::Model>,
    enrollments: Vec<enrollments::Model>,
}

pub(super) async fn plant(tx: &Tx, province: &Province) -> Result<(), Error> {
    let mut people = People::default();
    for school in &province.schools {
        people.add(tx, province, school)?;
    }
    insert::<school_classes::Entity>(tx, people.classes).await?;
    insert::<students::Entity>(tx, people.students).await?;
    insert::<enrollments::Entity>(tx, people.enrollments).await
}

impl People {
    /// Students fill classes one after the other; a class goes up a grade where there is a higher one.
    fn add(&mut self, tx: &Tx, province: &Province, school: &School) -> Result<(), Error> {
        let mut draw = stream(province.size.seed, school.index, Stream::People);
        let grades = school.sort.grades;
        for (number, members) in school.students.chunks(school.sort.pupils_per_class).enumerate() {
            let start = number % grades.len();
            let classes: Vec<Uuid> = province.years.iter().map(|_| draw.key()).collect();
            for (later, (year, class)) in province.years.iter().zip(classes).enumerate() {
                let grade = grades[(start + later).min(grades.len() - 1)];
                self.class(school, *year, number, grade, class)?;
                for student in members {
                    let last = later + 1 == province.years.len();
                    self.enrollments.push(enrollment(draw.key(), school, *student, class, *year, last));
                }
            }
            let born =
                province.years.first().unwrap_or(&2026) - school.sort.first_age - i32::try_from(start).unwrap_or(0);
            for student in members {
                let serial = self.students.len();
                self.students.push(student_row(tx, &mut draw, school.is_deep, *student, born, serial)?);
            }
        }
        Ok(())
    }

    fn class(&mut self, school: &School, year: i32, number: usize, grade: &str, id: Uuid) -> Result<(), Error> {
        let grade = Grade::parse(grade).map_err(Error::internal)?;
        let letter = char::from(b'A' + u8::try_from(number % 26).unwrap_or(0));
        let letter = if number < 26 { letter.to_string() } else { format!("{letter}{}", number / 26) };
        let code = format!("{}{letter}", grade.code);
        let name = format!("{} {letter}", grade.name_vi.replace("Khối", "Lớp"));
        self.classes.push(school_classes::Model {
            id,
            school_id: school.id.uuid(),
            school_year: i64::from(year),
            name_fold: text::fold(&name),
            name_sort: text::sort_key(&name),
            code,
            name,
            grade: grade.code.to_owned(),
            synthetic: true,
            created_at: NOW,
            updated_at: NOW,
        });
        Ok(())
    }
}

impl Province {
    /// The first class of a school in the last school year; none when the school has no students.
    #[must_use]
    pub fn running_class(&self, school: &School) -> Option<ClassId> {
        let mut draw = stream(self.size.seed, school.index, Stream::People);
        let last = self.years.iter().map(|_| draw.key()).last();
        last.filter(|_| !school.students.is_empty()).map(ClassId::from_uuid)
    }
}

/// What only students of deep schools have, sealed.
#[derive(Default)]
struct Sealed {
    phone: Option<Vec<u8>>,
    personal_id: Option<Vec<u8>>,
    personal_id_index: Option<Vec<u8>>,
}

impl Sealed {
    /// A telephone number that was taken out of service and a personal ID of no province.
    fn draw(tx: &Tx, draw: &mut Draw, id: Uuid, gender: Gender, born: i32, serial: usize) -> Result<Self, Error> {
        let phone = Phone::parse(&format!("019{:08}", draw.below(100_000_000)), tx.kind()).map_err(Error::internal)?;
        let century = if gender == Gender::Male { 2 } else { 3 };
        let text = format!("099{century}{:02}{:06}", born.rem_euclid(100), serial % 1_000_000);
        let personal_id = PersonalId::parse(&text, tx.kind()).map_err(Error::internal)?;
        let seal = |column, text: &str| tx.vault().seal(place(id, column), text.as_bytes());
        Ok(Self {
            phone: Some(seal("phone_sealed", phone.as_str())?),
            personal_id: Some(seal("personal_id_sealed", personal_id.as_str())?),
            personal_id_index: Some(index(tx.vault(), &personal_id)),
        })
    }
}

fn student_row(
    tx: &Tx,
    draw: &mut Draw,
    is_deep: bool,
    id: Uuid,
    born: i32,
    serial: usize,
) -> Result<students::Model, Error> {
    let full_name = names::person(draw);
    let (month, day) = (1 + draw.below(12), 1 + draw.below(28));
    let birth_date = NaiveDate::from_ymd_opt(born, u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1));
    let gender = if draw.happens(52) { Gender::Male } else { Gender::Female };
    let sealed = if is_deep { Sealed::draw(tx, draw, id, gender, born, serial)? } else { Sealed::default() };
    Ok(students::Model {
        id,
        ministry_code: Some(format!("99{serial:08}")),
        name_fold: text::fold(&full_name),
        name_sort: text::name_sort_key(&full_name),
        full_name,
        birth_date,
        gender: Some(gender.code().to_owned()),
        ethnic_group: None,
        phone_sealed: sealed.phone,
        personal_id_sealed: sealed.personal_id,
        personal_id_index: sealed.personal_id_index,
        synthetic: true,
        created_at: NOW,
        updated_at: NOW,
    })
}

/// An enrollment of a school year; that of the last year still runs.
fn enrollment(id: Uuid, school: &School, student: Uuid, class: Uuid, year: i32, is_last: bool) -> enrollments::Model {
    let begins = |year| NaiveDate::from_ymd_opt(year, 9, 1).unwrap_or_default();
    enrollments::Model {
        id,
        school_id: school.id.uuid(),
        student_id: student,
        class_id: Some(class),
        school_year: i64::from(year),
        status: StudentStatus::Studying.code().to_owned(),
        valid_from: begins(year),
        valid_to: (!is_last).then(|| begins(year + 1)),
        created_at: NOW,
        updated_at: NOW,
    }
}
