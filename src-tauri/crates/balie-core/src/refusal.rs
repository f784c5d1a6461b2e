//! Why something cannot be done: one closed enum per verb, each value with the moment of the fact that decided.

use crate::time::Moment;

/// The end of a decision that says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal<R> {
    /// Why.
    pub reason: R,
    /// From when the fact dates that decided. For what follows from the clock alone it is the moment of the decision.
    pub as_of: Moment,
}

/// A closed enum of reasons.
pub trait Reason: Sized {
    /// Every code that a value of this enum can have, so that a test can walk them.
    const CODES: &'static [&'static str];

    /// The code of this reason: the key of its sentence in `ui/src/texts`, and its name in the books.
    fn code(&self) -> &'static str;

    /// Whether it only says that a fact is missing or too old. UiTPAS may then well say yes, and both are right.
    fn lacks_facts(&self) -> bool;

    /// Puts the moment of the deciding fact beside the reason.
    fn dated(self, as_of: Moment) -> Refusal<Self> {
        Refusal { reason: self, as_of }
    }
}
