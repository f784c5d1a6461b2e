//! When an activity goes on: its sessions, or its opening hours between two dates.

use crate::time::{Moment, date_of, moment_on, start_of};
use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};

/// One stretch of time in which an activity goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Session {
    /// When it starts.
    pub starts: Moment,
    /// When it ends; never before its start.
    pub ends: Moment,
}

/// Opening hours that return every week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningHours {
    /// On which days of the week.
    pub days: Vec<Weekday>,
    /// When it opens.
    pub opens: Time,
    /// When it closes; not after `opens` means on the next day.
    pub closes: Time,
}

/// When an activity goes on, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule {
    /// The dates of a single or multiple calendar.
    pub sessions: Vec<Session>,
    /// The opening hours of a periodic or permanent one; none means that no hours are known.
    pub opening: Vec<OpeningHours>,
    /// The first day of a periodic calendar.
    pub first_day: Option<Date>,
    /// The last day of a periodic calendar.
    pub last_day: Option<Date>,
}

/// A stretch of time in which points can be saved, before any margin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The session itself.
    pub session: Session,
    /// Whether it lasts whole days because no hours are known; then there is no margin around it either.
    pub all_day: bool,
}

impl Session {
    /// Makes a session; an end before the start counts as the start.
    pub fn new(starts: Moment, ends: Moment) -> Self {
        Self { starts, ends: ends.max(starts) }
    }

    /// Whether it runs from midnight to midnight in Brussels: the way in which the UiTdatabank writes a day without hours.
    fn is_whole_days(self) -> bool {
        let begins_the_day = start_of(date_of(self.starts)) == Some(self.starts);
        let next = date_of(self.ends).checked_add(1.day()).ok().and_then(start_of);
        // Ends are written as 23:59:59, and in older records as 23:59:00.
        let ends_the_day = next.is_some_and(|next| next.as_second() - self.ends.as_second() <= 60);
        begins_the_day && ends_the_day
    }
}

impl Schedule {
    /// The stretches that can matter at a moment: all sessions, or the opening hours of the day before, the day itself
    /// and the day after, because the margin around them can cross midnight.
    pub fn around(&self, now: Moment) -> Vec<Stretch> {
        if !self.sessions.is_empty() {
            let stretch = |session: &Session| Stretch { session: *session, all_day: session.is_whole_days() };
            return self.sessions.iter().map(stretch).collect();
        }
        let today = date_of(now);
        let days = [today.yesterday().ok(), Some(today), today.tomorrow().ok()];
        days.into_iter().flatten().filter(|day| self.is_on(*day)).flat_map(|day| self.on(day)).collect()
    }

    /// The first session that touches a day in Brussels.
    pub fn session_on(&self, day: Date) -> Option<Session> {
        let touches = |session: &&Session| date_of(session.starts) <= day && day <= date_of(session.ends);
        self.sessions.iter().filter(touches).min().copied()
    }

    /// Whether it is open on a day: within its dates, and on a day of the week with hours where there are any.
    pub fn is_open_on(&self, day: Date) -> bool {
        let has_hours = |hours: &OpeningHours| hours.days.contains(&day.weekday());
        self.is_on(day) && (self.opening.is_empty() || self.opening.iter().any(has_hours))
    }

    fn is_on(&self, day: Date) -> bool {
        self.first_day.is_none_or(|first| first <= day) && self.last_day.is_none_or(|last| day <= last)
    }

    fn on(&self, day: Date) -> Vec<Stretch> {
        if self.opening.is_empty() {
            return whole_day(day).into_iter().collect();
        }
        let open = self.opening.iter().filter(|hours| hours.days.contains(&day.weekday()));
        open.filter_map(|hours| hours.on(day)).collect()
    }
}

impl OpeningHours {
    fn on(&self, day: Date) -> Option<Stretch> {
        let closing_day = if self.closes > self.opens { day } else { day.tomorrow().ok()? };
        let session = Session::new(moment_on(day, self.opens)?, moment_on(closing_day, self.closes)?);
        Some(Stretch { session, all_day: false })
    }
}

fn whole_day(day: Date) -> Option<Stretch> {
    let next = start_of(day.tomorrow().ok()?)?;
    let session = Session::new(start_of(day)?, next.checked_sub(1.second()).ok()?);
    Some(Stretch { session, all_day: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn session(starts: &str, ends: &str) -> Session {
        Session::new(at(starts), at(ends))
    }

    #[test]
    fn a_session_from_midnight_to_midnight_has_no_hours() {
        assert!(session("2026-11-20T23:00:00Z", "2026-11-21T22:59:59Z").is_whole_days());
        assert!(session("2026-11-20T23:00:00Z", "2026-11-21T22:59:00Z").is_whole_days());
        assert!(session("2026-07-01T22:00:00Z", "2026-07-03T21:59:59Z").is_whole_days(), "two days in summer");
        assert!(!session("2026-11-20T23:00:00Z", "2026-11-21T22:58:59Z").is_whole_days());
        assert!(!session("2026-11-20T23:00:01Z", "2026-11-21T22:59:59Z").is_whole_days());
    }

    #[test]
    fn a_session_never_ends_before_it_starts() {
        let backwards = session("2026-11-21T10:00:00Z", "2026-11-21T09:00:00Z");
        assert_eq!(backwards.ends, backwards.starts);
    }

    fn pool() -> Schedule {
        let weekdays = OpeningHours {
            days: vec![Weekday::Saturday, Weekday::Sunday],
            opens: Time::constant(9, 0, 0, 0),
            closes: Time::constant(18, 0, 0, 0),
        };
        Schedule { opening: vec![weekdays], ..Schedule::default() }
    }

    #[test]
    fn opening_hours_count_on_their_days_of_the_week_only() {
        // 21 November 2026 is a Saturday.
        let saturday = pool().around(at("2026-11-21T12:00:00Z"));
        let starts: Vec<Moment> = saturday.iter().map(|stretch| stretch.session.starts).collect();
        assert_eq!(starts, [at("2026-11-21T08:00:00Z"), at("2026-11-22T08:00:00Z")]);
        let ends: Vec<Moment> = saturday.iter().map(|stretch| stretch.session.ends).collect();
        assert_eq!(ends, [at("2026-11-21T17:00:00Z"), at("2026-11-22T17:00:00Z")], "on the day itself");
        assert!(saturday.iter().all(|stretch| !stretch.all_day));
        assert!(pool().around(at("2026-11-25T12:00:00Z")).is_empty(), "a Wednesday");
    }

    #[test]
    fn hours_that_end_after_midnight_end_on_the_next_day() {
        let night = OpeningHours {
            days: vec![Weekday::Saturday],
            opens: Time::constant(20, 0, 0, 0),
            closes: Time::constant(2, 0, 0, 0),
        };
        let schedule = Schedule { opening: vec![night], ..Schedule::default() };
        let stretches = schedule.around(at("2026-11-22T00:30:00Z"));
        assert_eq!(stretches.len(), 1);
        assert_eq!(stretches[0].session, session("2026-11-21T19:00:00Z", "2026-11-22T01:00:00Z"));
    }

    #[test]
    fn hours_that_close_when_they_open_go_around_the_clock() {
        let midnight = Time::midnight();
        let always = OpeningHours { days: vec![Weekday::Saturday], opens: midnight, closes: midnight };
        let schedule = Schedule { opening: vec![always], ..Schedule::default() };
        let stretches = schedule.around(at("2026-11-21T12:00:00Z"));
        assert_eq!(stretches[0].session, session("2026-11-20T23:00:00Z", "2026-11-21T23:00:00Z"));
    }

    #[test]
    fn a_whole_day_lasts_until_its_last_second_also_when_the_clock_changes() {
        let whole = |now| {
            let days = Schedule::default().around(at(now));
            days.iter().map(|day| (day.session.starts, day.session.ends)).nth(1).unwrap()
        };
        let spring = whole("2026-03-29T12:00:00Z");
        assert_eq!(spring, (at("2026-03-28T23:00:00Z"), at("2026-03-29T21:59:59Z")), "23 hours");
        let autumn = whole("2026-10-25T12:00:00Z");
        assert_eq!(autumn, (at("2026-10-24T22:00:00Z"), at("2026-10-25T22:59:59Z")), "25 hours");
    }

    #[test]
    fn without_hours_every_day_between_the_first_and_the_last_counts_whole() {
        let season = Schedule {
            first_day: Some(Date::constant(2026, 11, 21)),
            last_day: Some(Date::constant(2026, 11, 22)),
            ..Schedule::default()
        };
        let days = |now| season.around(at(now)).len();
        assert_eq!(days("2026-11-21T12:00:00Z"), 2, "today and tomorrow");
        assert_eq!(days("2026-11-22T12:00:00Z"), 2, "yesterday and today");
        assert_eq!(days("2026-11-20T12:00:00Z"), 1);
        assert_eq!(days("2026-11-24T12:00:00Z"), 0);
        assert!(season.around(at("2026-11-21T12:00:00Z")).iter().all(|stretch| stretch.all_day));
    }
}
