//! Saving points: whether a person can check in at an activity now, and until when UiTPAS takes it (rules.md, Points).

use crate::event::Event;
use crate::life::after;
use crate::limit::{CalendarType, Limit};
use crate::pass::{CardStatus, Pass, PassKind};
use crate::refusal::{Reason, Refusal};
use crate::schedule::{Schedule, Session, Stretch};
use crate::time::{Moment, Period};
use crate::usage::Use;
use jiff::SignedDuration;

/// How long a live answer may be relied on, in seconds.
const LIVE_SECONDS: i64 = 60;

/// How long before the start and after the end a point can be saved. The organizer of UiTPAS may change it, so it is a
/// setting (domain.md §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckInPolicy {
    /// In minutes, before the start.
    pub before_minutes: i64,
    /// In minutes, after the end.
    pub after_minutes: i64,
}

impl Default for CheckInPolicy {
    fn default() -> Self {
        Self { before_minutes: 300, after_minutes: 300 }
    }
}

/// What UiTPAS answered to the question whether a person can check in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckInAnswer {
    /// It can.
    Allowed,
    /// It cannot. This is a normal answer.
    NotAllowed {
        /// What UiTPAS wants to be shown about it.
        said: Option<String>,
    },
}

/// An answer of UiTPAS about a check-in, and when it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInFact {
    /// The answer.
    pub answer: CheckInAnswer,
    /// When.
    pub as_of: Moment,
}

/// All that the decision depends on.
#[derive(Debug, Clone)]
pub struct CheckInFacts<'a> {
    /// The pass.
    pub pass: &'a Pass,
    /// The activity.
    pub event: &'a Event,
    /// What is known of earlier check-ins of this person at this activity.
    pub uses: &'a [Use],
    /// The newest answer of UiTPAS for this person, if there is one. A yes is good for a minute; a no outlasts it.
    pub live: Option<&'a CheckInFact>,
    /// How wide the window is.
    pub policy: CheckInPolicy,
}

/// A point that can be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// How many points it is worth, as far as is known.
    pub points: u32,
    /// Whether UiTPAS answered for this person, at most a minute ago; otherwise it is provisional.
    pub live: bool,
    /// After this moment UiTPAS takes it no more, or counts it for another day; absent when the hours are not known.
    pub deadline: Option<Moment>,
    /// From when the oldest fact dates that it rests on.
    pub as_of: Moment,
}

/// For so many seconds a point that a tap saved by itself stays on this computer, so that it can be taken back as if nothing
/// happened (ux.md, Principles 1).
pub const SECOND_THOUGHTS_SECONDS: i64 = 10;

/// So many seconds before its deadline a point is sent at once, second thoughts or not.
const NO_TIME_SECONDS: i64 = 60;

/// Until when a point that a tap saved by itself is not sent; `None` when its deadline leaves no time for that.
pub fn second_thoughts(now: Moment, deadline: Option<Moment>) -> Option<Moment> {
    let until = after(now, SECOND_THOUGHTS_SECONDS);
    deadline.is_none_or(|deadline| after(until, NO_TIME_SECONDS) <= deadline).then_some(until)
}

/// Why no point can be saved. Every one has a sentence and a next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCheckIn {
    /// The card is blocked.
    CardBlocked,
    /// The card was not given out, or is out of use.
    CardNotActive,
    /// A group pass saves no points.
    GroupPass,
    /// It is too early.
    TooEarly {
        /// From when on it can.
        opens: Moment,
    },
    /// It is too late.
    TooLate {
        /// Until when it could.
        closed: Moment,
    },
    /// Nothing of this activity is known around now.
    NoSession,
    /// The passholder saved here as often as allowed.
    LimitReached(Limit),
    /// UiTPAS answers that it cannot.
    NotAllowed {
        /// What it said about it.
        said: Option<String>,
    },
}

impl Reason for NoCheckIn {
    const CODES: &'static [&'static str] = &[
        "pass.cardBlocked",
        "pass.cardNotActive",
        "checkIn.group",
        "checkIn.tooEarly",
        "checkIn.tooLate",
        "checkIn.noSession",
        "checkIn.limit.absolute",
        "checkIn.limit.day",
        "checkIn.limit.week",
        "checkIn.limit.month",
        "checkIn.limit.quarter",
        "checkIn.limit.year",
        "checkIn.notAllowed",
    ];

    fn code(&self) -> &'static str {
        match self {
            Self::CardBlocked => "pass.cardBlocked",
            Self::CardNotActive => "pass.cardNotActive",
            Self::GroupPass => "checkIn.group",
            Self::TooEarly { .. } => "checkIn.tooEarly",
            Self::TooLate { .. } => "checkIn.tooLate",
            Self::NoSession => "checkIn.noSession",
            Self::LimitReached(limit) => match limit.period {
                Period::Absolute => "checkIn.limit.absolute",
                Period::Day => "checkIn.limit.day",
                Period::Week => "checkIn.limit.week",
                Period::Month => "checkIn.limit.month",
                Period::Quarter => "checkIn.limit.quarter",
                Period::Year => "checkIn.limit.year",
            },
            Self::NotAllowed { .. } => "checkIn.notAllowed",
        }
    }

    fn lacks_facts(&self) -> bool {
        false
    }
}

/// Decides whether a person can save a point now.
///
/// The kansenstatuut plays no part: suspended or expired standing still saves points. A live answer wins; only uses that
/// it cannot have counted are held against it.
///
/// # Errors
/// Returns the first reason why no point can be saved.
pub fn check_in(facts: &CheckInFacts<'_>, now: Moment) -> Result<Admission, Refusal<NoCheckIn>> {
    let (pass, event) = (facts.pass, facts.event);
    match pass.card {
        CardStatus::Blocked => return Err(NoCheckIn::CardBlocked.dated(pass.as_of)),
        CardStatus::NotActive => return Err(NoCheckIn::CardNotActive.dated(pass.as_of)),
        CardStatus::Active => {}
    }
    if pass.kind == PassKind::Group {
        return Err(NoCheckIn::GroupPass.dated(pass.as_of));
    }
    let limit = event.effective_check_in_limit();
    if let Some(live) = facts.live.filter(|live| is_live(live, now)) {
        if let CheckInAnswer::NotAllowed { said } = &live.answer {
            return Err(NoCheckIn::NotAllowed { said: said.clone() }.dated(live.as_of));
        }
        if !limit.leaves_room_after(facts.uses, live.as_of, now) {
            return Err(limit_reached(facts, limit, now));
        }
        let deadline = window(event, facts.policy, now).ok();
        return Ok(Admission { points: event.points(), live: true, deadline, as_of: live.as_of });
    }
    let closes = by_the_rules(facts, facts.uses, now)?;
    if let Some(refusal) = standing_refusal(facts) {
        return Err(refusal);
    }
    let as_of = event.as_of.min(pass.as_of);
    Ok(Admission { points: event.points(), live: false, deadline: Some(closes), as_of })
}

/// Until when a point can be saved by the hours and the limit, without an answer of UiTPAS.
fn by_the_rules(facts: &CheckInFacts<'_>, uses: &[Use], now: Moment) -> Result<Moment, Refusal<NoCheckIn>> {
    let closes = window(facts.event, facts.policy, now)?;
    let limit = facts.event.effective_check_in_limit();
    if limit.used_by(uses, now) >= limit.volume {
        return Err(limit_reached(facts, limit, now));
    }
    Ok(closes)
}

/// A no of UiTPAS outlasts its minute. What the hours, or the uses that it had counted, explain is over with them; any
/// other may be a point that was saved elsewhere, and holds until UiTPAS says otherwise.
fn standing_refusal(facts: &CheckInFacts<'_>) -> Option<Refusal<NoCheckIn>> {
    let no = facts.live?;
    let CheckInAnswer::NotAllowed { said } = &no.answer else { return None };
    let counted: Vec<Use> =
        facts.uses.iter().copied().filter(|earlier| earlier.is_counted_in_an_answer_of(no.as_of)).collect();
    let explained = by_the_rules(facts, &counted, no.as_of).is_err();
    (!explained).then(|| NoCheckIn::NotAllowed { said: said.clone() }.dated(no.as_of))
}

fn limit_reached(facts: &CheckInFacts<'_>, limit: Limit, now: Moment) -> Refusal<NoCheckIn> {
    let as_of = limit.newest_use(facts.uses, now).unwrap_or(facts.event.as_of);
    NoCheckIn::LimitReached(limit).dated(as_of)
}

/// Whether an answer is young enough to be called live.
pub fn is_live(fact: &CheckInFact, now: Moment) -> bool {
    (0..=LIVE_SECONDS).contains(&(now.as_second() - fact.as_of.as_second()))
}

/// Until when a point can be saved, by the window of the session that is nearest now.
fn window(event: &Event, policy: CheckInPolicy, now: Moment) -> Result<Moment, Refusal<NoCheckIn>> {
    // One or several dates, and none is known: a whole day now would be a guess, and more generous than UiTPAS.
    let dated = matches!(event.calendar, CalendarType::Single | CalendarType::Multiple);
    if dated && event.schedule == Schedule::default() {
        return Err(NoCheckIn::NoSession.dated(event.as_of));
    }
    let stretches = event.schedule.around(now);
    // Of two sessions that are as near, the one that ends last gives the upload the most time.
    let nearest =
        stretches.iter().min_by_key(|stretch| (distance(stretch.session, now), -stretch.session.ends.as_second()));
    let Some(nearest) = nearest else { return Err(NoCheckIn::NoSession.dated(event.as_of)) };
    let (opens, closes) = widened(*nearest, policy);
    if now < opens {
        return Err(NoCheckIn::TooEarly { opens }.dated(event.as_of));
    }
    if now > closes {
        return Err(NoCheckIn::TooLate { closed: closes }.dated(event.as_of));
    }
    Ok(closes)
}

/// How many seconds lie between a moment and a session; none inside it.
fn distance(session: Session, now: Moment) -> i64 {
    let before = session.starts.as_second() - now.as_second();
    let after = now.as_second() - session.ends.as_second();
    before.max(after).max(0)
}

fn widened(stretch: Stretch, policy: CheckInPolicy) -> (Moment, Moment) {
    let Session { starts, ends } = stretch.session;
    if stretch.all_day {
        return (starts, ends);
    }
    let before = SignedDuration::from_mins(policy.before_minutes);
    let after = SignedDuration::from_mins(policy.after_minutes);
    (starts.checked_sub(before).unwrap_or(starts), ends.checked_add(after).unwrap_or(ends))
}

#[cfg(test)]
mod tests;
