//! Saving points: who, when, how often, and until when UiTPAS takes it.

use super::read::{calendar, card, kind, limit, moment, pass, status, uses};
use super::table::{Held, check, named, reaches, read};
use balie_core::checkin::{CheckInAnswer, CheckInFact, CheckInFacts, CheckInPolicy, NoCheckIn, check_in};
use balie_core::event::{Event, EventId};
use balie_core::pass::Pass;
use balie_core::refusal::Reason;
use balie_core::schedule::{OpeningHours, Schedule, Session};
use jiff::civil::Weekday;
use serde::Deserialize;

const PASS_AS_OF: &str = "2026-01-02 08:00+01:00";
const EVENT_AS_OF: &str = "2026-01-01 08:00+01:00";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    row: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    source: String,
    now: String,
    /// `multiple`, unless it says otherwise.
    calendar: Option<String>,
    /// `start / end`.
    #[serde(default)]
    sessions: Vec<String>,
    /// `Sat Sun 09:00 18:00`.
    #[serde(default)]
    opening: Vec<String>,
    first_day: Option<String>,
    last_day: Option<String>,
    #[serde(default)]
    group: bool,
    card: Option<String>,
    status: Option<String>,
    limit: Option<String>,
    worth: Option<u32>,
    #[serde(default)]
    uses: Vec<String>,
    /// `yes` or `no`.
    live: Option<String>,
    live_as_of: Option<String>,
    before_minutes: Option<i64>,
    after_minutes: Option<i64>,
    /// Until when UiTPAS takes it, or `none` where that is not known.
    deadline: Option<String>,
    points: Option<u32>,
    is_live: Option<bool>,
    reason: Option<String>,
    /// From when, or until when.
    at: Option<String>,
    said: Option<String>,
    as_of: Option<String>,
}

fn session(text: &str) -> Session {
    let (starts, ends) = text.split_once(" / ").unwrap();
    Session::new(moment(starts), moment(ends))
}

fn weekday(text: &str) -> Weekday {
    match text {
        "Mon" => Weekday::Monday,
        "Tue" => Weekday::Tuesday,
        "Wed" => Weekday::Wednesday,
        "Thu" => Weekday::Thursday,
        "Fri" => Weekday::Friday,
        "Sat" => Weekday::Saturday,
        "Sun" => Weekday::Sunday,
        other => panic!("{other:?} is no day of the week"),
    }
}

fn opening(text: &str) -> OpeningHours {
    let words: Vec<&str> = text.split(' ').collect();
    let [days @ .., opens, closes] = words.as_slice() else { panic!("{text:?} are no opening hours") };
    let days = days.iter().map(|day| weekday(day)).collect();
    OpeningHours { days, opens: opens.parse().unwrap(), closes: closes.parse().unwrap() }
}

impl Row {
    fn event(&self) -> Event {
        Event {
            id: EventId("e".to_owned()),
            title: "Zwemmen".to_owned(),
            calendar: calendar(self.calendar.as_deref().unwrap_or("multiple")),
            starts: None,
            ends: None,
            schedule: Schedule {
                sessions: self.sessions.iter().map(|text| session(text)).collect(),
                opening: self.opening.iter().map(|text| opening(text)).collect(),
                first_day: self.first_day.as_deref().map(|day| day.parse().unwrap()),
                last_day: self.last_day.as_deref().map(|day| day.parse().unwrap()),
            },
            prices: Vec::new(),
            card_systems: None,
            ticket_limit: None,
            check_in_limit: self.limit.as_deref().map(limit),
            check_in_points: self.worth,
            details_as_of: None,
            as_of: moment(EVENT_AS_OF),
        }
    }

    fn pass(&self) -> Pass {
        Pass {
            kind: kind(self.group),
            card: card(self.card.as_deref()),
            status: status(self.status.as_deref()),
            // A pass of another region than any: points are saved everywhere.
            card_system: None,
            ..pass(moment(PASS_AS_OF))
        }
    }

    fn live(&self) -> Option<CheckInFact> {
        let answer = match self.live.as_deref()? {
            "yes" => CheckInAnswer::Allowed,
            "no" => CheckInAnswer::NotAllowed { said: Some("Nee.".to_owned()) },
            other => panic!("{other:?} is no answer"),
        };
        Some(CheckInFact { answer, as_of: moment(self.live_as_of.as_deref().unwrap_or(&self.now)) })
    }
}

fn judge(row: &Row) -> Result<(), String> {
    let usual = CheckInPolicy::default();
    let policy = CheckInPolicy {
        before_minutes: row.before_minutes.unwrap_or(usual.before_minutes),
        after_minutes: row.after_minutes.unwrap_or(usual.after_minutes),
    };
    let (pass, event, uses, live) = (row.pass(), row.event(), uses(&row.uses), row.live());
    let facts = CheckInFacts { pass: &pass, event: &event, uses: &uses, live: live.as_ref(), policy };
    let answer = check_in(&facts, moment(&row.now));
    let (admission, no) = (answer.as_ref().ok(), answer.as_ref().err());
    let (at, said) = match no.map(|no| &no.reason) {
        Some(NoCheckIn::TooEarly { opens: at } | NoCheckIn::TooLate { closed: at }) => (Some(*at), None),
        Some(NoCheckIn::NotAllowed { said }) => (None, said.as_deref()),
        _ => (None, None),
    };
    let deadline = row.deadline.as_deref().map(|at| Some((at != "none").then(|| moment(at))));
    let found_as_of = answer.as_ref().map_or_else(|no| no.as_of, |admission| admission.as_of);
    let held = Held::default()
        .maybe("the deadline", deadline, admission.map(|admission| admission.deadline))
        .maybe("the points", row.points.map(Some), admission.map(|admission| admission.points))
        .maybe("live", row.is_live.map(Some), admission.map(|admission| admission.live));
    held.maybe("the reason", row.reason.as_deref().map(Some), no.map(|no| no.reason.code()))
        .maybe("its moment", row.at.as_deref().map(|at| Some(moment(at))), at)
        .maybe("what UiTPAS said", row.said.as_deref().map(Some), said)
        .maybe("as_of", row.as_of.as_deref().map(moment), found_as_of)
        .verdict()
}

named!(Row, judge);

#[test]
fn checkins() {
    let table: Table = read("checkins.toml");
    check("checkins.toml", &table.row, 127);
    reaches("checkins.toml", NoCheckIn::CODES, table.row.iter().filter_map(|row| row.reason.as_deref()));
}
