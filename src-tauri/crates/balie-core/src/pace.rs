//! How fast a desk asks UiTPAS: a limit of its own, because none is published, and the answer to "too many requests".
//!
//! Time is milliseconds of a clock that nobody can set.

use jiff::SignedDuration;

/// So many requests may follow each other without a pause.
const BURST: u64 = 10;

/// A request costs so many microtokens.
const REQUEST: u64 = 1_000_000;

/// One request a second earns so many of them in a millisecond.
const A_MILLISECOND: u64 = REQUEST / 1_000;

/// So many requests a second at full rate.
const A_SECOND: u64 = 5;

/// The wait after the first "too many requests" that names none, in milliseconds; doubled for each that follows.
const FIRST_WAIT_MS: u64 = 30_000;

/// The longest wait, in milliseconds.
const LONGEST_WAIT_MS: u64 = 900_000;

/// How often the rate was halved, at most.
const SLOWEST: u32 = 5;

/// The own politeness limit of a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Microtokens left.
    left: u64,
    /// When they were last counted.
    counted_at: u64,
    /// No request before this moment.
    not_before: u64,
    /// How often in a row UiTPAS said that it is too much.
    slowed: u32,
    /// How many requests a second at full rate.
    rate: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { left: BURST * REQUEST, counted_at: 0, not_before: 0, slowed: 0, rate: A_SECOND }
    }
}

impl Pace {
    /// Another limit than that of the house, in requests a second; at least one.
    #[must_use]
    pub fn at_most(rate: u64) -> Self {
        let rate = rate.max(1);
        Self { left: rate.max(BURST) * REQUEST, rate, ..Self::default() }
    }

    /// Asks for one request now. `Err` says how many milliseconds to wait before asking again.
    ///
    /// # Errors
    /// Too soon.
    pub fn ask(&mut self, now_ms: u64) -> Result<(), u64> {
        // Halved for each time that UiTPAS said that it is too much.
        let rate = (self.rate * A_MILLISECOND) >> self.slowed.min(SLOWEST);
        let gained = now_ms.saturating_sub(self.counted_at).saturating_mul(rate);
        self.left = self.left.saturating_add(gained).min(self.rate.max(BURST) * REQUEST);
        self.counted_at = self.counted_at.max(now_ms);
        if now_ms < self.not_before {
            return Err(self.not_before - now_ms);
        }
        if self.left < REQUEST {
            return Err((REQUEST - self.left).div_ceil(rate.max(1)));
        }
        self.left -= REQUEST;
        Ok(())
    }

    /// Whether UiTPAS asked to wait until later than this.
    pub const fn is_held(&self, now_ms: u64) -> bool {
        now_ms < self.not_before
    }

    /// UiTPAS said that it is too much, and perhaps for how many seconds to wait. Gives the wait in seconds.
    pub fn too_many(&mut self, seconds: Option<u32>, now_ms: u64) -> u32 {
        let own = FIRST_WAIT_MS << self.slowed.min(SLOWEST);
        let wait = seconds.map_or(own, |seconds| u64::from(seconds) * 1_000).clamp(FIRST_WAIT_MS, LONGEST_WAIT_MS);
        self.slowed = (self.slowed + 1).min(SLOWEST);
        self.not_before = self.not_before.max(now_ms.saturating_add(wait));
        u32::try_from(wait / 1_000).unwrap_or(u32::MAX)
    }

    /// UiTPAS did what was asked: the next time it is too much counts as the first again, one step at a time.
    pub const fn went_well(&mut self) {
        self.slowed = self.slowed.saturating_sub(1);
    }
}

/// How long until the line is tried again after it broke: up to four times the shortest wait, so that not all desks come at
/// once. `dice` is any number; it is drawn outside the core.
pub fn probe_wait(every: SignedDuration, dice: u64) -> SignedDuration {
    let spread = u64::try_from(every.as_millis()).unwrap_or(0).saturating_mul(3).max(1);
    every.saturating_add(SignedDuration::from_millis(i64::try_from(dice % spread).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_in(pace: &mut Pace, from: u64, until: u64) -> usize {
        (from..until).filter(|now| pace.ask(*now).is_ok()).count()
    }

    #[test]
    fn ten_at_once_and_then_five_a_second() {
        let mut pace = Pace::default();
        assert_eq!(asked_in(&mut pace, 0, 1), 1);
        assert_eq!(asked_in(&mut pace, 1, 10_001), 9 + 50);
        let wait = pace.ask(10_001).unwrap_err();
        assert!((1..=200).contains(&wait), "{wait}");
        assert_eq!(pace.ask(10_001 + wait), Ok(()), "it says exactly how long");
    }

    #[test]
    fn too_many_requests_wait_longer_each_time_and_halve_the_rate() {
        let mut pace = Pace::default();
        let waits: Vec<u32> = (0..7).map(|_| pace.too_many(None, 0)).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(pace.ask(0), Err(900_000));
        let mut pace = Pace::default();
        assert_eq!(
            (pace.too_many(Some(5), 0), pace.too_many(Some(90), 0), pace.too_many(Some(9_999), 0)),
            (30, 90, 900)
        );
        let mut pace = Pace::default();
        pace.too_many(None, 0);
        assert_eq!(asked_in(&mut pace, 30_000, 30_001), 1);
        assert_eq!(asked_in(&mut pace, 30_001, 40_001), 9 + 25, "half the rate");
        pace.went_well();
        assert_eq!(asked_in(&mut pace, 40_001, 50_001), 50);
    }

    #[test]
    fn the_wait_that_was_asked_for_grows_shorter() {
        let mut pace = Pace::default();
        pace.too_many(None, 1_000);
        assert_eq!((pace.ask(11_000), pace.ask(30_999), pace.ask(31_000)), (Err(20_000), Err(1), Ok(())));
        assert!(pace.is_held(30_999) && !pace.is_held(31_000));
    }

    #[test]
    fn another_limit_holds_as_well() {
        let mut pace = Pace::at_most(100);
        assert_eq!(asked_in(&mut pace, 0, 1_001), 1 + 198 + 1);
        assert_eq!(Pace::at_most(0).rate, 1);
    }

    #[test]
    fn desks_do_not_come_back_all_at_once() {
        let every = SignedDuration::from_secs(15);
        let waits: Vec<i64> = (0..1_000).map(|dice| probe_wait(every, dice * 61).as_secs()).collect();
        assert!(waits.iter().all(|wait| (15..60).contains(wait)));
        assert!(waits.iter().max().unwrap() - waits.iter().min().unwrap() > 40);
    }
}
