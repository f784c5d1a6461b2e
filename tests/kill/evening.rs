//! The evening: nobody comes any more, the uploader works in peace, and a clerk settles what the rows of UiTPAS cannot tell.

use super::Failure;
use super::stage::{ALL, Stage};
use super::tally::Tally;
use balie_core::outbox::State;
use balie_desk::connection::Connection;
use balie_desk::to_check::{Case, Resolution, ResolveError, Way, Why};
use balie_store::entries::Recorded;
use std::time::{Duration, Instant};

/// How long the evening may take. The two minutes of settling are two seconds of it.
const LONGEST: Duration = Duration::from_secs(60);

/// How often the uploader goes round.
const ROUND: Duration = Duration::from_millis(100);

/// Works until nothing is open any more, or the evening is over.
///
/// # Errors
/// Fails when the ledger cannot be read or written.
pub async fn work(evening: &Stage, tally: &mut Tally) -> Result<(), Failure> {
    let began = Instant::now();
    while began.elapsed() < LONGEST {
        if evening.desk.connection() != Connection::Connected {
            evening.desk.refresh().await?;
        }
        evening.desk.upload_all().await;
        if !evening.ledger.newest(ALL).await?.iter().any(is_open) {
            break;
        }
        for case in evening.desk.to_check().await?.cases {
            settle(evening, &case, tally).await?;
        }
        tokio::time::sleep(ROUND).await;
    }
    Ok(())
}

/// Whether something is still to be done about an entry.
pub const fn is_open(recorded: &Recorded) -> bool {
    matches!(recorded.state, State::Queued | State::Sending | State::InDoubt)
}

/// A clerk says of what is in doubt whether it is there: whoever is asked knows that no other desk sells here, so a record
/// that could be this one is this one.
async fn settle(evening: &Stage, case: &Case, tally: &mut Tally) -> Result<(), Failure> {
    let Why::Disputed(dispute) = case.why else { return Ok(()) };
    let resolution = match case.candidates.first() {
        Some(candidate) if case.ways.contains(&Way::IsThere) => Resolution::IsThere { record: candidate.id.clone() },
        _ if case.ways.contains(&Way::IsNotThere) => Resolution::IsNotThere,
        _ => return Ok(()),
    };
    match evening.desk.resolve(case.recorded.entry.id, resolution).await {
        Ok(_) => *tally.settled.entry(dispute.code()).or_default() += 1,
        // The uploader was there first.
        Err(ResolveError::Changed) => {}
        Err(error) => tally.faults.push(format!("{} cannot be settled: {error}", case.recorded.entry.receipt)),
    }
    Ok(())
}
