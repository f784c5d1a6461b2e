//! What is measured: each decision of the core on the longest way to its answer, for a person with 200 earlier uses.
//!
//! A decision more is a line more in [`ALL`] and a function that prepares its facts.

use balie_core::checkin::{CheckInFacts, CheckInPolicy, check_in};
use balie_core::event::{Event, EventId, OrganizerId};
use balie_core::limit::{CalendarType, Limit};
use balie_core::money::Cents;
use balie_core::pass::{CardStatus, CardSystem, Pass, PassKind, PassTariffStatus, PassholderId, UitpasNumber};
use balie_core::points::Balance;
use balie_core::policy::{OfflinePolicy, OpenRisk};
use balie_core::reward::{OfflineRewards, RedeemFacts, Reward, RewardId, RewardKind, redeem};
use balie_core::schedule::{OpeningHours, Schedule};
use balie_core::social_tariff::{Region, Standing};
use balie_core::tariff::{PriceFact, QuoteFacts, ServerAnswer, TariffId, quote};
use balie_core::time::{Moment, Period};
use balie_core::usage::Use;
use jiff::SignedDuration;
use jiff::civil::{Time, Weekday};
use std::hint::black_box;

/// One decision, on facts that were prepared before.
pub(crate) type Decide = Box<dyn Fn()>;

/// What prepares a decision; nothing when the facts do not lead to a yes, for then a shorter way was measured.
pub(crate) type Prepare = fn() -> Option<Decide>;

/// Every decision by its name, and before them the control: the same call that decides nothing.
pub(crate) const ALL: [(&str, Prepare); 4] =
    [("control", control), ("quote", quote_a_price), ("check_in", check_in_once), ("redeem", redeem_a_reward)];

const USES: usize = 200;

/// A Tuesday, with few uses in its week before it.
const NOW: Moment = Moment::constant(1_795_514_400, 0);

/// Reached in the week before, and not in the week of now.
const WEEKLY: Limit = Limit { volume: 8, period: Period::Week };

fn control() -> Option<Decide> {
    let uses = uses();
    Some(Box::new(move || {
        black_box(black_box(&uses).len());
    }))
}

fn quote_a_price() -> Option<Decide> {
    let uses = uses();
    let granted =
        ServerAnswer::Granted { tariff: TariffId("SOCIALTARIFF".to_owned()), price: Cents(200), remaining: None };
    let cached = PriceFact { answer: granted, as_of: days_ago(3) };
    // Explained by the uses of the week in which it was said, so it holds no more; but that takes counting them.
    let refused = PriceFact { answer: ServerAnswer::NotGranted { said: None }, as_of: days_ago(2) };
    let decide = move || {
        let facts = QuoteFacts {
            kind: PassKind::Individual,
            standing: Standing::Active { until: None },
            standing_as_of: days_ago(1),
            region: &Region::Same,
            regular: Cents(1000),
            live: None,
            cached: Some(&cached),
            keys: None,
            own_municipality: None,
            own_card_system: true,
            refused: Some(&refused),
            limit: WEEKLY,
            uses: &uses,
            event_as_of: days_ago(1),
            turns: None,
            pass_left: None,
            policy: OfflinePolicy::default(),
            open: OpenRisk::default(),
        };
        black_box(quote(black_box(&facts), NOW)).is_ok()
    };
    measured(decide)
}

fn check_in_once() -> Option<Decide> {
    let (pass, event, uses) = (pass()?, event(), uses());
    let decide = move || {
        let policy = CheckInPolicy::default();
        let facts = CheckInFacts { pass: &pass, event: &event, uses: &uses, live: None, policy };
        black_box(check_in(black_box(&facts), NOW)).is_ok()
    };
    measured(decide)
}

fn redeem_a_reward() -> Option<Decide> {
    let (pass, reward, uses) = (pass()?, reward(), uses());
    let organizer = OrganizerId("0ce87cbc-9299-4528-8d35-92225dc9489f".to_owned());
    let decide = move || {
        let facts = RedeemFacts {
            pass: &pass,
            reward: &reward,
            organizer: &organizer,
            uses: &uses,
            balance: Some(Balance { points: 42, as_of: NOW }),
            live: None,
            seen_as_granted: None,
            uncounted_spending: 0,
            offline: OfflineRewards::default(),
        };
        black_box(redeem(black_box(&facts), NOW)).is_ok()
    };
    measured(decide)
}

fn measured(decide: impl Fn() -> bool + 'static) -> Option<Decide> {
    decide().then(|| -> Decide {
        Box::new(move || {
            black_box(decide());
        })
    })
}

/// About ten a week, all accepted by UiTPAS but the last.
fn uses() -> Vec<Use> {
    (1..=USES)
        .map(|count| {
            let at = hours_ago(17 * i64::try_from(count).unwrap_or(i64::MAX));
            Use { at, confirmed: (count > 1).then_some(at) }
        })
        .collect()
}

fn pass() -> Option<Pass> {
    Some(Pass {
        passholder: PassholderId("7a3f0b52-61c4-4e0f-9d27-000000000000".to_owned()),
        kind: PassKind::Individual,
        number: UitpasNumber::parse("0900000067513")?,
        first_name: None,
        points: Some(42),
        status: PassTariffStatus::Active,
        ends: None,
        card_system: Some(region()),
        postal_code: None,
        card: CardStatus::Active,
        messages: Vec::new(),
        as_of: days_ago(1),
    })
}

fn event() -> Event {
    let opening = OpeningHours {
        days: vec![Weekday::Tuesday, Weekday::Sunday],
        opens: Time::constant(9, 0, 0, 0),
        closes: Time::MAX,
    };
    Event {
        id: EventId("5a0967f9-cc06-4c3c-9206-30481a767434".to_owned()),
        title: "Zwemmen".to_owned(),
        calendar: CalendarType::Permanent,
        starts: None,
        ends: None,
        schedule: Schedule { opening: vec![opening], ..Schedule::default() },
        prices: Vec::new(),
        card_systems: Some(vec![region()]),
        ticket_limit: Some(WEEKLY),
        check_in_limit: Some(WEEKLY),
        check_in_points: Some(1),
        details_as_of: None,
        as_of: days_ago(1),
    }
}

fn reward() -> Reward {
    Reward {
        id: RewardId("5687".to_owned()),
        title: "Koffie".to_owned(),
        kind: RewardKind::Points,
        points: 5,
        active: true,
        from: Some(days_ago(30)),
        until: Some(days_ago(-30)),
        card_systems: Some(vec![region()]),
        organizers: Vec::new(),
        limit: Some(WEEKLY),
        stock: None,
        taken: 0,
        online: false,
        practical: None,
        as_of: days_ago(1),
    }
}

fn region() -> CardSystem {
    CardSystem { id: 1, name: "UiTPAS Gent".to_owned() }
}

fn days_ago(days: i64) -> Moment {
    hours_ago(24 * days)
}

fn hours_ago(hours: i64) -> Moment {
    NOW.checked_sub(SignedDuration::from_secs(3_600 * hours)).unwrap_or(NOW)
}
