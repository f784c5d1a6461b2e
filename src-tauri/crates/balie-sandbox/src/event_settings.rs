//! `GET|PUT /events/{eventId}/settings`: limits and points of an activity.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::card_systems::event_missing;
use crate::events::PeriodLimit;
use crate::problem::Problem;
use crate::routes::read_body;
use crate::sign_in::Token;
use crate::world::{Shared, World};

/// The settings as the API writes and reads them; an absent limit is no limit.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventSettings {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    passholder_ticket_limit: Option<PeriodLimit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkin_limit: Option<PeriodLimit>,
    checkin_points: i64,
}

fn demand(world: &World, event_id: &str, permission: &str) -> Result<(), Problem> {
    let event = world.event(event_id).ok_or_else(|| event_missing(event_id))?;
    world.demand(permission, event.organizer.id)
}

/// `GET /events/{eventId}/settings`.
pub(crate) async fn read(
    State(shared): State<Shared>,
    _: Token,
    Path(event_id): Path<String>,
) -> Result<Json<EventSettings>, Problem> {
    let world = shared.world();
    demand(&world, &event_id, "EVENT_SETTINGS_READ")?;
    let event = world.event(&event_id).ok_or_else(|| event_missing(&event_id))?;
    Ok(Json(EventSettings {
        id: event_id,
        passholder_ticket_limit: event.ticket_limit,
        checkin_limit: event.checkin_limit,
        checkin_points: event.checkin_points,
    }))
}

/// `PUT /events/{eventId}/settings`.
pub(crate) async fn write(
    State(shared): State<Shared>,
    _: Token,
    Path(event_id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let settings: EventSettings = read_body(&body)?;
    let mut world = shared.world();
    demand(&world, &event_id, "EVENT_SETTINGS_UPDATE")?;
    if settings.id != event_id || settings.checkin_points < 0 {
        return Err(Problem::invalid_data("/", "the id must match the path and the points cannot be negative"));
    }
    let event = world.events.iter_mut().find(|e| e.id == event_id).ok_or_else(|| event_missing(&event_id))?;
    event.ticket_limit = settings.passholder_ticket_limit;
    event.checkin_limit = settings.checkin_limit;
    event.checkin_points = settings.checkin_points;
    Ok(StatusCode::NO_CONTENT)
}
