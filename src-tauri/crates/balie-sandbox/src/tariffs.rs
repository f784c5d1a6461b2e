//! `GET /tariffs` and `GET /tariffs/static`: what a ticket costs.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};

use crate::events::Event;
use crate::money::Cents;
use crate::problem::Problem;
use crate::query::Asked;
use crate::sign_in::Token;
use crate::tariff_rules::{NoSocialTariff, Offer, SOCIAL_TARIFF_ID, coupons, social_price, social_tariff};
use crate::ticket_sales::TariffType;
use crate::world::{Shared, World};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TariffsAnswer {
    available: Vec<TariffAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_user_message: Option<Value>,
}

#[derive(Debug, Serialize)]
struct TariffAnswer {
    id: &'static str,
    name: &'static str,
    #[serde(serialize_with = "Cents::with_decimal")]
    price: Cents,
    #[serde(rename = "type")]
    kind: TariffType,
    remaining: usize,
}

impl From<Offer> for TariffAnswer {
    fn from(offer: Offer) -> Self {
        let Offer { id, name, price, kind, remaining } = offer;
        Self { id, name, price, kind, remaining }
    }
}

fn event_and_price<'a>(world: &'a World, asked: &Asked) -> Result<(&'a Event, Cents), Problem> {
    let event_id = asked.needed("eventId")?;
    let regular = Cents::from_json_text(asked.needed("regularPrice")?)
        .ok_or_else(|| Problem::bad_query("query parameter regularPrice is not an amount in euro"))?;
    let event = world.known_event(event_id)?;
    world.demand("TARIFFS_READ", event.organizer.id)?;
    Ok((event, regular))
}

/// `GET /tariffs`: the tariffs of one passholder. No tariff is a normal answer with a sentence.
pub(crate) async fn of_passholder(
    State(shared): State<Shared>,
    _: Token,
    asked: Asked,
) -> Result<Json<TariffsAnswer>, Problem> {
    let world = shared.world();
    let number = asked.needed("uitpasNumber")?;
    let (event, regular) = event_and_price(&world, &asked)?;
    let pass = world.usable_pass(number, "invalid-uitpasnumber")?;
    let (social_wanted, coupons_wanted) = match asked.one("type").unwrap_or("ANY") {
        "ANY" => (true, true),
        "SOCIALTARIFF" => (true, false),
        "COUPON" => (false, true),
        other => return Err(Problem::bad_query(&format!("query parameter type does not know {other}"))),
    };
    let mut available = Vec::new();
    let mut message = None;
    if social_wanted {
        match social_tariff(&world, event, pass, regular, &[]) {
            Ok(offer) => available.push(offer.into()),
            Err(NoSocialTariff::Expired) => return Err(NoSocialTariff::Expired.problem()),
            Err(reason) => message = Some(reason.dutch()),
        }
    }
    if coupons_wanted {
        let (usable, used_up): (Vec<_>, Vec<_>) =
            coupons(&world, event, pass, regular, &[]).into_iter().partition(|c| c.remaining > 0);
        available.extend(usable.into_iter().map(TariffAnswer::from));
        if message.is_none() && available.is_empty() {
            message = Some(if used_up.is_empty() {
                "Je hebt geen bon voor deze activiteit.".to_owned()
            } else {
                "Je hebt een bon voor deze activiteit, maar je hebt die al gebruikt.".to_owned()
            });
        }
    }
    Ok(Json(TariffsAnswer { available, end_user_message: message.map(|nl| json!({ "nl": nl })) }))
}

/// `GET /tariffs/static`: the social tariff of an event for a passholder of the region, whoever that may be.
pub(crate) async fn of_event(
    State(shared): State<Shared>,
    _: Token,
    asked: Asked,
) -> Result<Json<TariffsAnswer>, Problem> {
    let world = shared.world();
    let (event, regular) = event_and_price(&world, &asked)?;
    if regular <= Cents(0) {
        return Err(Problem::uitpas("social-tariff-not-available", "Social tariff not available")
            .says(&NoSocialTariff::Free.dutch()));
    }
    let offer = TariffAnswer {
        id: SOCIAL_TARIFF_ID,
        name: "Kansentarief",
        price: social_price(event, regular),
        kind: TariffType::SocialTariff,
        remaining: 1,
    };
    Ok(Json(TariffsAnswer { available: vec![offer], end_user_message: None }))
}
