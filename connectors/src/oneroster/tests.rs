//! Archives as products send them, archives that are made to hurt, and our own.

mod delta;
mod hostile;
mod package;
mod random;
mod sample;
mod vectors;
