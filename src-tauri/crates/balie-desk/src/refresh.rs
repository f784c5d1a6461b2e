//! Fetching what the desk must know to work, also without a connection later: activities, limits, regions, prices and
//! rewards. The list reaches [`DAYS_AHEAD`] days; what costs a request for each activity is fetched here for today alone, and
//! for the days after by [`Desk::prepare`].

use crate::connection::Connection;
use crate::desk::{Change, Desk};
use crate::quote::ALL;
use balie_core::event::Event;
use balie_core::money::Cents;
use balie_core::ready::DAYS_AHEAD;
use balie_core::time::date_of;
use balie_remote::ask::AskError;
use balie_remote::permissions::Permissions;
use balie_store::open::StoreError;
use balie_store::permitted::{FetchedPart, PermittedDesk};
use std::collections::HashMap;
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

/// Between two looks whether something is still to be sent.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// How often that is looked at before it is asked all the same.
const MOST_LOOKS: u32 = 100;

/// Whether somebody waits for what is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Haste {
    /// At the desk, now.
    Now,
    /// For a day to come.
    Later,
}

impl Desk {
    /// Keeps the facts fresh for as long as the program runs, beside the uploader and never in its way. Start it once.
    pub async fn keep_fresh(self: Arc<Self>) {
        loop {
            // A day that turns without a connection has its activities all the same.
            self.lay_out();
            self.forget_what_is_old().await;
            self.look_how_ready().await;
            if let Err(error) = self.keep_fresh_once().await {
                tracing::info!(%error, "the facts could not be fetched anew");
                tokio::time::sleep(AFTER_A_FAILURE).await;
            }
            // Woken when the connection changes; a look now and then finds what has grown old.
            let _ = tokio::time::timeout(LOOK_EVERY, self.freshen.notified()).await;
        }
    }

    async fn keep_fresh_once(&self) -> Result<(), RefreshError> {
        if self.connection() != Connection::Connected || self.is_locked() {
            return Ok(());
        }
        if self.is_stale() {
            self.refresh().await?;
        }
        // Once a day everything, so that a line that breaks finds the desk ready.
        if self.should_prepare().await { self.prepare_quietly().await } else { Ok(()) }
    }

    /// Fetches the activities of the coming days, for those of today their limits and regions and the social tariff of each
    /// of their prices, and the rewards.
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
        self.look_how_ready().await;
        self.tell(Change::Desk);
        fetched
    }

    async fn fetch(&self) -> Result<(), RefreshError> {
        self.fetch_desks().await?;
        let organizer = self.organizer();
        if organizer.0.is_empty() {
            // Nobody chose a desk yet, so there is nothing to fetch for it.
            return Ok(());
        }
        let found = self.api.coming_events(&organizer, DAYS_AHEAD, self.now()).await;
        self.saw(&found);
        let mut events = self.with_details_known(found?);
        let today = date_of(self.now());
        for event in events.iter_mut().filter(|event| event.on(today).is_some()) {
            self.complete(event, Haste::Now).await?;
        }
        // Rewards need a permission of their own; without it the last list stays, and each says how old it is.
        let rewards = self.fact(self.api.rewards(&organizer, self.now()).await)?;
        let _standing = self.standing.lock().await;
        if self.organizer() != organizer {
            // Somebody went to stand at another desk meanwhile: this says nothing about that one.
            return Ok(());
        }
        // What was fetched for the coming days meanwhile stays.
        let events = self.with_details_known(events);
        self.snapshot.keep_events(&events).await?;
        self.snapshot.note_fetched(FetchedPart::Events, Some(self.now())).await?;
        let rewards = match rewards {
            Some(rewards) => {
                self.snapshot.keep_rewards(&rewards).await?;
                self.snapshot.note_fetched(FetchedPart::Rewards, Some(self.now())).await?;
                rewards
            }
            None => self.rewards(),
        };
        let person = {
            let mut floor = self.floor();
            floor.refreshed = Some(self.now());
            floor.coming = events;
            floor.rewards = rewards;
            floor.laid_out = None;
            floor.at_desk.shown().map(|person| person.tap)
        };
        self.lay_out();
        self.tell(Change::Events);
        if let Some(tap) = person {
            self.requote(tap, ALL).await;
        }
        Ok(())
    }

    /// Asks where this desk may stand and what it may do there.
    pub(crate) async fn fetch_desks(&self) -> Result<(), RefreshError> {
        let desks = self.api.permissions().await;
        self.saw(&desks);
        let desks: Vec<PermittedDesk> = desks?.into_iter().map(permitted).collect();
        self.snapshot.keep_desks(&desks, self.now()).await?;
        let organizer = self.organizer();
        let ours = desks.iter().find(|desk| desk.organizer == organizer);
        let mut floor = self.floor();
        if let Some(ours) = ours.filter(|ours| !ours.name.is_empty()) {
            floor.organizer_name.clone_from(&ours.name);
        }
        floor.desks = desks;
        Ok(())
    }

    /// What costs a request for each activity is kept from the last time, with its date.
    fn with_details_known(&self, events: Vec<Event>) -> Vec<Event> {
        let floor = self.floor();
        let known: HashMap<_, &Event> = floor.coming.iter().map(|event| (&event.id, event)).collect();
        let with_details = |event: Event| match known.get(&event.id) {
            Some(known) if known.details_as_of > event.details_as_of => Event {
                ticket_limit: known.ticket_limit,
                check_in_limit: known.check_in_limit,
                check_in_points: known.check_in_points,
                card_systems: known.card_systems.clone(),
                details_as_of: known.details_as_of,
                ..event
            },
            _ => event,
        };
        events.into_iter().map(with_details).collect()
    }

    /// Puts the activities of today on the floor, out of those of the coming days.
    pub(crate) fn lay_out(&self) {
        let today = date_of(self.now());
        {
            let mut floor = self.floor();
            if floor.laid_out == Some(today) {
                return;
            }
            let mut events: Vec<Event> = floor.coming.iter().filter_map(|event| event.on(today)).collect();
            events.sort_by(|a, b| (a.starts, &a.title).cmp(&(b.starts, &b.title)));
            if !events.iter().any(|event| Some(&event.id) == floor.chosen.as_ref()) {
                floor.chosen = None;
            }
            floor.events = events;
            floor.laid_out = Some(today);
        }
        self.tell(Change::Events);
        self.tell(Change::Desk);
    }

    /// Whether the facts are old enough to fetch them anew.
    pub(crate) fn is_stale(&self) -> bool {
        let now = self.now();
        self.floor()
            .refreshed
            .is_none_or(|then| now.as_second() - then.as_second() > STALE_SECONDS || date_of(then) != date_of(now))
    }

    /// Fetches what the list does not say of an activity: its settings, its regions, and the tariff of each price.
    /// Says whether that is whole: what this desk may not have is not lacking, what was not answered is.
    pub(crate) async fn complete(&self, event: &mut Event, haste: Haste) -> Result<bool, RefreshError> {
        self.take_turn(haste).await?;
        let settings = self.api.event_settings(&event.id).await;
        let mut whole = is_answer(&settings);
        if let Some(settings) = self.fact(settings)? {
            event.ticket_limit = settings.ticket_limit;
            event.check_in_limit = settings.check_in_limit;
            event.check_in_points = Some(settings.check_in_points);
        }
        self.take_turn(haste).await?;
        let systems = self.api.event_card_systems(&event.id).await;
        whole &= is_answer(&systems);
        if let Some(systems) = self.fact(systems)? {
            event.card_systems = Some(systems);
        }
        for category in event.prices.iter().filter(|category| category.regular > Cents::ZERO) {
            self.take_turn(haste).await?;
            let price = self.api.static_tariff(&event.id, category.regular, self.now()).await;
            whole &= is_answer(&price);
            if let Some(fact) = self.fact(price)? {
                self.snapshot.keep_price(&event.id, category.regular, &fact).await?;
            }
        }
        if whole {
            event.details_as_of = Some(self.now());
        }
        Ok(whole)
    }

    /// Waits until it may ask: at once where somebody waits for it, else when nothing is to be sent and the politeness limit
    /// has room.
    pub(crate) async fn take_turn(&self, haste: Haste) -> Result<(), AskError> {
        if haste == Haste::Now {
            return Ok(());
        }
        // What was noted goes first; a queue that does not move holds nothing up.
        for _ in 0..MOST_LOOKS {
            if self.connection() != Connection::Connected || Self::held(&self.queue).next(self.now()).is_none() {
                break;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        self.be_polite().await
    }

    /// What is not answered for this one activity stays unknown; a lost connection ends the whole refresh.
    pub(crate) fn fact<T>(&self, answer: Result<T, AskError>) -> Result<Option<T>, AskError> {
        match answer {
            Ok(fact) => Ok(Some(fact)),
            Err(AskError::Offline | AskError::SignIn | AskError::NotKept | AskError::RateLimited) => {
                self.saw(&answer);
                answer.map(Some)
            }
            Err(AskError::Slow | AskError::Forbidden | AskError::Problem(_))
            | Err(AskError::Unexpected { .. } | AskError::Garbled(_)) => Ok(None),
        }
    }
}

/// Whether UiTPAS said something, be it that this desk may not know.
const fn is_answer<T>(answer: &Result<T, AskError>) -> bool {
    matches!(answer, Ok(_) | Err(AskError::Forbidden | AskError::Problem(_)))
}

fn permitted(desk: Permissions) -> PermittedDesk {
    let Permissions { organizer, name, granted, listed_regions } = desk;
    PermittedDesk { organizer, name, granted, listed_regions }
}
