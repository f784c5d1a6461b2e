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

    /// The check-in limit that holds where the settings are not known: once a day, or once a week for an activity that
    /// goes on (rules.md, Limits; domain.md §4.1).
    pub const fn for_check_ins(calendar: CalendarType) -> Self {
        match calendar {
            CalendarType::Single | CalendarType::Multiple => Self { volume: 1, period: Period::Day },
            CalendarType::Periodic | CalendarType::Permanent => Self { volume: 1, period: Period::Week },
        }
    }

    /// How many of the past uses count now: those in the same calendar period in Brussels.
    pub fn used(self, past: impl Iterator<Item = Moment>, now: Moment) -> u32 {
        let current = self.period.around(now);
        let count = past.filter(|at| current.holds(*at)).count();
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
        let used = |past: &[Moment], now| weekly.used(past.iter().copied(), now);
        assert_eq!(used(&[sunday], sunday), 1);
        assert_eq!(used(&[sunday], monday), 0);
        assert_eq!(used(&[sunday, monday], monday), 1);
    }

    #[test]
    fn without_settings_a_point_can_be_saved_once_a_day_or_once_a_week() {
        let daily = Limit { volume: 1, period: Period::Day };
        let weekly = Limit { volume: 1, period: Period::Week };
        assert_eq!(Limit::for_check_ins(CalendarType::Single), daily);
        assert_eq!(Limit::for_check_ins(CalendarType::Multiple), daily);
        assert_eq!(Limit::for_check_ins(CalendarType::Periodic), weekly);
        assert_eq!(Limit::for_check_ins(CalendarType::Permanent), weekly);
    }

    #[test]
    fn without_settings_a_permanent_activity_counts_by_the_week() {
        assert_eq!(Limit::for_tickets(CalendarType::Permanent).period, Period::Week);
        for calendar in [CalendarType::Single, CalendarType::Multiple, CalendarType::Periodic] {
            assert_eq!(Limit::for_tickets(calendar), Limit { volume: 1, period: Period::Absolute });
        }
    }
}
