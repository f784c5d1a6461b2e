//! Activities: what is on and when, what it costs, and where the social tariff holds.

use crate::limit::{CalendarType, Limit};
use crate::money::Cents;
use crate::pass::CardSystem;
use crate::schedule::Schedule;
use crate::time::Moment;

/// The id of an activity in the UiTdatabank.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(pub String);

/// The id of an organizer (balie) in the UiTdatabank.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrganizerId(pub String);

/// One line of the price list of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceCategory {
    /// For example `Volwassene`.
    pub label: String,
    /// What an ordinary visitor pays.
    pub regular: Cents,
}

/// What is known of an activity, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Its title.
    pub title: String,
    /// How its calendar is made up.
    pub calendar: CalendarType,
    /// When it starts on the day of the desk; absent without hours.
    pub starts: Option<Moment>,
    /// When it ends.
    pub ends: Option<Moment>,
    /// When it goes on, as far as that is known.
    pub schedule: Schedule,
    /// The prices, in the order of the organizer.
    pub prices: Vec<PriceCategory>,
    /// The regions whose social tariff it takes part in; `None` when that was never asked.
    pub card_systems: Option<Vec<CardSystem>>,
    /// How often a passholder may use the tariff; `None` when the settings could not be read.
    pub ticket_limit: Option<Limit>,
    /// How often a passholder may save a point; `None` when the settings could not be read.
    pub check_in_limit: Option<Limit>,
    /// How many points one participation is worth; `None` when the settings could not be read.
    pub check_in_points: Option<u32>,
    /// When this was last asked.
    pub as_of: Moment,
}

/// What one participation is worth where the settings do not say (domain.md §4.1).
const USUAL_POINTS: u32 = 1;

impl Event {
    /// The ticket limit that holds: that of the settings, else the one of rules.md for its calendar.
    pub fn effective_ticket_limit(&self) -> Limit {
        self.ticket_limit.unwrap_or_else(|| Limit::for_tickets(self.calendar))
    }

    /// The check-in limit that holds: that of the settings, else the one of rules.md for its calendar.
    pub fn effective_check_in_limit(&self) -> Limit {
        self.check_in_limit.unwrap_or_else(|| Limit::for_check_ins(self.calendar))
    }

    /// What one participation is worth, as far as is known.
    pub fn points(&self) -> u32 {
        self.check_in_points.unwrap_or(USUAL_POINTS)
    }
}
