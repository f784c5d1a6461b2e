//! How long a guess must wait after wrong ones.

use std::time::Duration;

/// A clock that no person can set: how long it is since some moment that stays the same while the program runs.
pub type Steady = fn() -> Duration;

/// After how many wrong PINs the snapshot is wiped.
pub const WIPED_AFTER: u32 = 10;

const LONGEST: Duration = Duration::from_secs(3_600);

/// How long the next guess waits after this many wrong ones: two seconds, and twice as long each time, up to an hour.
pub(crate) fn wait(wrong: u32) -> Duration {
    match wrong {
        0 => Duration::ZERO,
        1..=11 => Duration::from_secs(1 << wrong),
        _ => LONGEST,
    }
}

/// Measures the wait. How many wrong guesses there were is kept elsewhere, and outlives the program; when the last one
/// was is not, so that after a restart the whole wait begins anew and no clock of the computer counts.
#[derive(Debug, Clone)]
pub(crate) struct Throttle {
    clock: Steady,
    since: Duration,
}

impl Throttle {
    pub(crate) fn begin(clock: Steady) -> Self {
        Self { clock, since: clock() }
    }

    /// What is left of the wait; nothing when a guess may be made.
    pub(crate) fn left(&self, wrong: u32) -> Option<Duration> {
        let passed = (self.clock)().saturating_sub(self.since);
        wait(wrong).checked_sub(passed).filter(|left| !left.is_zero())
    }

    pub(crate) fn begin_anew(&mut self) {
        self.since = (self.clock)();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn each_wrong_guess_doubles_the_wait_up_to_an_hour() {
        let seconds: Vec<u64> = (0..14).map(|wrong| wait(wrong).as_secs()).collect();
        assert_eq!(seconds, [0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]);
        assert_eq!(wait(u32::MAX), LONGEST);
    }

    #[test]
    fn the_wait_is_over_when_the_clock_says_so_and_begins_anew_with_the_program() {
        static NOW: AtomicU64 = AtomicU64::new(100);
        let clock: Steady = || Duration::from_secs(NOW.load(Ordering::Relaxed));
        let mut throttle = Throttle::begin(clock);
        assert_eq!(throttle.left(0), None);
        assert_eq!(throttle.left(3), Some(Duration::from_secs(8)));
        NOW.store(107, Ordering::Relaxed);
        assert_eq!(throttle.left(3), Some(Duration::from_secs(1)));
        assert_eq!(Throttle::begin(clock).left(3), Some(Duration::from_secs(8)), "after a restart");
        NOW.store(50, Ordering::Relaxed);
        assert_eq!(throttle.left(3), Some(Duration::from_secs(8)), "a clock that goes back shortens nothing");
        NOW.store(108, Ordering::Relaxed);
        assert_eq!(throttle.left(3), None);
        throttle.begin_anew();
        assert_eq!(throttle.left(1), Some(Duration::from_secs(2)));
    }
}
