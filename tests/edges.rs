//! Where two things meet: an answer that is lost in the middle of taking something back, another activity chosen while
//! UiTPAS is still asked about the first, facts that grow old between two decisions.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

use balie_core::agreement::Agreement;
use balie_core::event::{Event, EventId};
use balie_core::limit::CalendarType;
use balie_core::outbox::State;
use balie_core::schedule::{OpeningHours, Schedule};
use balie_core::tariff::NoOffer;
use balie_desk::act::ActError;
use balie_desk::person::{OfferId, Person};
use balie_desk::undo::UndoError;
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::entries::Recorded;
use balie_tests::scene::{ONCE_A_WEEK, SHOW, Scene, WORKSHOP, YASMINA, YASMINAS_NUMBER, json, no_offer};
use jiff::civil::Time;

/// A group with fifty turns a year.
const GROUP: &str = "04D0AB6AF85C80";

/// Saves a point for Yasmina, and lets UiTPAS have it.
async fn saved(scene: &Scene) -> Recorded {
    let person = scene.tap(YASMINA).await;
    let recorded = scene.desk.check_in(person.tap).await.unwrap();
    scene.upload().await;
    recorded
}

fn reward(person: &Person, id: &str) -> OfferId {
    person.rewards.iter().find(|offered| offered.reward.id.0 == id).unwrap().id
}

/// Time for the uploader to try again what could not be sent.
async fn try_again(scene: &Scene) {
    scene.pass_time(60);
    scene.bring_the_network_back().await;
    scene.upload().await;
}

#[tokio::test]
async fn a_cancellation_that_uitpas_refuses_is_refused_and_holds_up_nothing() {
    let scene = Scene::start().await;
    let point = saved(&scene).await;
    let refusal = r#"{"type":"https://api.publiq.be/probs/uitpas/checkin-not-allowed","status":400}"#;
    scene
        .sandbox
        .add_fault(json(FaultRule::new(FaultAction::Status, "/checkins").method("DELETE").answering(400, refusal)));
    let back = scene.desk.undo(point.entry.id).await.unwrap();
    let sale = scene.sell_first().await;
    scene.upload().await;
    assert_eq!((scene.state(&back).await, scene.state(&point).await), (State::Refused, State::Confirmed));
    assert_eq!(scene.state(&sale).await, State::Confirmed);
}

#[tokio::test]
async fn a_cancellation_that_goes_nowhere_waits_its_time_while_all_else_goes_first() {
    let scene = Scene::start().await;
    let point = saved(&scene).await;
    scene.sandbox.add_fault(FaultRule::new(FaultAction::Status, "/checkins").method("DELETE").answering(500, "{}"));
    let back = scene.desk.undo(point.entry.id).await.unwrap();
    scene.upload().await;
    let sale = scene.sell_first().await;
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!((scene.state(&back).await, scene.state(&sale).await), (State::Queued, State::Confirmed));
}

#[tokio::test]
async fn a_cancellation_that_was_begun_can_only_be_finished() {
    let scene = Scene::start().await;
    let person = scene.tap(GROUP).await;
    let sold = scene.desk.sell(person.tap, person.offers[0].id, 3).await.unwrap();
    scene.upload().await;
    let back = scene.desk.undo(sold.entry.id).await.unwrap();
    scene.once(FaultAction::DropAfterCommit, "DELETE", "/ticket-sales");
    scene.upload().await;
    assert!(matches!(scene.desk.undo(back.entry.id).await, Err(UndoError::TooLate)), "one of three is out already");
    try_again(&scene).await;
    assert_eq!((scene.state(&sold).await, scene.held()), (State::Cancelled, 0));
}

#[tokio::test]
async fn who_took_it_out_is_said_only_when_it_was_somebody_else() {
    let scene = Scene::start().await;
    let point = saved(&scene).await;
    let back = scene.desk.undo(point.entry.id).await.unwrap();
    scene.once(FaultAction::DropAfterCommit, "DELETE", "/checkins");
    scene.upload().await;
    try_again(&scene).await;
    let ours = scene.again(&back).await;
    assert_eq!((ours.state, ours.problem), (State::Confirmed, None), "it was our own attempt before");

    let point = saved(&scene).await;
    let other = Scene::start_beside(&scene).await;
    other.take_out_check_in(&scene.server_ids(&point).await[0]).await;
    let back = scene.desk.undo(point.entry.id).await.unwrap();
    scene.upload().await;
    let theirs = scene.again(&back).await;
    assert_eq!((theirs.state, theirs.problem.as_deref()), (State::Confirmed, Some("was-gone")));
}

#[tokio::test]
async fn the_turns_of_a_group_are_one_number_for_all_activities() {
    let scene = Scene::start().await;
    scene.tap(GROUP).await;
    scene.choose(WORKSHOP).await;
    scene.tap(GROUP).await;
    scene.go_offline().await;
    scene.choose(SHOW).await;
    let group = scene.tap(GROUP).await;
    let all = group.offers[0].quote.as_ref().unwrap().most;
    scene.desk.sell(group.tap, group.offers[0].id, all).await.unwrap();
    scene.choose(WORKSHOP).await;
    assert_eq!(no_offer(&scene.tap(GROUP).await.offers[0]), NoOffer::NoTurnsLeft);
}

#[tokio::test]
async fn a_point_that_uitpas_takes_no_more_pays_for_nothing() {
    let scene = Scene::start().await;
    scene.choose(WORKSHOP).await;
    scene.tap(YASMINA).await;
    scene.go_offline().await;
    let before = scene.tap(YASMINA).await;
    scene.desk.check_in(before.tap).await.unwrap();
    assert_eq!(scene.person().balance, before.balance.map(|points| points + 1));
    scene.pass_time(11 * 3_600);
    assert_eq!(scene.tap(YASMINA).await.balance, before.balance);
}

#[tokio::test]
async fn hours_on_no_day_stay_hours_on_no_day() {
    let scene = Scene::start().await;
    let never = OpeningHours { days: Vec::new(), opens: Time::midnight(), closes: Time::midnight() };
    let event = Event {
        id: EventId("e".to_owned()),
        title: "Zwembad".to_owned(),
        calendar: CalendarType::Permanent,
        starts: None,
        ends: None,
        schedule: Schedule { opening: vec![never], ..Schedule::default() },
        prices: Vec::new(),
        card_systems: None,
        ticket_limit: None,
        check_in_limit: None,
        check_in_points: None,
        details_as_of: None,
        as_of: scene.now(),
    };
    scene.snapshot.keep_events(std::slice::from_ref(&event)).await.unwrap();
    assert_eq!(scene.snapshot.events().await.unwrap(), [event]);
}

#[tokio::test]
async fn points_that_came_back_before_we_knew_are_counted_once() {
    let scene = Scene::start().await;
    let person = scene.tap(YASMINA).await;
    let redeemed = scene.desk.redeem(person.tap, reward(&person, "9001")).await.unwrap();
    scene.upload().await;
    scene.pass_time(1);
    scene.desk.undo(redeemed.entry.id).await.unwrap();
    scene.once(FaultAction::DropAfterCommit, "DELETE", "/rewards/redeemed");
    scene.upload().await;
    scene.pass_time(10);
    // UiTPAS gave the points back already, and says so; that it did is confirmed only afterwards.
    scene.tap(YASMINA).await;
    try_again(&scene).await;
    assert_eq!(scene.state(&redeemed).await, State::Cancelled);
    scene.go_offline().await;
    assert_eq!(scene.tap(YASMINA).await.balance, person.balance);
}

#[tokio::test]
async fn the_answers_about_one_activity_are_never_compared_with_those_about_another() {
    let scene = Scene::start().await;
    scene.another_desk_sells(YASMINAS_NUMBER, ONCE_A_WEEK).await;
    scene.pass_time(1);
    scene.choose(ONCE_A_WEEK).await;
    scene.tap(YASMINA).await;
    scene.choose(SHOW).await;
    scene.pass_time(700);
    let differences = || async {
        let tallies = scene.desk.agreement().await.unwrap();
        let differs = |agreement| !matches!(agreement, Agreement::Same | Agreement::LacksFacts);
        tallies.iter().filter(|tally| differs(tally.agreement)).map(|tally| tally.count).sum::<u32>()
    };
    let before = differences().await;
    let asked = scene.sandbox.request_count("GET", "/rewards");
    scene.sandbox.add_fault(FaultRule::new(FaultAction::Delay, "/rewards").method("GET").times(1).delay_ms(1_500));
    let choosing = async {
        scene.asked("GET", "/rewards", asked + 1).await;
        scene.choose(ONCE_A_WEEK).await;
    };
    tokio::join!(scene.tap(YASMINA), choosing);
    assert_eq!(differences().await, before);
}

#[tokio::test]
async fn points_are_not_spent_twice_on_a_balance_that_has_grown_old() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    // The clerk talks for a minute; then another activity is chosen, and only the rewards are asked anew.
    scene.pass_time(70);
    scene.choose(WORKSHOP).await;
    let person = scene.person();
    scene.desk.redeem(person.tap, reward(&person, "9003")).await.unwrap();
    let bottle = reward(&scene.person(), "9002");
    assert!(matches!(scene.desk.redeem(person.tap, bottle).await, Err(ActError::Changed)), "12 points are left of 42");
}
