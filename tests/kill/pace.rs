//! The time of a round: the same for the desk and for UiTPAS, and much faster than the real one, so that what waits two
//! minutes before it is settled does not hold up the next kill.

use super::Failure;
use balie_core::time::Moment;
use balie_desk::desk::Clock;
use balie_sandbox::Sandbox;
use jiff::SignedDuration;
use std::sync::Arc;

/// A Saturday at noon in Brussels: every activity of the day still takes points for hours.
const NOON: &str = "2026-11-21T11:00:00Z";

/// How many times as fast as the real time. The two minutes that a doubt takes to settle are two seconds then: much longer
/// than UiTPAS takes here for anything, also on a busy computer.
const RATE: i32 = 60;

/// The time of a round.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    noon: Moment,
    since: Moment,
}

impl Pace {
    /// It is noon now.
    ///
    /// # Errors
    /// Never, as long as noon is written well.
    pub fn now_is_noon() -> Result<Self, Failure> {
        Self::since(Moment::now().as_millisecond())
    }

    /// It was noon at this moment of the real time, in milliseconds since 1970.
    ///
    /// # Errors
    /// Fails for a moment that no calendar has.
    pub fn since(milliseconds: i64) -> Result<Self, Failure> {
        Ok(Self { noon: NOON.parse()?, since: Moment::from_millisecond(milliseconds)? })
    }

    /// When it was noon, in milliseconds of the real time since 1970.
    pub fn origin(self) -> i64 {
        self.since.as_millisecond()
    }

    /// The clock of the desk.
    pub fn clock(self) -> Clock {
        Arc::new(move || {
            let passed: SignedDuration = Moment::now().duration_since(self.since);
            passed.checked_mul(RATE).and_then(|passed| self.noon.checked_add(passed).ok()).unwrap_or(self.noon)
        })
    }

    /// Lets UiTPAS have the same time.
    pub fn set(self, sandbox: &Sandbox) {
        sandbox.run_clock(self.noon, self.since, RATE);
    }
}
