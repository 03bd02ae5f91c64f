//! `lienthong verify`: recounts roll-ups, balances and audit logs, and names every row that differs.

use super::Failure;
use crate::config::Config;

pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let db = super::opened(config).await?;
    let checked = entities::verify::verify(&db, |checked| {
        let mark = if checked.differences.is_empty() { "ok   " } else { "WRONG" };
        println!("{mark} {}", checked.what);
        for sentence in &checked.differences {
            println!("      {sentence}");
        }
    })
    .await
    .map_err(|error| error.to_string())?;
    let wrong = checked.iter().filter(|checked| !checked.differences.is_empty()).count();
    if wrong == 0 {
        println!("Everything adds up.");
        return Ok(());
    }
    Err(format!("{wrong} of {} checks found rows that do not add up; they are named above.", checked.len()))
}
