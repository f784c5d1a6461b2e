//! What a person pays: the price of the social tariff, its source, or the reason why there is none (rules.md, Price).

use crate::group_pass::Turns;
use crate::key::KeyFacts;
use crate::keys::Keys;
use crate::limit::Limit;
use crate::money::Cents;
use crate::pass::PassKind;
use crate::policy::{OfflinePolicy, OpenRisk};
use crate::refusal::{Reason, Refusal};
use crate::social_tariff::{Region, Standing};
use crate::time::{Moment, Period};
use crate::usage::Use;

/// How long a live answer may be shown and sold on.
const LIVE_SECONDS: i64 = 60;

/// The id that UiTPAS gives to a tariff. It is opaque: sent back as it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TariffId(pub String);

/// What UiTPAS answered about the social tariff for one price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerAnswer {
    /// There is a tariff.
    Granted {
        /// What to register it with.
        tariff: TariffId,
        /// What the passholder pays.
        price: Cents,
        /// How many may be registered at once. It says nothing for a person, for whom it is always 1; for a group it is
        /// what is left of its turns.
        remaining: Option<u32>,
    },
    /// There is none. This is a normal answer.
    NotGranted {
        /// What UiTPAS wants to be shown about it.
        said: Option<String>,
    },
}

/// An answer of UiTPAS about a price, and when it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceFact {
    /// The answer.
    pub answer: ServerAnswer,
    /// When.
    pub as_of: Moment,
}

/// Where an offered price comes from. All but `Live` is provisional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PriceSource {
    /// UiTPAS answered for this person, at most a minute ago.
    Live,
    /// UiTPAS gave it earlier for this activity and price.
    Cached,
    /// Computed with the organizer's own distribution key.
    Computed,
}

/// A price below the regular one that may be charged and recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The tariff to register; absent for a computed price, then it is asked for before sending.
    pub tariff: Option<TariffId>,
    /// What the passholder pays.
    pub price: Cents,
    /// Where it comes from.
    pub source: PriceSource,
    /// How many may be recorded at once: one for a person, the turns that are left for a group.
    pub most: u32,
    /// From when it dates.
    pub as_of: Moment,
}

/// Why the regular price holds. Every one has a sentence and a next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoOffer {
    /// There is nothing to pay.
    Free,
    /// The pass has no standing that entitles.
    Standing(Standing),
    /// The activity does not take part in the region of the pass.
    OtherRegion {
        /// The region of the pass.
        name: String,
    },
    /// It is not known whether the activity takes part in the region of the pass.
    RegionUnknown,
    /// The passholder used this activity as often as allowed.
    LimitReached(Limit),
    /// How many turns a group pass has left here was never asked, and it shares them with other desks.
    GroupNeedsConnection,
    /// The turns of the group pass are used, ours that wait to be sent included.
    NoTurnsLeft,
    /// No price of this category was ever asked, and there is no connection.
    NotCached,
    /// As many provisional sales as the organizer allows wait to be sent.
    OfflineCount {
        /// The most.
        most: u32,
    },
    /// The provisional sales that wait to be sent come to as much discount as the organizer allows.
    OfflineSum {
        /// The most.
        most: Cents,
    },
    /// UiTPAS answers that there is no tariff.
    NotGranted {
        /// What it said about it.
        said: Option<String>,
    },
}

impl Reason for NoOffer {
    const CODES: &'static [&'static str] = &[
        "price.free",
        "tariff.none",
        "standing.expired",
        "standing.suspended",
        "pass.cardBlocked",
        "pass.passholderBlocked",
        "pass.cardNotActive",
        "standing.none",
        "standing.unknown",
        "standing.tooOld",
        "region.other",
        "region.unknown",
        "limit.reached.absolute",
        "limit.reached.day",
        "limit.reached.week",
        "limit.reached.month",
        "limit.reached.quarter",
        "limit.reached.year",
        "group.needsConnection",
        "group.noTurnsLeft",
        "price.notCached",
        "offline.count",
        "offline.sum",
    ];

    fn code(&self) -> &'static str {
        match self {
            Self::Free => "price.free",
            Self::Standing(standing) => standing.code(),
            Self::OtherRegion { .. } => "region.other",
            Self::RegionUnknown => "region.unknown",
            Self::LimitReached(limit) => match limit.period {
                Period::Absolute => "limit.reached.absolute",
                Period::Day => "limit.reached.day",
                Period::Week => "limit.reached.week",
                Period::Month => "limit.reached.month",
                Period::Quarter => "limit.reached.quarter",
                Period::Year => "limit.reached.year",
            },
            Self::GroupNeedsConnection => "group.needsConnection",
            Self::NoTurnsLeft => "group.noTurnsLeft",
            Self::NotCached => "price.notCached",
            Self::OfflineCount { .. } => "offline.count",
            Self::OfflineSum { .. } => "offline.sum",
            Self::NotGranted { .. } => "tariff.none",
        }
    }

    fn lacks_facts(&self) -> bool {
        match self {
            Self::RegionUnknown | Self::GroupNeedsConnection | Self::NotCached => true,
            Self::OfflineCount { .. } | Self::OfflineSum { .. } => true,
            Self::Standing(standing) => matches!(standing, Standing::Unknown | Standing::TooOld { .. }),
            _ => false,
        }
    }
}

/// All that a quote depends on.
#[derive(Debug, Clone)]
pub struct QuoteFacts<'a> {
    /// Whose pass it is.
    pub kind: PassKind,
    /// The standing of the pass, from cached evidence.
    pub standing: Standing,
    /// From when that evidence dates.
    pub standing_as_of: Moment,
    /// Whether the activity takes part in the region of the pass.
    pub region: &'a Region,
    /// The regular price of the category.
    pub regular: Cents,
    /// The answer of UiTPAS for this person and price, if there is one.
    pub live: Option<&'a PriceFact>,
    /// The answer of UiTPAS for this activity and price, whoever the person is.
    pub cached: Option<&'a PriceFact>,
    /// The organizer's own keys, where switched on.
    pub keys: Option<&'a Keys>,
    /// Whether the passholder lives in the municipality of the organizer.
    pub own_municipality: Option<bool>,
    /// Whether the pass has standing in the card system of the organizer itself, as far as is known.
    pub own_card_system: bool,
    /// The last time that UiTPAS answered this person that there is no tariff for this price, if nothing newer says
    /// otherwise. A suspension and a sale at another desk show nowhere else.
    pub refused: Option<&'a PriceFact>,
    /// The ticket limit that holds.
    pub limit: Limit,
    /// What is known of earlier uses.
    pub uses: &'a [Use],
    /// From when the facts of the activity date.
    pub event_as_of: Moment,
    /// How many turns a group pass had left here, when UiTPAS last said.
    pub turns: Option<Turns>,
    /// How many turns the group pass has left at least for all activities together, as far as is known.
    pub pass_left: Option<u32>,
    /// How far the desk may go without a connection.
    pub policy: OfflinePolicy,
    /// What waits to be sent already.
    pub open: OpenRisk,
}

/// Decides what a person pays for one price category.
///
/// A live answer wins, granted or not; only uses that it cannot have counted are held against it. Without one the desk is
/// at most as generous as UiTPAS: standing, region and limit must all hold, and UiTPAS must not have refused this person
/// since, before a cached or computed price is offered.
///
/// # Errors
/// Returns the first reason, in the order of rules.md, why the regular price holds.
pub fn quote(facts: &QuoteFacts<'_>, now: Moment) -> Result<Offer, Refusal<NoOffer>> {
    if facts.regular <= Cents::ZERO {
        return Err(NoOffer::Free.dated(facts.event_as_of));
    }
    if matches!(facts.standing, Standing::BlockedCard | Standing::BlockedMembership | Standing::CardNotActive) {
        return Err(NoOffer::Standing(facts.standing).dated(facts.standing_as_of));
    }
    if let Some(live) = facts.live.filter(|live| is_live(live, now)) {
        return live_quote(facts, live, now);
    }
    within_policy(facts, local_quote(facts, now)?, now)
}

/// Whether an answer is young enough to be called live.
pub fn is_live(fact: &PriceFact, now: Moment) -> bool {
    is_live_at(fact.as_of, now)
}

/// Whether an answer of this moment is young enough to be called live.
pub(crate) fn is_live_at(as_of: Moment, now: Moment) -> bool {
    (0..=LIVE_SECONDS).contains(&(now.as_second() - as_of.as_second()))
}

fn live_quote(facts: &QuoteFacts<'_>, live: &PriceFact, now: Moment) -> Result<Offer, Refusal<NoOffer>> {
    let (tariff, price, remaining) = match &live.answer {
        ServerAnswer::NotGranted { said } => return Err(NoOffer::NotGranted { said: said.clone() }.dated(live.as_of)),
        ServerAnswer::Granted { tariff, price, remaining } => (tariff, price, remaining),
    };
    let offer = |most| Offer {
        tariff: Some(tariff.clone()),
        price: *price,
        source: PriceSource::Live,
        most,
        as_of: live.as_of,
    };
    if facts.kind == PassKind::Group {
        // The turns that UiTPAS names are those of the pass and of the limit of the activity together.
        let turns = Turns { left: remaining.unwrap_or(1), as_of: live.as_of };
        return turns_left(facts, turns).map(offer);
    }
    if !facts.limit.leaves_room_after(facts.uses, live.as_of, now) {
        return Err(limit_reached(facts, now));
    }
    Ok(offer(1))
}

/// What is left here, and never more than the pass itself has left.
fn turns_left(facts: &QuoteFacts<'_>, turns: Turns) -> Result<u32, Refusal<NoOffer>> {
    match turns.less(facts.uses).min(facts.pass_left.unwrap_or(u32::MAX)) {
        0 => Err(NoOffer::NoTurnsLeft.dated(turns.as_of)),
        left => Ok(left),
    }
}

fn limit_reached(facts: &QuoteFacts<'_>, now: Moment) -> Refusal<NoOffer> {
    let as_of = facts.limit.newest_use(facts.uses, now).unwrap_or(facts.event_as_of);
    NoOffer::LimitReached(facts.limit).dated(as_of)
}

/// What UiTPAS said when it last refused this person, if that still holds. A refusal that is explained by the uses that
/// UiTPAS had counted then is over with their period; any other may be a suspension, and holds until UiTPAS says
/// otherwise. So does that of a group, whose turns are left as far as the desk knows.
fn standing_refusal(facts: &QuoteFacts<'_>) -> Option<Refusal<NoOffer>> {
    let refused = facts.refused?;
    let ServerAnswer::NotGranted { said } = &refused.answer else { return None };
    let counted = facts.uses.iter().filter(|earlier| earlier.is_counted_in_an_answer_of(refused.as_of));
    let full = facts.limit.used(counted.map(|earlier| earlier.at), refused.as_of) >= facts.limit.volume;
    let explained = facts.kind == PassKind::Individual && full;
    (!explained).then(|| NoOffer::NotGranted { said: said.clone() }.dated(refused.as_of))
}

fn local_quote(facts: &QuoteFacts<'_>, now: Moment) -> Result<Offer, Refusal<NoOffer>> {
    if !facts.standing.is_entitled() {
        return Err(NoOffer::Standing(facts.standing).dated(facts.standing_as_of));
    }
    match facts.region {
        Region::Same => {}
        Region::Other { name } => return Err(NoOffer::OtherRegion { name: name.clone() }.dated(facts.event_as_of)),
        Region::Unknown => return Err(NoOffer::RegionUnknown.dated(facts.event_as_of)),
    }
    let most = match (facts.kind, facts.turns) {
        (PassKind::Group, None) => return Err(NoOffer::GroupNeedsConnection.dated(facts.standing_as_of)),
        (PassKind::Group, Some(turns)) => turns_left(facts, turns)?,
        (PassKind::Individual, _) if facts.limit.used_by(facts.uses, now) >= facts.limit.volume => {
            return Err(limit_reached(facts, now));
        }
        (PassKind::Individual, _) => 1,
    };
    if let Some(refusal) = standing_refusal(facts) {
        return Err(refusal);
    }
    let Some(cached) = facts.cached else { return computed(facts, most, now) };
    match &cached.answer {
        ServerAnswer::NotGranted { said } => Err(NoOffer::NotGranted { said: said.clone() }.dated(cached.as_of)),
        ServerAnswer::Granted { tariff, price, .. } => Ok(Offer {
            tariff: Some(tariff.clone()),
            price: *price,
            source: PriceSource::Cached,
            most,
            as_of: cached.as_of,
        }),
    }
}

fn computed(facts: &QuoteFacts<'_>, most: u32, now: Moment) -> Result<Offer, Refusal<NoOffer>> {
    let asked = KeyFacts {
        regular: facts.regular,
        own_municipality: facts.own_municipality,
        own_card_system: facts.own_card_system,
    };
    let split = facts.keys.and_then(|keys| keys.split(asked));
    let split = split.ok_or_else(|| NoOffer::NotCached.dated(facts.event_as_of))?;
    Ok(Offer { tariff: None, price: split.passholder, source: PriceSource::Computed, most, as_of: now })
}

/// A provisional price is a risk of the organizer, who says how many sales and how much discount may be open at once. A
/// group may take as many tickets as still fit.
fn within_policy(facts: &QuoteFacts<'_>, offer: Offer, now: Moment) -> Result<Offer, Refusal<NoOffer>> {
    let OfflinePolicy { most_open, most_discount, .. } = facts.policy;
    if facts.open.count >= most_open {
        return Err(NoOffer::OfflineCount { most: most_open }.dated(now));
    }
    let (left, discount) = (most_discount - facts.open.discount, facts.regular - offer.price);
    if discount > left {
        return Err(NoOffer::OfflineSum { most: most_discount }.dated(now));
    }
    let fitting =
        left.0.checked_div(discount.0.max(0)).map_or(offer.most, |fitting| u32::try_from(fitting).unwrap_or(u32::MAX));
    Ok(Offer { most: offer.most.min(fitting), ..offer })
}

#[cfg(test)]
mod tests;
