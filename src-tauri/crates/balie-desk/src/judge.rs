//! What became of an attempt, in the words of the outbox: the signal for the core, and what is kept as evidence.

use crate::upload::WAS_GONE;
use balie_core::entry::Act;
use balie_core::outbox::{Signal, next_try};
use balie_core::time::Moment;
use balie_remote::checkins::RegisteredCheckIn;
use balie_remote::outcome::{Doubt, Hold, Outcome};
use balie_remote::redeemed::RegisteredRedemption;
use balie_remote::ticket_sales::RegisteredSale;
use balie_store::entries::Recorded;
use balie_store::outbox::{Evidence, ServerRecord};
use jiff::SignedDuration;

/// How long an entry waits for somebody to sign in or to hand out a permission before it is tried again.
const HELD_SECONDS: i64 = 60;

/// What UiTPAS registered for an act.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) records: Vec<ServerRecord>,
    pub(crate) redeem_code: Option<String>,
    pub(crate) redeem_info: Option<String>,
    /// UiTPAS held nothing any more of what was to be taken out, and it was not an earlier attempt of ours.
    pub(crate) was_gone: bool,
}

impl Sent {
    pub(crate) fn sales(rows: Vec<RegisteredSale>) -> Self {
        let record = |row: RegisteredSale| ServerRecord { id: row.id, created: row.created, price: row.price };
        Self { records: rows.into_iter().map(record).collect(), ..Self::default() }
    }

    pub(crate) fn check_in(row: RegisteredCheckIn) -> Self {
        Self { records: vec![ServerRecord { id: row.id, created: row.created, price: None }], ..Self::default() }
    }

    pub(crate) fn redemption(row: RegisteredRedemption) -> Self {
        let records = vec![ServerRecord { id: row.id, created: row.at, price: None }];
        let info = [row.info, row.link].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        Self {
            records,
            redeem_code: row.code,
            redeem_info: Some(info).filter(|info| !info.is_empty()),
            was_gone: false,
        }
    }
}

/// Whether the attempt before this one met a refused token too: then a new token was not all it took.
pub(crate) fn was_held(recorded: &Recorded) -> bool {
    recorded.hold.as_deref() == Some("sign_in")
}

/// What an outcome means for an entry: the signal for the core, and what is kept as evidence.
pub(crate) fn judge(outcome: &Outcome<Sent>, recorded: &Recorded, now: Moment, dice: u64) -> (Signal, Evidence) {
    let after = |seconds: i64| now.checked_add(SignedDuration::from_secs(seconds)).ok();
    match outcome {
        Outcome::Accepted(sent) => {
            let evidence = Evidence {
                records: sent.records.clone(),
                redeem_code: sent.redeem_code.clone(),
                redeem_info: sent.redeem_info.clone(),
                problem: sent.was_gone.then(|| WAS_GONE.to_owned()),
                ..Evidence::default()
            };
            (Signal::Accepted, evidence)
        }
        Outcome::NotSent => {
            let not_before = Some(next_try(now, recorded.attempts, dice));
            (Signal::NotSent, Evidence { not_before, ..Evidence::default() })
        }
        Outcome::NotProcessed(hold) => {
            let (word, seconds) = match hold {
                Hold::SignIn if !was_held(recorded) => ("sign_in", 0),
                Hold::SignIn => ("sign_in", HELD_SECONDS),
                Hold::Forbidden => ("forbidden", HELD_SECONDS),
                Hold::Wait { seconds } => ("wait", i64::from(*seconds)),
            };
            let evidence = Evidence { hold: Some(word), not_before: after(seconds), ..Evidence::default() };
            (Signal::NotProcessed, evidence)
        }
        Outcome::Refused(problem) => {
            let evidence =
                Evidence { problem: Some(problem.name.clone()), said: problem.said.clone(), ..Evidence::default() };
            (Signal::Refused, evidence)
        }
        // Taking something out twice does no harm, so a cancellation is sent again and never in doubt.
        Outcome::Unknown(_) if matches!(recorded.entry.act, Act::Cancellation(_)) => {
            let not_before = Some(next_try(now, recorded.attempts, dice));
            // It waits its time also when the network is back: what else is queued goes first.
            (Signal::Repeatable, Evidence { not_before, hold: Some("wait"), ..Evidence::default() })
        }
        Outcome::Unknown(doubt) => {
            let problem = match doubt {
                Doubt::NoAnswer => "no-answer".to_owned(),
                Doubt::Status(status) => format!("status-{status}"),
                Doubt::Garbled => "garbled".to_owned(),
                Doubt::Mismatch => "mismatch".to_owned(),
            };
            (Signal::Unknown, Evidence { problem: Some(problem), ..Evidence::default() })
        }
    }
}
