//! The search of the UiTdatabank: the activities of the coming days, with their prices.

use crate::ask::{AskError, json};
use crate::client::Api;
use crate::pages::{Page, read_page};
use crate::passes::moment;
use crate::price;
use crate::schedule::{OpeningWire, schedule};
use balie_core::event::{Event, EventId, OrganizerId, PriceCategory};
use balie_core::insz;
use balie_core::limit::CalendarType;
use balie_core::time::{Moment, date_of, in_brussels};
use jiff::ToSpan;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashSet};

/// How many activities one page holds, as in the official counter.
const PAGE: usize = 50;

/// The most pages that are read. No organizer has two thousand activities in a month.
const PAGES: usize = 40;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventWire {
    #[serde(rename = "@id")]
    id: String,
    name: BTreeMap<String, String>,
    #[serde(default)]
    calendar_type: String,
    start_date: Option<String>,
    end_date: Option<String>,
    #[serde(default)]
    sub_event: Vec<SubEventWire>,
    #[serde(default)]
    opening_hours: Vec<OpeningWire>,
    #[serde(default)]
    price_info: Vec<PriceWire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubEventWire {
    start_date: Option<String>,
    end_date: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PriceWire {
    category: String,
    #[serde(default)]
    name: BTreeMap<String, String>,
    price: Box<RawValue>,
    #[serde(default)]
    group_price: bool,
}

impl Api {
    /// Asks for the activities of an organizer from the day of `now` in Brussels on, for so many days, in the order of the
    /// answer; the first two thousand of them.
    ///
    /// # Errors
    /// Fails when there is no complete answer.
    pub async fn coming_events(&self, organizer: &OrganizerId, days: i32, now: Moment) -> Result<Vec<Event>, AskError> {
        let midnight = in_brussels(now).start_of_day().map_err(|_| AskError::Garbled("search"))?;
        let end = midnight.checked_add(days.days()).and_then(|next| next.checked_sub(1.second()));
        let end = end.map_err(|_| AskError::Garbled("search"))?;
        let iso = |at: &jiff::Zoned| at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let (from, to) = (iso(&midnight), iso(&end));
        let mut events: Vec<Event> = Vec::new();
        let mut seen = HashSet::new();
        for page in 0..PAGES {
            let (start, limit) = ((page * PAGE).to_string(), PAGE.to_string());
            let query = [
                ("embed", "true"),
                ("audienceType", "*"),
                ("uitpas", "true"),
                ("dateFrom", &from),
                ("dateTo", &to),
                ("availableFrom", "*"),
                ("availableTo", "*"),
                ("sort[availableTo]", "asc"),
                ("organizerId", &organizer.0),
                ("start", &start),
                ("limit", &limit),
            ];
            let found = read_events(&self.ask_search(&query).await?, now)?;
            let last = found.listed == 0 || (page + 1) * PAGE >= found.total;
            // What moves from one page to the next meanwhile is there twice.
            events.extend(found.items.into_iter().filter(|event| seen.insert(event.id.clone())));
            if last {
                return Ok(events);
            }
        }
        Ok(events)
    }
}

/// Reads a page of activities. One that cannot be read is left out, so that it does not cost the desk all others.
///
/// # Errors
/// Fails when it is not what was agreed.
pub fn read_events(body: &[u8], now: Moment) -> Result<Page<Event>, AskError> {
    read_page("search", body, |raw| read(json("search", raw.as_bytes()).ok()?, now))
}

fn dutch(names: &BTreeMap<String, String>) -> Option<&String> {
    names.get("nl").or_else(|| names.values().next())
}

// An activity without an id or a title cannot be chosen or registered, so it is left out of the list.
fn read(wire: EventWire, now: Moment) -> Option<Event> {
    let id = wire.id.trim_end_matches('/').rsplit('/').next().filter(|id| !id.is_empty())?.to_owned();
    let title = dutch(&wire.name).map(|name| insz::mask(name))?;
    let calendar = match wire.calendar_type.as_str() {
        "multiple" => CalendarType::Multiple,
        "periodic" => CalendarType::Periodic,
        "permanent" => CalendarType::Permanent,
        _ => CalendarType::Single,
    };
    let whole = hours(&wire.start_date, &wire.end_date);
    let sessions: Vec<Hours> = wire.sub_event.iter().map(|sub| hours(&sub.start_date, &sub.end_date)).collect();
    let (starts, ends) = match calendar {
        CalendarType::Single | CalendarType::Multiple => of_today(&sessions, now).unwrap_or(whole),
        // The start of a season is no hour of the day.
        CalendarType::Periodic | CalendarType::Permanent => (None, None),
    };
    // The category `uitpas` is an indication made by the system, and a group price is one sum for everybody together:
    // neither is a price that one visitor pays.
    let prices = wire.price_info.iter().filter(|price| price.category != "uitpas" && !price.group_price);
    let category = |price: &PriceWire| {
        let label = dutch(&price.name).map(|name| insz::mask(name)).unwrap_or_else(|| "Basistarief".to_owned());
        Some(PriceCategory { label, regular: price::parse(price.price.get()).ok()? })
    };
    let prices = prices.filter_map(category).collect();
    Some(Event {
        id: EventId(id),
        title,
        calendar,
        starts,
        ends,
        schedule: schedule(calendar, whole, &sessions, &wire.opening_hours),
        prices,
        card_systems: None,
        ticket_limit: None,
        check_in_limit: None,
        check_in_points: None,
        details_as_of: None,
        as_of: now,
    })
}

/// A start and an end, as far as they are known.
pub(crate) type Hours = (Option<Moment>, Option<Moment>);

fn hours(start: &Option<String>, end: &Option<String>) -> Hours {
    (start.as_deref().and_then(moment), end.as_deref().and_then(moment))
}

fn of_today(sessions: &[Hours], now: Moment) -> Option<Hours> {
    let today = date_of(now);
    sessions.iter().find(|(start, _)| start.is_some_and(|start| date_of(start) == today)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use balie_core::money::Cents;

    #[test]
    fn what_one_visitor_pays_is_kept_and_the_hours_are_those_of_today() {
        let json = r#"{"@id":"https://io.uitdatabank.be/events/abc","name":{"nl":"Zwemles"},"calendarType":"multiple",
            "startDate":"2026-11-20T09:00:00+00:00","endDate":"2026-11-27T10:00:00+00:00",
            "subEvent":[{"startDate":"2026-11-20T09:00:00+00:00","endDate":"2026-11-20T10:00:00+00:00"},
                        {"startDate":"2026-11-21T13:00:00+00:00","endDate":"2026-11-21T14:00:00+00:00"}],
            "priceInfo":[{"category":"base","name":{"nl":"Basistarief"},"price":10},
                         {"category":"tariff","name":{"nl":"Student"},"price":2.125},
                         {"category":"tariff","name":{"nl":"School"},"price":50,"groupPrice":true},
                         {"category":"uitpas","name":{"nl":"Kansentarief"},"price":2}]}"#;
        let event = read(serde_json::from_str(json).unwrap(), "2026-11-21T08:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(event.id, EventId("abc".to_owned()));
        assert_eq!(event.prices, [PriceCategory { label: "Basistarief".to_owned(), regular: Cents(1000) }]);
        assert_eq!(event.starts, Some("2026-11-21T13:00:00Z".parse().unwrap()));
        assert_eq!(event.schedule.sessions.len(), 2);
        assert_eq!((event.check_in_limit, event.check_in_points), (None, None));
    }

    #[test]
    fn one_activity_that_cannot_be_read_does_not_cost_the_others() {
        let body = br#"{"totalItems":3,"member":[{"@id":"a","name":{"nl":"A"}},{"name":{"nl":"B"}},7]}"#;
        let page = read_events(body, Moment::UNIX_EPOCH).unwrap();
        assert_eq!((page.total, page.listed, page.items.len()), (3, 3, 1));
        assert!(read_events(b"[]", Moment::UNIX_EPOCH).is_err());
    }

    #[test]
    fn a_season_has_no_hours_of_the_day() {
        let json = r#"{"@id":"x","name":{"fr":"Nager"},"calendarType":"permanent","startDate":"2026-01-01T00:00:00Z"}"#;
        let event = read(serde_json::from_str(json).unwrap(), Moment::UNIX_EPOCH).unwrap();
        assert_eq!((event.title.as_str(), event.starts), ("Nager", None));
    }
}
