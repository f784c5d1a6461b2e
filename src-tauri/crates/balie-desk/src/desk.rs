//! The desk: its files, its line to UiTPAS, and what is on its floor now.

use crate::at_desk::AtDesk;
use crate::audit::Looks;
use crate::config::{Config, Settings};
use crate::connection::Connection;
use crate::outbox::ServerTime;
use crate::person::{OfferId, Person, TapId};
use crate::prepare::{Failure, Progress};
use crate::sample::Sample;
use balie_core::card::ChipNumber;
use balie_core::clock::is_behind;
use balie_core::entry::EntryId;
use balie_core::event::{Event, EventId, OrganizerId};
use balie_core::pace::Pace;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::queue::Queue;
use balie_core::reader::{Reader, ReaderTrouble};
use balie_core::ready::Ready;
use balie_core::reward::Reward;
use balie_core::settle::Settling;
use balie_core::time::Moment;
use balie_core::waiting::Warning;
use balie_remote::client::Api;
use balie_store::ledger::Ledger;
use balie_store::open::StoreError;
use balie_store::outbox::Counts;
use balie_store::permitted::PermittedDesk;
use balie_store::snapshot::Snapshot;
use jiff::civil::Date;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, Semaphore, broadcast};

/// Tells the time. Passed in, so that a test can stand at any moment.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// Both clocks of a desk: the one on the wall, which can be set, and one that only goes on.
#[derive(Clone)]
pub struct Clocks {
    /// The time of day.
    pub wall: Clock,
    /// How long this program has run; nobody can set it, and it may stand still while the computer sleeps.
    pub steady: Arc<dyn Fn() -> Duration + Send + Sync>,
}

/// A clock that nobody sets by hand, as in a test: how long the program has run follows from it.
impl From<Clock> for Clocks {
    fn from(wall: Clock) -> Self {
        let read = Arc::clone(&wall);
        let steady = move || Duration::from_millis(u64::try_from(read().as_millisecond()).unwrap_or(0));
        Self { wall, steady: Arc::new(steady) }
    }
}

/// The clocks of the computer.
pub fn system_clock() -> Clocks {
    let start = Instant::now();
    Clocks { wall: Arc::new(Moment::now), steady: Arc::new(move || start.elapsed()) }
}

/// How many requests that change something are under way at once (sync.md §1.7).
pub(crate) const AT_ONCE: usize = 2;

/// How many are at work on them: while two are under way, the intent of the next is written, and what became of the last.
pub(crate) const LANES: usize = 4;

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
    /// How ready the desk is to work without a connection.
    Ready,
}

/// How the readers stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readers {
    /// The smart-card service does not answer, for this reason.
    Missing(ReaderTrouble),
    /// These are connected; none is a calm state.
    Connected(Vec<Reader>),
}

/// What is on the floor now; nothing in it must outlive the program.
pub(crate) struct Floor {
    pub(crate) connection: Connection,
    pub(crate) readers: Readers,
    /// The organizer whose desk this is; empty as long as none was chosen.
    pub(crate) organizer: OrganizerId,
    pub(crate) organizer_name: String,
    /// The desks that whoever is signed in may stand at.
    pub(crate) desks: Vec<PermittedDesk>,
    /// The activities of the coming days.
    pub(crate) coming: Vec<Event>,
    /// Those of today, and which day that was when they were laid out.
    pub(crate) events: Vec<Event>,
    pub(crate) laid_out: Option<Date>,
    pub(crate) rewards: Vec<Reward>,
    /// Of whom UiTPAS listed what was done before, and when.
    pub(crate) listed: HashMap<PassholderId, Moment>,
    pub(crate) chosen: Option<EventId>,
    pub(crate) at_desk: AtDesk,
    /// First names, for this session only.
    pub(crate) names: HashMap<PassholderId, String>,
    pub(crate) refreshed: Option<Moment>,
    /// How many attempts in a row ended in doubt.
    pub(crate) doubts: u32,
    /// The clock was set back behind the latest moment that was ever seen on it.
    pub(crate) clock_behind: bool,
    /// The latest moment that was ever seen on the clock, and the one that is on the disk.
    pub(crate) latest_moment: Moment,
    pub(crate) moment_kept: Moment,
    /// What was last found to say about what waits to be sent.
    pub(crate) warned: Option<Warning>,
    /// UiTPAS repeated a label otherwise than it was sent, so a receipt in it proves nothing.
    pub(crate) label_not_echoed: bool,
    /// Nobody sees anything of the desk, and what is known of people is put away.
    pub(crate) locked: bool,
    /// The acts of which it is not known whether the card belongs to the number that was typed for it.
    pub(crate) typed_cards: HashMap<EntryId, ChipNumber>,
    /// The numbers of which UiTPAS does not say whose they are.
    pub(crate) not_told: HashSet<UitpasNumber>,
    /// The pairs of card and number that UiTPAS was asked about since the program began.
    pub(crate) asked_pairs: HashSet<ChipNumber>,
    /// When a person last stopped getting ready, or that was last tried by itself.
    pub(crate) prepare_tried: Option<Moment>,
    /// The looks at passes of the last minutes.
    pub(crate) looks: Looks,
    /// How far getting ready is, and why the last time ended early.
    pub(crate) progress: Option<Progress>,
    pub(crate) prepare_failed: Option<Failure>,
    /// How ready the desk was when that was last looked at.
    pub(crate) ready: Option<Ready>,
    /// When it was last looked what is old enough to be forgotten.
    pub(crate) forgotten: Option<Moment>,
    /// What a person can change while the desk is open.
    pub(crate) settings: Settings,
    /// Whose point a tap saved by itself, where and on which day: a second one takes a hand.
    pub(crate) saved_by_itself: HashSet<(PassholderId, EventId, Date)>,
    last_tap: u32,
    last_offer: u32,
}

/// A desk.
pub struct Desk {
    pub(crate) config: Config,
    pub(crate) ledger: Ledger,
    pub(crate) snapshot: Snapshot,
    pub(crate) api: Api,
    pub(crate) clocks: Clocks,
    /// What goes to UiTPAS next: an image of the table `outbox`, made anew from it whenever the two might differ.
    pub(crate) queue: Mutex<Queue>,
    /// Held from reading how an entry stands until its next step is on the disk and in the queue.
    pub(crate) books: tokio::sync::Mutex<()>,
    /// The own politeness limit.
    pub(crate) pace: Mutex<Pace>,
    /// How far the clock of UiTPAS is ahead.
    pub(crate) server_clock: Mutex<ServerTime>,
    /// What was seen of the lag between an answer and the lists, and the successes that are still to be looked up.
    pub(crate) settling: Mutex<(Settling, VecDeque<Sample>)>,
    /// Since when this program has known of the doubt about each request, by the steady clock.
    pub(crate) doubted_since: Mutex<HashMap<i64, Duration>>,
    /// One act is recorded at a time: each is decided with all earlier ones on the disk.
    pub(crate) recording: tokio::sync::Mutex<()>,
    /// One refresh at a time.
    pub(crate) refreshing: tokio::sync::Mutex<()>,
    /// Held while what was fetched is put in its place, and while somebody goes to stand at another desk.
    pub(crate) standing: tokio::sync::Mutex<()>,
    /// One at a time gets the desk ready for days without a connection, and may be told to stop.
    pub(crate) preparing: tokio::sync::Mutex<()>,
    pub(crate) stop_preparing: Notify,
    /// Wakes the uploader.
    pub(crate) bell: Notify,
    /// Ends the wait after a doubt: a person wants it sent now.
    pub(crate) hurried: Notify,
    /// Wakes whoever keeps the facts fresh.
    pub(crate) freshen: Notify,
    /// One is held for each attempt that is open; at the end of the program nothing is begun any more.
    pub(crate) sending: Semaphore,
    /// One is held from the first byte of a request to the last of its answer.
    pub(crate) line: Semaphore,
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
        clocks: impl Into<Clocks>,
    ) -> Result<Arc<Self>, StoreError> {
        let clocks = clocks.into();
        let now = (clocks.wall)();
        ledger.verify_trail().await?;
        // UiTPAS was not heard yet, so its clock is taken for ours.
        let cut_off = ledger.recover(now, now).await?;
        if cut_off > 0 {
            tracing::warn!(cut_off, "attempts were cut off; their entries are in doubt");
        }
        let latest_moment = ledger.latest_moment().await?;
        let floor = Floor {
            latest_moment: latest_moment.max(now),
            moment_kept: latest_moment,
            clock_behind: is_behind(now, latest_moment),
            ..Floor::of(&config, &ledger, &snapshot).await?
        };
        let (changes, _) = broadcast::channel(256);
        let queue = Queue::new(ledger.open_entries().await?, now);
        let settling = ledger.settling().await?;
        let pace = Pace::at_most(config.requests_per_second);
        let desk = Arc::new(Self {
            config,
            ledger,
            snapshot,
            api,
            clocks,
            queue: Mutex::new(queue),
            books: tokio::sync::Mutex::new(()),
            pace: Mutex::new(pace),
            server_clock: Mutex::default(),
            settling: Mutex::new((settling, VecDeque::new())),
            doubted_since: Mutex::default(),
            recording: tokio::sync::Mutex::new(()),
            refreshing: tokio::sync::Mutex::new(()),
            standing: tokio::sync::Mutex::new(()),
            preparing: tokio::sync::Mutex::new(()),
            stop_preparing: Notify::new(),
            bell: Notify::new(),
            hurried: Notify::new(),
            freshen: Notify::new(),
            sending: Semaphore::new(LANES),
            line: Semaphore::new(AT_ONCE),
            floor: Mutex::new(floor),
            changes,
        });
        desk.stay_signed_in().await?;
        desk.lay_out();
        desk.look_how_ready().await;
        Ok(desk)
    }

    /// Follows what changes.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// The settings of this desk as they were when it opened.
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

    /// Whether somebody may be looked up by a national number now: where the organizer switched it on, and UiTPAS can be asked
    /// (security.md).
    pub fn may_use_national_number(&self) -> bool {
        if self.is_locked() {
            // Nobody is at a locked desk.
            return false;
        }
        let floor = self.floor();
        floor.settings.preferences.uses_national_number
            && !matches!(floor.connection, Connection::Offline | Connection::SignInNeeded)
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
        self.floor().at_desk.shown().cloned()
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
        if floor.at_desk.leaves(tap) {
            drop(floor);
            self.tell(Change::Person);
        }
    }

    /// The moment, by the clock of the desk.
    pub fn time(&self) -> Moment {
        self.now()
    }

    pub(crate) fn now(&self) -> Moment {
        (self.clocks.wall)()
    }

    /// How long this program has run, by a clock that nobody can set.
    pub(crate) fn steady(&self) -> Duration {
        (self.clocks.steady)()
    }

    pub(crate) fn floor(&self) -> MutexGuard<'_, Floor> {
        // A panic while the floor was held leaves values that are still whole: every change is one assignment.
        self.floor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A value that several tasks share. A panic while it was held leaves it whole: every change is one assignment.
    pub(crate) fn held<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
        shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets everybody who follows the desk read a part of it anew, because something around it changed.
    pub fn tells(&self, change: Change) {
        self.tell(change);
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
        let person = floor.at_desk.of(tap).cloned()?;
        Some((person, floor.chosen_event()))
    }

    /// Changes the person of this tap, if it is still there and the activity is still the chosen one.
    pub(crate) fn with_person_at(&self, tap: TapId, event: &EventId, change: impl FnOnce(&mut Person)) {
        let mut floor = self.floor();
        if floor.chosen.as_ref() != Some(event) {
            return;
        }
        let Some(person) = floor.at_desk.of_mut(tap) else { return };
        change(person);
        drop(floor);
        self.tell(Change::Person);
    }

    /// Changes the person, if it is still the one of this tap, and says whether it was.
    pub(crate) fn with_person(&self, tap: TapId, change: impl FnOnce(&mut Person)) -> bool {
        let mut floor = self.floor();
        let Some(person) = floor.at_desk.of_mut(tap) else { return false };
        change(person);
        drop(floor);
        self.tell(Change::Person);
        true
    }
}

impl Floor {
    /// The floor as it is when the desk opens: what the files know, and nobody on it.
    async fn of(config: &Config, ledger: &Ledger, snapshot: &Snapshot) -> Result<Self, StoreError> {
        let chosen = ledger.chosen_desk().await?;
        let settled = config.organizer.clone().map(|organizer| (organizer, config.organizer_name.clone()));
        let (organizer, organizer_name) = chosen.or(settled).unwrap_or((OrganizerId(String::new()), String::new()));
        Ok(Self {
            connection: Connection::Unknown,
            readers: Readers::Connected(Vec::new()),
            organizer,
            organizer_name,
            desks: snapshot.desks().await?,
            coming: snapshot.events().await?,
            events: Vec::new(),
            laid_out: None,
            rewards: snapshot.rewards().await?,
            listed: HashMap::new(),
            chosen: None,
            at_desk: AtDesk::default(),
            names: HashMap::new(),
            refreshed: None,
            doubts: 0,
            clock_behind: false,
            latest_moment: Moment::UNIX_EPOCH,
            moment_kept: Moment::UNIX_EPOCH,
            warned: None,
            label_not_echoed: false,
            locked: false,
            typed_cards: ledger.typed_cards().await?,
            not_told: HashSet::new(),
            asked_pairs: HashSet::new(),
            prepare_tried: None,
            looks: Looks::default(),
            progress: None,
            prepare_failed: None,
            ready: None,
            forgotten: None,
            settings: Settings::of(config),
            saved_by_itself: HashSet::new(),
            last_tap: 0,
            last_offer: 0,
        })
    }

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
