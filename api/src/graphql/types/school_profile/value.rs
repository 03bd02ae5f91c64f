//! Values of profiles, with where they come from.

use async_graphql::{Enum, SimpleObject};
use entities::profiles::{self, Content};

use super::field::SchoolProfileField;
use crate::graphql::scalars::{Day, Moment};

/// From whom a value was heard (nguồn dữ liệu).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "profiles::Source")]
pub enum SchoolProfileSource {
    /// A person said it (người khai).
    Person,
    /// A vendor's application said it (phần mềm).
    Vendor,
    /// It was read from a file (tệp nhập).
    Import,
    /// The hub's register of schools says it (danh bạ trường).
    Register,
}

/// A site of a school beside the main one (điểm trường).
#[derive(SimpleObject, Clone)]
pub struct SchoolSite {
    /// Its code, unique within the school (mã điểm trường).
    pub code: String,
    /// Its name (tên điểm trường).
    pub name: String,
    /// Its address (địa chỉ); null when nobody said.
    pub address: Option<String>,
    /// The present code of its commune (mã xã, phường); null when nobody said.
    pub commune_code: Option<String>,
    /// Its telephone (điện thoại); null when it has none.
    pub phone: Option<String>,
    /// How far it is from the main site, in metres (khoảng cách đến điểm trường chính); null when nobody said.
    pub distance_metres: Option<i64>,
    /// How it can be reached (phương tiện đi lại); null when nobody said.
    pub transport: Option<String>,
    /// Its land in whole square metres (diện tích); null when nobody said.
    pub land_square_metres: Option<i64>,
}

/// A person of a role (người phụ trách).
#[derive(SimpleObject, Clone)]
pub struct SchoolPerson {
    /// The full name (họ và tên).
    pub name: String,
    /// The telephone number in E.164 form (số điện thoại); null when nobody said.
    pub phone: Option<String>,
    /// The e-mail address (địa chỉ email); null when nobody said.
    pub email: Option<String>,
}

/// What a value says (nội dung). One of these fields is filled, as the kind of the value's field says.
#[derive(SimpleObject, Default)]
pub struct SchoolProfileContent {
    /// A text (văn bản); null when the value is none.
    pub text: Option<String>,
    /// Yes or no (có hoặc không); null when the value is neither.
    pub flag: Option<bool>,
    /// A whole number (số nguyên); null when the value is none.
    pub number: Option<i64>,
    /// A calendar day (ngày); null when the value is none.
    pub day: Option<Day>,
    /// Codes of a catalogue (mã danh mục); empty when the value is none.
    pub codes: Vec<String>,
    /// Sites (điểm trường); empty when the value names none.
    pub sites: Vec<SchoolSite>,
    /// People (người phụ trách); empty when the value names none.
    pub persons: Vec<SchoolPerson>,
}

/// A value of a profile, with where it comes from (giá trị trong hồ sơ).
#[derive(SimpleObject)]
pub struct SchoolProfileValue {
    /// Of which field (trường thông tin).
    pub field: SchoolProfileField,
    /// What it says (nội dung).
    pub content: SchoolProfileContent,
    /// From whom it was heard (nguồn).
    pub source: SchoolProfileSource,
    /// Who said it (người khai): `user:<id>`, `client:<id>`, or `hub` for the register.
    pub stated_by: String,
    /// Who accepted it (người chấp nhận); null when nobody had to.
    pub decided_by: Option<String>,
    /// The day for which it was said (ngày khai).
    pub stated_on: Day,
    /// When the hub heard it (thời điểm ghi nhận); null for what the register says today and no version has remembered.
    pub heard_at: Option<Moment>,
}

impl From<Content> for SchoolProfileContent {
    fn from(content: Content) -> Self {
        let mut shown = Self::default();
        match content {
            Content::Text(text) => shown.text = Some(text),
            Content::Flag(flag) => shown.flag = Some(flag),
            Content::Number(number) => shown.number = Some(number),
            Content::Day(day) => shown.day = Some(Day(day)),
            Content::Codes(codes) => shown.codes = codes,
            Content::Sites(sites) => shown.sites = sites.into_iter().map(SchoolSite::from).collect(),
            Content::Persons(persons) => shown.persons = persons.into_iter().map(SchoolPerson::from).collect(),
        }
        shown
    }
}

impl From<profiles::Site> for SchoolSite {
    fn from(site: profiles::Site) -> Self {
        let profiles::Site { code, name, address, commune_code, phone, distance_metres, transport, land_square_metres } =
            site;
        Self { code, name, address, commune_code, phone, distance_metres, transport, land_square_metres }
    }
}

impl From<profiles::Person> for SchoolPerson {
    fn from(person: profiles::Person) -> Self {
        Self { name: person.name, phone: person.phone, email: person.email }
    }
}

impl From<profiles::Value> for SchoolProfileValue {
    fn from(value: profiles::Value) -> Self {
        Self {
            field: value.field.into(),
            content: value.content.into(),
            source: value.source.into(),
            stated_by: value.actor,
            decided_by: value.decided_by,
            stated_on: value.stated_on.into(),
            heard_at: value.heard_at.map(Moment),
        }
    }
}
