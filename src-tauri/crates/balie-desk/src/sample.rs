//! How long it takes until an answer of UiTPAS stands in its lists: looked up for some successes, so that the settle time
//! fits the server that there is (sync.md §1.8).

use crate::desk::Desk;
use balie_core::entry::Entry;
use balie_core::outbox::State;
use balie_core::time::Moment;
use balie_store::outbox::ServerRecord;
use jiff::SignedDuration;
use std::sync::Arc;

/// A success that is looked up until it stands in the list.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    entry: Arc<Entry>,
    id: String,
    created: Option<Moment>,
    /// When it was last looked for in vain.
    missed: Option<Moment>,
}

/// The longest lag that is waited for, in minutes; a record that is not listed by then counts as this late.
const LONGEST_MINUTES: i64 = 20;

/// A look that comes later than this after the one before, in seconds, does not say when the record came to be listed: the
/// line was broken, or a long queue went first.
const APART_SECONDS: i64 = 60;

impl Sample {
    pub(crate) fn new(entry: Arc<Entry>, record: &ServerRecord) -> Self {
        Self { entry, id: record.id.clone(), created: record.created, missed: None }
    }

    /// The longest lag that is proven by a list of this moment in which it stands.
    fn lag(&self, at: Moment) -> SignedDuration {
        let created = self.created.unwrap_or(at);
        let before = self.missed.unwrap_or(created);
        let is_soon = at.duration_since(before).as_secs() <= APART_SECONDS;
        if is_soon { at.duration_since(created) } else { before.duration_since(created) }
    }
}

impl Desk {
    /// Looks up the successes that are waited for, each once.
    pub(crate) async fn look_up_samples(&self) {
        let waiting = std::mem::take(&mut Self::held(&self.settling).1);
        for sample in waiting {
            // What is being taken back is listed no more, and says nothing about the lag; nor does what has no moment.
            let taken_back = match self.ledger.entry(sample.entry.id).await {
                Ok(Some(recorded)) => recorded.state != State::Confirmed || recorded.being_cancelled,
                _ => true,
            };
            if taken_back || sample.created.is_none() {
                continue;
            }
            let Ok(records) = self.records_of(&sample.entry).await else {
                // No list, no lag: the next success will tell.
                continue;
            };
            if !self.still_stands(&sample).await {
                // Taken out again before it was listed: it will never be, and says nothing of the lag.
                continue;
            }
            let at = records.at.unwrap_or_else(|| self.server_now());
            let listed = records.rows.iter().any(|row| row.id == sample.id);
            let longest = SignedDuration::from_mins(LONGEST_MINUTES);
            let waited = at.duration_since(sample.created.unwrap_or(at));
            if !listed && waited < longest {
                Self::held(&self.settling).1.push_back(Sample { missed: Some(at), ..sample });
                continue;
            }
            let lag = if listed { sample.lag(at) } else { longest };
            let settling = {
                let mut settling = Self::held(&self.settling);
                settling.0.saw(lag);
                settling.0
            };
            if let Err(error) = self.ledger.keep_settling(&settling).await {
                tracing::error!(%error, "the settle time cannot be kept");
            }
        }
    }

    /// Whether UiTPAS still has what was sampled, as far as we know, and nobody here wants it back.
    async fn still_stands(&self, sample: &Sample) -> bool {
        let entry = self.ledger.entry(sample.entry.id).await.ok().flatten();
        entry.is_some_and(|recorded| recorded.state == State::Confirmed && !recorded.being_cancelled)
    }

    /// How long after an attempt a record may still appear.
    pub(crate) fn settle_time(&self) -> SignedDuration {
        let patience = SignedDuration::try_from(balie_remote::client::UPLOAD).unwrap_or_default();
        Self::held(&self.settling).0.time(patience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use balie_core::entry::{Act, EntryId, Holder, ReceiptNumber, Redemption};
    use balie_core::event::OrganizerId;
    use balie_core::pass::{PassholderId, UitpasNumber};
    use balie_core::reward::{RewardId, RewardKind};

    fn at(second: i64) -> Moment {
        Moment::from_second(second).unwrap()
    }

    fn sample(missed: Option<i64>) -> Sample {
        let holder = Holder {
            number: UitpasNumber::parse("0900000067513").unwrap(),
            passholder: PassholderId("p".to_owned()),
            organizer: OrganizerId("o".to_owned()),
        };
        let act = Act::Redemption(Redemption {
            holder,
            reward: RewardId("5687".to_owned()),
            title: "Koffie".to_owned(),
            kind: RewardKind::Points,
            points: 5,
            as_of: at(0),
        });
        let receipt = ReceiptNumber { prefix: "B1".to_owned(), sequence: 1 };
        let entry = Arc::new(Entry { id: EntryId([1; 16]), receipt, act, occurred: at(90) });
        let record = ServerRecord { id: "17".to_owned(), created: Some(at(100)), price: None };
        Sample { missed: missed.map(at), ..Sample::new(entry, &record) }
    }

    #[test]
    fn the_lag_is_what_was_seen_of_it_and_not_how_long_nobody_looked() {
        for (missed, looked, lag) in [(None, 102, 2), (None, 160, 60), (None, 3_700, 0), (Some(130), 190, 90)] {
            assert_eq!(sample(missed).lag(at(looked)).as_secs(), lag, "{missed:?} {looked}");
        }
        assert_eq!(sample(Some(400)).lag(at(9_000)).as_secs(), 300, "it was seen to be missing for so long");
    }
}
