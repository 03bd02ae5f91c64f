//! Provinces and communes of a day, and what became of old ones; answered from memory.

use async_graphql::connection::{Connection, Edge};
use async_graphql::{Context, Object};
use chrono::NaiveDate;
use entities::administrative_units::{self, Level, Old, Search, Unit};
use entities::page::Page;

use crate::graphql::context::Request;
use crate::graphql::fault::Fault;
use crate::graphql::paging::{Arguments, Total};
use crate::graphql::scalars::Day;
use crate::graphql::types::administrative_unit::{self, AdministrativeResolution, AdministrativeUnit};

/// Units found by name at most.
const MAX_FOUND: usize = 1_000;

/// A page of units.
type Units = Connection<String, AdministrativeUnit, Total>;

/// Questions about administrative units.
#[derive(Default)]
pub struct AdministrativeUnitQuery;

#[Object]
impl AdministrativeUnitQuery {
    /// The units of a day (danh mục đơn vị hành chính), by code; with a search, the closest name first.
    #[expect(clippy::too_many_arguments, reason = "the four arguments of Relay beside filter and order")]
    async fn administrative_units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this tier; null means provinces without a parent or search, all tiers with one.")]
        level: Option<administrative_unit::Level>,
        #[graphql(desc = "Only those of this province, by its code on the day.")] parent_code: Option<String>,
        #[graphql(desc = "A name or a part of it, with or without diacritics.")] search: Option<String>,
        #[graphql(desc = "The day on which the units were so; null means today.")] on: Option<Day>,
        #[graphql(desc = "Rows from the front, 1 to 200; 50 when neither first nor last is given.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Rows from the back, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Units, Fault> {
        let request = Request::of(ctx)?;
        request.allow("administrativeUnits")?;
        let page = Arguments { first, after, last, before }.page()?;
        let on = on.map_or(request.now.vietnam_day(), |day| day.0);
        let level = level.map(Level::from);
        let units = match &search {
            Some(text) => {
                let province_code = parent_code.as_deref();
                administrative_units::search(&Search { text, level, province_code, on, first: MAX_FOUND })
            }
            None => listed(level, parent_code.as_deref(), on),
        };
        let total = Total { total_count: u64::try_from(units.len()).ok(), total_count_is_capped: false };
        cut(&units, &page, total)
    }

    /// The unit that a code named on a day (đơn vị hành chính theo mã). Null when it named none.
    async fn administrative_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The official code: two digits a province, five a commune.")] code: String,
        #[graphql(desc = "The day; null means today.")] on: Option<Day>,
    ) -> Result<Option<AdministrativeUnit>, Fault> {
        let request = Request::of(ctx)?;
        request.allow("administrativeUnits")?;
        let on = on.map_or(request.now.vietnam_day(), |day| day.0);
        Ok(administrative_units::unit(code.trim(), on).map(AdministrativeUnit))
    }

    /// What an old code or name meant on a day and which units took its place (chuyển đổi đơn vị hành chính cũ – mới).
    /// Several answers when several units bore the name; a split unit has several successors, the default marked. Empty
    /// when it means nothing.
    async fn resolve_administrative_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The old code: 2 digits for a province, 3 for a district, 5 for a commune. This or the text."
        )]
        old_code: Option<String>,
        #[graphql(desc = "The old name, as `Xã Cổ Bi, Huyện Gia Lâm, Hà Nội`. This or the code.")] text: Option<String>,
        #[graphql(desc = "The day of the record; null means 30 June 2025, the last day of the old units.")] on: Option<
            Day,
        >,
    ) -> Result<Vec<AdministrativeResolution>, Fault> {
        Request::of(ctx)?.allow("resolveAdministrativeUnit")?;
        let on = on.map(|day| day.0).or(NaiveDate::from_ymd_opt(2025, 6, 30)).unwrap_or_default();
        let old = match (&old_code, &text) {
            (Some(code), None) => Old::Code(code),
            (None, Some(text)) => Old::Text(text),
            _ => return Err(Fault::refused("BAD_INPUT", "Give oldCode or text.", "Hãy cho oldCode hoặc text.")),
        };
        Ok(administrative_units::resolve(old, on).into_iter().map(AdministrativeResolution::from).collect())
    }
}

fn listed(level: Option<Level>, province: Option<&str>, on: NaiveDate) -> Vec<&'static Unit> {
    let provinces = administrative_units::provinces(on);
    match (level, province) {
        (None | Some(Level::Province), None) => provinces,
        (Some(Level::Province), Some(code)) => provinces.into_iter().filter(|unit| unit.code == code).collect(),
        (Some(Level::District), Some(code)) => administrative_units::districts(code, on),
        (Some(Level::District), None) => {
            provinces.iter().flat_map(|unit| administrative_units::districts(unit.code, on)).collect()
        }
        (Some(Level::Commune), None) => {
            provinces.iter().flat_map(|unit| administrative_units::communes(unit.code, on)).collect()
        }
        (Some(Level::Commune), Some(code)) => administrative_units::communes(code, on),
        (None, Some(code)) => {
            let districts = administrative_units::districts(code, on);
            districts.into_iter().chain(administrative_units::communes(code, on)).collect()
        }
    }
}

/// A page of units held in memory; their codes are the cursors.
fn cut(units: &[&'static Unit], page: &Page, total: Total) -> Result<Units, Fault> {
    let rows = usize::try_from(page.rows.most).unwrap_or(usize::MAX);
    let at = match &page.beyond {
        None => None,
        Some(cursor) => Some(units.iter().position(|unit| unit.code == cursor).ok_or_else(bad_cursor)?),
    };
    let (start, end) = if page.backward {
        let end = at.unwrap_or(units.len());
        (end.saturating_sub(rows), end)
    } else {
        let start = at.map_or(0, |at| at + 1);
        (start, start.saturating_add(rows).min(units.len()))
    };
    let mut connection = Connection::with_additional_fields(start > 0, end < units.len(), total);
    let edge = |unit: &&'static Unit| Edge::new(unit.code.to_owned(), AdministrativeUnit(unit));
    connection.edges.extend(units[start..end].iter().map(edge));
    Ok(connection)
}

fn bad_cursor() -> Fault {
    Fault::refused("BAD_CURSOR", "This cursor is not one of this list.", "Con trỏ trang không thuộc danh sách này.")
}
