//! The simulated UiTPAS: it remembers which act caused each record, which the desks cannot see.

use crate::rng::Rng;
use crate::scenario::SECOND;
use balie_core::entry::{Act, Entry};
use balie_core::event::EventId;
use balie_core::label;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::reconcile::{Row, SaleRow};
use balie_core::tariff::TariffId;
use balie_core::time::Moment;
use std::sync::Arc;

/// Which desk, and which receipt of it.
pub(crate) type Cause = (usize, i64);

/// The moment at which every simulation begins, in seconds.
const BEGIN: i64 = 1_795_255_200;

/// How many records there are on a page of a list.
const PAGE: usize = 10;

/// A moment of a clock: milliseconds of the simulation, and how far the clock is ahead.
pub(crate) fn moment(at: i64, ahead: i64) -> Moment {
    Moment::from_millisecond(BEGIN * SECOND + at + ahead).unwrap_or(Moment::UNIX_EPOCH)
}

/// The other way round.
pub(crate) fn millis(moment: Moment, ahead: i64) -> i64 {
    moment.as_millisecond() - BEGIN * SECOND - ahead
}

/// What kind of record it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sale,
    CheckIn,
    Redemption,
}

impl Kind {
    pub(crate) fn of(act: &Act) -> Option<Self> {
        match act {
            Act::Sale(_) => Some(Self::Sale),
            Act::CheckIn(_) => Some(Self::CheckIn),
            Act::Redemption(_) => Some(Self::Redemption),
            Act::Cancellation(_) => None,
        }
    }
}

/// One record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) row: Row,
    pub(crate) kind: Kind,
    pub(crate) person: PassholderId,
    pub(crate) cause: Cause,
    pub(crate) number: u32,
    /// From when lists show it.
    pub(crate) listed_from: i64,
    /// When it was taken out.
    pub(crate) out_at: Option<i64>,
}

/// What a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Query {
    Person(Kind, PassholderId),
    Event(EventId),
}

/// What the server says to a request.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// The ids for each entry.
    Made(Vec<Vec<u32>>),
    Refused {
        culprit: Option<usize>,
        limit: bool,
    },
}

/// One item of a request.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) cause: Cause,
    pub(crate) entry: Arc<Entry>,
    /// The receipt in the label.
    pub(crate) token: Option<String>,
    /// UiTPAS does not take this one.
    pub(crate) bad: bool,
}

/// The simulated UiTPAS.
#[derive(Debug, Default)]
pub(crate) struct Server {
    pub(crate) records: Vec<Record>,
    /// How far its clock is ahead of the true time.
    pub(crate) ahead: i64,
    pub(crate) limit: u32,
    pub(crate) lag: u32,
    pub(crate) lag_up_to: i64,
}

impl Server {
    /// The clock in a `Date` header, and in records: whole seconds.
    pub(crate) fn header(&self, at: i64) -> Moment {
        let seconds = moment(at, self.ahead).as_second();
        Moment::from_second(seconds).unwrap_or(Moment::UNIX_EPOCH)
    }

    /// Takes in all of a request, or none of it.
    pub(crate) fn take(&mut self, items: &[Sent], at: i64, rng: &mut Rng) -> Answer {
        let before = self.records.len();
        let mut made = Vec::with_capacity(items.len());
        for (position, item) in items.iter().enumerate() {
            let limit = !item.bad && !self.has_room(item, at);
            if item.bad || limit {
                self.records.truncate(before);
                let culprit = rng.permille(600).then_some(position);
                return Answer::Refused { culprit, limit };
            }
            made.push(self.make(item, at, rng));
        }
        Answer::Made(made)
    }

    /// Whether a limit allows it. Groups have none here.
    fn has_room(&self, item: &Sent, at: i64) -> bool {
        let Some(kind) = Kind::of(&item.entry.act) else { return true };
        if item.entry.act.deadline().is_some_and(|deadline| moment(at, self.ahead) > deadline) {
            return false;
        }
        let person = &item.entry.act.holder().passholder;
        if self.limit == 0 || crate::people::is_group(person) {
            return true;
        }
        let about = about(&item.entry.act);
        let live = self.records.iter().filter(|record| record.out_at.is_none() && record.kind == kind);
        live.filter(|record| record.person == *person && record.row.about == about).count() < self.limit as usize
    }

    fn make(&mut self, item: &Sent, at: i64, rng: &mut Rng) -> Vec<u32> {
        let Some(kind) = Kind::of(&item.entry.act) else { return Vec::new() };
        let (quantity, sale) = match &item.entry.act {
            Act::Sale(sale) => {
                let label = match &item.token {
                    Some(token) => label::with_receipt(&sale.label, token),
                    None => sale.label.clone(),
                };
                let tariff = sale.tariff.clone().unwrap_or_else(|| TariffId("asked".to_owned()));
                let row = SaleRow { tariff, regular: sale.regular, label: Some(label), price: Some(sale.charged) };
                (sale.quantity, Some(row))
            }
            _ => (1, None),
        };
        let mut numbers = Vec::new();
        for _ in 0..quantity {
            let number = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
            let lag = if rng.permille(self.lag) { rng.between(0, self.lag_up_to) } else { 0 };
            let row = Row {
                id: format!("r{number}"),
                at: self.header(at),
                number: item.entry.act.holder().number.clone(),
                about: about(&item.entry.act).to_owned(),
                sale: sale.clone(),
                redeem_code: None,
            };
            let person = item.entry.act.holder().passholder.clone();
            let listed_from = at + lag;
            self.records.push(Record { row, kind, person, cause: item.cause, number, listed_from, out_at: None });
            numbers.push(number);
        }
        numbers
    }

    /// Takes a record out; gone already is just as well.
    pub(crate) fn take_out(&mut self, number: u32, at: i64) {
        if let Some(record) = self.records.get_mut(number as usize) {
            record.out_at = record.out_at.or(Some(at));
        }
    }

    /// One scan of a list, page after page: a record that appears or goes while the pages are read can push another one
    /// over the edge of a page, where it is not seen.
    pub(crate) fn scan(&self, query: &Query, (from, to): (i64, i64), rng: &mut Rng) -> Vec<u32> {
        let mut seen: Vec<u32> = Vec::new();
        let mut moved = false;
        for record in self.records.iter().filter(|record| record.is_about(query)) {
            if record.is_listed(to) {
                seen.push(record.number);
            }
            moved |= record.is_listed(from) != record.is_listed(to);
        }
        if moved && seen.len() > PAGE && rng.permille(500) {
            seen.remove(rng.index(seen.len()));
        }
        seen
    }
}

impl Record {
    fn is_about(&self, query: &Query) -> bool {
        match query {
            Query::Person(kind, person) => self.kind == *kind && self.person == *person,
            Query::Event(event) => self.kind == Kind::Sale && self.row.about == event.0,
        }
    }

    fn is_listed(&self, at: i64) -> bool {
        self.listed_from <= at && self.out_at.is_none_or(|out| out > at)
    }
}

/// The activity or the reward.
pub(crate) fn about(act: &Act) -> &str {
    match act {
        Act::Sale(sale) => &sale.event.0,
        Act::CheckIn(check_in) => &check_in.event.0,
        Act::Redemption(redemption) => &redemption.reward.0,
        Act::Cancellation(_) => "",
    }
}

/// The number that a row was made from.
pub(crate) fn number_of(row: &Row) -> u32 {
    row.id.get(1..).and_then(|digits| digits.parse().ok()).unwrap_or(u32::MAX)
}

/// The number of a pass, from the digits before its check digit.
pub(crate) fn pass_number(index: usize) -> Option<UitpasNumber> {
    (0..10).find_map(|check| UitpasNumber::parse(&format!("09{index:010}{check}")))
}
