//! What a field of a profile can hold, and how what is given becomes what is kept.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::fields::{Field, Shape};
use crate::batch;
use crate::catalogues::{EducationLevel, Ownership};
use crate::codes::Phone;
use crate::error::{Error, Refusal};
use crate::hub::Kind;

/// Sites of a school at most, the main one not counted.
pub const MAX_SITES: usize = 40;
/// People of one role at most.
pub const MAX_PERSONS: usize = 5;
/// Characters of a name at most.
const MAX_NAME_CHARS: usize = 100;
/// Characters of a web address at most.
const MAX_URL_CHARS: usize = 500;
/// Characters of an e-mail address at most (RFC 5321).
const MAX_EMAIL_CHARS: usize = 254;
/// Metres between two sites of one school at most.
const MAX_DISTANCE_METRES: i64 = 200_000;

/// A value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Content {
    /// A text, a telephone number in E.164 form, an e-mail or web address, or the code of a unit or organization.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A calendar day.
    Day(NaiveDate),
    /// One code of a catalogue, or several in its order.
    Codes(Vec<String>),
    /// Sites, by their codes.
    Sites(Vec<Site>),
    /// People, in the order in which they were given.
    Persons(Vec<Person>),
}

/// A site beside the main one (điểm trường).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Site {
    /// Its code, unique within the school.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: Option<String>,
    /// The present code of its commune.
    pub commune_code: Option<String>,
    /// Its telephone.
    pub phone: Option<String>,
    /// How far it is from the main site, in metres.
    pub distance_metres: Option<i64>,
    /// How it can be reached.
    pub transport: Option<String>,
    /// Its land in whole square metres.
    pub land_square_metres: Option<i64>,
}

/// A person of a role.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Person {
    /// The full name.
    pub name: String,
    /// The telephone number in E.164 form.
    pub phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
}

/// Where and when a value is read: what may stand in it depends on both.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground {
    /// Whether obviously false numbers may stand in it.
    pub(super) kind: Kind,
    /// The Vietnam day.
    pub(super) today: NaiveDate,
}

impl Content {
    /// Whether it holds nothing, which is said by removing the value.
    fn is_empty(&self) -> bool {
        match self {
            Self::Codes(codes) => codes.is_empty(),
            Self::Sites(sites) => sites.is_empty(),
            Self::Persons(persons) => persons.is_empty(),
            Self::Text(_) | Self::Flag(_) | Self::Number(_) | Self::Day(_) => false,
        }
    }

    pub(super) fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    pub(super) fn of_json(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(Error::internal)
    }
}

/// The value as it is kept; none for an empty list.
///
/// # Errors
/// `PROFILE_VALUE_INVALID` for a value that the field cannot have, the codes' own refusals, `MASKED_INPUT`.
pub(super) fn read(field: &Field, given: Content, ground: Ground) -> Result<Option<Content>, Refusal> {
    if given.is_empty() {
        return Ok(None);
    }
    let kept = match (field.shape, given) {
        (Shape::Text { max_chars }, Content::Text(given)) => Content::Text(batch::name("value", &given, max_chars)?),
        (Shape::Phone, Content::Text(given)) => Content::Text(phone(&given, ground)?),
        (Shape::Email, Content::Text(given)) => Content::Text(email(&given)?),
        (Shape::Url, Content::Text(given)) => Content::Text(url(&given)?),
        (Shape::Commune, Content::Text(given)) => {
            Content::Text(batch::commune("value", &given, ground.today)?.code.to_owned())
        }
        (Shape::Organization, Content::Text(given)) => Content::Text(batch::name("value", &given, 32)?),
        (Shape::Flag, Content::Flag(given)) => Content::Flag(given),
        (Shape::Number { least, most }, Content::Number(given)) if (least..=most).contains(&given) => {
            Content::Number(given)
        }
        (Shape::Day, Content::Day(given)) if given <= ground.today => Content::Day(given),
        (Shape::Code(choices), Content::Codes(given)) => {
            let known = choices.iter().find(|choice| given == [choice.code]).ok_or_else(|| invalid(field))?;
            Content::Codes(vec![known.code.to_owned()])
        }
        (Shape::Ownership, Content::Codes(given)) => match given.as_slice() {
            [one] => Content::Codes(vec![Ownership::parse(one).map_err(batch::bad_code("value"))?.code().to_owned()]),
            _ => return Err(invalid(field)),
        },
        (Shape::Levels, Content::Codes(given)) => Content::Codes(levels(&given)?),
        (Shape::Sites, Content::Sites(given)) => Content::Sites(sites(field, given, ground)?),
        (Shape::Persons, Content::Persons(given)) => Content::Persons(persons(field, given, ground)?),
        _ => return Err(invalid(field)),
    };
    Ok(Some(kept))
}

fn levels(given: &[String]) -> Result<Vec<String>, Refusal> {
    let levels = given
        .iter()
        .map(|code| EducationLevel::parse(code).map_err(batch::bad_code("value")))
        .collect::<Result<Vec<_>, _>>()?;
    let known = EducationLevel::ALL.iter().filter(|level| levels.contains(level));
    Ok(known.map(|level| level.code().to_owned()).collect())
}

fn sites(field: &Field, given: Vec<Site>, ground: Ground) -> Result<Vec<Site>, Refusal> {
    if given.len() > MAX_SITES {
        return Err(too_many(field, MAX_SITES));
    }
    let mut codes = HashSet::new();
    let mut kept = Vec::with_capacity(given.len());
    for site in given {
        let code = batch::name("value", &site.code, 32)?;
        let is_within = |number: Option<i64>, most: i64| number.is_none_or(|number| (0..=most).contains(&number));
        let fits = is_within(site.distance_metres, MAX_DISTANCE_METRES)
            && is_within(site.land_square_metres, 100_000_000)
            && codes.insert(code.clone());
        if !fits {
            return Err(invalid(field));
        }
        kept.push(Site {
            code,
            name: batch::name("value", &site.name, 200)?,
            address: site.address.map(|text| batch::name("value", &text, 300)).transpose()?,
            commune_code: site
                .commune_code
                .map(|code| batch::commune("value", &code, ground.today).map(|unit| unit.code.to_owned()))
                .transpose()?,
            phone: site.phone.map(|text| phone(&text, ground)).transpose()?,
            transport: site.transport.map(|text| batch::name("value", &text, 100)).transpose()?,
            ..site
        });
    }
    kept.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(kept)
}

fn persons(field: &Field, given: Vec<Person>, ground: Ground) -> Result<Vec<Person>, Refusal> {
    if given.len() > MAX_PERSONS {
        return Err(too_many(field, MAX_PERSONS));
    }
    let read = |person: Person| {
        Ok(Person {
            name: batch::name("value", &person.name, MAX_NAME_CHARS)?,
            phone: person.phone.map(|text| phone(&text, ground)).transpose()?,
            email: person.email.map(|text| email(&text)).transpose()?,
        })
    };
    given.into_iter().map(read).collect()
}

fn phone(given: &str, ground: Ground) -> Result<String, Refusal> {
    batch::unmasked("value", given)?;
    Ok(Phone::parse(given, ground.kind).map_err(batch::bad_code("value"))?.as_str().to_owned())
}

fn email(given: &str) -> Result<String, Refusal> {
    let kept = batch::name("value", given, MAX_EMAIL_CHARS)?;
    let fits = kept.split_once('@').is_some_and(|(name, host)| {
        let is_host = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_graphic() && c != '@')
            && host.contains('.')
            && host.split('.').all(is_host)
    });
    if fits {
        return Ok(kept);
    }
    Err(Refusal::new("EMAIL_INVALID", "This is not an e-mail address.", "Đây không phải địa chỉ email.").at("value"))
}

fn url(given: &str) -> Result<String, Refusal> {
    let kept = batch::name("value", given, MAX_URL_CHARS)?;
    let rest = kept.strip_prefix("https://").or_else(|| kept.strip_prefix("http://"));
    let fits = rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        host.contains('.') && !host.contains('@') && rest.chars().all(|c| !c.is_whitespace() && c != '"' && c != '<')
    });
    if fits {
        return Ok(kept);
    }
    let en = "A web address begins with https:// or http:// and names a host.";
    Err(Refusal::new("URL_INVALID", en, "Địa chỉ web bắt đầu bằng https:// hoặc http:// và có tên miền.").at("value"))
}

fn invalid(field: &Field) -> Refusal {
    Refusal::new(
        "PROFILE_VALUE_INVALID",
        format!("This is no value of `{}`; `schoolProfileFields` tells what it holds.", field.key),
        format!("Giá trị không hợp lệ cho «{}»; xem `schoolProfileFields`.", field.vi),
    )
    .at("value")
}

fn too_many(field: &Field, most: usize) -> Refusal {
    Refusal::new(
        "PROFILE_LIST_TOO_LONG",
        format!("`{}` holds at most {most}; send the whole list without those that are gone.", field.key),
        format!("«{}» có nhiều nhất {most} mục; hãy gửi lại cả danh sách, bỏ mục không còn.", field.vi),
    )
    .at("value")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(key: &str, content: Content) -> Result<Option<Content>, &'static str> {
        let ground = Ground { kind: Kind::Demo, today: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap() };
        read(Field::find(key).unwrap(), content, ground).map_err(|refusal| refusal.code)
    }

    #[test]
    fn a_value_is_of_its_fields_shape() {
        let text = |text: &str| Content::Text(text.to_owned());
        let codes = |codes: &[&str]| Content::Codes(codes.iter().map(|code| (*code).to_owned()).collect());
        assert_eq!(given("address", text(" Đường  Mẫu ")), Ok(Some(text("Đường Mẫu"))));
        assert_eq!(given("phone", text("0191 111 111 1")), Ok(Some(text("+841911111111"))));
        assert_eq!(given("levels", codes(&["03", "02"])), Ok(Some(codes(&["02", "03"]))));
        assert_eq!(given("levels", codes(&["77"])), Err("EDUCATION_LEVEL_UNKNOWN"));
        assert_eq!(given("schoolType", codes(&["07"])), Ok(Some(codes(&["07"]))));
        for (key, content) in [
            ("schoolType", codes(&["99"])),
            ("hasToilets", text("yes")),
            ("landSquareMetres", Content::Number(0)),
            ("accreditationLevel", Content::Number(5)),
            ("accreditedOn", Content::Day(NaiveDate::from_ymd_opt(2026, 11, 21).unwrap())),
        ] {
            assert_eq!(given(key, content), Err("PROFILE_VALUE_INVALID"), "{key}");
        }
        assert_eq!(given("website", text("javascript:alert(1)")), Err("URL_INVALID"));
        assert_eq!(given("website", text("https://a@b.vn/")), Err("URL_INVALID"));
        assert_eq!(given("email", text("truong@mau.edu.vn")), Ok(Some(text("truong@mau.edu.vn"))));
        assert_eq!(given("email", text("truong.mau")), Err("EMAIL_INVALID"));
        assert_eq!(given("address", text("số ••• phố")), Err("MASKED_INPUT"));
        assert_eq!(given("commune", text("99999")), Err("COMMUNE_UNKNOWN"));
    }

    #[test]
    fn lists_are_bounded_and_an_empty_one_is_none() {
        let person =
            |at: usize| Person {
                name: format!("Người Mẫu {at}"), phone: None, email: Some("a@mau.vn".to_owned())
            };
        let persons = |count: usize| Content::Persons((0..count).map(person).collect());
        assert!(given("accountants", persons(MAX_PERSONS)).is_ok());
        assert_eq!(given("accountants", persons(MAX_PERSONS + 1)), Err("PROFILE_LIST_TOO_LONG"));
        assert_eq!(given("accountants", persons(0)), Ok(None));
        let site = |code: &str| Site {
            code: code.to_owned(),
            name: "Điểm trường Mẫu".to_owned(),
            address: None,
            commune_code: None,
            phone: None,
            distance_metres: Some(1_200),
            transport: None,
            land_square_metres: None,
        };
        assert_eq!(given("sites", Content::Sites(vec![site("1"), site("1")])), Err("PROFILE_VALUE_INVALID"));
        let far = Site { distance_metres: Some(-1), ..site("1") };
        assert_eq!(given("sites", Content::Sites(vec![far])), Err("PROFILE_VALUE_INVALID"));
        let many = (0..=MAX_SITES).map(|at| site(&at.to_string())).collect();
        assert_eq!(given("sites", Content::Sites(many)), Err("PROFILE_LIST_TOO_LONG"));
    }

    #[test]
    fn every_field_stands_once_and_no_register_field_names_people() {
        let mut keys = HashSet::new();
        for field in super::super::fields::FIELDS {
            assert!(keys.insert(field.key), "{}", field.key);
            assert!(!(field.is_registered && field.is_personal()), "{}", field.key);
        }
        assert!((50..=70).contains(&keys.len()), "{}", keys.len());
    }
}
