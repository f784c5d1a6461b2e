//! Whether a passholder can redeem a reward now.

use crate::passes::{Pass, PassType};
use crate::problem::Problem;
use crate::rewards::{Reward, RewardType};
use crate::world::World;

/// Why a reward cannot be redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RewardRefusal {
    InvalidCard,
    CardSystems,
    RewardPeriod,
    RewardVolume,
    PassholderVolume,
    PassholderPoints,
}

/// The first rule that stands in the way, if any does.
pub(crate) fn refusal(world: &World, reward: &Reward, pass: &Pass) -> Option<RewardRefusal> {
    let now = world.now();
    if pass.pass_type == PassType::Group || pass.card_refusal().is_some() {
        return Some(RewardRefusal::InvalidCard);
    }
    if reward.applicable.is_some_and(|all| !all.contains(&pass.card_system)) {
        return Some(RewardRefusal::CardSystems);
    }
    if !reward.is_open(now) {
        return Some(RewardRefusal::RewardPeriod);
    }
    if reward.max_units.is_some_and(|max| reward.units_taken(world) >= max) {
        return Some(RewardRefusal::RewardVolume);
    }
    let redeemed = |c: crate::rewards::Constraint| {
        let mine =
            world.redemptions.iter().filter(|r| r.passholder_id == pass.passholder_id && r.reward_id == reward.id);
        mine.filter(|r| c.period.holds_both(r.redeemed, now)).count()
    };
    if reward.constraint.is_some_and(|c| redeemed(c) >= c.volume) {
        return Some(RewardRefusal::PassholderVolume);
    }
    (reward.kind == RewardType::Points && world.balance(pass) < reward.points)
        .then_some(RewardRefusal::PassholderPoints)
}

impl RewardRefusal {
    /// The reason as `redeem-status` names it.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::InvalidCard => "INVALID_CARD",
            Self::CardSystems => "PASSHOLDER_APPLICABLE_CARDSYSTEMS",
            Self::RewardPeriod => "REWARD_PERIOD",
            Self::RewardVolume => "REWARD_VOLUME",
            Self::PassholderVolume => "PASSHOLDER_VOLUME",
            Self::PassholderPoints => "PASSHOLDER_POINTS",
        }
    }

    /// The sentence for the passholder.
    pub(crate) fn dutch(self) -> &'static str {
        match self {
            Self::InvalidCard => "Met deze UiTPAS kan je geen voordelen omruilen.",
            Self::CardSystems => "Dit voordeel geldt niet in jouw UiTPAS-regio.",
            Self::RewardPeriod => "Dit voordeel kan je nu niet omruilen.",
            Self::RewardVolume => "Jammer, de voorraad van dit voordeel is op.",
            Self::PassholderVolume => "Je hebt dit voordeel al zo vaak omgeruild als mogelijk is.",
            Self::PassholderPoints => "Jammer, je hebt nog niet genoeg punten om dit voordeel om te ruilen.",
        }
    }

    /// The refusal of a redemption.
    pub(crate) fn problem(self) -> Problem {
        let kind = match self {
            Self::InvalidCard => "invalid-card",
            Self::CardSystems => "reward-passholder-no-applicable-cardsystems",
            Self::RewardPeriod => "reward-period-constraint",
            Self::RewardVolume => "reward-volume-constraint",
            Self::PassholderVolume => "reward-passholder-volume-constraint",
            Self::PassholderPoints => "reward-passholder-points-constraint",
        };
        Problem::uitpas(kind, "Reward cannot be redeemed").says(self.dutch())
    }
}
