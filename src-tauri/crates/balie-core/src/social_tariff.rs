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

impl Standing {
    /// Whether the social tariff may be granted on this standing.
    pub const fn is_entitled(self) -> bool {
        matches!(self, Self::Active { .. } | Self::Grace { .. })
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
    let newer_export = export.filter(|export| export.as_of > pass.as_of);
    match (pass.status, newer_export) {
        (PassTariffStatus::Active, Some(export)) if !export.listed => return Standing::Unknown,
        (PassTariffStatus::Expired, None) => return Standing::Expired { ended },
        (PassTariffStatus::None, None) => return Standing::None,
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
mod tests {
    use super::*;
    use crate::pass::{PassKind, PassholderId, UitpasNumber};

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn pass(status: PassTariffStatus, ends: Option<&str>, as_of: &str) -> Pass {
        Pass {
            passholder: PassholderId("p".to_owned()),
            kind: PassKind::Individual,
            number: UitpasNumber::parse("0900000067513").unwrap(),
            first_name: None,
            points: None,
            status,
            ends: ends.map(at),
            card_system: None,
            card: CardStatus::Active,
            messages: Vec::new(),
            as_of: at(as_of),
        }
    }

    const NOW: &str = "2026-05-02T10:00:00Z";
    const END_OF_APRIL: Option<&str> = Some("2026-04-30T21:59:59Z");

    fn judge(pass: &Pass, export: Option<(bool, &str)>) -> Standing {
        let export = export.map(|(listed, as_of)| ExportEvidence { listed, as_of: at(as_of) });
        standing(pass, export, StandingPolicy::default(), at(NOW))
    }

    #[test]
    fn fresh_evidence_within_the_term_grants() {
        let fresh = pass(PassTariffStatus::Active, Some("2027-04-30T21:59:59Z"), "2026-05-01T10:00:00Z");
        assert!(judge(&fresh, None).is_entitled());
    }

    #[test]
    fn evidence_older_than_the_policy_does_not() {
        let ends = Some("2027-04-30T21:59:59Z");
        let week_old = pass(PassTariffStatus::Active, ends, "2026-04-25T10:00:00Z");
        let older = pass(PassTariffStatus::Active, ends, "2026-04-24T10:00:00Z");
        assert!(judge(&week_old, None).is_entitled(), "seven days is still good");
        assert_eq!(judge(&older, None), Standing::TooOld { days: 8 });
    }

    #[test]
    fn evidence_from_the_future_counts_for_nothing() {
        let ahead = pass(PassTariffStatus::Active, Some("2029-04-30T21:59:59Z"), "2027-05-01T10:00:00Z");
        assert_eq!(judge(&ahead, None), Standing::Unknown);
    }

    #[test]
    fn the_last_day_of_the_term_still_counts_in_brussels() {
        let cached = pass(PassTariffStatus::Active, END_OF_APRIL, "2026-04-29T10:00:00Z");
        let judge_at = |now| standing(&cached, None, StandingPolicy::default(), at(now));
        assert!(judge_at("2026-04-30T21:59:00Z").is_entitled());
        assert!(!judge_at("2026-04-30T22:00:00Z").is_entitled());
    }

    #[test]
    fn grace_needs_a_word_of_uitpas_from_after_the_end() {
        let before = pass(PassTariffStatus::Active, END_OF_APRIL, "2026-04-29T10:00:00Z");
        assert!(matches!(judge(&before, None), Standing::Expired { .. }));
        assert!(matches!(judge(&before, Some((true, "2026-04-30T10:00:00Z"))), Standing::Expired { .. }));
        assert!(matches!(judge(&before, Some((true, "2026-05-01T10:00:00Z"))), Standing::Grace { .. }));
        let today = pass(PassTariffStatus::Active, END_OF_APRIL, NOW);
        assert!(matches!(judge(&today, None), Standing::Grace { .. }));
    }

    #[test]
    fn newer_negative_evidence_refuses() {
        let active = pass(PassTariffStatus::Active, Some("2027-04-30T21:59:59Z"), "2026-05-01T10:00:00Z");
        assert_eq!(judge(&active, Some((false, "2026-05-02T08:00:00Z"))), Standing::Unknown);
        assert!(judge(&active, Some((false, "2026-04-30T08:00:00Z"))).is_entitled(), "older evidence yields");
        let none = pass(PassTariffStatus::None, None, "2026-05-01T10:00:00Z");
        assert_eq!(judge(&none, None), Standing::None);
        assert!(judge(&none, Some((true, "2026-05-02T08:00:00Z"))).is_entitled(), "granted since");
    }

    #[test]
    fn a_blocked_card_has_no_standing_whatever_the_status_says() {
        let mut blocked = pass(PassTariffStatus::Active, None, NOW);
        blocked.card = CardStatus::Blocked;
        assert_eq!(judge(&blocked, Some((true, NOW))), Standing::BlockedCard);
    }
}
