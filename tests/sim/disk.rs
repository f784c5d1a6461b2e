//! The simulated disk of a desk: what was committed stays, everything else is gone after a crash. It keeps what the real
//! ledger keeps, updates only what the update read, and checks every step against the invariants of sync.md §1.6.

use balie_core::entry::{Act, Cancellation, Entry, EntryId, ReceiptNumber};
use balie_core::label;
use balie_core::life::{Attempt, Life, Open};
use balie_core::outbox::{Signal, State, step};
use balie_core::time::Moment;
use balie_core::upload::Change;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// One entry with all that is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) entry: Arc<Entry>,
    pub(crate) token: String,
    pub(crate) life: Life,
    /// The last attempt, and whether it is open.
    pub(crate) attempt: Option<(Attempt, bool)>,
    /// The records of it that UiTPAS has.
    pub(crate) ids: Vec<u32>,
    /// UiTPAS refuses it. Nobody at the desk knows.
    pub(crate) bad: bool,
    /// When the last attempt really ended. Nobody at the desk knows.
    pub(crate) ended_at: i64,
    /// A person was asked about it.
    pub(crate) asked: bool,
}

/// The disk of one desk.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    pub(crate) desk: usize,
    pub(crate) rows: Vec<Stored>,
    /// Every record that was ever written down as one of ours, and whose.
    pub(crate) owned: HashMap<u32, i64>,
    /// Records that a person was shown.
    pub(crate) shown: BTreeSet<u32>,
    pub(crate) batches: i64,
}

impl Disk {
    pub(crate) fn row(&self, receipt: i64) -> Option<&Stored> {
        self.rows.get(usize::try_from(receipt - 1).ok()?)
    }

    pub(crate) fn row_mut(&mut self, receipt: i64) -> Option<&mut Stored> {
        self.rows.get_mut(usize::try_from(receipt - 1).ok()?)
    }

    pub(crate) fn open(&self, receipt: i64) -> Option<Open> {
        let row = self.row(receipt)?;
        Some(Open { entry: row.entry.clone(), token: row.token.clone(), life: row.life })
    }

    pub(crate) fn opens(&self, receipts: &[i64]) -> Vec<Open> {
        receipts.iter().filter_map(|receipt| self.open(*receipt)).collect()
    }

    /// Everything of which something is still to be done.
    pub(crate) fn all_open(&self) -> impl Iterator<Item = Open> {
        let is_open = |row: &&Stored| !row.life.state.is_final() || row.life.recheck_at.is_some();
        self.rows.iter().filter(is_open).map(|row| Open {
            entry: row.entry.clone(),
            token: row.token.clone(),
            life: row.life,
        })
    }

    /// Records an act (T1).
    pub(crate) fn record(&mut self, act: Act, occurred: Moment, dice: u64, bad: bool) -> i64 {
        let sequence = i64::try_from(self.rows.len()).unwrap_or(0) + 1;
        let mut id = [0; 16];
        id[..8].copy_from_slice(&sequence.to_be_bytes());
        id[8..].copy_from_slice(&dice.to_be_bytes());
        let receipt = ReceiptNumber { prefix: format!("B{}", self.desk + 1), sequence };
        let entry = Arc::new(Entry { id: EntryId(id), receipt, act, occurred });
        let token = label::token(&entry);
        self.rows.push(Stored {
            entry,
            token,
            life: Life::fresh(),
            attempt: None,
            ids: Vec::new(),
            bad,
            ended_at: 0,
            asked: false,
        });
        sequence
    }

    /// Records that an act is taken back at UiTPAS, unless it was recorded already.
    pub(crate) fn record_cancellation(&mut self, receipt: i64, occurred: Moment, dice: u64) -> Option<i64> {
        let entry = self.row(receipt)?.entry.clone();
        let is_there = |row: &Stored| matches!(&row.entry.act, Act::Cancellation(each) if each.of == entry.id);
        if self.rows.iter().any(is_there) {
            return None;
        }
        Some(self.record(Act::Cancellation(Cancellation::of(&entry)?), occurred, dice, false))
    }

    pub(crate) fn next_batch(&mut self) -> i64 {
        self.batches += 1;
        self.batches
    }

    /// Writes down records as those of an entry (I3).
    pub(crate) fn own(&mut self, receipt: i64, ids: &[u32]) -> Result<(), String> {
        for id in ids {
            if let Some(other) = self.owned.insert(*id, receipt) {
                return Err(format!("I3: r{id} belongs to {other} and to {receipt}"));
            }
        }
        if let Some(row) = self.row_mut(receipt) {
            row.ids.extend_from_slice(ids);
        }
        Ok(())
    }

    /// Whether every change is about what stands here: the guard of the update.
    pub(crate) fn accepts(&self, changes: &[Change]) -> bool {
        let mut versions: HashMap<i64, i64> = HashMap::new();
        changes.iter().all(|change| {
            let stands = self.row(change.receipt).map(|row| row.life.version);
            let before = versions.get(&change.receipt).copied().or(stands);
            versions.insert(change.receipt, change.life.version);
            before == Some(change.life.version - i64::from(change.signal.is_some()))
        })
    }

    /// Shows a person records that are too many, beside the entry that they look like.
    pub(crate) fn show(&mut self, receipt: i64, records: Vec<u32>) {
        self.shown.extend(records);
        if let Some(row) = self.row_mut(receipt) {
            row.asked = true;
        }
    }

    /// Commits changes that were checked with [`Disk::accepts`].
    pub(crate) fn commit(&mut self, changes: &[Change]) -> Result<(), String> {
        for change in changes {
            let receipt = change.receipt;
            let Some(row) = self.row_mut(receipt) else { return Err(format!("no entry {receipt}")) };
            checked(&row.life, change)?;
            row.life = change.life;
            row.asked |= change.life.dispute.is_some();
            if let (Some((_, is_open)), true) = (&mut row.attempt, change.life.state != State::Sending) {
                *is_open = false;
            }
        }
        Ok(())
    }
}

/// A change must be a step of the table (I12), what is confirmed is never sent again (I8), and what is in doubt leaves it by
/// a look or by a person only (I6).
fn checked(before: &Life, change: &Change) -> Result<(), String> {
    let (receipt, after) = (change.receipt, &change.life);
    let Some(signal) = change.signal else {
        let same = after.state == before.state;
        return if same { Ok(()) } else { Err(format!("I12: {receipt} changed its state without a signal")) };
    };
    if step(before.state, signal) != Ok(after.state) {
        return Err(format!("I12: {receipt} went from {:?} to {:?} on {signal:?}", before.state, after.state));
    }
    if before.state == State::Confirmed && !matches!(after.state, State::Confirmed | State::Cancelled) {
        return Err(format!("I8: {receipt} was confirmed and is {:?}", after.state));
    }
    let by_a_look = matches!(signal, Signal::Found | Signal::Absent | Signal::IsThere | Signal::IsNotThere);
    if before.state == State::InDoubt && after.state != State::InDoubt && !by_a_look {
        return Err(format!("I6: {receipt} left its doubt on {signal:?}"));
    }
    Ok(())
}
