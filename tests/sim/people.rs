//! Who comes to which desk, when, and for what.

use crate::rng::Rng;
use crate::scenario::{HOUR, MINUTE, SECOND, Setting};
use crate::server::{moment, pass_number};
use balie_core::entry::{Act, CheckIn, Holder, Redemption, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::money::Cents;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::reward::{RewardId, RewardKind};
use balie_core::tariff::{PriceSource, TariffId};
use balie_core::time::Moment;
use std::sync::OnceLock;

/// A person needs so long to walk from one desk to another.
const WALK: i64 = MINUTE;

const PEOPLE: usize = 256;

/// What somebody wants at a desk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visit {
    pub(crate) at: i64,
    pub(crate) desk: usize,
    pub(crate) person: usize,
    pub(crate) group: bool,
    pub(crate) what: What,
    pub(crate) about: usize,
    pub(crate) quantity: u32,
    /// The price is not that of the others.
    pub(crate) dear: bool,
    /// The price was computed, so the tariff is asked for later.
    pub(crate) computed: bool,
    pub(crate) bad: bool,
    /// It is taken back so long after it was done.
    pub(crate) taken_back_after: Option<i64>,
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Sale,
    CheckIn,
    Redemption,
}

/// Everybody who comes, in the order of time.
pub(crate) fn visits(setting: &Setting, rng: &mut Rng) -> Vec<Visit> {
    let scenario = &setting.scenario;
    let mut visits: Vec<Visit> = Vec::with_capacity(setting.acts);
    let mut at = MINUTE;
    let longest = if rng.permille(300) { 20 * SECOND } else { 2 * MINUTE };
    for person in 0..setting.acts {
        at += rng.between(SECOND, longest);
        let visit = match visits.len() {
            0 => new(at, person, setting, rng),
            seen if rng.permille(scenario.repeats) => again(at, visits[recent(seen, rng)], setting, rng),
            seen if rng.permille(scenario.two_desks) => elsewhere(at, visits[recent(seen, rng)], scenario.desks),
            _ => new(at, person, setting, rng),
        };
        visits.push(visit);
    }
    visits.sort_by_key(|visit| visit.at);
    // Nobody is at two desks at once; a group can be.
    for later in 1..visits.len() {
        let visit = visits[later];
        let earlier =
            visits[..later].iter().rev().find(|other| other.person == visit.person && other.desk != visit.desk);
        if let Some(other) = earlier.filter(|other| !visit.group && visit.at - other.at < WALK) {
            visits[later].at = other.at + WALK;
        }
    }
    visits.sort_by_key(|visit| visit.at);
    visits
}

fn recent(seen: usize, rng: &mut Rng) -> usize {
    seen - 1 - rng.index(seen.min(8))
}

fn new(at: i64, person: usize, setting: &Setting, rng: &mut Rng) -> Visit {
    let scenario = &setting.scenario;
    let group = rng.permille(scenario.groups);
    let what = match () {
        () if group || !rng.permille(scenario.others) => What::Sale,
        () if rng.permille(600) => What::CheckIn,
        () => What::Redemption,
    };
    Visit {
        at,
        desk: rng.index(scenario.desks),
        person,
        group,
        what,
        about: rng.index(2),
        quantity: if group { u32::try_from(rng.between(1, 6)).unwrap_or(1) } else { 1 },
        dear: rng.permille(200),
        computed: rng.permille(100),
        bad: rng.permille(scenario.refused),
        taken_back_after: taken_back(setting, rng),
    }
}

fn taken_back(setting: &Setting, rng: &mut Rng) -> Option<i64> {
    let longest = [5 * SECOND, 3 * MINUTE, HOUR, 3 * HOUR][rng.index(4)];
    rng.permille(setting.scenario.cancels).then(|| rng.between(0, longest))
}

fn again(at: i64, earlier: Visit, setting: &Setting, rng: &mut Rng) -> Visit {
    let desk = if earlier.group { rng.index(setting.scenario.desks) } else { earlier.desk };
    Visit { at, desk, taken_back_after: taken_back(setting, rng), ..earlier }
}

fn elsewhere(at: i64, earlier: Visit, desks: usize) -> Visit {
    Visit { at: at.max(earlier.at + WALK), desk: (earlier.desk + 1) % desks, taken_back_after: None, ..earlier }
}

/// Whether a passholder is a group.
pub(crate) fn is_group(person: &PassholderId) -> bool {
    person.0.starts_with('g')
}

fn numbers() -> &'static [UitpasNumber] {
    static NUMBERS: OnceLock<Vec<UitpasNumber>> = OnceLock::new();
    NUMBERS.get_or_init(|| (0..PEOPLE).filter_map(pass_number).collect())
}

/// What the clerk records for a visit, by the clocks of the desk.
pub(crate) fn act(visit: &Visit, occurred: Moment, server_ahead: i64, at: i64) -> Act {
    let holder = Holder {
        number: numbers()[visit.person % PEOPLE].clone(),
        passholder: PassholderId(format!("{}{}", if visit.group { 'g' } else { 'p' }, visit.person)),
        organizer: OrganizerId("o".to_owned()),
    };
    let title = String::new();
    match visit.what {
        What::Sale => Act::Sale(TicketSale {
            holder,
            event: EventId(format!("e{}", visit.about)),
            event_title: title,
            tariff: (!visit.computed).then(|| TariffId(if visit.dear { "t2" } else { "t1" }.to_owned())),
            label: "Volwassene".to_owned(),
            quantity: visit.quantity,
            regular: Cents(if visit.dear { 1_200 } else { 800 }),
            charged: Cents(200),
            source: PriceSource::Live,
            price_as_of: occurred,
        }),
        What::CheckIn => Act::CheckIn(CheckIn {
            holder,
            event: EventId(format!("e{}", visit.about)),
            event_title: title,
            points: 1,
            deadline: visit.dear.then(|| moment(at + 20 * MINUTE, server_ahead)),
            as_of: occurred,
        }),
        What::Redemption => Act::Redemption(Redemption {
            holder,
            reward: RewardId(format!("w{}", visit.about)),
            title,
            kind: RewardKind::Points,
            points: 2,
            as_of: occurred,
        }),
    }
}
