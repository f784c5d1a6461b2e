//! The program ends at each of the crash points of sync.md §1.11, for each kind of act, and starts again on the same files.
//!
//! Whatever the point: each act is at UiTPAS once, and the desk knows it. Full disks, sleep and copied files are in
//! `environment.rs`; that nothing of a commit is lost when the current fails is shown by `cargo xtask powercut`.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use balie_core::outbox::State;
use balie_core::waiting::Waiting;
use balie_desk::config::Config;
use balie_sandbox::{FaultAction, FaultRule, Habits};
use balie_store::outbox::Counts;
use balie_store::rehearsal;
use balie_tests::scene::{Done, Kind, SHOW, Scene, YASMINA, YASMINAS_NUMBER};

const NOTHING_OPEN: Counts = Counts {
    to_send: 0,
    to_check: 0,
    deadline: None,
    waiting: Waiting { oldest: None, oldest_sale: None, oldest_check_in: None },
};

/// Lets the next request of these acts go wrong like this, after it was on its way for a while.
fn slowly(scene: &Scene, done: &Done, action: FaultAction, late_seconds: u64) {
    let rule = FaultRule::new(action, done.kind.path()).method(done.kind.method()).times(1);
    scene.sandbox.add_fault(rule.delay_ms(250).late_ms(late_seconds * 1_000));
}

/// Sends, and waits until UiTPAS has read the request and answered nothing yet.
async fn until_it_is_read(scene: &Scene, done: &Done) {
    let before = done.sent(scene);
    let read = async {
        while done.sent(scene) == before {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        () = scene.upload() => panic!("the answer came too soon"),
        () = read => {}
    }
}

/// The program ends while UiTPAS is at work, and UiTPAS finishes what it does.
async fn end_while_it_is_read(scene: Scene, done: &Done) -> Scene {
    until_it_is_read(&scene, done).await;
    let scene = scene.restart().await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    scene
}

/// Right after a start nothing is under way, and nobody believes to know what became of an open attempt.
async fn is_open(scene: &Scene, done: &Done) {
    let doubtful = if done.kind == Kind::Cancel { State::Queued } else { State::InDoubt };
    assert!(done.all(scene, doubtful).await, "{:?} {:?}", done.kind, done.states(scene).await);
}

/// Holds that all of it is at UiTPAS once and that the desk knows it, after so many requests.
async fn is_done(scene: &Scene, done: &Done, sent: u64) {
    let (kind, states) = (done.kind, done.states(scene).await);
    assert!(states.iter().all(|state| *state == State::Confirmed), "{kind:?} {states:?}");
    assert_eq!((done.there(scene), done.sent(scene)), (kind.wanted(), sent), "{kind:?}: there, sent");
    assert_eq!(scene.counts().await, NOTHING_OPEN, "{kind:?}");
}

/// A desk for this kind of act. Old sales that went together are told from those of other desks only where there is none.
async fn start(kind: Kind) -> Scene {
    Scene::start_as(&[], |config| config.only_desk = kind == Kind::Batch).await
}

fn receipts_tell(config: &mut Config) {
    (config.receipt_in_label, config.only_desk) = (true, true);
}

/// Ends a program at a moment at which it waits: after so many times.
async fn polled<F: Future>(future: F, mut times: u32) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if times == 0 => Poll::Ready(None),
        Poll::Pending => {
            times -= 1;
            Poll::Pending
        }
    })
    .await
}

#[tokio::test]
async fn cp1_what_was_not_committed_was_never_shown_and_is_not_owed() {
    for waits in 0..12 {
        let scene = Scene::start().await;
        scene.tap(YASMINA).await;
        let shown = polled(scene.try_to_sell(), waits).await.map(Result::unwrap);
        let scene = scene.restart().await;
        let lines = scene.desk.lines().await.unwrap();
        assert!(lines.len() <= 1);
        // The commit may have come through although nobody was told; the clerk sees it in the list.
        assert!(shown.is_none_or(|sold| lines[0].entry.id == sold.entry.id), "after {waits} waits");
        scene.later(1).await;
        assert_eq!((scene.held(), scene.sent()), (lines.len(), lines.len() as u64));
        assert!(lines.is_empty() || scene.state(&lines[0]).await == State::Confirmed);
    }
}

#[tokio::test]
async fn cp2_and_cp3_what_was_recorded_and_not_sent_is_sent_once() {
    for kind in Kind::ALL {
        let scene = start(kind).await;
        let done = scene.act(kind).await;
        let scene = scene.restart().await;
        assert!(done.all(&scene, State::Queued).await);
        scene.later(1).await;
        is_done(&scene, &done, 1).await;
    }
}

#[tokio::test]
async fn cp4_an_intent_of_which_nothing_was_sent_is_found_absent_and_sent_once() {
    for kind in Kind::ALL {
        let scene = start(kind).await;
        let done = scene.act(kind).await;
        scene.begin_sending().await;
        assert!(done.all(&scene, State::Sending).await, "{kind:?}");
        let scene = scene.restart().await;
        is_open(&scene, &done).await;
        for seconds in [3, 10, 30, 60] {
            scene.later(seconds).await;
            assert_eq!(done.sent(&scene), u64::from(kind == Kind::Cancel), "a no is believed after two minutes");
        }
        scene.settle().await;
        // What went together goes alone the second time.
        is_done(&scene, &done, if kind == Kind::Batch { 2 } else { 1 }).await;
    }
}

#[tokio::test]
async fn cp5_a_request_that_uitpas_threw_away_is_found_absent_and_sent_again() {
    for kind in Kind::ALL {
        let scene = start(kind).await;
        let done = scene.act(kind).await;
        slowly(&scene, &done, FaultAction::DropBeforeCommit, 0);
        let scene = end_while_it_is_read(scene, &done).await;
        is_open(&scene, &done).await;
        scene.settle().await;
        is_done(&scene, &done, if kind == Kind::Batch { 3 } else { 2 }).await;
    }
}

#[tokio::test]
async fn cp6_a_request_that_is_carried_out_after_the_crash_is_found() {
    for kind in Kind::ALL {
        let scene = start(kind).await;
        let done = scene.act(kind).await;
        slowly(&scene, &done, FaultAction::LateCommit, 40);
        let scene = end_while_it_is_read(scene, &done).await;
        is_open(&scene, &done).await;
        scene.settle().await;
        is_done(&scene, &done, if kind == Kind::Cancel { 2 } else { 1 }).await;
    }
}

#[tokio::test]
async fn cp6_a_request_that_is_carried_out_after_all_patience_is_healed_by_the_next_morning() {
    for kind in Kind::ALL {
        let scene = Scene::start_as(&[], receipts_tell).await;
        let done = scene.act(kind).await;
        slowly(&scene, &done, FaultAction::LateCommit, 700);
        let scene = end_while_it_is_read(scene, &done).await;
        scene.settle().await;
        assert!(done.all(&scene, State::Confirmed).await, "{kind:?} {:?}", done.states(&scene).await);
        scene.later(60).await;
        let twice = if matches!(kind, Kind::CheckIn | Kind::Cancel) { kind.wanted() } else { 2 * kind.wanted() };
        assert_eq!(
            done.there(&scene),
            twice,
            "{kind:?}: a limit of UiTPAS stops the second point, and nothing the others"
        );
        scene.settle_for_good().await;
        assert_eq!(done.there(&scene), kind.wanted(), "{kind:?}");
        assert_eq!((done.all(&scene, State::Confirmed).await, scene.counts().await), (true, NOTHING_OPEN), "{kind:?}");
    }
}

#[tokio::test]
async fn cp7_what_uitpas_has_and_nobody_heard_of_is_found_and_never_sent_again() {
    for kind in Kind::ALL {
        let scene = start(kind).await;
        let done = scene.act(kind).await;
        slowly(&scene, &done, FaultAction::Delay, 0);
        let scene = end_while_it_is_read(scene, &done).await;
        assert_eq!(done.there(&scene), kind.wanted(), "{kind:?}: UiTPAS finished what it had begun");
        is_open(&scene, &done).await;
        scene.later(3).await;
        is_done(&scene, &done, if kind == Kind::Cancel { 2 } else { 1 }).await;
    }
}

#[tokio::test]
async fn cp8_an_answer_that_was_read_and_not_written_is_found_with_the_same_ids() {
    for kind in Kind::ALL {
        let scene = start(kind).await;
        let done = scene.act(kind).await;
        slowly(&scene, &done, FaultAction::Delay, 0);
        let before = done.sent(&scene);
        let copy = async {
            while done.sent(&scene) == before {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            scene.copy_of_the_files()
        };
        let ((), files) = tokio::join!(scene.upload(), copy);
        let mut ids = Vec::new();
        for entry in &done.entries {
            ids.push(scene.server_ids(entry).await);
        }
        let scene = scene.restart_on(files).await;
        is_open(&scene, &done).await;
        scene.later(3).await;
        is_done(&scene, &done, if kind == Kind::Cancel { 2 } else { 1 }).await;
        for (entry, ids) in done.entries.iter().zip(ids) {
            assert_eq!(scene.server_ids(entry).await, ids, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn cp9_what_was_written_and_not_shown_is_shown_at_the_next_start() {
    for kind in Kind::ALL {
        let scene = start(kind).await;
        let done = scene.act(kind).await;
        scene.upload().await;
        let scene = scene.restart().await;
        for entry in &done.entries {
            let lines = scene.desk.lines().await.unwrap();
            let line = lines.iter().find(|line| line.entry.id == entry.entry.id).unwrap();
            assert_eq!(line.state, State::Confirmed);
        }
        scene.settle().await;
        is_done(&scene, &done, 1).await;
    }
}

#[tokio::test]
async fn cp10_a_deletion_that_nobody_answered_is_done_again_and_gone_is_gone() {
    let cuts = [(FaultAction::DropBeforeCommit, 1), (FaultAction::DropAfterCommit, 0), (FaultAction::LateCommit, 1)];
    for (action, left) in cuts {
        let scene = Scene::start().await;
        let done = scene.act(Kind::Cancel).await;
        slowly(&scene, &done, action, 5);
        let scene = end_while_it_is_read(scene, &done).await;
        assert_eq!((scene.held(), done.all(&scene, State::Queued).await), (left, true), "{action:?}");
        scene.later(10).await;
        is_done(&scene, &done, 2).await;
        assert_eq!(scene.again(&done.entries[0]).await.problem, None, "{action:?}: nobody else took it out");
    }
}

#[tokio::test]
async fn cp11_between_the_decision_to_send_again_and_the_sending_at_most_one_is_too_many() {
    for kind in Kind::MAKING {
        let scene = Scene::start_as(&[], receipts_tell).await;
        let done = scene.act(kind).await;
        let rule = FaultRule::new(FaultAction::LateCommit, kind.path()).method("POST").times(1).late_ms(900_000);
        scene.sandbox.add_fault(rule);
        scene.upload().await;
        let mut looks = 0;
        while !done.all(&scene, State::Queued).await {
            looks += 1;
            assert!(looks < 9, "{kind:?} {:?}", done.states(&scene).await);
            scene.later(30).await;
        }
        let scene = scene.restart().await;
        assert_eq!((done.all(&scene, State::Queued).await, done.there(&scene)), (true, 0));
        scene.later(1).await;
        assert!(done.all(&scene, State::Confirmed).await, "{kind:?}");
        let scene = scene.restart().await;
        scene.settle_for_good().await;
        assert_eq!(done.there(&scene), kind.wanted(), "{kind:?}");
        assert_eq!((done.all(&scene, State::Confirmed).await, scene.counts().await), (true, NOTHING_OPEN), "{kind:?}");
    }
}

#[tokio::test]
async fn cp12_half_a_list_decides_nothing() {
    for kind in Kind::MAKING {
        let scene = start(kind).await;
        // So that there are two pages: another desk did something too, before.
        match kind {
            Kind::Sale | Kind::Batch => scene.another_desk_sells(YASMINAS_NUMBER, SHOW).await,
            Kind::CheckIn => {
                let yesterday = "2026-11-20T10:00:00Z".parse().unwrap();
                scene.sandbox.other_desk_checks_in(YASMINAS_NUMBER, SHOW, Some(yesterday)).unwrap();
            }
            _ => drop(scene.sandbox.other_desk_redeems(YASMINAS_NUMBER, "5687", None).unwrap()),
        }
        let theirs = Done { kind, entries: Vec::new() };
        let theirs = (theirs.there(&scene), theirs.sent(&scene));
        scene.pass_time(60);
        let done = scene.act(kind).await;
        scene.once(FaultAction::DropAfterCommit, "POST", kind.path());
        scene.upload().await;
        assert!(done.all(&scene, State::InDoubt).await, "{kind:?}");
        let habits = Habits { largest_page: Some(1), ..Habits::default() };
        scene.sandbox.set_habits(habits);
        scene.pass_time(3);
        scene.desk.refresh().await.unwrap();
        for action in [FaultAction::Delay, FaultAction::DropAfterCommit] {
            scene.once(action, "GET", kind.path());
        }
        let asked = scene.sandbox.request_count("GET", kind.path());
        scene.upload().await;
        assert_eq!(scene.sandbox.request_count("GET", kind.path()), asked + 2, "{kind:?}");
        assert!(done.all(&scene, State::InDoubt).await, "{kind:?}: half a list decides nothing");
        let scene = scene.restart().await;
        scene.later(3).await;
        assert!(done.all(&scene, State::Confirmed).await, "{kind:?} {:?}", done.states(&scene).await);
        assert_eq!((done.there(&scene), done.sent(&scene)), (theirs.0 + kind.wanted(), theirs.1 + 1), "{kind:?}");
    }
}

#[tokio::test]
async fn cp13_while_the_journal_is_emptied_at_every_commit_nothing_is_different() {
    for kind in Kind::ALL {
        let scene = start(kind).await;
        rehearsal::empty_journal_every(&scene.ledger, 1).await.unwrap();
        let done = scene.act(kind).await;
        slowly(&scene, &done, FaultAction::Delay, 0);
        let scene = end_while_it_is_read(scene, &done).await;
        scene.later(3).await;
        is_done(&scene, &done, if kind == Kind::Cancel { 2 } else { 1 }).await;
        assert_eq!(rehearsal::fault(&scene.ledger).await.unwrap(), None);
    }
}

#[tokio::test]
async fn cp14_without_a_new_token_the_queue_waits_and_loses_nothing() {
    for kind in Kind::ALL {
        let scene = start(kind).await;
        let done = scene.act(kind).await;
        scene.sandbox.end_all_tokens();
        let refused = FaultRule::new(FaultAction::Status, "/realms").answering(401, r#"{"error":"invalid_client"}"#);
        scene.sandbox.add_fault(refused);
        for _ in 0..3 {
            scene.upload().await;
        }
        let scene = scene.restart().await;
        assert!(scene.desk.refresh().await.is_err());
        assert_eq!(scene.desk.connection(), balie_desk::connection::Connection::SignInNeeded);
        assert!(done.all(&scene, State::Queued).await, "{kind:?} {:?}", done.states(&scene).await);
        assert_eq!(scene.counts().await.to_send, u32::try_from(done.entries.len()).unwrap());
        scene.sandbox.clear_faults();
        scene.later(61).await;
        assert!(done.all(&scene, State::Confirmed).await, "{kind:?} {:?}", done.states(&scene).await);
        assert_eq!(done.there(&scene), kind.wanted());
    }
}

#[tokio::test]
async fn cp15_without_a_snapshot_what_waits_is_sent_all_the_same() {
    for kind in Kind::ALL {
        let scene = start(kind).await;
        let done = scene.act(kind).await;
        let files = scene.copy_of_the_files();
        for file in std::fs::read_dir(files.path()).unwrap().map(Result::unwrap) {
            if file.file_name().to_string_lossy().starts_with("snapshot") {
                std::fs::remove_file(file.path()).unwrap();
            }
        }
        let scene = scene.restart_on(files).await;
        scene.later(1).await;
        is_done(&scene, &done, 1).await;
    }
}

/// The program ends wherever it happens to wait, in the middle of a round of the uploader.
async fn ends_anywhere(kind: Kind) {
    for waits in (0..42).step_by(3) {
        let scene = start(kind).await;
        let done = scene.act(kind).await;
        let finished = polled(scene.upload(), waits).await.is_some();
        let scene = scene.restart().await;
        scene.settle().await;
        let states = done.states(&scene).await;
        assert!(states.iter().all(|state| *state == State::Confirmed), "{kind:?} after {waits} waits: {states:?}");
        assert_eq!(done.there(&scene), kind.wanted(), "{kind:?} after {waits} waits");
        assert_eq!(scene.counts().await, NOTHING_OPEN, "{kind:?} after {waits} waits");
        if finished {
            return;
        }
    }
}

#[tokio::test]
async fn wherever_the_program_ends_a_sale_is_there_once() {
    ends_anywhere(Kind::Sale).await;
}

#[tokio::test]
async fn wherever_the_program_ends_a_batch_is_there_once() {
    ends_anywhere(Kind::Batch).await;
}

#[tokio::test]
async fn wherever_the_program_ends_a_point_is_there_once() {
    ends_anywhere(Kind::CheckIn).await;
}

#[tokio::test]
async fn wherever_the_program_ends_a_reward_is_there_once() {
    ends_anywhere(Kind::Redeem).await;
}

#[tokio::test]
async fn wherever_the_program_ends_a_ticket_is_taken_out() {
    ends_anywhere(Kind::Cancel).await;
}
