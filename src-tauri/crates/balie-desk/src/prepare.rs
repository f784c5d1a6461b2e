//! Getting ready to work without a connection: everything of the coming days, politely, in small steps that are kept one by
//! one, so that whatever was fetched stays and the next time goes on from there.

use crate::desk::{Change, Desk};
use crate::refresh::{Haste, RefreshError};
use balie_core::event::{Event, OrganizerId};
use balie_core::pass::CardSystem;
use balie_core::time::Moment;
use balie_remote::ask::AskError;
use balie_store::permitted::FetchedPart;

/// What was fetched so many seconds ago is not fetched again at once: a fetching that was cut off goes on where it was.
const FRESH_SECONDS: i64 = 3_600;

/// After so many seconds everything is fetched anew by itself.
const LONG_AGO_SECONDS: i64 = 20 * 3_600;

/// What did not come to its end, or was stopped, is not tried again by itself for so many seconds.
const TRY_AGAIN_SECONDS: i64 = 2 * 3_600;

/// What is being fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Where this desk may stand and what it may do.
    Permissions,
    /// The activities of the coming days.
    Events,
    /// Their settings, regions and prices.
    Prices,
    /// The lists of who has a kansenstatuut.
    Lists,
    /// Whether cards and typed numbers belong together.
    Cards,
}

/// How far the fetching is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being fetched.
    pub step: Step,
    /// How many of it are done.
    pub done: u32,
    /// How many there are.
    pub all: u32,
}

/// Why getting ready ended before it was whole. What was fetched until then stays.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// Somebody stopped it.
    #[error("it was stopped")]
    Stopped,
    /// It is under way already.
    #[error("it is under way already")]
    UnderWay,
    /// Nothing more could be fetched or kept.
    #[error(transparent)]
    Refresh(#[from] RefreshError),
}

impl Desk {
    /// Fetches everything that the desk needs for the coming days. One at a time.
    ///
    /// # Errors
    /// Says why it ended early; what was fetched until then is kept.
    pub async fn prepare(&self) -> Result<(), PrepareError> {
        let Ok(_alone) = self.preparing.try_lock() else { return Err(PrepareError::UnderWay) };
        let organizer = {
            let mut floor = self.floor();
            floor.prepare_failed = None;
            floor.progress = Some(Progress { step: Step::Permissions, done: 0, all: 1 });
            floor.organizer.clone()
        };
        let done = tokio::select! {
            done = self.prepare_all() => done.map_err(PrepareError::Refresh),
            () = self.stop_preparing.notified() => Err(PrepareError::Stopped),
        };
        {
            let mut floor = self.floor();
            floor.progress = None;
            // What was tried for one desk was not tried for another.
            if floor.organizer == organizer {
                floor.prepare_tried = Some(self.now());
                floor.prepare_failed = done.as_ref().err().map(Failure::of);
            }
        }
        self.look_how_ready().await;
        self.tell(Change::Ready);
        done
    }

    /// Ends it before it is whole.
    pub fn stop_preparing(&self) {
        // Only whoever is under way hears it: the next one is not meant.
        self.stop_preparing.notify_waiters();
    }

    /// The same without anybody who waits: what is under way already, or was stopped, is no failure.
    pub(crate) async fn prepare_quietly(&self) -> Result<(), RefreshError> {
        match self.prepare().await {
            Err(PrepareError::Refresh(error)) => Err(error),
            Ok(()) | Err(PrepareError::Stopped | PrepareError::UnderWay) => Ok(()),
        }
    }

    /// Whether it is to be done by itself: the last time is long ago, and neither was it tried nor stopped just now.
    pub(crate) async fn should_prepare(&self) -> bool {
        let (now, tried) = (self.now(), self.floor().prepare_tried);
        if tried.is_some_and(|then| (0..TRY_AGAIN_SECONDS).contains(&(now.as_second() - then.as_second()))) {
            return false;
        }
        self.was_prepared_long_ago().await
    }

    async fn was_prepared_long_ago(&self) -> bool {
        let fetched = self.snapshot.fetched(FetchedPart::Prices).await.ok().and_then(|(as_of, _)| as_of);
        fetched.is_none_or(|then| !(0..LONG_AGO_SECONDS).contains(&(self.now().as_second() - then.as_second())))
    }

    async fn prepare_all(&self) -> Result<(), RefreshError> {
        self.progress(Step::Permissions, 0, 1);
        self.fetch_desks().await?;
        self.progress(Step::Events, 0, 1);
        self.refresh().await?;
        self.fetch_details().await?;
        self.fetch_lists().await?;
        self.progress(Step::Cards, 0, 1);
        self.know_strangers().await;
        Ok(())
    }

    /// Fetches the settings, the regions and the prices of every activity that is not of today.
    async fn fetch_details(&self) -> Result<(), RefreshError> {
        let (now, organizer) = (self.now(), self.organizer());
        let stale = |event: &Event| !is_fresh(event.details_as_of, now);
        let coming: Vec<Event> = self.floor().coming.iter().filter(|event| stale(event)).cloned().collect();
        let all = count(coming.len());
        let mut whole = true;
        for (done, mut event) in (0..).zip(coming) {
            self.progress(Step::Prices, done, all);
            whole &= self.complete(&mut event, Haste::Later).await?;
            self.snapshot.keep_details(&event).await?;
            let mut floor = self.floor();
            if let Some(known) = floor.coming.iter_mut().find(|known| known.id == event.id) {
                *known = event;
            }
        }
        if whole {
            self.note_fetched_for(&organizer, FetchedPart::Prices, Some(self.now())).await?;
        }
        // Prices of activities that are over are of no use to anybody.
        let long_ago = now.checked_sub(jiff::SignedDuration::from_hours(24 * 30)).unwrap_or(now);
        self.snapshot.forget_prices(long_ago).await?;
        Ok(())
    }

    /// Fetches the list of every region of which this desk may have it.
    async fn fetch_lists(&self) -> Result<(), RefreshError> {
        let (regions, organizer) = (self.listed_regions(), self.organizer());
        if regions.is_empty() {
            return self.note_fetched_for(&organizer, FetchedPart::Lists, None).await;
        }
        let all = count(regions.len());
        for (done, region) in (0..).zip(&regions) {
            self.progress(Step::Lists, done, all);
            self.take_turn(Haste::Later).await?;
            self.fetch_list(region).await?;
        }
        self.note_fetched_for(&organizer, FetchedPart::Lists, Some(self.now())).await
    }

    /// Notes how far this part came, unless somebody went to stand at another desk meanwhile, of which it says nothing.
    async fn note_fetched_for(
        &self,
        organizer: &OrganizerId,
        part: FetchedPart,
        at: Option<Moment>,
    ) -> Result<(), RefreshError> {
        let _standing = self.standing.lock().await;
        if self.organizer() == *organizer {
            self.snapshot.note_fetched(part, at).await?;
        }
        Ok(())
    }

    /// The regions of which this desk may fetch the list of kansentarieven.
    pub fn listed_regions(&self) -> Vec<CardSystem> {
        let organizer = self.organizer();
        let floor = self.floor();
        let ours = floor.desks.iter().find(|desk| desk.organizer == organizer);
        ours.map(|desk| desk.listed_regions.clone()).unwrap_or_default()
    }

    pub(crate) fn progress(&self, step: Step, done: u32, all: u32) {
        self.floor().progress = Some(Progress { step, done, all });
        self.tell(Change::Ready);
    }
}

/// Why getting ready ended early, for the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// UiTPAS cannot be reached.
    Offline,
    /// Nobody is signed in.
    SignIn,
    /// UiTPAS answers, and does not give it.
    Refused,
    /// Somebody stopped it.
    Stopped,
    /// There is no room on the disk.
    DiskFull,
    /// The file could not be written.
    Store,
}

impl Failure {
    fn of(error: &PrepareError) -> Self {
        use balie_store::open::StoreError;
        match error {
            PrepareError::Stopped | PrepareError::UnderWay => Self::Stopped,
            PrepareError::Refresh(RefreshError::Ask(AskError::Offline | AskError::Slow)) => Self::Offline,
            PrepareError::Refresh(RefreshError::Ask(AskError::SignIn)) => Self::SignIn,
            PrepareError::Refresh(RefreshError::Ask(_)) => Self::Refused,
            PrepareError::Refresh(RefreshError::Store(StoreError::DiskFull)) => Self::DiskFull,
            PrepareError::Refresh(RefreshError::Store(_)) => Self::Store,
        }
    }
}

fn is_fresh(as_of: Option<Moment>, now: Moment) -> bool {
    as_of.is_some_and(|then| (0..FRESH_SECONDS).contains(&(now.as_second() - then.as_second())))
}

pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
