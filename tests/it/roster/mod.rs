//! Schools, classes, students, enrollments, guardians and staff: bulk verbs are idempotent, row by row, and nothing crosses a reach.

mod guardians;
mod guardians_server;
pub(crate) mod plant;
mod reach;
mod rows;
mod server;
mod staff;
