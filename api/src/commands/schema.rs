//! `lienthong schema`: prints the SDL.

use super::Failure;

pub(super) fn run() -> Result<(), Failure> {
    print!("{}", crate::graphql::schema::sdl());
    Ok(())
}
