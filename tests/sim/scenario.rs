//! What can go wrong, and how often, in each scenario.

use crate::rng::Rng;

/// Milliseconds in a second, and so on.
pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// How often each thing happens: so many times in a thousand, where nothing else is said.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// What happens, for the table.
    pub(crate) told: &'static str,
    pub(crate) desks: usize,
    /// A request that does not arrive, and nobody says so.
    pub(crate) lost: u32,
    /// An answer that does not arrive: reset at once, or never heard of again.
    pub(crate) answer_lost: u32,
    /// Commits after the client gave up, this long after it.
    pub(crate) late: u32,
    pub(crate) late_between: (i64, i64),
    /// Fails before a byte leaves.
    pub(crate) not_sent: u32,
    /// A 5xx, half of them after the commit.
    pub(crate) broken: u32,
    /// 429, 401 or 403.
    pub(crate) held: u32,
    /// An answer about something else, after the commit.
    pub(crate) mismatch: u32,
    /// Answers that take up to 12 seconds.
    pub(crate) slow: u32,
    /// Records that are listed only after up to so many milliseconds.
    pub(crate) lag: u32,
    pub(crate) lag_up_to: i64,
    /// Acts that UiTPAS refuses for themselves.
    pub(crate) refused: u32,
    /// At most so many tickets for one person and activity; none is no limit.
    pub(crate) limit: u32,
    /// Group passes, persons who come again to the same, and cards at two desks.
    pub(crate) groups: u32,
    pub(crate) repeats: u32,
    pub(crate) two_desks: u32,
    /// Points and rewards among the acts.
    pub(crate) others: u32,
    /// Acts that are taken back.
    pub(crate) cancels: u32,
    /// Crashes at a write to the disk.
    pub(crate) crash: u32,
    /// Sleeps and jumps of the clock during the acts of a desk, at most.
    pub(crate) jumps: usize,
    /// Seeds in which a desk works without a network first.
    pub(crate) offline: u32,
}

const CALM: Scenario = Scenario {
    name: "",
    told: "",
    desks: 1,
    lost: 10,
    answer_lost: 10,
    late: 0,
    late_between: (10 * SECOND, MINUTE),
    not_sent: 0,
    broken: 0,
    held: 0,
    mismatch: 0,
    slow: 0,
    lag: 0,
    lag_up_to: 30 * SECOND,
    refused: 0,
    limit: 0,
    groups: 0,
    repeats: 0,
    two_desks: 0,
    others: 0,
    cancels: 0,
    crash: 0,
    jumps: 0,
    offline: 0,
};
const LATE: Scenario = Scenario { late: 10, ..CALM };
const LAG: Scenario = Scenario { lag: 500, ..LATE };
const ALL: Scenario = Scenario {
    not_sent: 20,
    broken: 20,
    held: 10,
    slow: 20,
    refused: 10,
    limit: 2,
    groups: 100,
    repeats: 150,
    others: 300,
    cancels: 40,
    crash: 5,
    jumps: 2,
    offline: 200,
    ..LAG
};

/// The scenarios of sync.md §1.10 and the ones that exercise the rest of the machine.
pub(crate) const SCENARIOS: [Scenario; 12] = [
    Scenario { name: "lost", told: "1 % requests lost, 1 % answers lost", ..CALM },
    Scenario { name: "late", told: "+ 1 % commits late by 10 to 60 s", ..LATE },
    Scenario { name: "lag", told: "+ lists lag up to 30 s", ..LAG },
    Scenario {
        name: "later",
        told: "+ late up to 10 min, past settling",
        late_between: (10 * SECOND, 10 * MINUTE),
        ..LAG
    },
    Scenario { name: "groups", told: "4 desks, 30 % groups, 30 % repeats", desks: 4, groups: 300, repeats: 300, ..LAG },
    Scenario { name: "two-desks", told: "4 desks, 5 % of cards at two desks", desks: 4, two_desks: 50, ..LAG },
    Scenario {
        name: "bad-day",
        told: "4 desks, 10 % / 10 % / 5 % late",
        desks: 4,
        lost: 100,
        answer_lost: 100,
        late: 50,
        late_between: (10 * SECOND, 10 * MINUTE),
        groups: 100,
        repeats: 100,
        ..LAG
    },
    Scenario {
        name: "offline",
        told: "an hour offline, then batches",
        offline: 1_000,
        refused: 20,
        groups: 100,
        ..LAG
    },
    Scenario { name: "machine", told: "crashes, sleep, clocks that jump", crash: 30, jumps: 4, others: 300, ..LAG },
    Scenario {
        name: "refusals",
        told: "limits, refusals, 429, 401, 403, 5xx",
        limit: 1,
        refused: 50,
        held: 50,
        broken: 50,
        repeats: 300,
        others: 300,
        cancels: 50,
        ..LAG
    },
    Scenario { name: "all", told: "one desk, everything at once", late_between: (10 * SECOND, 10 * MINUTE), ..ALL },
    Scenario { name: "all-desks", told: "4 desks, everything at once", desks: 4, two_desks: 20, mismatch: 2, ..ALL },
];

/// What chance decides of one seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) scenario: Scenario,
    /// Receipts go along in the label.
    pub(crate) labelled: bool,
    /// Nobody but this desk sells for the organizer.
    pub(crate) alone: bool,
    /// The acts, of all desks together.
    pub(crate) acts: usize,
}

impl Setting {
    /// The setting of a seed: every scenario in turn, with and without the receipt in the label.
    pub(crate) fn of(seed: u64, only: Option<usize>, rng: &mut Rng) -> (usize, Self) {
        let count = SCENARIOS.len() as u64;
        let which = only.unwrap_or(usize::try_from(seed % count).unwrap_or(0));
        let scenario = SCENARIOS[which];
        let labelled = if only.is_some() { seed % 2 == 1 } else { seed / count % 2 == 1 };
        let alone = scenario.desks == 1 && rng.permille(700);
        (which, Self { scenario, labelled, alone, acts: 50 })
    }
}
