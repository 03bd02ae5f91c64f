//! Plants who works at deep schools: a head, a deputy, a librarian, an accountant, teachers by the size of the school, and one
//! who has retired.

use chrono::NaiveDate;

use super::draw::Draw;
use super::plan::{Province, School};
use super::rows::insert;
use super::{NOW, names};
use crate::catalogues::{Gender, StaffGroup, StaffPosition, StaffStatus};
use crate::codes::Phone;
use crate::db::Tx;
use crate::error::Error;
use crate::staff::{PHONE, place};
use crate::tables::staff;
use crate::text;

/// Streams of chance before those of colleagues belong to schools, money, profiles and families.
const FIRST_STREAM: u64 = 300_000;
/// Students for one teacher.
const STUDENTS_PER_TEACHER: usize = 18;
/// The positions that every school has, by the ministry's code.
const POSITIONS: [&str; 4] = ["01", "02", "09", "15"];

pub(super) async fn plant(tx: &Tx, province: &Province) -> Result<(), Error> {
    let mut rows = Vec::new();
    for school in province.deep() {
        let mut draw = Draw::new(province.size.seed, FIRST_STREAM + school.index);
        for code in POSITIONS {
            let position = StaffPosition::parse(code).map_err(Error::internal)?;
            rows.push(person(tx, &mut draw, school, (position.group, Some(position)), rows.len())?);
        }
        for _ in 0..(school.students.len() / STUDENTS_PER_TEACHER).max(1) {
            rows.push(person(tx, &mut draw, school, (StaffGroup::Teacher, None), rows.len())?);
        }
        let retired = person(tx, &mut draw, school, (StaffGroup::Teacher, None), rows.len())?;
        rows.push(staff::Model {
            status: StaffStatus::Retired.code().to_owned(),
            valid_to: NaiveDate::from_ymd_opt(2026, 6, 1),
            ..retired
        });
    }
    insert::<staff::Entity>(tx, rows).await
}

fn person(
    tx: &Tx,
    draw: &mut Draw,
    school: &School,
    (group, position): (StaffGroup, Option<&StaffPosition>),
    serial: usize,
) -> Result<staff::Model, Error> {
    let id = draw.key();
    let full_name = names::person(draw);
    let gender = if draw.happens(70) { Gender::Female } else { Gender::Male };
    let phone = Phone::parse(&format!("019{:08}", draw.below(100_000_000)), tx.kind()).map_err(Error::internal)?;
    let year = |from: i32, span: u64, draw: &mut Draw| from + i32::try_from(draw.below(span)).unwrap_or(0);
    let (born, began) = (year(1_970, 25, draw), year(2_015, 10, draw));
    Ok(staff::Model {
        id,
        school_id: school.id.uuid(),
        ministry_code: Some(format!("998{serial:07}")),
        name_fold: text::fold(&full_name),
        name_sort: text::name_sort_key(&full_name),
        full_name,
        birth_date: NaiveDate::from_ymd_opt(born, 6, 15),
        gender: Some(gender.code().to_owned()),
        phone_sealed: Some(tx.vault().seal(place(id, PHONE), phone.as_str().as_bytes())?),
        email_sealed: None,
        personal_id_sealed: None,
        staff_group: group.code().to_owned(),
        position: position.map(|position| position.code.to_owned()),
        status: StaffStatus::Working.code().to_owned(),
        valid_from: NaiveDate::from_ymd_opt(began, 9, 1).unwrap_or_default(),
        valid_to: None,
        synthetic: true,
        created_at: NOW,
        updated_at: NOW,
    })
}
