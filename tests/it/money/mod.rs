//! The money path from outside: signed messages over HTTP in, and what the ledger makes of them (R11 to
//! R15 of this room's README). After every test the whole ledger is recounted.

mod answers;
mod apart;
mod asking;
mod banks;
mod billing;
mod by_hand;
mod certify;
mod chance;
mod conflict;
mod corrected;
mod crossed;
mod gateway;
mod goes_on;
mod ground;
mod hostile_files;
mod interleaved;
mod look;
mod once;
mod order;
mod orders;
mod poison;
mod reconciliation;
mod replay;
mod rules;
mod stage;
mod statement_files;
mod statement_parts;
mod statements;
mod twice;
