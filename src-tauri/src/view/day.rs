//! A day, as the window sees it, and the words of its files as the desk takes them.

use super::check::sum_of;
use super::{cents, line, points, soon};
use crate::dto::{
    DayActivity, DayCount, DayCounted, DayHour, DayPage, DayPlace, DayQuery, DaySplit, DaySum, DayView, DayWords,
    Language, LineKind, Problem,
};
use balie_core::day::{Filter, Kind, Place};
use balie_core::event::EventId;
use balie_core::money::Cents;
use balie_desk::config;
use balie_desk::desk::Desk;
use balie_desk::export::{Columns, Kinds, Places, Slip, Words};
use balie_desk::report::Report;
use jiff::civil::Date;

/// So many acts are shown at once.
const MOST: usize = 50;

/// A day as it crosses; it never does otherwise, so another text is of a program that is broken.
pub fn read_day(text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| Problem::fault("day.unknown"))
}

/// The books of a day.
pub async fn day(desk: &Desk, day: Date) -> Result<DayView, Problem> {
    let report = desk.report(day).await?;
    let days = desk.days().await?;
    Ok(view(&report, desk, &days))
}

fn view(report: &Report, desk: &Desk, days: &[Date]) -> DayView {
    let totals = &report.totals;
    let (estimate, counted) = (totals.estimate, report.counted);
    let sum = |place: &Place| {
        let sum = totals.at(*place);
        DaySum {
            place: placed(*place),
            acts: sum.acts,
            tickets: sum.tickets,
            saved: points(sum.saved),
            spent: points(sum.spent),
            charged_cents: cents(sum.charged),
            regular_cents: cents(sum.regular),
            discount_cents: cents(sum.discount()),
        }
    };
    let count = |((kind, place), acts): (&(Kind, Place), &u32)| DayCount {
        kind: kind_of(*kind),
        place: placed(*place),
        acts: *acts,
    };
    DayView {
        day: report.day.to_string(),
        today: report.day == desk.today(),
        days: days.iter().map(Date::to_string).collect(),
        acts: totals.acts(),
        sums: Place::ALL.iter().map(sum).collect(),
        counts: totals.kinds.iter().map(count).collect(),
        split: DaySplit {
            passholder_cents: cents(estimate.passholder),
            organizer_cents: cents(estimate.organizer),
            municipality_cents: cents(estimate.municipality),
            unknown_cents: cents(estimate.unknown),
            own_keys: report.has_own_keys,
        },
        counted: DayCounted {
            tickets: counted.tickets,
            cents: cents(counted.cents),
            unpriced: counted.unpriced,
            differing: counted.differing,
        },
        back_acts: totals.back.acts,
        back_cents: cents(totals.back.cents),
        hours: totals.hours.iter().map(|each| DayHour { hour: each.hour, acts: each.acts }).collect(),
        activities: totals.activities.iter().map(|each| activity(each, report)).collect(),
        closings: report.closings.iter().map(|closed| closed_at(closed.at, report.day)).collect(),
        changed_since: report.changed_since,
    }
}

/// The hour at which a day was closed; with the date where that was on another day.
fn closed_at(at: balie_core::time::Moment, day: Date) -> String {
    soon(at, balie_core::time::start_of(day).unwrap_or(at))
}

fn activity(activity: &balie_core::day::Activity, report: &Report) -> DayActivity {
    let (sent, open) = (activity.sent, activity.open);
    DayActivity {
        id: activity.event.0.clone(),
        title: activity.title.clone(),
        acts: activity.acts(),
        tickets: sent.tickets.saturating_add(open.tickets),
        charged_cents: cents(Cents(sent.charged.0.saturating_add(open.charged.0))),
        sum: report.checks.get(&activity.event).map(sum_of),
    }
}

/// A part of the acts of a day.
pub async fn page(desk: &Desk, query: DayQuery) -> Result<DayPage, Problem> {
    let filter = Filter {
        place: query.place.map(place_of),
        kind: query.kind.map(|kind| match kind {
            LineKind::Sell => Kind::Sale,
            LineKind::CheckIn => Kind::CheckIn,
            LineKind::Redeem => Kind::Redemption,
            LineKind::Cancel => Kind::Cancellation,
        }),
        event: query.event.map(EventId),
        text: query.text,
    };
    let skipped = usize::try_from(query.skipped).unwrap_or(usize::MAX);
    let page = desk.acts_of(read_day(&query.day)?, &filter, skipped, MOST).await?;
    Ok(DayPage { lines: page.acts.iter().map(line).collect(), found: page.found, all: page.all })
}

const fn placed(place: Place) -> DayPlace {
    match place {
        Place::Noted => DayPlace::Noted,
        Place::Sent => DayPlace::Sent,
        Place::Refused => DayPlace::Refused,
        Place::ToCheck => DayPlace::ToCheck,
        Place::TakenBack => DayPlace::TakenBack,
        Place::HandedOver => DayPlace::HandedOver,
    }
}

const fn place_of(place: DayPlace) -> Place {
    match place {
        DayPlace::Noted => Place::Noted,
        DayPlace::Sent => Place::Sent,
        DayPlace::Refused => Place::Refused,
        DayPlace::ToCheck => Place::ToCheck,
        DayPlace::TakenBack => Place::TakenBack,
        DayPlace::HandedOver => Place::HandedOver,
    }
}

const fn kind_of(kind: Kind) -> LineKind {
    match kind {
        Kind::Sale => LineKind::Sell,
        Kind::CheckIn => LineKind::CheckIn,
        Kind::Redemption => LineKind::Redeem,
        Kind::Cancellation => LineKind::Cancel,
    }
}

/// The captions of a file, with the language that they are in.
pub fn words(words: DayWords) -> (config::Language, Words) {
    let (columns, kinds, places, slip) = (words.columns, words.kinds, words.places, words.slip);
    let language = match words.language {
        Language::Nl => config::Language::Nl,
        Language::Fr => config::Language::Fr,
        Language::En => config::Language::En,
    };
    let columns = Columns {
        receipt: columns.receipt,
        date: columns.date,
        hour: columns.hour,
        kind: columns.kind,
        title: columns.title,
        label: columns.label,
        tickets: columns.tickets,
        regular: columns.regular,
        charged: columns.charged,
        points: columns.points,
        place: columns.place,
    };
    let kinds =
        Kinds { sale: kinds.sell, check_in: kinds.check_in, redemption: kinds.redeem, cancellation: kinds.cancel };
    let places = Places {
        noted: places.noted,
        sent: places.sent,
        refused: places.refused,
        to_check: places.to_check,
        taken_back: places.taken_back,
        handed_over: places.handed_over,
    };
    (language, Words { list: words.list, totals: words.totals, columns, kinds, places, slip: sentences(slip) })
}

fn sentences(slip: crate::dto::DaySlip) -> Slip {
    Slip {
        heading: slip.heading,
        not_real: slip.not_real,
        made: slip.made,
        closed: slip.closed,
        not_closed: slip.not_closed,
        changed: slip.changed,
        acts: slip.acts,
        discount: slip.discount,
        saved: slip.saved,
        spent: slip.spent,
        back: slip.back,
        estimate: slip.estimate,
        passholder: slip.passholder,
        organizer: slip.organizer,
        municipality: slip.municipality,
        unknown: slip.unknown,
        difference: slip.difference,
        ours: slip.ours,
        theirs: slip.theirs,
        less: slip.less,
        unpriced: slip.unpriced,
        differing: slip.differing,
        activities: slip.activities,
        trail: slip.trail,
    }
}
