//! Plants the profiles of deep schools: one version each, and for every second school its principal's signature.

use std::collections::HashMap;

use super::draw::Draw;
use super::plan::{Province, School};
use super::rows::insert;
use super::{NOW, names};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::SchoolId;
use crate::profiles::fields::Field;
use crate::profiles::{self, Cause, Content, Person, Site, Source};
use crate::schools;
use crate::tables::{
    school_profile_signatures as signatures, school_profile_values as values, school_profile_versions as versions,
};

/// Streams of chance before those of profiles belong to schools and their money.
const FIRST_STREAM: u64 = 100_000;
/// The school year in which everything is planted.
const SCHOOL_YEAR: i64 = 2026;
/// Who planted and signed.
const ACTOR: &str = "hub";

/// Writes the profiles; `managers` are the codes of the offices that manage the schools.
pub(super) async fn plant(
    tx: &Tx,
    province: &Province,
    rows: &HashMap<SchoolId, schools::School>,
    managers: &HashMap<SchoolId, String>,
) -> Result<(), Error> {
    let (mut made, mut said, mut signed) = (Vec::new(), Vec::new(), Vec::new());
    for (place, school) in province.deep().enumerate() {
        let mut draw = Draw::new(province.size.seed, FIRST_STREAM + school.index);
        made.push(versions::Model {
            id: draw.key(),
            school_id: school.id.uuid(),
            version: 1,
            cause: Cause::Planted.as_str().to_owned(),
            actor: ACTOR.to_owned(),
            made_at: NOW,
        });
        let row = rows.get(&school.id).ok_or_else(|| Error::internal("a planted school has no row"))?;
        for (field, content) in profiles::register(row, managers.get(&school.id).map(String::as_str)) {
            said.push(value(tx, &mut draw, school, field, &content, Source::Register)?);
        }
        for (key, content) in stated(&mut draw, school) {
            let field = Field::find(key).ok_or_else(|| Error::internal(format!("no profile field {key}")))?;
            said.push(value(tx, &mut draw, school, field, &content, Source::Person)?);
        }
        if place % 2 == 0 {
            signed.push(signatures::Model {
                id: draw.key(),
                school_id: school.id.uuid(),
                school_year: SCHOOL_YEAR,
                version: 1,
                actor: ACTOR.to_owned(),
                signed_at: NOW,
            });
        }
    }
    insert::<versions::Entity>(tx, made).await?;
    insert::<values::Entity>(tx, said).await?;
    insert::<signatures::Entity>(tx, signed).await
}

fn value(
    tx: &Tx,
    draw: &mut Draw,
    school: &School,
    field: &'static Field,
    content: &Content,
    source: Source,
) -> Result<values::Model, Error> {
    let id = draw.key();
    let (value, sealed) = profiles::planted(tx.vault(), id, field, content)?;
    Ok(values::Model {
        id,
        school_id: school.id.uuid(),
        field: field.key.to_owned(),
        from_version: 1,
        to_version: None,
        value,
        sealed,
        source: source.as_str().to_owned(),
        actor: ACTOR.to_owned(),
        decided_by: None,
        stated_on: NOW.vietnam_day(),
        heard_at: NOW,
        proposal_id: None,
    })
}

/// What the people of a school said, invented.
fn stated(draw: &mut Draw, school: &School) -> Vec<(&'static str, Content)> {
    let text = |text: String| Content::Text(text);
    let phone = |draw: &mut Draw| format!("+8419{:08}", draw.below(100_000_000));
    let person = |draw: &mut Draw, at: &str| Person {
        name: names::person(draw),
        phone: Some(phone(draw)),
        email: Some(format!("{at}@{}.mau.edu.vn", school.code)),
    };
    let principal = person(draw, "hieutruong");
    let accountant = person(draw, "ketoan");
    let meets = draw.happens(60);
    let mut said = vec![
        ("address", text(format!("Số {}, đường Mẫu", 1 + draw.below(200)))),
        ("phone", text(phone(draw))),
        ("email", text(format!("vanphong@{}.mau.edu.vn", school.code))),
        ("website", text(format!("https://{}.mau.edu.vn", school.code))),
        ("area", Content::Codes(vec!["03".to_owned()])),
        ("landSquareMetres", Content::Number(2_000 + i64::try_from(draw.below(18_000)).unwrap_or(0))),
        ("hasElectricity", Content::Flag(true)),
        ("hasCleanWater", Content::Flag(true)),
        ("hasToilets", Content::Flag(true)),
        ("teachesTwoSessions", Content::Flag(draw.happens(70))),
        ("teachesWithInternet", Content::Flag(draw.happens(80))),
        ("principals", Content::Persons(vec![principal])),
        ("accountants", Content::Persons(vec![accountant])),
        ("meetsMinimumQuality", Content::Flag(true)),
        ("meetsNationalStandard", Content::Flag(meets)),
    ];
    if meets {
        said.push(("nationalStandardLevel", Content::Codes(vec!["02".to_owned()])));
    }
    if draw.happens(30) {
        let site = Site {
            code: "DT01".to_owned(),
            name: "Điểm trường Mẫu 01".to_owned(),
            address: Some("Thôn Mẫu".to_owned()),
            commune_code: Some(school.commune_code.to_owned()),
            phone: None,
            distance_metres: Some(1_000 + i64::try_from(draw.below(4_000)).unwrap_or(0)),
            transport: Some("Xe máy".to_owned()),
            land_square_metres: None,
        };
        said.push(("sites", Content::Sites(vec![site])));
    }
    said
}
