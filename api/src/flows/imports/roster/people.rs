//! Students and their enrollments as their verbs take them.

use connectors::oneroster::{Demographics, Enrollment, Role, Row, User};
use entities::Refusal;
use entities::catalogues::Gender;
use entities::codes::{MinistryCode, Phone};
use entities::enrollments::{self, Joining};
use entities::ids::EnrollmentId;
use entities::students::{self, Upsert};
use entities::time::Timestamp;

use super::known::{ENROLLMENT, Known, STUDENT};
use super::outcome::{Stop, no_reference, not_kept};
use super::places::Place;
use crate::flows::oneroster::{self, MOET};

/// A person as it is read: what the verb takes, and what of it is not kept.
type Person = (Upsert, Vec<String>);

impl Known {
    /// Whether a person is a student: by a role, by an enrollment, or because the hub knows so.
    pub(super) fn is_student(&self, id: &str) -> bool {
        let roles = self.roles.get(id).map_or(&[][..], Vec::as_slice);
        let is_student = |role: &str| role == oneroster::STUDENT;
        if roles.iter().any(|place| is_student(&self.roster.roles[*place].thing.role)) {
            return true;
        }
        let enrolled = self.enrolled.get(id).map_or(&[][..], Vec::as_slice);
        roles.is_empty()
            && (self.students.contains_key(id)
                || enrolled.iter().any(|place| is_student(&self.roster.enrollments[*place].thing.role)))
    }

    pub(super) fn user_row(&self, row: &Row<User>) -> Result<Person, Stop> {
        let id = row.sourced_id.as_str();
        if !self.is_student(id) {
            return Err(not_a_student());
        }
        if row.change.is_some_and(|change| change.is_deleted) {
            return Err(not_kept(
                "No file erases a person: end the enrollments.",
                "Không tệp nào được xóa hồ sơ một người: hãy kết thúc quá trình học.",
            ));
        }
        let user = &row.thing;
        let joined = self.joined(id);
        let school_code = match (&joined, self.school_of(id, user)) {
            (Some((place, _)), _) => place.school_code.clone(),
            (None, school) => school?,
        };
        let code = self.ministry_code(user)?;
        let key = self.student_key(id)?;
        let is_by_code = matches!(key, students::Key::MinistryCode(_));
        // One whom the hub knows at that school is moved by the enrollments alone.
        let is_known = self.students.get(id).is_some_and(|(_, school)| {
            school.is_none_or(|school| self.schools.get(&school).is_some_and(|school| school.code == school_code))
        });
        let external_id = (self.is_client && self.own(STUDENT, id).is_none()).then(|| id.to_owned());
        let birth = self.births.get(id).map(|place| &self.roster.demographics[*place].thing);
        let phone = user.phone.as_deref().or(user.sms.as_deref());
        let phone = phone.map(|phone| Phone::parse(phone, self.kind)).transpose();
        let upsert = Upsert {
            school_code,
            external_id: external_id.filter(|_| matches!(key, students::Key::Id(_))),
            key,
            ministry_code: code.filter(|_| !is_by_code),
            full_name: full_name(user),
            birth_date: birth.and_then(|birth| birth.birth_date),
            gender: birth.and_then(gender),
            ethnic_group: None,
            phone: phone.map_err(|error| Refusal::from(error).at("phone"))?,
            personal_id: None,
            enrollment: joined.map(|(_, joining)| joining).filter(|_| !is_known),
        };
        Ok((upsert, self.unkept(row)))
    }

    /// What a file of births tells of a student whose own row it leaves out, as a delta does; else that row told it.
    pub(super) fn birth_row(&self, row: &Row<Demographics>) -> Result<Upsert, Stop> {
        let id = row.sourced_id.as_str();
        if !self.is_student(id) {
            return Err(not_a_student());
        }
        if self.users.contains_key(id) {
            return Err(Stop::Unchanged(None));
        }
        if row.change.is_some_and(|change| change.is_deleted) {
            return Err(not_kept(
                "No file erases what is known of a person.",
                "Không tệp nào được xóa thông tin đã có của một người.",
            ));
        }
        let known = self.students.get(id).and_then(|(_, school)| *school).and_then(|school| self.schools.get(&school));
        let school_code = match known {
            Some(school) => {
                self.is_of_run(school)?;
                Some(school.code.clone())
            }
            None => self.school_code.clone(),
        };
        Ok(Upsert {
            school_code: school_code.ok_or_else(|| no_reference("sourcedId", id))?,
            key: self.student_key(id)?,
            external_id: None,
            ministry_code: None,
            full_name: None,
            birth_date: row.thing.birth_date,
            gender: gender(&row.thing),
            ethnic_group: None,
            phone: None,
            personal_id: None,
            enrollment: None,
        })
    }

    /// The first class that a person joins in the archive.
    fn joined(&self, id: &str) -> Option<(Place, Joining)> {
        let places = self.enrolled.get(id)?;
        places.iter().map(|place| &self.roster.enrollments[*place]).find_map(|row| {
            let is_ended = row.change.is_some_and(|change| change.is_deleted);
            let place =
                self.class(&row.thing.class).ok().filter(|_| !is_ended && row.thing.role == oneroster::STUDENT)?;
            let joining = joining(&place, row.thing.begin, row.thing.end);
            Some((place, joining))
        })
    }

    /// The school in whose name a person is sent who joins no class.
    fn school_of(&self, id: &str, user: &User) -> Result<String, Refusal> {
        let known = self.students.get(id).and_then(|(_, school)| *school);
        if let Some(school) = known.and_then(|school| self.schools.get(&school)) {
            self.is_of_run(school)?;
            return Ok(school.code.clone());
        }
        let roles = self.roles.get(id).map_or(&[][..], Vec::as_slice);
        let of_role = roles.iter().map(|place| &self.roster.roles[*place].thing);
        let of_role = of_role.filter(|role| role.role == oneroster::STUDENT).map(|role| role.org.as_str()).next();
        let org = user.org.as_deref().or(of_role).unwrap_or_default();
        self.school("primaryOrgSourcedId", org).map(|school| school.code.clone())
    }

    /// The code in the ministry's database. An `identifier` may be anything, and a code that is given once never changes.
    fn ministry_code(&self, user: &User) -> Result<Option<MinistryCode>, Refusal> {
        let found = user.ids.iter().find(|(kind, _)| kind.eq_ignore_ascii_case(MOET));
        let code = found.map(|(_, code)| MinistryCode::parse(code)).transpose();
        code.map_err(|error| Refusal::from(error).at("userIds"))
    }

    /// By what the verbs name a person.
    fn student_key(&self, id: &str) -> Result<students::Key, Refusal> {
        if let Some((known, _)) = self.students.get(id) {
            return Ok(students::Key::Id(*known));
        }
        if self.is_client {
            return Ok(students::Key::External(id.to_owned()));
        }
        let user = self.users.get(id).map(|place| &self.roster.users[*place].thing);
        let code = user.map(|user| self.ministry_code(user)).transpose()?.flatten();
        code.map(|code| students::Key::MinistryCode(code.as_str().to_owned())).ok_or_else(needs_client)
    }

    /// The columns of a person that are filled and that the hub has no place for.
    fn unkept(&self, row: &Row<User>) -> Vec<String> {
        let user = &row.thing;
        let is_code = |id: &str| user.ids.iter().any(|(kind, code)| kind.eq_ignore_ascii_case(MOET) && code == id);
        let columns = [
            ("enabledUser", !user.is_enabled),
            ("username", !user.username.is_empty() && user.username != row.sourced_id),
            ("userIds", user.ids.iter().any(|(kind, _)| !kind.eq_ignore_ascii_case(MOET))),
            ("identifier", user.identifier.as_deref().is_some_and(|id| !is_code(id))),
            ("sms", user.sms.is_some() && user.phone.is_some()),
        ];
        columns.into_iter().filter(|(_, is_unkept)| *is_unkept).map(|(column, _)| column.to_owned()).collect()
    }

    pub(super) fn enrollment_row(&self, row: &Row<Enrollment>, now: Timestamp) -> Result<enrollments::Upsert, Stop> {
        let (id, thing) = (row.sourced_id.as_str(), &row.thing);
        if thing.role != oneroster::STUDENT {
            return Err(not_a_student());
        }
        let own = self.own(ENROLLMENT, id);
        let ended = row.change.filter(|change| change.is_deleted);
        // Whoever ended it before knew better than a file that says no day, or a later one.
        let left =
            self.running.get(id).and_then(|known| Some((known, known.valid_to.filter(|to| *to <= now.vietnam_day())?)));
        if let Some((known, _)) = left.filter(|(_, left)| thing.end.is_none_or(|end| end > *left)) {
            return Err(Stop::Unchanged(Some((ENROLLMENT, known.id.uuid()))));
        }
        let to = match ended {
            None => thing.end,
            Some(change) => {
                let day = thing.end.unwrap_or_else(|| Timestamp::from_micros(change.at).vietnam_day());
                match self.running.get(id) {
                    Some(known) => Some(day.max(known.valid_from)),
                    None if own.is_some() => return Err(no_reference("sourcedId", id).into()),
                    None if self.is_client => return Err(Stop::Unchanged(None)),
                    None => return Err(needs_client().into()),
                }
            }
        };
        let place = self.class(&thing.class)?;
        // The class says which school it is; a delta may leave out the organizations.
        let is_other = match self.school("schoolSourcedId", &thing.school) {
            Ok(school) => school.code != place.school_code,
            Err(_) => self.orgs.contains_key(&thing.school),
        };
        if is_other {
            return Err(no_reference("schoolSourcedId", &thing.school).into());
        }
        let student = self.student_key(&thing.user)?;
        let (key, student) = match (own, self.is_client) {
            (Some(own), _) => (enrollments::Key::Id(EnrollmentId::from_uuid(own)), None),
            (None, true) => (enrollments::Key::External(id.to_owned()), Some(student)),
            (None, false) => (enrollments::Key::Student(student), None),
        };
        let from = thing.begin.filter(|_| ended.is_none());
        let joining = joining(&place, from, to);
        Ok(enrollments::Upsert { school_code: place.school_code, key, external_id: None, student, joining })
    }

    /// What a role tells of a person; the person's own row says what became of it.
    pub(super) fn role_row(&self, row: &Row<Role>) -> Stop {
        match (row.thing.role.as_str(), row.change.is_some_and(|change| change.is_deleted)) {
            (oneroster::STUDENT, false) => Stop::Unchanged(None),
            (oneroster::STUDENT, true) => not_kept(
                "A student leaves by the end of an enrollment, not by the end of a role.",
                "Học sinh rời trường khi kết thúc quá trình học, không phải khi kết thúc vai trò.",
            ),
            _ => not_a_student(),
        }
    }
}

fn gender(birth: &Demographics) -> Option<Gender> {
    match birth.sex.as_deref() {
        Some("male") => Some(Gender::Male),
        Some("female") => Some(Gender::Female),
        _ => None,
    }
}

fn joining(place: &Place, from: Option<chrono::NaiveDate>, to: Option<chrono::NaiveDate>) -> Joining {
    Joining { school_year: place.year, class_code: Some(place.code.clone()), status: None, from, to }
}

/// The names in Vietnamese order; none where the sender may not tell them.
fn full_name(user: &User) -> Option<String> {
    let parts = [user.family.as_str(), user.middle.as_deref().unwrap_or_default(), user.given.as_str()];
    let parts: Vec<&str> = parts.into_iter().flat_map(str::split_whitespace).collect();
    user.full_name.clone().or_else(|| Some(parts.join(" "))).filter(|name| !name.is_empty())
}

pub(super) fn not_a_student() -> Stop {
    not_kept(
        "The hub holds no teachers, guardians or other staff in rosters yet; only students are kept.",
        "Hệ thống chưa lưu giáo viên, người giám hộ và nhân sự khác trong danh sách; chỉ lưu học sinh.",
    )
}

fn needs_client() -> Refusal {
    Refusal::new(
        "EXTERNAL_ID_NEEDS_CLIENT",
        "Only clients have ids of their own: name the student by {MOET:...} in userIds, or by the hub's ids.",
        "Chỉ ứng dụng mới có mã riêng: hãy nêu học sinh bằng {MOET:...} ở userIds hoặc bằng mã của hệ thống.",
    )
    .at("sourcedId")
}
