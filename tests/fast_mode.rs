//! Fast mode, told in taps: a card at a chosen activity saves its point by itself, once, and never anything else.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

use std::collections::HashSet;

use balie_core::entry::{Act, EntryId};
use balie_core::outbox::State;
use balie_core::time::Moment;
use balie_desk::connection::Connection;
use balie_desk::person::{ByItself, Person};
use balie_desk::undo::UndoError;
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::entries::Recorded;
use balie_tests::scene::{NOOR, NOORS_NUMBER, SHOW, Scene, WORKSHOP, YASMINA, YASMINAS_NUMBER};

/// A group pass.
const GROUP: &str = "04D0AB6AF85C80";
const GROUPS_NUMBER: &str = "0900000045410";
/// Somebody whose kansenstatuut has expired.
const EXPIRED: &str = "04CEE7528E6180";

/// Somebody turns the switch.
async fn turn(scene: &Scene, fast_mode: bool) {
    let mut settings = scene.desk.settings();
    settings.preferences.fast_mode = fast_mode;
    scene.desk.settle_in(settings).await;
}

/// A desk with the show chosen, where fast mode is on.
async fn fast() -> Scene {
    let scene = Scene::start().await;
    turn(&scene, true).await;
    scene
}

async fn books(scene: &Scene) -> Vec<Recorded> {
    scene.ledger.newest(50).await.unwrap()
}

/// The entry that a tap made by itself, and until when it waits.
fn saved(person: &Person) -> (EntryId, Moment) {
    let saved = match person.by_itself {
        Some(ByItself::Saved { entry, until }) => Some((entry, until)),
        Some(ByItself::NotSaved) | None => None,
    };
    saved.unwrap()
}

fn entry(person: &Person) -> EntryId {
    saved(person).0
}

async fn kinds(scene: &Scene) -> (usize, usize) {
    let all = books(scene).await;
    let points = all.iter().filter(|each| matches!(each.entry.act, Act::CheckIn(_))).count();
    (points, all.len() - points)
}

#[tokio::test]
async fn without_fast_mode_a_tap_records_nothing() {
    let scene = Scene::start().await;
    assert_eq!(scene.tap(YASMINA).await.by_itself, None);
    assert_eq!(scene.scan(NOORS_NUMBER).await.by_itself, None);
    assert!(books(&scene).await.is_empty());
}

#[tokio::test]
async fn a_tap_saves_its_point_and_it_goes_out_ten_seconds_later() {
    let scene = fast().await;
    let before = Scene::start().await.tap(YASMINA).await.balance.unwrap();
    let person = scene.tap(YASMINA).await;
    assert_eq!(person.check_in.as_ref().unwrap().recorded, Some(entry(&person)));
    assert_eq!(person.balance, Some(before + 1), "it counts at once, as any other");
    scene.pass_time(9);
    scene.upload().await;
    let saved = books(&scene).await.remove(0);
    assert_eq!((saved.state, scene.sandbox.checkins().len()), (State::Queued, 0), "there is time to think again");
    scene.pass_time(1);
    scene.upload().await;
    assert_eq!((scene.state(&saved).await, scene.sandbox.checkins().len()), (State::Confirmed, 1));
    assert_eq!((kinds(&scene).await, scene.held()), ((1, 0), 0), "a tap never sells");
}

#[tokio::test]
async fn taken_back_in_time_it_never_left_and_the_card_alone_does_not_save_it_again() {
    let scene = fast().await;
    let person = scene.tap(YASMINA).await;
    let undone = scene.desk.undo(entry(&person)).await.unwrap();
    assert_eq!(undone.state, State::Withdrawn);
    let person = scene.person();
    assert_eq!((person.by_itself, person.check_in.as_ref().unwrap().recorded), (None, None));
    let again = scene.tap(YASMINA).await;
    assert_eq!(again.by_itself, None, "a hand decides now");
    scene.desk.check_in(again.tap).await.unwrap();
    scene.pass_time(60);
    scene.upload().await;
    assert_eq!(scene.sandbox.checkins().len(), 1);
    assert_eq!(scene.sandbox.request_count_below("POST", "/checkins"), 1);
}

#[tokio::test]
async fn after_the_ten_seconds_the_ordinary_way_back_is_there() {
    let scene = fast().await;
    let person = scene.tap(YASMINA).await;
    scene.pass_time(10);
    scene.upload().await;
    let cancellation = scene.desk.undo(entry(&person)).await.unwrap();
    assert!(matches!(cancellation.entry.act, Act::Cancellation(_)));
    assert!(matches!(scene.desk.undo(entry(&person)).await, Err(UndoError::TooLate)));
}

#[tokio::test]
async fn a_card_that_is_laid_there_again_or_flutters_saves_no_second_point() {
    let scene = fast().await;
    for _ in 0..3 {
        scene.tap(YASMINA).await;
    }
    assert_eq!(kinds(&scene).await, (1, 0), "however much room its limit leaves");
    scene.tap(NOOR).await;
    assert_eq!(kinds(&scene).await, (2, 0));
    let scene = scene.restart().await;
    scene.choose(SHOW).await;
    turn(&scene, true).await;
    assert_eq!(scene.tap(YASMINA).await.by_itself, None, "also after the program began anew");
    assert_eq!(kinds(&scene).await, (2, 0));
    scene.pass_time(10);
    scene.upload().await;
    assert_eq!(scene.sandbox.checkins().len(), 2, "and what waited is not lost");
}

#[tokio::test]
async fn a_point_that_was_saved_by_hand_today_is_not_followed_by_another() {
    let scene = Scene::start().await;
    let person = scene.tap(YASMINA).await;
    scene.desk.check_in(person.tap).await.unwrap();
    turn(&scene, true).await;
    assert_eq!(scene.person().by_itself, None, "who stands there was laid there before");
    assert_eq!(scene.tap(YASMINA).await.by_itself, None);
    assert_eq!(kinds(&scene).await, (1, 0));
}

#[tokio::test]
async fn what_a_hand_types_saves_nothing_and_what_a_scanner_reads_does() {
    let scene = fast().await;
    assert_eq!(scene.type_number(YASMINAS_NUMBER).await.by_itself, None);
    assert!(books(&scene).await.is_empty());
    let scanned = scene.scan(YASMINAS_NUMBER).await;
    assert_eq!(scanned.check_in.as_ref().unwrap().recorded, Some(entry(&scanned)));
}

#[tokio::test]
async fn a_card_saves_only_at_the_activity_it_was_laid_there_for() {
    let scene = fast().await;
    scene.tap(GROUP).await;
    scene.choose(WORKSHOP).await;
    assert!(books(&scene).await.is_empty(), "a group saves no points, at whatever is chosen next");
    let looked_up = scene.desk.scanned(YASMINAS_NUMBER).unwrap();
    scene.choose(SHOW).await;
    scene.choose(WORKSHOP).await;
    scene.desk.look_up(looked_up).await;
    assert_eq!(scene.person().by_itself, None, "the activity changed while the card was being looked up");
    let looked_up = scene.desk.scanned(YASMINAS_NUMBER).unwrap();
    let next = scene.tap(NOOR).await;
    scene.desk.dismiss(next.tap);
    scene.desk.look_up(looked_up).await;
    assert_eq!((scene.desk.person(), kinds(&scene).await), (None, (2, 0)), "whoever made room keeps their own point");
}

/// Scans one number and then, before UiTPAS says anything of it, another; and waits until all is known of both.
async fn both(scene: &Scene, first: &str, then: &str) -> Person {
    let first = scene.desk.scanned(first).unwrap();
    let then = scene.desk.scanned(then).unwrap();
    tokio::join!(scene.desk.look_up(first), scene.desk.look_up(then));
    scene.person()
}

#[tokio::test]
async fn two_cards_in_a_breath_save_two_points() {
    let scene = fast().await;
    let slow = |path: &str| FaultRule::new(FaultAction::Delay, path).method("GET").delay_ms(150);
    for path in ["/passes", "/checkin-status"] {
        scene.sandbox.add_fault(slow(path));
    }
    let person = both(&scene, YASMINAS_NUMBER, NOORS_NUMBER).await;
    assert_eq!((kinds(&scene).await, person.before_not_saved), ((2, 0), false), "of people that were never seen here");
    assert_eq!(person.check_in.as_ref().unwrap().recorded, Some(entry(&person)));

    let scene = Scene::start().await;
    for known in [YASMINA, NOOR] {
        scene.tap(known).await;
    }
    turn(&scene, true).await;
    scene.sandbox.add_fault(slow("/checkin-status"));
    both(&scene, YASMINAS_NUMBER, NOORS_NUMBER).await;
    assert_eq!(kinds(&scene).await, (2, 0), "and of people who were");
    let whose: HashSet<_> = books(&scene).await.iter().map(|each| each.entry.act.holder().number.clone()).collect();
    assert_eq!(whose.len(), 2, "each their own");
}

#[tokio::test]
async fn whoever_made_room_and_saved_no_point_is_told_of_with_the_next() {
    let scene = fast().await;
    let slow = FaultRule::new(FaultAction::Delay, "/passes").method("GET").delay_ms(150);
    scene.sandbox.add_fault(slow);
    let person = both(&scene, GROUPS_NUMBER, YASMINAS_NUMBER).await;
    assert!(person.before_not_saved, "a group saves none");
    assert!(!both(&scene, YASMINAS_NUMBER, NOORS_NUMBER).await.before_not_saved, "it was saved today");
    let unknown = "0900000000001";
    assert!(both(&scene, unknown, NOORS_NUMBER).await.before_not_saved, "nobody knows whose it is");
    assert_eq!(kinds(&scene).await, (2, 0));
    assert!(!scene.tap(YASMINA).await.before_not_saved, "once is enough");
}

#[tokio::test]
async fn whoever_stood_there_when_the_desk_was_locked_saves_nothing() {
    let scene = fast().await;
    let first = scene.desk.scanned(YASMINAS_NUMBER).unwrap();
    let then = scene.desk.scanned(NOORS_NUMBER).unwrap();
    scene.desk.lock().await;
    tokio::join!(scene.desk.look_up(first), scene.desk.look_up(then));
    assert_eq!((scene.desk.person(), kinds(&scene).await), (None, (0, 0)));
}

#[tokio::test]
async fn with_and_without_a_kansenstatuut_it_is_the_same() {
    let scene = fast().await;
    let (with, without) = (scene.tap(YASMINA).await, scene.tap(EXPIRED).await);
    assert_eq!(saved(&with).1, saved(&without).1);
    assert_eq!(kinds(&scene).await, (2, 0));
}

#[tokio::test]
async fn without_a_connection_it_is_saved_too_and_goes_out_when_the_network_is_back() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    turn(&scene, true).await;
    scene.go_offline().await;
    let offline = scene.tap(YASMINA).await;
    assert_eq!(saved(&offline).1.duration_since(scene.now()).as_secs(), 10);
    scene.bring_the_network_back().await;
    scene.later(9).await;
    assert_eq!(scene.desk.connection(), Connection::Connected);
    assert_eq!(scene.sandbox.checkins().len(), 0, "the seconds that the screen counts are there, network or not");
    scene.later(1).await;
    assert_eq!(scene.sandbox.checkins().len(), 1);
}
