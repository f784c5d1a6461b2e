//! Moments and calendar periods. UiTPAS counts in the calendar of Brussels, whatever the clock of the computer says.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

/// A point in time; what the calendar makes of it is decided in Brussels.
pub type Moment = jiff::Timestamp;

static BRUSSELS: TimeZone = jiff::tz::get!("Europe/Brussels");

/// The moment as people in Brussels write it.
pub fn in_brussels(at: Moment) -> Zoned {
    at.to_zoned(BRUSSELS.clone())
}

/// The date in Brussels.
pub fn date_of(at: Moment) -> Date {
    in_brussels(at).date()
}

/// Whole days from one date to a later one; negative when it is earlier.
pub fn days_between(from: Date, to: Date) -> i64 {
    // Both are civil dates within a few years, so the difference always exists in whole days.
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// The calendar period over which UiTPAS counts a limit (contract: `PeriodLimit.periodType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// Ever.
    Absolute,
    /// A calendar day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// Three calendar months, from January on.
    Quarter,
    /// A calendar year.
    Year,
}

impl Period {
    /// Whether both moments lie in the same period of this kind.
    pub fn holds_both(self, one: Moment, other: Moment) -> bool {
        self.first_day(date_of(one)) == self.first_day(date_of(other))
    }

    /// The first day of the period that `day` lies in; `Absolute` has one single period, which starts at the epoch.
    fn first_day(self, day: Date) -> Date {
        match self {
            Self::Absolute => Date::constant(1970, 1, 1),
            Self::Day => day,
            Self::Week => {
                let since_monday = i64::from(day.weekday().to_monday_zero_offset());
                day.checked_sub(since_monday.days()).unwrap_or(day)
            }
            Self::Month => day.first_of_month(),
            Self::Quarter => {
                let month = (day.month() - 1) / 3 * 3 + 1;
                Date::new(day.year(), month, 1).unwrap_or(day)
            }
            Self::Year => day.first_of_year(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_turns_at_midnight_in_brussels() {
        assert_eq!(date_of(at("2026-07-01T21:59:59Z")).to_string(), "2026-07-01");
        assert_eq!(date_of(at("2026-07-01T22:00:00Z")).to_string(), "2026-07-02");
        assert_eq!(date_of(at("2026-01-01T22:30:00Z")).to_string(), "2026-01-01");
    }

    #[test]
    fn a_week_runs_from_monday_to_sunday_also_over_both_clock_changes_and_new_year() {
        // 25 October 2026: the clock goes back on a Sunday.
        assert!(Period::Week.holds_both(at("2026-10-18T22:00:00Z"), at("2026-10-25T22:59:59Z")));
        assert!(!Period::Week.holds_both(at("2026-10-25T22:59:59Z"), at("2026-10-25T23:00:00Z")));
        // 29 March 2026: the clock goes forward on a Sunday.
        assert!(Period::Week.holds_both(at("2026-03-22T23:00:00Z"), at("2026-03-29T21:59:59Z")));
        assert!(!Period::Week.holds_both(at("2026-03-29T21:59:59Z"), at("2026-03-29T22:00:00Z")));
        // Week 53 of 2026 holds the first days of 2027.
        assert!(Period::Week.holds_both(at("2026-12-31T12:00:00Z"), at("2027-01-03T12:00:00Z")));
        assert!(!Period::Year.holds_both(at("2026-12-31T12:00:00Z"), at("2027-01-03T12:00:00Z")));
    }

    #[test]
    fn quarters_and_months_follow_the_calendar() {
        assert!(Period::Quarter.holds_both(at("2026-01-01T12:00:00Z"), at("2026-03-31T12:00:00Z")));
        assert!(!Period::Quarter.holds_both(at("2026-03-31T12:00:00Z"), at("2026-04-01T12:00:00Z")));
        assert!(!Period::Month.holds_both(at("2026-03-31T12:00:00Z"), at("2026-04-01T12:00:00Z")));
        assert!(Period::Absolute.holds_both(at("1999-03-31T12:00:00Z"), at("2026-04-01T12:00:00Z")));
    }

    #[test]
    fn days_are_counted_over_months() {
        assert_eq!(days_between(Date::constant(2026, 4, 30), Date::constant(2026, 5, 30)), 30);
        assert_eq!(days_between(Date::constant(2026, 5, 1), Date::constant(2026, 4, 30)), -1);
    }
}
