//! How often: calendar periods in Brussels, the limits that hold without settings, and what counts as a use.

use super::read::{calendar, limit, moment, own_use, period, server_row};
use super::table::{Held, check, named, reaches, read};
use balie_core::limit::Limit;
use balie_core::usage::merge;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    period: Vec<Pair>,
    usual: Vec<Usual>,
    row: Vec<Row>,
}

/// Two moments, and whether they lie in the same period.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    name: String,
    source: String,
    kind: String,
    one: String,
    other: String,
    same: bool,
}

/// The limits of a calendar of which the settings are not known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Usual {
    name: String,
    source: String,
    calendar: String,
    tickets: Option<String>,
    check_ins: Option<String>,
}

/// What was done before, and whether one more fits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    source: String,
    limit: String,
    now: String,
    /// What UiTPAS listed.
    #[serde(default)]
    listed: Vec<String>,
    /// What was done here.
    #[serde(default)]
    own: Vec<String>,
    /// When UiTPAS answered that one more is allowed; absent without a live answer.
    asked: Option<String>,
    used: Option<u32>,
    fits: Option<bool>,
    /// When the newest use was made that counts.
    newest: Option<String>,
}

fn judge_pair(row: &Pair) -> Result<(), String> {
    let (one, other) = (moment(&row.one), moment(&row.other));
    let kind = period(&row.kind);
    Held::default()
        .maybe("forwards", Some(row.same), kind.holds_both(one, other))
        .maybe("backwards", Some(row.same), kind.holds_both(other, one))
        .verdict()
}

named!(Pair, judge_pair);

fn judge_usual(row: &Usual) -> Result<(), String> {
    let calendar = calendar(&row.calendar);
    Held::default()
        .maybe("the ticket limit", row.tickets.as_deref().map(limit), Limit::for_tickets(calendar))
        .maybe("the check-in limit", row.check_ins.as_deref().map(limit), Limit::for_check_ins(calendar))
        .verdict()
}

named!(Usual, judge_usual);

fn judge(row: &Row) -> Result<(), String> {
    let (limit, now) = (limit(&row.limit), moment(&row.now));
    let rows: Vec<_> = row.listed.iter().map(|text| server_row(text)).collect();
    let own: Vec<_> = row.own.iter().map(|text| own_use(text)).collect();
    let uses = merge(&rows, &own);
    let used = limit.used_by(&uses, now);
    let fits = row
        .asked
        .as_deref()
        .map(moment)
        .map_or(used < limit.volume, |asked| limit.leaves_room_after(&uses, asked, now));
    Held::default()
        .maybe("the uses", row.used, used)
        .maybe("fits", row.fits, fits)
        .maybe("the newest", row.newest.as_deref().map(|at| Some(moment(at))), limit.newest_use(&uses, now))
        .verdict()
}

named!(Row, judge);

#[test]
fn limits() {
    let table: Table = read("limits.toml");
    check("limits.toml, periods", &table.period, 57);
    check("limits.toml, calendars", &table.usual, 8);
    check("limits.toml", &table.row, 36);
    let kinds = ["absolute", "day", "week", "month", "quarter", "year"];
    reaches("limits.toml", &kinds, table.period.iter().filter(|row| row.same).map(|row| row.kind.as_str()));
    let ends = table.period.iter().filter(|row| !row.same).map(|row| row.kind.as_str());
    reaches("limits.toml", &kinds[1..], ends);
}
