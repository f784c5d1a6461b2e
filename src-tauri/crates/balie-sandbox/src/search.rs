//! The UiTdatabank search: `GET /search/events`.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::clock::local_offset;
use crate::events::Event;
use crate::money::Cents;
use crate::problem::Problem;
use crate::query::Asked;
use crate::sign_in::Client;
use crate::tariff_rules::social_price;
use crate::world::Shared;

/// Ids in the UiTdatabank are addresses on its own host, also in what the search answers.
const UITDATABANK: &str = "https://io-test.uitdatabank.be";
const DEFAULT_LIMIT: usize = 30;
const LARGEST_LIMIT: usize = 2000;
const WEEK: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SearchAnswer {
    items_per_page: usize,
    total_items: usize,
    member: Vec<EventAnswer>,
}

#[derive(Debug, Serialize)]
struct EventAnswer {
    #[serde(flatten)]
    facts: Map<String, Value>,
    #[serde(rename = "priceInfo", skip_serializing_if = "Vec::is_empty")]
    prices: Vec<PriceAnswer>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PriceAnswer {
    category: &'static str,
    name: Value,
    price: Cents,
    price_currency: &'static str,
}

impl PriceAnswer {
    fn new(category: &'static str, name: &str, price: Cents) -> Self {
        Self { category, name: json!({ "nl": name }), price, price_currency: "EUR" }
    }
}

/// `GET /search/events`: what takes place, for a client that names itself.
pub(crate) async fn events(
    State(shared): State<Shared>,
    _: Client,
    asked: Asked,
) -> Result<Json<SearchAnswer>, Problem> {
    let start = asked.number("start")?.unwrap_or(0);
    let limit = asked.number("limit")?.unwrap_or(DEFAULT_LIMIT);
    if limit > LARGEST_LIMIT {
        return Err(Problem::bad_query(&format!("limit {limit} is more than {LARGEST_LIMIT}")));
    }
    let (from, to) = (moment(&asked, "dateFrom")?, moment(&asked, "dateTo")?);
    let world = shared.world();
    let now = world.now();
    let found: Vec<&Event> =
        world.events.iter().filter(|e| named(e, &asked) && takes_place(e, now, from, to)).collect();
    let (embed, uitpas) = (asked.flag("embed") == Some(true), asked.flag("embedUitpasPrices") == Some(true));
    let total_items = found.len();
    let answer = |e: &&Event| if embed { whole(e, now, uitpas) } else { reference(e) };
    let member = found.iter().skip(start).take(limit).map(answer).collect();
    Ok(Json(SearchAnswer { items_per_page: limit, total_items, member }))
}

/// A bound of the date filter; `*` is no bound. A plus sign that was not escaped arrives as a blank.
fn moment(asked: &Asked, name: &str) -> Result<Option<Timestamp>, Problem> {
    match asked.one(name) {
        None | Some("*") => Ok(None),
        Some(text) => text
            .replace(' ', "+")
            .parse()
            .map(Some)
            .map_err(|_| Problem::bad_query(&format!("query parameter {name} is not an ISO-8601 date-time"))),
    }
}

fn named(event: &Event, asked: &Asked) -> bool {
    let organizers = asked.all("organizerId");
    let advanced = asked.one("q").unwrap_or_default();
    let by_field = advanced.contains("organizer.id:");
    let text = match asked.one("text") {
        Some(text) => text,
        None if by_field => "",
        None => advanced,
    };
    let name = format!("{} {}", event.name, event.location.name).to_lowercase();
    (organizers.is_empty() || organizers.contains(&event.organizer.id))
        && (!by_field || advanced.contains(event.organizer.id))
        && asked.one("id").is_none_or(|id| id == event.id)
        && asked.one("locationId").is_none_or(|id| id == event.location.id)
        && asked.flag("uitpas") != Some(false)
        && text.to_lowercase().split_whitespace().all(|word| name.contains(word))
}

fn takes_place(event: &Event, now: Timestamp, from: Option<Timestamp>, to: Option<Timestamp>) -> bool {
    let Some(span) = event.calendar.span(now) else { return true };
    let sessions = event.calendar.sessions(now);
    let slots = if sessions.is_empty() { vec![span] } else { sessions };
    slots.iter().any(|(begin, end)| from.is_none_or(|f| *end >= f) && to.is_none_or(|t| *begin <= t))
}

fn reference(event: &Event) -> EventAnswer {
    let mut facts = Map::new();
    facts.insert("@id".into(), json!(format!("{UITDATABANK}/events/{}", event.id)));
    facts.insert("@type".into(), json!("Event"));
    EventAnswer { facts, prices: Vec::new() }
}

fn whole(event: &Event, now: Timestamp, uitpas_prices: bool) -> EventAnswer {
    let mut answer = reference(event);
    let facts = &mut answer.facts;
    facts.insert("mainLanguage".into(), json!("nl"));
    facts.insert("name".into(), json!({ "nl": event.name }));
    facts.insert("terms".into(), json!([{ "id": event.term.0, "label": event.term.1, "domain": "eventtype" }]));
    facts.insert("location".into(), location(event));
    facts.insert(
        "organizer".into(),
        json!({
            "@id": format!("{UITDATABANK}/organizers/{}", event.organizer.id),
            "@type": "Organizer",
            "name": { "nl": event.organizer.name },
        }),
    );
    facts.insert("workflowStatus".into(), json!("APPROVED"));
    facts.insert("audience".into(), json!({ "audienceType": "everyone" }));
    facts.insert("status".into(), json!({ "type": "Available" }));
    facts.insert("attendanceMode".into(), json!("offline"));
    add_calendar(facts, event, now);
    answer.prices = prices(event, uitpas_prices);
    answer
}

fn location(event: &Event) -> Value {
    let place = event.location;
    json!({
        "@id": format!("{UITDATABANK}/places/{}", place.id),
        "@type": "Place",
        "name": { "nl": place.name },
        "address": { "nl": {
            "streetAddress": place.street,
            "postalCode": place.postal_code,
            "addressLocality": place.city,
            "addressCountry": "BE",
        } },
    })
}

fn add_calendar(facts: &mut Map<String, Value>, event: &Event, now: Timestamp) {
    facts.insert("calendarType".into(), json!(event.calendar.kind()));
    if let Some((begin, end)) = event.calendar.span(now) {
        facts.insert("startDate".into(), json!(local_offset(begin)));
        facts.insert("endDate".into(), json!(local_offset(end)));
    }
    let sessions: Vec<Value> = event
        .calendar
        .sessions(now)
        .into_iter()
        .enumerate()
        .map(|(id, (begin, end))| {
            json!({
                "id": id,
                "startDate": local_offset(begin),
                "endDate": local_offset(end),
                "status": { "type": "Available" },
                "bookingAvailability": { "type": "Available" },
            })
        })
        .collect();
    if !sessions.is_empty() {
        facts.insert("subEvent".into(), json!(sessions));
    }
    if let Some((opens, closes)) = event.calendar.opening_hours() {
        let clock = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
        let hours = json!([{ "opens": clock(opens), "closes": clock(closes), "dayOfWeek": WEEK }]);
        facts.insert("openingHours".into(), hours);
    }
}

fn prices(event: &Event, uitpas_prices: bool) -> Vec<PriceAnswer> {
    let category = |position: usize| if position == 0 { "base" } else { "tariff" };
    let mut lines: Vec<PriceAnswer> = event
        .prices
        .iter()
        .enumerate()
        .map(|(position, line)| PriceAnswer::new(category(position), line.name, line.price))
        .collect();
    if let (true, Some(base)) = (uitpas_prices, event.prices.first().filter(|b| b.price > Cents(0))) {
        let discounted = social_price(event, base.price);
        let of_region = |name: &str| PriceAnswer::new("uitpas", &format!("Kansentarief met {name}"), discounted);
        lines.extend(event.card_systems.iter().map(|s| of_region(s.name)));
    }
    lines
}
