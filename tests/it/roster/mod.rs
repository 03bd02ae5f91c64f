//! Schools, classes, students and enrollments: bulk verbs are idempotent, row by row, and nothing crosses a reach.

mod plant;
mod reach;
mod rows;
mod server;
