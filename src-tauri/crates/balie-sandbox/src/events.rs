//! The activities, as UiTPAS sees them: who organizes, which regions take part, what is limited.

use serde::{Deserialize, Serialize};

use crate::card_systems::CardSystem;
use crate::clock::Period;
use crate::event_calendar::Calendar;
use crate::money::Cents;

/// At most so many in a calendar period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PeriodLimit {
    pub(crate) volume: usize,
    pub(crate) period_type: Period,
}

impl PeriodLimit {
    pub(crate) const fn new(volume: usize, period_type: Period) -> Self {
        Self { volume, period_type }
    }
}

/// How the price at the social tariff follows from the regular price.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SocialTariffKey {
    /// A share of the regular price.
    Percent(i64),
    /// The same amount whatever the regular price is.
    Fixed(Cents),
}

/// One line of the price list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PriceLine {
    pub(crate) name: &'static str,
    pub(crate) price: Cents,
}

/// One activity.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) organizer: Organizer,
    pub(crate) location: Location,
    pub(crate) term: (&'static str, &'static str),
    pub(crate) calendar: Calendar,
    /// The base price comes first.
    pub(crate) prices: &'static [PriceLine],
    pub(crate) card_systems: &'static [CardSystem],
    pub(crate) key: SocialTariffKey,
    pub(crate) ticket_limit: Option<PeriodLimit>,
    pub(crate) checkin_limit: Option<PeriodLimit>,
    pub(crate) checkin_points: i64,
}

/// Who organizes an activity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Organizer {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
}

/// Where an activity takes place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Location {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) street: &'static str,
    pub(crate) postal_code: &'static str,
    pub(crate) city: &'static str,
}
