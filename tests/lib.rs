//! The proof of everything across rooms, on SQLite and on PostgreSQL. It holds only tests: see `it/main.rs`, and
//! `README.md` beside this file for how to run them.
