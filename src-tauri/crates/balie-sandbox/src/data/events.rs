//! The published test activities and the practice activities. All take place today.

use super::{ORGANIZER_ID, ORGANIZER_NAME};
use crate::card_systems::{GENT, PASPARTOE};
use crate::clock::Period;
use crate::event_calendar::{Calendar, hour};
use crate::events::{Event, Location, Organizer, PeriodLimit, PriceLine, SocialTariffKey};
use crate::money::Cents;

const TEST_ORGANIZER: Organizer = Organizer { id: ORGANIZER_ID, name: ORGANIZER_NAME };

/// Organizes the published activity for which the token has no permission.
const OTHER_ORGANIZER: Organizer =
    Organizer { id: "b1d7a0c4-52f6-4d3e-8f0a-6c9e2b7d1f30", name: "[TEST] Andere organisatie" };

const CULTURE_CENTRE: Location = Location {
    id: "c8e5b7a1-0d42-4f6b-9a3c-1e7f5d2b8c01",
    name: "Cultuurcentrum De Centrale",
    street: "Kraankindersstraat 2",
    postal_code: "9000",
    city: "Gent",
};
const POOL: Location = Location {
    id: "c8e5b7a1-0d42-4f6b-9a3c-1e7f5d2b8c02",
    name: "Zwembad De Watermolen",
    street: "Sportlaan 12",
    postal_code: "9090",
    city: "Melle",
};
const LIBRARY: Location = Location {
    id: "c8e5b7a1-0d42-4f6b-9a3c-1e7f5d2b8c03",
    name: "Bibliotheek Het Leesplein",
    street: "Leesplein 1",
    postal_code: "9000",
    city: "Gent",
};
const MUSEUM: Location = Location {
    id: "c8e5b7a1-0d42-4f6b-9a3c-1e7f5d2b8c04",
    name: "Museum aan de Leie",
    street: "Leiekaai 40",
    postal_code: "9000",
    city: "Gent",
};

const TEN_EURO: [PriceLine; 1] = [line("Basistarief", 1000)];
const SWIMMING: [PriceLine; 3] =
    [line("Volwassene", 500), line("Kind tot 12 jaar", 300), line("10-beurtenkaart", 4200)];
const SHOW: [PriceLine; 2] = [line("Basistarief", 1800), line("Jonger dan 26 jaar", 1250)];
const WORKSHOP: [PriceLine; 2] = [line("Basistarief", 750), line("Gezin (2 volwassenen en kinderen)", 2000)];
const FREE: [PriceLine; 1] = [line("Gratis", 0)];
const EXHIBITION: [PriceLine; 2] = [line("Basistarief", 800), line("Groep vanaf 10 personen (per persoon)", 600)];

const fn line(name: &'static str, cents: i64) -> PriceLine {
    PriceLine { name, price: Cents(cents) }
}

/// What most activities have in common; the lines below say where one differs.
const ACTIVITY: Event = Event {
    id: "",
    name: "",
    organizer: TEST_ORGANIZER,
    location: CULTURE_CENTRE,
    term: ("0.55.0.0.0", "Theatervoorstelling"),
    calendar: Calendar::Single { hours: None },
    prices: &TEN_EURO,
    card_systems: &[GENT, PASPARTOE],
    key: SocialTariffKey::Percent(20),
    ticket_limit: Some(PeriodLimit::new(1, Period::Absolute)),
    checkin_limit: Some(PeriodLimit::new(1, Period::Day)),
    checkin_points: 1,
};

/// Every activity that the sandbox knows.
pub(crate) fn all() -> Vec<Event> {
    let mut events = published();
    events.extend(practice());
    events
}

fn published() -> Vec<Event> {
    vec![
        Event {
            id: "5a0967f9-cc06-4c3c-9206-30481a767434",
            name: "[TEST] Voorstelling, 100 tickets per pashouder per week",
            ticket_limit: Some(PeriodLimit::new(100, Period::Week)),
            ..ACTIVITY
        },
        Event {
            id: "d83b5b8a-108a-45d6-9ac9-8bdc44a0a24a",
            name: "[TEST] Voorstelling, 1 ticket per pashouder per week",
            ticket_limit: Some(PeriodLimit::new(1, Period::Week)),
            ..ACTIVITY
        },
        Event {
            id: "373d6cee-b4ae-4637-9b7c-eeb79e45f044",
            name: "[TEST] Voorstelling van een andere organisatie",
            organizer: OTHER_ORGANIZER,
            ..ACTIVITY
        },
    ]
}

fn practice() -> Vec<Event> {
    vec![
        Event {
            id: "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e101",
            name: "Recreatief zwemmen",
            location: POOL,
            term: ("0.59.0.0.0", "Sportactiviteit"),
            calendar: Calendar::Permanent { hours: Some((hour(7, 0), hour(21, 30))) },
            prices: &SWIMMING,
            ticket_limit: Some(PeriodLimit::new(20, Period::Week)),
            ..ACTIVITY
        },
        Event {
            id: "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e102",
            name: "Avondvoorstelling: De kersentuin",
            calendar: Calendar::Single { hours: Some((hour(20, 0), hour(22, 15))) },
            prices: &SHOW,
            ticket_limit: Some(PeriodLimit::new(10, Period::Absolute)),
            ..ACTIVITY
        },
        Event {
            id: "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e103",
            name: "Workshop keramiek voor gezinnen",
            term: ("0.3.1.0.0", "Lessenreeks"),
            calendar: Calendar::Multiple { hours: (hour(14, 0), hour(16, 30)), weeks: 4 },
            prices: &WORKSHOP,
            ..ACTIVITY
        },
        Event {
            id: "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e104",
            name: "Voorleesuurtje in de bib",
            location: LIBRARY,
            term: ("0.54.0.0.0", "Lezing of congres"),
            calendar: Calendar::Single { hours: Some((hour(10, 0), hour(11, 0))) },
            prices: &FREE,
            ..ACTIVITY
        },
        Event {
            id: "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e105",
            name: "Tentoonstelling: Licht op de Leie",
            location: MUSEUM,
            term: ("0.0.0.0.0", "Tentoonstelling"),
            calendar: Calendar::Periodic { days_back: 30, days_ahead: 60, hours: (hour(10, 0), hour(18, 0)) },
            prices: &EXHIBITION,
            key: SocialTariffKey::Fixed(Cents(150)),
            ticket_limit: Some(PeriodLimit::new(5, Period::Day)),
            checkin_limit: Some(PeriodLimit::new(1, Period::Week)),
            checkin_points: 2,
            ..ACTIVITY
        },
    ]
}
