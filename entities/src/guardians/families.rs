//! The families of a batch as they will be: who answers for whom, and whom a row names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::known::Known;
use super::{Key, MAX_OF_STUDENT, MAX_STUDENTS, Upsert};
use crate::batch::Batch;
use crate::catalogues::GuardianRelation;
use crate::codes::PersonalId;
use crate::db::Tx;
use crate::error::Refusal;
use crate::external_ids::{self, Link};
use crate::tables::{guardians, guardianships};

/// The families of a batch as they will be.
pub(super) struct Families<'a> {
    pub(super) tx: &'a Tx,
    pub(super) batch: &'a Batch<'a>,
    pub(super) known: &'a Known,
    pub(super) people: BTreeMap<Uuid, guardians::Model>,
    pub(super) links: BTreeMap<Uuid, guardianships::Model>,
    pub(super) by_external_id: HashMap<(Uuid, String), Uuid>,
    /// People and links that are to be written.
    pub(super) written: BTreeSet<Uuid>,
    /// People whom an earlier row described, with the personal ID that it gave.
    pub(super) described: HashMap<Uuid, Option<PersonalId>>,
    /// Ids that named somebody who is gone from their school.
    pub(super) relinked: Vec<Link>,
}

impl<'a> Families<'a> {
    pub(super) fn of(tx: &'a Tx, batch: &'a Batch<'a>, known: &'a Known) -> Self {
        Self {
            tx,
            batch,
            known,
            people: known.guardians.iter().map(|(id, guardian)| (*id, guardian.clone())).collect(),
            links: known.links.iter().map(|(id, link)| (*id, link.clone())).collect(),
            by_external_id: known.by_external_id.clone(),
            written: BTreeSet::new(),
            described: HashMap::new(),
            relinked: Vec::new(),
        }
    }

    /// The person whom a row names; none for a new one.
    pub(super) fn find(
        &self,
        row: &Upsert,
        school: Uuid,
        student: Uuid,
        external_id: Option<&str>,
    ) -> Result<Option<Uuid>, Refusal> {
        let linked = external_id.and_then(|id| self.by_external_id.get(&(school, id.to_owned()))).copied();
        // An id may outlive the family's time at the school: it is then free for whoever comes next.
        let linked = linked.filter(|guardian| self.is_at(*guardian, school));
        let found = match &row.key {
            Key::Id(id) if self.is_at(id.uuid(), school) => Some(id.uuid()),
            // Who wants a link ended may be told that it has ended.
            Key::Id(_) if row.valid_to.is_some() => None,
            Key::Id(_) => return Err(Refusal::not_found("guardian").at("key")),
            Key::External(_) => linked,
            Key::Relation(relation) => self.only(student, *relation)?,
        };
        if linked.is_some() && linked != found {
            return Err(external_ids::taken());
        }
        // Families part when a child moves on; whoever is shared all the same is altered by nobody.
        match found {
            Some(guardian) if self.is_elsewhere(guardian, school) => Err(Refusal::not_found("guardian").at("key")),
            found => Ok(found),
        }
    }

    /// Who is this to the student today.
    pub(super) fn only(&self, student: Uuid, relation: GuardianRelation) -> Result<Option<Uuid>, Refusal> {
        let mut found = self.of_student(student).filter(|link| link.relation == relation.code());
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(Refusal::new(
                "GUARDIAN_AMBIGUOUS",
                "The student has several guardians of this relation; name one by id.",
                "Học sinh có nhiều người cùng quan hệ này; hãy nêu rõ bằng id.",
            )
            .at("key")),
            (found, _) => Ok(found.map(|link| link.guardian_id)),
        }
    }

    pub(super) fn has_room(
        &self,
        student: Uuid,
        guardian: Uuid,
        relation: &str,
        before: Option<&guardianships::Model>,
    ) -> Result<(), Refusal> {
        let is_single = GuardianRelation::parse(relation).is_ok_and(GuardianRelation::is_single);
        let mut others = self.of_student(student).filter(|link| link.guardian_id != guardian);
        if is_single && others.any(|link| link.relation == relation) {
            return Err(Refusal::new(
                "GUARDIAN_EXISTS",
                "The student has another guardian of this relation; name that one by the relation, or end it first.",
                "Học sinh đã có người khác với quan hệ này; hãy nêu người đó theo quan hệ hoặc kết thúc trước.",
            )
            .at("relation"));
        }
        let of_guardian = self.of_guardian(guardian).count();
        if before.is_none() && (self.of_student(student).count() >= MAX_OF_STUDENT || of_guardian >= MAX_STUDENTS) {
            return Err(Refusal::new(
                "GUARDIANS_TOO_MANY",
                format!("A student has at most {MAX_OF_STUDENT} guardians at a time, a guardian {MAX_STUDENTS} students."),
                format!(
                    "Mỗi học sinh có tối đa {MAX_OF_STUDENT} người giám hộ cùng lúc, mỗi người tối đa {MAX_STUDENTS} học sinh."
                ),
            )
            .at("student"));
        }
        Ok(())
    }

    /// Lets a vendor's id name a person from now on; the link that is new under it.
    pub(super) fn name(&mut self, school: Uuid, external_id: String, node: Uuid) -> Option<Link> {
        let key = (school, external_id.clone());
        let before = self.by_external_id.insert(key, node);
        let link = Link { school, external_id, node };
        match before {
            None => Some(link),
            Some(before) => {
                self.relinked.extend((before != node).then_some(link));
                None
            }
        }
    }

    pub(super) fn of_student(&self, student: Uuid) -> impl Iterator<Item = &guardianships::Model> {
        self.links.values().filter(move |link| link.student_id == student && link.valid_to.is_none())
    }

    pub(super) fn of_guardian(&self, guardian: Uuid) -> impl Iterator<Item = &guardianships::Model> {
        self.links.values().filter(move |link| link.guardian_id == guardian && link.valid_to.is_none())
    }

    pub(super) fn held(&self, student: Uuid, guardian: Uuid) -> Option<&guardianships::Model> {
        self.of_student(student).find(|link| link.guardian_id == guardian)
    }

    /// Whether a person answers for somebody who is at a school today.
    pub(super) fn is_at(&self, guardian: Uuid, school: Uuid) -> bool {
        self.of_guardian(guardian).any(|link| self.known.is_at(link.student_id, school))
    }

    /// Whether a person answers for somebody who is at another school today.
    pub(super) fn is_elsewhere(&self, guardian: Uuid, school: Uuid) -> bool {
        let mut stands = self.of_guardian(guardian).flat_map(|link| self.known.stands_of(link.student_id));
        stands.any(|stand| stand.school.uuid() != school)
    }
}
