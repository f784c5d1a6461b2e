//! `/_sandbox`: faults, offline, the clock, and a look inside. Also on a port of its own, which never goes away.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRef, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::checkins::{CheckinAnswer, HeldCheckin};
use crate::clock::utc_z;
use crate::fault::FaultRule;
use crate::habits::Habits;
use crate::port::Orders;
use crate::problem::Problem;
use crate::query::Asked;
use crate::redeemed::HeldRedemption;
use crate::routes::read_body;
use crate::ticket_sales::{HeldTicketSale, SaleAnswer};
use crate::world::Shared;

/// What the control endpoints work with.
#[derive(Clone, Debug)]
pub(crate) struct Control {
    pub(crate) shared: Shared,
    pub(crate) orders: Orders,
}

impl FromRef<Control> for Shared {
    fn from_ref(control: &Control) -> Self {
        control.shared.clone()
    }
}

/// The control endpoints.
pub(crate) fn routes(control: Control) -> axum::Router {
    axum::Router::new()
        .route("/_sandbox/state", get(state))
        .route("/_sandbox/reset", post(reset))
        .route("/_sandbox/faults", get(faults).post(add_faults).delete(clear_faults))
        .route("/_sandbox/habits", get(habits).put(set_habits))
        .route("/_sandbox/other-desk/ticket-sales", post(other_desk_sells))
        .route("/_sandbox/other-desk/checkins", post(other_desk_checks_in))
        .route("/_sandbox/other-desk/redemptions", post(other_desk_redeems))
        .route("/_sandbox/other-desk/{id}", delete(other_desk_cancels))
        .route("/_sandbox/offline", get(offline).put(set_offline))
        .route("/_sandbox/clock", put(set_clock))
        .route("/_sandbox/permissions", put(set_permissions))
        .route("/_sandbox/tokens", delete(end_tokens))
        .with_state(control)
}

/// A record with the holder, whom the API leaves out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Held<T> {
    passholder_id: String,
    #[serde(flatten)]
    record: T,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StateAnswer {
    now: String,
    offline: bool,
    ticket_sales: Vec<Held<SaleAnswer>>,
    checkins: Vec<Held<CheckinAnswer>>,
    redemptions: Vec<Value>,
    requests: Value,
    successes: Value,
    /// How many requests wait for their late commit.
    late: usize,
}

async fn state(State(shared): State<Shared>) -> Json<StateAnswer> {
    let world = shared.world();
    let sale = |s: &HeldTicketSale| Held { passholder_id: s.passholder_id.clone(), record: s.answer() };
    let checkin = |c: &HeldCheckin| Held { passholder_id: c.passholder_id.clone(), record: c.answer() };
    let redemption = |r: &HeldRedemption| {
        json!({
            "passholderId": r.passholder_id,
            "id": r.id,
            "rewardId": r.reward_id,
            "uitpasNumber": r.uitpas_number,
            "points": r.points,
            "redeemDate": utc_z(r.redeemed),
        })
    };
    Json(StateAnswer {
        now: utc_z(world.now()),
        offline: world.offline,
        ticket_sales: world.ticket_sales.iter().map(sale).collect(),
        checkins: world.checkins.iter().map(checkin).collect(),
        redemptions: world.redemptions.iter().map(redemption).collect(),
        requests: json!(world.requests),
        successes: json!(world.successes),
        late: world.late.len(),
    })
}

async fn reset(State(shared): State<Shared>) -> StatusCode {
    shared.world().reset();
    StatusCode::NO_CONTENT
}

async fn faults(State(shared): State<Shared>) -> Json<Vec<FaultRule>> {
    Json(shared.world().faults.rules.clone())
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    More(Vec<FaultRule>),
    One(FaultRule),
}

async fn add_faults(State(shared): State<Shared>, body: Bytes) -> Result<StatusCode, Problem> {
    match read_body(&body)? {
        OneOrMore::More(rules) => shared.world().faults.rules.extend(rules),
        OneOrMore::One(rule) => shared.world().faults.rules.push(rule),
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn clear_faults(State(shared): State<Shared>) -> StatusCode {
    shared.world().faults.rules.clear();
    StatusCode::NO_CONTENT
}

async fn habits(State(shared): State<Shared>) -> Json<Habits> {
    Json(shared.world().manners.habits.clone())
}

/// What is not named goes back to its default.
async fn set_habits(State(shared): State<Shared>, body: Bytes) -> Result<StatusCode, Problem> {
    let habits: Habits = read_body(&body)?;
    shared.world().manners.take_up(habits);
    Ok(StatusCode::NO_CONTENT)
}

type Made = Result<(StatusCode, Json<Value>), Problem>;

fn made(id: std::io::Result<String>) -> Made {
    let id = id.map_err(|error| Problem::invalid_data("/", &error.to_string()))?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

async fn other_desk_sells(State(shared): State<Shared>, body: Bytes) -> Made {
    let sale = read_body(&body)?;
    made(shared.world().other_desk_sells(sale))
}

async fn other_desk_checks_in(State(shared): State<Shared>, body: Bytes) -> Made {
    let act = read_body(&body)?;
    made(shared.world().other_desk_checks_in(act))
}

async fn other_desk_redeems(State(shared): State<Shared>, body: Bytes) -> Made {
    let act = read_body(&body)?;
    made(shared.world().other_desk_redeems(act))
}

async fn other_desk_cancels(State(shared): State<Shared>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let gone = shared.world().take_out_anywhere(&id);
    gone.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "url/not-found", "No such record"))
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Offline {
    offline: bool,
}

async fn offline(State(shared): State<Shared>) -> Json<Offline> {
    Json(Offline { offline: shared.world().offline })
}

async fn set_offline(State(control): State<Control>, body: Bytes) -> Result<StatusCode, Response> {
    let wanted: Offline = read_body(&body).map_err(Problem::into_response)?;
    let reopened = control.orders.set_offline(wanted.offline).await;
    reopened.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response())?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockSetting {
    now: Option<Timestamp>,
}

async fn set_clock(State(shared): State<Shared>, body: Bytes) -> Result<StatusCode, Problem> {
    let setting: ClockSetting = read_body(&body)?;
    shared.world().clock.set(setting.now);
    Ok(StatusCode::NO_CONTENT)
}

async fn set_permissions(State(shared): State<Shared>, body: Bytes) -> Result<StatusCode, Problem> {
    shared.world().permissions = read_body(&body)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn end_tokens(State(shared): State<Shared>, asked: Asked) -> StatusCode {
    let mut world = shared.world();
    if asked.flag("all") == Some(true) {
        world.tokens.end_all();
    } else {
        world.tokens.end_access();
    }
    StatusCode::NO_CONTENT
}
