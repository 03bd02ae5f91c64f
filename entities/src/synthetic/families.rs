//! Plants the guardians of the students of deep schools: a mother for each, a father for most, one person for two children
//! who sit next to each other in the plan now and then.

use chrono::NaiveDate;
use uuid::Uuid;

use super::draw::Draw;
use super::plan::{Province, School};
use super::rows::insert;
use super::{NOW, names};
use crate::catalogues::GuardianRelation;
use crate::codes::{Email, Phone};
use crate::db::Tx;
use crate::error::Error;
use crate::guardians::{EMAIL, PHONE, place};
use crate::tables::{guardians, guardianships};

/// Streams of chance before those of families belong to schools, their money and their profiles.
const FIRST_STREAM: u64 = 200_000;

#[derive(Default)]
struct Families {
    guardians: Vec<guardians::Model>,
    links: Vec<guardianships::Model>,
}

pub(super) async fn plant(tx: &Tx, province: &Province) -> Result<(), Error> {
    let mut families = Families::default();
    for school in province.deep() {
        families.add(tx, province, school)?;
    }
    insert::<guardians::Entity>(tx, families.guardians).await?;
    insert::<guardianships::Entity>(tx, families.links).await
}

impl Families {
    fn add(&mut self, tx: &Tx, province: &Province, school: &School) -> Result<(), Error> {
        let mut draw = Draw::new(province.size.seed, FIRST_STREAM + school.index);
        let mut elder = None;
        for student in &school.students {
            let is_younger = draw.happens(8);
            let mother = match elder.filter(|_| is_younger) {
                Some(mother) => mother,
                None => self.person(tx, &mut draw)?,
            };
            self.link(&mut draw, *student, mother, GuardianRelation::Mother, 1);
            if draw.happens(80) {
                let father = self.person(tx, &mut draw)?;
                self.link(&mut draw, *student, father, GuardianRelation::Father, 2);
            }
            elder = Some(mother);
        }
        Ok(())
    }

    fn person(&mut self, tx: &Tx, draw: &mut Draw) -> Result<Uuid, Error> {
        let id = draw.key();
        let full_name = names::person(draw);
        let phone = Phone::parse(&format!("019{:08}", draw.below(100_000_000)), tx.kind()).map_err(Error::internal)?;
        let email =
            Email::parse(&format!("phu-huynh-{:06}@mau.example", draw.below(1_000_000))).map_err(Error::internal)?;
        let has_email = draw.happens(30);
        let born = NaiveDate::from_ymd_opt(1_975 + i32::try_from(draw.below(20)).unwrap_or(0), 6, 15);
        let seal = |column, text: &str| tx.vault().seal(place(id, column), text.as_bytes());
        self.guardians.push(guardians::Model {
            id,
            full_name,
            birth_date: born,
            phone_sealed: Some(seal(PHONE, phone.as_str())?),
            email_sealed: if has_email { Some(seal(EMAIL, email.as_str())?) } else { None },
            personal_id_sealed: None,
            synthetic: true,
            created_at: NOW,
            updated_at: NOW,
        });
        Ok(id)
    }

    fn link(&mut self, draw: &mut Draw, student: Uuid, guardian: Uuid, relation: GuardianRelation, place: i64) {
        self.links.push(guardianships::Model {
            id: draw.key(),
            student_id: student,
            guardian_id: guardian,
            relation: relation.code().to_owned(),
            contact_order: Some(place),
            valid_from: NaiveDate::from_ymd_opt(2026, 9, 1).unwrap_or_default(),
            valid_to: None,
            created_at: NOW,
            updated_at: NOW,
        });
    }
}
