//! Reports: figures over many schools, read from sums that are kept with the money and never from the money itself.

pub mod cashless;
