//! What goes to UiTPAS next. An image of the open entries, in the order in which they may go; the table is the truth, and
//! this is made anew from it at any time.
//!
//! Each person is a lane: one request at a time, in order. An entry in doubt holds up only what could be taken for it (I4).
//! What UiTPAS takes for a short time only goes first, then what a person waits for, then cancellations, then the rest.

mod agenda;

use crate::entry::{Act, Entry};
use crate::event::EventId;
use crate::life::{Attempt, Hold, Open, after};
use crate::outbox::State;
use crate::pass::PassholderId;
use crate::time::Moment;
use agenda::Agenda;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A deadline that is nearer than this, in seconds, goes before everything else.
const PRESSING_SECONDS: i64 = 1_800;

/// What is being looked up is not handed out again for so many seconds, unless it is put back.
const LOOK_LEASE_SECONDS: i64 = 60;

/// What is to be looked up at UiTPAS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Whether the entries of one request are there.
    Doubt(Vec<Open>),
    /// Whether an entry that was sent twice is there twice.
    Recheck(Open),
}

/// The open entries, in the order in which they may go.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    open: BTreeMap<i64, Open>,
    /// What is queued, sent or in doubt, of each person.
    persons: HashMap<PassholderId, BTreeSet<i64>>,
    /// Queued, and waiting for its time.
    waiting: Agenda,
    /// May go, and UiTPAS takes it for a short time only.
    urgent: Agenda,
    /// May go, and a person waits for it.
    fresh: BTreeSet<i64>,
    /// May go, and takes something out.
    cancels: BTreeSet<i64>,
    /// May go.
    rest: BTreeSet<i64>,
    /// Of the rest, the sales that can go in one request.
    together: HashMap<EventId, BTreeSet<i64>>,
    /// Everything queued that has a deadline.
    deadlines: Agenda,
    doubts: HashMap<i64, BTreeSet<i64>>,
    /// When each request in doubt is to be looked up.
    looks: Agenda,
    /// When each entry that was sent twice is to be looked up.
    rechecks: Agenda,
}

impl Queue {
    /// The queue of these entries.
    pub fn new(entries: impl IntoIterator<Item = Open>, now: Moment) -> Self {
        let mut queue = Self::default();
        for open in entries {
            queue.keep(open);
        }
        let persons: Vec<_> = queue.persons.keys().cloned().collect();
        for person in &persons {
            queue.arrange(person, now);
        }
        queue
    }

    /// Takes in an entry as it stands now, instead of what was known of it.
    pub fn put(&mut self, open: Open, now: Moment) {
        let person = open.entry.act.holder().passholder.clone();
        self.forget(open.receipt());
        self.keep(open);
        self.arrange(&person, now);
    }

    /// An entry as it is known here.
    pub fn get(&self, receipt: i64) -> Option<&Open> {
        self.open.get(&receipt)
    }

    /// All that is known here, in the order of the receipts.
    pub fn iter(&self) -> impl Iterator<Item = &Open> {
        self.open.values()
    }

    /// What may go in one request now; nothing when everything waits.
    pub fn next(&mut self, now: Moment) -> Option<Vec<Open>> {
        self.wake(now);
        let first = self.first(now)?;
        Some(self.with_company(first))
    }

    /// What must be looked up at UiTPAS now. It is not handed out again for a minute, unless it is put back.
    pub fn next_look(&mut self, now: Moment) -> Option<Look> {
        let lease = after(now, LOOK_LEASE_SECONDS);
        if let Some(batch) = self.looks.due(now) {
            self.looks.set(batch, lease);
            let receipts = self.doubts.get(&batch)?;
            return Some(Look::Doubt(receipts.iter().filter_map(|receipt| self.open.get(receipt).cloned()).collect()));
        }
        let receipt = self.rechecks.due(now)?;
        self.rechecks.set(receipt, lease);
        self.open.get(&receipt).cloned().map(Look::Recheck)
    }

    /// Whether something is under way or in doubt whose record could be taken for one of this entry. A list that was read
    /// before this was asked then shows records that nobody has accounted for yet, so it is no proof of a record too many.
    pub fn is_crowded(&self, open: &Open) -> bool {
        let theirs = self.persons.get(&open.entry.act.holder().passholder).into_iter().flatten();
        theirs.filter(|receipt| **receipt != open.receipt()).filter_map(|receipt| self.open.get(receipt)).any(|other| {
            matches!(other.life.state, State::Sending | State::InDoubt) && could_be_taken_for(&open.entry, &other.entry)
        })
    }

    /// The queued entries whose deadline passed, by the clock of UiTPAS.
    pub fn expired(&self, server_now: Moment) -> Vec<Open> {
        self.deadlines.before(server_now).filter_map(|receipt| self.open.get(&receipt).cloned()).collect()
    }

    /// The next moment at which there is something to do that is not to be done now.
    pub fn due(&self) -> Option<Moment> {
        [self.waiting.first(), self.looks.first(), self.rechecks.first()].into_iter().flatten().min()
    }

    /// What waits and need not wait any longer, because the network is back or somebody signed in. What UiTPAS asked to wait
    /// is not among it.
    pub fn to_hurry(&self) -> Vec<Open> {
        let waiting = self.waiting.all().filter_map(|receipt| self.open.get(&receipt));
        waiting.filter(|open| open.life.hold != Some(Hold::Wait)).cloned().collect()
    }

    fn keep(&mut self, open: Open) {
        let (receipt, life) = (open.receipt(), open.life);
        match life.state {
            State::Queued => {
                if let Some(deadline) = open.entry.act.deadline() {
                    self.deadlines.set(receipt, deadline);
                }
            }
            State::Sending => {}
            State::InDoubt => {
                if let Some(doubt) = life.doubt {
                    self.doubts.entry(doubt.batch).or_default().insert(receipt);
                    self.looks.set(doubt.batch, doubt.look_at);
                }
            }
            State::Confirmed
            | State::Refused
            | State::Withdrawn
            | State::Cancelled
            | State::WrittenOff
            | State::HandedOver => {
                let Some(at) = life.recheck_at else { return };
                self.rechecks.set(receipt, at);
                self.open.insert(receipt, open);
                return;
            }
        }
        self.persons.entry(open.entry.act.holder().passholder.clone()).or_default().insert(receipt);
        self.open.insert(receipt, open);
    }

    fn forget(&mut self, receipt: i64) {
        self.displace(receipt);
        let Some(open) = self.open.remove(&receipt) else { return };
        remove_from(&mut self.persons, &open.entry.act.holder().passholder, receipt);
        self.deadlines.remove(receipt);
        self.rechecks.remove(receipt);
        if let Some(doubt) = open.life.doubt {
            remove_from(&mut self.doubts, &doubt.batch, receipt);
            if !self.doubts.contains_key(&doubt.batch) {
                self.looks.remove(doubt.batch);
            }
        }
    }

    /// Takes an entry from where it waits to go.
    fn displace(&mut self, receipt: i64) {
        self.waiting.remove(receipt);
        self.urgent.remove(receipt);
        self.fresh.remove(&receipt);
        self.cancels.remove(&receipt);
        if self.rest.remove(&receipt)
            && let Some(event) = self.open.get(&receipt).and_then(|open| company(&open.entry)).cloned()
        {
            remove_from(&mut self.together, &event, receipt);
        }
    }

    /// Lets those go whose time has come.
    fn wake(&mut self, now: Moment) {
        let due: Vec<i64> = self.waiting.until(now).collect();
        for receipt in due {
            self.waiting.remove(receipt);
            if let Some(person) = self.person_of(receipt) {
                self.arrange(&person, now);
            }
        }
        // What nobody waits for any more goes with the rest.
        let is_stale = |open: &Open| !Attempt::is_fresh(open.entry.occurred, now);
        let first = self.fresh.iter().take_while(|first| self.open.get(first).is_none_or(is_stale));
        let stale: Vec<i64> = first.copied().collect();
        for receipt in stale {
            self.fresh.remove(&receipt);
            if let Some(person) = self.person_of(receipt) {
                self.arrange(&person, now);
            }
        }
    }

    fn person_of(&self, receipt: i64) -> Option<PassholderId> {
        self.open.get(&receipt).map(|open| open.entry.act.holder().passholder.clone())
    }

    /// Puts everything queued of one person where it belongs: the first that may go in its place, all others out of sight.
    fn arrange(&mut self, person: &PassholderId, now: Moment) {
        let Some(receipts) = self.persons.get(person) else { return };
        let theirs: Vec<&Open> = receipts.iter().filter_map(|receipt| self.open.get(receipt)).collect();
        let busy = theirs.iter().any(|open| open.life.state == State::Sending);
        let queued = theirs.iter().filter(|open| open.life.state == State::Queued);
        let (later, ready): (Vec<&Open>, Vec<&Open>) = queued.partition(|open| open.life.not_before > now);
        // Few are, so that a lane of a thousand is not compared with itself.
        let in_the_way: Vec<&Open> = theirs.iter().copied().filter(|open| can_hold_up(open)).collect();
        let head =
            ready.into_iter().filter(|open| !busy && !is_held_up(open, &in_the_way)).min_by_key(|open| order(open));
        let later: Vec<(i64, Moment)> = later.iter().map(|open| (open.receipt(), open.life.not_before)).collect();
        let head = head.map(|open| (open.receipt(), Place::of(open, now), company(&open.entry).cloned()));
        let all: Vec<i64> = receipts.iter().copied().collect();
        for receipt in all {
            self.displace(receipt);
        }
        for (receipt, at) in later {
            self.waiting.set(receipt, at);
        }
        let Some((receipt, place, company)) = head else { return };
        match place {
            Place::Urgent(deadline) => self.urgent.set(receipt, deadline),
            Place::Fresh => drop(self.fresh.insert(receipt)),
            Place::Cancel => drop(self.cancels.insert(receipt)),
            Place::Rest => {
                self.rest.insert(receipt);
                if let Some(event) = company {
                    self.together.entry(event).or_default().insert(receipt);
                }
            }
        }
    }

    fn first(&self, now: Moment) -> Option<i64> {
        let pressing = self.urgent.due(after(now, PRESSING_SECONDS));
        let of = |set: &BTreeSet<i64>| set.first().copied();
        pressing
            .or_else(|| of(&self.fresh))
            .or_else(|| of(&self.cancels))
            .or_else(|| self.urgent.earliest())
            .or_else(|| of(&self.rest))
    }

    /// The entry with those that can go in the same request: tickets for the same activity that nobody waits for, each of
    /// another person.
    fn with_company(&self, first: i64) -> Vec<Open> {
        let Some(leader) = self.open.get(&first) else { return Vec::new() };
        let mut batch = vec![leader.clone()];
        let others =
            company(&leader.entry).filter(|_| self.rest.contains(&first)).and_then(|event| self.together.get(event));
        let (mut most, mut count) = (leader.life.most, tickets(leader));
        for open in others.into_iter().flatten().filter_map(|receipt| self.open.get(receipt)) {
            let (limit, sum) = (most.min(open.life.most), count.saturating_add(tickets(open)));
            let same_desk = open.entry.act.holder().organizer == leader.entry.act.holder().organizer;
            if open.receipt() != first && same_desk && sum <= limit {
                (most, count) = (limit, sum);
                batch.push(open.clone());
            }
            if count >= most {
                break;
            }
        }
        batch
    }

    /// What must hold of the queue at any moment; a sentence for what does not. For tests and simulations.
    ///
    /// # Errors
    /// The sentence.
    pub fn check(&self) -> Result<(), String> {
        for (person, receipts) in &self.persons {
            let theirs: Vec<&Open> = receipts.iter().filter_map(|receipt| self.open.get(receipt)).collect();
            if theirs.iter().filter(|open| open.life.state == State::Sending).count() > 1 {
                return Err(format!("two requests at once for {person:?}"));
            }
            let unresolved: Vec<&&Open> =
                theirs.iter().filter(|open| matches!(open.life.state, State::Sending | State::InDoubt)).collect();
            for (at, one) in unresolved.iter().enumerate() {
                if unresolved[at + 1..].iter().any(|other| could_be_taken_for(&one.entry, &other.entry)) {
                    return Err(format!("I4: two attempts that cannot be told apart, {}", one.entry.receipt));
                }
            }
        }
        Ok(())
    }
}

/// Where an entry that may go stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Urgent(Moment),
    Fresh,
    Cancel,
    Rest,
}

impl Place {
    fn of(open: &Open, now: Moment) -> Self {
        let untried = open.life.attempts == 0;
        match (&open.entry.act, open.entry.act.deadline()) {
            (_, Some(deadline)) => Self::Urgent(deadline),
            (Act::Cancellation(_), None) => Self::Cancel,
            (Act::Sale(_) | Act::CheckIn(_) | Act::Redemption(_), None) => {
                if untried && Attempt::is_fresh(open.entry.occurred, now) { Self::Fresh } else { Self::Rest }
            }
        }
    }
}

/// Within a lane the nearest deadline goes first, and then the older one.
fn order(open: &Open) -> (bool, Option<Moment>, i64) {
    let deadline = open.entry.act.deadline();
    (deadline.is_none(), deadline, open.receipt())
}

/// Whether anything of the same person may have to wait for it.
fn can_hold_up(open: &Open) -> bool {
    open.life.state == State::InDoubt || matches!(open.entry.act, Act::CheckIn(_))
}

/// Whether something else of the same person must be settled first.
fn is_held_up(open: &Open, in_the_way: &[&Open]) -> bool {
    in_the_way.iter().filter(|other| other.receipt() != open.receipt()).any(|other| {
        let (state, undisputed) = (other.life.state, other.life.dispute.is_none());
        let held_up_by_doubt = state == State::InDoubt && could_be_taken_for(&open.entry, &other.entry);
        // A reward waits for the points that may pay for it, unless nobody can say when they come.
        let pays = matches!((&open.entry.act, &other.entry.act), (Act::Redemption(_), Act::CheckIn(_)))
            && other.receipt() < open.receipt()
            && match state {
                State::Queued => other.life.hold != Some(Hold::Forbidden),
                State::InDoubt => undisputed,
                _ => false,
            };
        held_up_by_doubt || pays
    })
}

/// Whether the record of one could be taken for that of the other: the same kind for the same person at the same activity
/// or for the same reward, at the same organizer (the conflict key of I4).
pub fn could_be_taken_for(one: &Entry, other: &Entry) -> bool {
    let (here, there) = (one.act.holder(), other.act.holder());
    here.passholder == there.passholder
        && here.organizer == there.organizer
        && match (&one.act, &other.act) {
            (Act::Sale(one), Act::Sale(other)) => one.event == other.event,
            (Act::CheckIn(one), Act::CheckIn(other)) => one.event == other.event,
            (Act::Redemption(one), Act::Redemption(other)) => one.reward == other.reward,
            _ => false,
        }
}

/// The activity whose waiting sales can go together with this one. A price that was computed has no tariff yet, which must
/// be asked for, so it goes alone.
fn company(entry: &Entry) -> Option<&EventId> {
    match &entry.act {
        Act::Sale(sale) if sale.tariff.is_some() => Some(&sale.event),
        _ => None,
    }
}

fn tickets(open: &Open) -> u32 {
    if let Act::Sale(sale) = &open.entry.act { sale.quantity } else { 1 }
}

fn remove_from<K: std::hash::Hash + Eq>(sets: &mut HashMap<K, BTreeSet<i64>>, key: &K, receipt: i64) {
    if let Some(set) = sets.get_mut(key) {
        set.remove(&receipt);
        if set.is_empty() {
            sets.remove(key);
        }
    }
}

#[cfg(test)]
mod tests;
