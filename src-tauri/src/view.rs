//! From the values of the desk to what crosses to the window. Words stay behind: only codes and facts cross.

use crate::dto::{
    Connection, DeskView, Detail, EventView, Fact, LineState, LineView, Notice, OfferView, PersonView, Phase,
    PriceSource, PriceView, Problem, ReaderState, ReaderView,
};
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::pass::{Pass, PassKind};
use balie_core::reader::ReaderTrouble;
use balie_core::social_tariff::{Region, Standing};
use balie_core::tariff::{NoOffer, PriceSource as CorePriceSource};
use balie_core::time::{Moment, Period, in_brussels};
use balie_desk::connection::Connection as DeskConnection;
use balie_desk::desk::{Desk, Readers};
use balie_desk::person::{Notice as DeskNotice, Person, Phase as DeskPhase, PricedCategory};
use balie_remote::problem::{ProblemKind, kind_of};
use balie_store::entries::Recorded;
use balie_store::ledger::Environment;

/// The head of the window.
pub async fn desk(desk: &Desk) -> Result<DeskView, Problem> {
    let counts = desk.counts().await?;
    let reader = match desk.readers() {
        Readers::NoService => ReaderView { state: ReaderState::NoService, name: None },
        Readers::Connected(names) => ReaderView {
            state: if names.is_empty() { ReaderState::Absent } else { ReaderState::Ready },
            name: names.into_iter().next().map(|name| name.0),
        },
    };
    Ok(DeskView {
        organizer: desk.organizer_name(),
        environment: desk.config().environment.word().to_owned(),
        practice: desk.config().environment == Environment::Practice,
        reader,
        connection: match desk.connection() {
            DeskConnection::Unknown => Connection::Unknown,
            DeskConnection::Connected => Connection::Connected,
            DeskConnection::Slow => Connection::Slow,
            DeskConnection::Offline => Connection::Offline,
            DeskConnection::SignInNeeded => Connection::SignInNeeded,
        },
        to_send: counts.to_send,
        to_check: counts.to_check,
        chosen_event: desk.chosen().map(|event| event.0),
        refreshing: desk.is_refreshing(),
    })
}

/// The activities of today.
pub fn events(desk: &Desk) -> Vec<EventView> {
    let event = |event: balie_core::event::Event| EventView {
        id: event.id.0,
        title: event.title,
        from: event.starts.map(hour),
        until: event.ends.map(hour),
        prices: event
            .prices
            .into_iter()
            .map(|price| PriceView { label: price.label, regular_cents: cents(price.regular) })
            .collect(),
    };
    desk.events().into_iter().map(event).collect()
}

/// What was done, newest first.
pub async fn lines(desk: &Desk) -> Result<Vec<LineView>, Problem> {
    Ok(desk.lines().await?.iter().map(line).collect())
}

/// The person at the desk.
pub fn person(desk: &Desk) -> Option<PersonView> {
    let person = desk.person()?;
    let mut view = person_view(&person);
    let priced = matches!(person.phase, DeskPhase::Asking | DeskPhase::Ready);
    if priced && view.notice.is_none() && desk.chosen().is_none() {
        view.notice = Some(plain("event.choose"));
    }
    Some(view)
}

fn person_view(person: &Person) -> PersonView {
    let pass = person.pass.as_ref();
    PersonView {
        tap: person.tap.0,
        phase: match person.phase {
            DeskPhase::Looking => Phase::Looking,
            DeskPhase::Asking => Phase::Asking,
            DeskPhase::Ready => Phase::Ready,
            DeskPhase::NumberNeeded => Phase::NumberNeeded,
            DeskPhase::Refused => Phase::Refused,
        },
        first_name: pass.and_then(|pass| pass.first_name.clone()),
        number: pass.map(|pass| pass.number.masked()),
        group: pass.is_some_and(|pass| pass.kind == PassKind::Group),
        points: pass.and_then(|pass| pass.points).map(|points| i32::try_from(points).unwrap_or(i32::MAX)),
        offers: person.offers.iter().map(|category| offer(category, person)).collect(),
        notice: person.notice.as_ref().map(notice),
        messages: pass.map(|pass| pass.messages.clone()).unwrap_or_default(),
        details: details(person),
    }
}

fn offer(category: &PricedCategory, person: &Person) -> OfferView {
    let regular_cents = cents(category.regular);
    let (price_cents, source, as_of, reason) = match &category.quote {
        Ok(offer) => {
            let (source, as_of) = match offer.source {
                CorePriceSource::Live => (PriceSource::Live, None),
                CorePriceSource::Cached => (PriceSource::Cached, Some(day_and_hour(offer.as_of))),
                CorePriceSource::Computed => (PriceSource::Computed, None),
            };
            (cents(offer.price), source, as_of, None)
        }
        Err(reason) => (regular_cents, PriceSource::Regular, None, Some(no_offer(reason, person))),
    };
    let sold = category.sold.map(|_| plain("offer.sold"));
    OfferView {
        id: category.id.0,
        label: category.label.clone(),
        regular_cents,
        price_cents,
        sellable: category.quote.is_ok() && category.sold.is_none(),
        source,
        as_of,
        reason: sold.or(reason),
    }
}

fn no_offer(reason: &NoOffer, person: &Person) -> Notice {
    match reason {
        NoOffer::Free => plain("price.free"),
        NoOffer::Standing(standing) => {
            let (code, facts) = standing_reason(*standing);
            Notice { code: code.to_owned(), facts, said: None }
        }
        NoOffer::OtherRegion { name } => plain("region.other").with("region", name),
        NoOffer::RegionUnknown => plain("region.unknown"),
        NoOffer::LimitReached(limit) => plain(limit_code(limit.period)).with("volume", limit.volume),
        NoOffer::NoTurnsLeft => plain("group.noTurnsLeft"),
        NoOffer::GroupNeedsConnection => plain("group.needsConnection"),
        NoOffer::NotCached => plain("price.notCached"),
        NoOffer::NotGranted { said } => Notice { said: said.clone(), ..explanation(person) },
    }
}

// UiTPAS says that there is no tariff; what is known here of standing and region often says why.
fn explanation(person: &Person) -> Notice {
    match (person.standing, &person.region) {
        (Some(standing), _) if !standing.is_entitled() => {
            let (code, facts) = standing_reason(standing);
            Notice { code: code.to_owned(), facts, said: None }
        }
        (_, Some(Region::Other { name })) => plain("region.other").with("region", name),
        _ => plain("tariff.none"),
    }
}

const fn limit_code(period: Period) -> &'static str {
    match period {
        Period::Absolute => "limit.reached.absolute",
        Period::Day => "limit.reached.day",
        Period::Week => "limit.reached.week",
        Period::Month => "limit.reached.month",
        Period::Quarter => "limit.reached.quarter",
        Period::Year => "limit.reached.year",
    }
}

fn standing_reason(standing: Standing) -> (&'static str, Vec<Fact>) {
    let until = |name: &str, date: Option<jiff::civil::Date>| date.map(|date| Fact::new(name, day(date)));
    match standing {
        Standing::Active { .. } | Standing::Grace { .. } => ("tariff.none", Vec::new()),
        Standing::Expired { ended } => ("standing.expired", until("date", ended).into_iter().collect()),
        Standing::Suspended { until: date } => ("standing.suspended", until("date", date).into_iter().collect()),
        Standing::BlockedCard => ("pass.cardBlocked", Vec::new()),
        Standing::BlockedMembership => ("pass.passholderBlocked", Vec::new()),
        Standing::CardNotActive => ("pass.cardNotActive", Vec::new()),
        Standing::None => ("standing.none", Vec::new()),
        Standing::Unknown => ("standing.unknown", Vec::new()),
        Standing::TooOld { days } => ("standing.tooOld", vec![Fact::new("days", days)]),
    }
}

fn notice(notice: &DeskNotice) -> Notice {
    let said = |code: &str, said: &Option<String>| Notice { said: said.clone(), ..plain(code) };
    match notice {
        DeskNotice::NotFound { said: text } => said("pass.unknown", text),
        DeskNotice::Unseen => plain("pass.unseen"),
        DeskNotice::CardBlocked { said: text } => said("pass.cardBlocked", text),
        DeskNotice::CardNotActive { said: text } => said("pass.cardNotActive", text),
        DeskNotice::PassholderBlocked { said: text } => said("pass.passholderBlocked", text),
        DeskNotice::Refused { said: text } => said("pass.refusedByServer", text),
        DeskNotice::RandomId => plain("card.randomId"),
        DeskNotice::OtherCard => plain("card.other"),
        DeskNotice::SignInNeeded => plain("pass.signInNeeded"),
        DeskNotice::NoPermission => plain("pass.noPermission"),
        DeskNotice::Busy => plain("pass.busy"),
        DeskNotice::Reader(trouble) => plain(match trouble {
            ReaderTrouble::NoService => "reader.noService",
            ReaderTrouble::RemovedTooSoon(_) => "reader.removedTooSoon",
            ReaderTrouble::InUse(_) => "reader.inUse",
            ReaderTrouble::Unreadable(_) => "reader.unreadable",
        }),
        DeskNotice::Fault => plain("store.failed"),
    }
}

// Everything about standing stands here, behind the details key, and nowhere else.
fn details(person: &Person) -> Vec<Detail> {
    let Some(pass) = &person.pass else { return Vec::new() };
    let coded =
        |code: &str, value: &str| Detail { code: code.to_owned(), value_code: Some(value.to_owned()), value: None };
    let text = |code: &str, value: String| Detail { code: code.to_owned(), value_code: None, value: Some(value) };
    let kind = if pass.kind == PassKind::Group { "pass.kind.group" } else { "pass.kind.individual" };
    let mut details = vec![coded("details.passKind", kind)];
    if let Some(standing) = person.standing {
        details.push(coded("details.standing", standing_value(standing)));
    }
    details.extend(end_date(pass, person.standing));
    if let Some(system) = &pass.card_system {
        details.push(text("details.region", system.name.clone()));
    }
    if person.region.as_ref().is_some_and(|region| matches!(region, Region::Other { .. })) {
        details.push(coded("details.reason", "region.value.other"));
    }
    details.push(text("details.asOf", day_and_hour(pass.as_of)));
    details
}

fn end_date(pass: &Pass, standing: Option<Standing>) -> Option<Detail> {
    let date = match standing? {
        Standing::Active { until } => until?,
        Standing::Grace { ended } => ended,
        Standing::Expired { ended } => ended?,
        _ => balie_core::time::date_of(pass.ends?),
    };
    Some(Detail { code: "details.endDate".to_owned(), value_code: None, value: Some(day(date)) })
}

const fn standing_value(standing: Standing) -> &'static str {
    match standing {
        Standing::Active { .. } => "standing.value.active",
        Standing::Grace { .. } => "standing.value.grace",
        Standing::Expired { .. } => "standing.value.expired",
        Standing::Suspended { .. } => "standing.value.suspended",
        Standing::None => "standing.value.none",
        Standing::TooOld { .. } => "standing.value.tooOld",
        Standing::BlockedCard | Standing::BlockedMembership | Standing::CardNotActive | Standing::Unknown => {
            "standing.value.unknown"
        }
    }
}

/// One line of what was done.
pub fn line(recorded: &Recorded) -> LineView {
    let (entry, sale) = (&recorded.entry, &recorded.entry.sale);
    LineView {
        id: entry.id.to_string(),
        receipt: entry.receipt.to_string(),
        at: hour(entry.occurred),
        label: sale.label.clone(),
        event_title: sale.event_title.clone(),
        charged_cents: cents(sale.charged),
        number: sale.number.masked(),
        state: match recorded.state {
            State::Queued => LineState::Queued,
            State::Sending => LineState::Sending,
            State::Confirmed => LineState::Confirmed,
            State::Refused => LineState::Refused,
            State::InDoubt => LineState::InDoubt,
            State::Withdrawn => LineState::Withdrawn,
        },
        can_undo: recorded.state == State::Queued,
        notice: line_notice(recorded),
    }
}

fn line_notice(recorded: &Recorded) -> Option<Notice> {
    let charged = recorded.entry.sale.charged;
    match (recorded.state, recorded.hold.as_deref()) {
        (State::Refused, _) => {
            let code = match kind_of(recorded.problem.as_deref().unwrap_or_default()) {
                ProblemKind::MaximumReached => "sale.refused.limit",
                ProblemKind::SocialTariffExpired
                | ProblemKind::SocialTariffSuspended
                | ProblemKind::SocialTariffNotAvailable
                | ProblemKind::InvalidCard => "sale.refused.standing",
                _ => "sale.refused",
            };
            Some(Notice { said: recorded.said.clone(), ..plain(code) })
        }
        (State::InDoubt, _) => Some(plain("sale.inDoubt")),
        (State::Queued, Some("sign_in")) => Some(plain("sale.held.signIn")),
        (State::Queued, Some("forbidden")) => Some(plain("sale.held.forbidden")),
        (State::Confirmed, _) => recorded
            .server_price
            .filter(|price| *price != charged)
            .map(|price| plain("sale.priceDiffers").with("charged", money(charged)).with("accepted", money(price))),
        _ => None,
    }
}

impl Notice {
    fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.facts.push(Fact::new(name, value));
        self
    }
}

fn plain(code: &str) -> Notice {
    Notice { code: code.to_owned(), facts: Vec::new(), said: None }
}

// A price is at most a million euro, which fits in the whole numbers that the window can hold.
fn cents(amount: Cents) -> i32 {
    i32::try_from(amount.0).unwrap_or(i32::MAX)
}

fn money(amount: Cents) -> String {
    format!("€ {}", amount.to_string().replace('.', ","))
}

fn hour(at: Moment) -> String {
    in_brussels(at).strftime("%H:%M").to_string()
}

fn day(date: jiff::civil::Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

fn day_and_hour(at: Moment) -> String {
    in_brussels(at).strftime("%d/%m %H:%M").to_string()
}
