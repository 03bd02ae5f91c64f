//! Relay pages: the four arguments in, a connection with lazily counted totals out.

use async_graphql::connection::{Connection, CursorType, Edge};
use async_graphql::{Context, Enum, OutputType, SelectionField, SimpleObject};
use entities::page::{self, MAX_PAGE_ROWS, Page, Slice};

use super::fault::Fault;

/// Rows of a page when the caller names no number.
pub const DEFAULT_PAGE_ROWS: u32 = 50;

/// The counted total beside a page.
#[derive(Clone, Copy, Debug, Default, SimpleObject)]
pub struct Total {
    /// How many rows there are within reach (tổng số), counted up to 10,000; null when it was not asked for, and
    /// for lists that are not counted: those inside a row, fees, accounts, connections and the access log.
    pub total_count: Option<u64>,
    /// Whether there are more rows than were counted (còn nữa).
    pub total_count_is_capped: bool,
}

impl Total {
    /// A counted total, and whether there are more.
    #[must_use]
    pub const fn of((rows, is_capped): (u64, bool)) -> Self {
        Self { total_count: Some(rows), total_count_is_capped: is_capped }
    }
}

/// Whether the caller asks how many rows there are: counting costs, and is done for those who ask.
#[must_use]
pub fn wants_total(ctx: &Context<'_>) -> bool {
    let look = ctx.look_ahead();
    look.field("totalCount").exists() || look.field("totalCountIsCapped").exists()
}

/// The fields that are asked of the nodes of these lists, directly or through edges.
pub fn nodes<'a>(lists: impl IntoIterator<Item = SelectionField<'a>>) -> Vec<SelectionField<'a>> {
    let mut fields = Vec::new();
    for part in lists.into_iter().flat_map(|list| list.selection_set().collect::<Vec<_>>()) {
        match part.name() {
            "nodes" => fields.extend(part.selection_set()),
            "edges" => {
                for node in part.selection_set().filter(|part| part.name() == "node") {
                    fields.extend(node.selection_set());
                }
            }
            _ => {}
        }
    }
    fields
}

/// Whether the caller asks if there are more rows: telling takes the reading of one more.
#[must_use]
pub fn wants_more(ctx: &Context<'_>) -> bool {
    ctx.look_ahead().field("pageInfo").exists()
}

/// The place of a row in its list, worded where a reply shows it.
pub struct Cursor(page::Cursor);

impl CursorType for Cursor {
    type Error = &'static str;

    /// The engine never asks: cursors come in as the text of an argument, and the ledger reads them.
    fn decode_cursor(_: &str) -> Result<Self, &'static str> {
        Err("a cursor is read by the ledger, in the order of its list")
    }

    fn encode_cursor(&self) -> String {
        self.0.to_string()
    }
}

/// In which direction rows are ordered (chiều sắp xếp).
#[derive(Enum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Direction {
    /// The smallest first (tăng dần).
    #[default]
    Ascending,
    /// The greatest first (giảm dần).
    Descending,
}

impl Direction {
    /// Whether the order is turned around.
    #[must_use]
    pub fn is_descending(self) -> bool {
        self == Self::Descending
    }
}

/// The four Relay arguments.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// Rows wanted from the front.
    pub first: Option<i32>,
    /// The cursor after which the page begins.
    pub after: Option<String>,
    /// Rows wanted from the back.
    pub last: Option<i32>,
    /// The cursor before which the page ends.
    pub before: Option<String>,
}

impl Arguments {
    /// The page these arguments name.
    ///
    /// # Errors
    /// `BAD_PAGE` when both directions are asked for or the number of rows is not 1 to 200.
    pub fn page(self) -> Result<Page, Fault> {
        let backward = self.last.is_some() || self.before.is_some();
        if backward && (self.first.is_some() || self.after.is_some()) {
            return Err(bad_page(
                "Use first and after, or last and before.",
                "Dùng first và after, hoặc last và before.",
            ));
        }
        let (rows, beyond) = if backward { (self.last, self.before) } else { (self.first, self.after) };
        let rows = rows.map_or(Ok(DEFAULT_PAGE_ROWS), |rows| {
            u32::try_from(rows).ok().filter(|rows| (1..=MAX_PAGE_ROWS).contains(rows)).ok_or_else(|| {
                bad_page(
                    &format!("A page has 1 to {MAX_PAGE_ROWS} rows."),
                    &format!("Một trang có từ 1 đến {MAX_PAGE_ROWS} dòng."),
                )
            })
        })?;
        Ok(Page { rows: rows.into(), beyond, backward })
    }

    /// The same, for the list that is being resolved: whether there are more rows is looked for where somebody asks.
    ///
    /// # Errors
    /// Those of [`Arguments::page`].
    pub fn page_of(self, ctx: &Context<'_>) -> Result<Page, Fault> {
        let mut page = self.page()?;
        page.rows.and_more = wants_more(ctx);
        Ok(page)
    }
}

/// A page as a Relay connection.
pub fn connection<T, N: OutputType>(
    slice: Slice<T>,
    total: Total,
    node: impl Fn(T) -> N,
) -> Connection<Cursor, N, Total> {
    let mut connection = Connection::with_additional_fields(slice.has_previous, slice.has_next, total);
    connection.edges.extend(slice.rows.into_iter().map(|(cursor, row)| Edge::new(Cursor(cursor), node(row))));
    connection
}

fn bad_page(message: &str, message_vi: &str) -> Fault {
    Fault::refused("BAD_PAGE", message, message_vi)
}
