//! `lienthong sandbox --pay CODE`: a bank tells of the payment of one invoice, and GraphQL shows it paid.

use std::time::Duration;

use entities::codes::InvoiceCode;
use serde_json::json;

use super::bank;
use super::hub::{Hub, INVOICE_QUERY};
use crate::clock;
use crate::commands::Failure;
use crate::config::Config;

/// How often the sandbox looks whether the invoice is paid, and how long it waits between.
const LOOKS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn run(code: &str, config: &Config) -> Result<(), Failure> {
    let code = InvoiceCode::parse(code).map_err(|error| format!("{code}: {}.", error.message))?;
    let hub = Hub::find(config).await?;
    let known = hub.credentials.invoices.iter().find(|invoice| invoice.code == code.as_str());
    let invoice = known.ok_or_else(|| {
        let sample = hub.credentials.invoices.first().map_or("", |invoice| invoice.code.as_str());
        format!("{} is not among the invoices of the demo's credentials; try {sample}.", code.as_str())
    })?;
    let now = clock::now();
    let token = hub.accountant_token(&invoice.school_code, now).await?;
    match hub.status(&token, &invoice.code).await?.as_deref() {
        Some("OPEN") => {}
        Some("PAID") => return Err(format!("{} is paid already; take another code of the file.", invoice.code)),
        Some(other) => return Err(format!("{} is {other}; take another code of the file.", invoice.code)),
        None => return Err(format!("The hub at {} knows no invoice {}: is it another demo?", hub.url, invoice.code)),
    }
    let connection = *bank::speaking_for(&hub.credentials.connections, &invoice.account)
        .first()
        .ok_or_else(|| format!("No connection speaks for the account of {}.", invoice.code))?;
    let letter = bank::letter(connection, &bank::payment(invoice, bank::first_number(now), now), now)?;
    let answer = hub.deliver(connection, &letter).await?;
    if !bank::is_kept(&answer) {
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        return Err(format!("The hub refused the message with {}: {body}", answer.status));
    }
    wait(&hub, &token, &invoice.code).await?;
    let query = json!({ "query": INVOICE_QUERY, "variables": { "code": invoice.code } }).to_string();
    let webhook = format!("{}{}", hub.url, connection.path);
    println!(
        "{} of school {} is PAID: {} đồng, told by {}.\n",
        invoice.code, invoice.school_code, invoice.amount, connection.bank
    );
    println!("The bank's message, as curl (again it changes nothing: once is once):\n");
    println!("{}\n", bank::curl(&webhook, &letter));
    println!("A token of the school's accountant, for 15 minutes:\n\n{token}\n");
    println!("The query that shows it:\n\n{INVOICE_QUERY}\n");
    println!("{}", asking(&format!("{}/graphql", hub.url), &token, &query));
    Ok(())
}

async fn wait(hub: &Hub, token: &str, code: &str) -> Result<(), Failure> {
    for _ in 0..LOOKS {
        if hub.status(token, code).await?.as_deref() == Some("PAID") {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(format!("The message was kept, but {code} is not PAID after 10 seconds; ask `lienthong doctor` why."))
}

fn asking(url: &str, token: &str, query: &str) -> String {
    format!(
        "curl -sS {} \\\n  -H {} \\\n  -H {} \\\n  --data-raw {}",
        bank::quoted(url),
        bank::quoted(&format!("Authorization: Bearer {token}")),
        bank::quoted("Content-Type: application/json"),
        bank::quoted(query)
    )
}
