//! `GET /tariffs` and `GET /tariffs/static`: what the social tariff is for a price.

use crate::ask::AskError;
use crate::client::{AT_THE_DESK, Api, BEHIND_THE_SCENES};
use crate::price::Price;
use crate::problem::ProblemKind;
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
    end_user_message: Option<MessageWire>,
}

#[derive(Deserialize)]
struct TariffWire {
    id: String,
    price: Price,
    r#type: String,
    remaining: Option<u32>,
}

#[derive(Deserialize)]
struct MessageWire {
    nl: Option<String>,
}

impl Api {
    /// Asks the social tariff of one person for one price, and waits no longer than a person at a desk does.
    ///
    /// # Errors
    /// Fails when there is no answer; "no tariff", for whatever reason, is an answer.
    pub async fn tariff(
        &self,
        event: &EventId,
        number: &UitpasNumber,
        regular: Cents,
        now: Moment,
    ) -> Result<PriceFact, AskError> {
        let price = regular.to_string();
        let query = [
            ("eventId", event.0.as_str()),
            ("uitpasNumber", number.reveal()),
            ("regularPrice", &price),
            ("type", "SOCIALTARIFF"),
        ];
        let answer = self.ask("tariffs", &["tariffs"], &query, AT_THE_DESK).await;
        read(answer, regular, now)
    }

    /// Asks the social tariff for one price, whoever the passholder is; what is kept for when there is no connection.
    ///
    /// # Errors
    /// Fails when there is no answer.
    pub async fn static_tariff(&self, event: &EventId, regular: Cents, now: Moment) -> Result<PriceFact, AskError> {
        let price = regular.to_string();
        let query = [("eventId", event.0.as_str()), ("regularPrice", price.as_str())];
        let answer = self.ask("tariffs", &["tariffs", "static"], &query, BEHIND_THE_SCENES).await;
        read(answer, regular, now)
    }
}

fn read(answer: Result<TariffsWire, AskError>, regular: Cents, now: Moment) -> Result<PriceFact, AskError> {
    let answer = match answer {
        Ok(wire) => {
            let said = wire.end_user_message.and_then(|message| message.nl);
            // A person has at most one social tariff; coupons are another choice and never made for them.
            match wire.available.into_iter().find(|tariff| tariff.r#type == "SOCIALTARIFF") {
                // A tariff above the regular price is no tariff; whoever charged it would take too much.
                Some(tariff) if tariff.price.0 > regular => return Err(AskError::Garbled("tariffs")),
                Some(tariff) => ServerAnswer::Granted {
                    tariff: TariffId(tariff.id),
                    price: tariff.price.0,
                    remaining: tariff.remaining,
                },
                None => ServerAnswer::NotGranted { said },
            }
        }
        // An activity that UiTPAS does not know is a mistake of the activity list, and no answer about a tariff.
        Err(AskError::Problem(problem)) if problem.kind != ProblemKind::EventNotFound => {
            ServerAnswer::NotGranted { said: problem.said }
        }
        Err(error) => return Err(error),
    };
    Ok(PriceFact { answer, as_of: now })
}
