//! The rows of a day, as every file has them.

use super::{Book, Words};
use balie_core::day::{Kind, Place, Sum};
use balie_core::entry::Act;
use balie_core::money::Cents;
use balie_core::time::in_brussels;
use balie_store::entries::Recorded;
use jiff::civil::Date;

/// What stands in one place of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// A number of things.
    Count(i64),
    /// An amount.
    Money(Cents),
    /// A day.
    Day(Date),
}

impl Cell {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// The captions of the list, and a row for each act.
pub(super) fn acts(book: &Book, words: &Words) -> (Vec<String>, Vec<Vec<Cell>>) {
    let columns = &words.columns;
    let heads = [
        &columns.receipt,
        &columns.date,
        &columns.hour,
        &columns.kind,
        &columns.title,
        &columns.label,
        &columns.tickets,
        &columns.regular,
        &columns.charged,
        &columns.points,
        &columns.place,
    ];
    (heads.into_iter().cloned().collect(), book.acts.iter().map(|recorded| act(recorded, words)).collect())
}

fn act(recorded: &Recorded, words: &Words) -> Vec<Cell> {
    let entry = &recorded.entry;
    let (kind, money, points) = match &entry.act {
        Act::Sale(sale) => {
            let regular = Cents(sale.regular.0.saturating_mul(i64::from(sale.quantity)));
            (Kind::Sale, Some((regular, sale.total())), 0)
        }
        Act::CheckIn(check_in) => (Kind::CheckIn, None, i64::from(check_in.points)),
        Act::Redemption(redemption) => (Kind::Redemption, None, -redemption.points),
        Act::Cancellation(back) => {
            let money = Some(Cents::ZERO - back.given_back).filter(|cents| *cents != Cents::ZERO);
            (Kind::Cancellation, money.map(|cents| (Cents::ZERO, cents)), back.points)
        }
    };
    let sale = if let Act::Sale(sale) = &entry.act { Some(sale) } else { None };
    let at = in_brussels(entry.occurred);
    let amount = |cents: Option<Cents>| cents.map_or(Cell::Empty, Cell::Money);
    vec![
        Cell::Text(entry.receipt.to_string()),
        Cell::Day(at.date()),
        Cell::Text(at.strftime("%H:%M").to_string()),
        Cell::text(words.kind(kind)),
        Cell::text(entry.act.title()),
        sale.map_or(Cell::Empty, |sale| Cell::text(&sale.label)),
        sale.map_or(Cell::Empty, |sale| Cell::Count(i64::from(sale.quantity))),
        amount(sale.and(money).map(|(regular, _)| regular)),
        amount(money.map(|(_, charged)| charged)),
        if points == 0 { Cell::Empty } else { Cell::Count(points) },
        Cell::text(words.place(Place::of(recorded.state, recorded.life.dispute))),
    ]
}

/// The captions of the totals, and a row for each place in which something stands.
pub(super) fn places(book: &Book, words: &Words) -> (Vec<String>, Vec<Vec<Cell>>) {
    let (columns, slip) = (&words.columns, &words.slip);
    let heads = [
        &columns.place,
        &slip.acts,
        &columns.tickets,
        &columns.charged,
        &columns.regular,
        &slip.discount,
        &slip.saved,
        &slip.spent,
    ];
    let shown = |place: &Place| {
        // The four words of the desk always stand there, so that nobody wonders whether one was forgotten.
        let always = !matches!(place, Place::TakenBack | Place::HandedOver);
        always || book.report.totals.at(*place).acts > 0
    };
    let rows = Place::ALL.iter().filter(|place| shown(place));
    let row = |place: &Place| sum(words.place(*place), &book.report.totals.at(*place));
    (heads.into_iter().cloned().collect(), rows.map(row).collect())
}

/// The captions of the counts, and a row for each kind of act.
pub(super) fn kinds(book: &Book, words: &Words) -> (Vec<String>, Vec<Vec<Cell>>) {
    let heads = std::iter::once(words.columns.kind.clone());
    let heads = heads.chain(Place::ALL.iter().map(|place| words.place(*place).to_owned())).collect();
    let row = |kind: &Kind| {
        let count = |place: &Place| Cell::Count(i64::from(book.report.totals.count(*kind, *place)));
        std::iter::once(Cell::text(words.kind(*kind))).chain(Place::ALL.iter().map(count)).collect()
    };
    (heads, Kind::ALL.iter().map(row).collect())
}

/// A row of what some acts add up to.
pub(super) fn sum(name: &str, sum: &Sum) -> Vec<Cell> {
    vec![
        Cell::text(name),
        Cell::Count(i64::from(sum.acts)),
        Cell::Count(i64::from(sum.tickets)),
        Cell::Money(sum.charged),
        Cell::Money(sum.regular),
        Cell::Money(sum.discount()),
        Cell::Count(sum.saved),
        Cell::Count(sum.spent),
    ]
}

/// What is told of a day in a name and an amount, part by part; a part begins with its heading.
pub(super) fn parts(book: &Book, words: &Words) -> Vec<(String, Vec<Vec<Cell>>)> {
    let (slip, report) = (&words.slip, &book.report);
    let (estimate, sent) = (report.totals.estimate, report.totals.at(Place::Sent));
    let money = |name: &str, cents: Cents| vec![Cell::text(name), Cell::Money(cents)];
    let mut shares = vec![
        money(&slip.passholder, estimate.passholder),
        money(&slip.organizer, estimate.organizer),
        money(&slip.municipality, estimate.municipality),
    ];
    if estimate.unknown != Cents::ZERO {
        shares.push(money(&slip.unknown, estimate.unknown));
    }
    let both =
        |name: &str, tickets: i64, cents: Cents| vec![Cell::text(name), Cell::Count(tickets), Cell::Money(cents)];
    let counted = report.counted;
    let (ours, theirs) = (i64::from(sent.tickets), i64::from(counted.tickets));
    let mut difference = vec![
        both(&slip.ours, ours, sent.charged),
        both(&slip.theirs, theirs, counted.cents),
        both(&slip.less, theirs - ours, counted.cents - sent.charged),
    ];
    for (name, tickets) in [(&slip.unpriced, counted.unpriced), (&slip.differing, counted.differing)] {
        if tickets > 0 {
            difference.push(vec![Cell::text(name), Cell::Count(i64::from(tickets))]);
        }
    }
    let mut parts = vec![(slip.estimate.clone(), shares), (slip.difference.clone(), difference)];
    if report.totals.back.acts > 0 {
        let back = report.totals.back;
        parts.push((slip.back.clone(), vec![both(&slip.back, i64::from(back.acts), back.cents)]));
    }
    parts
}

/// A row for each activity: what UiTPAS has of it, and what is open.
pub(super) fn activities(book: &Book) -> Vec<Vec<Cell>> {
    let row = |activity: &balie_core::day::Activity| {
        let (sent, open) = (activity.sent, activity.open);
        let charged = Cents(sent.charged.0.saturating_add(open.charged.0));
        vec![Cell::text(&activity.title), Cell::Count(i64::from(activity.acts())), Cell::Money(charged)]
    };
    book.report.totals.activities.iter().map(row).collect()
}
