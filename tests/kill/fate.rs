//! When a desk is killed, and what its requests meet until then.

use balie_sandbox::{FaultAction, FaultRule, Sandbox};
use rand::Rng;
use rand::rngs::StdRng;
use std::ops::Range;
use std::time::Duration;

/// Where what is recorded goes.
const DOORS: [&str; 3] = ["/ticket-sales", "/checkins", "/rewards/redeemed"];

/// What can become of an answer besides.
const TROUBLE: [FaultAction; 4] = [
    FaultAction::DropBeforeCommit,
    FaultAction::DropAfterCommit,
    FaultAction::StatusAfterCommit,
    FaultAction::Truncate,
];

/// How long UiTPAS waits where the kill must come first.
const PAUSE_MS: u64 = 12;

/// How late UiTPAS carries something out at its worst, in real time: well within the time that a doubt takes to settle.
const LATE_MS: Range<u64> = 100..450;

/// When a desk is killed, and the crash points of the protocol that this is after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// So long after the process was started: also while its files are opened. Point 13.
    Started(Duration),
    /// So long after the desk was open: any point.
    Opened(Duration),
    /// So long after so many receipts were given. Points 2, 3 and 9.
    Receipt(u32, Duration),
    /// When a request has come in and UiTPAS has not carried it out. Points 5 and 6; a cancellation: 10.
    Arrived,
    /// When UiTPAS has carried a request out and not answered. Points 7 and 10.
    CarriedOut,
    /// So long after a request that is answered at once. Points 7, 8 and 9.
    Answered(Duration),
}

impl Fate {
    /// The names of the fates, in the order of [`Fate::index`], and of the one that nobody draws.
    pub const NAMES: [&'static str; 7] = [
        "starting",
        "at work",
        "after a receipt",
        "before the commit",
        "before the answer",
        "around the answer",
        "of old age",
    ];

    /// Which of the names a desk dies of whose fate did not come in time.
    pub const OLD_AGE: usize = 6;

    /// Draws one.
    pub fn draw(dice: &mut StdRng) -> Self {
        let mut within = |milliseconds: u64| Duration::from_micros(dice.random_range(0..milliseconds * 1_000));
        let (any, long, short, tiny) = (within(200), within(150), within(6), within(2));
        match dice.random_range(0..100) {
            0..10 => Self::Started(any),
            10..35 => Self::Opened(long),
            35..55 => Self::Receipt(dice.random_range(1..=3), tiny),
            55..68 => Self::Arrived,
            68..82 => Self::CarriedOut,
            _ => Self::Answered(short),
        }
    }

    /// Which of the names it has.
    pub const fn index(self) -> usize {
        match self {
            Self::Started(_) => 0,
            Self::Opened(_) => 1,
            Self::Receipt(..) => 2,
            Self::Arrived => 3,
            Self::CarriedOut => 4,
            Self::Answered(_) => 5,
        }
    }

    /// Whether it comes also when UiTPAS cannot be reached.
    pub const fn needs_no_network(self) -> bool {
        matches!(self, Self::Started(_) | Self::Opened(_) | Self::Receipt(..))
    }

    /// Writes the fault script for the life that ends like this. What is under way from the life before keeps its own.
    pub fn script(self, sandbox: &Sandbox, dice: &mut StdRng) {
        sandbox.clear_faults();
        if dice.random_bool(0.25) {
            let action = TROUBLE[dice.random_range(0..TROUBLE.len())];
            let (method, path) = match dice.random_range(0..=DOORS.len()) {
                door if door < DOORS.len() => ("POST", DOORS[door]),
                _ => ("DELETE", "/"),
            };
            sandbox.add_fault(FaultRule::new(action, path).method(method).times(1));
        }
        let (before, after) = match self {
            // What was asked for by a desk that is gone may be carried out when the next one looks already.
            Self::Arrived if dice.random_bool(0.4) => (dice.random_range(LATE_MS), 0),
            Self::Arrived => (PAUSE_MS, 0),
            Self::CarriedOut => (0, PAUSE_MS),
            Self::Answered(_) => (0, 0),
            Self::Started(_) | Self::Opened(_) | Self::Receipt(..) => {
                (dice.random_range(0..8), dice.random_range(0..8))
            }
        };
        for (method, path) in DOORS.iter().map(|door| ("POST", *door)).chain([("DELETE", "/")]) {
            let slow = FaultRule::new(FaultAction::Delay, path).method(method).delay_ms(before);
            sandbox.add_fault(FaultRule { delay_after_ms: after, ..slow });
        }
    }

    /// Waits for the moment, as far as it depends on UiTPAS or on the time alone. `Opened` and `Receipt` wait for what the
    /// desk says.
    pub async fn comes(self, sandbox: &Sandbox) {
        match self {
            Self::Started(after) => tokio::time::sleep(after).await,
            Self::Opened(_) | Self::Receipt(..) => std::future::pending().await,
            Self::Arrived => another(sandbox).await,
            Self::CarriedOut => {
                another(sandbox).await;
                tokio::time::sleep(Duration::from_millis(PAUSE_MS / 4)).await;
            }
            Self::Answered(after) => {
                another(sandbox).await;
                tokio::time::sleep(after).await;
            }
        }
    }
}

/// How often something was to be carried out.
fn asked(sandbox: &Sandbox) -> u64 {
    let posted: u64 = DOORS.iter().map(|door| sandbox.request_count("POST", door)).sum();
    posted + sandbox.request_count_below("DELETE", "/")
}

/// Waits until one more thing is to be carried out.
async fn another(sandbox: &Sandbox) {
    let before = asked(sandbox);
    while asked(sandbox) == before {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
