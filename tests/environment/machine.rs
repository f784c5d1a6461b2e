//! Clocks that are wrong, a computer that sleeps, a program that is started twice, a ledger that is copied.

use super::{a_clerk_finds_it, doubt, is_done, start};
use balie_core::outbox::State;
use balie_desk::act::ActError;
use balie_desk::hand_over::HandOverError;
use balie_desk::undo::UndoError;
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::open::StoreError;
use balie_store::rehearsal::change_the_trail;
use balie_tests::scene::{Kind, NOOR, SHOW, Scene, WORKSHOP, YASMINA};
use std::time::Duration;

const A_DAY: i64 = 86_400;
/// A group with fifty turns a year.
const GROUP: &str = "04D0AB6AF85C80";
const SHORTLY: Duration = Duration::from_millis(10);
/// Much longer than anything takes, so that a busy computer fails no test.
const LONG: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_clock_that_is_wrong_by_a_day_sends_nothing_before_uitpas_was_heard_again() {
    for by in [A_DAY, -A_DAY] {
        for kind in Kind::ALL {
            let scene = start(kind).await;
            let done = scene.act(kind).await;
            scene.set_the_clock(by);
            scene.upload().await;
            assert_eq!((done.sent(&scene), done.all(&scene, State::Queued).await), (0, true), "{kind:?} {by}");
            scene.later(1).await;
            is_done(&scene, &done, "the clock was set").await;
            scene.set_the_clock(-by);
            scene.settle_for_good().await;
            is_done(&scene, &done, "the clock was set right").await;
            assert_eq!(done.sent(&scene), 1, "{kind:?} {by}");
        }
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_at_the_start_decides_nothing_about_what_was_cut_off() {
    for by in [A_DAY, -A_DAY] {
        // A point would be too late a day later: UiTPAS refuses it then, and a person hears of it.
        for kind in [Kind::Sale, Kind::Batch, Kind::Redeem] {
            let scene = start(kind).await;
            let done = scene.act(kind).await;
            scene.begin_sending().await;
            scene.set_the_clock(by);
            let scene = scene.restart().await;
            for seconds in [3, 20, 60] {
                scene.later(seconds).await;
                assert_eq!((done.sent(&scene), done.all(&scene, State::InDoubt).await), (0, true), "{kind:?} {by}");
            }
            scene.set_the_clock(-by);
            scene.settle().await;
            // With the clock ahead, the end of the attempt is taken for tomorrow: it is believed to be absent a day later.
            for _ in 0..9 {
                scene.later(10_800).await;
            }
            is_done(&scene, &done, "wrong at the start").await;
        }
    }
}

#[tokio::test]
async fn a_clock_that_is_ahead_refuses_no_point_that_still_has_time() {
    let scene = Scene::start().await;
    scene.choose(WORKSHOP).await;
    scene.tap(YASMINA).await;
    scene.go_offline().await;
    let person = scene.tap(YASMINA).await;
    let point = scene.desk.check_in(person.tap).await.unwrap();
    scene.set_the_clock(A_DAY);
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!(scene.state(&point).await, State::Queued);
    scene.set_the_clock(-A_DAY);
    scene.later(1).await;
    assert_eq!(scene.state(&point).await, State::Confirmed);
}

#[tokio::test]
async fn of_two_programs_on_one_ledger_only_the_one_that_came_last_sends() {
    for kind in Kind::ALL {
        let first = start(kind).await;
        let done = first.act(kind).await;
        let second = first.start_again_beside().await;
        first.upload().await;
        assert_eq!((done.sent(&first), done.all(&first, State::Queued).await), (0, true), "{kind:?}");
        first.later(1).await;
        assert_eq!(done.sent(&first), 0, "{kind:?}");
        second.later(1).await;
        first.later(1).await;
        is_done(&second, &done, "the second program").await;
        assert_eq!(done.sent(&second), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_program_that_is_started_while_the_first_one_sends_looks_before_it_sends() {
    for kind in Kind::ALL {
        let first = start(kind).await;
        let done = first.act(kind).await;
        let rule = FaultRule::new(FaultAction::Delay, kind.path()).method(kind.method()).times(1).delay_ms(500);
        first.sandbox.add_fault(rule);
        let start_again = async {
            while done.sent(&first) == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            first.start_again_beside().await
        };
        let ((), second) = tokio::join!(first.upload(), start_again);
        assert!(done.all(&second, doubt(kind)).await, "{kind:?} {:?}", done.states(&second).await);
        second.later(3).await;
        is_done(&second, &done, "the second program").await;
        // Taking something out twice does no harm.
        assert!(done.sent(&second) <= if kind == Kind::Cancel { 2 } else { 1 }, "{kind:?}");
        first.later(3).await;
        is_done(&first, &done, "the first program").await;
    }
}

#[tokio::test]
async fn a_copy_of_a_ledger_on_another_computer_is_read_only_until_a_person_says_otherwise() {
    for kind in Kind::MAKING {
        let scene = Scene::start_as(&[], |config| config.only_desk = true).await;
        scene.ledger.hold_against(None).await.unwrap().unwrap();
        let done = scene.act(kind).await;
        // The other computer remembers another ledger.
        let copy = scene.start_on_a_copy(Some([7; 16])).await;
        assert!(copy.desk.is_read_only());
        copy.later(1).await;
        assert_eq!((done.sent(&copy), done.all(&copy, State::Queued).await), (0, true), "{kind:?}");
        copy.choose(SHOW).await;
        copy.tap(NOOR).await;
        let refused = copy.try_to_sell().await;
        assert!(matches!(refused, Err(ActError::ReadOnly)), "{refused:?}");
        let file = copy.file("over.balie");
        let undone = copy.desk.undo(done.entries[0].entry.id).await;
        assert!(matches!(undone, Err(UndoError::Store(StoreError::Elsewhere))), "{undone:?}");
        let handed = copy.desk.hand_over(&file).await;
        assert!(matches!(handed, Err(HandOverError::Store(StoreError::Elsewhere))) && !file.exists(), "{handed:?}");

        // The first computer sends, breaks, and the other goes on with the copy.
        scene.later(1).await;
        is_done(&scene, &done, "the first computer").await;
        copy.desk.work_on_here().await.unwrap();
        assert!(!copy.desk.is_read_only());
        assert!(done.all(&copy, State::InDoubt).await, "{kind:?} {:?}", done.states(&copy).await);
        copy.later(3).await;
        a_clerk_finds_it(&copy).await;
        is_done(&copy, &done, "the copy").await;
        assert_eq!(done.sent(&copy), 1, "{kind:?}: what the first one sent was found");
    }
}

#[tokio::test]
async fn what_the_first_computer_sold_meanwhile_is_not_taken_out_by_a_copy_that_was_in_doubt() {
    let scene = Scene::start_as(&[], |config| config.only_desk = true).await;
    scene.ledger.hold_against(None).await.unwrap().unwrap();
    scene.tap(GROUP).await;
    let sold = scene.sell_first().await;
    scene.once(FaultAction::DropAfterCommit, "POST", Kind::Sale.path());
    scene.upload().await;
    assert_eq!(scene.state(&sold).await, State::InDoubt);
    let copy = scene.start_on_a_copy(Some([7; 16])).await;

    scene.later(3).await;
    assert_eq!(scene.state(&sold).await, State::Confirmed);
    scene.tap(GROUP).await;
    scene.sell_first().await;
    scene.later(1).await;
    assert_eq!(scene.held(), 2);
    copy.desk.work_on_here().await.unwrap();
    copy.settle_for_good().await;
    assert_eq!((scene.held(), scene.sandbox.request_count_below("DELETE", Kind::Sale.path())), (2, 0));
    assert_eq!(copy.state(&sold).await, State::InDoubt, "which of the two it is, a clerk must say");
}

#[tokio::test]
async fn an_older_copy_that_is_put_back_is_read_only_too_and_loses_nothing() {
    let scene = Scene::start_as(&[], |config| config.only_desk = true).await;
    let old = scene.ledger.hold_against(None).await.unwrap().unwrap();
    let done = scene.act(Kind::Sale).await;
    let backup = scene.copy_of_the_files();
    let newer = scene.ledger.hold_against(Some(old)).await.unwrap().unwrap();
    let newest = scene.ledger.hold_against(Some(newer)).await.unwrap().unwrap();
    scene.upload().await;
    is_done(&scene, &done, "before the copy was put back").await;
    let scene = scene.restart_on(backup).await;
    assert_eq!(scene.ledger.hold_against(Some(newest)).await.unwrap(), None, "another one is remembered");
    scene.later(3).await;
    assert_eq!((done.sent(&scene), scene.desk.is_read_only()), (1, true));
    scene.desk.work_on_here().await.unwrap();
    scene.settle().await;
    a_clerk_finds_it(&scene).await;
    is_done(&scene, &done, "the older copy").await;
    assert_eq!(done.sent(&scene), 1);
}

#[tokio::test]
async fn what_waits_by_a_clock_that_was_ahead_does_not_wait_until_that_day_comes() {
    let scene = Scene::start().await;
    let done = scene.act(Kind::Sale).await;
    let busy = FaultRule::new(FaultAction::Status, Kind::Sale.path()).method("POST").times(1).answering(429, "{}");
    scene.sandbox.add_fault(busy);
    scene.set_the_clock(A_DAY);
    scene.later(1).await;
    assert_eq!((done.sent(&scene), done.all(&scene, State::Queued).await), (1, true));

    let mut running = std::pin::pin!(std::sync::Arc::clone(&scene.desk).keep_uploading());
    tokio::select! {
        biased;
        () = &mut running => panic!("the uploader stopped"),
        // It has seen the clock once.
        () = std::future::ready(()) => {}
    }
    scene.set_the_clock(-A_DAY);
    let settled = async {
        while scene.again(&done.entries[0]).await.life.not_before.duration_since(scene.now()).as_secs() > 900 {
            tokio::time::sleep(SHORTLY).await;
        }
        scene.pass_time(901);
        while !done.all(&scene, State::Confirmed).await {
            tokio::time::sleep(SHORTLY).await;
        }
    };
    tokio::select! {
        () = &mut running => panic!("the uploader stopped"),
        ended = tokio::time::timeout(LONG, settled) => ended.unwrap(),
    }
    assert_eq!((done.sent(&scene), done.there(&scene)), (2, 1));
}

#[tokio::test]
async fn a_trail_that_somebody_changed_is_noticed_at_the_start() {
    let scene = Scene::start().await;
    let done = scene.act(Kind::Sale).await;
    scene.upload().await;
    is_done(&scene, &done, "before").await;
    change_the_trail(&scene.ledger, 2).await.unwrap();
    let started = scene.try_to_start_again().await;
    assert!(matches!(started, Err(StoreError::Tampered { seq: 2 })), "{:?}", started.err());
}
