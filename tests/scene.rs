//! A stage for what happens at a desk, told in taps: a real desk on real encrypted files, and UiTPAS over real HTTP.
//!
//! Only the time is made: it stands still until [`Scene::pass_time`] moves it, for the desk and for UiTPAS alike.
//!
//! Not here: readers and windows. A tap begins where the reader has read the chip.
#![expect(clippy::unwrap_used, reason = "a stage that cannot be set up fails the test that asked for it")]

mod acts;
mod machine;

pub use acts::{Done, Kind};

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use balie_core::agreement::Verb;
use balie_core::card::CardKind;
use balie_core::entry::{Act, Holder, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::life::Attempt;
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::queue::Queue;
use balie_core::reader::{CardRead, ReaderEvent, ReaderName};
use balie_core::tariff::{NoOffer, PriceSource, TariffId};
use balie_core::time::Moment;
use balie_core::upload::claimed;
use balie_desk::act::ActError;
use balie_desk::config::Config;
use balie_desk::connection::Connection;
use balie_desk::desk::Desk;
use balie_desk::person::{Person, PricedCategory};
use balie_remote::access::Credentials;
use balie_remote::cancels::{Cancelled, TakenOut};
use balie_remote::client::{Api, Endpoints};
use balie_remote::endpoint::Endpoint;
use balie_remote::outcome::Outcome;
use balie_sandbox::{FaultAction, FaultRule, Sandbox};
use balie_store::entries::Recorded;
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::outbox::Counts;
use balie_store::snapshot::Snapshot;
use tempfile::TempDir;

/// An activity of 10 euro, a hundred times a week for each passholder.
pub const SHOW: &str = "5a0967f9-cc06-4c3c-9206-30481a767434";
/// A workshop with two prices, of 7,50 and 20,00; once for each passholder.
pub const WORKSHOP: &str = "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e103";
/// An activity of 10 euro, once a week for each passholder.
pub const ONCE_A_WEEK: &str = "d83b5b8a-108a-45d6-9ac9-8bdc44a0a24a";

/// The chips of the published test cards, by the first names that the sandbox gives them.
pub const YASMINA: &str = "04363CDAEE3880";
/// The number of Yasmina, who has an active kansenstatuut.
pub const YASMINAS_NUMBER: &str = "0900000067513";
/// Has an active kansenstatuut too.
pub const NOOR: &str = "04ED6ACACF6180";
/// The number of Noor.
pub const NOORS_NUMBER: &str = "0900010959113";

/// The tariff that the sandbox offers.
const TARIFF: &str = "SOCIALTARIFF";
/// A Saturday morning, so that the week has a tomorrow.
const MORNING: &str = "2026-11-21T10:00:00Z";
/// Much longer than anything takes, so that a busy computer fails no test.
const SOON: Duration = Duration::from_secs(15);

/// A desk, and the UiTPAS that it works with.
pub struct Scene {
    /// UiTPAS.
    pub sandbox: Arc<Sandbox>,
    /// The desk.
    pub desk: Arc<Desk>,
    /// The ledger that the desk writes.
    pub ledger: Ledger,
    /// The snapshot that the desk writes.
    pub snapshot: Snapshot,
    keys: (Key, Key),
    config: Config,
    time: Arc<machine::Times>,
    folder: Arc<TempDir>,
}

impl Scene {
    /// A desk that is online, has fetched the activities of today, and has [`SHOW`] chosen.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same, with faults in force from the first question on.
    pub async fn start_with(faults: &[FaultRule]) -> Self {
        Self::start_as(faults, |_| {}).await
    }

    /// The same, with settings of its own.
    pub async fn start_as(faults: &[FaultRule], change: impl FnOnce(&mut Config)) -> Self {
        let sandbox = Arc::new(Sandbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap());
        let morning: Moment = MORNING.parse().unwrap();
        sandbox.set_now(Some(morning));
        for fault in faults {
            sandbox.add_fault(fault.clone());
        }
        let time = Arc::new(machine::Times::starting(morning));
        let mut config = config(&sandbox.url());
        change(&mut config);
        let keys = (Key::random().unwrap(), Key::random().unwrap());
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let (desk, ledger, snapshot) = open(&config, &keys, &folder, &time, None).await;
        let scene = Self { sandbox, desk, ledger, snapshot, keys, config, time, folder };
        scene.desk.refresh().await.unwrap();
        scene.choose(SHOW).await;
        scene
    }

    /// A second desk of the same organizer, with files of its own, at the same UiTPAS.
    pub async fn start_beside(first: &Self) -> Self {
        let (config, time) = (first.config.clone(), Arc::clone(&first.time));
        let keys = (Key::random().unwrap(), Key::random().unwrap());
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let (desk, ledger, snapshot) = open(&config, &keys, &folder, &time, None).await;
        let sandbox = Arc::clone(&first.sandbox);
        let scene = Self { sandbox, desk, ledger, snapshot, keys, config, time, folder };
        scene.desk.refresh().await.unwrap();
        scene.choose(SHOW).await;
        scene
    }

    /// Ends the program without closing anything, and starts it again on the same files.
    pub async fn restart(self) -> Self {
        let Self { sandbox, desk, ledger, snapshot, keys, config, time, folder } = self;
        drop((desk, ledger, snapshot));
        let (desk, ledger, snapshot) = open(&config, &keys, &folder, &time, None).await;
        Self { sandbox, desk, ledger, snapshot, keys, config, time, folder }
    }

    /// Lays a card on the reader, and waits until the desk knows all that it will know.
    pub async fn tap(&self, uid: &str) -> Person {
        let bytes = uid.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap());
        let kind = CardKind::of_uid(&bytes.collect::<Vec<_>>());
        let reader = ReaderName("Virtual PCD 00 00".to_owned());
        if let Some(whom) = self.desk.reader_reports(ReaderEvent::Card(CardRead { reader, kind })) {
            self.desk.look_up(whom).await;
        }
        self.person()
    }

    /// Scans the number on a card, and waits until the desk knows all that it will know.
    pub async fn scan(&self, text: &str) -> Person {
        self.desk.look_up(self.desk.scanned(text).unwrap()).await;
        self.person()
    }

    /// Types a number, and waits until the desk knows all that it will know.
    pub async fn type_number(&self, text: &str) -> Person {
        self.desk.look_up(self.desk.typed(text).unwrap()).await;
        self.person()
    }

    /// Chooses an activity.
    pub async fn choose(&self, event: &str) {
        self.desk.choose(&EventId(event.to_owned())).await.unwrap();
    }

    /// The person at the desk.
    pub fn person(&self) -> Person {
        self.desk.person().unwrap()
    }

    /// Confirms the first price on the screen.
    ///
    /// # Errors
    /// As [`Desk::sell`].
    pub async fn try_to_sell(&self) -> Result<Recorded, ActError> {
        let person = self.person();
        self.desk.sell(person.tap, person.offers[0].id, 1).await
    }

    /// Confirms the first price on the screen, which must work.
    pub async fn sell_first(&self) -> Recorded {
        self.try_to_sell().await.unwrap()
    }

    /// Sends what may be sent now, in one round of the uploader.
    pub async fn upload(&self) {
        self.desk.upload_all().await;
    }

    /// Lets the uploader run as it does in the program, until nothing waits to be sent.
    pub async fn upload_by_itself(&self) {
        let mut changes = self.desk.changes();
        let empty = async {
            while self.counts().await.to_send > 0 {
                changes.recv().await.unwrap();
            }
        };
        tokio::select! {
            () = Arc::clone(&self.desk).keep_uploading() => panic!("the uploader stopped"),
            done = tokio::time::timeout(SOON, empty) => done.unwrap(),
        }
    }

    /// Writes the intent to send what goes next, and sends nothing: the program ends at that moment. Gives the first of it.
    pub async fn begin_sending(&self) -> Recorded {
        let batch = Queue::new(self.ledger.open_entries().await.unwrap(), self.now()).next(self.now()).unwrap();
        let attempt = Attempt { batch: 0, from: self.now(), until: self.now(), fresh: true, labelled: false };
        self.ledger.claim(&claimed(&batch).unwrap(), &attempt, self.now()).await.unwrap();
        self.ledger.entry(batch[0].entry.id).await.unwrap().unwrap()
    }

    /// Lets UiTPAS be heard again, and everything be done that is due, so many seconds later.
    pub async fn later(&self, seconds: i64) {
        self.pass_time(seconds);
        self.desk.refresh().await.unwrap();
        self.upload().await;
    }

    /// Takes the network away. The desk hears of it when it asks something.
    pub async fn lose_the_network(&self) {
        self.sandbox.set_offline(true).await.unwrap();
    }

    /// Takes the network away, and lets the desk notice.
    pub async fn go_offline(&self) {
        self.lose_the_network().await;
        self.desk.refresh().await.unwrap_err();
        assert_eq!(self.desk.connection(), Connection::Offline);
    }

    /// Brings the network back. The desk hears of it when it asks something.
    pub async fn bring_the_network_back(&self) {
        self.sandbox.set_offline(false).await.unwrap();
    }

    /// Moves the time forward.
    pub fn pass_time(&self, seconds: i64) {
        self.time.pass(seconds);
        self.sandbox.set_now(Some(self.time.really()));
    }

    /// The time on the wall of the desk.
    pub fn now(&self) -> Moment {
        self.time.on_the_wall()
    }

    /// Lets the next request of this method and path go wrong in this way.
    pub fn once(&self, action: FaultAction, method: &str, path: &str) {
        self.sandbox.add_fault(FaultRule::new(action, path).method(method).times(1));
    }

    /// Lets UiTPAS answer the next question under this path with this JSON, whatever it knows itself.
    pub fn answer_once(&self, path: &str, answer: &str) {
        let rule = FaultRule::new(FaultAction::Status, path).method("GET").times(1).answering(200, answer);
        self.sandbox.add_fault(json(rule));
    }

    /// Waits until UiTPAS got so many requests of this kind.
    pub async fn asked(&self, method: &str, path: &str, count: u64) {
        let enough = async {
            while self.sandbox.request_count(method, path) < count {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(SOON, enough).await.unwrap();
    }

    /// How many sales were sent, whatever became of them.
    pub fn sent(&self) -> u64 {
        self.sandbox.request_count("POST", "/ticket-sales")
    }

    /// How many sales UiTPAS holds.
    pub fn held(&self) -> usize {
        self.sandbox.ticket_sales().len()
    }

    /// Waits until UiTPAS holds so many sales.
    pub async fn committed(&self, count: usize) {
        let enough = async {
            while self.held() < count {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(SOON, enough).await.unwrap();
    }

    /// Opens the locked desk again, with the key of what is known of people.
    pub async fn unlock(&self) {
        self.desk.unlock(&self.keys.1).await.unwrap();
    }

    /// What is open.
    pub async fn counts(&self) -> Counts {
        self.desk.counts().await.unwrap()
    }

    /// How many acts wait to be sent, and how many need a person.
    pub async fn to_do(&self) -> (u32, u32) {
        let counts = self.counts().await;
        (counts.to_send, counts.to_check)
    }

    /// An entry as it stands now.
    pub async fn again(&self, recorded: &Recorded) -> Recorded {
        self.ledger.entry(recorded.entry.id).await.unwrap().unwrap()
    }

    /// The ids that UiTPAS gave to an entry, as the ledger keeps them for this person and activity or reward.
    pub async fn server_ids(&self, recorded: &Recorded) -> Vec<String> {
        let (kind, subject) = match &recorded.entry.act {
            Act::Sale(sale) => (Verb::Sell, &sale.event.0),
            Act::CheckIn(check_in) => (Verb::CheckIn, &check_in.event.0),
            Act::Redemption(redemption) => (Verb::Redeem, &redemption.reward.0),
            Act::Cancellation(_) => return Vec::new(),
        };
        let uses = self.ledger.own_uses(kind, &recorded.entry.act.holder().passholder).await.unwrap().remove(subject);
        uses.unwrap_or_default().into_iter().filter_map(|each| each.server_id).collect()
    }

    /// How an entry stands now.
    pub async fn state(&self, recorded: &Recorded) -> State {
        self.again(recorded).await.state
    }

    /// Takes out a check-in by its id, as another desk does that knows nothing of ours.
    pub async fn take_out_check_in(&self, id: &str) {
        let theirs = Api::new(self.config.endpoints.clone(), self.config.credentials.clone()).unwrap();
        let outcome = theirs.cancel(Cancelled::CheckIn, id).await;
        assert!(matches!(outcome, Outcome::Accepted(TakenOut::Now)), "{outcome:?}");
    }

    /// Another desk sells a ticket of 10 euro to this person, so that UiTPAS holds a sale that our ledger does not know.
    pub async fn another_desk_sells(&self, number: &str, event: &str) {
        let sale = TicketSale {
            holder: Holder {
                number: UitpasNumber::parse(number).unwrap(),
                passholder: PassholderId(String::new()),
                organizer: self.desk.organizer(),
            },
            quantity: 1,
            event: EventId(event.to_owned()),
            event_title: String::new(),
            tariff: None,
            label: "Basistarief".to_owned(),
            regular: Cents(1000),
            charged: Cents(200),
            source: PriceSource::Live,
            price_as_of: self.now(),
        };
        let theirs = Api::new(self.config.endpoints.clone(), self.config.credentials.clone()).unwrap();
        let outcome = theirs.register(&sale, &TariffId(TARIFF.to_owned())).await;
        assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
    }
}

/// The sale that was recorded.
pub fn sale_of(recorded: &Recorded) -> &TicketSale {
    let sale = if let Act::Sale(sale) = &recorded.entry.act { Some(sale) } else { None };
    sale.unwrap()
}

/// Why a price category has no offer.
pub fn no_offer(category: &PricedCategory) -> NoOffer {
    category.quote.clone().unwrap_err().reason
}

/// An answer to `GET /tariffs`: the social tariff at this price, in euro.
pub fn tariff_answer(price: &str) -> FaultRule {
    let body = format!(
        r#"{{"available":[{{"id":"{TARIFF}","name":"Kansentarief","price":{price},"type":"{TARIFF}","remaining":1}}]}}"#
    );
    json(FaultRule::new(FaultAction::Status, "/tariffs").method("GET").answering(200, &body))
}

/// The same rule, with an answer that calls itself JSON.
pub fn json(rule: FaultRule) -> FaultRule {
    FaultRule { content_type: Some("application/json".to_owned()), ..rule }
}

fn config(url: &str) -> Config {
    let endpoint = |path: &str| Endpoint::parse(&format!("{url}{path}")).unwrap();
    let endpoints = Endpoints { api: endpoint(""), search: endpoint("/search"), issuer: endpoint("/realms/uitid") };
    let credentials = Credentials { client_id: "balie".to_owned(), client_secret: Some("geheim".to_owned()) };
    let organizer = OrganizerId("0ce87cbc-9299-4528-8d35-92225dc9489f".to_owned());
    Config {
        probe_every: Duration::from_millis(50),
        requests_per_second: 10_000,
        ..Config::new(Environment::Test, endpoints, credentials, organizer)
    }
}

async fn open(
    config: &Config,
    keys: &(Key, Key),
    folder: &TempDir,
    time: &Arc<machine::Times>,
    remembered: Option<Option<[u8; 16]>>,
) -> (Arc<Desk>, Ledger, Snapshot) {
    machine::will_be_closed(folder.path());
    let file = |name| folder.path().join(name);
    let prefix = &config.receipt_prefix;
    let ledger = Ledger::open(&file("ledger.db"), &keys.0, config.environment, prefix).await.unwrap();
    let snapshot = Snapshot::open(&file("snapshot.db"), &keys.1).await.unwrap();
    let api = Api::new(config.endpoints.clone(), config.credentials.clone()).unwrap();
    if let Some(remembered) = remembered {
        ledger.hold_against(remembered).await.unwrap();
    }
    let desk = Desk::open(config.clone(), ledger.clone(), snapshot.clone(), api, time.clocks()).await.unwrap();
    (desk, ledger, snapshot)
}
