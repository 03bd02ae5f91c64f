//! The demo's people: one for each role, and an accountant for each school in full depth.

use chrono::NaiveDate;
use entities::callers::Role;
use entities::reach::Ground;
use entities::synthetic::{PROVINCE, Province};
use entities::time::Timestamp;
use entities::users::{self, NewRoleAssignment};
use entities::{Error, Tx};

use super::credentials::User;

/// Everything that data may be asked for.
const PURPOSES: [&str; 3] = ["SCHOOL_MANAGEMENT", "FEE_COLLECTION", "INSPECTION"];

/// The first day of roles and contracts. Tokens are real, so roles must run on the real day too.
pub(super) fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 7, 1).unwrap_or_default()
}

/// A role with the ground on which it stands, and the word by which the file names that ground.
struct Seat {
    username: String,
    display_name: String,
    role: Role,
    ground: Ground,
    reach: String,
}

/// Makes everyone.
pub(super) async fn plant(tx: &Tx, province: &Province, now: Timestamp) -> Result<Vec<User>, Error> {
    let mut users = Vec::new();
    for seat in seats(province) {
        let user = users::create(tx, &seat.username, &seat.display_name, now).await?;
        let assignment = NewRoleAssignment {
            role: seat.role,
            ground: seat.ground,
            purposes: purposes(),
            valid_from: first_day(),
            valid_to: None,
        };
        users::assign(tx, user.id, &assignment, now).await?;
        users.push(User {
            username: seat.username,
            role: seat.role.as_str().to_owned(),
            password: None,
            totp_secret: None,
            reach: seat.reach,
        });
    }
    Ok(users)
}

fn seats(province: &Province) -> Vec<Seat> {
    let mut seats = Vec::new();
    let mut add = |username: &str, name: &str, role, ground, reach: &str| {
        let (username, display_name) = (username.to_owned(), format!("{name} (mẫu)"));
        seats.push(Seat { username, display_name, role, ground, reach: reach.to_owned() });
    };
    let in_province = || Ground::Province(PROVINCE.to_owned());
    add("so", "Chuyên viên Sở", Role::ProvinceOfficer, in_province(), PROVINCE);
    add("bao-ve-du-lieu", "Nhân sự bảo vệ dữ liệu", Role::DataOfficer, in_province(), PROVINCE);
    add("quan-tri", "Quản trị hệ thống", Role::PlatformAdmin, Ground::Nation, "*");
    if let Some(school) = province.deep().next() {
        if let Some((id, code)) = province.committee_of(school) {
            add("xa", "Cán bộ xã", Role::CommuneOfficer, Ground::ManagedBy(id), &code);
        }
        if let Some(class) = province.running_class(school) {
            add("giao-vien", "Giáo viên", Role::Teacher, Ground::Class(school.id, class), &class.to_string());
        }
        let at_school = [
            ("hieu-truong", "Hiệu trưởng", Role::Principal),
            ("cntt", "Phụ trách CNTT", Role::SchoolItLead),
            ("van-thu", "Văn thư", Role::Clerk),
        ];
        for (username, name, role) in at_school {
            add(username, name, role, Ground::School(school.id), &school.code);
        }
    }
    for school in province.deep() {
        let username = accountant_of(&school.code);
        add(&username, "Kế toán", Role::Accountant, Ground::School(school.id), &school.code);
    }
    seats
}

/// The username of the accountant of a deep school.
#[must_use]
pub fn accountant_of(school_code: &str) -> String {
    format!("ke-toan-{school_code}")
}

/// The purposes that everyone of the demo may state.
pub(super) fn purposes() -> Vec<String> {
    PURPOSES.iter().map(|purpose| (*purpose).to_owned()).collect()
}
