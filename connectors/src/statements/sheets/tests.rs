//! Samples of the layouts that are described, composed here: no bank's file and no real person is among them.

mod banks;
mod containers;
mod findings;
mod hostile;
mod large;
mod random;
mod sample;
mod totals;
mod vietcombank;
