//! `GET /rewards` and `GET /rewards/{id}/redeem-status`: what can be redeemed at an organizer, and by whom.

use crate::ask::{AskError, json};
use crate::client::{AT_THE_DESK, Api, BEHIND_THE_SCENES};
use crate::event_settings::period;
use crate::pages::{Listing, Page, read_page};
use crate::passes::moment;
use crate::points::Cost;
use crate::problem::short;
use crate::rows::ORGANIZERS;
use balie_core::event::OrganizerId;
use balie_core::insz;
use balie_core::limit::Limit;
use balie_core::pass::{CardSystem, PassholderId, UitpasNumber};
use balie_core::reward::{RedeemAnswer, RedeemFact, RedeemReason, Reward, RewardId, RewardKind};
use balie_core::time::Moment;
use serde::Deserialize;
use std::collections::HashSet;
use std::time::Duration;

/// How many rewards a page holds. Each brings its own prose along, so these are fewer than the API allows.
const PAGE: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RewardWire {
    id: String,
    title: String,
    r#type: String,
    points: Option<Cost>,
    status: Option<String>,
    redeem_period: Option<PeriodWire>,
    all_card_systems: Option<bool>,
    applicable_card_systems: Option<Vec<CardSystemWire>>,
    organizers: Option<Vec<OrganizerWire>>,
    redeem_constraint: Option<ConstraintWire>,
    max_available_units: Option<i64>,
    units_taken: Option<i64>,
    online: Option<bool>,
    practical_info: Option<String>,
}

#[derive(Deserialize)]
struct RewardIdWire {
    id: String,
}

#[derive(Deserialize)]
struct PeriodWire {
    begin: Option<String>,
    end: Option<String>,
}

#[derive(Deserialize)]
struct CardSystemWire {
    id: i64,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct OrganizerWire {
    id: String,
}

#[derive(Deserialize)]
struct ConstraintWire {
    volume: u32,
    period: String,
}

#[derive(Deserialize)]
struct StatusWire {
    redeemable: bool,
    reason: Option<String>,
    message: Option<String>,
}

impl Api {
    /// Asks what can be redeemed at an organizer, whoever the passholder is; what is kept for when there is no connection.
    ///
    /// # Errors
    /// Fails when there is no complete answer. A reward that cannot be read is left out, so that it does not cost the
    /// desk all others.
    pub async fn rewards(&self, organizer: &OrganizerId, now: Moment) -> Result<Vec<Reward>, AskError> {
        let pages = self.listed(organizer, &[], BEHIND_THE_SCENES, |body| read_rewards(body, now)).await?;
        Ok(distinct(pages, |reward| reward.id.clone()))
    }

    /// Asks which rewards a passholder can redeem at an organizer now.
    ///
    /// # Errors
    /// Fails when there is no answer, which includes the lack of permission for it.
    pub async fn redeemable(
        &self,
        organizer: &OrganizerId,
        passholder: &PassholderId,
        _now: Moment,
    ) -> Result<Vec<RewardId>, AskError> {
        let query = [("isRedeemableByPassholderId", passholder.0.as_str())];
        let pages = self.listed(organizer, &query, AT_THE_DESK, read_redeemable).await?;
        // A reward that is not in the list is one that cannot be redeemed, so none may be left out.
        if pages.iter().any(|page| page.items.len() != page.listed) {
            return Err(AskError::Garbled("rewards"));
        }
        Ok(distinct(pages, Clone::clone))
    }

    /// Asks whether a person can redeem a reward now, and waits no longer than a person at a desk does.
    ///
    /// # Errors
    /// Fails when there is no answer; "not redeemable", for whatever reason, is an answer.
    pub async fn redeem_status(
        &self,
        reward: &RewardId,
        number: &UitpasNumber,
        now: Moment,
    ) -> Result<RedeemFact, AskError> {
        let path = ["rewards", reward.0.as_str(), "redeem-status"];
        read_redeem_status(&self.ask(&path, &[("uitpasNumber", number.reveal())], AT_THE_DESK).await?, now)
    }

    async fn listed<T>(
        &self,
        organizer: &OrganizerId,
        more: &[(&str, &str)],
        patience: Duration,
        read: impl Fn(&[u8]) -> Result<Page<T>, AskError>,
    ) -> Result<Vec<Page<T>>, AskError> {
        let mut query = vec![(ORGANIZERS, organizer.0.as_str()), ("type", "ANY"), ("subset", "REDEEMABLE")];
        query.extend_from_slice(more);
        let listing = Listing { about: "rewards", path: &["rewards"], query: &query, limit: PAGE, patience };
        self.all_pages(&listing, read).await
    }
}

/// The items of all pages, each id once: a list that changed while it was read repeats some.
fn distinct<T>(pages: Vec<Page<T>>, id: impl Fn(&T) -> RewardId) -> Vec<T> {
    let mut seen = HashSet::new();
    let items = pages.into_iter().flat_map(|page| page.items);
    items.filter(|item| seen.insert(id(item))).collect()
}

/// Reads a page of the rewards that a passholder can redeem; only which ones they are.
///
/// # Errors
/// Fails when it is not what was agreed; a reward without an id is counted and left out.
pub fn read_redeemable(body: &[u8]) -> Result<Page<RewardId>, AskError> {
    read_page("rewards", body, |raw| {
        let wire: RewardIdWire = json("rewards", raw.as_bytes()).ok()?;
        (!wire.id.is_empty()).then_some(RewardId(wire.id))
    })
}

/// Reads a page of rewards.
///
/// # Errors
/// Fails when it is not what was agreed; a reward that cannot be read is counted and left out.
pub fn read_rewards(body: &[u8], now: Moment) -> Result<Page<Reward>, AskError> {
    read_page("rewards", body, |raw| reward(json("rewards", raw.as_bytes()).ok()?, now))
}

// What bounds a reward and cannot be read leaves the reward out: without the bound it would promise too much.
fn reward(wire: RewardWire, now: Moment) -> Option<Reward> {
    let (kind, points) = match wire.r#type.as_str() {
        "POINTS" => (RewardKind::Points, wire.points?.0),
        "WELCOME" => (RewardKind::Welcome, 0),
        _ => return None,
    };
    let (begin, end) = wire.redeem_period.map_or((None, None), |period| (period.begin, period.end));
    Some(Reward {
        id: RewardId(Some(wire.id).filter(|id| !id.is_empty())?),
        title: insz::mask(&wire.title),
        kind,
        points,
        active: wire.status.is_none_or(|status| status == "ACTIVE"),
        from: bound(begin)?,
        until: bound(end)?,
        card_systems: card_systems(wire.all_card_systems, wire.applicable_card_systems),
        organizers: wire.organizers.unwrap_or_default().into_iter().map(|row| OrganizerId(row.id)).collect(),
        limit: match wire.redeem_constraint {
            Some(constraint) => Some(Limit { volume: constraint.volume, period: period(&constraint.period)? }),
            None => None,
        },
        stock: wire.max_available_units,
        taken: wire.units_taken.unwrap_or(0),
        online: wire.online.unwrap_or(false),
        practical: wire.practical_info.filter(|text| !text.trim().is_empty()).map(|text| short(insz::mask(&text))),
        as_of: now,
    })
}

/// One side of a period: absent, or a moment; nothing when it cannot be read.
fn bound(text: Option<String>) -> Option<Option<Moment>> {
    match text {
        Some(text) => moment(&text).map(Some),
        None => Some(None),
    }
}

/// Where a reward holds; the contract takes it for everywhere when it says nothing at all.
fn card_systems(all: Option<bool>, some: Option<Vec<CardSystemWire>>) -> Option<Vec<CardSystem>> {
    let named = |rows: Vec<CardSystemWire>| {
        rows.into_iter().map(|row| CardSystem { id: row.id, name: insz::mask(&row.name) }).collect()
    };
    match (all, some) {
        (Some(true), _) | (None, None) => None,
        (_, some) => Some(some.map(named).unwrap_or_default()),
    }
}

/// Reads whether a reward can be redeemed.
///
/// # Errors
/// Fails when it is not what was agreed.
pub fn read_redeem_status(body: &[u8], now: Moment) -> Result<RedeemFact, AskError> {
    let wire: StatusWire = json("redeem-status", body)?;
    let answer = if wire.redeemable {
        RedeemAnswer::Redeemable
    } else {
        RedeemAnswer::NotRedeemable {
            why: reason(wire.reason.as_deref()),
            said: wire.message.map(|text| short(insz::mask(&text))),
        }
    };
    Ok(RedeemFact { answer, as_of: now })
}

fn reason(word: Option<&str>) -> RedeemReason {
    match word.unwrap_or_default() {
        "INVALID_CARD" => RedeemReason::InvalidCard,
        "PASSHOLDER_VOLUME" => RedeemReason::PassholderVolume,
        "PASSHOLDER_POINTS" => RedeemReason::PassholderPoints,
        "REWARD_PERIOD" => RedeemReason::RewardPeriod,
        "REWARD_VOLUME" => RedeemReason::RewardVolume,
        "PASSHOLDER_APPLICABLE_CARDSYSTEMS" => RedeemReason::CardSystems,
        // The contract spells it in two ways.
        "PASSHOLDER_NO_ACTIVE_CARDSYSTEM" | "PASSHOLDER_NO_ACTIVE_CARDSYSTEMS" => RedeemReason::NoActiveCardSystem,
        _ => RedeemReason::Other,
    }
}

#[cfg(test)]
mod tests;
