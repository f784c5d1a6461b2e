//! Every path of the stand-in, and how a body is read.

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::routing::{delete, get, post};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::problem::Problem;
use crate::world::Shared;
use crate::{
    card_systems, checkins, event_settings, passes, permissions, redeemed, rewards, search, sign_in,
    social_tariff_cards, tariffs, ticket_sales,
};

/// The public side: the UiTPAS API, the search and the sign-in server behind one address.
pub(crate) fn public(shared: Shared) -> Router {
    Router::new()
        .route("/passes", get(passes::identify))
        .route("/tariffs", get(tariffs::of_passholder))
        .route("/tariffs/static", get(tariffs::of_event))
        .route("/ticket-sales", get(ticket_sales::list).post(ticket_sales::register))
        .route("/ticket-sales/{ticketSaleId}", delete(ticket_sales::cancel))
        .route("/checkins", get(checkins::list).post(checkins::check_in))
        .route("/checkins/{checkinId}", delete(checkins::cancel))
        .route("/checkin-status", get(checkins::status))
        .route("/rewards", get(rewards::list))
        .route("/rewards/{rewardId}", get(rewards::one))
        .route("/rewards/{rewardId}/redeem-status", get(redeemed::status))
        .route("/rewards/redeemed", get(redeemed::list).post(redeemed::redeem))
        .route("/rewards/redeemed/{redeemedRewardId}", delete(redeemed::cancel))
        .route("/events/{eventId}/settings", get(event_settings::read).put(event_settings::write))
        .route("/events/{eventId}/card-systems", get(card_systems::of_event))
        .route("/permissions", get(permissions::list))
        .route("/cards/social-tariff/{cardSystemId}/active", get(social_tariff_cards::active))
        .route("/search/events", get(search::events))
        .route("/realms/uitid/.well-known/openid-configuration", get(sign_in::discovery))
        .route("/realms/uitid/protocol/openid-connect/token", post(sign_in::token))
        .fallback(nowhere)
        .with_state(shared)
}

/// The answer for a path that does not exist.
pub(crate) async fn nowhere(uri: Uri) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "url/not-found", "Not found").detail(&format!("no such path: {}", uri.path()))
}

/// Reads a JSON body, and tells apart what is missing, what is no JSON and what does not follow the schema.
pub(crate) fn read_body<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if body.is_empty() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "body/missing", "Body missing"));
    }
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Data => Problem::invalid_data("/", &error.to_string()),
        Category::Syntax | Category::Eof | Category::Io => {
            Problem::new(StatusCode::BAD_REQUEST, "body/invalid-syntax", "Invalid body syntax")
                .detail(&error.to_string())
        }
    })
}
