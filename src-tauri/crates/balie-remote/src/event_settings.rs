//! `GET /events/{id}/settings` and `GET /events/{id}/card-systems`: the limits and points of an activity, and where it
//! takes part.

use crate::ask::{AskError, json};
use crate::client::{Api, BEHIND_THE_SCENES};
use balie_core::event::EventId;
use balie_core::insz;
use balie_core::limit::Limit;
use balie_core::pass::CardSystem;
use balie_core::time::Period;
use serde::Deserialize;

/// What the organizer settled for an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventSettings {
    /// How often a passholder may use the tariff; absent when the settings name no limit.
    pub ticket_limit: Option<Limit>,
    /// How often a passholder may save a point; absent when the settings name no limit.
    pub check_in_limit: Option<Limit>,
    /// How many points one participation is worth.
    pub check_in_points: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SettingsWire {
    passholder_ticket_limit: Option<LimitWire>,
    checkin_limit: Option<LimitWire>,
    checkin_points: u32,
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
    /// Asks what the organizer settled for an activity.
    ///
    /// # Errors
    /// Fails when there is no answer, which includes the lack of permission for it.
    pub async fn event_settings(&self, event: &EventId) -> Result<EventSettings, AskError> {
        let path = ["events", event.0.as_str(), "settings"];
        read_event_settings(&self.ask(&path, &[], BEHIND_THE_SCENES).await?)
    }

    /// Asks in which card systems an activity takes part.
    ///
    /// # Errors
    /// Fails when there is no answer.
    pub async fn event_card_systems(&self, event: &EventId) -> Result<Vec<CardSystem>, AskError> {
        let path = ["events", event.0.as_str(), "card-systems"];
        read_event_card_systems(&self.ask(&path, &[], BEHIND_THE_SCENES).await?)
    }
}

/// Reads what the organizer settled for an activity.
///
/// # Errors
/// Fails when it is not what was agreed.
pub fn read_event_settings(body: &[u8]) -> Result<EventSettings, AskError> {
    let wire: SettingsWire = json("event settings", body)?;
    Ok(EventSettings {
        ticket_limit: wire.passholder_ticket_limit.map(limit).transpose()?,
        check_in_limit: wire.checkin_limit.map(limit).transpose()?,
        check_in_points: wire.checkin_points,
    })
}

/// Reads in which card systems an activity takes part.
///
/// # Errors
/// Fails when it is not what was agreed.
pub fn read_event_card_systems(body: &[u8]) -> Result<Vec<CardSystem>, AskError> {
    let wire: Vec<EventCardSystemWire> = json("card systems", body)?;
    Ok(wire
        .into_iter()
        .filter(|row| row.enabled)
        .map(|row| CardSystem { id: row.id, name: insz::mask(&row.name) })
        .collect())
}

fn limit(wire: LimitWire) -> Result<Limit, AskError> {
    let period = period(&wire.period_type).ok_or(AskError::Garbled("event settings"))?;
    Ok(Limit { volume: wire.volume, period })
}

/// The calendar period behind a word of the contract.
pub(crate) fn period(word: &str) -> Option<Period> {
    match word {
        "ABSOLUTE" => Some(Period::Absolute),
        "DAY" => Some(Period::Day),
        "WEEK" => Some(Period::Week),
        "MONTH" => Some(Period::Month),
        "QUARTER" => Some(Period::Quarter),
        "YEAR" => Some(Period::Year),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_points_are_read_together() {
        let body = br#"{"id":"e","passholderTicketLimit":{"volume":100,"periodType":"WEEK"},
            "checkinLimit":{"volume":1,"periodType":"DAY"},"checkinPoints":2}"#;
        let settings = read_event_settings(body).unwrap();
        assert_eq!(settings.ticket_limit, Some(Limit { volume: 100, period: Period::Week }));
        assert_eq!(settings.check_in_limit, Some(Limit { volume: 1, period: Period::Day }));
        assert_eq!(settings.check_in_points, 2);
        let bare = read_event_settings(br#"{"id":"e","checkinPoints":1}"#).unwrap();
        assert_eq!((bare.ticket_limit, bare.check_in_limit), (None, None));
    }

    #[test]
    fn a_limit_of_an_unknown_period_is_not_taken_for_no_limit() {
        let body = br#"{"id":"e","checkinLimit":{"volume":1,"periodType":"FORTNIGHT"},"checkinPoints":1}"#;
        assert_eq!(read_event_settings(body), Err(AskError::Garbled("event settings")));
        assert_eq!(read_event_settings(br#"{"id":"e"}"#), Err(AskError::Garbled("event settings")));
        assert_eq!(read_event_settings(br#"{"checkinPoints":-1}"#), Err(AskError::Garbled("event settings")));
    }

    #[test]
    fn an_activity_takes_part_where_it_is_enabled() {
        let body = br#"[{"id":1,"name":"UiTPAS Gent","enabled":true},{"id":2,"name":"Dender","enabled":false}]"#;
        assert_eq!(read_event_card_systems(body).unwrap(), [CardSystem { id: 1, name: "UiTPAS Gent".to_owned() }]);
    }
}
