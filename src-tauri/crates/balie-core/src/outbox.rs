//! The life of an entry on its way to UiTPAS: one pure function from a state and a signal to the next state.
//!
//! The numbers T1 to T15 are those of the table in sync.md §1.5. The steps that need the rows of the server (T9 to T12,
//! T15 to T20) are not taken yet: until then an entry in doubt is held, and is never sent again blindly.

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
    /// Taken back before it was ever sent.
    Withdrawn,
    /// UiTPAS had it, and took it out again at our request.
    Cancelled,
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
    /// The clerk takes it back (T13).
    Withdraw,
    /// UiTPAS took it out again, because a cancellation of ours asked so (T14).
    TakenOut,
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
    match (state, signal) {
        (State::Queued, Signal::Claim) => Ok(State::Sending),
        (State::Queued, Signal::Withdraw) => Ok(State::Withdrawn),
        (State::Sending, Signal::Accepted) => Ok(State::Confirmed),
        (State::Sending, Signal::NotSent | Signal::NotProcessed | Signal::RefusedWithBatch | Signal::Repeatable) => {
            Ok(State::Queued)
        }
        (State::Confirmed, Signal::TakenOut) => Ok(State::Cancelled),
        (State::Sending, Signal::Refused) => Ok(State::Refused),
        (State::Sending, Signal::Unknown | Signal::FoundOpen) => Ok(State::InDoubt),
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

    const STATES: [State; 7] = [
        State::Queued,
        State::Sending,
        State::InDoubt,
        State::Confirmed,
        State::Refused,
        State::Withdrawn,
        State::Cancelled,
    ];
    const SIGNALS: [Signal; 11] = [
        Signal::Claim,
        Signal::Accepted,
        Signal::NotSent,
        Signal::NotProcessed,
        Signal::Refused,
        Signal::RefusedWithBatch,
        Signal::Repeatable,
        Signal::Unknown,
        Signal::FoundOpen,
        Signal::Withdraw,
        Signal::TakenOut,
    ];

    #[test]
    fn only_a_queued_entry_can_be_sent_or_withdrawn() {
        for state in STATES {
            assert_eq!(step(state, Signal::Claim).is_ok(), state == State::Queued, "{state:?}");
            assert_eq!(step(state, Signal::Withdraw).is_ok(), state == State::Queued, "{state:?}");
        }
    }

    #[test]
    fn nothing_leaves_doubt_by_itself_and_what_is_settled_stays_settled() {
        for state in [State::InDoubt, State::Confirmed, State::Refused, State::Withdrawn, State::Cancelled] {
            for signal in SIGNALS {
                if (state, signal) == (State::Confirmed, Signal::TakenOut) {
                    continue;
                }
                assert_eq!(step(state, signal), Err(IllegalStep { state, signal }));
            }
        }
    }

    #[test]
    fn only_what_uitpas_has_can_be_taken_out_there() {
        for state in STATES {
            let taken_out = step(state, Signal::TakenOut);
            assert_eq!(taken_out.ok(), (state == State::Confirmed).then_some(State::Cancelled), "{state:?}");
        }
    }

    #[test]
    fn an_unknown_outcome_never_leads_back_to_the_queue() {
        assert_eq!(step(State::Sending, Signal::Unknown), Ok(State::InDoubt));
        assert_eq!(step(State::Sending, Signal::FoundOpen), Ok(State::InDoubt));
        let back: Vec<Signal> =
            SIGNALS.into_iter().filter(|signal| step(State::Sending, *signal) == Ok(State::Queued)).collect();
        assert_eq!(back, [Signal::NotSent, Signal::NotProcessed, Signal::RefusedWithBatch, Signal::Repeatable]);
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
