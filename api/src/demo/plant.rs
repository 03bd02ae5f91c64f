//! Plants the demo on first start, in one transaction: a crash leaves either nothing or everything.

use entities::synthetic::{self, Province, Size};
use entities::time::Timestamp;
use entities::{Db, Error, Tx, transaction};

use super::credentials::{self, Credentials, Invoice};
use super::{partners, people};
use crate::config::Config;

/// Open invoices that the file tells of each deep school.
const INVOICES_PER_SCHOOL: usize = 5;

/// Plants the demo unless it stands already. Answers whether the credentials lie in the data directory.
///
/// The file is drafted before the commit and put in its place after it: a start that died between the two is mended by the
/// next one.
///
/// # Errors
/// A plain sentence.
pub async fn plant(db: &Db, config: &Config, now: Timestamp) -> Result<bool, String> {
    let (data_dir, graphql_url) = (config.data_dir(), format!("{}/graphql", config.public_url()));
    if synthetic::planted_at(db).await.map_err(|error| error.to_string())?.is_none() {
        let province = Province::plan(Size::demo()).map_err(|error| error.to_string())?;
        transaction!(db, |tx| {
            let credentials = everything(tx, &province, &graphql_url, now).await?;
            credentials.draft(&data_dir).map_err(Error::internal)?;
            synthetic::mark_planted(tx, now).await
        })
        .map_err(|error| error.to_string())?;
        synthetic::count_planted(db).await.map_err(|error| error.to_string())?;
    }
    let stands = credentials::publish(&data_dir)?;
    if stands {
        credentials::serve_at(&data_dir, &graphql_url)?;
    }
    Ok(stands)
}

async fn everything(tx: &Tx, province: &Province, graphql_url: &str, now: Timestamp) -> Result<Credentials, Error> {
    synthetic::plant_ground(tx, province).await?;
    let (clients, bank) = partners::clients(tx, province, now).await?;
    let (connections, through) = partners::connections(tx, province, bank, now).await?;
    synthetic::plant_money(tx, province, 0..province.schools.len(), through).await?;
    let users = people::plant(tx, province, now).await?;
    let invoices = province
        .deep()
        .flat_map(|school| {
            school.open_invoices.iter().skip(10).take(INVOICES_PER_SCHOOL).map(move |open| (school, open))
        })
        .map(|(school, open)| Invoice {
            code: open.code.as_str().to_owned(),
            school_code: school.code.clone(),
            amount: open.amount.get(),
            status: "OPEN".to_owned(),
            account: open.account_number.clone(),
        });
    Ok(Credentials { graphql_url: graphql_url.to_owned(), clients, users, connections, invoices: invoices.collect() })
}
