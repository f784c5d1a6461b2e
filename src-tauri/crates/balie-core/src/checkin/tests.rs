use super::*;
use crate::event::EventId;
use crate::pass::{PassTariffStatus, PassholderId, UitpasNumber};
use proptest::prelude::*;

const STARTS: &str = "2026-11-21T14:00:00Z";
const ENDS: &str = "2026-11-21T16:00:00Z";
const NOW: &str = "2026-11-21T13:00:00Z";
const DAILY: Limit = Limit { volume: 1, period: Period::Day };

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

fn pass() -> Pass {
    Pass {
        passholder: PassholderId("p".to_owned()),
        kind: PassKind::Individual,
        number: UitpasNumber::parse("0900000067513").unwrap(),
        first_name: None,
        points: Some(3),
        status: PassTariffStatus::Expired,
        ends: None,
        card_system: None,
        postal_code: None,
        card: CardStatus::Active,
        messages: Vec::new(),
        as_of: at("2026-11-21T12:00:00Z"),
    }
}

fn event(sessions: &[(&str, &str)]) -> Event {
    Event {
        id: EventId("e".to_owned()),
        title: "Zwemles".to_owned(),
        calendar: CalendarType::Multiple,
        starts: None,
        ends: None,
        schedule: Schedule {
            sessions: sessions.iter().map(|(starts, ends)| Session::new(at(starts), at(ends))).collect(),
            ..Schedule::default()
        },
        prices: Vec::new(),
        card_systems: None,
        ticket_limit: None,
        check_in_limit: None,
        check_in_points: None,
        details_as_of: None,
        as_of: at("2026-11-21T08:00:00Z"),
    }
}

fn decide(now: &str) -> Result<Admission, NoCheckIn> {
    decide_with(&[], None, CheckInPolicy::default(), now)
}

fn decide_with(
    uses: &[Use],
    live: Option<&CheckInFact>,
    policy: CheckInPolicy,
    now: &str,
) -> Result<Admission, NoCheckIn> {
    let (pass, event) = (pass(), event(&[(STARTS, ENDS)]));
    check_in(&CheckInFacts { pass: &pass, event: &event, uses, live, policy }, at(now)).map_err(|no| no.reason)
}

fn with_event(event: &Event, now: &str) -> Result<Admission, NoCheckIn> {
    let pass = pass();
    let facts = CheckInFacts { pass: &pass, event, uses: &[], live: None, policy: CheckInPolicy::default() };
    check_in(&facts, at(now)).map_err(|refusal| refusal.reason)
}

#[test]
fn points_are_saved_from_five_hours_before_the_start_to_five_hours_after_the_end() {
    let (opens, closes) = (at("2026-11-21T09:00:00Z"), at("2026-11-21T21:00:00Z"));
    assert_eq!(decide("2026-11-21T08:59:59Z"), Err(NoCheckIn::TooEarly { opens }));
    assert_eq!(decide("2026-11-21T09:00:00Z").unwrap().deadline, Some(closes));
    assert!(decide("2026-11-21T21:00:00Z").is_ok());
    assert_eq!(decide("2026-11-21T21:00:01Z"), Err(NoCheckIn::TooLate { closed: closes }));
}

#[test]
fn the_margins_are_settings() {
    let narrow = CheckInPolicy { before_minutes: 10, after_minutes: 20 };
    assert!(decide_with(&[], None, narrow, "2026-11-21T13:49:59Z").is_err());
    assert!(decide_with(&[], None, narrow, "2026-11-21T13:50:00Z").is_ok());
    assert!(decide_with(&[], None, narrow, "2026-11-21T16:20:00Z").is_ok());
    assert!(decide_with(&[], None, narrow, "2026-11-21T16:20:01Z").is_err());
}

#[test]
fn the_session_that_is_nearest_decides_and_its_end_is_the_deadline() {
    let two = event(&[("2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z"), (STARTS, ENDS)]);
    let morning = with_event(&two, "2026-11-21T10:00:00Z").unwrap();
    assert_eq!(morning.deadline, Some(at("2026-11-21T14:00:00Z")), "one hour after the first, four before the second");
    let afternoon = with_event(&two, "2026-11-21T13:00:00Z").unwrap();
    assert_eq!(afternoon.deadline, Some(at("2026-11-21T21:00:00Z")));
    let inside_both = event(&[("2026-11-21T08:00:00Z", "2026-11-21T15:00:00Z"), (STARTS, ENDS)]);
    let longest = with_event(&inside_both, "2026-11-21T14:30:00Z").unwrap();
    assert_eq!(longest.deadline, Some(at("2026-11-21T21:00:00Z")));
}

#[test]
fn an_activity_of_another_day_says_when_it_opens_or_that_it_is_over() {
    let tomorrow = event(&[("2026-11-22T14:00:00Z", "2026-11-22T16:00:00Z")]);
    let opens = at("2026-11-22T09:00:00Z");
    assert_eq!(with_event(&tomorrow, NOW), Err(NoCheckIn::TooEarly { opens }));
    let yesterday = event(&[("2026-11-20T14:00:00Z", "2026-11-20T16:00:00Z")]);
    assert!(matches!(with_event(&yesterday, NOW), Err(NoCheckIn::TooLate { .. })));
}

#[test]
fn without_hours_it_is_the_whole_day_and_no_longer() {
    let day = event(&[("2026-11-20T23:00:00Z", "2026-11-21T22:59:59Z")]);
    assert!(with_event(&day, "2026-11-20T23:00:00Z").is_ok());
    assert!(with_event(&day, "2026-11-20T22:59:59Z").is_err());
    assert!(with_event(&day, "2026-11-21T22:59:59Z").is_ok());
    assert!(with_event(&day, "2026-11-21T23:00:00Z").is_err());
}

#[test]
fn a_season_that_is_over_has_no_session() {
    let mut season = event(&[]);
    season.schedule.last_day = Some(jiff::civil::Date::constant(2026, 11, 1));
    assert_eq!(with_event(&season, NOW), Err(NoCheckIn::NoSession));
}

#[test]
fn an_activity_on_dates_of_which_none_is_known_is_not_on_every_day() {
    for (calendar, goes_on) in [
        (CalendarType::Single, false),
        (CalendarType::Multiple, false),
        (CalendarType::Periodic, true),
        (CalendarType::Permanent, true),
    ] {
        let found = with_event(&Event { calendar, ..event(&[]) }, NOW);
        assert_eq!(found.err(), (!goes_on).then_some(NoCheckIn::NoSession), "{calendar:?}");
    }
}

#[test]
fn who_cannot_save_is_told_why() {
    let mut blocked = pass();
    blocked.card = CardStatus::Blocked;
    let mut unused = pass();
    unused.card = CardStatus::NotActive;
    let mut group = pass();
    group.kind = PassKind::Group;
    let event = event(&[(STARTS, ENDS)]);
    let live = CheckInFact { answer: CheckInAnswer::Allowed, as_of: at(NOW) };
    let refused = |pass: &Pass| {
        let policy = CheckInPolicy::default();
        let refusal = check_in(&CheckInFacts { pass, event: &event, uses: &[], live: Some(&live), policy }, at(NOW));
        let refusal = refusal.unwrap_err();
        assert_eq!(refusal.as_of, pass.as_of);
        refusal.reason
    };
    assert_eq!(refused(&blocked), NoCheckIn::CardBlocked);
    assert_eq!(refused(&unused), NoCheckIn::CardNotActive);
    assert_eq!(refused(&group), NoCheckIn::GroupPass);
}

#[test]
fn a_point_a_day_counts_in_the_calendar_of_brussels() {
    let yesterday = [Use { at: at("2026-11-20T22:59:59Z"), confirmed: None }];
    let today = [Use { at: at("2026-11-20T23:00:00Z"), confirmed: None }];
    assert!(decide_with(&yesterday, None, CheckInPolicy::default(), NOW).is_ok());
    assert_eq!(decide_with(&today, None, CheckInPolicy::default(), NOW), Err(NoCheckIn::LimitReached(DAILY)));
}

#[test]
fn the_reason_carries_the_moment_of_the_fact_that_decided() {
    let (pass, event) = (pass(), event(&[(STARTS, ENDS)]));
    let uses = [Use { at: at("2026-11-21T09:30:00Z"), confirmed: None }];
    let facts = |uses| CheckInFacts { pass: &pass, event: &event, uses, live: None, policy: CheckInPolicy::default() };
    assert_eq!(check_in(&facts(&uses), at(NOW)).unwrap_err().as_of, uses[0].at);
    assert_eq!(check_in(&facts(&[]), at("2026-11-21T23:00:00Z")).unwrap_err().as_of, event.as_of);
    assert_eq!(check_in(&facts(&[]), at(NOW)).unwrap().as_of, event.as_of, "the oldest of both");
}

#[test]
fn a_live_answer_wins_for_a_minute() {
    let no = CheckInFact { answer: CheckInAnswer::NotAllowed { said: Some("nee".to_owned()) }, as_of: at(NOW) };
    let refused = Err(NoCheckIn::NotAllowed { said: Some("nee".to_owned()) });
    assert_eq!(decide_with(&[], Some(&no), CheckInPolicy::default(), NOW), refused);
    assert_eq!(decide_with(&[], Some(&no), CheckInPolicy::default(), "2026-11-21T13:01:00Z"), refused);
    let good = CheckInFact { answer: CheckInAnswer::Allowed, as_of: at(NOW) };
    let is_live = |now| decide_with(&[], Some(&good), CheckInPolicy::default(), now).unwrap().live;
    assert!(is_live(NOW) && is_live("2026-11-21T13:01:00Z"));
    assert!(!is_live("2026-11-21T13:01:01Z"));
    assert!(!is_live("2026-11-21T12:59:59Z"), "from the future");
    let yes = CheckInFact { answer: CheckInAnswer::Allowed, as_of: at("2026-11-21T04:00:00Z") };
    let early = decide_with(&[], Some(&yes), CheckInPolicy::default(), "2026-11-21T04:00:00Z").unwrap();
    assert!(early.live, "UiTPAS knows hours that the desk does not");
    assert_eq!(early.deadline, None);
}

#[test]
fn a_no_outlasts_its_minute_unless_its_reason_is_over() {
    let no = |as_of| CheckInFact { answer: CheckInAnswer::NotAllowed { said: None }, as_of: at(as_of) };
    let (pass, mut event) = (pass(), event(&[(STARTS, ENDS), ("2026-11-22T14:00:00Z", "2026-11-22T16:00:00Z")]));
    event.check_in_limit = Some(Limit { volume: 1, period: Period::Day });
    let told = |asked, uses: &[Use], now| {
        let live = no(asked);
        let policy = CheckInPolicy::default();
        let answer = check_in(&CheckInFacts { pass: &pass, event: &event, uses, live: Some(&live), policy }, at(now));
        answer.map_err(|refusal| (refusal.reason, refusal.as_of)).map(|_| ())
    };
    let elsewhere = |asked| Err((NoCheckIn::NotAllowed { said: None }, at(asked)));
    assert_eq!(told(NOW, &[], "2026-11-21T13:01:01Z"), elsewhere(NOW), "it was saved at another desk");
    assert_eq!(told(NOW, &[], "2026-11-22T14:00:00Z"), elsewhere(NOW), "until UiTPAS says otherwise");
    let early = "2026-11-21T08:59:59Z";
    assert_eq!(told(early, &[], NOW), Ok(()), "it was too early, and is not now");
    let saved = |confirmed: Option<&str>| Use { at: at("2026-11-21T12:00:00Z"), confirmed: confirmed.map(at) };
    let tomorrow = "2026-11-22T14:00:00Z";
    assert_eq!(told(NOW, &[saved(Some("2026-11-21T12:00:01Z"))], tomorrow), Ok(()), "that was yesterday");
    assert_eq!(told(NOW, &[saved(Some(NOW))], tomorrow), elsewhere(NOW), "it had not counted ours");
    assert_eq!(told(NOW, &[saved(None)], tomorrow), elsewhere(NOW), "ours waited");
}

#[test]
fn a_use_that_the_live_answer_cannot_have_counted_is_held_against_it() {
    let yes = CheckInFact { answer: CheckInAnswer::Allowed, as_of: at(NOW) };
    let with = |uses: &[Use]| {
        let (pass, event) = (pass(), event(&[(STARTS, ENDS)]));
        let policy = CheckInPolicy::default();
        check_in(&CheckInFacts { pass: &pass, event: &event, uses, live: Some(&yes), policy }, at(NOW)).is_ok()
    };
    let waiting = Use { at: at("2026-11-21T12:30:00Z"), confirmed: None };
    assert!(!with(&[waiting]));
    assert!(with(&[Use { confirmed: Some(at("2026-11-21T12:31:00Z")), ..waiting }]));
}

#[test]
fn what_it_is_worth_and_how_often_come_from_the_settings() {
    let mut worthy = event(&[(STARTS, ENDS)]);
    assert_eq!(with_event(&worthy, NOW).unwrap().points, 1);
    worthy.check_in_points = Some(5);
    assert_eq!(with_event(&worthy, NOW).unwrap().points, 5);
    worthy.check_in_limit = Some(Limit { volume: 0, period: Period::Day });
    assert!(with_event(&worthy, NOW).is_err());
}

#[test]
fn every_reason_has_a_code_of_its_own_list() {
    let at = at(NOW);
    let mut reasons = vec![
        NoCheckIn::CardBlocked,
        NoCheckIn::CardNotActive,
        NoCheckIn::GroupPass,
        NoCheckIn::TooEarly { opens: at },
        NoCheckIn::TooLate { closed: at },
        NoCheckIn::NoSession,
        NoCheckIn::NotAllowed { said: None },
    ];
    let periods = [Period::Absolute, Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year];
    reasons.extend(periods.map(|period| NoCheckIn::LimitReached(Limit { volume: 1, period })));
    let mut codes: Vec<_> = reasons.iter().map(Reason::code).collect();
    let mut listed = NoCheckIn::CODES.to_vec();
    codes.sort_unstable();
    listed.sort_unstable();
    assert_eq!(codes, listed);
    assert!(reasons.iter().all(|reason| !reason.lacks_facts()));
}

#[test]
fn a_point_that_was_saved_by_itself_waits_ten_seconds_unless_its_deadline_is_near() {
    let now = at(STARTS);
    let later = |seconds| now + SignedDuration::from_secs(seconds);
    assert_eq!(second_thoughts(now, None), Some(later(10)));
    assert_eq!(second_thoughts(now, Some(later(70))), Some(later(10)));
    assert_eq!(second_thoughts(now, Some(later(69))), None);
}

proptest! {
    #[test]
    fn more_use_never_turns_a_refusal_into_a_point(
        known in 0_usize..4, more in 0_usize..4, volume in 0_u32..4, live: bool, minutes in -600_i64..600,
    ) {
        let (pass, mut event) = (pass(), event(&[(STARTS, ENDS)]));
        event.check_in_limit = Some(Limit { volume, period: Period::Day });
        let now = at(STARTS) + SignedDuration::from_mins(minutes);
        let fact = CheckInFact { answer: CheckInAnswer::Allowed, as_of: now };
        let grants = |count| {
            let uses = vec![Use { at: at(STARTS), confirmed: None }; count];
            let live = live.then_some(&fact);
            check_in(&CheckInFacts { pass: &pass, event: &event, uses: &uses, live, policy: CheckInPolicy::default() }, now).is_ok()
        };
        prop_assert!(grants(known) || !grants(known + more));
    }
    #[test]
    fn an_older_answer_never_turns_a_refusal_into_a_point_and_the_order_of_uses_does_not_matter(
        allowed: bool, age in 0_i64..90, older in 0_i64..3_600, volume in 0_u32..3, minutes in -200_i64..240,
        past in proptest::collection::vec((0_i64..10_000, proptest::option::of(0_i64..600)), 0..4),
    ) {
        let (pass, mut event) = (pass(), event(&[(STARTS, ENDS)]));
        event.check_in_limit = Some(Limit { volume, period: Period::Day });
        let now = at(STARTS) + SignedDuration::from_mins(minutes);
        let ago = |seconds| now - SignedDuration::from_secs(seconds);
        let used = |(ago_seconds, accepted): &(i64, Option<i64>)| {
            let confirmed = accepted.map(|after| ago(*ago_seconds) + SignedDuration::from_secs(after));
            Use { at: ago(*ago_seconds), confirmed }
        };
        let mut uses: Vec<Use> = past.iter().map(used).collect();
        let answer = if allowed { CheckInAnswer::Allowed } else { CheckInAnswer::NotAllowed { said: None } };
        let ask = |uses: &[Use], age| {
            let live = CheckInFact { answer: answer.clone(), as_of: ago(age) };
            check_in(&CheckInFacts { pass: &pass, event: &event, uses, live: Some(&live), policy: CheckInPolicy::default() }, now)
        };
        let young = ask(&uses, age);
        // The window is open all the time, so that it explains no answer.
        prop_assert!(young.is_ok() || ask(&uses, age + older).is_err());
        uses.reverse();
        prop_assert_eq!(ask(&uses, age), young);
    }
}
