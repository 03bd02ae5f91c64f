//! The fields of a school's profile: one line for each, and nothing about a field stands anywhere else.
//!
//! Names of the ministry are those of its own data description of 2020 (`TruongHocInfo`, `LstDiemTruongInfo`); a field without
//! one comes from the form of the school record since 2025. Who is authoritative follows the two tiers of local government.

use super::catalogue::{AREAS, CENTRES, Choice, DIFFICULT_AREAS, PROJECTS, REGIONS, STANDARDS, TYPES};
use crate::error::Refusal;

/// A part of the profile (mục của hồ sơ).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Section {
    /// 1.1: what the school is.
    General,
    /// 1.1: buildings and services.
    Facilities,
    /// 1.2: who manages it, and where it lies.
    Management,
    /// How it is reached, and who answers for what.
    Contacts,
    /// Its other sites.
    Sites,
    /// What it was recognised for.
    Accreditation,
    /// Its official places on the internet.
    Channels,
}

/// Who decides what a field says (nơi có thẩm quyền).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Authority {
    /// The people of the school; its principal decides proposals.
    School,
    /// The organization that manages the school directly; the department where nobody does.
    Manager,
    /// The department of the school's province.
    Department,
    /// The hub: it keeps the field itself, and takes no proposal for it.
    Hub,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A line of text.
    Text {
        /// Characters at most.
        max_chars: usize,
    },
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// An address on the web.
    Url,
    /// Yes or no.
    Flag,
    /// A whole number.
    Number {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// A calendar day.
    Day,
    /// One code of a catalogue.
    Code(&'static [Choice]),
    /// Codes of the education levels.
    Levels,
    /// The code of an ownership.
    Ownership,
    /// The present code of a commune.
    Commune,
    /// The code of an organization in the hub.
    Organization,
    /// Sites beside the main one.
    Sites,
    /// People with their telephone numbers and addresses: sealed, and shown by the field policy only.
    Persons,
}

/// One field.
#[derive(Debug)]
pub struct Field {
    /// Its stable name.
    pub key: &'static str,
    /// Where it stands in the profile.
    pub section: Section,
    /// What it holds.
    pub shape: Shape,
    /// Its name in the ministry's record; none when the record of 2020 has no such field.
    pub ministry: Option<&'static str>,
    /// Who decides what it says.
    pub authority: Authority,
    /// Whether the ministry's form cannot be handed in without it.
    pub is_required: bool,
    /// Whether the hub's register of schools holds it, so that it is never kept a second time beside it.
    pub is_registered: bool,
    /// What it is, in English.
    pub en: &'static str,
    /// The official term.
    pub vi: &'static str,
}

impl Field {
    /// The field with this name.
    #[must_use]
    pub fn find(key: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.key == key)
    }

    /// The field with this name.
    ///
    /// # Errors
    /// `PROFILE_FIELD_UNKNOWN`.
    pub fn named(key: &str) -> Result<&'static Self, Refusal> {
        Self::find(key).ok_or_else(|| {
            Refusal::new(
                "PROFILE_FIELD_UNKNOWN",
                format!("A profile has no field `{key}`; `schoolProfileFields` tells them."),
                format!("Hồ sơ không có trường «{key}»; xem `schoolProfileFields`."),
            )
            .at("field")
        })
    }

    /// Whether it names people.
    #[must_use]
    pub const fn is_personal(&self) -> bool {
        matches!(self.shape, Shape::Persons)
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Field {}

use Authority::{Department, Hub, Manager, School};
use Section::{Accreditation, Channels, Contacts, Facilities, General, Management, Sites};
use Shape::{Code, Day, Email, Flag, Number, Persons, Phone, Text, Url};

const fn stated(
    section: Section,
    key: &'static str,
    shape: Shape,
    ministry: Option<&'static str>,
    authority: Authority,
    en: &'static str,
    vi: &'static str,
) -> Field {
    Field { key, section, shape, ministry, authority, is_required: false, is_registered: false, en, vi }
}

/// A field without which the ministry's form cannot be handed in.
const fn required(field: Field) -> Field {
    Field { is_required: true, ..field }
}

/// A field that the hub's register of schools holds.
const fn registered(field: Field) -> Field {
    Field { is_registered: true, ..field }
}

const LINE: Shape = Text { max_chars: 300 };
const LAND: Shape = Number { least: 1, most: 100_000_000 };

/// Every field, in the order of the profile.
#[rustfmt::skip] // one line for each field, to be read as a table
pub static FIELDS: &[Field] = &[
    registered(stated(General, "code", Text { max_chars: 32 }, Some("TruongHocInfo.MaTruongHoc"), Hub, "The school's code", "Mã trường học")),
    required(registered(stated(General, "name", Text { max_chars: 200 }, Some("TruongHocInfo.TenTruongHoc"), Manager, "The school's name", "Tên trường học"))),
    required(registered(stated(General, "levels", Shape::Levels, Some("TruongHocInfo.CapHoc"), Manager, "The levels that it teaches", "Cấp học"))),
    required(registered(stated(General, "ownership", Shape::Ownership, Some("TruongHocInfo.LoaiHinhDaoTao"), Manager, "Who owns it", "Loại hình đào tạo"))),
    stated(General, "schoolType", Code(TYPES), Some("TruongHocInfo.MaLoaiTruong"), Manager, "The kind of school", "Loại trường"),
    registered(stated(General, "foundedOn", Day, Some("TruongHocInfo.NgayThanhLap"), Manager, "The day it began", "Ngày thành lập")),
    stated(General, "foundingDecision", LINE, None, School, "The decision that founded it", "Quyết định thành lập"),
    stated(General, "area", Code(AREAS), Some("TruongHocInfo.MaKhuVuc"), Manager, "The kind of area in which it lies", "Khu vực"),
    stated(General, "region", Code(REGIONS), Some("TruongHocInfo.MaVung"), Manager, "The kind of region in which it lies", "Vùng"),
    stated(General, "difficultArea", Code(DIFFICULT_AREAS), Some("TruongHocInfo.MaVungKhoKhan"), Manager, "The programme for difficult areas to which its place belongs", "Vùng khó khăn"),
    stated(General, "liesInEspeciallyDifficultArea", Flag, Some("TruongHocInfo.VungDacBietKhoKhan"), Manager, "Whether its place is an especially difficult area", "Vùng đặc biệt khó khăn"),
    stated(General, "isInternational", Flag, Some("TruongHocInfo.TruongQuocTe"), Manager, "Whether it is an international school", "Trường quốc tế"),
    stated(General, "centreType", Code(CENTRES), Some("TruongHocInfo.MaLoaiTrungTam"), Manager, "The kind of centre, of a centre", "Loại trung tâm"),
    stated(General, "project", Code(PROJECTS), Some("TruongHocInfo.MaDuAn"), School, "The project in which it takes part", "Dự án"),
    stated(General, "hasPartyCell", Flag, Some("TruongHocInfo.CoChiBoDang"), School, "Whether it has a cell of the Party", "Có chi bộ Đảng"),
    stated(General, "hasNonSpecialisedClasses", Flag, Some("TruongHocInfo.CoLopKhongChuyen"), School, "Whether a specialised school has other classes too", "Có lớp không chuyên"),
    stated(General, "teachesTwoSessions", Flag, Some("TruongHocInfo.Hoc2BuoiNgay"), School, "Whether it teaches two sessions a day", "Học 2 buổi trên ngày"),
    stated(General, "hasDayBoarders", Flag, Some("TruongHocInfo.HocSinhBanTru"), School, "Whether students stay over midday", "Có học sinh bán trú"),
    stated(General, "hasBoarders", Flag, Some("TruongHocInfo.HocSinhNoiTru"), School, "Whether students live at the school", "Có học sinh nội trú"),
    stated(General, "hasStudentsWithDisabilities", Flag, Some("TruongHocInfo.HocSinhKhuyetTat"), School, "Whether it has students with disabilities", "Có học sinh khuyết tật"),
    stated(General, "teachesVocation", Flag, Some("TruongHocInfo.DayNghePhoThong"), School, "Whether it teaches a general vocation", "Dạy nghề phổ thông"),
    stated(General, "teachesBasicProgramme", Flag, Some("TruongHocInfo.ChuongTrinhGiaoDucCoBan"), School, "Whether it teaches the basic programme", "Chương trình giáo dục cơ bản"),
    stated(General, "teachesLifeSkills", Flag, Some("TruongHocInfo.KyNangSongGdxh"), School, "Whether it teaches life skills and social education", "Kỹ năng sống giáo dục xã hội"),
    stated(General, "teachesHandWashing", Flag, Some("TruongHocInfo.CtGdvsDoiTay"), School, "Whether it teaches hygiene of the hands", "Chương trình giáo dục vệ sinh đôi tay"),
    stated(General, "tellsParentsOfHivPrevention", Flag, Some("TruongHocInfo.PbienKnsSkss"), School, "Whether parents are told of programmes against HIV", "Phổ biến cho cha mẹ học sinh về chương trình phòng, chống HIV"),
    stated(General, "counselsStudents", Flag, Some("TruongHocInfo.CongTacTuVanHocDuong"), School, "Whether it counsels students", "Công tác tư vấn học đường"),
    stated(Facilities, "hasElectricity", Flag, Some("TruongHocInfo.DienLuoi"), School, "Whether it has electricity from the grid", "Có điện lưới"),
    stated(Facilities, "hasCleanWater", Flag, Some("TruongHocInfo.NguonNuocSach"), School, "Whether it has clean water", "Nguồn nước sạch"),
    stated(Facilities, "hasToilets", Flag, Some("TruongHocInfo.CongTrinhVeSinh"), School, "Whether it has toilets", "Có công trình vệ sinh"),
    stated(Facilities, "suitsStudentsWithDisabilities", Flag, Some("TruongHocInfo.CoHaTangTlhtPhuHopHskt"), School, "Whether buildings and materials suit students with disabilities", "Cơ sở hạ tầng, tài liệu phù hợp với học sinh khuyết tật"),
    stated(Facilities, "teachesWithComputers", Flag, Some("TruongHocInfo.SuDungMayTinhDayHoc"), School, "Whether it teaches with computers", "Sử dụng máy tính dạy học"),
    stated(Facilities, "teachesWithInternet", Flag, Some("TruongHocInfo.KhaiThacInternetDayHoc"), School, "Whether it teaches with the internet", "Khai thác internet dạy học"),
    stated(Facilities, "landSquareMetres", LAND, Some("TruongHocInfo.DienTich"), School, "Its land in whole square metres", "Diện tích (m²)"),
    required(registered(stated(Management, "managingOrganization", Shape::Organization, None, Department, "Who manages it directly, by the organization's code in the hub", "Cơ quan quản lý trực tiếp"))),
    required(registered(stated(Management, "province", Text { max_chars: 2 }, Some("TruongHocInfo.MaTinh"), Hub, "The province of its commune, by its present code", "Mã tỉnh"))),
    required(registered(stated(Management, "commune", Shape::Commune, Some("TruongHocInfo.MaXa"), Department, "The commune in which it lies, by its present code", "Mã xã, phường"))),
    registered(stated(Management, "status", Text { max_chars: 20 }, None, Hub, "Where it stands in its life", "Trạng thái hoạt động")),
    stated(Management, "address", LINE, Some("TruongHocInfo.DiaChi"), School, "Its address within the commune", "Địa chỉ trường"),
    stated(Management, "mapPosition", Text { max_chars: 60 }, Some("TruongHocInfo.ViTriBanDo"), School, "Its place on the map: latitude and longitude in degrees, as 20.25, 105.97", "Vị trí bản đồ"),
    stated(Contacts, "phone", Phone, Some("TruongHocInfo.DienThoai"), School, "The school's telephone", "Điện thoại trường học"),
    stated(Contacts, "fax", Phone, Some("TruongHocInfo.Fax"), School, "The school's fax", "Số fax"),
    stated(Contacts, "email", Email, Some("TruongHocInfo.Email"), School, "The school's e-mail address", "Địa chỉ email trường học"),
    stated(Contacts, "principals", Persons, Some("TruongHocInfo.HieuTruong, DienThoaiHieuTruong, EmailHieuTruong"), School, "The principal", "Hiệu trưởng"),
    stated(Contacts, "deputyPrincipals", Persons, None, School, "The deputies of the principal", "Phó hiệu trưởng"),
    stated(Contacts, "accountants", Persons, None, School, "The accountants", "Kế toán"),
    stated(Contacts, "clerks", Persons, None, School, "The clerks", "Văn thư"),
    stated(Contacts, "itLeads", Persons, None, School, "Who looks after information technology", "Phụ trách công nghệ thông tin"),
    stated(Contacts, "dataOfficers", Persons, None, School, "Who protects personal data", "Nhân sự bảo vệ dữ liệu cá nhân"),
    stated(Contacts, "supportTeam", Persons, None, School, "Who helps parents and partners with payments", "Tổ hỗ trợ phụ huynh, học sinh, đối tác thanh toán"),
    stated(Contacts, "channelAdministrators", Persons, None, School, "Who looks after website and fanpage", "Người quản trị kênh truyền thông"),
    stated(Sites, "sites", Shape::Sites, Some("LstDiemTruongInfo"), School, "Its sites beside the main one", "Danh sách điểm trường"),
    stated(Accreditation, "meetsMinimumQuality", Flag, Some("TruongHocInfo.DatChatLuongToiThieu"), Department, "Whether it reaches the minimum of quality", "Đạt chất lượng tối thiểu"),
    required(stated(Accreditation, "meetsNationalStandard", Flag, None, Department, "Whether it is recognised as reaching the national standard", "Đạt chuẩn quốc gia")),
    stated(Accreditation, "nationalStandardLevel", Code(STANDARDS), Some("TruongHocInfo.ChuanQuocGia"), Department, "The level of the national standard that it reaches", "Mức đạt chuẩn quốc gia"),
    stated(Accreditation, "nationalStandardOn", Day, None, Department, "The day on which the national standard was recognised", "Ngày công nhận đạt chuẩn quốc gia"),
    stated(Accreditation, "accreditationLevel", Number { least: 1, most: 4 }, None, Department, "The level of quality accreditation that it reached", "Cấp độ kiểm định chất lượng giáo dục"),
    stated(Accreditation, "accreditedOn", Day, None, Department, "The day on which its quality was accredited", "Ngày công nhận kiểm định chất lượng giáo dục"),
    stated(Accreditation, "digitalTransformationLevel", Number { least: 1, most: 3 }, None, Department, "The level of digital transformation that the department approved (Decision 4725/QĐ-BGDĐT)", "Mức độ chuyển đổi số"),
    stated(Channels, "website", Url, Some("TruongHocInfo.Website"), School, "Its official website", "Website chính thức"),
    stated(Channels, "fanpage", Url, None, School, "Its official fanpage", "Fanpage chính thức"),
    stated(Channels, "zalo", Url, None, School, "Its official channel on Zalo", "Kênh Zalo chính thức"),
];
