//! The desk: its files, its line to UiTPAS, and what is on its floor now.

use crate::config::Config;
use crate::connection::Connection;
use crate::person::{OfferId, Person, TapId};
use balie_core::event::{Event, EventId};
use balie_core::pass::PassholderId;
use balie_core::reader::ReaderName;
use balie_core::reward::Reward;
use balie_core::time::Moment;
use balie_remote::client::Api;
use balie_store::ledger::Ledger;
use balie_store::open::StoreError;
use balie_store::outbox::Counts;
use balie_store::snapshot::Snapshot;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, broadcast};

/// Tells the time. Passed in, so that a test can stand at any moment.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// The clock of the computer.
pub fn system_clock() -> Clock {
    Arc::new(Moment::now)
}

/// Which part of the desk changed; whoever shows it reads it anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// The head: connection, reader, counts, the chosen activity.
    Desk,
    /// The list of activities.
    Events,
    /// The person at the desk.
    Person,
    /// What was done.
    Lines,
}

/// How the readers stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readers {
    /// The smart-card service does not answer.
    NoService,
    /// These are connected; none is a calm state.
    Connected(Vec<ReaderName>),
}

/// What is on the floor now; nothing in it must outlive the program.
pub(crate) struct Floor {
    pub(crate) connection: Connection,
    pub(crate) readers: Readers,
    pub(crate) organizer_name: String,
    pub(crate) events: Vec<Event>,
    pub(crate) rewards: Vec<Reward>,
    /// Of whom UiTPAS listed what was done before, and when.
    pub(crate) listed: HashMap<PassholderId, Moment>,
    pub(crate) chosen: Option<EventId>,
    pub(crate) person: Option<Person>,
    /// First names, for this session only.
    pub(crate) names: HashMap<PassholderId, String>,
    pub(crate) refreshed: Option<Moment>,
    /// How many attempts in a row ended in doubt.
    pub(crate) doubts: u32,
    last_tap: u32,
    last_offer: u32,
}

/// A desk.
pub struct Desk {
    pub(crate) config: Config,
    pub(crate) ledger: Ledger,
    pub(crate) snapshot: Snapshot,
    pub(crate) api: Api,
    pub(crate) clock: Clock,
    /// One act is recorded at a time: each is decided with all earlier ones on the disk.
    pub(crate) recording: tokio::sync::Mutex<()>,
    /// One refresh at a time.
    pub(crate) refreshing: tokio::sync::Mutex<()>,
    /// Wakes the uploader.
    pub(crate) bell: Notify,
    /// Wakes whoever keeps the facts fresh.
    pub(crate) freshen: Notify,
    /// Held while an attempt is open; at the end of the program nothing is begun any more.
    pub(crate) sending: tokio::sync::Mutex<()>,
    floor: Mutex<Floor>,
    changes: broadcast::Sender<Change>,
}

impl Desk {
    /// Opens the desk: what was cut off is put in doubt, and what was known of today's activities is laid out.
    ///
    /// # Errors
    /// Fails when a file cannot be read or written.
    pub async fn open(
        config: Config,
        ledger: Ledger,
        snapshot: Snapshot,
        api: Api,
        clock: Clock,
    ) -> Result<Arc<Self>, StoreError> {
        let cut_off = ledger.recover(clock()).await?;
        if cut_off > 0 {
            tracing::warn!(cut_off, "attempts were cut off; their entries are in doubt");
        }
        let events = crate::refresh::still_on(snapshot.events().await?, clock());
        let floor = Floor {
            connection: Connection::Unknown,
            readers: Readers::Connected(Vec::new()),
            organizer_name: config.organizer_name.clone(),
            events,
            rewards: snapshot.rewards().await?,
            listed: HashMap::new(),
            chosen: None,
            person: None,
            names: HashMap::new(),
            refreshed: None,
            doubts: 0,
            last_tap: 0,
            last_offer: 0,
        };
        let (changes, _) = broadcast::channel(256);
        Ok(Arc::new(Self {
            config,
            ledger,
            snapshot,
            api,
            clock,
            recording: tokio::sync::Mutex::new(()),
            refreshing: tokio::sync::Mutex::new(()),
            bell: Notify::new(),
            freshen: Notify::new(),
            sending: tokio::sync::Mutex::new(()),
            floor: Mutex::new(floor),
            changes,
        }))
    }

    /// Follows what changes.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// The settings of this desk.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The name of the organizer, as UiTPAS last gave it.
    pub fn organizer_name(&self) -> String {
        self.floor().organizer_name.clone()
    }

    /// How the readers stand.
    pub fn readers(&self) -> Readers {
        self.floor().readers.clone()
    }

    /// Notes how the readers stand.
    pub fn readers_are(&self, readers: Readers) {
        let before = std::mem::replace(&mut self.floor().readers, readers.clone());
        if before != readers {
            self.tell(Change::Desk);
        }
    }

    /// The activities of today.
    pub fn events(&self) -> Vec<Event> {
        self.floor().events.clone()
    }

    /// The rewards of this desk.
    pub fn rewards(&self) -> Vec<Reward> {
        self.floor().rewards.clone()
    }

    /// The activity that is chosen.
    pub fn chosen(&self) -> Option<EventId> {
        self.floor().chosen.clone()
    }

    /// The person at the desk.
    pub fn person(&self) -> Option<Person> {
        self.floor().person.clone()
    }

    /// Whether activities and prices are being fetched now.
    pub fn is_refreshing(&self) -> bool {
        self.refreshing.try_lock().is_err()
    }

    /// How much is open.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        self.ledger.counts().await
    }

    /// Puts the person away, if it is still the one of this tap.
    pub fn dismiss(&self, tap: TapId) {
        let mut floor = self.floor();
        if floor.person.as_ref().is_some_and(|person| person.tap == tap) {
            floor.person = None;
            drop(floor);
            self.tell(Change::Person);
        }
    }

    /// The moment, by the clock of the desk.
    pub fn time(&self) -> Moment {
        self.now()
    }

    pub(crate) fn now(&self) -> Moment {
        (self.clock)()
    }

    pub(crate) fn floor(&self) -> MutexGuard<'_, Floor> {
        // A panic while the floor was held leaves values that are still whole: every change is one assignment.
        self.floor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tell(&self, change: Change) {
        // Nobody listening is fine: whoever comes reads everything.
        let _ = self.changes.send(change);
    }

    pub(crate) fn chosen_event(&self) -> Option<Event> {
        self.floor().chosen_event()
    }

    /// The person, if it is still the one of this tap, and the chosen activity: read together, so that the offers of
    /// one activity are never taken for those of another.
    pub(crate) fn person_and_event(&self, tap: TapId) -> Option<(Person, Option<Event>)> {
        let floor = self.floor();
        let person = floor.person.clone().filter(|person| person.tap == tap)?;
        Some((person, floor.chosen_event()))
    }

    /// Changes the person of this tap, if it is still there and the activity is still the chosen one.
    pub(crate) fn with_person_at(&self, tap: TapId, event: &EventId, change: impl FnOnce(&mut Person)) {
        let mut floor = self.floor();
        if floor.chosen.as_ref() != Some(event) {
            return;
        }
        let Some(person) = floor.person.as_mut().filter(|person| person.tap == tap) else { return };
        change(person);
        drop(floor);
        self.tell(Change::Person);
    }

    /// Changes the person, if it is still the one of this tap, and says whether it was.
    pub(crate) fn with_person(&self, tap: TapId, change: impl FnOnce(&mut Person)) -> bool {
        let mut floor = self.floor();
        let Some(person) = floor.person.as_mut().filter(|person| person.tap == tap) else { return false };
        change(person);
        drop(floor);
        self.tell(Change::Person);
        true
    }
}

impl Floor {
    fn chosen_event(&self) -> Option<Event> {
        let chosen = self.chosen.as_ref()?;
        self.events.iter().find(|event| event.id == *chosen).cloned()
    }

    pub(crate) const fn next_tap(&mut self) -> TapId {
        self.last_tap += 1;
        TapId(self.last_tap)
    }

    pub(crate) const fn next_offer(&mut self) -> OfferId {
        self.last_offer += 1;
        OfferId(self.last_offer)
    }
}

/// Draws an id that no other desk has.
pub fn draw_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}
