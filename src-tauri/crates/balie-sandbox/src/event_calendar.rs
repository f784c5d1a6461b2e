//! When an activity takes place. Every calendar is told relative to today, so that practice never runs out of activities.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};

use crate::clock::{at, day_of, end_of_day, shifted};

/// An hour and a minute.
pub(crate) const fn hour(hour: i8, minute: i8) -> Time {
    Time::constant(hour, minute, 0, 0)
}

/// The calendar types of the UiTdatabank.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Calendar {
    /// Once, today; from midnight to midnight when no hours are known.
    Single { hours: Option<(Time, Time)> },
    /// Today and on the same weekday of the coming weeks.
    Multiple { hours: (Time, Time), weeks: i64 },
    /// Daily from so many days ago until so many days from now.
    Periodic { days_back: i64, days_ahead: i64, hours: (Time, Time) },
    /// Always, with or without opening hours.
    Permanent { hours: Option<(Time, Time)> },
}

/// One stretch of time in which the activity goes on.
pub(crate) type Slot = (Timestamp, Timestamp);

/// How long before the start and after the end a point can be saved.
const MARGIN_HOURS: i64 = 5;

impl Calendar {
    /// The word of the UiTdatabank.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Single { .. } => "single",
            Self::Multiple { .. } => "multiple",
            Self::Periodic { .. } => "periodic",
            Self::Permanent { .. } => "permanent",
        }
    }

    /// The separate sessions, for the calendars that have them.
    pub(crate) fn sessions(self, now: Timestamp) -> Vec<Slot> {
        let today = day_of(now);
        match self {
            Self::Single { hours } => vec![slot(today, hours)],
            Self::Multiple { hours, weeks } => (0..weeks).map(|w| slot(shifted(today, 7 * w), Some(hours))).collect(),
            Self::Periodic { .. } | Self::Permanent { .. } => Vec::new(),
        }
    }

    /// From when until when the activity exists; a permanent one has no bounds.
    pub(crate) fn span(self, now: Timestamp) -> Option<Slot> {
        let today = day_of(now);
        match self {
            Self::Periodic { days_back, days_ahead, .. } => {
                let first = at(shifted(today, -days_back), Time::midnight());
                Some((first, end_of_day(shifted(today, days_ahead))))
            }
            Self::Permanent { .. } => None,
            Self::Single { .. } | Self::Multiple { .. } => {
                let sessions = self.sessions(now);
                Some((sessions.first()?.0, sessions.last()?.1))
            }
        }
    }

    /// The opening hours of every day, for the calendars that have them.
    pub(crate) fn opening_hours(self) -> Option<(Time, Time)> {
        match self {
            Self::Periodic { hours, .. } => Some(hours),
            Self::Permanent { hours } => hours,
            Self::Single { .. } | Self::Multiple { .. } => None,
        }
    }

    /// When a point can be saved: with a margin around the sessions, or around the opening hours of yesterday, today and
    /// tomorrow, because the margin can cross midnight. A day without known hours has no start and no end to put a margin
    /// around: it is that whole day, and nothing more.
    pub(crate) fn check_in_windows(self, now: Timestamp) -> Vec<Slot> {
        let sessions = self.sessions(now);
        let stretches = if sessions.is_empty() {
            let today = day_of(now);
            (-1..=1).map(|days| slot(shifted(today, days), self.opening_hours())).collect()
        } else {
            sessions
        };
        if self.has_hours() { stretches.into_iter().map(widened).collect() } else { stretches }
    }

    fn has_hours(self) -> bool {
        match self {
            Self::Single { hours } | Self::Permanent { hours } => hours.is_some(),
            Self::Multiple { .. } | Self::Periodic { .. } => true,
        }
    }
}

fn widened((from, to): Slot) -> Slot {
    let margin = MARGIN_HOURS.hours();
    (from.checked_sub(margin).unwrap_or(from), to.checked_add(margin).unwrap_or(to))
}

fn slot(day: Date, hours: Option<(Time, Time)>) -> Slot {
    match hours {
        Some((from, to)) => (at(day, from), at(day, to)),
        None => (at(day, Time::midnight()), end_of_day(day)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Calendar, Timestamp, hour};

    fn windows(calendar: Calendar) -> Vec<(String, String)> {
        let now: Timestamp = "2026-11-21T11:00:00Z".parse().unwrap();
        let text = |(from, to): (Timestamp, Timestamp)| (from.to_string(), to.to_string());
        calendar.check_in_windows(now).into_iter().map(text).collect()
    }

    fn window(from: &str, to: &str) -> (String, String) {
        (from.to_owned(), to.to_owned())
    }

    #[test]
    fn a_session_has_a_margin_and_a_day_without_hours_has_none() {
        let show = windows(Calendar::Single { hours: Some((hour(20, 0), hour(22, 15))) });
        assert_eq!(show, [window("2026-11-21T14:00:00Z", "2026-11-22T02:15:00Z")]);
        let market = windows(Calendar::Single { hours: None });
        assert_eq!(market, [window("2026-11-20T23:00:00Z", "2026-11-21T22:59:59Z")]);
        let path = windows(Calendar::Permanent { hours: None });
        assert_eq!((path.len(), &path[1]), (3, &market[0]));
    }

    #[test]
    fn the_margin_of_opening_hours_crosses_midnight() {
        let bar = windows(Calendar::Permanent { hours: Some((hour(16, 0), hour(23, 0))) });
        assert_eq!(bar[0], window("2026-11-20T10:00:00Z", "2026-11-21T03:00:00Z"));
        assert_eq!(bar.len(), 3);
    }
}
