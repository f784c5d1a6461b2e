//! Passes and who holds them. `GET /passes?identifier=`.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::date;
use serde::Serialize;
use serde_json::json;

use crate::card_systems::{CardSystem, CardSystemAnswer};
use crate::clock::{day_of, end_of_day, utc_offset};
use crate::problem::Problem;
use crate::query::Asked;
use crate::sign_in::Token;
use crate::tariff_rules::Coupon;
use crate::world::Shared;

/// Whether a pass belongs to a person or to an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum PassType {
    Individual,
    Group,
}

/// The life of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CardStatus {
    LocalStock,
    Active,
    Blocked,
}

/// The right to the social tariff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Standing {
    Active,
    Expired,
    None,
}

/// One pass with everything that the server knows of it.
#[derive(Clone, Debug)]
pub(crate) struct Pass {
    pub(crate) passholder_id: &'static str,
    pub(crate) pass_type: PassType,
    pub(crate) number: &'static str,
    pub(crate) chip: Option<&'static str>,
    /// Two in one published case: a family that shares the number.
    pub(crate) insz: &'static [&'static str],
    pub(crate) first_name: &'static str,
    /// Points before anything happened in this sandbox.
    pub(crate) points: i64,
    pub(crate) postal_code: &'static str,
    pub(crate) card_system: CardSystem,
    pub(crate) card: CardStatus,
    pub(crate) standing: Standing,
    pub(crate) coupons: &'static [Coupon],
    /// For a group with standing: tickets at the social tariff in a calendar year.
    pub(crate) tickets_per_year: Option<usize>,
}

impl Pass {
    /// Why this card cannot be used, if it cannot. A card in stock has no passholder yet.
    pub(crate) fn card_refusal(&self) -> Option<Problem> {
        if self.card == CardStatus::Active {
            return None;
        }
        let problem =
            Problem::uitpas("invalid-card-status", "Invalid card status").with("cardStatus", json!(self.card));
        Some(if self.card == CardStatus::Blocked {
            problem
                .with("passholderId", json!(self.passholder_id))
                .with("passType", json!(self.pass_type))
                .says("Deze UiTPAS is geblokkeerd. Neem contact op met het UiTPAS-punt waar je de pas kocht.")
        } else {
            problem.says("Deze UiTPAS is nog niet geregistreerd. Ga ermee naar een UiTPAS-punt.")
        })
    }

    /// When the standing ends or ended. Active standing ends on 30 April of next year; expired standing ended well over a
    /// year's grace ago, so that no client can take it for a grace period.
    fn standing_end(&self, now: Timestamp) -> Option<String> {
        let year = day_of(now).year();
        let end_year = match self.standing {
            Standing::Active => year + 1,
            Standing::Expired => year - 1,
            Standing::None => return None,
        };
        Some(utc_offset(end_of_day(date(end_year, 4, 30))))
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PassAnswer {
    passholder_id: &'static str,
    pass_type: PassType,
    uitpas_number: &'static str,
    first_name: &'static str,
    points: i64,
    postal_code: &'static str,
    social_tariff: SocialTariffAnswer,
    card_system: CardSystemAnswer,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Message>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SocialTariffAnswer {
    status: Standing,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date: Option<String>,
}

#[derive(Debug, Serialize)]
struct Message {
    level: &'static str,
    text: &'static str,
}

/// `GET /passes`: a pass by its number, its chip or the INSZ of its holder.
pub(crate) async fn identify(
    State(shared): State<Shared>,
    _: Token,
    asked: Asked,
) -> Result<Json<PassAnswer>, Problem> {
    let identifier = asked.needed("identifier")?;
    let world = shared.world();
    world.demand_anywhere("PASSES_READ")?;
    // The identifier is not repeated in the answer: it may be a national number.
    let pass =
        world.pass_by_identifier(identifier).ok_or_else(|| Problem::missing("pass-not-found", "Pass not found"))?;
    if let Some(refusal) = pass.card_refusal() {
        return Err(refusal);
    }
    let messages = match pass.standing {
        Standing::Expired => vec![Message {
            level: "WARN",
            text: "Je kansenstatuut is vervallen. Informeer of je dit statuut kan hernieuwen bij het UiTPAS-aankooppunt.",
        }],
        Standing::Active | Standing::None => Vec::new(),
    };
    Ok(Json(PassAnswer {
        passholder_id: pass.passholder_id,
        pass_type: pass.pass_type,
        uitpas_number: pass.number,
        first_name: pass.first_name,
        points: world.balance(pass),
        postal_code: pass.postal_code,
        social_tariff: SocialTariffAnswer { status: pass.standing, end_date: pass.standing_end(world.now()) },
        card_system: pass.card_system.answer(),
        messages,
    }))
}

/// Whether a text has the shape of a UiTPAS number.
pub(crate) fn is_uitpas_number(text: &str) -> bool {
    text.len() == 13 && text.bytes().all(|b| b.is_ascii_digit())
}
