//! Ticket sales: registered all or none, listed, cancelled.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::clock::utc_z;
use crate::habits::Row;
use crate::money::Cents;
use crate::passes::PassType;
use crate::problem::Problem;
use crate::query::{Asked, Members};
use crate::routes::read_body;
use crate::sign_in::Token;
use crate::tariff_rules::{Offer, SOCIAL_TARIFF_ID, coupons, social_tariff};
use crate::world::{Shared, World, take_out};

/// The kinds of discount that UiTPAS knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum TariffType {
    SocialTariff,
    Coupon,
}

/// A ticket sale that the sandbox holds.
#[derive(Clone, Debug)]
pub struct HeldTicketSale {
    /// The id that the server gave: a number one above the last.
    pub id: String,
    /// When it was stored.
    pub created: Timestamp,
    /// The number of the pass at that moment.
    pub uitpas_number: String,
    /// Who holds the pass.
    pub passholder_id: String,
    /// The activity.
    pub event_id: String,
    /// The name of the activity.
    pub event_title: String,
    /// The price without discount, in cents.
    pub regular_price_cents: i64,
    /// The name of the price line, as the client sent it.
    pub regular_price_label: Option<String>,
    /// The tariff that was used.
    pub tariff_id: String,
    /// What the passholder pays, in cents.
    pub price_cents: i64,
    /// Whether another desk registered it.
    pub by_other_desk: bool,
    pub(crate) tariff_name: &'static str,
    pub(crate) kind: TariffType,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SaleRequest {
    uitpas_number: String,
    event_id: String,
    regular_price: Cents,
    regular_price_label: Option<String>,
    tariff: TariffRequest,
}

#[derive(Debug, Deserialize)]
struct TariffRequest {
    id: String,
}

/// A ticket sale as the API writes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SaleAnswer {
    id: String,
    creation_date: String,
    uitpas_number: String,
    event_id: String,
    event_title: String,
    regular_price: Cents,
    #[serde(skip_serializing_if = "Option::is_none")]
    regular_price_label: Option<String>,
    tariff: SaleTariff,
}

#[derive(Debug, Serialize)]
struct SaleTariff {
    id: String,
    name: &'static str,
    #[serde(serialize_with = "Cents::with_decimal")]
    price: Cents,
    #[serde(rename = "type")]
    kind: TariffType,
}

impl HeldTicketSale {
    pub(crate) fn answer(&self) -> SaleAnswer {
        SaleAnswer {
            id: self.id.clone(),
            creation_date: utc_z(self.created),
            uitpas_number: self.uitpas_number.clone(),
            event_id: self.event_id.clone(),
            event_title: self.event_title.clone(),
            regular_price: Cents(self.regular_price_cents),
            regular_price_label: self.regular_price_label.clone(),
            tariff: SaleTariff {
                id: self.tariff_id.clone(),
                name: self.tariff_name,
                price: Cents(self.price_cents),
                kind: self.kind,
            },
        }
    }
}

/// `POST /ticket-sales`: every sale of the array, or none.
pub(crate) async fn register(
    State(shared): State<Shared>,
    _: Token,
    body: Bytes,
) -> Result<Json<Vec<SaleAnswer>>, Problem> {
    let mut world = shared.world();
    let sales = store_all(&mut world, &body)?;
    let mut answers: Vec<SaleAnswer> = sales.iter().map(HeldTicketSale::answer).collect();
    world.manners.put_batch_in_order(&mut answers);
    Ok(Json(answers))
}

/// The same without an answer: the ids of what was stored.
pub(crate) fn store(world: &mut World, body: &[u8]) -> Option<Vec<String>> {
    let sales = store_all(world, body).ok()?;
    Some(sales.into_iter().map(|sale| sale.id).collect())
}

fn store_all(world: &mut World, body: &[u8]) -> Result<Vec<HeldTicketSale>, Problem> {
    let requests: Vec<SaleRequest> = read_body(body)?;
    if requests.is_empty() {
        return Err(Problem::invalid_data("/", "at least one ticket sale is required"));
    }
    let mut good = Vec::with_capacity(requests.len());
    for (position, request) in requests.iter().enumerate() {
        let points = world.manners.habits.points_at_item;
        let named = |p: Problem| if points { p.with("jsonPointer", json!(format!("/{position}"))) } else { p };
        good.push(check(world, request, &good).map_err(named)?);
    }
    // Ids are given only now, so that a refused array leaves no gap behind.
    for sale in &mut good {
        sale.id = world.next_sale_id();
    }
    world.ticket_sales.extend_from_slice(&good);
    Ok(good)
}

fn check(world: &World, request: &SaleRequest, pending: &[HeldTicketSale]) -> Result<HeldTicketSale, Problem> {
    let event = world.known_event(&request.event_id)?;
    world.demand("TICKETSALES_REGISTER", event.organizer.id)?;
    let pass = world.usable_pass(&request.uitpas_number, "invalid-uitpasnumber")?;
    if request.regular_price <= Cents(0) {
        return Err(Problem::invalid_data("/regularPrice", "a free ticket has no discounted tariff"));
    }
    let offer = chosen_tariff(world, request, pending)?;
    let again = pending
        .iter()
        .any(|s| s.passholder_id == pass.passholder_id && s.event_id == event.id && s.tariff_id == request.tariff.id);
    if again && pass.pass_type == PassType::Individual {
        return Err(Problem::uitpas("invalid-number-of-tickets", "Invalid number of tickets")
            .says("Met een persoonlijke UiTPAS kan je één ticket per keer kopen."));
    }
    Ok(HeldTicketSale {
        id: String::new(),
        created: world.now(),
        uitpas_number: request.uitpas_number.clone(),
        passholder_id: pass.passholder_id.to_owned(),
        event_id: event.id.to_owned(),
        event_title: event.name.to_owned(),
        regular_price_cents: request.regular_price.0,
        regular_price_label: request.regular_price_label.clone(),
        tariff_id: offer.id.to_owned(),
        price_cents: offer.price.0,
        by_other_desk: false,
        tariff_name: offer.name,
        kind: offer.kind,
    })
}

fn chosen_tariff(world: &World, request: &SaleRequest, pending: &[HeldTicketSale]) -> Result<Offer, Problem> {
    let event = world.known_event(&request.event_id)?;
    let pass = world.usable_pass(&request.uitpas_number, "invalid-uitpasnumber")?;
    if request.tariff.id == SOCIAL_TARIFF_ID {
        return social_tariff(world, event, pass, request.regular_price, pending).map_err(|r| r.problem());
    }
    let coupon = coupons(world, event, pass, request.regular_price, pending)
        .into_iter()
        .find(|c| c.id == request.tariff.id)
        .ok_or_else(|| {
            Problem::uitpas("invalid-coupon", "Invalid coupon").says("Deze bon geldt niet voor deze activiteit.")
        })?;
    if coupon.remaining == 0 {
        return Err(Problem::uitpas("maximum-reached", "Maximum number of ticket sales reached")
            .says("Je hebt deze bon al gebruikt."));
    }
    Ok(coupon)
}

/// `GET /ticket-sales`: the sales of an event, or of a passholder at the named organizers.
pub(crate) async fn list(
    State(shared): State<Shared>,
    _: Token,
    asked: Asked,
) -> Result<Json<Members<SaleAnswer>>, Problem> {
    let page = asked.page()?;
    let (event_id, passholder_id) = (asked.one("eventId"), asked.one("passholderId"));
    let organizers = asked.all("organizerId");
    let mut world = shared.world();
    if let Some(id) = event_id {
        world.demand("TICKETSALES_SEARCH", world.known_event(id)?.organizer.id)?;
    }
    if passholder_id.is_some() || !organizers.is_empty() {
        world.demand_for_all("TICKETSALES_SEARCH", &organizers)?;
    }
    if event_id.is_none() && passholder_id.is_none() {
        return Err(Problem::bad_query("query parameter eventId or passholderId is required"));
    }
    let title = asked.one("eventTitle").map(str::to_lowercase);
    let wanted = |s: &&HeldTicketSale| {
        event_id.is_none_or(|id| s.event_id == id)
            && passholder_id.is_none_or(|id| s.passholder_id == id)
            && title.as_ref().is_none_or(|t| s.event_title.to_lowercase().contains(t))
    };
    let row = |held: &HeldTicketSale| Row { stored: held.created, written: held.answer() };
    let rows = world.ticket_sales.iter().filter(wanted).map(row).collect();
    let now = world.now();
    Ok(Json(world.manners.page(page, rows, now)))
}

/// `DELETE /ticket-sales/{id}`: cancels one sale; a second time it is no longer found.
pub(crate) async fn cancel(
    State(shared): State<Shared>,
    _: Token,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let mut world = shared.world();
    world.demand_anywhere("TICKETSALES_REGISTER")?;
    take_out(&mut world.ticket_sales, |held| held.id == id)
        .ok_or_else(|| Problem::missing("ticket-sale-not-found", &format!("Ticket sale {id} not found")))
}
