//! The tables at the page's end: the errors, from the room's README, and the limits of the hub that serves the page.

use super::text::{escape, prose};
use crate::config::{Config, SETTINGS};

const README: &str = include_str!("../../../README.md");

/// What is fixed, and no setting of the hub.
const FIXED: [(&str, &str); 6] = [
    ("200", "rows of a page; global ids of one `nodes`"),
    ("10,000", "rows that `totalCount` counts"),
    ("500", "rows of one mutation"),
    ("30", "aliases of one document"),
    ("10", "directives at one place"),
    ("86400", "seconds that a token lives at most"),
];

/// Every error code with its sentence.
pub(super) fn errors() -> String {
    let rows: String = error_rows()
        .map(|(code, means)| {
            format!(
                "<tr id=\"{0}\"><th scope=\"row\"><code>{0}</code></th><td>{1}</td></tr>",
                escape(code),
                prose(means)
            )
        })
        .collect();
    format!(
        "<section id=\"errors\"><h2>Errors · <span lang=\"vi\">lỗi</span></h2><p>In <code>errors[].extensions.code</code> with \
         <code>messageVi</code> and <code>requestId</code>, in <code>userErrors</code> of a mutation's payload, or in \
         problem+json (RFC 9457).</p><table>{rows}</table></section>\n"
    )
}

/// Code and meaning, as the table of the README holds them.
pub(super) fn error_rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    let table = README.split_once("# Errors\n").map_or("", |(_, after)| after);
    let table = table.split_once("\n# ").map_or(table, |(table, _)| table);
    table.lines().filter_map(|line| {
        let (code, means) = line.strip_prefix("| `")?.split_once("` | ")?;
        Some((code, means.trim_end_matches('|').trim()))
    })
}

/// What this hub allows.
pub(super) fn limits(config: &Config) -> String {
    let set =
        SETTINGS.iter().filter(|(name, _, _)| name.starts_with("LIENTHONG_GRAPHQL_") && !config.text(name).is_empty());
    let set = set.map(|(name, _, about)| (config.text(name), *about));
    let fixed = FIXED.iter().map(|(value, about)| (*value, *about));
    let rows: String = set
        .chain(fixed)
        .map(|(value, about)| format!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escape(value), prose(about)))
        .collect();
    format!(
        "<section id=\"limits\"><h2>Limits · <span lang=\"vi\">giới hạn</span></h2><p>Bytes, points, milliseconds and rows, as this \
         hub is set. What a document costs stands in <code>extensions.cost</code> of every reply.</p><table>{rows}</table></section>\n"
    )
}
