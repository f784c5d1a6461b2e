//! Saving points: check-ins inside the window of the activity and within its limit.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::card_systems::event_missing;
use crate::clock::{in_brussels, utc_z};
use crate::events::Event;
use crate::habits::Row;
use crate::ids::fresh_uuid;
use crate::passes::{Pass, PassType};
use crate::problem::Problem;
use crate::query::{Asked, Members};
use crate::routes::read_body;
use crate::sign_in::Token;
use crate::world::{Shared, World, take_out};

/// A check-in that the sandbox holds.
#[derive(Clone, Debug)]
pub struct HeldCheckin {
    /// The id that the server gave.
    pub id: String,
    /// When it was stored.
    pub created: Timestamp,
    /// The number of the pass at that moment.
    pub uitpas_number: String,
    /// Who holds the pass.
    pub passholder_id: String,
    /// The activity.
    pub event_id: String,
    /// The name of the activity.
    pub event_title: String,
    /// The points that were saved.
    pub points: i64,
    /// Whether another desk saved them.
    pub by_other_desk: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CheckinRequest {
    uitpas_number: String,
    event_id: String,
}

/// A check-in as the API writes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckinAnswer {
    id: String,
    creation_date: String,
    event_id: String,
    event_title: String,
    uitpas_number: String,
    points: i64,
}

impl HeldCheckin {
    pub(crate) fn answer(&self) -> CheckinAnswer {
        CheckinAnswer {
            id: self.id.clone(),
            creation_date: utc_z(self.created),
            event_id: self.event_id.clone(),
            event_title: self.event_title.clone(),
            uitpas_number: self.uitpas_number.clone(),
            points: self.points,
        }
    }
}

/// Why no point can be saved now, in a sentence for the passholder.
fn not_allowed(world: &World, event: &Event, pass: &Pass) -> Option<String> {
    let now = world.now();
    let open = event.calendar.check_in_windows(now);
    if !open.iter().any(|(from, to)| *from <= now && now <= *to) {
        let next = open.iter().map(|(from, _)| *from).filter(|from| *from > now).min();
        return Some(next.map_or_else(
            || "Deze activiteit is afgelopen, je kan op deze activiteit geen punt meer sparen.".into(),
            |from| {
                let hour = in_brussels(from).strftime("%d/%m om %H:%M").to_string();
                format!("Je kan op deze activiteit nog geen punt sparen. Dat kan vanaf {hour}.")
            },
        ));
    }
    let limit = event.checkin_limit?;
    let used = world
        .checkins
        .iter()
        .filter(|c| c.passholder_id == pass.passholder_id && c.event_id == event.id)
        .filter(|c| limit.period_type.holds_both(c.created, now))
        .count();
    (used >= limit.volume).then(|| {
        format!("Je hebt voor deze activiteit al gespaard (maximaal {} {}).", limit.volume, limit.period_type.dutch())
    })
}

/// `POST /checkins`: saves the points of one participation.
pub(crate) async fn check_in(
    State(shared): State<Shared>,
    _: Token,
    body: Bytes,
) -> Result<(StatusCode, Json<CheckinAnswer>), Problem> {
    let held = store_one(&mut shared.world(), &body)?;
    Ok((StatusCode::CREATED, Json(held.answer())))
}

/// The same without an answer: the id of what was stored.
pub(crate) fn store(world: &mut World, body: &[u8]) -> Option<String> {
    store_one(world, body).ok().map(|held| held.id)
}

fn store_one(world: &mut World, body: &[u8]) -> Result<HeldCheckin, Problem> {
    let request: CheckinRequest = read_body(body)?;
    let event = world.known_event(&request.event_id)?;
    world.demand("CHECKINS_WRITE", event.organizer.id)?;
    let pass = world.usable_pass(&request.uitpas_number, "invalid-uitpasnumber")?;
    if pass.pass_type == PassType::Group {
        return Err(
            Problem::uitpas("invalid-card", "Invalid card").says("Met een groepspas kan je geen punten sparen.")
        );
    }
    if let Some(reason) = not_allowed(world, event, pass) {
        return Err(Problem::uitpas("checkin-not-allowed", "Checkin not allowed").says(&reason));
    }
    let held = HeldCheckin {
        id: fresh_uuid(),
        created: world.now(),
        uitpas_number: request.uitpas_number,
        passholder_id: pass.passholder_id.to_owned(),
        event_id: event.id.to_owned(),
        event_title: event.name.to_owned(),
        points: event.checkin_points,
        by_other_desk: false,
    };
    world.checkins.push(held.clone());
    Ok(held)
}

/// `GET /checkins`: the check-ins of a passholder at the named organizers, newest first.
pub(crate) async fn list(
    State(shared): State<Shared>,
    _: Token,
    asked: Asked,
) -> Result<Json<Members<CheckinAnswer>>, Problem> {
    let page = asked.page()?;
    let passholder_id = asked.given("passholderId")?;
    let mut world = shared.world();
    world.demand_for_all("CHECKINS_READ", &asked.all("organizerId"))?;
    let title = asked.one("eventTitle").map(str::to_lowercase);
    let wanted = |c: &&HeldCheckin| {
        c.passholder_id == passholder_id && title.as_ref().is_none_or(|t| c.event_title.to_lowercase().contains(t))
    };
    let row = |held: &HeldCheckin| Row { stored: held.created, written: held.answer() };
    let rows = world.checkins.iter().rev().filter(wanted).map(row).collect();
    let now = world.now();
    Ok(Json(world.manners.page(page, rows, now)))
}

/// `DELETE /checkins/{id}`: takes the points back.
pub(crate) async fn cancel(
    State(shared): State<Shared>,
    _: Token,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let mut world = shared.world();
    world.demand_anywhere("CHECKINS_WRITE")?;
    take_out(&mut world.checkins, |held| held.id == id)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "url/not-found", &format!("Checkin {id} not found")))
}

/// `GET /checkin-status`: whether a point could be saved now.
pub(crate) async fn status(State(shared): State<Shared>, _: Token, asked: Asked) -> Result<Json<Value>, Problem> {
    let (number, event_id) = (asked.given("uitpasNumber")?, asked.given("eventId")?);
    let world = shared.world();
    let event = world.event(event_id).ok_or_else(|| event_missing(event_id))?;
    world.demand("CHECKINS_WRITE", event.organizer.id)?;
    let pass =
        world.pass_by_number(number).ok_or_else(|| Problem::missing("passholder-not-found", "Passholder not found"))?;
    let reason = if pass.card_refusal().is_some() {
        Some("Met deze UiTPAS kan je geen punten sparen.".to_owned())
    } else if pass.pass_type == PassType::Group {
        Some("Met een groepspas kan je geen punten sparen.".to_owned())
    } else {
        not_allowed(&world, event, pass)
    };
    Ok(Json(match reason {
        None => json!({ "allowed": true }),
        Some(nl) => json!({ "allowed": false, "endUserMessage": { "nl": nl } }),
    }))
}
