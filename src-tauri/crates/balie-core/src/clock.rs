//! The clock of UiTPAS as far as a desk can know it, and whether the clock of the desk itself can be trusted (sync.md §1.7).

use crate::time::Moment;
use jiff::SignedDuration;

/// A `Date` header has whole seconds, so what it says is true within one.
const HEADER_SECONDS: i64 = 1;

/// How far the clock may run behind the latest moment that was ever seen on it, in seconds, before it counts as set back.
const BEHIND_SECONDS: i64 = 300;

/// The computer slept when the clock on the wall went on so many seconds longer than the one that nobody can set.
const SLEPT_SECONDS: i64 = 30;

/// What was heard of the clock of UiTPAS holds no longer when the own clock was set by more than so many milliseconds: less
/// than a record may seem older than its attempt, so that no record of ours is overlooked.
const SET_MILLISECONDS: i128 = 2_000;

/// How far the clock of UiTPAS is ahead of the one of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServerClock {
    /// By how much UiTPAS is ahead; nothing while it is not known.
    offset: SignedDuration,
    /// How far that may be wrong, in either direction: an answer that took long says little.
    spread: SignedDuration,
    known: bool,
}

impl ServerClock {
    /// Takes in an answer: when the question left, when the answer came, and what its `Date` header says.
    pub fn heard(&mut self, asked: Moment, answered: Moment, header: Moment) {
        let middle = answered.duration_since(asked) / 2;
        // The header was written somewhere in between, and its fraction of a second was cut off.
        let there = header.saturating_add(SignedDuration::from_millis(500)).unwrap_or(header);
        let here = asked.saturating_add(middle).unwrap_or(asked);
        let spread = middle.abs().saturating_add(SignedDuration::from_millis(500));
        *self = Self { offset: there.duration_since(here), spread, known: true };
    }

    /// The clock of UiTPAS at a moment of the desk.
    pub fn at(&self, here: Moment) -> Moment {
        here.saturating_add(self.offset).unwrap_or(here)
    }

    /// The clock of UiTPAS at a moment of the desk cannot be before this: what an attempt begins with, and a list is of.
    pub fn earliest(&self, here: Moment) -> Moment {
        self.at(here).saturating_sub(self.spread).unwrap_or(here)
    }

    /// Nor after this: what an attempt ends with.
    pub fn latest(&self, here: Moment) -> Moment {
        self.at(here).saturating_add(self.spread).unwrap_or(here)
    }

    /// By how much UiTPAS is ahead, once it was heard.
    pub fn offset(&self) -> Option<SignedDuration> {
        self.known.then_some(self.offset)
    }

    /// Whether the clock of the desk is off by more than the uncertainty of what was heard.
    pub fn is_off_by(&self, limit: SignedDuration) -> bool {
        self.known && self.offset.abs() > limit.saturating_add(SignedDuration::from_secs(HEADER_SECONDS))
    }
}

/// Whether the clock of the desk runs behind the latest moment that was ever seen on it: it was set back, and nothing may
/// be decided by dates.
pub fn is_behind(now: Moment, latest: Moment) -> bool {
    latest.duration_since(now).as_secs() > BEHIND_SECONDS
}

/// Whether the computer slept, or its clock was set, between two looks at both clocks.
pub fn jumped(wall: SignedDuration, steady: SignedDuration) -> bool {
    (wall - steady).as_secs().abs() > SLEPT_SECONDS
}

/// Whether what was heard of the clock of UiTPAS holds no longer: since then the clock on the wall was set, or the computer
/// slept. It must be heard again before anything is sent or looked up, for the rows of UiTPAS are told apart by its clock.
pub fn must_be_heard_again(wall: SignedDuration, steady: SignedDuration) -> bool {
    (wall - steady).as_millis().abs() > SET_MILLISECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Moment {
        Moment::from_second(second).unwrap()
    }

    #[test]
    fn the_clock_of_uitpas_is_known_from_its_answers() {
        let mut clock = ServerClock::default();
        assert_eq!((clock.at(at(50)), clock.offset()), (at(50), None));
        clock.heard(at(100), at(101), at(160));
        assert_eq!(clock.offset(), Some(SignedDuration::from_secs(60)));
        assert_eq!(clock.at(at(200)), at(260));
        assert!(clock.is_off_by(SignedDuration::from_secs(30)) && !clock.is_off_by(SignedDuration::from_secs(59)));
        clock.heard(at(300), at(301), at(240));
        assert_eq!(clock.offset(), Some(SignedDuration::from_secs(-60)), "the newest answer counts");
    }

    #[test]
    fn an_answer_that_took_long_says_less_about_the_time() {
        let mut clock = ServerClock::default();
        assert_eq!((clock.earliest(at(50)), clock.latest(at(50))), (at(50), at(50)));
        for (asked, answered, header) in [(100, 112, 100), (100, 112, 111), (100, 101, 100), (100, 100, 99)] {
            clock.heard(at(asked), at(answered), at(header));
            // The header was written at any moment between the two, up to a second later than it says.
            assert!(clock.earliest(at(asked)) <= at(header) && clock.latest(at(answered)) >= at(header + 1));
            let spread = clock.latest(at(200)).duration_since(clock.earliest(at(200)));
            assert_eq!(spread, SignedDuration::from_secs(answered - asked + 1));
        }
    }

    #[test]
    fn a_clock_that_was_set_back_is_noticed_and_a_small_correction_is_not() {
        assert!(!is_behind(at(1_000), at(1_300)) && is_behind(at(1_000), at(1_301)) && !is_behind(at(1_000), at(500)));
    }

    #[test]
    fn a_sleep_and_a_set_clock_are_noticed() {
        let seconds = SignedDuration::from_secs;
        assert!(jumped(seconds(3_600), seconds(2)) && jumped(seconds(-3_600), seconds(2)));
        assert!(!jumped(seconds(32), seconds(2)) && jumped(seconds(33), seconds(2)));
    }

    #[test]
    fn a_clock_that_was_set_by_a_few_seconds_makes_uitpas_be_heard_again() {
        let again =
            |wall, steady| must_be_heard_again(SignedDuration::from_millis(wall), SignedDuration::from_secs(steady));
        assert!(again(19_000, 10) && again(-9_000, 10) && again(12_001, 10) && again(7_999, 10));
        assert!(!again(12_000, 10) && !again(8_000, 10) && !again(3_600_000, 3_600));
    }
}
