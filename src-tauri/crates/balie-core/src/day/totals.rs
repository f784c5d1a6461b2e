//! What the lines of a day add up to.

use super::{Estimate, Kind, Line, Place};
use crate::event::EventId;
use crate::key::Split;
use crate::money::Cents;
use crate::time::in_brussels;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What some lines add up to. What was taken back counts here only as an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// How many acts.
    pub acts: u32,
    /// How many tickets.
    pub tickets: u32,
    /// Points that were saved.
    pub saved: i64,
    /// Points that were spent.
    pub spent: i64,
    /// What was charged.
    pub charged: Cents,
    /// What the same would have cost at the regular price.
    pub regular: Cents,
}

impl Sum {
    /// What was charged less than the regular price.
    pub fn discount(&self) -> Cents {
        Cents(self.regular.0.saturating_sub(self.charged.0))
    }

    fn take_in(&mut self, line: &Line) {
        self.acts = self.acts.saturating_add(1);
        if line.kind == Kind::Cancellation {
            return;
        }
        let tickets = i64::from(line.tickets);
        let all = |before: Cents, one: Cents| Cents(before.0.saturating_add(one.0.saturating_mul(tickets)));
        self.tickets = self.tickets.saturating_add(line.tickets);
        self.saved = self.saved.saturating_add(line.points.max(0));
        self.spent = self.spent.saturating_sub(line.points.min(0));
        self.charged = all(self.charged, line.charged);
        self.regular = all(self.regular, line.regular);
    }
}

/// What was taken back today of earlier days: those days change by it, and money of today's till went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Back {
    /// How many acts.
    pub acts: u32,
    /// What was given back.
    pub cents: Cents,
}

/// One hour of the day in Brussels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// Its hour, 0 to 23.
    pub hour: i8,
    /// How many acts count in it.
    pub acts: u32,
}

/// One activity of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// The activity.
    pub event: EventId,
    /// Its title, as it was last recorded.
    pub title: String,
    /// What UiTPAS has.
    pub sent: Sum,
    /// What is noted or in doubt.
    pub open: Sum,
}

impl Activity {
    /// How many acts count.
    pub const fn acts(&self) -> u32 {
        self.sent.acts.saturating_add(self.open.acts)
    }
}

/// What the lines of a day add up to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// By where they stand.
    pub places: BTreeMap<Place, Sum>,
    /// How many acts, by kind and by where they stand.
    pub kinds: BTreeMap<(Kind, Place), u32>,
    /// Who pays what UiTPAS has.
    pub estimate: Estimate,
    /// What was taken back of earlier days.
    pub back: Back,
    /// Hour by hour, from the first with an act to the last.
    pub hours: Vec<Hour>,
    /// Activity by activity, the busiest first.
    pub activities: Vec<Activity>,
}

impl Totals {
    /// What stands in one place.
    pub fn at(&self, place: Place) -> Sum {
        self.places.get(&place).copied().unwrap_or_default()
    }

    /// How many acts of a kind stand in one place.
    pub fn count(&self, kind: Kind, place: Place) -> u32 {
        self.kinds.get(&(kind, place)).copied().unwrap_or_default()
    }

    /// How many acts there are.
    pub fn acts(&self) -> u32 {
        self.kinds.values().fold(0, |all, count| all.saturating_add(*count))
    }
}

/// Adds up the lines of one day, the newest first. `split` says what the distribution key makes of one ticket of a sale.
pub fn add_up(lines: &[Line], split: impl Fn(&Line) -> Option<Split>) -> Totals {
    let mut totals = Totals::default();
    let mut hours: BTreeMap<i8, u32> = BTreeMap::new();
    let mut activities: HashMap<&EventId, Activity> = HashMap::new();
    let receipts: HashSet<i64> = lines.iter().map(|line| line.receipt.sequence).collect();
    for line in lines {
        totals.places.entry(line.place).or_default().take_in(line);
        *totals.kinds.entry((line.kind, line.place)).or_default() += 1;
        let counts = line.place == Place::Sent || line.place.is_open();
        if !counts {
            continue;
        }
        if line.kind == Kind::Cancellation {
            if line.takes_back.is_some_and(|receipt| !receipts.contains(&receipt)) {
                totals.back.acts = totals.back.acts.saturating_add(1);
                totals.back.cents = Cents(totals.back.cents.0.saturating_add(line.given_back.0));
            }
            continue;
        }
        if (line.kind, line.place) == (Kind::Sale, Place::Sent) {
            totals.estimate.take_in(line, split(line));
        }
        *hours.entry(in_brussels(line.at).hour()).or_default() += 1;
        if let Some(event) = &line.event {
            // The newest line comes first, so that the title is the one that was recorded last.
            let new = || Activity {
                event: event.clone(),
                title: line.title.clone(),
                sent: Sum::default(),
                open: Sum::default(),
            };
            let activity = activities.entry(event).or_insert_with(new);
            if line.place == Place::Sent { &mut activity.sent } else { &mut activity.open }.take_in(line);
        }
    }
    totals.hours = without_gaps(&hours);
    totals.activities = activities.into_values().collect();
    totals.activities.sort_by(|one, other| {
        (other.acts(), &one.title, &one.event.0).cmp(&(one.acts(), &other.title, &other.event.0))
    });
    totals
}

/// An hour in which nothing was done is an hour of the day too.
fn without_gaps(hours: &BTreeMap<i8, u32>) -> Vec<Hour> {
    let (Some((first, _)), Some((last, _))) = (hours.first_key_value(), hours.last_key_value()) else {
        return Vec::new();
    };
    (*first..=*last).map(|hour| Hour { hour, acts: hours.get(&hour).copied().unwrap_or_default() }).collect()
}
