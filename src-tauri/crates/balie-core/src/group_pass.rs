//! Group passes: a number of turns a year, shared by all desks (rules.md, Limits; domain.md §3.10).

use crate::time::Moment;
use crate::usage::Use;

/// How many turns a group pass had left at an activity, when UiTPAS last said: those of the pass and those that the
/// limit of the activity leaves, whichever is less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// How many.
    pub left: u32,
    /// When.
    pub as_of: Moment,
}

impl Turns {
    /// How many are left after the uses that UiTPAS cannot have counted then. Each ticket is one use.
    pub fn less(self, uses: &[Use]) -> u32 {
        let since = uses.iter().filter(|each| !each.is_counted_in_an_answer_of(self.as_of)).count();
        self.left.saturating_sub(u32::try_from(since).unwrap_or(u32::MAX))
    }
}

/// How many turns the pass itself has left at least, by all that UiTPAS said of it at any activity, less every use since,
/// wherever that was; `None` when UiTPAS never said. An activity with a narrow limit says less than there are.
pub fn left_of_pass(said: &[Turns], everywhere: &[Use]) -> Option<u32> {
    said.iter().map(|turns| turns.less(everywhere)).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Moment {
        Moment::from_second(1_795_000_000 + second).unwrap()
    }

    #[test]
    fn what_uitpas_cannot_have_counted_is_taken_off() {
        let turns = Turns { left: 3, as_of: at(0) };
        let counted = Use { at: at(-10), confirmed: Some(at(-5)) };
        let later = Use { at: at(-10), confirmed: Some(at(5)) };
        let waiting = Use { at: at(-10), confirmed: None };
        assert_eq!(turns.less(&[counted]), 3);
        assert_eq!(turns.less(&[counted, later, waiting]), 1);
        assert_eq!(turns.less(&[waiting; 5]), 0, "never less than none");
    }

    #[test]
    fn the_activity_that_leaves_the_most_tells_of_the_pass() {
        let (wide, narrow) = (Turns { left: 50, as_of: at(0) }, Turns { left: 1, as_of: at(10) });
        let between = Use { at: at(1), confirmed: Some(at(5)) };
        let waiting = Use { at: at(1), confirmed: None };
        assert_eq!(left_of_pass(&[narrow, wide], &[between, waiting]), Some(48));
        assert_eq!(left_of_pass(&[narrow], &[between]), Some(1));
        assert_eq!(left_of_pass(&[], &[waiting]), None);
    }
}
