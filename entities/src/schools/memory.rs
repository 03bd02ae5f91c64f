//! The schools as this process remembers them: reference data that every reply names and that changes rarely. Nothing is
//! answered from it unless the tail of `changes` is young and names no school since it was read; then the database is asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::{EntityTrait, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::managements::Management;
use super::successions::Succession;
use super::{Filter, Query, School};
use crate::db::Db;
use crate::error::Error;
use crate::freshness::Stamp;
use crate::ids::{OrganizationId, SchoolId};
use crate::page::{self, Held as Rows, Slice, Sort};
use crate::reach::{Reach, Standing};
use crate::tables::schools::{Column, Entity, Model};
use crate::tables::{school_managements, school_successions};

/// Schools remembered at most; the nation has fewer.
const MAX_SCHOOLS: usize = 60_000;
/// How long anything is remembered, whatever the tail says.
const MAX_AGE: Duration = Duration::from_secs(60);
/// Between two readings of all schools: while schools are being written the database is asked instead.
const MIN_INTERVAL: Duration = Duration::from_secs(2);
/// What the memory is made of.
const KINDS: &[&str] = &["School"];

/// The memory of one process.
#[derive(Default)]
pub(crate) struct Memory {
    held: Mutex<Option<Held>>,
    /// When all schools were read last, successful or not. Whoever holds it reads.
    reading: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Clone)]
struct Held {
    stamp: Stamp,
    read_at: Instant,
    known: Arc<Known>,
}

/// All schools at one moment.
pub(crate) struct Known {
    schools: Vec<Remembered>,
    by_id: HashMap<SchoolId, usize>,
    by_code: HashMap<String, usize>,
    /// Places in `schools` by name and id.
    by_name: Vec<usize>,
    /// What became of a school.
    heirs: HashMap<SchoolId, Vec<Succession>>,
    /// What a school was.
    forebears: HashMap<SchoolId, Vec<Succession>>,
}

struct Remembered {
    school: School,
    name_sort: String,
    managements: Vec<Management>,
}

/// All schools; none when nothing may be served from memory now.
pub(super) async fn of(db: &Db) -> Result<Option<Arc<Known>>, Error> {
    let memory = db.schools();
    let Some(stamp) = db.stamp(KINDS) else { return Ok(None) };
    if let Some(known) = memory.held(stamp) {
        return Ok(Some(known));
    }
    // Who finds somebody reading asks the database.
    let Ok(mut read_at) = memory.reading.try_lock() else { return Ok(None) };
    if let Some(known) = memory.held(stamp) {
        return Ok(Some(known));
    }
    if read_at.is_some_and(|at| at.elapsed() < MIN_INTERVAL) {
        return Ok(None);
    }
    let began = Instant::now();
    *read_at = Some(began);
    let Some(known) = Known::read(db).await?.map(Arc::new) else { return Ok(None) };
    // What was changed while it was read belongs to a later reading.
    if db.stamp(KINDS) == Some(stamp) {
        let held = Held { stamp, read_at: began, known: known.clone() };
        *memory.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
    }
    Ok(Some(known))
}

impl Memory {
    fn held(&self, stamp: Stamp) -> Option<Arc<Known>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = held.as_ref().filter(|held| held.stamp == stamp && held.read_at.elapsed() < MAX_AGE);
        held.map(|held| held.known.clone())
    }
}

impl Known {
    /// Reads all schools; none when there are too many.
    async fn read(db: &Db) -> Result<Option<Self>, Error> {
        let limit = u64::try_from(MAX_SCHOOLS).unwrap_or(u64::MAX) + 1;
        let rows = Entity::find().order_by_asc(Column::Code).limit(limit).all(db.read()).await?;
        if rows.len() > MAX_SCHOOLS {
            return Ok(None);
        }
        let schools = rows.into_iter().map(Remembered::try_from).collect::<Result<Vec<_>, _>>()?;
        let managements = school_managements::Entity::find().all(db.read()).await?;
        let successions = school_successions::Entity::find().all(db.read()).await?;
        Ok(Some(Self::of(schools, managements, successions)))
    }

    fn of(
        mut schools: Vec<Remembered>,
        managements: Vec<school_managements::Model>,
        successions: Vec<school_successions::Model>,
    ) -> Self {
        schools.sort_by(|one, other| one.school.code.cmp(&other.school.code));
        let by_id: HashMap<_, _> = schools.iter().enumerate().map(|(at, held)| (held.school.id, at)).collect();
        for management in managements.into_iter().map(Management::from) {
            if let Some(at) = by_id.get(&management.school) {
                schools[*at].managements.push(management);
            }
        }
        let by_code = schools.iter().enumerate().map(|(at, held)| (held.school.code.clone(), at)).collect();
        let mut by_name: Vec<usize> = (0..schools.len()).collect();
        by_name.sort_by(|one, other| schools[*one].name_key().cmp(&schools[*other].name_key()));
        let (mut heirs, mut forebears) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for row in successions {
            let predecessor = SchoolId::from_uuid(row.predecessor_id);
            let Some(at) = by_id.get(&predecessor) else { continue };
            let succession = Succession {
                predecessor,
                predecessor_code: schools[*at].school.code.clone(),
                successor: SchoolId::from_uuid(row.successor_id),
                took_effect_on: row.took_effect_on,
            };
            heirs.entry(predecessor).or_default().push(succession.clone());
            forebears.entry(succession.successor).or_default().push(succession);
        }
        for of_one in forebears.values_mut() {
            of_one.sort_by(|one: &Succession, other| one.predecessor_code.cmp(&other.predecessor_code));
        }
        Self { schools, by_id, by_code, by_name, heirs, forebears }
    }

    pub(super) fn by_code(&self, reach: &Reach, code: &str) -> Option<School> {
        let bearer = self.by_code.get(code).map(|at| &self.schools[*at])?;
        if bearer.lies_in(reach) {
            return Some(bearer.school.clone());
        }
        let heirs = self.heirs.get(&bearer.school.id).into_iter().flatten();
        let mut heirs = heirs.filter_map(|succession| self.in_reach(reach, succession.successor));
        match (heirs.next(), heirs.next()) {
            (Some(heir), None) => Some(heir.school.clone()),
            _ => None,
        }
    }

    pub(super) fn by_ids(&self, reach: &Reach, ids: &[SchoolId]) -> HashMap<SchoolId, School> {
        let found = ids.iter().filter_map(|id| self.in_reach(reach, *id));
        found.map(|held| (held.school.id, held.school.clone())).collect()
    }

    /// Those of the schools that lie in reach.
    pub(super) fn inside(&self, reach: &Reach, ids: &[SchoolId]) -> Vec<SchoolId> {
        ids.iter().copied().filter(|id| self.in_reach(reach, *id).is_some()).collect()
    }

    /// A page of the schools in reach, as [`super::visible`] would read it; none for a question that needs the database.
    pub(super) fn page(&self, reach: &Reach, query: &Query) -> Option<Result<Slice<School>, Error>> {
        let wants = |held: &Remembered| held.meets(&query.filter, reach) && held.lies_in(reach);
        let sort = |name, column| Sort { name, column, id: Column::Id, descending: query.descending };
        let found = match query.order {
            _ if query.filter.search.is_some() => return None,
            super::Order::Name => {
                let at = |place: usize| &self.schools[self.by_name[place]];
                let held = Rows { len: self.by_name.len(), at: &at, wants: &wants, key_of: Remembered::name_key };
                held.page(sort("NAME", Column::NameSort), &query.page).map(copied)
            }
            super::Order::Code => {
                let at = |place: usize| &self.schools[place];
                let held = Rows { len: self.schools.len(), at: &at, wants: &wants, key_of: Remembered::code_key };
                held.page(sort("CODE", Column::Code), &query.page).map(copied)
            }
        };
        Some(found)
    }

    pub(super) fn count(&self, reach: &Reach, filter: &Filter) -> Option<(u64, bool)> {
        if filter.search.is_some() {
            return None;
        }
        let met = self.schools.iter().filter(|held| held.meets(filter, reach) && held.lies_in(reach)).count();
        let met = u64::try_from(met).unwrap_or(u64::MAX);
        Some((met.min(page::MAX_COUNTED_ROWS), met > page::MAX_COUNTED_ROWS))
    }

    pub(super) fn managements(
        &self,
        reach: &Reach,
        schools: &[SchoolId],
        on: chrono::NaiveDate,
    ) -> HashMap<SchoolId, Management> {
        let found = schools.iter().filter_map(|id| self.in_reach(reach, *id));
        let running = found.filter_map(|held| held.managements.iter().find(|one| one.runs(on)));
        running.map(|management| (management.school, management.clone())).collect()
    }

    /// What schools were before, or what became of them.
    pub(super) fn successions(
        &self,
        reach: &Reach,
        schools: &[SchoolId],
        before: bool,
    ) -> HashMap<SchoolId, Vec<Succession>> {
        let found = schools.iter().filter(|id| self.in_reach(reach, **id).is_some());
        let side = if before { &self.forebears } else { &self.heirs };
        found.filter_map(|id| side.get(id).map(|successions| (*id, successions.clone()))).collect()
    }

    fn in_reach(&self, reach: &Reach, id: SchoolId) -> Option<&Remembered> {
        self.by_id.get(&id).map(|at| &self.schools[*at]).filter(|held| held.lies_in(reach))
    }
}

impl Remembered {
    fn name_key(&self) -> (&str, Uuid) {
        (&self.name_sort, self.school.id.uuid())
    }

    fn code_key(&self) -> (&str, Uuid) {
        (&self.school.code, self.school.id.uuid())
    }

    fn is_managed_by(&self, organization: OrganizationId, on: chrono::NaiveDate) -> bool {
        self.managements.iter().any(|one| one.organization == organization && one.runs(on))
    }

    fn lies_in(&self, reach: &Reach) -> bool {
        reach.covers(&Standing {
            school: self.school.id,
            province: &self.school.province_code,
            is_managed_by: &|organization| self.is_managed_by(organization, reach.day()),
        })
    }

    fn meets(&self, filter: &Filter, reach: &Reach) -> bool {
        let school = &self.school;
        filter.province_code.as_ref().is_none_or(|code| *code == school.province_code)
            && filter.location_commune_code.as_ref().is_none_or(|code| *code == school.location_commune_code)
            && filter.managing_organization.is_none_or(|manager| self.is_managed_by(manager, reach.day()))
            && filter.level.is_none_or(|level| school.levels.contains(&level))
            && filter.ownership.is_none_or(|ownership| ownership == school.ownership)
            && filter.status.is_none_or(|status| status == school.status)
    }
}

fn copied(slice: Slice<&Remembered>) -> Slice<School> {
    slice.map(|held| held.school.clone())
}

impl TryFrom<Model> for Remembered {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let name_sort = row.name_sort.clone();
        Ok(Self { school: School::try_from(row)?, name_sort, managements: Vec::new() })
    }
}

impl Management {
    /// Whether it holds on a day; its last day is the one before `valid_to`.
    fn runs(&self, on: chrono::NaiveDate) -> bool {
        self.valid_from <= on && self.valid_to.is_none_or(|end| end > on)
    }
}
