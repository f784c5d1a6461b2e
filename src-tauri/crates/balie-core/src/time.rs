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

/// One calendar period, as the two moments that bound it: cheap to ask for many moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first moment; absent when it has no beginning.
    from: Option<Moment>,
    /// The first moment after it; absent when it has no end.
    to: Option<Moment>,
}

impl Span {
    /// Whether a moment lies in it.
    pub fn holds(self, at: Moment) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }
}

/// The first moment of a day in Brussels.
pub fn start_of(day: Date) -> Option<Moment> {
    day.to_zoned(BRUSSELS.clone()).ok().map(|at| at.timestamp())
}

/// A time of day on a date in Brussels; a time that the clock skips in spring is moved on by an hour.
pub fn moment_on(day: Date, time: jiff::civil::Time) -> Option<Moment> {
    day.to_datetime(time).to_zoned(BRUSSELS.clone()).ok().map(|at| at.timestamp())
}

impl Period {
    /// The period of this kind that a moment lies in. It is found once and then compared with many moments, so that a
    /// long history costs no calendar for each of its rows.
    pub fn around(self, at: Moment) -> Span {
        if self == Self::Absolute {
            return Span { from: None, to: None };
        }
        let first = self.first_day(date_of(at));
        let next = match self {
            Self::Absolute | Self::Day => first.checked_add(1.day()),
            Self::Week => first.checked_add(1.week()),
            Self::Month => first.checked_add(1.month()),
            Self::Quarter => first.checked_add(3.months()),
            Self::Year => first.checked_add(1.year()),
        };
        Span { from: start_of(first), to: next.ok().and_then(start_of) }
    }

    /// Whether both moments lie in the same period of this kind.
    pub fn holds_both(self, one: Moment, other: Moment) -> bool {
        self.around(one).holds(other)
    }

    /// The first day of the period that `day` lies in. `Absolute` has one single period, and no day to start it.
    fn first_day(self, day: Date) -> Date {
        match self {
            Self::Absolute | Self::Day => day,
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
    use proptest::prelude::*;

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
        assert_eq!(days_between(Date::constant(2026, 5, 1), Date::constant(2026, 5, 1)), 0);
    }

    #[test]
    fn every_month_lies_in_its_own_quarter_and_no_other() {
        let middle = |month: i8| start_of(Date::new(2027, month, 15).unwrap()).unwrap();
        for one in 1..=12 {
            for other in 1..=12 {
                let same = (one - 1) / 3 == (other - 1) / 3;
                assert_eq!(Period::Quarter.holds_both(middle(one), middle(other)), same, "{one} {other}");
            }
        }
    }

    const KINDS: [Period; 6] =
        [Period::Absolute, Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year];

    /// The period of a civil date as a number that is the same for all dates in it, without any library for calendars:
    /// days are counted by the Julian day number, and 1 January of the year 1 was a Monday.
    fn naive(period: Period, date: Date) -> i64 {
        let (year, month, day) = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
        let before = year - 1;
        let leap = i64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
        let months = [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let in_year: i64 = months.iter().take(usize::try_from(month - 1).unwrap()).sum::<i64>() + day;
        let since_monday = before * 365 + before / 4 - before / 100 + before / 400 + in_year - 1;
        match period {
            Period::Absolute => 0,
            Period::Day => since_monday,
            Period::Week => since_monday.div_euclid(7),
            Period::Month => year * 12 + month,
            Period::Quarter => year * 4 + (month + 2) / 3,
            Period::Year => year,
        }
    }

    /// The civil date in Brussels by the rule of the European Union: an hour ahead, two from the last Sunday of March at
    /// 1:00 in Greenwich to the last Sunday of October at 1:00. In 1990 to 1995 summer ended in September.
    fn naive_date(at: Moment) -> Date {
        let utc = |at: Moment| at.to_zoned(TimeZone::UTC).datetime();
        let last_sunday = |month: i8| {
            let last = Date::new(utc(at).year(), month, 1).unwrap().last_of_month();
            last.checked_sub(i64::from(last.weekday().to_sunday_zero_offset()).days()).unwrap().at(1, 0, 0, 0)
        };
        let ends = last_sunday(if utc(at).year() < 1996 { 9 } else { 10 });
        let summer = last_sunday(3) <= utc(at) && utc(at) < ends;
        utc(at).checked_add(if summer { 2.hours() } else { 1.hour() }).unwrap().date()
    }

    proptest! {
        // 1990 to 2060, in seconds; the second moment is near the first, so that both answers are common.
        #[test]
        fn periods_agree_with_a_naive_calendar(
            second in 631_200_000_i64..2_871_763_200, near in -400_i64 * 86_400..400 * 86_400, scale in 0_u32..5,
        ) {
            let one = Moment::from_second(second).unwrap();
            let other = Moment::from_second(second + near / 10_i64.pow(scale)).unwrap();
            prop_assert_eq!(date_of(one), naive_date(one));
            for kind in KINDS {
                let expected = naive(kind, naive_date(one)) == naive(kind, naive_date(other));
                prop_assert_eq!(kind.holds_both(one, other), expected, "{:?} {} {}", kind, one, other);
            }
        }

        #[test]
        fn a_period_is_whole_to_the_second(second in 631_200_000_i64..2_871_763_200) {
            let at = Moment::from_second(second).unwrap();
            for kind in KINDS {
                let Span { from, to } = kind.around(at);
                prop_assert!(kind.around(at).holds(at));
                let (Some(from), Some(to)) = (from, to) else { continue };
                for inside in [from, to - jiff::SignedDuration::from_secs(1)] {
                    prop_assert_eq!(naive(kind, naive_date(inside)), naive(kind, naive_date(at)));
                    prop_assert_eq!(kind.around(inside), kind.around(at));
                }
                prop_assert!(!kind.around(at).holds(to));
                prop_assert!(!kind.around(at).holds(from - jiff::SignedDuration::from_secs(1)));
            }
        }
    }
}
