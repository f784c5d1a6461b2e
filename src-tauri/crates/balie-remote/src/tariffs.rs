//! `GET /tariffs` and `GET /tariffs/static`: what the social tariff is for a price.

use crate::ask::{AskError, json};
use crate::client::{AT_THE_DESK, Api, BEHIND_THE_SCENES};
use crate::price::Price;
use crate::problem::{ProblemKind, Sentence};
use balie_core::coupon::Coupon;
use balie_core::event::EventId;
use balie_core::money::Cents;
use balie_core::pass::UitpasNumber;
use balie_core::tariff::{PriceFact, ServerAnswer, TariffId};
use balie_core::time::Moment;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TariffsWire {
    #[serde(default)]
    available: Vec<TariffWire>,
    end_user_message: Option<Sentence>,
}

#[derive(Deserialize)]
struct TariffWire {
    id: String,
    #[serde(default)]
    name: String,
    price: Price,
    r#type: String,
    remaining: Option<u32>,
}

/// What UiTPAS offers a pass for one price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tariffs {
    /// The social tariff.
    pub social: PriceFact,
    /// The coupons, of which the passholder may choose one, or none.
    pub coupons: Vec<Coupon>,
}

impl Api {
    /// Asks what one person pays for one price, with the social tariff and with coupons, and waits no longer than a
    /// person at a desk does.
    ///
    /// # Errors
    /// Fails when there is no answer; "no tariff", for whatever reason, is an answer.
    pub async fn tariff(
        &self,
        event: &EventId,
        number: &UitpasNumber,
        regular: Cents,
        now: Moment,
    ) -> Result<Tariffs, AskError> {
        let price = regular.to_string();
        let query =
            [("eventId", event.0.as_str()), ("uitpasNumber", number.reveal()), ("regularPrice", price.as_str())];
        let answer = self.ask(&["tariffs"], &query, AT_THE_DESK).await;
        fact(answer, regular, now)
    }

    /// Asks the social tariff for one price, whoever the passholder is; what is kept for when there is no connection.
    ///
    /// # Errors
    /// Fails when there is no answer.
    pub async fn static_tariff(&self, event: &EventId, regular: Cents, now: Moment) -> Result<PriceFact, AskError> {
        let price = regular.to_string();
        let query = [("eventId", event.0.as_str()), ("regularPrice", price.as_str())];
        let answer = self.ask(&["tariffs", "static"], &query, BEHIND_THE_SCENES).await;
        fact(answer, regular, now).map(|tariffs| tariffs.social)
    }
}

fn fact(answer: Result<Vec<u8>, AskError>, regular: Cents, now: Moment) -> Result<Tariffs, AskError> {
    match answer {
        Ok(body) => read_tariffs(&body, regular, now),
        // An activity that UiTPAS does not know is a mistake of the activity list, and no answer about a tariff.
        Err(AskError::Problem(problem)) if problem.kind != ProblemKind::EventNotFound => {
            let answer = ServerAnswer::NotGranted { said: problem.said };
            Ok(Tariffs { social: PriceFact { answer, as_of: now }, coupons: Vec::new() })
        }
        Err(error) => Err(error),
    }
}

/// Reads what UiTPAS offers for one price.
///
/// # Errors
/// Fails when it is not what was agreed.
pub fn read_tariffs(body: &[u8], regular: Cents, now: Moment) -> Result<Tariffs, AskError> {
    let wire: TariffsWire = json("tariffs", body)?;
    let said = wire.end_user_message.and_then(Sentence::dutch);
    let (mut social, mut coupons) = (None, Vec::new());
    for tariff in wire.available {
        match tariff.r#type.as_str() {
            // A person has at most one social tariff.
            "SOCIALTARIFF" if social.is_none() => social = Some(tariff),
            "COUPON" => coupons.push(Coupon {
                name: if tariff.name.trim().is_empty() {
                    tariff.id.clone()
                } else {
                    balie_core::insz::mask(&tariff.name)
                },
                tariff: TariffId(tariff.id),
                price: tariff.price.0,
                remaining: tariff.remaining.unwrap_or(1),
                as_of: now,
            }),
            _ => {}
        }
    }
    let answer = match social {
        // A tariff above the regular price is no tariff; whoever charged it would take too much.
        Some(tariff) if tariff.price.0 > regular => return Err(AskError::Garbled("tariffs")),
        Some(tariff) => {
            ServerAnswer::Granted { tariff: TariffId(tariff.id), price: tariff.price.0, remaining: tariff.remaining }
        }
        None => ServerAnswer::NotGranted { said },
    };
    Ok(Tariffs { social: PriceFact { answer, as_of: now }, coupons })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<ServerAnswer, AskError> {
        read_tariffs(body.as_bytes(), Cents(1000), Moment::UNIX_EPOCH).map(|tariffs| tariffs.social.answer)
    }

    #[test]
    fn coupons_are_a_choice_of_their_own() {
        let body = r#"{"available":[{"id":"C","name":"Cultuurbon","price":4.0,"type":"COUPON","remaining":2},
            {"id":"D","price":0,"type":"COUPON"},{"id":"S","price":2.0,"type":"SOCIALTARIFF"}]}"#;
        let found = read_tariffs(body.as_bytes(), Cents(1000), Moment::UNIX_EPOCH).unwrap().coupons;
        let seen: Vec<_> = found.iter().map(|coupon| (coupon.name.as_str(), coupon.price, coupon.remaining)).collect();
        assert_eq!(seen, [("Cultuurbon", Cents(400), 2), ("D", Cents::ZERO, 1)]);
    }

    #[test]
    fn the_social_tariff_is_found_among_coupons() {
        let body = r#"{"available":[{"id":"C","price":0,"type":"COUPON"},
            {"id":"S","price":2.0,"type":"SOCIALTARIFF","remaining":3}]}"#;
        let granted = ServerAnswer::Granted { tariff: TariffId("S".to_owned()), price: Cents(200), remaining: Some(3) };
        assert_eq!(read(body), Ok(granted));
        let none = r#"{"available":[],"endUserMessage":{"nl":"Geen kansentarief."}}"#;
        assert_eq!(read(none), Ok(ServerAnswer::NotGranted { said: Some("Geen kansentarief.".to_owned()) }));
    }

    #[test]
    fn a_tariff_above_the_regular_price_is_no_tariff() {
        let body = r#"{"available":[{"id":"S","price":10.01,"type":"SOCIALTARIFF"}]}"#;
        assert_eq!(read(body), Err(AskError::Garbled("tariffs")));
        assert_eq!(read("<html>"), Err(AskError::Garbled("tariffs")));
    }
}
