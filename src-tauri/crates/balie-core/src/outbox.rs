//! The life of an entry on its way to UiTPAS: one pure function from a state and a signal to the next state.
//!
//! The numbers T1 to T20 are those of the table in sync.md §1.5 (T1, the recording, makes an entry and so has no state to
//! leave). T21 and T22 are ours: an entry that goes to another desk as a file, and one that comes from there.

use crate::time::Moment;
use jiff::SignedDuration;

/// How an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// On this computer, to be sent (genoteerd).
    Queued,
    /// An attempt is open: its intent is on disk, and bytes may be on their way.
    Sending,
    /// An attempt was made and nobody knows whether UiTPAS has it (na te kijken).
    InDoubt,
    /// UiTPAS has it (verzonden).
    Confirmed,
    /// UiTPAS does not accept it (geweigerd).
    Refused,
    /// Taken back before UiTPAS had it.
    Withdrawn,
    /// UiTPAS had it, and took it out again at our request.
    Cancelled,
    /// UiTPAS did not accept it, and a person took the loss.
    WrittenOff,
    /// Given to another desk as a file: it is sent from there, and never again from here, unless it comes back.
    HandedOver,
}

impl State {
    /// Whether nothing is left to do: neither by the machine nor by a person.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Confirmed | Self::Withdrawn | Self::Cancelled | Self::WrittenOff | Self::HandedOver)
    }
}

/// What happened to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signal {
    /// The uploader takes it, and writes the intent to disk (T2).
    Claim,
    /// A complete, matching answer came (T3).
    Accepted,
    /// Not a byte left this computer (T4).
    NotSent,
    /// UiTPAS answered that it did nothing: sign-in, permission, rate limit (T4).
    NotProcessed,
    /// UiTPAS refused this entry (T5).
    Refused,
    /// UiTPAS refused the batch for the sake of another entry (T6).
    RefusedWithBatch,
    /// Nobody knows what became of it, and sending it again does no harm: a cancellation (T14).
    Repeatable,
    /// Something was sent, and no answer says what became of it (T7).
    Unknown,
    /// At the start of the program its attempt was found open (T8).
    FoundOpen,
    /// The rows of the server show that UiTPAS has it (T9).
    Found,
    /// The rows of the server show, long enough after the attempt, that UiTPAS does not have it (T10).
    Absent,
    /// The rows of the server cannot tell, or may not be read: a person must look (T11).
    Undecided,
    /// Sent again after a doubt, it met a limit: it may be there after all, so the rows are read again (T12).
    RefusedAgain,
    /// The clerk takes it back (T13).
    Withdraw,
    /// UiTPAS took it out again, because a cancellation of ours asked so (T14).
    TakenOut,
    /// The clerk takes it back while nobody knows whether UiTPAS has it (T15).
    WishToCancel,
    /// A record too many that was provably ours was taken out at UiTPAS (T16).
    SurplusTakenOut,
    /// The price that UiTPAS counts is not the one that was charged (T17).
    PriceDiffers,
    /// UiTPAS does not list it any more: somebody took it out elsewhere (T23).
    IsGone,
    /// The moment passed after which UiTPAS takes it no more (T18).
    Expired,
    /// A person repaired the cause, and lets it be sent again (T19).
    SendAgain,
    /// A person takes the loss (T19).
    WriteOff,
    /// A person booked it at UiTPAS by hand (T19).
    BookedByHand,
    /// A person says that it is there, and which record it is (T20).
    IsThere,
    /// A person says that it is not there (T20).
    IsNotThere,
    /// It goes to another desk as a file (T21).
    HandOver,
    /// It came from another desk, which may have sent it (T22).
    TakenOver,
}

/// A signal that cannot come in a state: a mistake in the program. The entry stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an entry that is {state:?} cannot take the signal {signal:?}")]
pub struct IllegalStep {
    /// The state.
    pub state: State,
    /// The signal.
    pub signal: Signal,
}

/// The next state of an entry.
///
/// # Errors
/// Every pair that is not in the table is an error, and changes nothing.
pub fn step(state: State, signal: Signal) -> Result<State, IllegalStep> {
    use {Signal as On, State as Is};
    match (state, signal) {
        (Is::Queued, On::Claim) => Ok(Is::Sending),
        (Is::Queued, On::Expired) => Ok(Is::Refused),
        // Also what was handed over from here and comes back: the other desk may have sent it.
        (Is::Queued | Is::HandedOver, On::TakenOver) => Ok(Is::InDoubt),
        (Is::Sending, On::Accepted) => Ok(Is::Confirmed),
        (Is::Sending, On::NotSent | On::NotProcessed | On::RefusedWithBatch | On::Repeatable) => Ok(Is::Queued),
        (Is::Sending, On::Refused) => Ok(Is::Refused),
        (Is::Sending, On::Unknown | On::FoundOpen | On::RefusedAgain) => Ok(Is::InDoubt),
        (Is::InDoubt, On::Found | On::IsThere) => Ok(Is::Confirmed),
        (Is::InDoubt, On::Absent | On::IsNotThere) => Ok(Is::Queued),
        (Is::Sending | Is::InDoubt, On::WishToCancel) | (Is::InDoubt, On::Undecided) => Ok(state),
        (Is::Confirmed, On::TakenOut) => Ok(Is::Cancelled),
        (Is::Confirmed, On::PriceDiffers | On::IsGone) => Ok(state),
        // A record too many may come to light for all that UiTPAS was told of and must not have.
        (Is::Confirmed | Is::Refused | Is::Withdrawn | Is::Cancelled | Is::WrittenOff, On::SurplusTakenOut) => {
            Ok(state)
        }
        (Is::Refused, On::SendAgain) => Ok(Is::Queued),
        (Is::Refused, On::WriteOff) => Ok(Is::WrittenOff),
        (Is::Refused, On::BookedByHand) => Ok(Is::Confirmed),
        (Is::Queued | Is::Refused, On::Withdraw) => Ok(Is::Withdrawn),
        (Is::Queued | Is::InDoubt, On::HandOver) => Ok(Is::HandedOver),
        (state, signal) => Err(IllegalStep { state, signal }),
    }
}

/// The longest wait between two attempts that could not be sent.
const LONGEST_WAIT_MS: i64 = 300_000;

/// When an entry that could not be sent may be tried again: full jitter over 2 s, doubled per attempt, at most 5 minutes.
///
/// `dice` is any number; it is drawn outside the core.
pub fn next_try(now: Moment, attempts: u32, dice: u64) -> Moment {
    let ceiling = 2_000_i64.saturating_mul(1_i64 << attempts.min(10)).min(LONGEST_WAIT_MS);
    let wait = i64::try_from(dice % ceiling.unsigned_abs()).unwrap_or(ceiling);
    now.checked_add(SignedDuration::from_millis(wait)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every state that there is.
    const STATES: [State; 9] = [
        State::Queued,
        State::Sending,
        State::InDoubt,
        State::Confirmed,
        State::Refused,
        State::Withdrawn,
        State::Cancelled,
        State::WrittenOff,
        State::HandedOver,
    ];
    /// Every signal that there is, with the states that take it and where each leads.
    const TABLE: &[(Signal, &[(State, State)])] = &[
        (Signal::Claim, &[(State::Queued, State::Sending)]),
        (Signal::Accepted, &[(State::Sending, State::Confirmed)]),
        (Signal::NotSent, &[(State::Sending, State::Queued)]),
        (Signal::NotProcessed, &[(State::Sending, State::Queued)]),
        (Signal::Refused, &[(State::Sending, State::Refused)]),
        (Signal::RefusedWithBatch, &[(State::Sending, State::Queued)]),
        (Signal::Repeatable, &[(State::Sending, State::Queued)]),
        (Signal::Unknown, &[(State::Sending, State::InDoubt)]),
        (Signal::FoundOpen, &[(State::Sending, State::InDoubt)]),
        (Signal::Found, &[(State::InDoubt, State::Confirmed)]),
        (Signal::Absent, &[(State::InDoubt, State::Queued)]),
        (Signal::Undecided, &[(State::InDoubt, State::InDoubt)]),
        (Signal::RefusedAgain, &[(State::Sending, State::InDoubt)]),
        (Signal::Withdraw, &[(State::Queued, State::Withdrawn), (State::Refused, State::Withdrawn)]),
        (Signal::TakenOut, &[(State::Confirmed, State::Cancelled)]),
        (Signal::WishToCancel, &[(State::Sending, State::Sending), (State::InDoubt, State::InDoubt)]),
        (
            Signal::SurplusTakenOut,
            &[
                (State::Confirmed, State::Confirmed),
                (State::Refused, State::Refused),
                (State::Withdrawn, State::Withdrawn),
                (State::Cancelled, State::Cancelled),
                (State::WrittenOff, State::WrittenOff),
            ],
        ),
        (Signal::PriceDiffers, &[(State::Confirmed, State::Confirmed)]),
        (Signal::IsGone, &[(State::Confirmed, State::Confirmed)]),
        (Signal::Expired, &[(State::Queued, State::Refused)]),
        (Signal::SendAgain, &[(State::Refused, State::Queued)]),
        (Signal::WriteOff, &[(State::Refused, State::WrittenOff)]),
        (Signal::BookedByHand, &[(State::Refused, State::Confirmed)]),
        (Signal::IsThere, &[(State::InDoubt, State::Confirmed)]),
        (Signal::IsNotThere, &[(State::InDoubt, State::Queued)]),
        (Signal::HandOver, &[(State::Queued, State::HandedOver), (State::InDoubt, State::HandedOver)]),
        (Signal::TakenOver, &[(State::Queued, State::InDoubt), (State::HandedOver, State::InDoubt)]),
    ];

    #[test]
    fn every_pair_of_the_table_is_a_step_and_every_other_is_a_mistake() {
        for (signal, steps) in TABLE {
            for state in STATES {
                let wanted = steps.iter().find(|(from, _)| *from == state).map(|(_, to)| *to);
                let expected = wanted.ok_or(IllegalStep { state, signal: *signal });
                assert_eq!(step(state, *signal), expected, "{state:?} on {signal:?}");
            }
        }
    }

    #[test]
    fn what_is_final_stays_except_what_is_taken_out_and_what_comes_back() {
        for state in STATES.into_iter().filter(|state| state.is_final()) {
            for (signal, _) in TABLE {
                let leaves = step(state, *signal).is_ok_and(|next| next != state);
                let may = [(State::Confirmed, Signal::TakenOut), (State::HandedOver, Signal::TakenOver)];
                assert_eq!(leaves, may.contains(&(state, *signal)), "{state:?} on {signal:?}");
            }
        }
        let open: Vec<State> = STATES.into_iter().filter(|state| !state.is_final()).collect();
        assert_eq!(open, [State::Queued, State::Sending, State::InDoubt, State::Refused]);
    }

    #[test]
    fn only_a_look_at_the_server_or_a_person_leads_from_doubt_back_to_the_queue() {
        let back = |state: State| {
            TABLE
                .iter()
                .filter(|(signal, _)| step(state, *signal) == Ok(State::Queued))
                .map(|each| each.0)
                .collect::<Vec<_>>()
        };
        assert_eq!(back(State::InDoubt), [Signal::Absent, Signal::IsNotThere]);
        assert_eq!(back(State::Confirmed), []);
        assert_eq!(
            back(State::Sending),
            [Signal::NotSent, Signal::NotProcessed, Signal::RefusedWithBatch, Signal::Repeatable]
        );
    }

    #[test]
    fn waiting_grows_and_has_an_end() {
        let now: Moment = "2026-11-21T10:00:00Z".parse().unwrap();
        let longest = |attempts| {
            (0..5_000_u64).map(|dice| next_try(now, attempts, dice * 61).as_millisecond()).max().unwrap()
                - now.as_millisecond()
        };
        assert!(longest(0) < 2_000 && longest(1) < 4_000 && longest(1) > 2_000);
        assert!(longest(60) < LONGEST_WAIT_MS);
    }
}
