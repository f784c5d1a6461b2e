//! The kansenstatuut, from dated evidence, and where it holds.

use super::read::{card, card_system, moment, pass, status};
use super::table::{Held, check, named, read};
use balie_core::event::{Event, EventId};
use balie_core::limit::CalendarType;
use balie_core::pass::Pass;
use balie_core::schedule::Schedule;
use balie_core::social_tariff::{ExportEvidence, Region, Standing, StandingPolicy, region, standing};
use balie_core::time::Moment;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    row: Vec<Row>,
    state: Vec<State>,
    region: Vec<Place>,
}

/// Evidence on a day, and the standing that it gives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    source: String,
    now: String,
    /// `active`, unless it says otherwise.
    status: Option<String>,
    ends: Option<String>,
    card: Option<String>,
    pass_as_of: String,
    /// When an export was taken that lists the number.
    listed_as_of: Option<String>,
    /// When an export was taken that does not.
    absent_as_of: Option<String>,
    max_age_days: Option<i64>,
    /// The name of the standing.
    gives: String,
    /// The date that it carries.
    date: Option<String>,
    days: Option<i64>,
}

/// A standing by itself: what it gives and which code it has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    name: String,
    source: String,
    standing: String,
    entitled: bool,
    code: String,
}

/// A pass of a region at an activity of some regions.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    name: String,
    source: String,
    pass: Option<i64>,
    event: Option<Vec<i64>>,
    gives: String,
}

/// A standing of which the dates do not matter, by its name.
pub fn standing_of(name: &str) -> Standing {
    match name {
        "active" => Standing::Active { until: None },
        "grace" => Standing::Grace { ended: jiff::civil::Date::constant(2026, 4, 30) },
        "expired" => Standing::Expired { ended: None },
        "suspended" => Standing::Suspended { until: None },
        "blockedCard" => Standing::BlockedCard,
        "blockedMembership" => Standing::BlockedMembership,
        "cardNotActive" => Standing::CardNotActive,
        "none" => Standing::None,
        "unknown" => Standing::Unknown,
        "tooOld" => Standing::TooOld { days: 8 },
        other => panic!("{other:?} is no standing"),
    }
}

/// The name of a standing, its date and its days.
fn told(standing: Standing) -> (&'static str, Option<String>, Option<i64>) {
    match standing {
        Standing::Active { until } => ("active", until.map(|date| date.to_string()), None),
        Standing::Grace { ended } => ("grace", Some(ended.to_string()), None),
        Standing::Expired { ended } => ("expired", ended.map(|date| date.to_string()), None),
        Standing::Suspended { until } => ("suspended", until.map(|date| date.to_string()), None),
        Standing::BlockedCard => ("blockedCard", None, None),
        Standing::BlockedMembership => ("blockedMembership", None, None),
        Standing::CardNotActive => ("cardNotActive", None, None),
        Standing::None => ("none", None, None),
        Standing::Unknown => ("unknown", None, None),
        Standing::TooOld { days } => ("tooOld", None, Some(days)),
    }
}

fn judge(row: &Row) -> Result<(), String> {
    let pass = Pass {
        status: status(row.status.as_deref()),
        ends: row.ends.as_deref().map(moment),
        card: card(row.card.as_deref()),
        ..pass(moment(&row.pass_as_of))
    };
    let export = match (&row.listed_as_of, &row.absent_as_of) {
        (None, None) => None,
        (Some(listed), None) => Some(ExportEvidence { listed: true, as_of: moment(listed) }),
        (None, Some(absent)) => Some(ExportEvidence { listed: false, as_of: moment(absent) }),
        (Some(_), Some(_)) => return Err("there is one newest export".to_owned()),
    };
    let usual = StandingPolicy::default();
    let policy = row.max_age_days.map_or(usual, |max_age_days| StandingPolicy { max_age_days });
    let (name, date, days) = told(standing(&pass, export, policy, moment(&row.now)));
    Held::default()
        .maybe("the standing", Some(row.gives.as_str()), name)
        .maybe("its date", row.date.clone().map(Some), date)
        .maybe("its age", row.days.map(Some), days)
        .verdict()
}

named!(Row, judge);

fn judge_state(row: &State) -> Result<(), String> {
    let standing = standing_of(&row.standing);
    Held::default()
        .maybe("entitled", Some(row.entitled), standing.is_entitled())
        .maybe("the code", Some(row.code.as_str()), standing.code())
        .verdict()
}

named!(State, judge_state);

fn judge_place(row: &Place) -> Result<(), String> {
    let pass = Pass { card_system: row.pass.map(card_system), ..pass(Moment::UNIX_EPOCH) };
    let event = Event {
        id: EventId("e".to_owned()),
        title: String::new(),
        calendar: CalendarType::Single,
        starts: None,
        ends: None,
        schedule: Schedule::default(),
        prices: Vec::new(),
        card_systems: row.event.as_ref().map(|systems| systems.iter().map(|id| card_system(*id)).collect()),
        ticket_limit: None,
        check_in_limit: None,
        check_in_points: None,
        details_as_of: None,
        as_of: Moment::UNIX_EPOCH,
    };
    let found = match region(&pass, &event) {
        Region::Same => "same".to_owned(),
        Region::Other { name } => format!("other: {name}"),
        Region::Unknown => "unknown".to_owned(),
    };
    Held::default().maybe("the region", Some(row.gives.clone()), found).verdict()
}

named!(Place, judge_place);

#[test]
fn standing_and_region() {
    let table: Table = read("standing.toml");
    check("standing.toml", &table.row, 126);
    check("standing.toml, states", &table.state, 10);
    check("standing.toml, regions", &table.region, 8);
    // A suspension and a blocked membership are told by UiTPAS, never found in the evidence.
    for gives in ["active", "grace", "expired", "blockedCard", "cardNotActive", "none", "unknown", "tooOld"] {
        assert!(table.row.iter().any(|row| row.gives == gives), "no row gives {gives}");
    }
}
