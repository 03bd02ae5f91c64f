//! Rows as lines of exported files: each line is what a query for the same fields would answer for the row.

use async_graphql::InputType;
use entities::catalogues;
use entities::students;
use serde_json::{Value as Json, json};

use super::node_id;
use super::types::code_lists::{Gender, PersonalIdStatus};
use super::types::enrollment::Enrollment;
use super::types::invoice::Invoice;
use super::types::school::School;
use super::types::school_class::SchoolClass;
use crate::flows::exports::{Kind, Row, Thing, Writing};

/// How this schema writes lines.
pub const WRITING: Writing = Writing { line, id, guarded };

/// The fields of a student that only some may read. A field that a line has and this list lacks would escape the policy.
const GUARDED: &[&str] =
    &["ministryCode", "fullName", "birthDate", "gender", "ethnicGroup", "phone", "phoneMasked", "personalIdStatus"];

const fn guarded(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Students | Kind::OneRoster => GUARDED,
        Kind::Schools | Kind::Classes | Kind::Enrollments | Kind::Invoices => &[],
    }
}

fn line(row: Row) -> Json {
    let school = row.school_code.map(|code| json!({ "code": code }));
    let student = row.student.map(|student| json!({ "id": id("Student", student.uuid()) }));
    let mut line = match row.thing {
        Thing::School(school) => {
            let place = json!({ "code": school.location_commune_code });
            let province = json!({ "code": school.province_code });
            let school = School::from(school);
            json!({
                "id": school.id.as_str(), "code": school.code, "name": school.name, "status": word(&school.status),
                "levels": word(&school.levels), "ownership": word(&school.ownership), "locationCommune": place,
                "province": province, "validFrom": word(&school.valid_from), "validTo": word(&school.valid_to),
                "synthetic": school.synthetic,
            })
        }
        Thing::Class(class) => {
            let class = SchoolClass::from(class);
            json!({
                "id": class.id.as_str(), "code": class.code, "name": class.name, "schoolYear": class.school_year,
                "grade": { "code": class.grade.code }, "school": school, "synthetic": class.synthetic,
            })
        }
        Thing::Student(student) => person(student),
        Thing::Enrollment(enrollment) => {
            let enrollment = Enrollment::from(enrollment);
            json!({
                "id": enrollment.id.as_str(), "schoolYear": enrollment.school_year,
                "status": word(&enrollment.status), "validFrom": word(&enrollment.valid_from),
                "validTo": word(&enrollment.valid_to), "school": school,
                "schoolClass": row.class_code.map(|code| json!({ "code": code })), "student": student,
            })
        }
        Thing::Invoice(invoice) => {
            let invoice = Invoice::from(invoice);
            json!({
                "id": invoice.id.as_str(), "code": invoice.code, "status": word(&invoice.status),
                "amount": word(&invoice.amount), "paidAmount": word(&invoice.paid_amount),
                "openAmount": word(&invoice.open_amount), "fund": { "code": invoice.fund.code },
                "schoolYear": invoice.school_year, "issuedOn": word(&invoice.issued_on),
                "dueOn": word(&invoice.due_on), "updatedAt": word(&invoice.updated_at), "school": school,
                "student": student,
            })
        }
    };
    line["externalIds"] = row.external_ids.into_iter().map(|one| json!({ "id": one })).collect();
    line
}

fn person(student: students::Student) -> Json {
    let group = student.ethnic_group.as_deref().and_then(|code| catalogues::EthnicGroup::parse(code).ok());
    json!({
        "id": id("Student", student.id.uuid()),
        "ministryCode": student.ministry_code,
        "fullName": student.full_name,
        "birthDate": student.birth_date.map(|day| day.to_string()),
        "gender": word(&student.gender.map(Gender::from)),
        "ethnicGroup": group.map(|group| json!({ "code": group.code })),
        "phone": student.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        "phoneMasked": student.phone.as_ref().map(|phone| phone.masked()),
        "personalIdStatus": word(&PersonalIdStatus::from(student.personal_id_status)),
        "synthetic": student.synthetic,
    })
}

fn id(kind: &str, row: uuid::Uuid) -> String {
    node_id::encode(kind, row).to_string()
}

/// A value in the schema's own words.
fn word(value: &impl InputType) -> Json {
    value.to_value().into_json().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::policy::{REST, lines};

    #[test]
    fn every_guarded_field_of_a_line_is_known_to_be_guarded() {
        for kind in Kind::ALL {
            let ruled = lines().filter(|(of, field, _)| *of == kind.node() && *field != REST);
            // Lists that hang on a row stand in no line.
            let beside = ["invoices", "students"];
            let ruled: Vec<_> = ruled.map(|(_, field, _)| field).filter(|field| !beside.contains(field)).collect();
            assert_eq!(guarded(kind).iter().filter(|field| !ruled.contains(field)).count(), 0, "{kind:?}");
            assert_eq!(ruled.iter().filter(|field| !guarded(kind).contains(field)).count(), 0, "{kind:?}");
        }
    }
}
