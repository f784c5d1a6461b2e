//! The books of a day (house.md, stop 10): what was done, what it adds up to, and what UiTPAS counts beside it. A difference
//! is shown, never smoothed.

use crate::desk::Desk;
use balie_core::day::{Filter, Line, Totals, add_up};
use balie_core::event::EventId;
use balie_core::key::{KeyFacts, Split};
use balie_core::keys::Keys;
use balie_core::pass::UitpasNumber;
use balie_core::time::date_of;
use balie_store::day::{Closed, Counted};
use balie_store::entries::Recorded;
use balie_store::open::StoreError;
use balie_store::passes::LocalIdentifier;
use balie_store::sum_checks::Checked;
use jiff::civil::Date;
use std::collections::HashMap;

/// So many days are looked back: acts are kept a little longer than a year.
const DAYS: usize = 400;

/// A day in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The day, in Brussels.
    pub day: Date,
    /// What its acts add up to.
    pub totals: Totals,
    /// Who bears the discounts is estimated with keys of the organizer, and not with the default one.
    pub has_own_keys: bool,
    /// What UiTPAS counts for the sales that it has.
    pub counted: Counted,
    /// The newest check of each activity that was checked.
    pub checks: HashMap<EventId, Checked>,
    /// When the day was closed, the first time first.
    pub closings: Vec<Closed>,
    /// How many acts of the day were done, or took a step, since it was closed the last time.
    pub changed_since: u32,
}

/// A part of the acts of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The acts, the newest first.
    pub acts: Vec<Recorded>,
    /// How many the filter lets through.
    pub found: u32,
    /// How many the day has.
    pub all: u32,
}

/// What a distribution key asks about the holder of a receipt.
type Person = (Option<bool>, bool);

impl Desk {
    /// The day that it is in Brussels.
    pub fn today(&self) -> Date {
        date_of(self.now())
    }

    /// The days on which something was done, the newest first; today comes first, whatever was done.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read.
    pub async fn days(&self) -> Result<Vec<Date>, StoreError> {
        let today = self.today();
        let mut days = self.ledger.days(today, DAYS).await?;
        if days.first() != Some(&today) {
            days.insert(0, today);
        }
        Ok(days)
    }

    /// The books of a day.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read.
    pub async fn report(&self, day: Date) -> Result<Report, StoreError> {
        let lines = self.ledger.lines_of(day).await?;
        let chosen = self.settings().distribution;
        let keys = chosen.keys();
        let people = self.people_of(day, &keys).await.unwrap_or_else(|error| {
            // What is known of people can be fetched again; the books of a day cannot wait for that.
            tracing::error!(%error, "who bears the discounts of a day cannot be told");
            HashMap::new()
        });
        let totals = add_up(&lines, |line| split(&keys, line, people.get(&line.receipt.sequence).copied()));
        let closings = self.ledger.closings_of(day).await?;
        let changed_since = match closings.last() {
            Some(last) => self.ledger.changed_since(day, *last).await?,
            None => 0,
        };
        Ok(Report {
            day,
            totals,
            has_own_keys: *keys != Keys::standard(),
            counted: self.ledger.counted_of(day).await?,
            checks: self.ledger.sums_of(day).await?.into_iter().collect(),
            closings,
            changed_since,
        })
    }

    /// The acts of a day that a filter lets through, at most `most` of them after the first `skipped`.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read.
    pub async fn acts_of(&self, day: Date, filter: &Filter, skipped: usize, most: usize) -> Result<Page, StoreError> {
        let lines = self.ledger.lines_of(day).await?;
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let found: Vec<i64> = lines.iter().filter(|line| filter.lets_through(line)).map(receipt).collect();
        let page: Vec<i64> = found.iter().copied().skip(skipped).take(most).collect();
        Ok(Page { acts: self.ledger.recorded_of(&page).await?, found: count(found.len()), all: count(lines.len()) })
    }

    /// Closes a day: writes when, and by whom. Nothing is blocked or removed by it, and acts may follow.
    ///
    /// # Errors
    /// Fails when the ledger cannot be written.
    pub async fn close_day(&self, day: Date) -> Result<Closed, StoreError> {
        let closed = self.ledger.close_day(day, self.now()).await?;
        tracing::info!(%day, "the day was closed");
        Ok(closed)
    }

    /// What is known of whoever bought on a day, by receipt, where the keys ask about it.
    async fn people_of(&self, day: Date, keys: &Keys) -> Result<HashMap<i64, Person>, StoreError> {
        let mut people = HashMap::new();
        if !keys.ask_about_the_person() {
            return Ok(people);
        }
        let mut known: HashMap<UitpasNumber, Option<Person>> = HashMap::new();
        for (receipt, number) in self.ledger.numbers_of(day).await? {
            let person = match known.get(&number) {
                Some(person) => *person,
                None => {
                    let pass = self.snapshot.pass(&LocalIdentifier::Number(number.clone())).await?;
                    let person = pass.map(|pass| (self.own_municipality(&pass), self.own_card_system(&pass)));
                    known.insert(number, person);
                    person
                }
            };
            people.extend(person.map(|person| (receipt, person)));
        }
        Ok(people)
    }
}

const fn receipt(line: &Line) -> i64 {
    line.receipt.sequence
}

/// What the keys make of one ticket. Where they ask about a person of whom nothing is known, nobody can tell: another key that
/// happens to apply would say otherwise next week, when more of the people of that day are forgotten.
fn split(keys: &Keys, line: &Line, person: Option<Person>) -> Option<Split> {
    if keys.ask_about_the_person() && person.is_none() {
        return None;
    }
    let (own_municipality, own_card_system) = person.unwrap_or((None, false));
    keys.split(KeyFacts { regular: line.regular, own_municipality, own_card_system })
}
