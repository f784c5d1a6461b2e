//! What an answer of UiTPAS, or a look at its rows, means for the entries of a request: the signal for each and how it
//! stands from then on. Pure, so that the program and its simulation do the same.

use crate::entry::Act;
use crate::life::{Attempt, Dispute, Hold, LONGEST_HOLD_SECONDS, Life, Open, after};
use crate::outbox::{IllegalStep, Signal, State, next_try};
use crate::reconcile::Verdict;
use crate::time::Moment;
use jiff::SignedDuration;

/// How long an entry waits for somebody to sign in or to hand out a permission before it is tried again, in seconds.
const HELD_SECONDS: i64 = 60;

/// What became of a request (sync.md §1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A complete answer about exactly what was sent.
    Accepted,
    /// Not a byte left this computer.
    NotSent,
    /// UiTPAS says that it did nothing.
    NotProcessed {
        /// Why.
        hold: Hold,
        /// For how many seconds to wait; the other reasons have a wait of their own.
        seconds: u32,
    },
    /// UiTPAS refused it, all of it.
    Refused {
        /// The position of the entry for whose sake; absent when UiTPAS does not say.
        culprit: Option<usize>,
        /// It was a limit, which an earlier success of the same entry would meet as well.
        limit: bool,
    },
    /// Nobody knows.
    Unknown {
        /// An answer came, and it is about something else.
        mismatch: bool,
    },
}

/// One change of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The entry.
    pub receipt: i64,
    /// The step; absent when only the moment of the next look changes.
    pub signal: Option<Signal>,
    /// How it stands afterwards.
    pub life: Life,
}

impl Change {
    fn step(open: &Open, signal: Signal, life: Life) -> Self {
        Self { receipt: open.receipt(), signal: Some(signal), life }
    }
}

/// What is claimed: every entry of a request, in the order in which it is sent (T2).
///
/// # Errors
/// One of them is not queued.
pub fn claimed(batch: &[Open]) -> Result<Vec<Change>, IllegalStep> {
    batch.iter().map(|open| Ok(Change::step(open, Signal::Claim, open.life.take(Signal::Claim)?))).collect()
}

/// What an answer means for every entry of its request. `dice` is any number, drawn outside the core.
///
/// # Errors
/// One of them is not being sent.
pub fn answered(
    batch: &[Open],
    class: Class,
    attempt: &Attempt,
    now: Moment,
    dice: u64,
) -> Result<Vec<Change>, IllegalStep> {
    let mut changes = Vec::with_capacity(batch.len());
    for (position, open) in batch.iter().enumerate() {
        let life = &open.life;
        let (signal, next) = match class {
            Class::Accepted => (Signal::Accepted, life.confirmed(Signal::Accepted, now)?),
            Class::NotSent => waiting(life, Signal::NotSent, None, next_try(now, life.attempts, dice))?,
            Class::NotProcessed { hold, seconds } => {
                let seconds = match hold {
                    // The refused token was dropped: a new one may be all it takes.
                    Hold::SignIn if life.hold != Some(Hold::SignIn) => 0,
                    Hold::SignIn | Hold::Forbidden => HELD_SECONDS,
                    Hold::Wait => i64::from(seconds).min(LONGEST_HOLD_SECONDS),
                };
                waiting(life, Signal::NotProcessed, Some(hold), after(now, seconds))?
            }
            Class::Refused { culprit, limit } => refused(batch, position, (culprit, limit), attempt, now)?,
            // Taking something out twice does no harm, so a cancellation is sent again and never in doubt. It waits its
            // time also when the network is back: what else is queued goes first.
            Class::Unknown { .. } if matches!(open.entry.act, Act::Cancellation(_)) => {
                waiting(life, Signal::Repeatable, Some(Hold::Wait), next_try(now, life.attempts, dice))?
            }
            Class::Unknown { mismatch } => {
                let mut next = life.doubted(Signal::Unknown, attempt, now)?;
                next.dispute = mismatch.then_some(Dispute::Mismatch);
                (Signal::Unknown, next)
            }
        };
        changes.push(Change::step(open, signal, next));
        changes.extend(taken_back(open, &next, now)?);
    }
    Ok(changes)
}

fn waiting(life: &Life, signal: Signal, hold: Option<Hold>, not_before: Moment) -> Result<(Signal, Life), IllegalStep> {
    Ok((signal, Life { hold, not_before, ..life.take(signal)? }))
}

fn refused(
    batch: &[Open],
    position: usize,
    (culprit, limit): (Option<usize>, bool),
    attempt: &Attempt,
    now: Moment,
) -> Result<(Signal, Life), IllegalStep> {
    let life = &batch[position].life;
    if batch.len() > 1 && culprit != Some(position) {
        let mut next = life.take(Signal::RefusedWithBatch)?;
        if culprit.is_none() {
            // Nobody is named: half as many go together next time, until the one that is refused goes alone.
            next.most = (tickets(batch) / 2).clamp(1, life.most.max(1));
        }
        return Ok((Signal::RefusedWithBatch, next));
    }
    // Once is enough: after that the rows were read and a person said that it is not there, so it is the limit itself.
    if limit && life.doubt.is_some_and(|doubt| !doubt.limited) {
        return Ok((Signal::RefusedAgain, life.doubted(Signal::RefusedAgain, attempt, now)?));
    }
    Ok((Signal::Refused, life.take(Signal::Refused)?.watched(now)))
}

/// What the clerk wanted back while it was under way is taken back as soon as it is known that UiTPAS does not have it
/// (T15). Where UiTPAS has it, a cancellation is recorded, which is an entry of its own.
fn taken_back(open: &Open, life: &Life, now: Moment) -> Result<Option<Change>, IllegalStep> {
    if !life.cancel_wanted || !matches!(life.state, State::Queued | State::Refused) {
        return Ok(None);
    }
    Ok(Some(withdrawn(open, life, now)?))
}

fn withdrawn(open: &Open, life: &Life, now: Moment) -> Result<Change, IllegalStep> {
    Ok(Change::step(open, Signal::Withdraw, life.take(Signal::Withdraw)?.watched(now)))
}

/// What the clerk takes back: at once where UiTPAS does not have it (T13), else as soon as it is known (T15).
///
/// # Errors
/// UiTPAS has it, or it is settled: then a cancellation is recorded, or there is nothing to take back.
pub fn take_back(open: &Open, now: Moment) -> Result<Change, IllegalStep> {
    match open.life.state {
        State::Sending | State::InDoubt => {
            let life = open.life.take(Signal::WishToCancel)?;
            // The wish waits for what the attempt comes to, so the next look stands as it was.
            Ok(Change::step(open, Signal::WishToCancel, life))
        }
        _ => withdrawn(open, &open.life, now),
    }
}

/// At the start of the program an entry is found whose attempt is open (T8). Taking something out is done again (T14).
///
/// # Errors
/// It is not being sent.
pub fn found_open(open: &Open, attempt: &Attempt, now: Moment) -> Result<Change, IllegalStep> {
    if matches!(open.entry.act, Act::Cancellation(_)) {
        return Ok(Change::step(open, Signal::Repeatable, open.life.take(Signal::Repeatable)?));
    }
    Ok(Change::step(open, Signal::FoundOpen, open.life.doubted(Signal::FoundOpen, attempt, now)?))
}

/// What a person decided about an entry (T19, T20), and what follows: one that was wanted back, and is not at UiTPAS, is
/// taken back at once.
///
/// # Errors
/// It is no way out of the state that the entry is in.
pub fn decided(open: &Open, signal: Signal, now: Moment) -> Result<Vec<Change>, IllegalStep> {
    let life = match signal {
        Signal::IsThere | Signal::BookedByHand => open.life.confirmed(signal, now)?,
        _ => open.life.take(signal)?.watched(now),
    };
    Ok([Change::step(open, signal, life)].into_iter().chain(taken_back(open, &life, now)?).collect())
}

/// How many tickets go together.
pub fn tickets(batch: &[Open]) -> u32 {
    batch.iter().map(|open| if let Act::Sale(sale) = &open.entry.act { sale.quantity } else { 1 }).sum()
}

/// The deadline of an entry passed (T18).
///
/// # Errors
/// It is not queued.
pub fn expired(open: &Open) -> Result<Vec<Change>, IllegalStep> {
    let at = open.entry.act.deadline().unwrap_or(open.entry.occurred);
    let life = open.life.take(Signal::Expired)?.watched(at);
    Ok([Change::step(open, Signal::Expired, life)].into_iter().chain(taken_back(open, &life, at)?).collect())
}

/// What a look at the rows of UiTPAS means for every entry of a request that is in doubt.
///
/// # Errors
/// One of them is not in doubt.
pub fn looked(
    batch: &[Open],
    verdict: &Verdict,
    server_now: Moment,
    settle: SignedDuration,
    now: Moment,
) -> Result<Vec<Change>, IllegalStep> {
    let mut changes = Vec::with_capacity(batch.len());
    for open in batch {
        let life = &open.life;
        let (signal, next) = match verdict {
            Verdict::Found { .. } => (Signal::Found, life.confirmed(Signal::Found, now)?),
            // A limit is evidence that it is there after all, so a list that does not show it settles nothing.
            Verdict::Absent if life.doubt.is_some_and(|doubt| doubt.limited) => {
                changes.push(disputed(open, Dispute::LimitAfterDoubt, settle, now)?);
                continue;
            }
            Verdict::Absent => (Signal::Absent, life.take(Signal::Absent)?),
            Verdict::NotYet if life.doubted_too_long(server_now) => {
                changes.push(disputed(open, Dispute::TooLong, settle, now)?);
                continue;
            }
            Verdict::NotYet => {
                changes.push(again(open, settle, now));
                continue;
            }
            Verdict::Disputed(dispute) => {
                changes.push(disputed(open, *dispute, settle, now)?);
                continue;
            }
        };
        changes.push(Change::step(open, signal, next));
        changes.extend(taken_back(open, &next, now)?);
    }
    Ok(changes)
}

fn again(open: &Open, settle: SignedDuration, now: Moment) -> Change {
    Change { receipt: open.receipt(), signal: None, life: open.life.look_again(settle, now) }
}

fn disputed(open: &Open, dispute: Dispute, settle: SignedDuration, now: Moment) -> Result<Change, IllegalStep> {
    if open.life.dispute == Some(dispute) {
        return Ok(again(open, settle, now));
    }
    let next = Life { dispute: Some(dispute), ..open.life.take(Signal::Undecided)? };
    Ok(Change::step(open, Signal::Undecided, next.look_again(settle, now)))
}

/// UiTPAS counts another price than was charged (T17).
///
/// # Errors
/// It is not confirmed.
pub fn price_differs(open: &Open) -> Result<Change, IllegalStep> {
    let life = Life { dispute: Some(Dispute::Price), ..open.life.take(Signal::PriceDiffers)? };
    Ok(Change::step(open, Signal::PriceDiffers, life))
}

/// UiTPAS does not list any more what it had (T23): a person must hear of it, and it no longer counts as sent.
///
/// # Errors
/// It is not confirmed.
pub fn is_gone(open: &Open) -> Result<Change, IllegalStep> {
    let life = Life { dispute: Some(Dispute::Gone), ..open.life.take(Signal::IsGone)? };
    Ok(Change::step(open, Signal::IsGone, life))
}

#[cfg(test)]
mod tests;
