//! What is played: a few acts at one or two desks, and what may happen to them.

use balie_core::entry::{Act, Cancellation, CheckIn, Entry, EntryId, Holder, ReceiptNumber, Redemption, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::money::Cents;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::reward::{RewardId, RewardKind};
use balie_core::tariff::{PriceSource, TariffId};
use balie_core::time::Moment;
use jiff::SignedDuration;
use std::sync::Arc;

/// The moment at which every state is looked at; all others are told from it.
pub const NOW: Moment = Moment::constant(1_800_000_000, 0);

/// One step of the clock, in seconds: half the settle time, and as long as a person stands at the desk.
pub const TICK_SECONDS: i64 = 60;

/// The settle time, in ticks.
pub const SETTLE_TICKS: i16 = 2;

/// The settle time.
pub const SETTLE: SignedDuration = SignedDuration::from_secs(TICK_SECONDS * SETTLE_TICKS as i64);

/// The long step, in ticks: more than a day, after which everything that waits for its time is due.
pub const LONG_TICKS: i16 = 1_500;

/// A moment, so many ticks from now.
pub fn moment(ticks: i16) -> Moment {
    NOW.checked_add(SignedDuration::from_secs(TICK_SECONDS * i64::from(ticks))).unwrap_or(NOW)
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A ticket for the activity.
    Sale,
    /// A point for it, with a deadline.
    CheckIn,
    /// A reward, paid by points.
    Redeem,
    /// The act of this position is taken back.
    Cancel(usize),
}

/// One act of a clerk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The desk.
    pub desk: usize,
    /// For whom.
    pub person: u8,
    /// What.
    pub what: What,
}

/// What may happen.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// The acts.
    pub plans: Vec<Plan>,
    /// How many desks there are.
    pub desks: usize,
    /// The receipt goes along in the label.
    pub token: bool,
    /// The organizer says that nobody else sells.
    pub alone: bool,
    /// The pass is that of a group.
    pub group: bool,
    /// How many records UiTPAS takes of one person, kind and activity.
    pub limit: u8,
    /// A record may be made after the client gave up, and be listed late.
    pub late: bool,
    /// A record may be made long after the settle time.
    pub very_late: bool,
    /// UiTPAS may refuse for a reason of its own.
    pub refusals: bool,
    /// The program may end at any moment.
    pub crashes: bool,
    /// Something may happen between reading a list and judging by it.
    pub split: bool,
    /// A foreign desk, with software of its own, may sell to the same person once.
    pub elsewhere: bool,
    /// Nobody stands at the desk any more when something is sent.
    pub stale: bool,
    /// How much may go wrong at most.
    pub most_wrong: u8,
    /// A violation must be found: the control.
    pub must_fail: bool,
    /// The entries: for each act, by its age in ticks and by whether its deadline is past.
    pub entries: Vec<[[Arc<Entry>; 2]; 3]>,
}

impl Case {
    /// A case in which everything may happen.
    pub fn new(name: &str, plans: &[(usize, u8, What)]) -> Self {
        let plans: Vec<Plan> =
            plans.iter().map(|(desk, person, what)| Plan { desk: *desk, person: *person, what: *what }).collect();
        let entry = |at: usize, age: i16, past: bool| Arc::new(entry(&plans, at, age, past));
        let ages = |at: usize| [0, -1, -2].map(|age| [false, true].map(|past| entry(at, age, past)));
        Self {
            name: name.to_owned(),
            desks: plans.iter().map(|plan| plan.desk + 1).max().unwrap_or(1),
            token: false,
            alone: true,
            group: false,
            limit: 9,
            late: true,
            very_late: false,
            refusals: true,
            crashes: true,
            split: false,
            elsewhere: false,
            stale: false,
            most_wrong: u8::MAX,
            must_fail: false,
            entries: (0..plans.len()).map(ages).collect(),
            plans,
        }
    }

    /// An act as an entry of this age.
    pub fn entry(&self, at: usize, age: i16, past: bool) -> Arc<Entry> {
        self.entries[at][usize::from(age.min(0).unsigned_abs().min(2))][usize::from(past)].clone()
    }

    /// Whether the records of two acts cannot be told apart.
    pub fn same(&self, one: usize, other: usize) -> bool {
        let (one, other) = (self.plans[one], self.plans[other]);
        one.person == other.person && one.what == other.what && !matches!(one.what, What::Cancel(_))
    }
}

fn number(person: u8) -> UitpasNumber {
    let number = (0..10).find_map(|last| UitpasNumber::parse(&format!("0900{person:08}{last}")));
    number.unwrap_or_else(|| unreachable!("one of ten digits makes the sum right"))
}

fn entry(plans: &[Plan], at: usize, age: i16, past: bool) -> Entry {
    let plan = plans[at];
    let holder = Holder {
        number: number(plan.person),
        passholder: PassholderId(format!("p{}", plan.person)),
        organizer: OrganizerId("o".to_owned()),
    };
    let act = match plan.what {
        What::Sale => Act::Sale(TicketSale {
            holder,
            event: EventId("e".to_owned()),
            event_title: String::new(),
            tariff: Some(TariffId("t".to_owned())),
            label: "Kind".to_owned(),
            quantity: 1,
            regular: Cents(1_000),
            charged: Cents(200),
            source: PriceSource::Live,
            price_as_of: NOW,
        }),
        What::CheckIn => Act::CheckIn(CheckIn {
            holder,
            event: EventId("e".to_owned()),
            event_title: String::new(),
            points: 1,
            deadline: Some(moment(if past { -1 } else { 1 })),
            as_of: NOW,
        }),
        What::Redeem => Act::Redemption(Redemption {
            holder,
            reward: RewardId("r".to_owned()),
            title: String::new(),
            kind: RewardKind::Points,
            points: 1,
            as_of: NOW,
        }),
        What::Cancel(of) => {
            let of = entry(plans, of, age, past);
            let back = Cancellation::of(&of);
            Act::Cancellation(back.unwrap_or_else(|| unreachable!("only acts that are none are cancelled")))
        }
    };
    let sequence = i64::try_from(at).unwrap_or(0) + 1;
    let receipt = ReceiptNumber { prefix: format!("B{}", plan.desk), sequence };
    let byte = u8::try_from(at).unwrap_or(0);
    Entry { id: EntryId([byte; 16]), receipt, act, occurred: moment(age) }
}
