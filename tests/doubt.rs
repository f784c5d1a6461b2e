//! What becomes of a sale when the wire misbehaves (sync.md §1.3): not sent, not processed, or in doubt.

use balie_core::life::{Dispute, Proof};
use balie_core::outbox::State;
use balie_desk::connection::Connection;
use balie_desk::to_check::Resolution;
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::entries::Recorded;
use balie_tests::scene::{NOOR, ONCE_A_WEEK, SHOW, Scene, YASMINA, YASMINAS_NUMBER, json};

const SALES: &str = "/ticket-sales";

/// A desk with one sale of Yasmina that waits to be sent.
async fn one_sale() -> (Scene, Recorded) {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let sold = scene.sell_first().await;
    (scene, sold)
}

/// Holds that a sale is in doubt, and that the rows of UiTPAS settle it: it is found when UiTPAS has it, and sent once more
/// when UiTPAS still does not have it long enough after the attempt; at a restart in between as well.
async fn is_looked_up(scene: Scene, sold: &Recorded, problem: &str) -> Scene {
    let (doubtful, sent, held) = (scene.again(sold).await, scene.sent(), scene.held());
    assert_eq!((doubtful.state, doubtful.problem.as_deref()), (State::InDoubt, Some(problem)));
    assert_eq!(scene.to_do().await, (0, 1));
    scene.upload().await;
    assert_eq!((scene.state(sold).await, scene.sent()), (State::InDoubt, sent), "nothing leaves doubt by itself");
    let scene = scene.restart().await;
    scene.later(3).await;
    if held == 0 {
        for _ in 0..3 {
            assert_eq!((scene.state(sold).await, scene.sent()), (State::InDoubt, sent), "a no is believed later");
            scene.later(30).await;
        }
        scene.later(300).await;
        scene.later(300).await;
    }
    let found = scene.again(sold).await;
    assert_eq!((found.state, scene.held()), (State::Confirmed, 1));
    assert_eq!(scene.sent(), sent + u64::from(held == 0), "what UiTPAS has is never sent again");
    assert_eq!(found.life.proof, Some(if held == 0 { Proof::Answer } else { Proof::Rows }));
    scene
}

#[tokio::test]
async fn an_answer_that_is_lost_puts_the_sale_in_doubt_whether_uitpas_has_it_or_not() {
    for (action, held) in
        [(FaultAction::DropBeforeCommit, 0), (FaultAction::DropAfterCommit, 1), (FaultAction::Truncate, 1)]
    {
        let (scene, sold) = one_sale().await;
        scene.once(action, "POST", SALES);
        scene.upload().await;
        assert_eq!((scene.sent(), scene.held(), scene.desk.connection()), (1, held, Connection::Slow), "{action:?}");
        is_looked_up(scene, &sold, "no-answer").await;
    }
}

#[tokio::test]
async fn an_answer_that_proves_nothing_puts_the_sale_in_doubt() {
    let gateway = FaultRule::new(FaultAction::Status, SALES).method("POST");
    let elsewhere =
        r#"[{"id":"1","uitpasNumber":"0900000067513","eventId":"x","regularPrice":10,"tariff":{"id":"y"}}]"#;
    let mut redirect = gateway.clone().answering(302, "");
    redirect.headers.insert("location".to_owned(), SALES.to_owned());
    for (rule, problem) in [
        (gateway.clone().answering(503, "<html>busy</html>"), "status-503"),
        (redirect, "status-302"),
        (gateway.clone().answering(400, "<html>bad gateway</html>"), "status-400"),
        (gateway.clone().answering(200, "<html>portal</html>"), "garbled"),
        (json(gateway.answering(200, elsewhere)), "mismatch"),
    ] {
        let (scene, sold) = one_sale().await;
        scene.sandbox.add_fault(rule.times(1));
        scene.upload().await;
        assert_eq!((scene.sent(), scene.held()), (1, 0), "{problem}");
        is_looked_up(scene, &sold, problem).await;
    }
}

#[tokio::test]
async fn a_doubt_holds_up_the_same_person_at_the_same_activity_and_nobody_else() {
    let (scene, doubtful) = one_sale().await;
    scene.once(FaultAction::DropAfterCommit, "POST", SALES);
    scene.upload().await;
    scene.tap(YASMINA).await;
    let held_up = scene.sell_first().await;
    scene.choose(ONCE_A_WEEK).await;
    let elsewhere = scene.sell_first().await;
    scene.tap(NOOR).await;
    let somebody_else = scene.sell_first().await;

    scene.upload().await;
    assert_eq!((scene.state(&doubtful).await, scene.state(&held_up).await), (State::InDoubt, State::Queued));
    assert_eq!(
        (scene.state(&elsewhere).await, scene.state(&somebody_else).await),
        (State::Confirmed, State::Confirmed)
    );
    assert_eq!((scene.sent(), scene.held()), (3, 3));
    assert_eq!(scene.to_do().await, (1, 1));
}

#[tokio::test]
async fn an_attempt_that_the_end_of_the_program_cut_off_is_found_in_doubt() {
    let (scene, sold) = one_sale().await;
    // The intent is on the disk, and the program ends before it hears anything.
    assert_eq!(scene.begin_sending().await.state, State::Sending);
    assert_eq!(scene.to_do().await, (1, 0));
    let scene = scene.restart().await;
    assert_eq!((scene.sent(), scene.held()), (0, 0));
    is_looked_up(scene, &sold, "cut-off").await;
}

#[tokio::test]
async fn a_program_that_ends_while_uitpas_is_at_work_finds_the_sale_in_doubt() {
    let (scene, sold) = one_sale().await;
    scene.sandbox.add_fault(FaultRule::new(FaultAction::Delay, SALES).times(1).delay_ms(600));
    tokio::select! {
        () = scene.upload() => panic!("the answer came too soon"),
        () = scene.asked("POST", SALES, 1) => {}
    }
    let scene = scene.restart().await;
    scene.committed(1).await;
    assert_eq!((scene.sent(), scene.held()), (1, 1), "UiTPAS finished what it had begun");
    is_looked_up(scene, &sold, "cut-off").await;
}

#[tokio::test]
async fn a_connection_that_is_refused_is_never_a_doubt() {
    let (scene, sold) = one_sale().await;
    scene.lose_the_network().await;
    for attempts in 1..=3 {
        scene.upload().await;
        let waiting = scene.again(&sold).await;
        assert_eq!((waiting.state, waiting.attempts, waiting.problem), (State::Queued, attempts, None));
        assert_eq!((scene.desk.connection(), scene.counts().await.to_check), (Connection::Offline, 0));
        scene.pass_time(300);
    }
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!((scene.state(&sold).await, scene.sent(), scene.held()), (State::Confirmed, 1, 1));
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_left_alone_for_as_long_as_it_asks() {
    let (scene, sold) = one_sale().await;
    let mut busy = FaultRule::new(FaultAction::Status, SALES).method("POST").times(1).answering(429, "{}");
    busy.headers.insert("retry-after".to_owned(), "90".to_owned());
    scene.sandbox.add_fault(busy);
    scene.upload().await;
    scene.pass_time(89);
    scene.upload().await;
    let waiting = scene.again(&sold).await;
    assert_eq!((waiting.state, waiting.hold.as_deref(), scene.sent()), (State::Queued, Some("wait"), 1));
    scene.pass_time(1);
    scene.upload().await;
    assert_eq!((scene.state(&sold).await, scene.sent(), scene.held()), (State::Confirmed, 2, 1));
}

#[tokio::test]
async fn a_token_that_has_ended_is_renewed_and_the_sale_registered_once() {
    let (scene, sold) = one_sale().await;
    scene.sandbox.end_access_tokens();
    scene.upload_by_itself().await;
    assert_eq!((scene.state(&sold).await, scene.counts().await.to_check), (State::Confirmed, 0));
    assert_eq!((scene.sent(), scene.held()), (2, 1), "refused unread, and then sent");
    assert_eq!(scene.desk.connection(), Connection::Connected);
}

#[tokio::test]
async fn a_missing_permission_holds_the_sale_and_refuses_nothing() {
    let (scene, sold) = one_sale().await;
    scene.sandbox.set_permissions(["PASSES_READ", "TARIFFS_READ"]);
    scene.upload().await;
    scene.upload().await;
    let waiting = scene.again(&sold).await;
    assert_eq!((waiting.state, waiting.hold.as_deref(), scene.sent()), (State::Queued, Some("forbidden"), 1));
    assert_eq!((scene.to_do().await, scene.held()), ((1, 0), 0));

    scene.sandbox.set_permissions(["TICKETSALES_REGISTER"]);
    scene.pass_time(60);
    scene.upload().await;
    assert_eq!((scene.state(&sold).await, scene.held()), (State::Confirmed, 1));
}

#[tokio::test]
async fn the_end_of_the_program_waits_for_the_sale_that_is_on_its_way_and_begins_no_other() {
    let (scene, sold) = one_sale().await;
    scene.tap(NOOR).await;
    let beside = scene.sell_first().await;
    scene.choose(ONCE_A_WEEK).await;
    let other = scene.sell_first().await;
    scene.sandbox.add_fault(FaultRule::new(FaultAction::Delay, SALES).method("POST").delay_ms(200));
    let ending = async {
        scene.asked("POST", SALES, 2).await;
        scene.desk.stop_sending().await;
        assert_eq!(scene.state(&sold).await, State::Confirmed, "not half sent");
        assert_eq!(scene.state(&beside).await, State::Confirmed, "two are sent at once");
    };
    tokio::select! {
        () = scene.upload() => panic!("the uploader went on"),
        () = ending => {}
    }
    assert_eq!((scene.state(&other).await, scene.sent()), (State::Queued, 2));
}

#[tokio::test]
async fn at_the_end_of_the_program_each_file_is_closed_and_whole() {
    let (scene, sold) = one_sale().await;
    let besides = |name: &str| scene.file(name).exists();
    assert!(besides("ledger.db-wal") && besides("snapshot.db-wal"), "what was written last stands beside the files");
    scene.desk.close().await;
    assert!(!besides("ledger.db-wal") && !besides("snapshot.db-wal"));
    assert!(scene.try_to_sell().await.is_err(), "nothing is recorded any more, and it is said");
    let scene = scene.restart().await;
    assert_eq!(scene.state(&sold).await, State::Queued);
}

#[tokio::test]
async fn behind_a_page_that_answers_for_uitpas_nothing_is_sent_into_doubt() {
    let (scene, sold) = one_sale().await;
    let page = FaultRule::new(FaultAction::Status, "/").answering(200, "<html>Aanmelden op het wifi-netwerk</html>");
    scene.sandbox.add_fault(page);
    scene.desk.refresh().await.unwrap_err();
    assert_eq!(scene.desk.connection(), Connection::Slow, "somebody answers, and it is not UiTPAS");
    let probes = scene.sandbox.request_count("GET", "/permissions");
    tokio::select! {
        () = std::sync::Arc::clone(&scene.desk).keep_uploading() => panic!("the uploader stopped"),
        () = scene.asked("GET", "/permissions", probes + 3) => {}
    }
    assert_eq!((scene.state(&sold).await, scene.sent()), (State::Queued, 0));
    scene.sandbox.clear_faults();
    scene.upload_by_itself().await;
    assert_eq!((scene.state(&sold).await, scene.held()), (State::Confirmed, 1));
}

#[tokio::test]
async fn what_was_to_be_taken_back_is_not_sent_again_when_a_person_says_that_it_is_not_there() {
    let (scene, sold) = one_sale().await;
    // Nobody stands here any more, so a record may be of another desk.
    scene.pass_time(90);
    scene.once(FaultAction::DropBeforeCommit, "POST", SALES);
    scene.upload().await;
    scene.another_desk_sells(YASMINAS_NUMBER, SHOW).await;
    scene.desk.undo(sold.entry.id).await.unwrap();
    for _ in 0..6 {
        scene.later(130).await;
    }
    let doubtful = scene.again(&sold).await;
    assert_eq!((doubtful.state, doubtful.life.dispute), (State::InDoubt, Some(Dispute::OtherDesk)));
    scene.desk.resolve(sold.entry.id, Resolution::IsNotThere).await.unwrap();
    scene.later(130).await;
    // One request of ours, and the one of the other desk.
    assert_eq!((scene.state(&sold).await, scene.sent(), scene.held()), (State::Withdrawn, 2, 1));
}
