//! `GET /events/{id}/settings` and `GET /events/{id}/card-systems`: the limit of an activity, and where it takes part.

use crate::ask::AskError;
use crate::client::{Api, BEHIND_THE_SCENES};
use balie_core::event::EventId;
use balie_core::limit::Limit;
use balie_core::pass::CardSystem;
use balie_core::time::Period;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SettingsWire {
    passholder_ticket_limit: Option<LimitWire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LimitWire {
    volume: u32,
    period_type: String,
}

#[derive(Deserialize)]
struct EventCardSystemWire {
    id: i64,
    #[serde(default)]
    name: String,
    #[serde(default = "yes")]
    enabled: bool,
}

const fn yes() -> bool {
    true
}

impl Api {
    /// Asks how often a passholder may use the tariff at an activity; `None` when the settings name no limit.
    ///
    /// # Errors
    /// Fails when there is no answer, which includes the lack of permission for it.
    pub async fn ticket_limit(&self, event: &EventId) -> Result<Option<Limit>, AskError> {
        let path = ["events", event.0.as_str(), "settings"];
        let wire: SettingsWire = self.ask("event settings", &path, &[], BEHIND_THE_SCENES).await?;
        wire.passholder_ticket_limit.map(limit).transpose()
    }

    /// Asks in which card systems an activity takes part.
    ///
    /// # Errors
    /// Fails when there is no answer.
    pub async fn event_card_systems(&self, event: &EventId) -> Result<Vec<CardSystem>, AskError> {
        let path = ["events", event.0.as_str(), "card-systems"];
        let wire: Vec<EventCardSystemWire> = self.ask("card systems", &path, &[], BEHIND_THE_SCENES).await?;
        Ok(wire.into_iter().filter(|row| row.enabled).map(|row| CardSystem { id: row.id, name: row.name }).collect())
    }
}

fn limit(wire: LimitWire) -> Result<Limit, AskError> {
    let period = match wire.period_type.as_str() {
        "ABSOLUTE" => Period::Absolute,
        "DAY" => Period::Day,
        "WEEK" => Period::Week,
        "MONTH" => Period::Month,
        "QUARTER" => Period::Quarter,
        "YEAR" => Period::Year,
        _ => return Err(AskError::Garbled("event settings")),
    };
    Ok(Limit { volume: wire.volume, period })
}
