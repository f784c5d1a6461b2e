//! Exchange advantages (omruilvoordelen) and welcome advantages: whether a person can redeem one now (rules.md, Rewards;
//! domain.md §5.2).

use crate::event::OrganizerId;
use crate::limit::Limit;
use crate::pass::{CardStatus, CardSystem, Pass, PassKind};
use crate::points::Balance;
use crate::refusal::{Reason, Refusal};
use crate::time::{Moment, Period};
use crate::usage::Use;

/// How long a live answer may be relied on, in seconds.
const LIVE_SECONDS: i64 = 60;

/// The id of a reward at UiTPAS.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RewardId(pub String);

/// How a reward is obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RewardKind {
    /// For points (omruilvoordeel).
    Points,
    /// Granted at registration, for nothing (welkomstvoordeel).
    Welcome,
}

/// What is known of a reward, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reward {
    /// Its id.
    pub id: RewardId,
    /// Its title.
    pub title: String,
    /// How it is obtained.
    pub kind: RewardKind,
    /// What it costs, in points; nothing for a welcome advantage.
    pub points: i64,
    /// Whether UiTPAS has it in use.
    pub active: bool,
    /// From when on it can be redeemed.
    pub from: Option<Moment>,
    /// Until when it can be redeemed, the moment itself included.
    pub until: Option<Moment>,
    /// The regions whose passholders may redeem it; `None` for all.
    pub card_systems: Option<Vec<CardSystem>>,
    /// The organizers where it can be redeemed; none means everywhere.
    pub organizers: Vec<OrganizerId>,
    /// How often a passholder may redeem it.
    pub limit: Option<Limit>,
    /// There are only so many of it, counted by UiTPAS.
    pub stock: Option<i64>,
    /// How many of the stock are gone, when this was asked.
    pub taken: i64,
    /// The passholder gets it by mail or in the app, made by UiTPAS.
    pub online: bool,
    /// What the passholder must know to use it.
    pub practical: Option<String>,
    /// When this was last asked.
    pub as_of: Moment,
}

impl Reward {
    /// What it costs the passholder, in points: nothing for a welcome advantage (domain.md §5.1).
    pub const fn cost(&self) -> i64 {
        match self.kind {
            RewardKind::Points => self.points,
            RewardKind::Welcome => 0,
        }
    }
}

/// Which rewards may be redeemed without a connection; the organizer chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfflineRewards {
    /// None.
    Off,
    /// Those that cost at most so many points.
    UpTo(i64),
    /// All that the rules allow.
    All,
}

impl Default for OfflineRewards {
    fn default() -> Self {
        Self::UpTo(15)
    }
}

/// Why UiTPAS says that a reward cannot be redeemed (contract: `redeem-status.reason`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedeemReason {
    /// `INVALID_CARD`.
    InvalidCard,
    /// `PASSHOLDER_VOLUME`.
    PassholderVolume,
    /// `PASSHOLDER_POINTS`.
    PassholderPoints,
    /// `REWARD_PERIOD`.
    RewardPeriod,
    /// `REWARD_VOLUME`.
    RewardVolume,
    /// `PASSHOLDER_APPLICABLE_CARDSYSTEMS`.
    CardSystems,
    /// `PASSHOLDER_NO_ACTIVE_CARDSYSTEM`, in either spelling.
    NoActiveCardSystem,
    /// One that we do not know.
    Other,
}

/// What UiTPAS answered to the question whether a person can redeem a reward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedeemAnswer {
    /// It can.
    Redeemable,
    /// It cannot. This is a normal answer.
    NotRedeemable {
        /// Why.
        why: RedeemReason,
        /// What UiTPAS wants to be shown about it.
        said: Option<String>,
    },
}

/// An answer of UiTPAS about a redemption, and when it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedeemFact {
    /// The answer.
    pub answer: RedeemAnswer,
    /// When.
    pub as_of: Moment,
}

/// All that the decision depends on.
#[derive(Debug, Clone)]
pub struct RedeemFacts<'a> {
    /// The pass.
    pub pass: &'a Pass,
    /// The reward.
    pub reward: &'a Reward,
    /// The organizer of this desk.
    pub organizer: &'a OrganizerId,
    /// What is known of earlier redemptions of this reward by this person.
    pub uses: &'a [Use],
    /// The points of this person; `None` when UiTPAS never said.
    pub balance: Option<Balance>,
    /// The newest answer of UiTPAS for this person, if there is one. A yes is good for a minute; a no outlasts it.
    pub live: Option<&'a RedeemFact>,
    /// The last time that UiTPAS said that this person can redeem this welcome advantage.
    pub seen_as_granted: Option<Moment>,
    /// The points that this desk gave out and that the live answer cannot have counted.
    pub uncounted_spending: i64,
    /// What may be done without a connection.
    pub offline: OfflineRewards,
}

/// A reward that can be redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    /// What it costs, in points.
    pub points: i64,
    /// The points before; `None` when they are not known, which only a live answer or a welcome advantage allows.
    pub before: Option<i64>,
    /// Whether UiTPAS answered for this person, at most a minute ago; otherwise it is provisional.
    pub live: bool,
    /// From when the oldest fact dates that it rests on.
    pub as_of: Moment,
}

impl Exchange {
    /// The points after.
    pub fn after(self) -> Option<i64> {
        self.before.map(|before| before - self.points)
    }
}

/// Why a reward cannot be redeemed. Every one has a sentence and a next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoExchange {
    /// The card is blocked.
    CardBlocked,
    /// The card was not given out, or is out of use.
    CardNotActive,
    /// A group pass redeems no rewards.
    GroupPass,
    /// UiTPAS does not have it in use any more.
    NotActive,
    /// It can be redeemed at other desks only.
    OtherDesk,
    /// It is for other regions.
    OtherRegion,
    /// The region of the pass is not known, and it is not for all.
    RegionUnknown,
    /// It is too early.
    TooEarly {
        /// From when on it can.
        opens: Moment,
    },
    /// It is too late.
    TooLate {
        /// Until when it could.
        closed: Moment,
    },
    /// All of it are gone.
    SoldOut,
    /// The passholder redeemed it as often as allowed.
    LimitReached(Limit),
    /// There are not enough points.
    NotEnoughPoints {
        /// How many are missing.
        missing: i64,
    },
    /// UiTPAS counts how many are left, so it must answer first.
    StockNeedsConnection,
    /// UiTPAS makes it, so it must answer first.
    OnlineNeedsConnection,
    /// Nobody knows here whether it was granted.
    NotSeenAsGranted,
    /// How many points there are was never asked.
    PointsUnknown,
    /// How many points there are was asked too long ago.
    PointsTooOld,
    /// This desk redeems nothing without a connection.
    OfflineOff,
    /// This desk redeems nothing so large without a connection.
    OfflineTooMany {
        /// The most points.
        most: i64,
    },
    /// UiTPAS answers that it cannot.
    NotAllowed {
        /// Why.
        why: RedeemReason,
        /// What it said about it.
        said: Option<String>,
    },
}

impl Reason for NoExchange {
    const CODES: &'static [&'static str] = &[
        "pass.cardBlocked",
        "pass.cardNotActive",
        "reward.group",
        "reward.notActive",
        "reward.otherDesk",
        "reward.otherRegion",
        "reward.regionUnknown",
        "reward.tooEarly",
        "reward.tooLate",
        "reward.soldOut",
        "reward.limit.absolute",
        "reward.limit.day",
        "reward.limit.week",
        "reward.limit.month",
        "reward.limit.quarter",
        "reward.limit.year",
        "reward.notEnoughPoints",
        "reward.stockNeedsConnection",
        "reward.onlineNeedsConnection",
        "reward.notSeenAsGranted",
        "reward.pointsUnknown",
        "reward.pointsTooOld",
        "reward.offlineOff",
        "reward.offlineTooMany",
        "reward.refused.card",
        "reward.refused.limit",
        "reward.refused.points",
        "reward.refused.period",
        "reward.refused.soldOut",
        "reward.refused.region",
        "reward.refused.noRegion",
        "reward.refused",
    ];

    fn code(&self) -> &'static str {
        match self {
            Self::CardBlocked => "pass.cardBlocked",
            Self::CardNotActive => "pass.cardNotActive",
            Self::GroupPass => "reward.group",
            Self::NotActive => "reward.notActive",
            Self::OtherDesk => "reward.otherDesk",
            Self::OtherRegion => "reward.otherRegion",
            Self::RegionUnknown => "reward.regionUnknown",
            Self::TooEarly { .. } => "reward.tooEarly",
            Self::TooLate { .. } => "reward.tooLate",
            Self::SoldOut => "reward.soldOut",
            Self::LimitReached(limit) => match limit.period {
                Period::Absolute => "reward.limit.absolute",
                Period::Day => "reward.limit.day",
                Period::Week => "reward.limit.week",
                Period::Month => "reward.limit.month",
                Period::Quarter => "reward.limit.quarter",
                Period::Year => "reward.limit.year",
            },
            Self::NotEnoughPoints { .. } => "reward.notEnoughPoints",
            Self::StockNeedsConnection => "reward.stockNeedsConnection",
            Self::OnlineNeedsConnection => "reward.onlineNeedsConnection",
            Self::NotSeenAsGranted => "reward.notSeenAsGranted",
            Self::PointsUnknown => "reward.pointsUnknown",
            Self::PointsTooOld => "reward.pointsTooOld",
            Self::OfflineOff => "reward.offlineOff",
            Self::OfflineTooMany { .. } => "reward.offlineTooMany",
            Self::NotAllowed { why, .. } => match why {
                RedeemReason::InvalidCard => "reward.refused.card",
                RedeemReason::PassholderVolume => "reward.refused.limit",
                RedeemReason::PassholderPoints => "reward.refused.points",
                RedeemReason::RewardPeriod => "reward.refused.period",
                RedeemReason::RewardVolume => "reward.refused.soldOut",
                RedeemReason::CardSystems => "reward.refused.region",
                RedeemReason::NoActiveCardSystem => "reward.refused.noRegion",
                RedeemReason::Other => "reward.refused",
            },
        }
    }

    fn lacks_facts(&self) -> bool {
        matches!(
            self,
            Self::RegionUnknown
                | Self::StockNeedsConnection
                | Self::OnlineNeedsConnection
                | Self::NotSeenAsGranted
                | Self::PointsUnknown
                | Self::PointsTooOld
                | Self::OfflineOff
                | Self::OfflineTooMany { .. }
        )
    }
}

/// Decides whether a person can redeem a reward now.
///
/// A live answer wins; what this desk did since, and UiTPAS cannot have counted, is held against it. Without one the
/// desk is at most as generous as UiTPAS, and the organizer may have it give out less or nothing.
///
/// # Errors
/// Returns the first reason, in the order of domain.md §5.2, why it cannot be redeemed.
pub fn redeem(facts: &RedeemFacts<'_>, now: Moment) -> Result<Exchange, Refusal<NoExchange>> {
    let (pass, reward) = (facts.pass, facts.reward);
    match pass.card {
        CardStatus::Blocked => return Err(NoExchange::CardBlocked.dated(pass.as_of)),
        CardStatus::NotActive => return Err(NoExchange::CardNotActive.dated(pass.as_of)),
        CardStatus::Active => {}
    }
    if pass.kind == PassKind::Group {
        return Err(NoExchange::GroupPass.dated(pass.as_of));
    }
    // UiTPAS does not say at which desk it was asked, so the desk itself must know.
    if !reward.organizers.is_empty() && !reward.organizers.contains(facts.organizer) {
        return Err(NoExchange::OtherDesk.dated(reward.as_of));
    }
    match facts.live.filter(|live| is_live(live, now)) {
        Some(live) => redeem_live(facts, live, now),
        None => {
            may_redeem(facts, facts.uses, now)?;
            if let Some(refusal) = standing_refusal(facts) {
                return Err(refusal);
            }
            redeem_offline(facts, now)
        }
    }
}

fn redeem_live(facts: &RedeemFacts<'_>, live: &RedeemFact, now: Moment) -> Result<Exchange, Refusal<NoExchange>> {
    if let RedeemAnswer::NotRedeemable { why, said } = &live.answer {
        return Err(NoExchange::NotAllowed { why: *why, said: said.clone() }.dated(live.as_of));
    }
    if let Some(limit) = facts.effective_limit().filter(|limit| !limit.leaves_room_after(facts.uses, live.as_of, now)) {
        return Err(limit_reached(facts, limit, now));
    }
    // A balance from long before the answer says nothing against it: points may have been saved elsewhere since.
    let then = facts.balance.filter(|balance| live.as_of.as_second() - balance.as_of.as_second() <= LIVE_SECONDS);
    // But what this desk gave out, and that answer cannot have counted, is spent however old the balance is.
    let known = if facts.uncounted_spending > 0 { facts.balance } else { then };
    enough_points(facts.reward, known)?;
    let before = then.map(|balance| balance.points);
    Ok(Exchange { points: facts.reward.cost(), before, live: true, as_of: live.as_of })
}

/// The constraints that hold for a reward whatever the connection, in the order in which UiTPAS names them
/// (domain.md §5.2): so that the desk and UiTPAS give the same reason.
fn may_redeem(facts: &RedeemFacts<'_>, uses: &[Use], now: Moment) -> Result<(), Refusal<NoExchange>> {
    let reward = facts.reward;
    let no = |reason: NoExchange| Err(reason.dated(reward.as_of));
    if !reward.active {
        return no(NoExchange::NotActive);
    }
    if let Some(limit) = facts.effective_limit().filter(|limit| limit.used_by(uses, now) >= limit.volume) {
        return Err(limit_reached(facts, limit, now));
    }
    // What is known of the points already says no, however old it is; only saying yes needs young facts.
    enough_points(reward, facts.balance)?;
    match (reward.from, reward.until) {
        (Some(opens), _) if now < opens => return no(NoExchange::TooEarly { opens }),
        (_, Some(closed)) if now > closed => return no(NoExchange::TooLate { closed }),
        _ => {}
    }
    if reward.stock.is_some_and(|stock| reward.taken >= stock) {
        return no(NoExchange::SoldOut);
    }
    match (&reward.card_systems, &facts.pass.card_system) {
        (Some(_), None) => Err(NoExchange::RegionUnknown.dated(facts.pass.as_of)),
        (Some(systems), Some(own)) if !systems.iter().any(|system| system.id == own.id) => no(NoExchange::OtherRegion),
        _ => Ok(()),
    }
}

/// A no of UiTPAS outlasts its minute. What the desk would have refused then by itself, with the uses that UiTPAS had
/// counted, is over with its reason, and so is a lack of points by a newer balance; any other holds until UiTPAS says
/// otherwise.
fn standing_refusal(facts: &RedeemFacts<'_>) -> Option<Refusal<NoExchange>> {
    let no = facts.live?;
    let RedeemAnswer::NotRedeemable { why, said } = &no.answer else { return None };
    let counted: Vec<Use> =
        facts.uses.iter().copied().filter(|earlier| earlier.is_counted_in_an_answer_of(no.as_of)).collect();
    let asked_since = facts.balance.is_some_and(|balance| balance.as_of > no.as_of);
    let explained = may_redeem(facts, &counted, no.as_of).is_err();
    let over = explained || (*why == RedeemReason::PassholderPoints && asked_since);
    (!over).then(|| NoExchange::NotAllowed { why: *why, said: said.clone() }.dated(no.as_of))
}

fn redeem_offline(facts: &RedeemFacts<'_>, now: Moment) -> Result<Exchange, Refusal<NoExchange>> {
    let reward = facts.reward;
    match facts.offline {
        OfflineRewards::Off => return Err(NoExchange::OfflineOff.dated(now)),
        OfflineRewards::UpTo(most) if reward.cost() > most => {
            return Err(NoExchange::OfflineTooMany { most }.dated(now));
        }
        OfflineRewards::UpTo(_) | OfflineRewards::All => {}
    }
    if reward.stock.is_some() {
        return Err(NoExchange::StockNeedsConnection.dated(reward.as_of));
    }
    if reward.online {
        return Err(NoExchange::OnlineNeedsConnection.dated(reward.as_of));
    }
    let before = facts.balance.map(|balance| balance.points);
    let oldest = reward.as_of.min(facts.pass.as_of);
    if reward.kind == RewardKind::Welcome {
        let Some(seen) = facts.seen_as_granted else {
            return Err(NoExchange::NotSeenAsGranted.dated(facts.pass.as_of));
        };
        return Ok(Exchange { points: reward.cost(), before, live: false, as_of: oldest.min(seen) });
    }
    match facts.balance {
        None => Err(NoExchange::PointsUnknown.dated(facts.pass.as_of)),
        Some(balance) if !balance.is_fresh(now) => Err(NoExchange::PointsTooOld.dated(balance.as_of)),
        Some(balance) => Ok(Exchange { points: reward.cost(), before, live: false, as_of: oldest.min(balance.as_of) }),
    }
}

impl RedeemFacts<'_> {
    /// A welcome advantage is redeemed once, also where UiTPAS names no constraint (domain.md §5.1).
    fn effective_limit(&self) -> Option<Limit> {
        let once = Limit { volume: 1, period: Period::Absolute };
        self.reward.limit.or_else(|| (self.reward.kind == RewardKind::Welcome).then_some(once))
    }
}

/// Whether the balance covers the cost. What costs nothing is not refused for a balance below nothing either.
fn enough_points(reward: &Reward, balance: Option<Balance>) -> Result<(), Refusal<NoExchange>> {
    match balance {
        Some(balance) if reward.cost() > balance.points.max(0) => {
            let missing = reward.cost() - balance.points;
            Err(NoExchange::NotEnoughPoints { missing }.dated(balance.as_of))
        }
        _ => Ok(()),
    }
}

fn limit_reached(facts: &RedeemFacts<'_>, limit: Limit, now: Moment) -> Refusal<NoExchange> {
    let as_of = limit.newest_use(facts.uses, now).unwrap_or(facts.reward.as_of);
    NoExchange::LimitReached(limit).dated(as_of)
}

/// Whether an answer is young enough to be called live.
pub fn is_live(fact: &RedeemFact, now: Moment) -> bool {
    (0..=LIVE_SECONDS).contains(&(now.as_second() - fact.as_of.as_second()))
}

#[cfg(test)]
mod tests;
