//! How ready a desk is to work without a connection: what it knows, how old that is, and until when it can be relied on
//! (rules.md; ux.md, "Ready for offline").

use crate::policy::OfflinePolicy;
use crate::time::{Moment, date_of, start_of};
use jiff::{SignedDuration, ToSpan};

/// Of how many days ahead the activities are fetched, today included.
pub const DAYS_AHEAD: i32 = 30;

/// After so many hours a list of activities says nothing any more of what was added since.
const EVENTS_HOURS: i64 = 7 * 24;

/// After so many hours the rules of the rewards may have changed: the balance is not relied on for longer either.
const REWARDS_HOURS: i64 = 7 * 24;

/// What ends within so many hours is told beforehand.
const SOON_HOURS: i64 = 24;

/// What working without a connection takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Somebody is signed in, so that what was noted can be sent afterwards.
    SignIn,
    /// The activities of the coming days.
    Events,
    /// The social tariff of every price of those activities.
    Prices,
    /// The rewards of the desk.
    Rewards,
    /// The lists of who has a kansenstatuut.
    Lists,
    /// The cards that were seen here.
    Cards,
    /// A reader.
    Reader,
}

/// How one part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Good for now.
    Good,
    /// It ends within a day, or a piece of it is lacking.
    Soon,
    /// Too old, or never fetched.
    Missing,
    /// This desk may not have it.
    Forbidden,
}

/// One line of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub part: Part,
    /// How it stands.
    pub state: State,
    /// How many there are, where that says something.
    pub count: Option<u32>,
    /// How many are lacking.
    pub lacking: u32,
    /// From when the oldest of it dates.
    pub as_of: Option<Moment>,
    /// Until when it can be relied on.
    pub until: Option<Moment>,
}

/// What a fetched part is known to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fetched {
    /// How many there are.
    pub count: u32,
    /// How many of them could not be fetched, or were not yet.
    pub lacking: u32,
    /// From when the oldest dates; absent when it was never fetched.
    pub as_of: Option<Moment>,
    /// This desk has no permission for it.
    pub forbidden: bool,
}

/// All that the checklist is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// Whether somebody is signed in.
    pub signed_in: bool,
    /// The activities of the coming days.
    pub events: Fetched,
    /// The prices of those activities.
    pub prices: Fetched,
    /// The rewards.
    pub rewards: Fetched,
    /// The lists of who has a kansenstatuut.
    pub lists: Fetched,
    /// The cards that were seen here.
    pub cards: Fetched,
    /// Whether a reader is connected.
    pub reader: bool,
}

/// The checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// In the order of the screen.
    pub lines: Vec<Line>,
    /// Until when everything that the desk may have holds; absent when something of it is missing already.
    pub good_until: Option<Moment>,
}

impl Ready {
    /// Makes the checklist.
    pub fn of(facts: &Facts, policy: OfflinePolicy, now: Moment) -> Self {
        let standing = |as_of| end_of_standing(as_of, policy.standing_max_age_days);
        let lines = vec![
            present(Part::SignIn, facts.signed_in),
            fetched(Part::Events, facts.events, |as_of| after_hours(as_of, EVENTS_HOURS), now),
            fetched(Part::Prices, facts.prices, |as_of| after_hours(as_of, EVENTS_HOURS), now),
            fetched(Part::Rewards, facts.rewards, |as_of| after_hours(as_of, REWARDS_HOURS), now),
            fetched(Part::Lists, facts.lists, standing, now),
            Line { until: None, ..fetched(Part::Cards, facts.cards, |_| None, now) },
            present(Part::Reader, facts.reader),
        ];
        // Cards that were seen help, and a reader can be done without: neither ends anything.
        let counts = |line: &&Line| !matches!(line.part, Part::Cards | Part::Reader) && line.state != State::Forbidden;
        let missing = lines.iter().filter(counts).any(|line| line.state == State::Missing);
        let good_until = lines.iter().filter(counts).filter_map(|line| line.until).min();
        Self { good_until: good_until.filter(|_| !missing), lines }
    }

    /// What ends within a day, or ended, soonest first: the countdown on the desk. What was never fetched is not told there.
    pub fn growing_old(&self, now: Moment) -> Option<Line> {
        let near = |line: &&Line| line.until.is_some_and(|until| until <= in_hours(now, SOON_HOURS));
        self.lines.iter().filter(near).min_by_key(|line| line.until).copied()
    }
}

/// Evidence of a kansenstatuut counts for whole days in Brussels.
fn end_of_standing(as_of: Moment, days: i64) -> Option<Moment> {
    start_of(date_of(as_of).checked_add((days + 1).days()).ok()?)
}

fn after_hours(as_of: Moment, hours: i64) -> Option<Moment> {
    as_of.checked_add(SignedDuration::from_hours(hours)).ok()
}

fn in_hours(now: Moment, hours: i64) -> Moment {
    after_hours(now, hours).unwrap_or(now)
}

fn present(part: Part, there: bool) -> Line {
    let state = if there { State::Good } else { State::Missing };
    Line { part, state, count: None, lacking: 0, as_of: None, until: None }
}

fn fetched(part: Part, fetched: Fetched, until: impl Fn(Moment) -> Option<Moment>, now: Moment) -> Line {
    let until = fetched.as_of.and_then(until);
    let ended = until.is_some_and(|until| until <= now);
    let soon = until.is_some_and(|until| until <= in_hours(now, SOON_HOURS));
    let state = match fetched.as_of {
        None if fetched.forbidden => State::Forbidden,
        None => State::Missing,
        Some(_) if ended => State::Missing,
        Some(_) if soon || fetched.lacking > 0 => State::Soon,
        Some(_) => State::Good,
    };
    Line { part, state, count: Some(fetched.count), lacking: fetched.lacking, as_of: fetched.as_of, until }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn whole(as_of: &str) -> Facts {
        let fetched = Fetched { count: 12, lacking: 0, as_of: Some(at(as_of)), forbidden: false };
        Facts {
            signed_in: true,
            events: fetched,
            prices: fetched,
            rewards: fetched,
            lists: fetched,
            cards: fetched,
            reader: true,
        }
    }

    fn state(ready: &Ready, part: Part) -> State {
        ready.lines.iter().find(|line| line.part == part).unwrap().state
    }

    #[test]
    fn what_was_fetched_just_now_holds_for_a_week_and_the_standing_for_whole_days() {
        let now = at("2026-11-19T19:00:00Z");
        let ready = Ready::of(&whole("2026-11-19T18:00:00Z"), OfflinePolicy::default(), now);
        assert!(ready.lines.iter().all(|line| line.state == State::Good));
        assert_eq!(ready.good_until, Some(at("2026-11-26T18:00:00Z")));
        assert_eq!(ready.growing_old(now), None);
        let policy = OfflinePolicy { standing_max_age_days: 2, ..OfflinePolicy::default() };
        let ready = Ready::of(&whole("2026-11-19T18:00:00Z"), policy, now);
        assert_eq!(ready.good_until, Some(at("2026-11-21T23:00:00Z")), "the midnight of Brussels after two more days");
    }

    #[test]
    fn the_countdown_begins_a_day_before_and_names_what_ends_first() {
        let facts = whole("2026-11-19T18:00:00Z");
        let policy = OfflinePolicy { standing_max_age_days: 2, ..OfflinePolicy::default() };
        let told = |now: &str| {
            let line = Ready::of(&facts, policy, at(now)).growing_old(at(now));
            line.map(|line| (line.part, line.state))
        };
        assert_eq!(told("2026-11-20T22:00:00Z"), None);
        assert_eq!(told("2026-11-20T23:00:00Z"), Some((Part::Lists, State::Soon)));
        assert_eq!(told("2026-11-21T23:00:00Z"), Some((Part::Lists, State::Missing)), "it ended");
        let ended = at("2026-11-21T23:00:00Z");
        assert_eq!(Ready::of(&facts, policy, ended).good_until, None);
    }

    #[test]
    fn what_a_desk_may_not_have_does_not_hold_it_up_and_what_was_never_fetched_does() {
        let now = at("2026-11-19T19:00:00Z");
        let mut facts = whole("2026-11-19T18:00:00Z");
        facts.lists = Fetched { forbidden: true, ..Fetched::default() };
        facts.cards = Fetched::default();
        facts.reader = false;
        let ready = Ready::of(&facts, OfflinePolicy::default(), now);
        assert_eq!((state(&ready, Part::Lists), state(&ready, Part::Cards)), (State::Forbidden, State::Missing));
        assert!(ready.good_until.is_some(), "without a list, cards or a reader the desk still works");
        facts.rewards = Fetched::default();
        assert_eq!(Ready::of(&facts, OfflinePolicy::default(), now).good_until, None);
        facts = Facts { signed_in: false, ..whole("2026-11-19T18:00:00Z") };
        let ready = Ready::of(&facts, OfflinePolicy::default(), now);
        assert_eq!((ready.good_until, state(&ready, Part::SignIn)), (None, State::Missing));
    }

    #[test]
    fn a_price_that_is_lacking_is_told() {
        let mut facts = whole("2026-11-19T18:00:00Z");
        facts.prices.lacking = 2;
        let ready = Ready::of(&facts, OfflinePolicy::default(), at("2026-11-19T19:00:00Z"));
        assert_eq!(state(&ready, Part::Prices), State::Soon);
        assert!(ready.good_until.is_some());
    }
}
