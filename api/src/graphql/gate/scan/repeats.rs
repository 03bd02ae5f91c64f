//! How often a name stands at one place, counted before anything is parsed: the parser takes microseconds for each of
//! them, this takes nanoseconds. What it does not see, the measuring pass sees.

use std::collections::HashMap;

use super::super::limits::BRACKETS;

/// Names that are counted, from the front: more of them are beyond the usual limit of tokens.
const COUNTED_NAMES: usize = 2_000;

/// The names of the selections that are open, each selection apart.
#[derive(Default)]
pub(super) struct Repeats<'t> {
    places: Vec<HashMap<&'t [u8], usize>>,
    names: usize,
    /// The most that one name was found at one place.
    pub(super) most: usize,
}

impl<'t> Repeats<'t> {
    /// A selection begins.
    pub(super) fn open(&mut self) {
        if self.places.len() <= BRACKETS {
            self.places.push(HashMap::new());
        }
    }

    /// The innermost selection ends.
    pub(super) fn close(&mut self) {
        self.places.pop();
    }

    /// A name under which a field answers.
    pub(super) fn name(&mut self, name: &'t [u8]) {
        self.names += 1;
        let Some(place) = self.places.last_mut().filter(|_| self.names <= COUNTED_NAMES) else { return };
        let times = place.entry(name).or_default();
        *times += 1;
        self.most = self.most.max(*times);
    }
}
