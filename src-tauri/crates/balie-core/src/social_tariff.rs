//! The kansenstatuut: whether a pass has standing for the social tariff, from dated evidence (rules.md, Standing).

use crate::event::Event;
use crate::pass::{CardStatus, Pass, PassTariffStatus};
use crate::time::{Moment, date_of, days_between};
use jiff::civil::Date;

/// What the social tariff export of a card system said of one number, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportEvidence {
    /// The number was listed.
    pub listed: bool,
    /// When the export was taken.
    pub as_of: Moment,
}

/// How old positive evidence may be before a live answer is needed; the organizer sets 1 to 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandingPolicy {
    /// In days.
    pub max_age_days: i64,
}

impl Default for StandingPolicy {
    fn default() -> Self {
        Self { max_age_days: 7 }
    }
}

/// Whether a pass has standing. Each is an answer with a sentence and a next step, none is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Entitled, until the date when UiTPAS gave one.
    Active {
        /// The last day.
        until: Option<Date>,
    },
    /// The term has passed, and UiTPAS still counts the person in.
    Grace {
        /// The last day of the term that has passed.
        ended: Date,
    },
    /// The term has passed.
    Expired {
        /// The last day of the term, when known.
        ended: Option<Date>,
    },
    /// Suspended; the date on which it ends, when known. Points can still be saved.
    Suspended {
        /// The last day of the suspension.
        until: Option<Date>,
    },
    /// The card is blocked; another card of the same person may work.
    BlockedCard,
    /// The membership of the person is blocked by the region.
    BlockedMembership,
    /// The card was never given out, or is out of use.
    CardNotActive,
    /// No kansenstatuut.
    None,
    /// Nothing is known, or the evidence contradicts itself.
    Unknown,
    /// There is evidence, but too old to rely on.
    TooOld {
        /// How many days old it is.
        days: i64,
    },
}

/// How many days before the end of a kansenstatuut the clerk is quietly reminded of it (rules.md, Standing).
const REMINDER_DAYS: i64 = 60;

impl Standing {
    /// The last day, when it is so near that the passholder had better renew.
    pub fn ends_soon(self, now: Moment) -> Option<Date> {
        let Self::Active { until: Some(until) } = self else { return None };
        (days_between(date_of(now), until) <= REMINDER_DAYS).then_some(until)
    }

    /// Whether the social tariff may be granted on this standing.
    pub const fn is_entitled(self) -> bool {
        matches!(self, Self::Active { .. } | Self::Grace { .. })
    }

    /// The code of the reason why this standing gives no tariff.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active { .. } | Self::Grace { .. } => "tariff.none",
            Self::Expired { .. } => "standing.expired",
            Self::Suspended { .. } => "standing.suspended",
            Self::BlockedCard => "pass.cardBlocked",
            Self::BlockedMembership => "pass.passholderBlocked",
            Self::CardNotActive => "pass.cardNotActive",
            Self::None => "standing.none",
            Self::Unknown => "standing.unknown",
            Self::TooOld { .. } => "standing.tooOld",
        }
    }
}

/// Judges the standing of a pass on the day of `now` in Brussels.
///
/// The newest evidence decides, and newer negative evidence refuses. Without a live answer this may only be stricter
/// than UiTPAS: a term that has passed counts as grace only where an export taken after it still lists the number, or
/// where UiTPAS itself called the pass active after the end of the term, today.
pub fn standing(pass: &Pass, export: Option<ExportEvidence>, policy: StandingPolicy, now: Moment) -> Standing {
    match pass.card {
        CardStatus::Blocked => return Standing::BlockedCard,
        CardStatus::NotActive => return Standing::CardNotActive,
        CardStatus::Active => {}
    }
    let today = date_of(now);
    let ended = pass.ends.map(date_of);
    // Of a stranger there is nothing that a list could be older than.
    let newer_export = export.filter(|export| export.as_of > pass.as_of || pass.status == PassTariffStatus::Unknown);
    match (pass.status, newer_export) {
        (PassTariffStatus::Active, Some(export)) if !export.listed => return Standing::Unknown,
        (PassTariffStatus::Expired, None) => return Standing::Expired { ended },
        (PassTariffStatus::None, None) => return Standing::None,
        // A list says of whom it names; of anybody else nothing was ever heard.
        (PassTariffStatus::Unknown, None) => return Standing::Unknown,
        (PassTariffStatus::Unknown, Some(export)) if !export.listed => return Standing::Unknown,
        (PassTariffStatus::Expired | PassTariffStatus::None, Some(export)) if !export.listed => {
            return if pass.status == PassTariffStatus::Expired { Standing::Expired { ended } } else { Standing::None };
        }
        _ => {}
    }
    let as_of = newer_export.map_or(pass.as_of, |export| export.as_of);
    let age = days_between(date_of(as_of), today);
    if age > policy.max_age_days {
        return Standing::TooOld { days: age };
    }
    // Evidence from tomorrow was taken while the clock stood wrong; nobody knows how old it is.
    if age < 0 {
        return Standing::Unknown;
    }
    match ended.filter(|last_day| today > *last_day) {
        None => Standing::Active { until: ended },
        Some(last_day) => {
            let said_after_the_end = match export.filter(|export| export.listed) {
                Some(export) if date_of(export.as_of) > last_day => true,
                _ => pass.status == PassTariffStatus::Active && date_of(pass.as_of) == today,
            };
            if said_after_the_end { Standing::Grace { ended: last_day } } else { Standing::Expired { ended } }
        }
    }
}

/// Whether the activity takes part in the region of the pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Region {
    /// The activity takes part in the region of the pass.
    Same,
    /// It does not; the name is that of the region of the pass.
    Other {
        /// For example `Paspartoe`.
        name: String,
    },
    /// The region of the pass or of the activity is not known.
    Unknown,
}

/// The social tariff holds only where the card system of the activity is one in which the pass has standing.
pub fn region(pass: &Pass, event: &Event) -> Region {
    match (&pass.card_system, &event.card_systems) {
        (Some(own), Some(systems)) if systems.iter().any(|system| system.id == own.id) => Region::Same,
        (Some(own), Some(_)) => Region::Other { name: own.name.clone() },
        _ => Region::Unknown,
    }
}

#[cfg(test)]
mod tests;
