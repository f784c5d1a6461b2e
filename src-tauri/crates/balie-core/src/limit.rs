//! How often a passholder may use an activity, and how often that was done already.

use crate::time::{Moment, Period};

/// At most `volume` times in a calendar period (contract: `PeriodLimit`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many times.
    pub volume: u32,
    /// In which period.
    pub period: Period,
}

/// How the calendar of an activity is made up in the UiTdatabank; it decides the limit when no other is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarType {
    /// One date.
    Single,
    /// Several dates.
    Multiple,
    /// Between two dates, on opening hours.
    Periodic,
    /// Always, on opening hours.
    Permanent,
}

impl Limit {
    /// The ticket limit that holds where the settings of the activity are not known: once, or once a week for a
    /// permanent one (rules.md, Limits; domain.md §3.7).
    pub const fn for_tickets(calendar: CalendarType) -> Self {
        match calendar {
            CalendarType::Single | CalendarType::Multiple | CalendarType::Periodic => {
                Self { volume: 1, period: Period::Absolute }
            }
            CalendarType::Permanent => Self { volume: 1, period: Period::Week },
        }
    }

    /// How many of the past uses count now: those in the same calendar period in Brussels.
    pub fn used(self, past: &[Moment], now: Moment) -> u32 {
        let count = past.iter().filter(|at| self.period.holds_both(**at, now)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    #[test]
    fn uses_of_an_earlier_period_do_not_count() {
        let weekly = Limit { volume: 1, period: Period::Week };
        let sunday = at("2026-11-22T12:00:00Z");
        let monday = at("2026-11-23T12:00:00Z");
        assert_eq!(weekly.used(&[sunday], sunday), 1);
        assert_eq!(weekly.used(&[sunday], monday), 0);
        assert_eq!(weekly.used(&[sunday, monday], monday), 1);
    }

    #[test]
    fn without_settings_a_permanent_activity_counts_by_the_week() {
        assert_eq!(Limit::for_tickets(CalendarType::Permanent).period, Period::Week);
        for calendar in [CalendarType::Single, CalendarType::Multiple, CalendarType::Periodic] {
            assert_eq!(Limit::for_tickets(calendar), Limit { volume: 1, period: Period::Absolute });
        }
    }
}
