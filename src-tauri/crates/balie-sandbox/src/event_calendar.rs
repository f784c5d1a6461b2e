//! When an activity takes place. Every calendar is told relative to today, so that practice never runs out of activities.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

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

    /// The stretches around which a check-in may be made: the sessions, or the opening hours of yesterday, today and
    /// tomorrow, because the margin around them can cross midnight.
    pub(crate) fn open_around(self, now: Timestamp) -> Vec<Slot> {
        let sessions = self.sessions(now);
        if !sessions.is_empty() {
            return sessions;
        }
        let today = day_of(now);
        (-1..=1).map(|days| slot(shifted(today, days), self.opening_hours())).collect()
    }
}

fn slot(day: Date, hours: Option<(Time, Time)>) -> Slot {
    match hours {
        Some((from, to)) => (at(day, from), at(day, to)),
        None => (at(day, Time::midnight()), end_of_day(day)),
    }
}
