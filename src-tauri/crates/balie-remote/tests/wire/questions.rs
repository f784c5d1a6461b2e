//! What may be asked again at any time.

use crate::bench::{Bench, GROUP, HUNDRED_A_WEEK, YASMINA, accepted, check_in, event, now, number, organizer};
use balie_core::checkin::CheckInAnswer;
use balie_core::event::Event;
use balie_core::limit::{CalendarType, Limit};
use balie_core::reward::{RedeemAnswer, RedeemReason, RewardId, RewardKind};
use balie_core::time::Period;
use balie_remote::ask::AskError;
use balie_remote::problem::ProblemKind;

#[tokio::test]
async fn whether_a_point_can_be_saved_is_an_answer_either_way() {
    let bench = Bench::open().await;
    let ask = async |digits: &str, id: &str| bench.api.check_in_status(&number(digits), &event(id), now()).await;
    assert_eq!(ask(YASMINA, HUNDRED_A_WEEK).await.unwrap().answer, CheckInAnswer::Allowed);
    accepted(bench.api.check_in(&check_in(bench.holder(YASMINA).await)).await);
    for digits in [YASMINA, GROUP] {
        let CheckInAnswer::NotAllowed { said } = ask(digits, HUNDRED_A_WEEK).await.unwrap().answer else {
            panic!("allowed")
        };
        assert!(said.is_some());
    }
    let nowhere = ask(YASMINA, "nowhere").await.unwrap_err();
    assert!(matches!(nowhere, AskError::Problem(problem) if problem.kind == ProblemKind::EventNotFound));
    let unknown = ask("0945000057915", HUNDRED_A_WEEK).await.unwrap_err();
    assert!(matches!(unknown, AskError::Problem(problem) if problem.kind == ProblemKind::PassNotFound));
}

#[tokio::test]
async fn rewards_are_known_with_what_bounds_them() {
    let bench = Bench::open().await;
    let rewards = bench.api.rewards(&organizer(), now()).await.unwrap();
    let find = |id: &str| rewards.iter().find(|reward| reward.id.0 == id);
    let bottle = find("9002").unwrap();
    assert_eq!((bottle.points, bottle.stock, bottle.taken), (15, Some(40), 37));
    assert_eq!(bottle.limit, Some(Limit { volume: 1, period: Period::Year }));
    assert_eq!((bottle.organizers.clone(), bottle.card_systems.clone()), (vec![organizer()], None));
    assert!(bottle.from.unwrap() < now() && now() < bottle.until.unwrap());
    let welcome = find("5688").unwrap();
    assert_eq!((welcome.kind, welcome.points), (RewardKind::Welcome, 0));
    assert_eq!(welcome.card_systems.as_ref().map(Vec::len), Some(2));
    assert!(find("5824").unwrap().online);
    assert!(find("5825").is_none(), "it is over");
}

#[tokio::test]
async fn a_person_can_redeem_some_and_the_rest_has_a_reason() {
    let bench = Bench::open().await;
    let poor = bench.pass("1000000520006").await;
    let redeemable = bench.api.redeemable(&organizer(), &poor.passholder, now()).await.unwrap();
    assert_eq!(redeemable, [RewardId("5688".to_owned())]);
    let ask = async |reward: &str, digits: &str| {
        bench.api.redeem_status(&RewardId(reward.to_owned()), &number(digits), now()).await
    };
    assert_eq!(ask("9001", YASMINA).await.unwrap().answer, RedeemAnswer::Redeemable);
    for (reward, digits, expected) in [
        ("5687", "1000000520006", RedeemReason::PassholderPoints),
        ("9004", YASMINA, RedeemReason::RewardVolume),
        ("9005", YASMINA, RedeemReason::CardSystems),
        ("5825", YASMINA, RedeemReason::RewardPeriod),
        ("5687", GROUP, RedeemReason::InvalidCard),
    ] {
        match ask(reward, digits).await.unwrap().answer {
            RedeemAnswer::NotRedeemable { why, said } => {
                assert!(why == expected && said.is_some(), "{reward}: {why:?}")
            }
            RedeemAnswer::Redeemable => panic!("{reward}"),
        }
    }
    let unknown = ask("1", YASMINA).await.unwrap_err();
    assert!(matches!(unknown, AskError::Problem(problem) if problem.name == "uitpas/reward-not-found"));
}

#[tokio::test]
async fn the_settings_of_an_activity_hold_both_limits_and_the_points() {
    let bench = Bench::open().await;
    let settings = bench.api.event_settings(&event(HUNDRED_A_WEEK)).await.unwrap();
    assert_eq!(settings.ticket_limit, Some(Limit { volume: 100, period: Period::Week }));
    assert_eq!(settings.check_in_limit, Some(Limit { volume: 1, period: Period::Day }));
    assert_eq!(settings.check_in_points, 1);
    assert_eq!(bench.pass(YASMINA).await.postal_code.as_deref().map(str::len), Some(4));
}

#[tokio::test]
async fn every_calendar_of_the_search_has_a_schedule_that_runs_today() {
    let bench = Bench::open().await;
    let events = bench.api.coming_events(&organizer(), 1, now()).await.unwrap();
    let of =
        |calendar: CalendarType| -> Vec<&Event> { events.iter().filter(|event| event.calendar == calendar).collect() };
    for event in &events {
        assert!(!event.schedule.around(now()).is_empty(), "{}", event.title);
        assert_eq!((event.check_in_limit, event.check_in_points), (None, None));
    }
    assert!(of(CalendarType::Single).iter().any(|event| event.schedule.around(now())[0].all_day));
    assert_eq!(of(CalendarType::Multiple)[0].schedule.sessions.len(), 4);
    let season = &of(CalendarType::Periodic)[0].schedule;
    assert!(season.first_day.is_some() && season.last_day.is_some() && season.opening[0].days.len() == 7);
    let pool = &of(CalendarType::Permanent)[0].schedule;
    assert!(pool.first_day.is_none() && pool.opening.len() == 1 && pool.sessions.is_empty());
}
