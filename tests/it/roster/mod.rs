//! Schools, classes, students and enrollments: bulk verbs are idempotent, row by row, and nothing crosses a reach.

pub(crate) mod plant;
mod reach;
mod rows;
mod server;
