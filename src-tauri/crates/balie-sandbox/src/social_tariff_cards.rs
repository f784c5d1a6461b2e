//! `GET /cards/social-tariff/{cardSystemId}/active`: every card of a region that has the social tariff at this moment.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;

use crate::card_systems::ALL;
use crate::passes::{CardStatus, Pass, PassType, Standing};
use crate::problem::Problem;
use crate::sign_in::Token;
use crate::tariff_rules::group_tickets_left;
use crate::world::Shared;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SocialTariffCard {
    uitpas_number: &'static str,
    card_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_tickets: Option<usize>,
}

/// The whole list, without pages, as the API gives it.
pub(crate) async fn active(
    State(shared): State<Shared>,
    _: Token,
    Path(card_system_id): Path<String>,
) -> Result<Json<Vec<SocialTariffCard>>, Problem> {
    let world = shared.world();
    world.demand_anywhere("SOCIALTARIFF_EXPORT")?;
    let system = ALL
        .iter()
        .find(|s| s.id.to_string() == card_system_id)
        .ok_or_else(|| Problem::uitpas("cardsystem-not-found", "Card system not found"))?;
    let entitled =
        |p: &&Pass| p.card_system == *system && p.card == CardStatus::Active && p.standing == Standing::Active;
    let entry = |p: &Pass| {
        let group = p.pass_type == PassType::Group;
        SocialTariffCard {
            uitpas_number: p.number,
            card_type: if group { "GROUP" } else { "REGULAR" },
            available_tickets: group.then(|| group_tickets_left(&world, p, &[])),
        }
    };
    Ok(Json(world.passes.iter().filter(entitled).map(entry).collect()))
}
