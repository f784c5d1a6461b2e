//! Fetching what the desk must know to work, also without a connection later: activities, limits, regions and prices.

use crate::connection::Connection;
use crate::desk::{Change, Desk};
use crate::quote::ALL;
use balie_core::event::Event;
use balie_core::money::Cents;
use balie_core::time::{Moment, date_of};
use balie_remote::ask::AskError;
use balie_store::open::StoreError;
use std::sync::Arc;
use std::time::Duration;

/// Why nothing new was fetched. What was known stays.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// UiTPAS or the UiTdatabank gives no answer.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// It could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// After how many seconds facts are fetched anew by themselves.
const STALE_SECONDS: i64 = 1_800;

/// How often it is looked whether the facts have grown old.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// How long to wait after facts could not be fetched, so that a server in trouble is not asked everything again at once.
const AFTER_A_FAILURE: Duration = Duration::from_secs(60);

impl Desk {
    /// Keeps the facts fresh for as long as the program runs, beside the uploader and never in its way. Start it once.
    pub async fn keep_fresh(self: Arc<Self>) {
        loop {
            if self.connection() == Connection::Connected
                && self.is_stale()
                && let Err(error) = self.refresh().await
            {
                tracing::info!(%error, "the facts could not be fetched anew");
                tokio::time::sleep(AFTER_A_FAILURE).await;
            }
            // Woken when the connection changes; a look now and then finds what has grown old.
            let _ = tokio::time::timeout(LOOK_EVERY, self.freshen.notified()).await;
        }
    }

    /// Fetches the activities of today, their limits and regions, the social tariff of each of their prices, and the
    /// rewards.
    ///
    /// The list is put in place whole. What one activity refuses to tell (its settings need a permission of their own)
    /// leaves that fact unknown, which the rules take for the strictest.
    ///
    /// # Errors
    /// Says why nothing new was fetched.
    pub async fn refresh(&self) -> Result<(), RefreshError> {
        let refreshing = self.refreshing.lock().await;
        self.tell(Change::Desk);
        let fetched = self.fetch().await;
        drop(refreshing);
        self.tell(Change::Desk);
        fetched
    }

    async fn fetch(&self) -> Result<(), RefreshError> {
        let desks = self.api.permissions().await;
        self.saw(&desks);
        if let Some(ours) = desks?.into_iter().find(|desk| desk.organizer == self.config.organizer)
            && !ours.name.is_empty()
        {
            self.floor().organizer_name = ours.name;
        }
        let found = self.api.events_of_today(&self.config.organizer, self.now()).await;
        self.saw(&found);
        let mut events = found?;
        for event in &mut events {
            self.complete(event).await?;
        }
        self.snapshot.keep_events(&events).await?;
        // Rewards need a permission of their own; without it the last list stays, and each says how old it is.
        let rewards = match self.fact(self.api.rewards(&self.config.organizer, self.now()).await)? {
            Some(rewards) => {
                self.snapshot.keep_rewards(&rewards).await?;
                rewards
            }
            None => self.rewards(),
        };
        let person = {
            let mut floor = self.floor();
            floor.refreshed = Some(self.now());
            if !events.iter().any(|event| Some(&event.id) == floor.chosen.as_ref()) {
                floor.chosen = None;
            }
            floor.events = events;
            floor.rewards = rewards;
            floor.person.as_ref().map(|person| person.tap)
        };
        self.tell(Change::Events);
        if let Some(tap) = person {
            self.requote(tap, ALL).await;
        }
        Ok(())
    }

    /// Whether the facts are old enough to fetch them anew.
    pub(crate) fn is_stale(&self) -> bool {
        let now = self.now();
        self.floor()
            .refreshed
            .is_none_or(|then| now.as_second() - then.as_second() > STALE_SECONDS || date_of(then) != date_of(now))
    }

    async fn complete(&self, event: &mut Event) -> Result<(), RefreshError> {
        if let Some(settings) = self.fact(self.api.event_settings(&event.id).await)? {
            event.ticket_limit = settings.ticket_limit;
            event.check_in_limit = settings.check_in_limit;
            event.check_in_points = Some(settings.check_in_points);
        }
        event.card_systems = self.fact(self.api.event_card_systems(&event.id).await)?;
        for category in event.prices.iter().filter(|category| category.regular > Cents::ZERO) {
            let price = self.api.static_tariff(&event.id, category.regular, self.now()).await;
            if let Some(fact) = self.fact(price)? {
                self.snapshot.keep_price(&event.id, category.regular, &fact).await?;
            }
        }
        Ok(())
    }

    /// What is not answered for this one activity stays unknown; a lost connection ends the whole refresh.
    fn fact<T>(&self, answer: Result<T, AskError>) -> Result<Option<T>, AskError> {
        match answer {
            Ok(fact) => Ok(Some(fact)),
            Err(AskError::Offline | AskError::SignIn | AskError::RateLimited) => {
                self.saw(&answer);
                answer.map(Some)
            }
            Err(AskError::Slow | AskError::Forbidden | AskError::Problem(_))
            | Err(AskError::Unexpected { .. } | AskError::Garbled(_)) => Ok(None),
        }
    }
}

/// Of a list that was kept earlier, the activities that are still of today: those of the same day, and those that go on.
pub(crate) fn still_on(events: Vec<Event>, now: Moment) -> Vec<Event> {
    let goes_on = |event: &Event| match (event.starts, event.ends) {
        (None, None) => true,
        (starts, ends) => {
            starts.is_some_and(|at| date_of(at) == date_of(now)) || ends.is_some_and(|at| date_of(at) == date_of(now))
        }
    };
    events.into_iter().filter(goes_on).collect()
}
