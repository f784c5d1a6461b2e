//! How long after an attempt a record may still appear in the lists of UiTPAS: measured by the desk itself.

use jiff::SignedDuration;

/// The shortest settle time, in seconds: nobody at publiq has given a figure, and this one is long.
const SHORTEST_SECONDS: i64 = 120;

/// The settle time is so many times the longest lag that was ever seen.
const TIMES_THE_LAG: i32 = 3;

/// And so many times the longest wait of the client for an answer.
const TIMES_THE_PATIENCE: i32 = 4;

/// Every success is looked up until so many were, and one in so many after that.
const FIRST_SAMPLES: u32 = 20;
/// One in so many, after the first.
const ONE_IN: u32 = 50;

/// What the desk has seen of the lag between an answer and the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settling {
    /// How many successes were seen.
    pub seen: u32,
    /// The longest lag, in milliseconds.
    pub longest_lag_ms: i64,
}

impl Settling {
    /// Counts a success, and says whether it is one to look up.
    pub fn is_sample(&mut self) -> bool {
        self.seen = self.seen.saturating_add(1);
        self.seen <= FIRST_SAMPLES || self.seen.is_multiple_of(ONE_IN)
    }

    /// Takes in after how long a record stood in the list.
    pub fn saw(&mut self, lag: SignedDuration) {
        let lag = i64::try_from(lag.as_millis()).unwrap_or(i64::MAX);
        self.longest_lag_ms = self.longest_lag_ms.max(lag);
    }

    /// The settle time, for a client that waits `patience` for an answer.
    pub fn time(&self, patience: SignedDuration) -> SignedDuration {
        let lag = SignedDuration::from_millis(self.longest_lag_ms).saturating_mul(TIMES_THE_LAG);
        SignedDuration::from_secs(SHORTEST_SECONDS).max(lag).max(patience.saturating_mul(TIMES_THE_PATIENCE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settle_time_grows_with_what_was_seen_and_never_shrinks() {
        let (mut settling, patience) = (Settling::default(), SignedDuration::from_secs(15));
        assert_eq!(settling.time(patience).as_secs(), 120);
        settling.saw(SignedDuration::from_secs(39));
        assert_eq!(settling.time(patience).as_secs(), 120);
        settling.saw(SignedDuration::from_secs(50));
        settling.saw(SignedDuration::from_secs(2));
        assert_eq!(settling.time(patience).as_secs(), 150);
        assert_eq!(settling.time(SignedDuration::from_secs(60)).as_secs(), 240);
    }

    #[test]
    fn the_first_successes_are_looked_up_and_then_one_in_fifty() {
        let mut settling = Settling::default();
        let samples: Vec<u32> = (1..=150).filter(|_| settling.is_sample()).collect();
        assert_eq!(samples, (1..=20).chain([50, 100, 150]).collect::<Vec<_>>());
    }
}
