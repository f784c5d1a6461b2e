//! The card systems: one region each. `GET /events/{id}/card-systems`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;

use crate::problem::Problem;
use crate::sign_in::Token;
use crate::world::Shared;

/// One region with its own cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CardSystem {
    pub(crate) id: u32,
    pub(crate) name: &'static str,
    cities: &'static [(&'static str, &'static str)],
}

pub(crate) const GENT: CardSystem = CardSystem {
    id: 5,
    name: "UiTPAS Regio Gent",
    cities: &[("9000", "Gent"), ("9090", "Melle"), ("9050", "Gentbrugge")],
};
pub(crate) const PASPARTOE: CardSystem =
    CardSystem { id: 3, name: "Paspartoe", cities: &[("1000", "Brussel"), ("1080", "Sint-Jans-Molenbeek")] };
pub(crate) const DENDER: CardSystem =
    CardSystem { id: 1, name: "UiTPAS Dender", cities: &[("9300", "Aalst"), ("9400", "Ninove")] };

/// Every region that the sandbox knows.
pub(crate) const ALL: [CardSystem; 3] = [GENT, PASPARTOE, DENDER];

/// A card system as the API writes it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CardSystemAnswer {
    id: u32,
    name: &'static str,
    cities: Vec<CityAnswer>,
    permanent: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CityAnswer {
    postal_code: &'static str,
    name: &'static str,
}

impl CardSystem {
    pub(crate) fn answer(&self) -> CardSystemAnswer {
        let cities = self.cities.iter().map(|(postal_code, name)| CityAnswer { postal_code, name }).collect();
        CardSystemAnswer { id: self.id, name: self.name, cities, permanent: true }
    }
}

/// A card system in which an event takes part.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventCardSystem {
    id: u32,
    name: &'static str,
    enabled: bool,
    manual_distribution_keys: [(); 0],
}

/// `GET /events/{eventId}/card-systems`: needs no permission, so it also answers for events of others.
pub(crate) async fn of_event(
    State(shared): State<Shared>,
    _: Token,
    Path(event_id): Path<String>,
) -> Result<Json<Vec<EventCardSystem>>, Problem> {
    let world = shared.world();
    let event = world.event(&event_id).ok_or_else(|| event_missing(&event_id))?;
    let entry =
        |s: &CardSystem| EventCardSystem { id: s.id, name: s.name, enabled: true, manual_distribution_keys: [] };
    Ok(Json(event.card_systems.iter().map(entry).collect()))
}

/// The 404 of the endpoints that carry the event in their path.
pub(crate) fn event_missing(event_id: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "uitpas/event-not-found", &format!("Event id {event_id} not found"))
}
