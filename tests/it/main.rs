//! One module for each promise. Every test that touches a database runs on both engines, each on a fresh one.

mod connections;
mod feed;
mod files;
mod gate;
mod harness;
mod invoices;
mod money;
mod operations;
mod operators;
mod outage;
mod profiles;
mod report;
mod rights;
mod roster;
mod schema;
mod speed;
mod tidy;
