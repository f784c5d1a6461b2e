use super::*;
use crate::event::EventId;
use crate::limit::CalendarType;
use crate::pass::{CardSystem, PassKind, PassholderId, UitpasNumber};
use crate::schedule::Schedule;
use jiff::SignedDuration;
use proptest::prelude::*;

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
        postal_code: None,
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

#[test]
fn an_answer_that_says_no_is_believed_however_old_it_is() {
    let ends = Some("2027-04-30T21:59:59Z");
    let expired = pass(PassTariffStatus::Expired, ends, "2026-05-01T10:00:00Z");
    let no = Standing::Expired { ended: Some(Date::constant(2027, 4, 30)) };
    assert_eq!(judge(&expired, None), no, "the end is never used against the status");
    assert_eq!(judge(&expired, Some((false, "2026-05-02T08:00:00Z"))), no);
    assert_eq!(judge(&expired, Some((true, "2026-05-01T08:00:00Z"))), no, "an older export yields");
    assert!(judge(&expired, Some((true, "2026-05-02T08:00:00Z"))).is_entitled(), "renewed since");
    let none = pass(PassTariffStatus::None, ends, "2020-05-01T10:00:00Z");
    assert_eq!(judge(&none, None), Standing::None);
    assert_eq!(judge(&none, Some((false, "2026-05-02T08:00:00Z"))), Standing::None);
}

#[test]
fn of_evidence_from_the_same_moment_the_answer_decides() {
    let taken = "2026-05-01T10:00:00Z";
    let active = pass(PassTariffStatus::Active, Some("2027-04-30T21:59:59Z"), taken);
    assert!(judge(&active, Some((false, taken))).is_entitled());
    let none = pass(PassTariffStatus::None, None, taken);
    assert_eq!(judge(&none, Some((true, taken))), Standing::None);
    let expired = pass(PassTariffStatus::Expired, None, taken);
    assert_eq!(judge(&expired, Some((true, taken))), Standing::Expired { ended: None });
}

#[test]
fn the_age_is_that_of_the_newest_evidence() {
    let old = pass(PassTariffStatus::Active, Some("2027-04-30T21:59:59Z"), "2026-03-01T10:00:00Z");
    assert_eq!(judge(&old, None), Standing::TooOld { days: 62 });
    assert!(judge(&old, Some((true, "2026-04-25T08:00:00Z"))).is_entitled(), "seven days");
    assert_eq!(judge(&old, Some((true, "2026-04-24T08:00:00Z"))), Standing::TooOld { days: 8 });
    assert_eq!(judge(&old, Some((false, "2026-03-01T10:00:01Z"))), Standing::Unknown, "a no is never too old");
}

#[test]
fn what_uitpas_says_after_the_end_is_good_for_that_day_only() {
    let said = |as_of| pass(PassTariffStatus::Active, END_OF_APRIL, as_of);
    let ended = Date::constant(2026, 4, 30);
    assert_eq!(judge(&said("2026-05-01T22:00:00Z"), None), Standing::Grace { ended }, "midnight in Brussels");
    let yesterday = said("2026-05-01T21:59:59Z");
    assert_eq!(judge(&yesterday, None), Standing::Expired { ended: Some(ended) });
    assert_eq!(judge(&yesterday, Some((false, "2026-05-01T12:00:00Z"))), Standing::Expired { ended: Some(ended) });
    assert_eq!(judge(&yesterday, Some((true, "2026-05-01T12:00:00Z"))), Standing::Grace { ended });
    let renewed = pass(PassTariffStatus::None, END_OF_APRIL, "2026-05-02T08:00:00Z");
    assert_eq!(judge(&renewed, Some((true, "2026-05-02T09:00:00Z"))), Standing::Grace { ended });
}

#[test]
fn a_card_that_is_not_in_use_has_no_standing() {
    let mut unused = pass(PassTariffStatus::Active, None, NOW);
    unused.card = CardStatus::NotActive;
    assert_eq!(judge(&unused, Some((true, NOW))), Standing::CardNotActive);
}

#[test]
fn every_standing_has_its_code_and_two_entitle() {
    let ended = Date::constant(2026, 4, 30);
    for (standing, code, entitles) in [
        (Standing::Active { until: None }, "tariff.none", true),
        (Standing::Grace { ended }, "tariff.none", true),
        (Standing::Expired { ended: None }, "standing.expired", false),
        (Standing::Suspended { until: None }, "standing.suspended", false),
        (Standing::BlockedCard, "pass.cardBlocked", false),
        (Standing::BlockedMembership, "pass.passholderBlocked", false),
        (Standing::CardNotActive, "pass.cardNotActive", false),
        (Standing::None, "standing.none", false),
        (Standing::Unknown, "standing.unknown", false),
        (Standing::TooOld { days: 8 }, "standing.tooOld", false),
    ] {
        assert_eq!((standing.code(), standing.is_entitled()), (code, entitles), "{standing:?}");
    }
}

#[test]
fn an_activity_takes_part_in_the_region_of_the_pass_or_not_or_nobody_knows() {
    let system = |id| CardSystem { id, name: format!("Regio {id}") };
    let found = |own: Option<i64>, systems: Option<&[i64]>| {
        let pass = Pass { card_system: own.map(system), ..pass(PassTariffStatus::Active, None, NOW) };
        let event = Event {
            id: EventId("e".to_owned()),
            title: "Zwemmen".to_owned(),
            calendar: CalendarType::Single,
            starts: None,
            ends: None,
            schedule: Schedule::default(),
            prices: Vec::new(),
            card_systems: systems.map(|ids| ids.iter().copied().map(system).collect()),
            ticket_limit: None,
            check_in_limit: None,
            check_in_points: None,
            details_as_of: None,
            as_of: at(NOW),
        };
        region(&pass, &event)
    };
    let other = || Region::Other { name: "Regio 1".to_owned() };
    assert_eq!(found(Some(1), Some(&[2, 1])), Region::Same);
    assert_eq!(found(Some(1), Some(&[2, 3])), other());
    assert_eq!(found(Some(1), Some(&[])), other());
    assert_eq!(found(Some(1), None), Region::Unknown);
    assert_eq!(found(None, Some(&[1])), Region::Unknown);
}

/// Evidence of up to forty days before [`NOW`], about a term that ends around then.
fn any_evidence() -> impl Strategy<Value = (Pass, Option<ExportEvidence>)> {
    let statuses = [PassTariffStatus::Active, PassTariffStatus::Expired, PassTariffStatus::None];
    let ago = |hours: i64| at(NOW) - SignedDuration::from_hours(hours);
    let export = proptest::option::of((any::<bool>(), 0_i64..960));
    let ends = proptest::option::of(-960_i64..960);
    (proptest::sample::select(statuses.to_vec()), ends, 0_i64..960, export).prop_map(
        move |(status, ends, age, export)| {
            let pass = Pass { ends: ends.map(ago), as_of: ago(age), ..pass(status, None, NOW) };
            (pass, export.map(|(listed, age)| ExportEvidence { listed, as_of: ago(age) }))
        },
    )
}

proptest! {
    #[test]
    fn a_standing_never_becomes_entitled_by_time_by_age_or_by_an_absence(
        (pass, export) in any_evidence(), max_age_days in 1_i64..=30, fewer in 0_i64..=30, hours in 0_i64..2_000,
    ) {
        let entitled = |pass: &Pass, export, days, now| {
            standing(pass, export, StandingPolicy { max_age_days: days }, now).is_entitled()
        };
        let policy = max_age_days;
        prop_assume!(!entitled(&pass, export, policy, at(NOW)));
        let later = SignedDuration::from_hours(hours);
        prop_assert!(!entitled(&pass, export, policy, at(NOW) + later), "time goes on");
        let aged = Pass { as_of: pass.as_of - later, ..pass.clone() };
        let aged_export = export.map(|export| ExportEvidence { as_of: export.as_of - later, ..export });
        prop_assert!(!entitled(&aged, aged_export, policy, at(NOW)), "all evidence is older");
        let listing_aged = export.map(|export| {
            ExportEvidence { as_of: if export.listed { export.as_of - later } else { export.as_of }, ..export }
        });
        prop_assert!(!entitled(&pass, listing_aged, policy, at(NOW)), "the listing is older");
        if let Some(export) = export {
            let absent = ExportEvidence { listed: false, ..export };
            let with = entitled(&pass, Some(absent), policy, at(NOW));
            prop_assert!(!with || pass.as_of >= export.as_of, "newer negative evidence refuses");
        }
        prop_assert!(!entitled(&pass, export, (policy - fewer).max(1), at(NOW)), "the organizer is stricter");
        let blocked = Pass { card: CardStatus::Blocked, ..pass };
        prop_assert!(!entitled(&blocked, export, policy, at(NOW)), "the card is blocked");
    }
}

#[test]
fn the_last_sixty_days_of_a_term_are_near() {
    let until = Date::constant(2026, 7, 1);
    let active = Standing::Active { until: Some(until) };
    assert_eq!(active.ends_soon(at("2026-05-02T10:00:00Z")), Some(until), "sixty days");
    assert_eq!(active.ends_soon(at("2026-05-01T10:00:00Z")), None, "sixty-one");
    assert_eq!(Standing::Active { until: None }.ends_soon(at(NOW)), None);
    assert_eq!(Standing::Grace { ended: until }.ends_soon(at(NOW)), None);
}

#[test]
fn of_a_stranger_only_a_list_tells() {
    let number = UitpasNumber::parse("0900000067513").unwrap();
    let now: Moment = "2026-11-21T10:00:00Z".parse().unwrap();
    let stranger = Pass::of_stranger(number, now);
    let judge = |listed: bool, as_of: &str| {
        let export = ExportEvidence { listed, as_of: as_of.parse().unwrap() };
        standing(&stranger, Some(export), StandingPolicy::default(), now)
    };
    assert_eq!(standing(&stranger, None, StandingPolicy::default(), now), Standing::Unknown);
    assert_eq!(judge(false, "2026-11-21T08:00:00Z"), Standing::Unknown, "it may be of another region");
    assert_eq!(judge(true, "2026-11-21T08:00:00Z"), Standing::Active { until: None });
    assert_eq!(judge(true, "2026-11-11T08:00:00Z"), Standing::TooOld { days: 10 });
    assert!(stranger.is_stranger());
}
