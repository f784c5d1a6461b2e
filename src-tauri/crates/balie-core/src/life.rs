//! What the outbox keeps of an entry beside the act itself, and how each signal changes it.
//!
//! Everything here stands in the table `outbox`, so that the program can end at any moment and go on where it was.

use crate::entry::Entry;
use crate::outbox::{IllegalStep, Signal, State, step};
use crate::time::Moment;
use jiff::SignedDuration;
use std::sync::Arc;

/// The most tickets that go in one request when many wait (sync.md §1.7).
pub const MOST_IN_A_BATCH: u32 = 25;

/// An entry that is looked at once more, because it was sent twice, is first looked at after this many seconds.
const FIRST_RECHECK_SECONDS: i64 = 3_600;

/// And once more this many seconds later, when the day is over.
const LAST_RECHECK_SECONDS: i64 = 72_000;

/// The longest that UiTPAS can ask an entry to wait, in seconds: nothing may wait for ever because of one header.
pub(crate) const LONGEST_HOLD_SECONDS: i64 = 900;

/// A doubt that no look at the server resolves in this many seconds is shown to a person (T11).
const LONGEST_DOUBT_SECONDS: i64 = 86_400;

/// A sale is sent while the person still stands here when it leaves within this many seconds of the act.
const FRESH_SECONDS: i64 = 60;

/// Why UiTPAS did nothing at the last attempt, while an entry waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hold {
    /// Signing in is needed.
    SignIn,
    /// There is no permission for this.
    Forbidden,
    /// It waits its time.
    Wait,
}

/// Why a person must look at an entry that the machine cannot settle, or that it settled with a remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dispute {
    /// More records could be this one than there should be.
    Several,
    /// Some of what went together is there, and some is not (I7).
    Partial,
    /// A record is there that may also be of another desk, or booked by hand.
    OtherDesk,
    /// A record is there that was made long after it was sent.
    Late,
    /// A record is there without the receipt number that was sent along.
    WithoutReceipt,
    /// The list of UiTPAS may not be read.
    Unreadable,
    /// It took too long.
    TooLong,
    /// Sent again after a doubt it met a limit, and yet it is not listed.
    LimitAfterDoubt,
    /// The answer was about something else.
    Mismatch,
    /// UiTPAS counts another price than was charged.
    Price,
    /// UiTPAS has it no more, and it was not taken out here.
    Gone,
}

impl Dispute {
    /// Every one that there is.
    pub const ALL: [Self; 11] = [
        Self::Several,
        Self::Partial,
        Self::OtherDesk,
        Self::Late,
        Self::WithoutReceipt,
        Self::Unreadable,
        Self::TooLong,
        Self::LimitAfterDoubt,
        Self::Mismatch,
        Self::Price,
        Self::Gone,
    ];

    /// The word for it in files and between the program and the window.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Several => "several",
            Self::Partial => "partial",
            Self::OtherDesk => "otherDesk",
            Self::Late => "late",
            Self::WithoutReceipt => "withoutReceipt",
            Self::Unreadable => "unreadable",
            Self::TooLong => "tooLong",
            Self::LimitAfterDoubt => "limitAfterDoubt",
            Self::Mismatch => "mismatch",
            Self::Price => "price",
            Self::Gone => "gone",
        }
    }

    /// Reads the word back; `None` for anything else.
    pub fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dispute| dispute.code() == code)
    }
}

/// From what it is known that UiTPAS has an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proof {
    /// It answered so.
    Answer,
    /// Its rows show it.
    Rows,
    /// A person said so.
    Person,
}

/// What is known of the attempts whose outcome nobody knows. It stays with the entry until nothing of it can come to light
/// any more, also after it was sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// The request in which it went: what went together is settled together (I7).
    pub batch: i64,
    /// When the first of these attempts began, by the clock of UiTPAS as far as it is known.
    pub from: Moment,
    /// When the last of them ended, by the same clock.
    pub until: Moment,
    /// It was sent while the person still stood here.
    pub fresh: bool,
    /// The receipt number went along in the label.
    pub labelled: bool,
    /// It was sent again afterwards, so it may be there twice.
    pub resent: bool,
    /// Sent again, it met a limit: evidence for an earlier success, never proof (T12).
    pub limited: bool,
    /// How often the server was looked at.
    pub looks: u32,
    /// When it is to be looked at next, by the clock of the desk.
    pub look_at: Moment,
}

/// How an entry stands, with all that the outbox needs to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// How it stands.
    pub state: State,
    /// Grows with every step; an update names the version that it read.
    pub version: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// Not to be tried before this moment, by the clock of the desk.
    pub not_before: Moment,
    /// Why UiTPAS did nothing, while it waits.
    pub hold: Option<Hold>,
    /// The most tickets that may go in one request with it; smaller after a refusal that named no culprit.
    pub most: u32,
    /// What is not known of its attempts.
    pub doubt: Option<Doubt>,
    /// Why a person must look.
    pub dispute: Option<Dispute>,
    /// The clerk took it back while nobody knew whether UiTPAS has it (T15).
    pub cancel_wanted: bool,
    /// From what it is known that UiTPAS has it.
    pub proof: Option<Proof>,
    /// When UiTPAS is to be asked once more whether it is there twice.
    pub recheck_at: Option<Moment>,
}

/// An entry of which something is still to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// What was done.
    pub entry: Arc<Entry>,
    /// The receipt that goes along in the label: its own, or that of the desk that it was taken over from.
    pub token: String,
    /// How it stands.
    pub life: Life,
}

impl Open {
    /// The number by which the outbox knows it.
    pub fn receipt(&self) -> i64 {
        self.entry.receipt.sequence
    }
}

/// One attempt, as it is written before the first byte leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The request: the same for all that goes together.
    pub batch: i64,
    /// When it began, by the clock of UiTPAS as far as it is known.
    pub from: Moment,
    /// When it ended, by the same clock; at the start of the program the moment at which it was found open.
    pub until: Moment,
    /// It was sent while the person still stood here.
    pub fresh: bool,
    /// The receipt number went along in the label.
    pub labelled: bool,
}

impl Attempt {
    /// Whether an act of this moment is sent while the person still stands at the desk.
    pub fn is_fresh(occurred: Moment, now: Moment) -> bool {
        (0..=FRESH_SECONDS).contains(&now.duration_since(occurred).as_secs())
    }
}

impl Life {
    /// How an entry stands right after it was recorded (T1).
    pub const fn fresh() -> Self {
        Self {
            state: State::Queued,
            version: 1,
            attempts: 0,
            not_before: Moment::UNIX_EPOCH,
            hold: None,
            most: MOST_IN_A_BATCH,
            doubt: None,
            dispute: None,
            cancel_wanted: false,
            proof: None,
            recheck_at: None,
        }
    }

    /// Takes one step. What held the entry up until now is forgotten; whoever takes the step says what holds from now on.
    ///
    /// # Errors
    /// A signal that cannot come in this state; then nothing changes.
    pub fn take(&self, signal: Signal) -> Result<Self, IllegalStep> {
        let state = step(self.state, signal)?;
        let mut next = Self { state, version: self.version + 1, not_before: Moment::UNIX_EPOCH, ..*self };
        // An attempt must know what the one before it met.
        next.hold = self.hold.filter(|_| signal == Signal::Claim);
        next.recheck_at = self.recheck_at.filter(|_| state != State::Queued);
        match signal {
            Signal::Claim => {
                next.attempts = self.attempts.saturating_add(1);
                next.dispute = None;
                next.doubt = self.doubt.map(|doubt| Doubt { resent: true, ..doubt });
            }
            Signal::WishToCancel => next.cancel_wanted = true,
            Signal::Accepted => next.proof = Some(Proof::Answer),
            Signal::Found => (next.proof, next.dispute) = (Some(Proof::Rows), None),
            Signal::IsThere | Signal::BookedByHand => (next.proof, next.dispute) = (Some(Proof::Person), None),
            Signal::Absent => (next.most, next.dispute) = (1, None),
            // It is settled for good: a remark about it would stand on the list of the clerk for ever, with no way out.
            Signal::TakenOut | Signal::HandOver => next.dispute = None,
            // What a person sends again begins anew, and alone: it may be what others were refused with.
            Signal::SendAgain | Signal::IsNotThere => (next.most, next.dispute, next.attempts) = (1, None, 0),
            _ => {}
        }
        Ok(next)
    }

    /// In doubt, after an attempt that nobody knows the outcome of (T7, T8, T12).
    ///
    /// # Errors
    /// As [`Life::take`].
    pub fn doubted(&self, signal: Signal, attempt: &Attempt, now: Moment) -> Result<Self, IllegalStep> {
        let next = self.take(signal)?;
        let limited = signal == Signal::RefusedAgain;
        let earlier = self.doubt;
        let doubt = Doubt {
            batch: attempt.batch,
            from: earlier.map_or(attempt.from, |doubt| doubt.from.min(attempt.from)),
            until: attempt.until,
            // Of two attempts the weaker evidence counts.
            fresh: attempt.fresh && earlier.is_none_or(|doubt| doubt.fresh),
            labelled: attempt.labelled && earlier.is_none_or(|doubt| doubt.labelled),
            // Also where this attempt met a limit: more than one may have gone before it.
            resent: earlier.is_some(),
            limited,
            looks: 0,
            look_at: after(now, LOOKS_SECONDS[0]),
        };
        Ok(Self { doubt: Some(doubt), ..next })
    }

    /// UiTPAS has it. What was sent more than once is looked at again later: it may be there twice. So is what a person found:
    /// the record that was picked may be that of an earlier attempt, which was long forgotten and about to be taken out.
    /// Without a receipt in the label every record of another desk would then be shown, so there it is not.
    ///
    /// # Errors
    /// As [`Life::take`].
    pub fn confirmed(&self, signal: Signal, now: Moment) -> Result<Self, IllegalStep> {
        let next = self.take(signal)?;
        let picked = signal == Signal::IsThere;
        let twice = self.doubt.filter(|doubt| doubt.resent || (picked && doubt.labelled));
        let doubt = twice.map(|doubt| Doubt { looks: 0, ..doubt });
        Ok(Self { doubt, recheck_at: doubt.map(|_| after(now, FIRST_RECHECK_SECONDS)), ..next })
    }

    /// Where UiTPAS was told of it and yet must not have it, it is looked at later as well: a record may still come to light
    /// (T16). Not a step.
    #[must_use]
    pub fn watched(self, now: Moment) -> Self {
        let owed_nothing = matches!(self.state, State::Withdrawn | State::Refused | State::WrittenOff);
        match self.doubt {
            Some(doubt) if owed_nothing && self.recheck_at.is_none() => Self {
                doubt: Some(Doubt { looks: 0, ..doubt }),
                recheck_at: Some(after(now, FIRST_RECHECK_SECONDS)),
                ..self
            },
            _ => self,
        }
    }

    /// After a look at the server that settled nothing yet: when to look again. Not a step, the entry stays as it is.
    pub fn look_again(&self, settle: SignedDuration, now: Moment) -> Self {
        let doubt = self.doubt.map(|doubt| {
            let looks = doubt.looks.saturating_add(1);
            let seconds = LOOKS_SECONDS.get(looks as usize).copied();
            let later = if self.dispute.is_some() { DISPUTED_LOOK_SECONDS } else { LATER_LOOK_SECONDS };
            let seconds = seconds.unwrap_or(later);
            // The one after the quick ones is the first that may say no, so it comes when it may.
            let wait = if looks as usize == LOOKS_SECONDS.len() { settle.as_secs() } else { seconds };
            Doubt { looks, look_at: after(now, wait), ..doubt }
        });
        Self { doubt, ..*self }
    }

    /// Whether a person may have booked it at UiTPAS by hand: one said that it is there, or heard that it was refused. A record
    /// that could be that booking is never taken out.
    pub fn may_be_booked_by_hand(&self) -> bool {
        self.proof == Some(Proof::Person) || matches!(self.state, State::Refused | State::WrittenOff)
    }

    /// After the clock of the desk was set, or the computer slept: what stands here as a moment of the clock as it was is
    /// brought near enough that nothing waits longer than it would have from now on. Not a step.
    pub fn after_the_clock_was_set(&self, now: Moment) -> Self {
        let near = |moment: Moment, seconds: i64| moment.min(after(now, seconds));
        Self {
            not_before: near(self.not_before, LONGEST_HOLD_SECONDS),
            doubt: self.doubt.map(|doubt| Doubt { look_at: near(doubt.look_at, 0), ..doubt }),
            recheck_at: self.recheck_at.map(|moment| near(moment, LAST_RECHECK_SECONDS)),
            ..*self
        }
    }

    /// Whether a doubt has lasted so long that a person must hear of it.
    pub fn doubted_too_long(&self, server_now: Moment) -> bool {
        self.dispute.is_none()
            && self.doubt.is_some_and(|doubt| server_now.duration_since(doubt.until).as_secs() > LONGEST_DOUBT_SECONDS)
    }

    /// After a look whether it is there twice: once more the next day, and then never again. Not a step.
    pub fn rechecked(&self, now: Moment) -> Self {
        match self.doubt {
            Some(doubt) if doubt.looks == 0 => Self {
                doubt: Some(Doubt { looks: 1, ..doubt }),
                recheck_at: Some(after(now, LAST_RECHECK_SECONDS)),
                ..*self
            },
            _ => Self { doubt: None, recheck_at: None, ..*self },
        }
    }
}

/// The first looks at the server come so many seconds after one another; they can only find it.
const LOOKS_SECONDS: [i64; 3] = [2, 8, 20];

/// The looks after that.
const LATER_LOOK_SECONDS: i64 = 300;

/// What a person was told of is looked at less often.
const DISPUTED_LOOK_SECONDS: i64 = 3_600;

pub(crate) fn after(now: Moment, seconds: i64) -> Moment {
    now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now)
}

#[cfg(test)]
mod tests;
