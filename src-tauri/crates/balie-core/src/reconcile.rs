//! What the rows of UiTPAS say about entries in doubt. A pure function; what it cannot tell is for a person.
//!
//! Never in time alone (I6): only a row proves that an entry is there, and only a complete list, read long enough after the
//! attempt, proves that it is not.

use crate::entry::{Act, Entry};
use crate::label;
use crate::life::{Dispute, Doubt, Life, Proof};
use crate::money::Cents;
use crate::pass::UitpasNumber;
use crate::tariff::TariffId;
use crate::time::Moment;
use jiff::SignedDuration;

/// How far the clock of UiTPAS and our idea of it may lie apart, in seconds.
const APART_SECONDS: i64 = 5;

/// How long after an attempt a record may be made and still be of that attempt, in seconds, where other desks sell too. A
/// server that still commits after the client gave up does so within a minute; what comes later may be of another desk, so a
/// person looks at it.
const LATE_SECONDS: i64 = 60;

/// One record that UiTPAS lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The id that UiTPAS gave it.
    pub id: String,
    /// When UiTPAS made it.
    pub at: Moment,
    /// The number on which it was made.
    pub number: UitpasNumber,
    /// The activity, or the reward.
    pub about: String,
    /// What only a ticket sale has.
    pub sale: Option<SaleRow>,
    /// The code that the passholder needs to use a reward.
    pub redeem_code: Option<String>,
}

/// What only a ticket sale has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRow {
    /// The tariff.
    pub tariff: TariffId,
    /// The regular price.
    pub regular: Cents,
    /// The name of the price category as it was sent, where UiTPAS repeats it.
    pub label: Option<String>,
    /// The price that UiTPAS counts.
    pub price: Option<Cents>,
}

impl Row {
    /// The receipt number in its label.
    pub fn token(&self) -> Option<&str> {
        let (_, token) = label::split(self.sale.as_ref()?.label.as_deref()?);
        token
    }

    /// Whether it is about the same as an entry: the same person, activity or reward, and for a ticket the same price.
    pub fn fits(&self, entry: &Entry) -> bool {
        if self.number != entry.act.holder().number {
            return false;
        }
        match (&entry.act, &self.sale) {
            (Act::Sale(sale), Some(row)) => {
                let name = row.label.as_deref().map(label::split).map(|(name, _)| name);
                self.about == sale.event.0
                    && row.regular == sale.regular
                    && sale.tariff.as_ref().is_none_or(|tariff| *tariff == row.tariff)
                    && name.is_none_or(|name| name == sale.label)
            }
            (Act::CheckIn(check_in), None) => self.about == check_in.event.0,
            (Act::Redemption(redemption), None) => self.about == redemption.reward.0,
            _ => false,
        }
    }
}

/// One entry in doubt.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// What was done.
    pub entry: &'a Entry,
    /// The receipt that went along in the label, if one did.
    pub token: &'a str,
    /// What is not known.
    pub doubt: &'a Doubt,
    /// A group may buy the same thing at two desks at once; a person stands at one.
    pub group: bool,
    /// A person may have booked the like of it by hand: another act of the same person that UiTPAS refused. Then a record
    /// without a receipt may be that booking.
    pub by_hand: bool,
}

impl Item<'_> {
    fn quantity(&self) -> usize {
        match &self.entry.act {
            Act::Sale(sale) => usize::try_from(sale.quantity).unwrap_or(usize::MAX),
            _ => 1,
        }
    }
}

/// What is known besides the rows.
pub struct Known<'a> {
    /// Whether an id is that of a record which is accounted for already: it stands in the ledger of this desk, or it was
    /// listed before the attempt.
    pub accounted: &'a (dyn Fn(&str) -> bool + Sync),
    /// Nobody but this desk sells for this organizer.
    pub alone: bool,
    /// The clock of UiTPAS at the moment of the list.
    pub listed_at: Moment,
    /// How long this program has known of the doubt, by a clock that nobody can set.
    pub waited: SignedDuration,
    /// How long after an attempt a record may still appear.
    pub settle: SignedDuration,
}

impl Known<'_> {
    /// Whether a list may say that something is not there (I5).
    fn is_settled(&self, doubt: &Doubt) -> bool {
        self.waited >= self.settle && self.listed_at.duration_since(doubt.until) >= self.settle
    }
}

/// What the rows say about a whole request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// UiTPAS has all of it: the rows of each entry, in the order of the entries (T9).
    Found {
        /// The positions of the rows that are each entry's.
        rows: Vec<Vec<usize>>,
        /// The positions of rows too many that are provably ours (T16).
        surplus: Vec<(usize, usize)>,
    },
    /// UiTPAS has none of it, and it is long enough ago (T10).
    Absent,
    /// Nothing to be said yet: look again later.
    NotYet,
    /// The rows cannot tell (T11).
    Disputed(Dispute),
}

/// What the rows say about one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
enum One {
    Present { rows: Vec<usize>, surplus: Vec<usize> },
    Absent,
    Partial,
    Unsure(Dispute),
}

/// Judges the entries of one request by a complete list: all of them are there or none is; anything else is a contradiction
/// that a person must look at (I7). Each row is used up by one entry (I3).
pub fn verdict(items: &[Item<'_>], rows: &[Row], known: &Known<'_>) -> Verdict {
    let mut used = vec![false; rows.len()];
    let mut each = Vec::with_capacity(items.len());
    for item in items {
        let one = judge(item, rows, known, &used);
        if let One::Present { rows, surplus } = &one {
            rows.iter().chain(surplus).for_each(|row| used[*row] = true);
        }
        each.push(one);
    }
    let settled = items.iter().all(|item| known.is_settled(item.doubt));
    if each.iter().all(|one| *one == One::Absent) {
        return if settled { Verdict::Absent } else { Verdict::NotYet };
    }
    if let Some(dispute) = each.iter().find_map(One::dispute) {
        return if settled { Verdict::Disputed(dispute) } else { Verdict::NotYet };
    }
    let (mut found, mut too_many) = (Vec::new(), Vec::new());
    for (position, one) in each.into_iter().enumerate() {
        match one {
            One::Present { rows, surplus } => {
                found.push(rows);
                too_many.extend(surplus.into_iter().map(|row| (position, row)));
            }
            // Half of it is there. The list may lag behind; when it no longer can, it is a contradiction.
            _ if !settled => return Verdict::NotYet,
            _ => return Verdict::Disputed(Dispute::Partial),
        }
    }
    Verdict::Found { rows: found, surplus: too_many }
}

impl One {
    const fn dispute(&self) -> Option<Dispute> {
        match self {
            Self::Unsure(dispute) => Some(*dispute),
            Self::Partial => Some(Dispute::Partial),
            Self::Present { .. } | Self::Absent => None,
        }
    }
}

fn judge(item: &Item<'_>, rows: &[Row], known: &Known<'_>, used: &[bool]) -> One {
    let first = item.doubt.from.saturating_sub(SignedDuration::from_secs(APART_SECONDS));
    let Ok(first) = first else { return One::Unsure(Dispute::Several) };
    let mut fitting: Vec<usize> = (0..rows.len())
        .filter(|at| !used[*at])
        .filter(|at| rows[*at].fits(item.entry) && rows[*at].at >= first && !(known.accounted)(&rows[*at].id))
        .collect();
    fitting.sort_by_key(|at| (rows[*at].at, rows[*at].id.clone()));
    let (ours, without): (Vec<_>, Vec<_>) = fitting
        .into_iter()
        .filter(|at| rows[*at].token().is_none_or(|token| token == item.token))
        .partition(|at| rows[*at].token().is_some());
    let quantity = item.quantity();
    if ours.len() >= quantity {
        return present(ours, quantity, true);
    }
    if !ours.is_empty() {
        return One::Partial;
    }
    if item.doubt.labelled {
        return if without.is_empty() { One::Absent } else { One::Unsure(Dispute::WithoutReceipt) };
    }
    by_counting(item, without, rows, known)
}

/// Without a receipt in the label, rows are counted. Only one attempt of ours for this person and activity is ever open (I4),
/// so a row that is not accounted for is of this attempt, of another desk or booked by hand.
fn by_counting(item: &Item<'_>, rows_left: Vec<usize>, rows: &[Row], known: &Known<'_>) -> One {
    let quantity = item.quantity();
    if item.by_hand && !rows_left.is_empty() {
        return One::Unsure(Dispute::OtherDesk);
    }
    if known.alone {
        return match rows_left.len() {
            0 => One::Absent,
            count if count < quantity => One::Partial,
            _ => present(rows_left, quantity, true),
        };
    }
    let last = item.doubt.until.saturating_add(SignedDuration::from_secs(LATE_SECONDS));
    let in_time = rows_left.iter().filter(|at| last.as_ref().is_ok_and(|last| rows[**at].at <= *last)).count();
    match in_time {
        0 if rows_left.is_empty() => One::Absent,
        0 => One::Unsure(Dispute::Late),
        count if count < quantity => One::Partial,
        _ if rows_left.len() > quantity => One::Unsure(Dispute::Several),
        _ if item.group || !item.doubt.fresh => One::Unsure(Dispute::OtherDesk),
        _ => present(rows_left, quantity, false),
    }
}

/// The oldest rows are the entry's; the others are too many.
fn present(mut rows: Vec<usize>, quantity: usize, provable: bool) -> One {
    let surplus = rows.split_off(quantity.min(rows.len()));
    One::Present { rows, surplus: if provable { surplus } else { Vec::new() } }
}

/// The records too many of an entry that UiTPAS has and that was sent more than once: provably ours, because they carry its
/// receipt, or because nobody else sells and none was sent along (T16, I9). `life` is how the entry stands: where a person may
/// have booked it by hand, that booking has no receipt; and what a person said is there has no record here, or not all, so that
/// any of them may be the one that the person saw.
pub fn surplus(item: &Item<'_>, life: &Life, rows: &[Row], known: &Known<'_>) -> Surplus {
    let first = item.doubt.from.saturating_sub(SignedDuration::from_secs(APART_SECONDS));
    let Ok(first) = first else { return Surplus::default() };
    let mut found = Surplus::default();
    for (at, row) in rows.iter().enumerate() {
        if !row.fits(item.entry) || row.at < first || (known.accounted)(&row.id) {
            continue;
        }
        match row.token() {
            Some(token) if token != item.token => {}
            _ if life.proof == Some(Proof::Person) => found.perhaps.push(at),
            Some(_) => found.ours.push(at),
            // Whoever sends a receipt along makes no record without one: somebody booked this one by hand.
            None if known.alone && !item.doubt.labelled && !item.by_hand && !life.may_be_booked_by_hand() => {
                found.ours.push(at);
            }
            None => found.perhaps.push(at),
        }
    }
    found
}

/// Records too many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surplus {
    /// Provably ours.
    pub ours: Vec<usize>,
    /// Ours or of another desk.
    pub perhaps: Vec<usize>,
}

#[cfg(test)]
mod tests;
