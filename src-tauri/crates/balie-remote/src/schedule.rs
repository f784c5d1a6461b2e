//! When an activity goes on, as the UiTdatabank writes it: sessions, or opening hours between two days.

use crate::search::Hours;
use balie_core::limit::CalendarType;
use balie_core::schedule::{OpeningHours, Schedule, Session};
use balie_core::time::date_of;
use jiff::civil::{Time, Weekday};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OpeningWire {
    #[serde(default)]
    opens: String,
    #[serde(default)]
    closes: String,
    #[serde(default)]
    day_of_week: Vec<String>,
}

/// Puts together when an activity goes on. Without sessions, its start and its end are one.
pub(crate) fn schedule(calendar: CalendarType, whole: Hours, sessions: &[Hours], opening: &[OpeningWire]) -> Schedule {
    let opening = || opening.iter().map(opening_hours).collect();
    match calendar {
        CalendarType::Single | CalendarType::Multiple => {
            let mut known: Vec<Session> = sessions.iter().copied().filter_map(session).collect();
            if known.is_empty() {
                known.extend(session(whole));
            }
            Schedule { sessions: known, ..Schedule::default() }
        }
        CalendarType::Periodic => Schedule {
            sessions: Vec::new(),
            opening: opening(),
            first_day: whole.0.map(date_of),
            last_day: whole.1.map(date_of),
        },
        CalendarType::Permanent => Schedule { opening: opening(), ..Schedule::default() },
    }
}

fn session((starts, ends): Hours) -> Option<Session> {
    let starts = starts?;
    Some(Session::new(starts, ends.unwrap_or(starts)))
}

// Hours that cannot be read hold on no day at all: leaving them out could leave none, and that means open all day.
fn opening_hours(wire: &OpeningWire) -> OpeningHours {
    match (clock(&wire.opens), clock(&wire.closes)) {
        (Some(opens), Some(closes)) => {
            let days = wire.day_of_week.iter().filter_map(|word| weekday(word)).collect();
            OpeningHours { days, opens, closes }
        }
        _ => OpeningHours { days: Vec::new(), opens: Time::midnight(), closes: Time::midnight() },
    }
}

/// Reads `9:30` and `09:30`; `24:00` is the midnight that comes.
fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| part.parse::<i8>().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit()));
    match (digits(hour)?, digits(minute)?) {
        (24, 0) => Some(Time::midnight()),
        (hour, minute) => Time::new(hour, minute, 0, 0).ok(),
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    match word {
        "monday" => Some(Weekday::Monday),
        "tuesday" => Some(Weekday::Tuesday),
        "wednesday" => Some(Weekday::Wednesday),
        "thursday" => Some(Weekday::Thursday),
        "friday" => Some(Weekday::Friday),
        "saturday" => Some(Weekday::Saturday),
        "sunday" => Some(Weekday::Sunday),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::read_events;
    use balie_core::time::Moment;
    use jiff::civil::Date;

    fn read(calendar: &str) -> Schedule {
        let body = format!(r#"{{"totalItems":1,"member":[{{"@id":"e","name":{{"nl":"E"}},{calendar}}}]}}"#);
        read_events(body.as_bytes(), Moment::UNIX_EPOCH).unwrap().items.remove(0).schedule
    }

    #[test]
    fn a_single_activity_without_sessions_is_one_itself() {
        let schedule = read(
            r#""calendarType":"single","startDate":"2026-11-21T20:00:00+01:00","endDate":"2026-11-21T22:15:00+01:00""#,
        );
        let show = Session::new("2026-11-21T19:00:00Z".parse().unwrap(), "2026-11-21T21:15:00Z".parse().unwrap());
        assert_eq!(schedule, Schedule { sessions: vec![show], ..Schedule::default() });
    }

    #[test]
    fn a_season_has_its_days_in_brussels_and_its_opening_hours() {
        let schedule = read(
            r#""calendarType":"periodic","startDate":"2026-11-20T23:00:00+00:00","endDate":"2026-12-31T23:59:59+01:00",
               "openingHours":[{"opens":"10:00","closes":"18:30","dayOfWeek":["saturday","sunday"]},
                               {"opens":"20:00","closes":"24:00","dayOfWeek":["friday"]}]"#,
        );
        let days = (Some(Date::constant(2026, 11, 21)), Some(Date::constant(2026, 12, 31)));
        assert_eq!((schedule.first_day, schedule.last_day), days);
        assert_eq!(schedule.opening[0].days, [Weekday::Saturday, Weekday::Sunday]);
        assert_eq!(schedule.opening[0].closes, Time::constant(18, 30, 0, 0));
        assert_eq!(schedule.opening[1].closes, Time::midnight());
        assert!(schedule.sessions.is_empty());
    }

    #[test]
    fn hours_that_cannot_be_read_hold_on_no_day() {
        for hours in [
            r#"{"opens":"ten","closes":"18:00","dayOfWeek":["monday"]}"#,
            r#"{"opens":"10:00","dayOfWeek":["monday"]}"#,
            r#"{"opens":"10:00","closes":"25:00","dayOfWeek":["monday"]}"#,
            r#"{"opens":"10:00","closes":"18:00","dayOfWeek":["maandag"]}"#,
            r#"{"opens":"+9:00","closes":"18:00","dayOfWeek":["monday"]}"#,
        ] {
            let schedule = read(&format!(r#""calendarType":"permanent","openingHours":[{hours}]"#));
            assert_eq!(schedule.opening.len(), 1, "{hours}");
            assert!(schedule.opening[0].days.is_empty(), "{hours}");
        }
        assert!(read(r#""calendarType":"permanent""#).opening.is_empty(), "open all day");
    }
}
