//! What the tables write in a few letters: moments, amounts, limits, earlier uses and passes.

use balie_core::limit::{CalendarType, Limit};
use balie_core::money::Cents;
use balie_core::pass::{CardStatus, CardSystem, Pass, PassKind, PassTariffStatus, PassholderId, UitpasNumber};
use balie_core::time::{Moment, Period};
use balie_core::usage::{OwnUse, ServerRow, Use};

/// A moment with its distance from Greenwich: `2026-11-21 15:00+01:00`.
pub fn moment(text: &str) -> Moment {
    text.parse().unwrap_or_else(|error| panic!("{text:?} is no moment: {error}"))
}

/// An amount as the API writes it: `2.00`.
pub fn cents(text: &str) -> Cents {
    Cents::parse_price(text).unwrap_or_else(|error| panic!("{text:?} is no price: {error}"))
}

/// A kind of period.
pub fn period(text: &str) -> Period {
    match text {
        "absolute" => Period::Absolute,
        "day" => Period::Day,
        "week" => Period::Week,
        "month" => Period::Month,
        "quarter" => Period::Quarter,
        "year" => Period::Year,
        other => panic!("{other:?} is no period"),
    }
}

/// `2/week`: twice a week.
pub fn limit(text: &str) -> Limit {
    let (volume, kind) = text.split_once('/').unwrap();
    Limit { volume: volume.parse().unwrap(), period: period(kind) }
}

/// A calendar of the UiTdatabank.
pub fn calendar(text: &str) -> CalendarType {
    match text {
        "single" => CalendarType::Single,
        "multiple" => CalendarType::Multiple,
        "periodic" => CalendarType::Periodic,
        "permanent" => CalendarType::Permanent,
        other => panic!("{other:?} is no calendar"),
    }
}

/// An entry of ours: `when`, `when > when UiTPAS accepted it`, or that with ` # its id at UiTPAS`.
pub fn own_use(text: &str) -> OwnUse {
    let (moments, id) = text.split_once(" # ").map_or((text, None), |(moments, id)| (moments, Some(id.to_owned())));
    let (at, confirmed) = moments.split_once(" > ").map_or((moments, None), |(at, since)| (at, Some(moment(since))));
    OwnUse { counted: Use { at: moment(at), confirmed }, server_id: id }
}

/// A row that UiTPAS listed: `when # its id`.
pub fn server_row(text: &str) -> ServerRow {
    let (at, id) = text.split_once(" # ").unwrap();
    ServerRow { id: id.to_owned(), at: moment(at) }
}

/// Earlier uses, in the notation of [`own_use`].
pub fn uses(texts: &[String]) -> Vec<Use> {
    texts.iter().map(|text| own_use(text).counted).collect()
}

/// A region, named by its number.
pub fn card_system(id: i64) -> CardSystem {
    CardSystem { id, name: format!("Regio {id}") }
}

/// Whether a card may be used.
pub fn card(text: Option<&str>) -> CardStatus {
    match text {
        None | Some("active") => CardStatus::Active,
        Some("blocked") => CardStatus::Blocked,
        Some("notActive") => CardStatus::NotActive,
        Some(other) => panic!("{other:?} is no status of a card"),
    }
}

/// What a pass answer says of the kansenstatuut.
pub fn status(text: Option<&str>) -> PassTariffStatus {
    match text {
        None | Some("active") => PassTariffStatus::Active,
        Some("expired") => PassTariffStatus::Expired,
        Some("none") => PassTariffStatus::None,
        Some(other) => panic!("{other:?} is no status of a kansenstatuut"),
    }
}

/// One person or a group.
pub fn kind(group: bool) -> PassKind {
    if group { PassKind::Group } else { PassKind::Individual }
}

/// The pass of somebody of whom nothing else is known.
pub fn pass(as_of: Moment) -> Pass {
    Pass {
        passholder: PassholderId("p".to_owned()),
        kind: PassKind::Individual,
        number: UitpasNumber::parse("0900000067513").unwrap(),
        first_name: None,
        points: None,
        status: PassTariffStatus::Active,
        ends: None,
        card_system: Some(card_system(1)),
        postal_code: None,
        card: CardStatus::Active,
        messages: Vec::new(),
        as_of,
    }
}
