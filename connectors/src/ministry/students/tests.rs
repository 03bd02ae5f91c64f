//! Workbooks composed here after the described layouts: no ministry's file and no real child is among them.

mod dates;
mod digits;
mod hostile;
mod lists;
mod sample;
