//! The money path from outside: signed messages over HTTP in, and what the ledger makes of them (RELIABILITY R11, R12, R13,
//! R13b, R15; PRODUCT section 5). After every test the whole ledger is recounted.

mod answers;
mod banks;
mod by_hand;
mod chance;
mod conflict;
mod crossed;
mod ground;
mod look;
mod once;
mod order;
mod poison;
mod replay;
mod rules;
