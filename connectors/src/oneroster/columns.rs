//! The files of the binding and their columns, in its order; the ones that must be filled, and the ones that a reader keeps.

/// A file of rows that is read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Table {
    /// `academicSessions.csv`
    AcademicSessions,
    /// `orgs.csv`
    Orgs,
    /// `courses.csv`
    Courses,
    /// `classes.csv`
    Classes,
    /// `users.csv`
    Users,
    /// `roles.csv`
    Roles,
    /// `userProfiles.csv`
    UserProfiles,
    /// `demographics.csv`
    Demographics,
    /// `enrollments.csv`
    Enrollments,
}

/// The grade of a class in the ministry's code.
pub(super) const GRADE_CODE: &str = "metadata.lienthong.gradeCode";
/// The full name of a person.
pub(super) const FULL_NAME: &str = "metadata.lienthong.fullName";

/// Every file that the binding knows, as the manifest calls it, in the manifest's order.
pub(super) const FILES: [&str; 21] = [
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
];

#[rustfmt::skip] // columns side by side, to be held against the tables of the binding
impl Table {
    /// Every table, each behind those that it refers to.
    pub const ALL: [Self; 9] = [
        Self::AcademicSessions,
        Self::Orgs,
        Self::Courses,
        Self::Classes,
        Self::Users,
        Self::Roles,
        Self::UserProfiles,
        Self::Demographics,
        Self::Enrollments,
    ];

    /// Its name in the manifest, without `file.`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AcademicSessions => "academicSessions",
            Self::Orgs => "orgs",
            Self::Courses => "courses",
            Self::Classes => "classes",
            Self::Users => "users",
            Self::Roles => "roles",
            Self::UserProfiles => "userProfiles",
            Self::Demographics => "demographics",
            Self::Enrollments => "enrollments",
        }
    }

    /// The name of its file.
    #[must_use]
    pub fn file(self) -> String {
        format!("{}.csv", self.name())
    }

    /// The table with this name in the manifest.
    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    /// The columns of the binding, in its order.
    pub(super) const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::AcademicSessions => &[
                "sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "parentSourcedId",
                "schoolYear",
            ],
            Self::Orgs => &["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"],
            Self::Courses => &[
                "sourcedId", "status", "dateLastModified", "schoolYearSourcedId", "title", "courseCode", "grades",
                "orgSourcedId", "subjects", "subjectCodes",
            ],
            Self::Classes => &[
                "sourcedId", "status", "dateLastModified", "title", "grades", "courseSourcedId", "classCode", "classType",
                "location", "schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods",
            ],
            Self::Users => &[
                "sourcedId", "status", "dateLastModified", "enabledUser", "username", "userIds", "givenName", "familyName",
                "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password",
                "userMasterIdentifier", "preferredGivenName", "preferredMiddleName", "preferredFamilyName",
                "primaryOrgSourcedId", "pronouns",
            ],
            Self::Roles => &[
                "sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "beginDate", "endDate",
                "orgSourcedId", "userProfileSourcedId",
            ],
            Self::UserProfiles => &[
                "sourcedId", "status", "dateLastModified", "userSourcedId", "profileType", "vendorId", "applicationId",
                "description", "credentialType", "username", "password",
            ],
            Self::Demographics => &[
                "sourcedId", "status", "dateLastModified", "birthDate", "sex", "americanIndianOrAlaskaNative", "asian",
                "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces",
                "hispanicOrLatinoEthnicity", "countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth",
                "publicSchoolResidenceStatus",
            ],
            Self::Enrollments => &[
                "sourcedId", "status", "dateLastModified", "classSourcedId", "schoolSourcedId", "userSourcedId", "role",
                "primary", "beginDate", "endDate",
            ],
        }
    }

    /// Columns of the hub's own, behind those of the binding.
    pub(super) const fn own_columns(self) -> &'static [&'static str] {
        match self {
            Self::Classes => &[GRADE_CODE],
            Self::Users => &[FULL_NAME],
            _ => &[],
        }
    }

    /// Columns that a header must have.
    pub(super) const fn required(self) -> &'static [&'static str] {
        match self {
            Self::AcademicSessions => &["sourcedId", "title", "type", "startDate", "endDate", "schoolYear"],
            Self::Orgs => &["sourcedId", "name", "type"],
            Self::Courses => &["sourcedId", "title", "orgSourcedId"],
            Self::Classes => &["sourcedId", "title", "courseSourcedId", "classType", "schoolSourcedId", "termSourcedIds"],
            Self::Users => &["sourcedId", "enabledUser", "username", "givenName", "familyName"],
            Self::Roles => &["sourcedId", "userSourcedId", "roleType", "role", "orgSourcedId"],
            Self::UserProfiles => &["sourcedId", "userSourcedId"],
            Self::Demographics => &["sourcedId"],
            Self::Enrollments => &["sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"],
        }
    }

    /// Columns beside the first three that a row's thing holds, or that only repeat what others say.
    pub(super) const fn held(self) -> &'static [&'static str] {
        match self {
            Self::AcademicSessions => &["title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"],
            Self::Orgs => &["name", "type", "identifier", "parentSourcedId"],
            Self::Courses => &["schoolYearSourcedId", "title", "orgSourcedId"],
            Self::Classes => &[
                "title", "grades", "courseSourcedId", "classCode", "classType", "schoolSourcedId", "termSourcedIds",
                GRADE_CODE,
            ],
            Self::Users => &[
                "enabledUser", "username", "userIds", "givenName", "familyName", "middleName", "identifier", "sms", "phone",
                "primaryOrgSourcedId", FULL_NAME,
            ],
            Self::Roles => &["userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId"],
            Self::UserProfiles => &["userSourcedId"],
            Self::Demographics => &["birthDate", "sex"],
            Self::Enrollments => {
                &["classSourcedId", "schoolSourcedId", "userSourcedId", "role", "beginDate", "endDate"]
            }
        }
    }
}
