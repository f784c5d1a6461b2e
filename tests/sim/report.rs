//! The table: what came of the acts, for each scenario, beside the naive strategies.

use crate::naive::Naive;
use crate::scenario::SCENARIOS;
use crate::world::Tally;
use std::fmt::Write;
use std::time::Duration;

/// The sums of everything that was played.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    balie: [[Tally; 2]; SCENARIOS.len()],
    naive: [[Tally; 3]; SCENARIOS.len()],
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.acts += other.acts;
        self.requests += other.requests;
        self.duplicates += other.duplicates;
        self.lost += other.lost;
        self.human += other.human;
        self.healed += other.healed;
        self.taken += other.taken;
        self.answers_lost += other.answers_lost;
        self.crashes += other.crashes;
    }

    /// So many in 100,000 acts.
    fn rate(&self, count: u64) -> u64 {
        (count * 100_000 + self.acts / 2).checked_div(self.acts).unwrap_or(0)
    }
}

impl Totals {
    pub(crate) fn balie(&mut self, scenario: usize, labelled: bool, tally: &Tally) {
        self.balie[scenario][usize::from(labelled)].add(tally);
    }

    pub(crate) fn naive(&mut self, scenario: usize, which: Naive, tally: &Tally) {
        self.naive[scenario][which as usize].add(tally);
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for scenario in 0..SCENARIOS.len() {
            for (mine, theirs) in self.balie[scenario].iter_mut().zip(&other.balie[scenario]) {
                mine.add(theirs);
            }
            for (mine, theirs) in self.naive[scenario].iter_mut().zip(&other.naive[scenario]) {
                mine.add(theirs);
            }
        }
    }

    pub(crate) fn table(&self, took: Duration) -> String {
        let mut text = String::from(
            "In 100,000 acts                                  | retry | never | read, then retry | Balie, receipt not in label   | Balie, receipt in label\n\
             scenario                                         |   dup |  lost |    dup      lost |  dup lost  human healed taken |  dup lost  human healed taken\n",
        );
        for (which, scenario) in SCENARIOS.iter().enumerate() {
            let [retry, never, read] = &self.naive[which];
            let [plain, labelled] = &self.balie[which];
            if plain.seeds + labelled.seeds == 0 {
                continue;
            }
            let of = |tally: &Tally| {
                format!(
                    "{:>4} {:>4} {:>6} {:>6} {:>5}",
                    tally.rate(tally.duplicates),
                    tally.rate(tally.lost),
                    tally.rate(tally.human),
                    tally.rate(tally.healed),
                    tally.rate(tally.taken)
                )
            };
            let naive = format!(
                "{:>5} | {:>5} | {:>6}  {:>8}",
                retry.rate(retry.duplicates),
                never.rate(never.lost),
                read.rate(read.duplicates),
                read.rate(read.lost)
            );
            let _ = writeln!(
                text,
                "{:<10} {:<37} | {naive} | {} | {}",
                scenario.name,
                scenario.told,
                of(plain),
                of(labelled)
            );
        }
        let mut sum = Tally::default();
        self.balie.iter().flatten().for_each(|tally| sum.add(tally));
        let _ = write!(
            text,
            "{} seeds, {} acts, {} requests, {} answers lost, {} crashes in {:.1} s",
            sum.seeds,
            sum.acts,
            sum.requests,
            sum.answers_lost,
            sum.crashes,
            took.as_secs_f64()
        );
        text
    }
}
