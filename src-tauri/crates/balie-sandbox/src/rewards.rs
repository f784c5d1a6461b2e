//! The catalogue of rewards. `GET /rewards` and `GET /rewards/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use jiff::civil::Time;
use serde::Serialize;

use crate::card_systems::{CardSystem, CardSystemAnswer};
use crate::clock::{Period, at, day_of, end_of_day, shifted, utc_offset};
use crate::data::{ORGANIZER_ID, ORGANIZER_NAME};
use crate::problem::Problem;
use crate::query::{Asked, Members};
use crate::reward_rules::refusal;
use crate::sign_in::{Token, TokenOrClient};
use crate::world::{Shared, World};

/// How a reward is obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum RewardType {
    Points,
    Welcome,
}

/// At most so many times per passholder in a calendar period.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Constraint {
    pub(crate) volume: usize,
    pub(crate) period: Period,
}

/// One reward.
#[derive(Clone, Debug)]
pub(crate) struct Reward {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) kind: RewardType,
    pub(crate) description: &'static str,
    pub(crate) practical: &'static str,
    pub(crate) points: i64,
    pub(crate) category: &'static str,
    pub(crate) owning_card_system: CardSystem,
    /// The regions whose passholders may redeem it; nothing means all regions.
    pub(crate) applicable: Option<&'static [CardSystem]>,
    /// First and last day on which it is published and can be redeemed, counted from today.
    pub(crate) days: (i64, i64),
    pub(crate) max_units: Option<usize>,
    /// Units that were gone before this sandbox started.
    pub(crate) units_taken_before: usize,
    pub(crate) constraint: Option<Constraint>,
    pub(crate) for_kids: bool,
    pub(crate) sport: bool,
    pub(crate) featured: bool,
    pub(crate) online: bool,
}

impl Reward {
    /// From when until when it can be redeemed.
    pub(crate) fn period(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let today = day_of(now);
        (at(shifted(today, self.days.0), Time::midnight()), end_of_day(shifted(today, self.days.1)))
    }

    /// Whether it can be redeemed at this moment, as far as its period goes.
    pub(crate) fn is_open(&self, now: Timestamp) -> bool {
        let (begin, end) = self.period(now);
        begin <= now && now <= end
    }

    /// The units that are gone by now.
    pub(crate) fn units_taken(&self, world: &World) -> usize {
        self.units_taken_before + world.redemptions.iter().filter(|r| r.reward_id == self.id).count()
    }

    pub(crate) fn answer(&self, world: &World) -> RewardAnswer {
        let (begin, end) = self.period(world.now());
        let period = PeriodAnswer { begin: utc_offset(begin), end: utc_offset(end) };
        RewardAnswer {
            id: self.id,
            title: self.title,
            kind: self.kind,
            promotional_description: self.description,
            practical_info: self.practical,
            points: self.points,
            categories: [self.category],
            granting_period: (self.kind == RewardType::Welcome).then(|| period.clone()),
            publication_period: period.clone(),
            redeem_period: period,
            owning_card_system: self.owning_card_system.answer(),
            applicable_card_systems: self.applicable.map(|all| all.iter().map(CardSystem::answer).collect()),
            all_card_systems: self.applicable.is_none(),
            organizers: [OrganizerAnswer { id: ORGANIZER_ID, name: ORGANIZER_NAME }],
            status: "ACTIVE",
            max_available_units: self.max_units,
            units_taken: self.units_taken(world),
            pictures: [],
            for_kids: self.for_kids,
            sport: self.sport,
            featured: self.featured,
            online: self.online,
            last_chance: false,
            redeem_constraint: self.constraint,
        }
    }
}

/// A reward as the API writes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RewardAnswer {
    id: &'static str,
    title: &'static str,
    #[serde(rename = "type")]
    kind: RewardType,
    promotional_description: &'static str,
    practical_info: &'static str,
    points: i64,
    categories: [&'static str; 1],
    publication_period: PeriodAnswer,
    redeem_period: PeriodAnswer,
    #[serde(skip_serializing_if = "Option::is_none")]
    granting_period: Option<PeriodAnswer>,
    owning_card_system: CardSystemAnswer,
    #[serde(skip_serializing_if = "Option::is_none")]
    applicable_card_systems: Option<Vec<CardSystemAnswer>>,
    all_card_systems: bool,
    organizers: [OrganizerAnswer; 1],
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_available_units: Option<usize>,
    units_taken: usize,
    pictures: [&'static str; 0],
    for_kids: bool,
    sport: bool,
    featured: bool,
    online: bool,
    last_chance: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    redeem_constraint: Option<Constraint>,
}

#[derive(Clone, Debug, Serialize)]
struct PeriodAnswer {
    begin: String,
    end: String,
}

#[derive(Debug, Serialize)]
struct OrganizerAnswer {
    id: &'static str,
    name: &'static str,
}

/// `GET /rewards`: identification of the client suffices, except for a selection by passholder.
pub(crate) async fn list(
    State(shared): State<Shared>,
    caller: TokenOrClient,
    asked: Asked,
) -> Result<Json<Members<RewardAnswer>>, Problem> {
    let page = asked.page()?;
    let world = shared.world();
    let redeemer = match asked.one("isRedeemableByPassholderId") {
        None => None,
        Some(_) if caller == TokenOrClient::Client => return Err(Problem::unauthorized("a token is required")),
        Some(id) => {
            world.demand_anywhere("REWARDS_PASSHOLDERS_READ")?;
            let known = world.passes.iter().find(|p| p.passholder_id == id && !id.is_empty());
            Some(known.ok_or_else(|| Problem::uitpas("passholder-not-found", "Passholder not found"))?)
        }
    };
    let (from, to) = (asked.number("pointsFrom")?, asked.number("pointsTo")?);
    let within = |points: i64| {
        let points = usize::try_from(points).unwrap_or(0);
        from.is_none_or(|f| points >= f) && to.is_none_or(|t| points <= t)
    };
    let mut found: Vec<&Reward> = world
        .rewards
        .iter()
        .filter(|r| matches(&asked, &world, r) && within(r.points))
        .filter(|r| redeemer.is_none_or(|pass| refusal(&world, r, pass).is_none()))
        .collect();
    sort(&mut found, &asked);
    Ok(Json(page.cut(found.into_iter().map(|r| r.answer(&world)).collect())))
}

fn matches(asked: &Asked, world: &World, reward: &Reward) -> bool {
    let kind = match asked.one("type").unwrap_or("POINTS") {
        "ANY" => true,
        "WELCOME" => reward.kind == RewardType::Welcome,
        _ => reward.kind == RewardType::Points,
    };
    let now = world.now();
    let subset = match asked.one("subset").unwrap_or("ENDUSERS") {
        "ALL" => true,
        "REDEEMABLE-FUTURE" | "ENDUSER-FUTURE" => now <= reward.period(now).1,
        _ => reward.is_open(now),
    };
    let text = asked.one("text").map(str::to_lowercase);
    let says = |t: &String| reward.title.to_lowercase().contains(t) || reward.description.to_lowercase().contains(t);
    let named = |name: &str, id: &str| {
        let ids = asked.all(name);
        ids.is_empty() || ids.contains(&id)
    };
    let applies = asked.all("applicableCardSystemId");
    let applicable = applies.is_empty()
        || reward.applicable.is_none_or(|all| all.iter().any(|s| applies.contains(&s.id.to_string().as_str())));
    let flag = |name: &str, value: bool| asked.flag(name).is_none_or(|wanted| wanted == value);
    kind && subset
        && applicable
        && text.as_ref().is_none_or(says)
        && asked.one("status").is_none_or(|s| s == "ACTIVE")
        && named("organizerId", ORGANIZER_ID)
        && named("owningCardSystemId", &reward.owning_card_system.id.to_string())
        && named("categories", reward.category)
        && flag("online", reward.online)
        && flag("forKids", reward.for_kids)
        && flag("sport", reward.sport)
        && flag("featured", reward.featured)
}

fn sort(rewards: &mut [&Reward], asked: &Asked) {
    let (field, down) = match asked.one("sort") {
        Some(text) => (text.trim_start_matches('-'), text.starts_with('-')),
        None => ["points", "name", "featured"]
            .into_iter()
            .find_map(|f| asked.one(&format!("sort[{f}]")).map(|order| (f, order == "desc")))
            .unwrap_or(("", false)),
    };
    match field {
        "points" => rewards.sort_by_key(|r| r.points),
        "name" => rewards.sort_by_key(|r| r.title.to_lowercase()),
        "featured" => rewards.sort_by_key(|r| r.featured),
        _ => {}
    }
    if down {
        rewards.reverse();
    }
}

/// `GET /rewards/{rewardId}`.
pub(crate) async fn one(
    State(shared): State<Shared>,
    _: Token,
    Path(id): Path<String>,
) -> Result<Json<RewardAnswer>, Problem> {
    let world = shared.world();
    world.demand_anywhere("REWARDS_READ")?;
    let reward = find(&world, &id)?;
    Ok(Json(reward.answer(&world)))
}

/// The reward, or a 404.
pub(crate) fn find<'a>(world: &'a World, id: &str) -> Result<&'a Reward, Problem> {
    world
        .rewards
        .iter()
        .find(|r| r.id == id)
        .ok_or_else(|| Problem::missing("reward-not-found", &format!("Reward {id} not found")))
}
