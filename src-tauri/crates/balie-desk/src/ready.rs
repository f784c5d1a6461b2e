//! How ready the desk is to work without a connection: the facts are gathered here, the core judges.

use crate::connection::Connection;
use crate::desk::{Change, Desk, Readers};
use crate::prepare::{Failure, Progress, count};
use balie_core::event::Event;
use balie_core::money::Cents;
use balie_core::policy::OpenRisk;
use balie_core::reader::Reader;
use balie_core::ready::{DAYS_AHEAD, Facts, Fetched, Line, Ready};
use balie_core::time::{Moment, date_of};
use balie_store::open::StoreError;
use balie_store::permitted::FetchedPart;
use jiff::ToSpan;

/// The permission to fetch the rewards of a desk.
const REWARDS: &str = "REWARDS_READ";

impl Desk {
    /// The checklist.
    ///
    /// # Errors
    /// Fails when a file cannot be read.
    pub async fn ready(&self) -> Result<Ready, StoreError> {
        let now = self.now();
        let facts = Facts {
            signed_in: self.is_signed_in(),
            events: self.coming_events(now).await?,
            prices: self.coming_prices(now).await?,
            rewards: self.fetched_rewards().await?,
            lists: self.fetched_lists().await?,
            cards: self.learned_cards().await?,
            reader: matches!(self.readers(), Readers::Connected(readers) if readers.iter().any(Reader::is_contactless)),
        };
        Ok(Ready::of(&facts, self.settings().offline, now))
    }

    /// The checklist as it was last looked at.
    pub fn growing_old(&self) -> Option<Line> {
        let now = self.now();
        self.floor().ready.as_ref().and_then(|ready| ready.growing_old(now))
    }

    /// How far getting ready is, and why the last time ended early.
    pub fn preparing(&self) -> (Option<Progress>, Option<Failure>) {
        let floor = self.floor();
        (floor.progress, floor.prepare_failed)
    }

    /// How much of the limits of the organizer is used.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read.
    pub async fn open_risk(&self) -> Result<OpenRisk, StoreError> {
        self.ledger.open_risk().await
    }

    /// Looks at the checklist anew, and tells when something began to grow old.
    pub(crate) async fn look_how_ready(&self) {
        let ready = match self.ready().await {
            Ok(ready) => ready,
            Err(StoreError::Locked) => return,
            Err(error) => return tracing::error!(%error, "how ready the desk is cannot be told"),
        };
        let before = self.floor().ready.replace(ready.clone());
        if before.as_ref() != Some(&ready) {
            self.tell(Change::Ready);
            self.tell(Change::Desk);
        }
    }

    /// Whether what waits can be sent when the line is there: somebody is signed in, and the server did not say otherwise.
    pub fn is_signed_in(&self) -> bool {
        (!self.is_for_people() || self.api.is_signed_in()) && self.connection() != Connection::SignInNeeded
    }

    async fn coming_events(&self, now: Moment) -> Result<Fetched, StoreError> {
        let (as_of, forbidden) = self.snapshot.fetched(FetchedPart::Events).await?;
        Ok(Fetched { count: count(self.still_coming(now).len()), lacking: 0, as_of, forbidden })
    }

    /// The activities that go on between now and the end of what is fetched.
    fn still_coming(&self, now: Moment) -> Vec<Event> {
        let today = date_of(now);
        let last = today.checked_add(DAYS_AHEAD.days()).unwrap_or(today);
        let floor = self.floor();
        floor.coming.iter().filter(|event| event.goes_on_between(today, last)).cloned().collect()
    }

    /// A price counts as fetched when UiTPAS said what it is with the social tariff and where the activity takes part.
    async fn coming_prices(&self, now: Moment) -> Result<Fetched, StoreError> {
        let dates = self.snapshot.price_dates().await?;
        let mut prices = Fetched::default();
        for event in self.still_coming(now) {
            for category in event.prices.iter().filter(|category| category.regular > Cents::ZERO) {
                prices.count += 1;
                match dates.get(&(event.id.clone(), category.regular)).filter(|_| event.card_systems.is_some()) {
                    Some(date) => prices.as_of = Some(prices.as_of.map_or(*date, |oldest| oldest.min(*date))),
                    None => prices.lacking += 1,
                }
            }
        }
        if prices.count == 0 {
            // Activities without a price need none.
            prices.as_of = self.snapshot.fetched(FetchedPart::Events).await?.0;
        }
        Ok(prices)
    }

    async fn fetched_rewards(&self) -> Result<Fetched, StoreError> {
        let (as_of, _) = self.snapshot.fetched(FetchedPart::Rewards).await?;
        let may = self.permissions().is_none_or(|granted| granted.iter().any(|name| name == REWARDS));
        Ok(Fetched { count: count(self.rewards().len()), lacking: 0, as_of: as_of.filter(|_| may), forbidden: !may })
    }

    /// What this desk may do, by the names of the API; `None` when UiTPAS never said it.
    pub fn permissions(&self) -> Option<Vec<String>> {
        let organizer = self.organizer();
        let floor = self.floor();
        floor.desks.iter().find(|desk| desk.organizer == organizer).map(|desk| desk.granted.clone())
    }
}
