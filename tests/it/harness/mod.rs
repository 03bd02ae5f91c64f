//! What every test stands on: a fresh database, the real binary, and callers of it.
