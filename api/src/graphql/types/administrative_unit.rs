//! Provinces and communes, dated, answered from memory.

use async_graphql::{Enum, Object, SimpleObject};
use entities::administrative_units::{self, Resolution, Successor, Unit};

use crate::graphql::plan::Planned;
use crate::graphql::scalars::Day;
use crate::graphql::worded::{Priced, Worded};

/// The tier of a unit (cấp hành chính).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "administrative_units::Level", name = "AdministrativeLevel")]
pub enum Level {
    /// Cấp tỉnh: two digits.
    Province,
    /// Cấp huyện, until 30 June 2025: three digits.
    District,
    /// Cấp xã: five digits.
    Commune,
}

/// How much of an old unit a new one took (mức độ sáp nhập).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "administrative_units::SuccessorKind")]
pub enum SuccessorKind {
    /// Nhập toàn bộ.
    Whole,
    /// Nhập một phần: a person must say which.
    Part,
}

/// An administrative unit as the schema shows it.
pub struct AdministrativeUnit(pub &'static Unit);

/// Words a field of a unit that is a plain word.
pub(super) fn at_hand(unit: &Unit, field: &Planned<'_>, out: &mut Worded) -> Option<Priced> {
    Some(match field.name {
        "code" => out.plain(unit.code),
        "fullName" => out.plain(unit.full_name),
        "name" => out.plain(unit.name),
        "provinceCode" => out.plain(unit.province_code),
        _ => return None,
    })
}

/// An administrative unit (đơn vị hành chính) under one name, in the days when it was so.
#[Object]
impl AdministrativeUnit {
    /// Official code (mã đơn vị hành chính); it names the unit only within its days: 15 was Yên Bái, now Lào Cai.
    async fn code(&self) -> &str {
        self.0.code
    }

    /// The tier (cấp hành chính).
    async fn level(&self) -> Level {
        self.0.level.into()
    }

    /// The type as it stands before the name (loại hình): Tỉnh, Thành phố, Xã, Phường, Đặc khu and the old ones.
    async fn type_name(&self) -> &str {
        self.0.unit_type.name_vi()
    }

    /// The name with its type (tên đầy đủ).
    async fn full_name(&self) -> &str {
        self.0.full_name
    }

    /// The name without its type (tên).
    async fn name(&self) -> &str {
        self.0.name
    }

    /// The unit above, of the same days (đơn vị cấp trên); null for provinces.
    async fn parent(&self) -> Option<AdministrativeUnit> {
        self.0.parent().map(AdministrativeUnit)
    }

    /// Code of the province, of the same days (mã tỉnh); a province's own code.
    async fn province_code(&self) -> &str {
        self.0.province_code
    }

    /// First day (ngày hiệu lực); null when it lies before what the hub knows.
    async fn valid_from(&self) -> Option<Day> {
        self.0.valid_from.map(Day)
    }

    /// Last day (ngày hết hiệu lực); null while it lasts.
    async fn valid_to(&self) -> Option<Day> {
        self.0.valid_to.map(Day)
    }
}

/// A unit of today that took land of an old one (đơn vị mới).
#[derive(SimpleObject)]
pub struct AdministrativeSuccessor {
    /// The unit under its present name (đơn vị hiện nay).
    pub unit: AdministrativeUnit,
    /// Whether it took all of the old unit or a part (nhập toàn bộ, nhập một phần).
    pub kind: SuccessorKind,
    /// Whether to offer it first (mặc định). A split unit has several successors: never convert without asking.
    pub is_default: bool,
}

/// One unit that the old code or text may mean, and what became of it (kết quả chuyển đổi).
#[derive(SimpleObject)]
pub struct AdministrativeResolution {
    /// The unit as it was on the day asked for (đơn vị cũ).
    pub old: AdministrativeUnit,
    /// The units of today, the default first; the unit itself when it still lasts (đơn vị mới).
    pub new: Vec<AdministrativeSuccessor>,
}

impl From<Resolution> for AdministrativeResolution {
    fn from(resolution: Resolution) -> Self {
        let successor = |successor: Successor| AdministrativeSuccessor {
            unit: AdministrativeUnit(successor.unit),
            kind: successor.kind.into(),
            is_default: successor.is_default,
        };
        Self { old: AdministrativeUnit(resolution.old), new: resolution.new.into_iter().map(successor).collect() }
    }
}
