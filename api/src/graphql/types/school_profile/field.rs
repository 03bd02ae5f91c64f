//! The fields of a profile: what each holds, who decides it, and its name in the ministry's record.

use async_graphql::{Enum, SimpleObject};
use entities::catalogues;
use entities::profiles::fields::{self, FIELDS, Shape};

/// A part of the profile (mục của hồ sơ trường).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "fields::Section")]
pub enum SchoolProfileSection {
    /// What the school is (1.1 thông tin chung).
    General,
    /// Buildings and services (1.1 cơ sở vật chất).
    Facilities,
    /// Who manages it, and where it lies (1.2 cơ quan quản lý, địa chỉ hiện nay).
    Management,
    /// How it is reached, and who answers for what (liên hệ).
    Contacts,
    /// Its sites beside the main one (điểm trường).
    Sites,
    /// What it was recognised for (kiểm định, chuẩn quốc gia).
    Accreditation,
    /// Its official places on the internet (kênh chính thức).
    Channels,
}

/// Who decides what a field says (nơi có thẩm quyền).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "fields::Authority")]
pub enum SchoolProfileAuthority {
    /// The people of the school; its principal decides proposals (trường).
    School,
    /// The organization that manages the school directly (cơ quan quản lý trực tiếp).
    Manager,
    /// The department of the school's province (Sở Giáo dục và Đào tạo).
    Department,
    /// The hub, which keeps the field itself (hệ thống).
    Hub,
}

/// What a field holds, and so which field of its value is filled (kiểu dữ liệu).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum SchoolProfileValueKind {
    /// A text, telephone number, e-mail or web address, or the code of a unit (văn bản).
    Text,
    /// Yes or no (có hoặc không).
    Flag,
    /// A whole number (số nguyên).
    Number,
    /// A calendar day (ngày).
    Day,
    /// Codes of a catalogue (mã danh mục).
    Codes,
    /// Sites beside the main one (điểm trường).
    Sites,
    /// People, which only some may read (người phụ trách).
    Persons,
}

/// A value of a code list (giá trị danh mục).
#[derive(SimpleObject)]
pub struct SchoolProfileChoice {
    /// The ministry's code (mã).
    pub code: &'static str,
    /// The official name (tên tiếng Việt).
    pub name_vi: &'static str,
    /// The name in English (tên tiếng Anh).
    pub name_en: &'static str,
}

/// A field of the profile (trường thông tin của hồ sơ).
#[derive(SimpleObject)]
pub struct SchoolProfileField {
    /// Its stable name, by which it is written (tên trường).
    pub key: &'static str,
    /// Where it stands (mục).
    pub section: SchoolProfileSection,
    /// What it holds (kiểu dữ liệu).
    pub kind: SchoolProfileValueKind,
    /// Its name in the ministry's record of 2020 (tên trong cơ sở dữ liệu ngành); null when that has no such field.
    pub ministry_field: Option<&'static str>,
    /// Who decides what it says (nơi có thẩm quyền): from others a write becomes a proposal.
    pub authority: SchoolProfileAuthority,
    /// Whether a profile cannot be signed without it (bắt buộc).
    pub is_required: bool,
    /// Whether the register of schools holds it, so that it changes there and here together (thuộc danh bạ trường).
    pub is_registered: bool,
    /// What it is, in Vietnamese (tên chính thức).
    pub name_vi: &'static str,
    /// What it is, in English (tên tiếng Anh).
    pub name_en: &'static str,
    /// The codes that it may hold (danh mục); empty when it holds none.
    pub choices: Vec<SchoolProfileChoice>,
}

impl SchoolProfileField {
    /// Every field, in the order of the profile.
    pub fn all() -> Vec<Self> {
        FIELDS.iter().map(Self::from).collect()
    }
}

impl From<&'static fields::Field> for SchoolProfileField {
    fn from(field: &'static fields::Field) -> Self {
        Self {
            key: field.key,
            section: field.section.into(),
            kind: kind(field.shape),
            ministry_field: field.ministry,
            authority: field.authority.into(),
            is_required: field.is_required,
            is_registered: field.is_registered,
            name_vi: field.vi,
            name_en: field.en,
            choices: choices(field.shape),
        }
    }
}

fn kind(shape: Shape) -> SchoolProfileValueKind {
    match shape {
        Shape::Flag => SchoolProfileValueKind::Flag,
        Shape::Number { .. } => SchoolProfileValueKind::Number,
        Shape::Day => SchoolProfileValueKind::Day,
        Shape::Code(_) | Shape::Levels | Shape::Ownership => SchoolProfileValueKind::Codes,
        Shape::Sites => SchoolProfileValueKind::Sites,
        Shape::Persons => SchoolProfileValueKind::Persons,
        Shape::Text { .. } | Shape::Phone | Shape::Email | Shape::Url | Shape::Commune | Shape::Organization => {
            SchoolProfileValueKind::Text
        }
    }
}

fn choices(shape: Shape) -> Vec<SchoolProfileChoice> {
    let choice = |code, name_vi, name_en| SchoolProfileChoice { code, name_vi, name_en };
    match shape {
        Shape::Code(known) => known.iter().map(|one| choice(one.code, one.vi, one.en)).collect(),
        Shape::Levels => {
            let levels = catalogues::EducationLevel::ALL.iter();
            levels.map(|level| choice(level.code(), level.name_vi(), level.name_en())).collect()
        }
        Shape::Ownership => {
            let kinds = catalogues::Ownership::ALL.iter();
            kinds.map(|kind| choice(kind.code(), kind.name_vi(), kind.name_en())).collect()
        }
        _ => Vec::new(),
    }
}
