//! The computer that the desk runs on: its clock, and whether its ledger is used here alone.

use crate::act::ActError;
use crate::connection::Connection;
use crate::desk::{Change, Desk};
use balie_core::clock::is_behind;
use balie_core::time::Moment;
use balie_store::machine::Witness;
use balie_store::open::StoreError;

impl Desk {
    /// Whether the ledger was also used elsewhere, so that nothing is recorded in it or sent from it.
    pub fn is_read_only(&self) -> bool {
        self.ledger.is_read_only()
    }

    /// Whether the clock runs behind the latest moment that was ever seen on it.
    pub fn clock_is_behind(&self) -> bool {
        self.floor().clock_behind
    }

    /// Works on with a ledger that was also used elsewhere. Whatever waits may have been sent from there, so it is looked
    /// up before it is sent. Gives what this computer is to remember of the ledger.
    ///
    /// # Errors
    /// Fails when the file cannot be written; then it stays as it was.
    pub async fn work_on_here(&self) -> Result<Witness, StoreError> {
        let _books = self.books.lock().await;
        let witness = self.ledger.work_on_here(self.now(), self.server_now()).await?;
        self.renew_queue().await;
        tracing::warn!("a person said that this ledger is used here alone from now on");
        self.tell(Change::Desk);
        self.tell(Change::Lines);
        self.bell.notify_one();
        Ok(witness)
    }

    /// A person looked at the clock, and it is right: what it showed before was wrong.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn clock_is_right(&self) -> Result<(), StoreError> {
        let now = self.now();
        self.ledger.clock_is_right(now).await?;
        {
            let mut floor = self.floor();
            // Else the next look at the clock would find it set back once more.
            (floor.clock_behind, floor.latest_moment, floor.moment_kept) = (false, now, now);
        }
        self.wait_by_the_clock_as_it_is().await;
        self.tell(Change::Desk);
        Ok(())
    }

    /// Without a connection nobody but the clock says what day it is; one that was set back decides nothing.
    pub(crate) fn knows_the_date(&self) -> Result<(), ActError> {
        if self.connection() != Connection::Connected && is_behind(self.now(), self.latest_moment()) {
            return Err(ActError::ClockBehind);
        }
        Ok(())
    }

    fn latest_moment(&self) -> Moment {
        self.floor().latest_moment
    }

    /// Notes what the clock shows, and whether it was set back.
    pub(crate) async fn watch_the_clock(&self, now: Moment) {
        let (behind, changed) = {
            let mut floor = self.floor();
            let behind = is_behind(now, floor.latest_moment);
            floor.latest_moment = floor.latest_moment.max(now);
            let changed = std::mem::replace(&mut floor.clock_behind, behind) != behind;
            (behind, changed)
        };
        if changed {
            tracing::warn!(behind, "the clock");
            self.tell(Change::Desk);
        }
        let kept = self.floor().moment_kept;
        if !behind && now.duration_since(kept).as_secs() >= KEEP_EVERY_SECONDS {
            match self.ledger.saw_moment(now).await {
                Ok(()) => self.floor().moment_kept = now,
                Err(error) => tracing::error!(%error, "the moment cannot be kept"),
            }
        }
    }
}

/// How often the latest moment is written, in seconds.
const KEEP_EVERY_SECONDS: i64 = 60;
