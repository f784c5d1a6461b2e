//! Who is at the desk, and who made room for the next while their point is still being saved by itself.

use crate::person::{Person, TapId};

/// One person stands on the screen. Those beside it are never shown; each is reached by its own tap, so that nobody mixes.
#[derive(Debug, Default)]
pub(crate) struct AtDesk {
    shown: Option<Person>,
    aside: Vec<Person>,
}

impl AtDesk {
    /// The person on the screen.
    pub(crate) const fn shown(&self) -> Option<&Person> {
        self.shown.as_ref()
    }

    pub(crate) const fn shown_mut(&mut self) -> Option<&mut Person> {
        self.shown.as_mut()
    }

    /// The next one comes. Whoever stood there makes room, and is not forgotten while their tap may still save a point.
    pub(crate) fn comes(&mut self, next: Person) {
        let before = self.shown.replace(next);
        self.aside.extend(before.filter(|person| person.may_save));
    }

    /// The person on the screen leaves, if it is the one of this tap, and says whether it was.
    pub(crate) fn leaves(&mut self, tap: TapId) -> bool {
        self.shown.take_if(|person| person.tap == tap).is_some()
    }

    /// Nobody is there any more.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whoever came with this tap.
    pub(crate) fn of(&self, tap: TapId) -> Option<&Person> {
        self.shown.iter().chain(&self.aside).find(|person| person.tap == tap)
    }

    pub(crate) fn of_mut(&mut self, tap: TapId) -> Option<&mut Person> {
        self.shown.iter_mut().chain(&mut self.aside).find(|person| person.tap == tap)
    }

    /// All was asked about a tap: it saves nothing by itself any more, and whoever made room goes.
    pub(crate) fn is_done(&mut self, tap: TapId) -> Option<Person> {
        if let Some(person) = self.of_mut(tap) {
            person.may_save = false;
        }
        let place = self.aside.iter().position(|person| person.tap == tap)?;
        Some(self.aside.swap_remove(place))
    }
}
