//! What `serve --demo` says to whoever started it: where everything is, and what to type next.

use crate::config::Config;
use crate::demo::accountant_of;
use crate::demo::credentials::{Credentials, place};

/// Prints to standard output; secrets stay in their file.
pub(super) fn print(config: &Config, has_credentials: bool) {
    println!("{}", text(config, has_credentials));
}

fn text(config: &Config, has_credentials: bool) -> String {
    let (url, data_dir) = (config.public_url(), config.data_dir());
    let file = place(&data_dir);
    if !has_credentials {
        return format!(
            "Liên Thông: the demo of Ninh Bình at {url}\n\n\
             Its credentials were written to another data directory, and {} is not there.\n\
             Make tokens with `lienthong token --user so`, clients with `lienthong client create`.",
            file.display()
        );
    }
    let sample = Credentials::read(&data_dir).ok().and_then(|credentials| credentials.invoices.into_iter().next());
    let (code, user) = match &sample {
        Some(invoice) => (invoice.code.clone(), accountant_of(&invoice.school_code)),
        None => ("CODE".to_owned(), "so".to_owned()),
    };
    let run = if cfg!(debug_assertions) { "cargo run --" } else { "cargo run --release --" };
    format!(
        "Liên Thông: the demo of Ninh Bình (province 37): 1,600 synthetic schools, every name false by design.\n\n\
         GraphiQL      {url}/graphql\n\
         Credentials   {} (clients, users, connections, open invoices)\n\
         A token       {run} token --user {user}\n\
         \x20             {run} token --user so          (the province's office)\n\n\
         Pay an invoice, in another terminal:\n\n\
         \x20   {run} sandbox --pay {code}\n\n\
         Ctrl-C drains and stops.\n",
        file.display()
    )
}
