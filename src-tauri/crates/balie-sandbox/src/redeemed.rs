//! Redeeming rewards: status beforehand, redemption, list, cancellation.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::utc_z;
use crate::habits::Row;
use crate::ids::fresh_uuid;
use crate::passes::{Pass, is_uitpas_number};
use crate::problem::Problem;
use crate::query::{Asked, Members};
use crate::reward_rules::refusal;
use crate::rewards::{RewardAnswer, RewardType, find};
use crate::routes::read_body;
use crate::sign_in::Token;
use crate::world::{Shared, World, take_out};

/// Where the code of an online reward is used. Nothing is there: the name is set aside for examples.
const ONLINE_SHOP: &str = "https://voordelen.example/inwisselen";

/// A redemption that the sandbox holds.
#[derive(Clone, Debug)]
pub struct HeldRedemption {
    /// The id that the server gave.
    pub id: String,
    /// When it was stored.
    pub redeemed: Timestamp,
    /// The reward.
    pub reward_id: String,
    /// The number of the pass at that moment.
    pub uitpas_number: String,
    /// Who holds the pass.
    pub passholder_id: String,
    /// The points that it cost.
    pub points: i64,
    /// The code of an online reward.
    pub code: Option<String>,
    /// Whether another desk redeemed it.
    pub by_other_desk: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RedeemRequest {
    reward_id: String,
    uitpas_number: String,
}

/// A redemption as the API writes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RedemptionAnswer {
    id: String,
    reward: RewardAnswer,
    redeem_date: String,
    redeem_info: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    redeem_code: Option<String>,
}

fn answer(world: &World, held: &HeldRedemption) -> Option<RedemptionAnswer> {
    let reward = find(world, &held.reward_id).ok()?;
    Some(RedemptionAnswer {
        id: held.id.clone(),
        reward: reward.answer(world),
        redeem_date: utc_z(held.redeemed),
        redeem_info: if reward.online {
            json!({ "text": reward.practical, "link": ONLINE_SHOP, "label": "Gebruik je code" })
        } else {
            json!({ "text": reward.practical })
        },
        redeem_code: held.code.clone(),
    })
}

fn passholder<'a>(world: &'a World, number: &str) -> Result<&'a Pass, Problem> {
    if !is_uitpas_number(number) {
        return Err(Problem::uitpas("invalid-uitpas-number", "Invalid UiTPAS number"));
    }
    world.pass_by_number(number).ok_or_else(|| Problem::uitpas("passholder-not-found", "Passholder not found"))
}

/// `GET /rewards/{rewardId}/redeem-status`.
pub(crate) async fn status(
    State(shared): State<Shared>,
    _: Token,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Json<Value>, Problem> {
    let world = shared.world();
    world.demand_anywhere("REWARDS_REDEEM")?;
    let reward = find(&world, &id)?;
    let pass = passholder(&world, asked.needed("uitpasNumber")?)?;
    Ok(Json(match refusal(&world, reward, pass) {
        None => json!({ "redeemable": true }),
        Some(r) => json!({ "redeemable": false, "reason": r.reason(), "message": r.dutch() }),
    }))
}

/// `POST /rewards/redeemed`.
pub(crate) async fn redeem(
    State(shared): State<Shared>,
    _: Token,
    body: Bytes,
) -> Result<(StatusCode, Json<RedemptionAnswer>), Problem> {
    let mut world = shared.world();
    let held = store_one(&mut world, &body)?;
    let answer = answer(&world, &held).ok_or_else(|| Problem::missing("reward-not-found", "Reward not found"))?;
    Ok((StatusCode::CREATED, Json(answer)))
}

/// The same without an answer: the id of what was stored.
pub(crate) fn store(world: &mut World, body: &[u8]) -> Option<String> {
    store_one(world, body).ok().map(|held| held.id)
}

fn store_one(world: &mut World, body: &[u8]) -> Result<HeldRedemption, Problem> {
    let request: RedeemRequest = read_body(body)?;
    world.demand_anywhere("REWARDS_REDEEM")?;
    let reward = find(world, &request.reward_id)?;
    let pass = passholder(world, &request.uitpas_number)?;
    if let Some(reason) = refusal(world, reward, pass) {
        return Err(reason.problem());
    }
    let id = fresh_uuid();
    let held = HeldRedemption {
        code: reward.online.then(|| id.chars().take(8).collect::<String>().to_uppercase()),
        id,
        redeemed: world.now(),
        reward_id: request.reward_id,
        uitpas_number: request.uitpas_number,
        passholder_id: pass.passholder_id.to_owned(),
        points: reward.points,
        by_other_desk: false,
    };
    world.redemptions.push(held.clone());
    Ok(held)
}

/// `GET /rewards/redeemed`: by number or by passholder, never both; newest first.
pub(crate) async fn list(
    State(shared): State<Shared>,
    _: Token,
    asked: Asked,
) -> Result<Json<Members<RedemptionAnswer>>, Problem> {
    let page = asked.page()?;
    let mut world = shared.world();
    world.demand_anywhere("REWARDS_READ")?;
    let passholder_id = match (asked.one("uitpasNumber"), asked.one("passholderId")) {
        (Some(number), None) => passholder(&world, number)?.passholder_id,
        (None, Some(id)) => {
            world.demand_for_all("REWARDS_READ", &asked.all("organizerId"))?;
            id
        }
        _ => return Err(Problem::bad_query("exactly one of uitpasNumber and passholderId is required")),
    };
    asked.all("organizerId").iter().try_for_each(|id| world.demand("REWARDS_READ", id))?;
    let title = asked.one("rewardTitle").map(str::to_lowercase);
    let kind = asked.one("rewardType");
    let wanted = |held: &&HeldRedemption| {
        find(&world, &held.reward_id).is_ok_and(|reward| {
            let kind_name = if reward.kind == RewardType::Welcome { "WELCOME" } else { "POINTS" };
            held.passholder_id == passholder_id
                && kind.is_none_or(|k| k == kind_name)
                && title.as_ref().is_none_or(|t| reward.title.to_lowercase().contains(t))
        })
    };
    let row = |held: &HeldRedemption| Some(Row { stored: held.redeemed, written: answer(&world, held)? });
    let rows = world.redemptions.iter().rev().filter(wanted).filter_map(row).collect();
    let now = world.now();
    Ok(Json(world.manners.page(page, rows, now)))
}

/// `DELETE /rewards/redeemed/{id}`: gives the points and the unit back.
pub(crate) async fn cancel(
    State(shared): State<Shared>,
    _: Token,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let mut world = shared.world();
    world.demand_anywhere("REWARDS_REDEEM")?;
    take_out(&mut world.redemptions, |held| held.id == id)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "url/not-found", &format!("Redeemed reward {id} not found")))
}
