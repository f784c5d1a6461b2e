//! What a server, or what stands before it, answers in bad times.

use super::{doubt, is_done, once_more, start};
use balie_core::outbox::State;
use balie_desk::connection::Connection;
use balie_sandbox::{FaultAction, FaultRule};
use balie_tests::scene::{Done, Kind, Scene};

fn rule(done: &Done, action: FaultAction) -> FaultRule {
    FaultRule::new(action, done.kind.path()).method(done.kind.method())
}

async fn waiting(kind: Kind) -> (Scene, Done) {
    let scene = start(kind).await;
    let done = scene.act(kind).await;
    (scene, done)
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_of_the_queue_holds_and_refuses_nothing() {
    for kind in Kind::ALL {
        let (scene, done) = waiting(kind).await;
        scene.sandbox.end_access_tokens();
        scene.upload().await;
        scene.later(1).await;
        is_done(&scene, &done, "a new token").await;
        assert_eq!(done.sent(&scene), 2, "{kind:?}: refused unread, and then sent");

        let (scene, done) = waiting(kind).await;
        scene.sandbox.add_fault(rule(&done, FaultAction::Status).times(3).answering(401, "{}"));
        for seconds in [1, 61, 61] {
            scene.upload().await;
            assert!(done.all(&scene, State::Queued).await, "{kind:?} {:?}", done.states(&scene).await);
            scene.pass_time(seconds);
            scene.desk.refresh().await.unwrap();
        }
        scene.later(61).await;
        is_done(&scene, &done, "401, three times").await;
    }
}

#[tokio::test]
async fn a_permission_that_is_missing_holds_until_it_is_given() {
    for kind in Kind::ALL {
        let (scene, done) = waiting(kind).await;
        scene.sandbox.add_fault(rule(&done, FaultAction::Status).answering(403, "{}"));
        for _ in 0..4 {
            scene.later(61).await;
            assert!(done.all(&scene, State::Queued).await, "{kind:?} {:?}", done.states(&scene).await);
            assert_eq!(scene.again(&done.entries[0]).await.hold.as_deref(), Some("forbidden"));
        }
        scene.sandbox.clear_faults();
        scene.later(61).await;
        is_done(&scene, &done, "403").await;
    }
}

#[tokio::test]
async fn a_page_that_answers_for_uitpas_puts_in_doubt_what_was_sent_and_lets_nothing_else_go() {
    for (status, body) in [(200, "<html>Aanmelden op het wifi-netwerk</html>"), (302, ""), (511, "<html></html>")] {
        for kind in Kind::ALL {
            let (scene, done) = waiting(kind).await;
            scene.sandbox.add_fault(FaultRule::new(FaultAction::Status, "/").answering(status, body));
            for _ in 0..3 {
                scene.upload().await;
            }
            assert!(done.all(&scene, doubt(kind)).await, "{kind:?} {status} {:?}", done.states(&scene).await);
            assert_eq!((done.sent(&scene), scene.desk.connection()), (1, Connection::Slow), "{kind:?} {status}");
            scene.sandbox.clear_faults();
            scene.settle().await;
            is_done(&scene, &done, "after the page").await;
            assert_eq!(done.sent(&scene), 1 + once_more(kind), "{kind:?} {status}");
        }
    }
}

#[tokio::test]
async fn a_server_that_asks_to_wait_again_and_again_is_asked_ever_less() {
    for kind in Kind::ALL {
        let (scene, done) = waiting(kind).await;
        let mut busy = rule(&done, FaultAction::Status).times(5).answering(429, "{}");
        busy.headers.insert("retry-after".to_owned(), "90".to_owned());
        scene.sandbox.add_fault(busy);
        let before = done.sent(&scene);
        for round in 0..50_u64 {
            scene.later(10).await;
            let most = 1 + (round * 10) / 90;
            assert!(done.sent(&scene) - before <= most, "{kind:?}: {} after {round} rounds", done.sent(&scene));
        }
        is_done(&scene, &done, "429").await;
        assert_eq!(done.sent(&scene) - before, 6, "{kind:?}");
    }
}

#[tokio::test]
async fn a_server_in_trouble_is_looked_at_before_it_is_asked_again() {
    for action in [FaultAction::Status, FaultAction::StatusAfterCommit] {
        for kind in Kind::ALL {
            for status in [500, 502, 503, 504] {
                let (scene, done) = waiting(kind).await;
                scene.sandbox.add_fault(rule(&done, action).times(1).answering(status, "<html>busy</html>"));
                scene.upload().await;
                assert!(done.all(&scene, doubt(kind)).await, "{kind:?} {status} {:?}", done.states(&scene).await);
                scene.settle().await;
                is_done(&scene, &done, "5xx").await;
                let again = if action == FaultAction::Status || kind == Kind::Cancel { once_more(kind) } else { 0 };
                assert_eq!(done.sent(&scene), 1 + again, "{kind:?} {status}");
                if status == 500 && kind == Kind::Sale {
                    continue;
                }
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_storm_of_errors_ends_with_everything_there_once() {
    for kind in Kind::ALL {
        let scene = Scene::start_as(&[], |config| config.only_desk = true).await;
        let done = scene.act(kind).await;
        scene.sandbox.add_fault(rule(&done, FaultAction::Status).times(3).answering(503, "<html>busy</html>"));
        scene.sandbox.add_fault(rule(&done, FaultAction::StatusAfterCommit).times(1).answering(502, "<html></html>"));
        for _ in 0..6 {
            scene.settle().await;
        }
        is_done(&scene, &done, "a storm").await;
        assert!(done.sent(&scene) <= 6, "{kind:?}: {}", done.sent(&scene));
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_or_garbled_is_looked_up() {
    for action in [FaultAction::TruncateGzip, FaultAction::Truncate, FaultAction::Garbage] {
        for kind in Kind::ALL {
            let (scene, done) = waiting(kind).await;
            scene.sandbox.add_fault(rule(&done, action).times(1));
            scene.upload().await;
            assert!(done.all(&scene, doubt(kind)).await, "{kind:?} {action:?} {:?}", done.states(&scene).await);
            assert_eq!(done.there(&scene), kind.wanted(), "{kind:?} {action:?}");
            scene.settle().await;
            is_done(&scene, &done, "cut").await;
            assert_eq!(done.sent(&scene), if kind == Kind::Cancel { 2 } else { 1 }, "{kind:?} {action:?}");
        }
    }
}
