//! What is counted, and how it is told.

use super::fate::Fate;
use std::collections::BTreeMap;
use std::time::Duration;

/// The figures of a round, or of all rounds together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often a desk was killed, by [`Fate::index`].
    pub kills: [u32; Fate::NAMES.len()],
    /// How many of these lives had no network.
    pub offline: u32,
    /// How many attempts the next start found cut off.
    pub cut_off: u32,
    /// How many receipts were said to be recorded: sales, points, redemptions and cancellations.
    pub receipts: [u32; 4],
    /// How many entries the ledgers hold: the end may come after the commit and before the word.
    pub entries: u32,
    /// Entries that UiTPAS has, cancellations included.
    pub confirmed: u32,
    /// Entries that UiTPAS refused.
    pub refused: u32,
    /// Entries that were taken back before they were sent.
    pub withdrawn: u32,
    /// Entries that UiTPAS had and took out again.
    pub cancelled: u32,
    /// Entries that are open in the end and that nobody is told of.
    pub open: u32,
    /// Disputes that a clerk settled in the evening, by what the desk could not tell.
    pub settled: BTreeMap<&'static str, u32>,
    /// Entries that are shown to a person in the end, by what the desk could not tell.
    pub shown: BTreeMap<&'static str, u32>,
    /// What UiTPAS has and no entry owns.
    pub twice: u32,
    /// Receipts that no ledger holds, and what UiTPAS should have and has not.
    pub lost: u32,
    /// Everything that may not be, in words.
    pub faults: Vec<String>,
}

impl Tally {
    /// All kills together.
    pub fn kills(&self) -> u32 {
        self.kills.iter().sum()
    }

    /// Adds the figures of a round.
    pub fn add(&mut self, other: Self) {
        self.kills.iter_mut().zip(other.kills).for_each(|(sum, more)| *sum += more);
        self.receipts.iter_mut().zip(other.receipts).for_each(|(sum, more)| *sum += more);
        for (sum, more) in [
            (&mut self.offline, other.offline),
            (&mut self.cut_off, other.cut_off),
            (&mut self.entries, other.entries),
            (&mut self.confirmed, other.confirmed),
            (&mut self.refused, other.refused),
            (&mut self.withdrawn, other.withdrawn),
            (&mut self.cancelled, other.cancelled),
            (&mut self.open, other.open),
            (&mut self.twice, other.twice),
            (&mut self.lost, other.lost),
        ] {
            *sum += more;
        }
        for (sum, more) in [(&mut self.settled, other.settled), (&mut self.shown, other.shown)] {
            more.into_iter().for_each(|(code, count)| *sum.entry(code).or_default() += count);
        }
        self.faults.extend(other.faults);
    }

    /// The figures in one line.
    pub fn told(&self) -> String {
        let [sales, points, redemptions, cancellations] = self.receipts;
        format!(
            "receipts for {sales} sales, {points} points, {redemptions} rewards, {cancellations} cancellations; \
             {} entries: {} confirmed, {} cancelled, {} withdrawn, {} refused, {} open; settled by a clerk {}, shown {}",
            self.entries,
            self.confirmed,
            self.cancelled,
            self.withdrawn,
            self.refused,
            self.open,
            by_code(&self.settled),
            by_code(&self.shown)
        )
    }

    /// When the kills came, and what they met.
    pub fn moments(&self) -> String {
        let each = Fate::NAMES.iter().zip(self.kills).map(|(name, count)| format!("{count} {name}"));
        let each = each.collect::<Vec<_>>().join(", ");
        format!("killed {each}; {} without a network; {} attempts found cut off", self.offline, self.cut_off)
    }

    /// What it comes to.
    pub fn verdict(&self, took: Duration, seed: u64) -> String {
        let (kills, seconds) = (self.kills(), took.as_secs_f64());
        let integrity = if self.faults.is_empty() { "integrity ok" } else { "NOT GOOD" };
        format!(
            "{kills} kills in {seconds:.1} s ({:.1}/s): {} lost, {} twice, {integrity}; seed {seed}",
            f64::from(kills) / seconds,
            self.lost,
            self.twice
        )
    }
}

fn by_code(counts: &BTreeMap<&'static str, u32>) -> String {
    let each: Vec<String> = counts.iter().map(|(code, count)| format!("{count} {code}")).collect();
    if each.is_empty() { "0".to_owned() } else { each.join(" + ") }
}
