//! Saving points and taking them back, told in taps: on real encrypted files and with UiTPAS over real HTTP.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

use balie_core::checkin::NoCheckIn;
use balie_core::entry::Act;
use balie_core::outbox::State;
use balie_core::time::Moment;
use balie_desk::act::ActError;
use balie_desk::person::Person;
use balie_desk::undo::UndoError;
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::entries::Recorded;
use balie_tests::scene::{NOOR, SHOW, Scene, WORKSHOP, YASMINA};

/// Swimming, all day long from seven to half past nine.
const SWIMMING: &str = "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e101";
/// An exhibition: two points, once a week.
const EXHIBITION: &str = "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e105";
/// A show in the evening, from eight to a quarter past ten.
const EVENING: &str = "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e102";
/// A group pass.
const GROUP: &str = "04D0AB6AF85C80";
/// Somebody whose kansenstatuut has expired.
const EXPIRED: &str = "04CEE7528E6180";

async fn save(scene: &Scene) -> Result<Recorded, ActError> {
    scene.desk.check_in(scene.person().tap).await
}

fn why_not(person: &Person) -> NoCheckIn {
    person.check_in.clone().unwrap().decision.unwrap_err().reason
}

fn moment(text: &str) -> Moment {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_point_is_saved_once_and_counted_at_once() {
    let scene = Scene::start().await;
    scene.choose(EXHIBITION).await;
    let before = scene.tap(YASMINA).await;
    let point = before.check_in.unwrap().decision.unwrap();
    assert_eq!((point.points, point.live), (2, true));
    let saved = save(&scene).await.unwrap();
    assert!(matches!(save(&scene).await, Err(ActError::Done(_))), "however often the key is hit");
    assert_eq!(scene.person().balance, before.balance.map(|points| points + 2));
    scene.upload().await;
    assert_eq!((scene.state(&saved).await, scene.sandbox.checkins().len()), (State::Confirmed, 1));
    assert_eq!(scene.server_ids(&saved).await, [scene.sandbox.checkins()[0].id.clone()]);
    scene.pass_time(1);
    let again = scene.tap(YASMINA).await;
    assert_eq!(again.balance, before.balance.map(|points| points + 2), "UiTPAS counts it now, and nobody twice");
    assert!(matches!(why_not(&again), NoCheckIn::NotAllowed { said: Some(_) }));
}

#[tokio::test]
async fn a_point_is_never_saved_at_an_activity_that_is_chosen_after_the_key() {
    let scene = Scene::start().await;
    let person = scene.tap(YASMINA).await;
    scene.pass_time(120);
    let asked = scene.sandbox.request_count("GET", "/checkin-status");
    scene.sandbox.add_fault(FaultRule::new(FaultAction::Delay, "/checkin-status").method("GET").times(1).delay_ms(300));
    let chosen = async {
        scene.asked("GET", "/checkin-status", asked + 1).await;
        scene.choose(WORKSHOP).await;
    };
    let (saved, ()) = tokio::join!(scene.desk.check_in(person.tap), chosen);
    assert!(matches!(saved, Err(ActError::Changed)), "{saved:?}");
    assert!(scene.ledger.newest(9).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_expired_kansenstatuut_still_saves_points_and_a_group_never_does() {
    let scene = Scene::start().await;
    scene.tap(EXPIRED).await;
    save(&scene).await.unwrap();
    assert_eq!(why_not(&scene.tap(GROUP).await), NoCheckIn::GroupPass);
    assert!(matches!(save(&scene).await, Err(ActError::Changed)));
    assert_eq!(scene.counts().await.to_send, 1);
}

#[tokio::test]
async fn without_a_connection_a_point_has_a_deadline_and_goes_before_the_sales() {
    let scene = Scene::start().await;
    scene.choose(SWIMMING).await;
    scene.tap(YASMINA).await;
    scene.tap(NOOR).await;
    scene.go_offline().await;
    scene.tap(YASMINA).await;
    scene.sell_first().await;
    let person = scene.tap(NOOR).await;
    let point = person.check_in.unwrap().decision.unwrap();
    assert!(!point.live);
    // It closes at half past nine in the evening in Brussels, and five hours later it is too late.
    let deadline = moment("2026-11-22T01:30:00Z");
    assert_eq!(point.deadline, Some(deadline));
    let saved = save(&scene).await.unwrap();
    assert_eq!(saved.entry.act.deadline(), Some(deadline));
    assert_eq!(scene.counts().await.deadline, Some(deadline));
    scene.bring_the_network_back().await;
    // A quarter of an hour before it is too late, it goes before everything else.
    scene.pass_time(deadline.duration_since(scene.now()).as_secs() - 900);
    let first = scene.begin_sending().await;
    assert_eq!(first.entry.id, saved.entry.id);
}

#[tokio::test]
async fn the_window_holds_with_and_without_a_connection() {
    let scene = Scene::start().await;
    for online in [true, false] {
        if !online {
            scene.go_offline().await;
        }
        scene.choose(EVENING).await;
        let opens = moment("2026-11-21T14:00:00Z");
        let early = why_not(&scene.tap(YASMINA).await);
        if online {
            assert!(matches!(early, NoCheckIn::NotAllowed { said: Some(_) }), "{early:?}");
        } else {
            assert_eq!(early, NoCheckIn::TooEarly { opens });
        }
        scene.choose(WORKSHOP).await;
        assert!(scene.tap(YASMINA).await.check_in.unwrap().decision.is_ok(), "five hours before is early enough");
    }
}

#[tokio::test]
async fn what_another_desk_did_is_known_after_the_network_is_gone() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    save(&scene).await.unwrap();
    scene.upload().await;
    // A desk that was never there: the same person, another ledger.
    let other = Scene::start_beside(&scene).await;
    other.tap(YASMINA).await;
    other.go_offline().await;
    other.choose(WORKSHOP).await;
    other.choose(SHOW).await;
    assert!(matches!(why_not(&other.tap(YASMINA).await), NoCheckIn::LimitReached(_)));
}

#[tokio::test]
async fn a_point_that_was_not_sent_is_taken_back_here_and_can_be_saved_again() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let first = save(&scene).await.unwrap();
    assert_eq!(scene.desk.undo(first.entry.id).await.unwrap().state, State::Withdrawn);
    save(&scene).await.unwrap();
    scene.upload().await;
    assert_eq!(scene.sandbox.checkins().len(), 1);
}

#[tokio::test]
async fn a_point_that_uitpas_has_is_taken_out_there_and_can_be_saved_again() {
    let scene = Scene::start().await;
    let before = scene.tap(YASMINA).await.balance;
    let saved = save(&scene).await.unwrap();
    scene.upload().await;
    let back = scene.desk.undo(saved.entry.id).await.unwrap();
    assert!(matches!(&back.entry.act, Act::Cancellation(cancellation) if cancellation.of == saved.entry.id));
    assert!(matches!(scene.desk.undo(saved.entry.id).await, Err(UndoError::TooLate)), "once is enough");
    scene.upload().await;
    assert_eq!((scene.state(&saved).await, scene.state(&back).await), (State::Cancelled, State::Confirmed));
    assert!(scene.sandbox.checkins().is_empty());
    let still_here = scene.person().check_in.unwrap();
    assert!(still_here.decision.is_ok() && still_here.recorded.is_none(), "without another tap");
    scene.pass_time(1);
    let again = scene.tap(YASMINA).await;
    assert_eq!(again.balance, before);
    assert!(again.check_in.unwrap().decision.is_ok());
}

#[tokio::test]
async fn a_cancellation_that_was_not_sent_is_taken_back_itself() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let saved = save(&scene).await.unwrap();
    scene.upload().await;
    let back = scene.desk.undo(saved.entry.id).await.unwrap();
    assert_eq!(scene.desk.undo(back.entry.id).await.unwrap().state, State::Withdrawn);
    scene.upload().await;
    assert_eq!((scene.state(&saved).await, scene.sandbox.checkins().len()), (State::Confirmed, 1));
    let again = scene.desk.undo(saved.entry.id).await.unwrap();
    scene.upload().await;
    assert_eq!((scene.state(&again).await, scene.sandbox.checkins().len()), (State::Confirmed, 0));
}

#[tokio::test]
async fn an_answer_that_is_lost_takes_nothing_out_twice_and_leaves_no_doubt() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let saved = save(&scene).await.unwrap();
    scene.upload().await;
    let back = scene.desk.undo(saved.entry.id).await.unwrap();
    scene.once(FaultAction::DropAfterCommit, "DELETE", "/checkins");
    scene.upload().await;
    assert_eq!((scene.state(&back).await, scene.state(&saved).await), (State::Queued, State::Confirmed));
    scene.pass_time(10);
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!((scene.state(&back).await, scene.state(&saved).await), (State::Confirmed, State::Cancelled));
}

#[tokio::test]
async fn a_point_in_doubt_is_held_and_never_sent_again() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let saved = save(&scene).await.unwrap();
    scene.once(FaultAction::DropAfterCommit, "POST", "/checkins");
    scene.upload().await;
    scene.pass_time(3_600);
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!((scene.state(&saved).await, scene.sandbox.checkins().len()), (State::InDoubt, 1));
    assert_eq!(scene.sandbox.request_count("POST", "/checkins"), 1);
}

#[tokio::test]
async fn a_point_that_comes_too_late_is_not_sent_any_more_and_stays_in_the_books() {
    let scene = Scene::start().await;
    scene.choose(WORKSHOP).await;
    scene.tap(YASMINA).await;
    scene.go_offline().await;
    scene.tap(YASMINA).await;
    let saved = save(&scene).await.unwrap();
    // Nine in the evening in UTC: the workshop ended more than five hours ago.
    scene.pass_time(11 * 3_600);
    scene.bring_the_network_back().await;
    scene.upload().await;
    let refused = scene.again(&saved).await;
    assert_eq!((refused.state, refused.problem.as_deref()), (State::Refused, Some("expired")));
    assert_eq!((scene.sandbox.request_count("POST", "/checkins"), scene.counts().await.to_check), (0, 1));
}
