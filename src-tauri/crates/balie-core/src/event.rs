//! Activities: what is on and when, what it costs, and where the social tariff holds.

use crate::limit::{CalendarType, Limit};
use crate::money::Cents;
use crate::pass::CardSystem;
use crate::schedule::Schedule;
use crate::time::Moment;
use jiff::civil::Date;

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
    /// When the settings, the regions and the prices with the social tariff were last asked for; `None` when never. They
    /// cost a request each, so they are not as fresh as the list itself.
    pub details_as_of: Option<Moment>,
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

    /// The activity as it stands on the list of a day, with the hours of that day; `None` when it does not go on then. What
    /// has no dates at all is always on.
    pub fn on(&self, day: Date) -> Option<Self> {
        let (starts, ends) = match self.calendar {
            CalendarType::Single | CalendarType::Multiple if self.schedule.sessions.is_empty() => (None, None),
            CalendarType::Single | CalendarType::Multiple => {
                let session = self.schedule.session_on(day)?;
                (Some(session.starts), Some(session.ends))
            }
            // The hours of a season say when the doors are open, not when it begins.
            CalendarType::Periodic | CalendarType::Permanent => {
                if !self.schedule.is_open_on(day) {
                    return None;
                }
                (None, None)
            }
        };
        Some(Self { starts, ends, ..self.clone() })
    }

    /// Whether it goes on at any day of a stretch of days, the first and the last included.
    pub fn goes_on_between(&self, first: Date, last: Date) -> bool {
        first.series(jiff::ToSpan::day(1)).take_while(|day| *day <= last).any(|day| self.on(day).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{OpeningHours, Session};
    use jiff::civil::{Time, Weekday};

    fn event(calendar: CalendarType, schedule: Schedule) -> Event {
        Event {
            id: EventId("e".to_owned()),
            title: "Zwemles".to_owned(),
            calendar,
            starts: None,
            ends: None,
            schedule,
            prices: Vec::new(),
            card_systems: None,
            ticket_limit: None,
            check_in_limit: None,
            check_in_points: None,
            details_as_of: None,
            as_of: Moment::UNIX_EPOCH,
        }
    }

    fn session(starts: &str, ends: &str) -> Session {
        Session::new(starts.parse().unwrap(), ends.parse().unwrap())
    }

    const SATURDAY: Date = Date::constant(2026, 11, 21);

    #[test]
    fn a_lesson_is_on_the_list_of_its_days_with_the_hours_of_that_day() {
        let sessions = vec![
            session("2026-11-21T13:00:00Z", "2026-11-21T14:00:00Z"),
            session("2026-11-28T15:00:00Z", "2026-11-28T16:00:00Z"),
        ];
        let lesson = event(CalendarType::Multiple, Schedule { sessions, ..Schedule::default() });
        let hours = |day| lesson.on(day).map(|lesson| lesson.starts.unwrap().to_string());
        assert_eq!(hours(SATURDAY).as_deref(), Some("2026-11-21T13:00:00Z"));
        assert_eq!(hours(SATURDAY.tomorrow().unwrap()), None);
        assert_eq!(hours(Date::constant(2026, 11, 28)).as_deref(), Some("2026-11-28T15:00:00Z"));
        assert!(lesson.goes_on_between(Date::constant(2026, 11, 22), Date::constant(2026, 11, 28)));
        assert!(!lesson.goes_on_between(Date::constant(2026, 11, 22), Date::constant(2026, 11, 27)));
    }

    #[test]
    fn a_night_belongs_to_both_its_days_and_a_day_in_brussels_ends_at_its_own_midnight() {
        let sessions = vec![session("2026-11-21T21:00:00Z", "2026-11-22T01:00:00Z")];
        let night = event(CalendarType::Single, Schedule { sessions, ..Schedule::default() });
        assert!(night.on(SATURDAY).is_some());
        assert!(night.on(SATURDAY.tomorrow().unwrap()).is_some());
        // It ends at the midnight of Brussels, which is 23:00 by UTC: that is not the next day.
        let sessions = vec![session("2026-11-20T23:00:00Z", "2026-11-21T22:59:59Z")];
        let whole_day = event(CalendarType::Single, Schedule { sessions, ..Schedule::default() });
        assert!(whole_day.on(SATURDAY).is_some());
        assert!(whole_day.on(SATURDAY.yesterday().unwrap()).is_none());
        assert!(whole_day.on(SATURDAY.tomorrow().unwrap()).is_none());
    }

    #[test]
    fn a_pool_is_on_the_list_of_the_days_on_which_it_opens() {
        let opening = vec![OpeningHours {
            days: vec![Weekday::Saturday],
            opens: Time::constant(9, 0, 0, 0),
            closes: Time::constant(18, 0, 0, 0),
        }];
        let last_day = Some(Date::constant(2026, 11, 28));
        let pool = event(CalendarType::Periodic, Schedule { opening, last_day, ..Schedule::default() });
        assert_eq!(pool.on(SATURDAY).map(|pool| pool.starts), Some(None), "the opening hours are no hours of a show");
        assert!(pool.on(SATURDAY.tomorrow().unwrap()).is_none());
        assert!(pool.on(Date::constant(2026, 12, 5)).is_none(), "after the season");
        assert!(event(CalendarType::Permanent, Schedule::default()).on(SATURDAY).is_some());
        assert!(event(CalendarType::Single, Schedule::default()).on(SATURDAY).is_some(), "no dates are known");
    }
}
