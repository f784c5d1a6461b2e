//! What this computer keeps, and for how long (security.md S-7, S-8).

use crate::desk::{Change, Desk};
use crate::prepare::count;
use balie_core::ready::Fetched;
use balie_core::time::{Moment, date_of};
use balie_store::kept::{Kept, Stock};
use balie_store::open::StoreError;
use balie_store::permitted::FetchedPart;
use balie_store::retention::RetentionPolicy;
use jiff::SignedDuration;

/// For how many days what UiTPAS said of people is kept; longer only where the organizer relies on older evidence.
const PEOPLE_DAYS: i64 = 7;

/// How often it is looked whether something is old enough to be forgotten, in seconds.
const LOOK_SECONDS: i64 = 3_600;

impl Desk {
    /// What the snapshot keeps, in counts and ages.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn kept(&self) -> Result<Kept, StoreError> {
        self.snapshot.kept().await
    }

    /// How many acts are kept, and how old they are.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read.
    pub async fn kept_acts(&self) -> Result<Stock, StoreError> {
        self.ledger.acts().await
    }

    /// The copies of the ledger, and how old they are.
    pub fn backups(&self) -> Stock {
        let copies = balie_store::backup::backups(self.ledger.folder()).unwrap_or_default();
        let days: Vec<Moment> = copies.iter().filter_map(|copy| balie_core::time::start_of(copy.day)).collect();
        Stock { count: copies.len() as u64, oldest: days.iter().min().copied(), newest: days.iter().max().copied() }
    }

    /// How much room the acts take on the disk, with their copies, in bytes.
    pub fn ledger_bytes(&self) -> u64 {
        self.ledger.bytes()
    }

    /// For how many days what UiTPAS said of people is kept, and after how many without fetching all of it is wiped.
    pub fn people_days(&self) -> i64 {
        // Evidence counts for whole days, so it is needed until the last of them is over.
        PEOPLE_DAYS.max(self.settings().offline.standing_max_age_days + 1)
    }

    /// How long acts are kept that came to their end.
    pub const fn retention(&self) -> RetentionPolicy {
        self.config.retention
    }

    /// Wipes all that is known of people. What was not sent yet stays.
    ///
    /// # Errors
    /// Fails when a file cannot be written.
    pub async fn wipe_people(&self) -> Result<(), StoreError> {
        // A list that is on its way would be there again in a moment.
        self.stop_preparing();
        self.snapshot.wipe_people().await?;
        self.ledger.note_wipe(self.now()).await?;
        {
            let mut floor = self.floor();
            floor.at_desk.clear();
            floor.names.clear();
            floor.listed.clear();
            floor.saved_by_itself.clear();
        }
        tracing::info!("what was known of people is wiped");
        self.look_how_ready().await;
        self.tell(Change::Person);
        self.tell(Change::Ready);
        Ok(())
    }

    /// Forgets what is old, about once an hour.
    pub(crate) async fn forget_what_is_old(&self) {
        let now = self.now();
        {
            let mut floor = self.floor();
            let due = floor.forgotten.is_none_or(|then| (now.as_second() - then.as_second()).abs() >= LOOK_SECONDS);
            if !due || floor.locked {
                return;
            }
            floor.forgotten = Some(now);
        }
        if let Err(error) = self.forget_people(now).await {
            tracing::error!(%error, "what is old of people cannot be forgotten");
        }
        let folder = self.ledger.folder();
        if let Err(error) = balie_store::backup::daily(&self.ledger, folder, date_of(now)).await {
            tracing::error!(%error, "the copy of this day cannot be made");
        }
        {
            // Nothing is recorded meanwhile, whose card would be forgotten before it.
            let _books = self.books.lock().await;
            if let Err(error) = self.ledger.forget_typed_cards().await {
                tracing::error!(%error, "cards that are not needed any more cannot be forgotten");
            }
        }
        // What was done is counted by the clock of UiTPAS: one that stands wrong must not cost the books of a year.
        if self.api.heard().is_some() && self.knows_the_time() {
            let (today, days) = (date_of(self.server_now()), self.config.retention.reduce_after_days);
            if let Err(error) = balie_store::backup::thin_out(folder, today, days) {
                tracing::error!(%error, "old copies cannot be removed");
            }
            match self.ledger.retain(self.server_now(), &self.config.retention).await {
                Ok(retained) => tracing::debug!(?retained, "old acts"),
                Err(error) => tracing::error!(%error, "old acts cannot be reduced"),
            }
        }
    }

    async fn forget_people(&self, now: Moment) -> Result<(), StoreError> {
        let days = SignedDuration::from_hours(24 * self.people_days());
        let Ok(before) = now.checked_sub(days) else { return Ok(()) };
        let (fetched, _) = self.snapshot.fetched(FetchedPart::Events).await?;
        if fetched.is_some_and(|then| then < before) {
            return self.snapshot.wipe_people().await;
        }
        self.snapshot.forget_older(before).await
    }

    /// The cards that were seen here, for the checklist.
    pub(crate) async fn learned_cards(&self) -> Result<Fetched, StoreError> {
        let kept = self.snapshot.kept().await?;
        let cards = usize::try_from(kept.cards.count + kept.unverified.count).unwrap_or(usize::MAX);
        Ok(Fetched {
            count: count(cards),
            lacking: 0,
            as_of: kept.cards.oldest.or(kept.unverified.oldest),
            forbidden: false,
        })
    }
}
