//! The clock of the sandbox, and the calendar of Brussels in which every period is counted.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

static BRUSSELS: TimeZone = jiff::tz::get!("Europe/Brussels");

/// The time of day of the sandbox: the real time, or one that a test set.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock(Option<Setting>);

/// What a clock showed at a moment of the real time, and how fast it runs since.
#[derive(Clone, Copy, Debug)]
struct Setting {
    shown: Timestamp,
    since: Timestamp,
    rate: i32,
}

impl Clock {
    /// The present moment.
    pub(crate) fn now(self) -> Timestamp {
        let real = Timestamp::now();
        let Some(Setting { shown, since, rate }) = self.0 else { return real };
        let passed = real.duration_since(since).checked_mul(rate);
        passed.and_then(|passed| shown.checked_add(passed).ok()).unwrap_or(real)
    }

    /// Moves the clock so that it now shows this moment and runs on; `None` restores the real time.
    pub(crate) fn set(&mut self, moment: Option<Timestamp>) {
        self.0 = moment.map(|shown| Setting { shown, since: Timestamp::now(), rate: 1 });
    }

    /// Lets the clock run so many times as fast: it shows the first moment at the second one of the real time.
    pub(crate) fn run(&mut self, shown: Timestamp, since: Timestamp, rate: i32) {
        self.0 = Some(Setting { shown, since, rate });
    }
}

/// A moment as people in Brussels see it.
pub(crate) fn in_brussels(moment: Timestamp) -> Zoned {
    moment.to_zoned(BRUSSELS.clone())
}

/// The day in Brussels on which this moment falls.
pub(crate) fn day_of(moment: Timestamp) -> Date {
    in_brussels(moment).date()
}

/// A day and an hour in Brussels as a moment. The hours that a clock change skips move forward with it.
pub(crate) fn at(day: Date, time: Time) -> Timestamp {
    BRUSSELS.to_ambiguous_zoned(day.to_datetime(time)).compatible().map_or(Timestamp::MIN, |z| z.timestamp())
}

/// A day so many days before or after another.
pub(crate) fn shifted(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

/// The last second of a day in Brussels.
pub(crate) fn end_of_day(day: Date) -> Timestamp {
    at(day, Time::constant(23, 59, 59, 0))
}

/// `2026-08-24T12:57:02Z`, as the API writes the moment at which it stored something.
pub(crate) fn utc_z(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2026-04-30T21:59:59+00:00`, as the API writes end dates.
pub(crate) fn utc_offset(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// `2026-03-04T10:30:00+01:00`, as the UiTdatabank writes the hours of an activity.
pub(crate) fn local_offset(moment: Timestamp) -> String {
    in_brussels(moment).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The calendar period over which something is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Period {
    Absolute,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Period {
    /// Whether a moment falls in the same period as now.
    pub(crate) fn holds_both(self, moment: Timestamp, now: Timestamp) -> bool {
        let (then, today) = (day_of(moment), day_of(now));
        match self {
            Self::Absolute => true,
            Self::Day => then == today,
            Self::Week => monday(then) == monday(today),
            Self::Month => (then.year(), then.month()) == (today.year(), today.month()),
            Self::Quarter => (then.year(), quarter(then)) == (today.year(), quarter(today)),
            Self::Year => then.year() == today.year(),
        }
    }

    /// The words of this period in a Dutch sentence.
    pub(crate) fn dutch(self) -> &'static str {
        match self {
            Self::Absolute => "in totaal",
            Self::Day => "per dag",
            Self::Week => "per week",
            Self::Month => "per maand",
            Self::Quarter => "per kwartaal",
            Self::Year => "per jaar",
        }
    }
}

fn monday(day: Date) -> Date {
    shifted(day, -i64::from(day.weekday().since(Weekday::Monday)))
}

fn quarter(day: Date) -> i8 {
    (day.month() - 1) / 3
}

#[cfg(test)]
mod tests {
    use super::{Period, Timestamp, ToSpan, utc_offset};
    use jiff::civil::date;

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_clock_that_was_set_runs_on_at_its_rate() {
        let (shown, since) = (moment("2026-11-21T10:00:00Z"), Timestamp::now() - 2.seconds());
        let mut clock = super::Clock::default();
        clock.run(shown, since, 300);
        let passed = clock.now().duration_since(shown).as_secs();
        assert!((600..1_500).contains(&passed), "{passed}");
        clock.set(Some(shown));
        assert!(clock.now().duration_since(shown).as_secs() < 3);
        clock.set(None);
        assert!(Timestamp::now().duration_since(clock.now()).abs().as_secs() < 3);
    }

    #[test]
    fn a_week_starts_on_monday_midnight_in_brussels() {
        let sunday_evening = moment("2026-11-15T22:59:00Z");
        let monday_in_brussels = moment("2026-11-15T23:01:00Z");
        assert!(!Period::Week.holds_both(sunday_evening, monday_in_brussels));
        assert!(Period::Week.holds_both(monday_in_brussels, moment("2026-11-22T22:59:00Z")));
    }

    #[test]
    fn quarters_and_years_follow_the_calendar() {
        let end_of_march = moment("2026-03-31T10:00:00Z");
        assert!(!Period::Quarter.holds_both(end_of_march, moment("2026-04-01T10:00:00Z")));
        assert!(Period::Year.holds_both(end_of_march, moment("2026-12-31T22:00:00Z")));
        assert!(!Period::Year.holds_both(end_of_march, moment("2026-12-31T23:00:00Z")));
    }

    #[test]
    fn standing_ends_with_the_day_in_brussels() {
        assert_eq!(utc_offset(super::end_of_day(date(2027, 4, 30))), "2027-04-30T21:59:59+00:00");
    }
}
